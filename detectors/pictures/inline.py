"""Finds pictures inside text: data URIs (RFC 2397) with base64.

data:image/png;base64,iVBORw0KGgo…
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from urllib.parse import unquote

import regex  # type: ignore[import-untyped]

from detectors.pictures.assemble import PictureAssembly
from detectors.pictures.limits import DEFAULT_LIMITS, PictureLimits

_HEAD = r"data:image/[a-z0-9.+-]{1,32}(?:;[a-z0-9-]{1,32}=[a-z0-9._-]{1,64}){0,4};base64,"
_URI = regex.compile(rf"({_HEAD})([a-z0-9+/_%-]*={{0,2}})", regex.IGNORECASE)
_HEAD_CHARS_MAX = 640
_OPEN_HEAD = regex.compile(_HEAD + r"[a-z0-9+/_%-]*={0,2}", regex.IGNORECASE)


@dataclass(frozen=True, slots=True)
class InlinePicture:
    """A data URI in a text.

    Attributes:
        start: Its first code point.
        end: One past its last code point.
        payload: Where its base64 begins.
    """

    start: int
    end: int
    payload: int

    def read(self, text: str, limits: PictureLimits = DEFAULT_LIMITS) -> bytes:
        """Return the picture's bytes; its header is within the limits.

        Raises:
            PictureTooLargeError: Over a limit.
            PictureUnreadableError: No base64, or no picture of a known kind (SVG and GIF are none).
        """
        assembly = PictureAssembly(is_base64=True, limits=limits)
        assembly.feed(unquote(text[self.payload : self.end]))
        return assembly.finish()


def find_pictures(text: str) -> tuple[InlinePicture, ...]:
    """Return the data URIs of pictures in a text that is whole, from left to right; in time linear in its length."""
    return tuple(InlinePicture(found.start(), found.end(), found.start(2)) for found in _URI.finditer(text))


def open_from(text: str) -> int:
    """Return from where a data URI may go on behind the end of a text; its length if none may.

    What lies before can be decided without the rest.
    """
    for found in _URI.finditer(text):
        if found.end() == len(text):
            return int(found.start())
    for found in regex.finditer("data:", text, regex.IGNORECASE, pos=max(0, len(text) - _HEAD_CHARS_MAX)):
        if _OPEN_HEAD.fullmatch(text, found.start(), partial=True):
            return int(found.start())
    tail = next((size for size in range(min(4, len(text)), 0, -1) if "data:".startswith(text[-size:].lower())), 0)
    return len(text) - tail


def written(picture: bytes, media_type: str) -> str:
    """Return a picture as it is written into a text: as a data URI."""
    return f"data:{media_type};base64,{base64.b64encode(picture).decode('ascii')}"
