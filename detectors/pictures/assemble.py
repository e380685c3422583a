"""Puts a picture together from the parts of a stream, within limits, in a state that survives a restart.

Nothing of a picture may leave before all of it was read, so it is held whole: the hold-back of its stream is the whole picture.
"""

from __future__ import annotations

import base64
import binascii
import struct

from detectors.pictures.decode import check_size, kind_of
from detectors.pictures.limits import DEFAULT_LIMITS, PictureLimits
from schemas.errors import InvariantError, PictureTooLargeError, PictureUnreadableError

_VERSION = 1
_HEADER = struct.Struct(">BBBI")  # version, is base64, characters of an unfinished group, bytes so far
_HEAD_BYTES = 12
_GROUP_CHARS = 4
_WHITE = b" \t\r\n"
_URL_SAFE = bytes.maketrans(b"-_", b"+/")  # RFC 4648 section 5


class PictureAssembly:
    """One picture that is coming in.

    Args:
        is_base64: Whether the parts are base64 text (RFC 4648, white space between allowed) or the bytes themselves.
        limits: What is too much; checked with each part.
    """

    __slots__ = ("_is_base64", "_limits", "_picture", "_rest")

    def __init__(self, *, is_base64: bool, limits: PictureLimits = DEFAULT_LIMITS) -> None:
        self._is_base64 = is_base64
        self._limits = limits
        self._picture = bytearray()
        self._rest = b""

    @property
    def held_bytes(self) -> int:
        """Return how many bytes of the picture are held."""
        return len(self._picture)

    def feed(self, part: bytes | str) -> None:
        """Take the next part.

        Raises:
            PictureTooLargeError: The picture is over the limit of bytes.
            PictureUnreadableError: It begins like no known format, or is no base64.
        """
        octets = part.encode("utf-8") if isinstance(part, str) else part
        if len(octets) > self._limits.bytes_max * 2:  # base64 makes four of three: no need to decode what is too much anyway
            raise PictureTooLargeError(f"a part of {len(octets)} bytes")
        self._picture += self._decoded(octets) if self._is_base64 else octets
        if len(self._picture) > self._limits.bytes_max:
            raise PictureTooLargeError(f"more than {self._limits.bytes_max} bytes")
        if len(self._picture) >= _HEAD_BYTES and not kind_of(bytes(self._picture[:_HEAD_BYTES])):
            raise PictureUnreadableError("begins like no PNG, JPEG or WebP")

    def finish(self) -> bytes:
        """Return the whole picture; its header is within the limits, its pixels were not decoded yet.

        Raises:
            PictureTooLargeError: Over the limits of pixels or sides.
            PictureUnreadableError: Base64 ends in the middle of a group, or the header cannot be read.
        """
        if self._rest:
            padding = b"=" * (-len(self._rest) % _GROUP_CHARS)
            self._picture += _group(self._rest + padding)
            self._rest = b""
        picture = bytes(self._picture)
        check_size(picture, self._limits)
        return picture

    def dump(self) -> bytes:
        """Return the state as bytes; ``load`` goes on from there as if nothing had happened."""
        return _HEADER.pack(_VERSION, self._is_base64, len(self._rest), len(self._picture)) + self._rest + self._picture

    @classmethod
    def load(cls, dumped: bytes, limits: PictureLimits = DEFAULT_LIMITS) -> PictureAssembly:
        """Return the state that was dumped.

        Raises:
            InvariantError: The bytes are no state of this version.
        """
        try:
            version, is_base64, rest, size = _HEADER.unpack_from(dumped)
        except struct.error:
            version = rest = size = -1
            is_base64 = 0
        if version != _VERSION or len(dumped) != _HEADER.size + rest + size:
            raise InvariantError(f"{len(dumped)} bytes that are no picture's state")
        state = cls(is_base64=bool(is_base64), limits=limits)
        state._rest = dumped[_HEADER.size : _HEADER.size + rest]
        state._picture = bytearray(dumped[_HEADER.size + rest :])
        return state

    def _decoded(self, octets: bytes) -> bytes:
        """Return what the groups that are complete say; the beginning of the next one waits."""
        waiting = self._rest + octets.translate(_URL_SAFE, _WHITE)
        sign = waiting.find(b"=")  # the group with it is the last one, and waits for what follows: nothing may
        whole = (len(waiting) if sign < 0 else sign) // _GROUP_CHARS * _GROUP_CHARS
        self._rest = waiting[whole:]
        if len(self._rest) > _GROUP_CHARS:
            raise PictureUnreadableError("base64 goes on behind its end")
        return _group(waiting[:whole])


def _group(octets: bytes) -> bytes:
    """Return what complete groups of base64 say."""
    try:
        return base64.b64decode(octets, validate=True)
    except (binascii.Error, ValueError):
        raise PictureUnreadableError(f"{len(octets)} characters that are no base64") from None
