"""A pattern recogniser as a function: what Presidio's ``PatternRecognizer.analyze`` finds, without what it notes down besides.

Presidio builds an explanation, a result object and a time stamp for every match, and runs every pattern of a recogniser. A scan of a stream
needs four values, and knows from the prefilter which patterns can match. A recogniser with an ``analyze`` of its own is asked as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import regex  # type: ignore[import-untyped]
from presidio_analyzer import EntityRecognizer, PatternRecognizer

from detectors.budget import BUDGET_S, BUDGET_S_PER_CHAR, STEPS_MAX, paths
from schemas.errors import DetectionError

Found = tuple[int, int, str, float]
Matches = list[tuple[int, int, str]]  # start, end and the text between
_Check = Callable[[str], bool | None]


class Shared:
    """One pattern for all recognisers that have it; compiles when it is first used: most patterns of a scanner never match.

    Args:
        source: The pattern.
        flags: As Presidio compiles it.
    """

    __slots__ = ("_compiled", "_flags", "_source", "_steps")

    def __init__(self, source: str, flags: int) -> None:
        self._source = source
        self._flags = flags
        self._compiled: Any = None
        self._steps = 0

    def matches(self, text: str) -> Matches:
        """Return all that it matches in a text and is not empty.

        Raises:
            TimeoutError: It used up its budget of CPU time; not looked at where so few steps are possible that it cannot.
        """
        if self._compiled is None:
            self._compiled = regex.compile(self._source, self._flags)
            self._steps = paths(self._source, self._flags)
        if 0 < self._steps * len(text) <= STEPS_MAX:
            found = self._compiled.finditer(text)
        else:
            found = self._compiled.finditer(text, timeout=BUDGET_S + BUDGET_S_PER_CHAR * len(text))
        return [(*one.span(), one.group()) for one in found if one.start() < one.end()]


@cache
def shared(source: str, flags: int) -> Shared:
    """Return the one object that stands for a pattern."""
    return Shared(source, flags)


class Finder:
    """Runs the patterns of one recogniser and its checks.

    Args:
        recognizer: It and its patterns must not change any more.

    Attributes:
        apart: Whether its patterns can be run one by one, because its ``analyze`` is Presidio's.
    """

    __slots__ = ("_entity_type", "_invalidate", "_patterns", "_recognizer", "_validate", "apart")

    def __init__(self, recognizer: PatternRecognizer) -> None:
        this: Any = recognizer
        self.apart = type(recognizer).analyze is PatternRecognizer.analyze and "analyze" not in vars(recognizer)
        self._recognizer = this
        self._entity_type: str = this.supported_entities[0]
        # A check that is Presidio's own has no opinion, and is not asked.
        self._validate = _own_check(this, "validate_result")
        self._invalidate = _own_check(this, "invalidate_result")
        flags = int(this.global_regex_flags or 0)
        self._patterns = [(shared(one.regex, flags), float(one.score), str(one.name)) for one in this.patterns] if self.apart else []

    def find(self, text: str, only: Sequence[int] | None = None, seen: dict[Shared, Matches] | None = None) -> list[Found]:
        """Return start, end, type and score of what the recogniser finds in a text, before context.

        Args:
            text: Where to look.
            only: Places of the patterns to run, all others being known to match nothing; None runs all. Without meaning where they cannot
                be run apart.
            seen: What patterns matched in this text, to which is added; for several recognisers with one text.

        Raises:
            DetectionError: A pattern used up its budget of CPU time (``detectors.budget``).
        """
        if not self.apart:
            asked = self._recognizer.analyze(text=text, entities=self._recognizer.supported_entities, nlp_artifacts=None)
            return [(one.start, one.end, one.entity_type, one.score) for one in asked]
        found: list[Found] = []
        places = range(len(self._patterns)) if only is None else only
        for place in places:
            self._run(place, text, found, seen)
        return found if len(found) < 2 or len(places) == 1 else _without_contained(found)  # noqa: PLR2004

    def _run(self, place: int, text: str, found: list[Found], seen: dict[Shared, Matches] | None) -> None:
        """Add what one pattern finds."""
        pattern, score, name = self._patterns[place]
        matches = seen.get(pattern) if seen else None
        if matches is None:
            matches = self._matches(pattern, name, text)
            if seen is not None:
                seen[pattern] = matches
        entity_type = self._entity_type
        if self._validate is None and self._invalidate is None:
            if score > EntityRecognizer.MIN_SCORE:
                found += [(start, end, entity_type, score) for start, end, _ in matches]
            return
        for start, end, written in matches:
            if (checked := self._checked(written, score)) > EntityRecognizer.MIN_SCORE:
                found.append((start, end, entity_type, checked))

    def _matches(self, pattern: Shared, name: str, text: str) -> Matches:
        """Return what one pattern matches."""
        try:
            return pattern.matches(text)
        except TimeoutError:
            detail = f"{self._recognizer.name}, pattern {name}, used up its budget of CPU time on {len(text)} characters"
        raise DetectionError(detail)

    def _checked(self, written: str, score: float) -> float:
        """Return the score of a match once the checks have seen it."""
        if self._validate is not None:
            valid = self._validate(written)
            if valid is not None:
                score = EntityRecognizer.MAX_SCORE if valid else EntityRecognizer.MIN_SCORE
        if self._invalidate is not None and self._invalidate(written):
            return EntityRecognizer.MIN_SCORE
        return score


def _own_check(recognizer: Any, name: str) -> _Check | None:
    """Return a check of a recogniser, or None if it is the one of Presidio's that says nothing."""
    check: Any = getattr(recognizer, name)
    return None if getattr(check, "__func__", None) is getattr(PatternRecognizer, name) else check


def _without_contained(found: Sequence[Found]) -> list[Found]:
    """Return findings of one type without those that lie in another with at least their score, in order of position (Presidio's rule)."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda each: (each[0], -each[1], -each[3])):
        if not any(other[1] >= one[1] and other[3] >= one[3] for other in kept):
            kept.append(one)
    return kept
