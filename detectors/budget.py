"""A budget for every pattern: one that needs too long on a text stops the scan with an error, and nothing of that text is released.

The ``regex`` module gives up after a time-out, which counts CPU time of the process. Presidio sets one of 60 s per pattern, and when it
runs out logs a warning and goes on *without* the findings of that pattern, so that text passes unseen. Here the time-out is shorter, grows
with the text, and is an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import regex  # type: ignore[import-untyped]
from presidio_analyzer import EntityRecognizer, PatternRecognizer

from schemas.errors import DetectionError

BUDGET_S = 2.0  # CPU seconds of one pattern on one text; patterns of the catalogue need less than a millisecond on a segment
BUDGET_S_PER_CHAR = 2e-5  # and so much more for each code point, for whole texts of megabytes


class LimitedPattern:
    """Stands for a compiled pattern in Presidio's eyes; compiles when it is first used.

    Args:
        name: Of the recogniser and the pattern, for the error.
        source: The pattern.
        flags: As Presidio compiles it.
    """

    __slots__ = ("_compiled", "_flags", "_name", "_source")

    def __init__(self, name: str, source: str, flags: int) -> None:
        self._name = name
        self._source = source
        self._flags = flags
        self._compiled: Any = None

    def finditer(self, text: str, timeout: float | None = None) -> Iterator[Any]:
        """Yield the matches.

        Args:
            text: Where to look.
            timeout: Presidio's own; ours is shorter.

        Raises:
            DetectionError: The budget is used up.
        """
        del timeout
        if self._compiled is None:
            self._compiled = regex.compile(self._source, self._flags)
        budget_s = BUDGET_S + BUDGET_S_PER_CHAR * len(text)
        try:
            yield from self._compiled.finditer(text, timeout=budget_s)
        except TimeoutError:
            detail = f"{self._name} needed more than {budget_s:.1f} s of CPU time on {len(text)} characters"
        else:
            return
        raise DetectionError(detail)


def limit(recognizers: Iterable[EntityRecognizer]) -> None:
    """Give every pattern of these recognisers its budget; the objects are changed in place, and the same way if it is done twice."""
    for recognizer in recognizers:
        if isinstance(recognizer, PatternRecognizer):
            limited: Any = recognizer
            flags = limited.global_regex_flags
            for pattern in limited.patterns:
                pattern.compiled_regex = LimitedPattern(f"{limited.name}, pattern {pattern.name},", pattern.regex, int(flags or 0))
                pattern.compiled_with_flags = flags
