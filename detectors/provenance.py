"""Where a found value came from: the customer's own request, a source at home, or neither.

The CAC Provisions on Promoting and Regulating Cross-Border Data Flows (Order 16, 2024-03-22), Article 4, free personal information that
was collected abroad, brought in for processing and is sent out again, as long as no personal information or important data from inside
the mainland is mixed in. So an echo of the request is told apart from all else, and a value that also stands in a domestic source is
domestic: the exemption falls away with the first domestic piece.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from detectors.finding import Provenance
from detectors.normalize import IDENTIFIER_SEPARATORS, Cut, cut_after, cut_before, identifier_form, normal_form

_PLACES_MAX = 256  # a text that repeats a value inside longer ones more often than this is hostile: it must not cost more, and is in doubt
_SHORT_CHARS_MAX = 3  # a longer value in a script without blanks is taken as found wherever it stands


class EchoIndex:
    """Says for each value of one stream whether the request or a domestic source contained it.

    Values are equal when they differ only in width, case, blanks, dashes and, for identifiers of digits and letters, in separators.
    A value that is a part of something longer (a number in a number, a name in a name) is not contained. Doubt counts against the
    exemption: it is enough for a domestic match and not enough for an echo.

    Built in time linear in the texts; a look-up reads each text at most twice.

    Args:
        request_text: What the customer sent, from abroad.
        domestic_texts: Texts of declared sources from the origin's own jurisdiction.
        opaque_sources: A source was declared by digest only: what is found nowhere may come from it.
    """

    __slots__ = ("_domestic", "_nowhere", "_request")

    def __init__(self, request_text: str, domestic_texts: Sequence[str], *, opaque_sources: bool) -> None:
        """Bring each text to its comparable forms, once."""
        self._request = _Haystack(request_text)
        self._domestic = tuple(_Haystack(text) for text in domestic_texts)
        self._nowhere: Provenance = "unknown" if opaque_sources else "unmatched"

    def classify(self, value: str) -> Provenance:
        """Return where a value of the generated text came from.

        ``domestic_source`` wins over ``foreign_echo``. In neither: ``unknown`` if there is an opaque source, else ``unmatched``.
        """
        normal = normal_form(value)
        if not normal:
            return self._nowhere
        compact = identifier_form(normal)
        if any(text.contains(normal, compact, at_least=Cut.POSSIBLE) for text in self._domestic):
            return "domestic_source"
        if self._request.contains(normal, compact, at_least=Cut.FIRM):
            return "foreign_echo"
        return self._nowhere


class _Haystack:
    """One source text in normal form, and again without the separators that identifiers are written with."""

    __slots__ = ("_compact", "_shifts", "_text")

    def __init__(self, text: str) -> None:
        """Prepare a text; two passes over it."""
        self._text = normal_form(text)
        self._compact = IDENTIFIER_SEPARATORS.sub("", self._text)
        # shifts[k]: the compact position from which on more than k separators lie before; sorted, so bisect gives the original position.
        self._shifts = [match.start() - count for count, match in enumerate(IDENTIFIER_SEPARATORS.finditer(self._text))]

    def contains(self, normal: str, compact: str | None, *, at_least: Cut) -> bool:
        """Say whether a value stands here as it is written, or as an identifier, cut off at both ends at least so firmly."""
        short = len(normal) <= _SHORT_CHARS_MAX
        for tried, (start, end) in enumerate(self._places(normal, compact)):
            if tried == _PLACES_MAX:
                return at_least <= Cut.POSSIBLE
            if cut_before(self._text, start, short=short) >= at_least and cut_after(self._text, end, short=short) >= at_least:
                return True
        return False

    def _places(self, normal: str, compact: str | None) -> Iterator[tuple[int, int]]:
        """Yield the spans of the normal form in which a value stands, as it is written and then as an identifier."""
        for start in _starts(self._text, normal):
            yield start, start + len(normal)
        if compact is not None:
            for start in _starts(self._compact, compact):
                yield self._origin(start), self._origin(start + len(compact) - 1) + 1

    def _origin(self, position: int) -> int:
        """Return where a character of the compact form stands in the normal form."""
        return position + bisect_right(self._shifts, position)


def _starts(text: str, needle: str) -> Iterator[int]:
    """Yield every position at which a needle begins, overlapping ones too."""
    start = text.find(needle)
    while start >= 0:
        yield start
        start = text.find(needle, start + 1)
