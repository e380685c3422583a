"""Which recognisers need to see a stretch of text: RE2 says so, and it never says no where a recogniser would find something.

Each recogniser's patterns are rewritten wider (``detectors.wider``) and many are matched at once by one automaton, in time linear in the
text (R. Cox, "Regular Expression Matching in the Wild", 2010). There are three, for the expressions that can match without a digit, those
that need one, and those that need many. Most prose has no digit or few, and an automaton builds its states as texts need them, each at the
cost of all its expressions; so text that was never seen before costs a fraction.

RE2's ``Set`` answers "nothing" when its automaton finds no memory; so the text is handed to it with a mark at its end that always matches,
and an answer without the mark is taken as a reason to ask each expression by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import re2

from detectors.patterns import parse
from detectors.wider import wider_re2

_EVERYTHING = "(?s:.)"
_MARK = b"\0"
# So much keeps the states that prose needs, of all countries' recognisers; beyond, an automaton is begun anew.
_MEMORY_BYTES = 96 << 20
# What a digit is to Python; the digits that only a newer Unicode table has lie above the basic plane.
_DIGIT = re.compile("[\\d\U00010000-\U0001ffff]")
_TIERS = (0, 1, 5)  # digits; a year or a number in a list has fewer than five, and most identifiers have more


class Prefilter:
    """Selects the recognisers whose patterns may match.

    Args:
        patterns: For each recogniser its patterns, each with the flags it is compiled with.
    """

    def __init__(self, patterns: Sequence[Sequence[tuple[str, int]]]) -> None:
        self._size = len(patterns)
        sources: dict[int, list[tuple[int, str]]] = {least: [] for least in _TIERS}
        for index, own in enumerate(patterns):
            needed = min((_digits_of(*one) for one in own), default=0)
            source = "|".join(_wider(source, flags) for source, flags in own)
            sources[max(least for least in _TIERS if least <= needed)].append((index, source))
        self._tiers = [(least, _Automaton(tier)) for least, tier in sources.items()]

    def select(self, text: str) -> Sequence[int]:
        """Return the indices of the recognisers that must see this text, in order."""
        try:
            marked = text.encode() + _MARK
        except UnicodeEncodeError:
            return range(self._size)  # half a character, which RE2 cannot read
        digits = len(_DIGIT.findall(text))
        named: Sequence[int] = ()
        for least, automaton in self._tiers:
            if least > digits:
                break
            found = automaton.match(marked)
            if found:
                named = sorted([*named, *found]) if named else found
        return named


class _Automaton:
    """Matches many expressions at once.

    Args:
        sources: Each with the index that stands for it, in order of the indices.
    """

    def __init__(self, sources: Sequence[tuple[int, str]]) -> None:
        self._sources = sources
        self._each: list[tuple[int, Any]] = []
        self._indices = [index for index, _ in sources]
        self._mark = len(sources)
        together: Any = re2.Set.SearchSet(_options(_MEMORY_BYTES))
        for _, source in sources:
            _add(together, source)
        together.Add(r"\x00")
        together.Compile()
        self._match = together.Match

    def match(self, marked: bytes) -> Sequence[int]:
        """Return the indices of the expressions that match a text, in order.

        Args:
            marked: The text in UTF-8, and the mark.
        """
        found: list[int] | None = self._match(marked)
        if found is None or self._mark not in found:
            return self._one_by_one(marked)
        if len(found) == 1:
            return ()
        found.remove(self._mark)
        found.sort()
        return [self._indices[place] for place in found]

    def _one_by_one(self, marked: bytes) -> list[int]:
        """Return the same without the automaton; the expressions are compiled when this is needed."""
        if not self._each:
            self._each = [(index, _compile(source)) for index, source in self._sources]
        return [index for index, one in self._each if one.search(marked) is not None]


def _digits_of(source: str, flags: int) -> int:
    """Return how many digits a text must have at least for a match."""
    try:
        return _least_digits(parse(source, flags))
    except re.error:
        return 0


def _least_digits(items: Iterable[Any]) -> int:
    """Return how many digits there are at least in what the items match; those that only look-arounds ask for may be the same ones."""
    matched = asked = 0
    for op, argument in items:
        if str(op) == "ASSERT":
            asked = max(asked, _least_digits(argument[1]))
        else:
            matched += _least_digits_of(str(op), argument)
    return max(matched, asked)


def _least_digits_of(op: str, argument: Any) -> int:
    if op == "LITERAL":
        return int(_DIGIT.match(chr(argument)) is not None)
    if op == "IN":
        return int(all(_is_digits(str(kind), value) for kind, value in argument))
    if op == "BRANCH":
        return min(map(_least_digits, argument[1]))
    if op in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
        return int(argument[0]) * _least_digits(argument[2])
    if op in {"SUBPATTERN", "ATOMIC_GROUP"}:
        return _least_digits(argument[3] if op == "SUBPATTERN" else argument)
    return 0


def _is_digits(kind: str, value: Any) -> bool:
    """Tell whether all that an item of a class stands for are digits."""
    if kind == "RANGE":
        return all(_DIGIT.match(chr(code)) for code in range(value[0], value[1] + 1))
    return _DIGIT.match(chr(value)) is not None if kind == "LITERAL" else kind == "CATEGORY" and str(value) == "CATEGORY_DIGIT"


def _add(together: Any, source: str) -> None:
    """Add an expression to an automaton; one that RE2 refuses as too large always matches."""
    try:
        together.Add(source)
    except re2.error:
        together.Add(_EVERYTHING)


def _wider(source: str, flags: int) -> str:
    """Return the wider RE2 expression; what cannot be parsed always runs."""
    try:
        tree = parse(source, flags)
    except re.error:
        return _EVERYTHING
    return ("(?i:" if (flags | tree.state.flags) & re.IGNORECASE else "(?:") + wider_re2(tree) + ")"


def _compile(source: str) -> Any:
    """Compile for RE2; an expression that it refuses as too large always matches."""
    options = _options(64 << 20)
    try:
        return re2.compile(source, options)
    except re2.error:
        return re2.compile(_EVERYTHING, options)


def _options(memory_bytes: int) -> Any:
    options = re2.Options()
    options.never_capture = True
    options.log_errors = False
    options.max_mem = memory_bytes
    return options
