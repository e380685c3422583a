"""Telephone numbers by Presidio's recogniser, which is only shown the surroundings of digits.

Google's libphonenumber scans a text once per region, and most of that is text without a digit. Where two digits are too far apart to be in
one candidate (``phonenumbers.phonenumbermatcher``: at most four marks between blocks of digits, or the label of an extension), the text
between them can be skipped: what is found on one side does not depend on the other.

A candidate has at most 21 blocks, so in a longer run of digits it matters where the run begins. No quiet boundary lies inside a run (its
marks are no letters, commas or line breaks), so a stream in pieces has the runs of the whole text.
"""

from __future__ import annotations

import re
from collections.abc import Callable

# What may stand between the digits of a number, as phonenumberutil has it, and the brackets and signs in front of it.
_MARKS = "-x\u2010-\u2015\u2212\u30fc\uff0d-\uff0f \u00a0\u00ad\u200b\u2060\u3000()\uff08\uff09\uff3b\uff3d.\\[\\]/~\u2053\u223c\uff5e"
_RUN = re.compile(rf"\d(?:[{_MARKS}]{{0,4}}\d)*", re.IGNORECASE)
# What every number has: so many digits, each near the next. For the prefilter; to be matched without regard to case.
NUMBER = rf"\d(?:[{_MARKS}]{{0,4}}\d){{3}}"
_DIGIT = re.compile(r"\d+")
_EXTENSION_BLANKS = re.compile(r"[ \u00a0\t,\-]+")
_SIGNS = re.compile("[+\uff0b]")
_EXTENSION_CHARS = 24  # longer than any label ("extensión") with its marks, once runs of blanks count as one
_MARGIN = 12  # two leads with four marks each, and the character before
_SHORT = 4  # no number of the plan has fewer digits
_REMEMBERED_MAX = 8192

Span = tuple[int, int]


class PhoneFinder:
    """Finds what the recogniser would find in the whole text, at the cost of its digits.

    Args:
        find: Presidio's recogniser: text to spans.
        is_number: Whether a bare string of digits is a valid number in any of the recogniser's regions.
    """

    def __init__(self, find: Callable[[str], list[Span]], is_number: Callable[[str], bool]) -> None:
        self._find = find
        self._is_number = is_number
        self._short: dict[str, bool] = {}
        self._remembered: dict[str, list[Span]] = {}
        self.calls = 0

    def spans(self, text: str) -> list[Span]:
        """Return the spans of all numbers in a stretch of text that was cut at quiet boundaries."""
        if not any(self._is_possible(run.group()) for run in _RUN.finditer(text)):
            return []
        found: list[Span] = []
        for left, right in clusters(text):
            window = text[left:right]
            if _SIGNS.search(window) or any(self._is_possible(run.group()) for run in _RUN.finditer(window)):
                found.extend((left + start, left + end) for start, end in self._in_window(window))
        return found

    def _is_possible(self, run: str) -> bool:
        """Tell whether a run of digits and marks has enough digits for a number."""
        digits = "".join(_DIGIT.findall(run))
        if len(digits) != _SHORT:
            return len(digits) > _SHORT
        known = self._short.get(digits)
        if known is None:
            if len(self._short) >= _REMEMBERED_MAX:
                self._short.clear()
            known = self._short[digits] = self._is_number(digits)
        return known

    def _in_window(self, window: str) -> list[Span]:
        """Ask the recogniser, once for equal windows."""
        known = self._remembered.get(window)
        if known is None:
            if len(self._remembered) >= _REMEMBERED_MAX:
                self._remembered.clear()
            self.calls += 1
            known = self._remembered[window] = self._find(window)
        return known


def clusters(text: str) -> list[Span]:
    """Return stretches that hold all digits of a candidate, with the margin that the matcher looks at.

    None reaches into its neighbour's digits.
    """
    digits = [found.span() for found in _DIGIT.finditer(text)]
    clusters: list[Span] = []
    begin = 0
    for index, (_, end) in enumerate(digits):
        following = digits[index + 1][0] if index + 1 < len(digits) else len(text)
        if index + 1 < len(digits) and _may_join(text[end:following]):
            continue
        before = digits[begin - 1][1] if begin else 0
        first = digits[begin][0]
        line = text.rfind("\n", before, first) + 1
        clusters.append((max(before, first - _MARGIN, line), min(following, end + _MARGIN)))
        begin = index + 1
    return clusters


def _may_join(gap: str) -> bool:
    """Tell whether the text between two digits could be inside one candidate."""
    if len(gap) <= _EXTENSION_CHARS:
        return "\n" not in gap
    return "\n" not in gap and len(_EXTENSION_BLANKS.sub(" ", gap)) <= _EXTENSION_CHARS
