"""A budget for every pattern: one that needs too long on a text stops the scan with an error, and nothing of that text is released.

The ``regex`` module gives up after a time-out, which counts CPU time of the process. Presidio sets one of 60 s per pattern, and when it
runs out logs a warning and goes on *without* the findings of that pattern, so that text passes unseen. Here the time-out is shorter, grows
with the text, and is an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import regex  # type: ignore[import-untyped]
from presidio_analyzer import EntityRecognizer, PatternRecognizer

from detectors.patterns import parse
from schemas.errors import DetectionError

BUDGET_S = 2.0  # CPU seconds of one pattern on one text; patterns of the catalogue need less than a millisecond on a segment
_SINGLE = frozenset({"LITERAL", "NOT_LITERAL", "IN", "ANY", "AT"})
_REPEATS_MAX = 32  # of a group that can be gone through in several ways
BUDGET_S_PER_CHAR = 2e-5  # and so much more for each code point, for whole texts of megabytes


STEPS_MAX = 4_000_000  # far less than a second of matching; a tenth of the least budget


@cache
def paths(source: str, flags: int) -> int:
    """Return how many steps a pattern can take from one place at most: its ways to match times its width; -1 where there is no bound.

    Args:
        source: The pattern.
        flags: As it is compiled.
    """
    try:
        tree = parse(source, flags)
    except re.error:
        return -1
    ways = _ways(tree)
    return -1 if ways > STEPS_MAX else ways * (int(tree.getwidth()[1]) + len(source))


def _ways(items: Iterable[Any]) -> int:
    """Return in how many ways the items can be gone through; more than ``STEPS_MAX`` where there are too many to count."""
    product = 1
    for op, argument in items:
        product *= _ways_of(str(op), argument)
        if product > STEPS_MAX:
            break
    return product


def _ways_of(op: str, argument: Any) -> int:
    if op == "BRANCH":
        return sum(map(_ways, argument[1]))
    if op in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
        least, most, inner = argument
        ways = _ways(inner)
        if ways == 1:
            return int(most) - int(least) + 1
        return (int(most) + 1) * int(ways ** int(most)) if int(most) <= _REPEATS_MAX and ways <= STEPS_MAX else STEPS_MAX + 1
    if op in {"SUBPATTERN", "ATOMIC_GROUP"}:
        return _ways(argument[3] if op == "SUBPATTERN" else argument)
    if op in {"ASSERT", "ASSERT_NOT"}:
        return 1 + _ways(argument[1])
    return 1 if op in _SINGLE else STEPS_MAX + 1


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
