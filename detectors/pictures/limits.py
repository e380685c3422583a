"""How large a picture may be; what is larger is refused, never scaled down: small text that is not read could still be read by a person."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PictureLimits:
    """Limits of one picture.

    Attributes:
        bytes_max: Encoded size, coming in; what leaves may be larger.
        pixels_max: Width times height; reading a million of them takes about 0.7 s of CPU time (docs/pictures.md).
        side_max: The longer side, in pixels.
        lines_max: Lines of text in one picture.
        rounds_max: How often it is painted and read again before it is given up.
    """

    bytes_max: int = 16 << 20
    pixels_max: int = 8 << 20
    side_max: int = 8192
    lines_max: int = 1000
    rounds_max: int = 4


DEFAULT_LIMITS = PictureLimits()
