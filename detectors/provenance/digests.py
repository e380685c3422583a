"""A source of which only digests of its values were handed over: HMAC-SHA256 (RFC 2104, FIPS 180-4) under a key both sides hold.

A plain hash of a telephone number is no secret: all numbers can be tried in seconds. Under a key that only the sender and this worker
have, the digests say nothing to anyone else.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable

from detectors.normalize import digit_form, identifier_form, joined_form, normal_form
from detectors.provenance.calling import dialled
from detectors.provenance.dates import date_of
from detectors.provenance.names import name_words
from schemas.errors import ConfigurationError

_KEY_BYTES_MIN = 16
_DIGEST_BYTES = 32
_DECLARED = re.compile(r"hmac-sha256:([0-9a-f]{64})")


class DigestIndex:
    """The digests of a source's values.

    Args:
        key: At least 16 bytes, the same with which ``value_digests`` was called.
        digests: What ``value_digests`` gave for each value of the source.

    Raises:
        ConfigurationError: The key is short, or a digest has another size.
    """

    __slots__ = ("_digests", "_key")

    def __init__(self, key: bytes, digests: Iterable[bytes]) -> None:
        """Take the digests in."""
        _check(key)
        self._key = key
        self._digests = frozenset(digests)
        if any(len(digest) != _DIGEST_BYTES for digest in self._digests):
            raise ConfigurationError(f"a digest of a value has {_DIGEST_BYTES} bytes")

    @classmethod
    def declared(cls, key: bytes, declarations: Iterable[str]) -> DigestIndex | None:
        """Return the index of those declarations that read ``hmac-sha256:<64 hexadecimal digits>``, or None if there are none.

        A digest of a whole text says nothing about the values in it, and is left out.
        """
        digests = [bytes.fromhex(found[1]) for found in map(_DECLARED.fullmatch, declarations) if found]
        return cls(key, digests) if digests else None

    def __len__(self) -> int:
        """Count the digests."""
        return len(self._digests)

    def holds(self, value: str) -> bool:
        """Say whether the source has a value, written in any way that has the same comparable form."""
        return any(digest in self._digests for digest in value_digests(self._key, value))


def value_digests(key: bytes, value: str) -> tuple[bytes, ...]:
    """Return the digests under which a value is handed over and looked up: one, or two for a telephone number.

    Raises:
        ConfigurationError: The key is shorter than 16 bytes.
    """
    _check(key)
    return tuple(hmac.digest(key, form.encode(), "sha256") for form in comparable_forms(value))


def comparable_forms(value: str) -> tuple[str, ...]:
    """Return the texts by which two writings of one value are told to be equal; a value without letters and digits has none.

    The names of the forms are part of what is digested: they must not change.
    """
    normal = normal_form(value)
    if not any(char.isalnum() for char in normal):
        return ()
    digits = digit_form(normal)
    date = date_of(digits)
    if date is not None and date.sure:
        year, month, day = date.keys[0]
        return (f"date:{year:04d}-{month:02d}-{day:02d}",)
    compact = identifier_form(digits)
    if compact is not None:
        number = dialled(digits, compact)
        bare = f"number:{compact.removeprefix('00') if number.how == 'international' else compact}"
        return (bare,) if number.how == "bare" else (bare, f"number:{number.digits}")
    words = name_words(normal)
    if words is not None:
        return (f"name:{' '.join(sorted(words.words))}",)
    return (f"text:{joined_form(normal)}",)


def _check(key: bytes) -> None:
    if len(key) < _KEY_BYTES_MIN:
        raise ConfigurationError(f"the key of value digests has {len(key)} bytes, at least {_KEY_BYTES_MIN} are needed")
