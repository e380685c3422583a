"""The echo index of a stream: the request and the declared sources, and where a value of the generated text stands in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from detectors.finding import Provenance
from detectors.normalize import Cut
from detectors.provenance.digests import DigestIndex
from detectors.provenance.needle import Needle, needle_of
from detectors.provenance.source import Hit, SourceText

How = Literal["exact", "normalised", "partial", "digest", "none"]


@dataclass(frozen=True, slots=True)
class Match:
    """Where a value came from, and how that is known.

    Attributes:
        provenance: What the rules are told.
        how: ``exact`` letter by letter, ``normalised`` written another way, ``partial`` in doubt (inside something longer, masked, a date
            with two readings), ``digest`` by the digest of the value, ``none`` not at all.
        source: ``request``, or the number of the domestic source: texts first, then those known by digests; None if nothing was found.
        start: First code point of the match in the source as it was declared; 0 if there is no text.
        end: One past the last code point; 0 if there is no text.
    """

    provenance: Provenance
    how: How
    source: Literal["request"] | int | None
    start: int
    end: int


class EchoIndex:
    """Says for each value of one stream whether the request or a domestic source contained it.

    Values are equal when they differ only in how they are written: width, case, blanks, dashes, digits of another script, Chinese
    numerals, separators of identifiers, how a telephone number is dialled, how a date is written, which part of a name comes first.
    A value that is a part of something longer (a number in a number, a name in a name) is not contained. Doubt counts against the
    exemption: it is enough for a domestic match and not enough for an echo.

    Built in time linear in the texts, each form at the first value that needs it; a look-up reads each form at most once.

    Args:
        request_text: What the customer sent, from abroad.
        domestic_texts: Texts of declared sources from the origin's own jurisdiction.
        opaque_sources: A source was declared by digest only: what is found nowhere may come from it.
        digest_sources: Declared sources of which digests of the values are known.
    """

    __slots__ = ("_digests", "_domestic", "_nowhere", "_request")

    def __init__(
        self, request_text: str, domestic_texts: Sequence[str], *, opaque_sources: bool, digest_sources: Sequence[DigestIndex] = ()
    ) -> None:
        """Take the sources in."""
        self._request = SourceText(request_text)
        self._domestic = tuple(SourceText(text) for text in domestic_texts)
        self._digests = tuple(digest_sources)
        self._nowhere: Provenance = "unknown" if opaque_sources else "unmatched"

    def classify(self, value: str) -> Provenance:
        """Return where a value of the generated text came from.

        ``domestic_source`` wins over ``foreign_echo``. In neither: ``unknown`` if there is an opaque source, else ``unmatched``.
        """
        needle = needle_of(value)
        if needle is None:
            return self._nowhere
        if any(text.find(needle) for text in self._domestic) or any(index.holds(value) for index in self._digests):
            return "domestic_source"
        hit = self._request.find(needle)
        return "foreign_echo" if hit is not None and hit.cut is Cut.FIRM else self._nowhere

    def match(self, value: str) -> Match:
        """Return where a value came from as ``classify`` does, and the place that shows it.

        A sure place in a domestic source comes before a digest, and a digest before a doubtful place. A doubtful place in the request is
        told, though it makes no echo.
        """
        needle = needle_of(value)
        if needle is None:
            return Match(self._nowhere, "none", None, 0, 0)
        doubtful: Match | None = None
        for number, text in enumerate(self._domestic):
            hit = text.find(needle)
            if hit is not None:
                match = _told(text, needle, hit, "domestic_source", number)
                if match.how != "partial":
                    return match
                doubtful = doubtful or match
        for number, index in enumerate(self._digests, len(self._domestic)):
            if index.holds(value):
                return Match("domestic_source", "digest", number, 0, 0)
        if doubtful is not None:
            return doubtful
        hit = self._request.find(needle)
        if hit is None:
            return Match(self._nowhere, "none", None, 0, 0)
        return _told(self._request, needle, hit, "foreign_echo" if hit.cut is Cut.FIRM else self._nowhere, "request")


def _told(text: SourceText, needle: Needle, hit: Hit, provenance: Provenance, source: Literal["request"] | int) -> Match:
    """Return a hit as it is told to the outside, at the place where the value stands letter by letter if there is one."""
    if hit.cut is not Cut.FIRM:
        return Match(provenance, "partial", source, *text.original(hit))
    best = text.exact(needle, hit)
    span = text.original(best)
    return Match(provenance, "exact" if text.written(span) == needle.written else "normalised", source, *span)
