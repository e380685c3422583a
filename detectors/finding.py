"""What a detector reports, and how overlapping reports become one list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Provenance = Literal["foreign_echo", "domestic_source", "unmatched", "unknown"]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One detection in a stream.

    Attributes:
        start: First code point, counted from the start of the stream.
        end: One past the last code point.
        entity_type: Presidio's name where it has one, else one like ``CN_RESIDENT_ID``.
        score: Confidence in [0, 1], as the recogniser (and the context enhancement) gave it.
        recognizer: Name and version of the recogniser, as ``EmailRecognizer``.
        provenance: Where the value came from; ``unknown`` until it was looked up.
    """

    start: int
    end: int
    entity_type: str
    score: float
    recognizer: str
    provenance: Provenance = "unknown"
