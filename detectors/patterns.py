"""What a regular expression can match, read off its parse tree: the proof that a pattern keeps to what ``detectors.cut`` assumes."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from detectors.cut import CLOSERS, PHONE_LETTERS, QUIET_CHARS
from detectors.tokens import CLAUSE_MARKS

# The standard library's own parser; its public name (sre_parse) warns since 3.11.
_PARSER: Any = importlib.import_module("re._parser")

# One of each kind of character that the rules of cutting tell apart.
_PROBES = (
    [chr(code) for code in range(0x80)]
    + list("é中５ｘА·\u00a0\u3000")
    + list(CLAUSE_MARKS)
    + sorted(CLOSERS - frozenset(CLAUSE_MARKS) - {chr(code) for code in range(0x80)})
)
Accepts = Callable[[str], bool]


def parse(pattern: str, flags: int) -> Any:
    """Return the parse tree of a pattern; raise ``re.error`` where the standard library cannot read it.

    Args:
        pattern: The source, in the syntax that ``re`` and ``regex`` share.
        flags: Flags of either module; only the ones that change what is matched are looked at.
    """
    return _PARSER.parse(pattern, flags & (re.IGNORECASE | re.DOTALL | re.MULTILINE | re.VERBOSE))


@dataclass(slots=True)
class _Graph:
    """Glushkov's automaton: one state per character position; repetition counts are forgotten, so it accepts at least as much."""

    accepts: list[frozenset[str]] = field(default_factory=list)
    follow: list[set[int]] = field(default_factory=list)


@dataclass(slots=True)
class _Part:
    """Positions with which a part of the pattern can begin and end, and whether it can be empty."""

    first: set[int] = field(default_factory=set)
    last: set[int] = field(default_factory=set)
    empty: bool = True


class _Builder:
    """Builds the automaton of a parse tree, and of each look-around by itself."""

    def __init__(self, *, ignore_case: bool) -> None:
        self.graph = _Graph()
        self.looks: list[tuple[int, _Part, int]] = []  # direction (-1 behind), automaton, width
        self.anchored = False
        self._groups: dict[int, Any] = {}
        self._ignore_case = ignore_case

    def sequence(self, items: Iterable[Any]) -> _Part:
        """Concatenate."""
        whole = _Part()
        for op, argument in items:
            whole = self._join(whole, self._item(str(op), argument))
        return whole

    def _join(self, left: _Part, right: _Part) -> _Part:
        for position in left.last:
            self.graph.follow[position] |= right.first
        return _Part(
            first=left.first | right.first if left.empty else left.first,
            last=left.last | right.last if right.empty else right.last,
            empty=left.empty and right.empty,
        )

    def _item(self, op: str, argument: Any) -> _Part:  # noqa: PLR0911 - one line per node of the tree
        if op in {"LITERAL", "NOT_LITERAL", "IN", "ANY"}:
            return self._position(_accepted(op, argument, ignore_case=self._ignore_case))
        if op == "BRANCH":
            parts = [self.sequence(branch) for branch in argument[1]]
            return _Part(
                first=set().union(*(part.first for part in parts)),
                last=set().union(*(part.last for part in parts)),
                empty=any(part.empty for part in parts),
            )
        if op in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
            least, most, body = argument
            part = self.sequence(body)
            if int(most) > 1:
                part = self._join(part, part)
            return _Part(part.first, part.last, part.empty or int(least) == 0)
        if op in {"SUBPATTERN", "ATOMIC_GROUP"}:
            body = argument[3] if op == "SUBPATTERN" else argument
            if op == "SUBPATTERN" and argument[0] is not None:
                self._groups[argument[0]] = body
            return self.sequence(body)
        if op == "GROUPREF":
            return self.sequence(self._groups[argument])
        if op in {"ASSERT", "ASSERT_NOT"}:
            self.looks.append((argument[0], self.sequence(argument[1]), int(argument[1].getwidth()[1])))
            return _Part()
        if op == "AT":
            self.anchored |= str(argument) not in {"AT_BOUNDARY", "AT_NON_BOUNDARY"}
            return _Part()
        return self._position(frozenset(_PROBES))

    def _position(self, accepted: frozenset[str]) -> _Part:
        self.graph.accepts.append(accepted)
        self.graph.follow.append(set())
        here = {len(self.graph.follow) - 1}
        return _Part(set(here), set(here), empty=False)


def _accepted(op: str, argument: Any, *, ignore_case: bool) -> frozenset[str]:
    """Return which probes one position accepts."""
    if op == "ANY":
        return frozenset(_PROBES)
    if op == "LITERAL":
        return _accepted_literal(_probed("LITERAL", argument), ignore_case=ignore_case)
    items = (
        [("LITERAL", argument)] if op == "NOT_LITERAL" else [item for kind, value in argument for item in _probed_items(str(kind), value)]
    )
    negated = op == "NOT_LITERAL" or (bool(items) and items[0][0] == "NEGATE")
    return _accepted_class(tuple(item for item in items if item[0] != "NEGATE"), negated=negated, ignore_case=ignore_case)


def _probed(kind: str, value: Any) -> Any:
    """Return a character that is no probe as the probe that stands for its kind; else what was given."""
    if kind != "LITERAL" or value < 0x80:  # noqa: PLR2004 - all of ASCII is probed
        return value
    char = chr(value)
    if char in _PROBES or not char.isprintable():
        return value
    if char.isspace():
        return ord("\u3000")
    return ord("５") if char.isdecimal() else ord("中") if char.isalpha() else ord("·")


def _probed_items(kind: str, value: Any) -> list[tuple[str, Any]]:
    """Return an item of a class, and for a range beyond ASCII the probes that stand for its ends besides."""
    if kind != "RANGE":
        return [(kind, _probed(kind, value))]
    return [(kind, value), *(("LITERAL", _probed("LITERAL", end)) for end in value if end >= 0x80)]  # noqa: PLR2004


@cache
def _accepted_class(items: tuple[tuple[str, Any], ...], *, negated: bool, ignore_case: bool) -> frozenset[str]:
    """Return which probes a class of characters accepts; a few classes are in most patterns."""
    tests = [item_test(kind, value) for kind, value in items]
    return frozenset(probe for probe in _PROBES if any(test(form) for test in tests for form in _forms(probe, ignore_case)) != negated)


@cache
def _accepted_literal(code: int, *, ignore_case: bool) -> frozenset[str]:
    """Return which probes one given character accepts; domain endings alone are thousands of them."""
    test = item_test("LITERAL", code)
    return frozenset(probe for probe in _PROBES if any(test(form) for form in _forms(probe, ignore_case)))


def _forms(probe: str, ignore_case: bool) -> Iterator[str]:
    yield probe
    if ignore_case:
        yield from (probe.lower(), probe.upper())


def item_test(kind: str, value: Any) -> Accepts:
    """Return the test of one item of a character class."""
    if kind == "LITERAL":
        return lambda char: ord(char[0]) == value
    if kind == "RANGE":
        return lambda char: value[0] <= ord(char[0]) <= value[1]
    category = re.compile(
        {
            "CATEGORY_DIGIT": r"\d",
            "CATEGORY_NOT_DIGIT": r"\D",
            "CATEGORY_WORD": r"\w",
            "CATEGORY_NOT_WORD": r"\W",
            "CATEGORY_SPACE": r"\s",
            "CATEGORY_NOT_SPACE": r"\S",
        }[str(value)]
    )
    return lambda char: category.match(char) is not None


_MARKS = frozenset(CLAUSE_MARKS)
_BOUNDARY = _MARKS | {" ", "\n"}
_DIGITS = frozenset(probe for probe in _PROBES if probe.isdecimal())
_LETTERS_ALL = frozenset(probe for probe in _PROBES if probe.isalpha())
_LETTERS = _LETTERS_ALL - PHONE_LETTERS


def refusal(pattern: str, flags: int, *, anchored: bool = False) -> str:
    """Return why a pattern cannot be scanned in pieces, or an empty string.

    Args:
        pattern: The source of the pattern.
        flags: The flags it is compiled with.
        anchored: Whether anchors and looks over one blank are known to be harmless (Presidio's deny lists).
    """
    try:
        tree = parse(pattern, flags)
    except re.error:
        return "it is not in the common syntax of re and regex"
    builder = _Builder(ignore_case=bool((flags | tree.state.flags) & re.IGNORECASE))
    whole = builder.sequence(tree)
    graph = builder.graph
    inner = _reach(graph, whole.first, frozenset(_PROBES))
    if any("\n" in graph.accepts[position] for position in inner):
        return "it can match a line break"
    if any(_MARKS & graph.accepts[position] for position in _before_path(graph, whole.first)):
        return "it can match a clause mark outside the path of a URL"
    if not anchored and (builder.anchored or any(_sees_past(graph, look) for look in builder.looks)):
        return "an anchor or a look-around sees past a blank"
    if any(" " in graph.accepts[position] for position in inner):
        return _refusal_with_space(graph, whole, int(tree.getwidth()[1]))
    return ""


def _refusal_with_space(graph: _Graph, whole: _Part, width: int) -> str:
    """Return why a pattern with a space in it cannot be scanned in pieces, or an empty string."""
    if width > QUIET_CHARS:
        return f"it has a space and is wider than {QUIET_CHARS} characters"
    before_digit = _reach(graph, whole.first, frozenset(_PROBES) - _DIGITS)
    if any(" " in graph.accepts[position] for position in whole.last):
        return "it has a space at its end"
    if any(" " in graph.accepts[position] and _meets(graph, position, _LETTERS_ALL) for position in before_digit):
        return "it has a space before its first digit, and a letter after it"
    chains = (
        (_DIGITS, frozenset(","), frozenset(" "), _DIGITS),
        (_DIGITS, frozenset(".!?"), frozenset(" "), _LETTERS),
    )
    if any(_has_chain(graph, chain) for chain in chains):
        return "it goes on after a comma or a full stop and a space"
    return ""


def _meets(graph: _Graph, position: int, kind: frozenset[str]) -> bool:
    """Tell whether a character of a kind can follow a position."""
    return any(graph.accepts[after] & kind for after in graph.follow[position])


def _reach(graph: _Graph, first: set[int], through: frozenset[str]) -> set[int]:
    """Return the positions that can be entered from ``first`` by matching characters of ``through`` only; the entered one may match any."""
    seen = set(first)
    todo = list(first)
    while todo:
        position = todo.pop()
        if graph.accepts[position] & through:
            fresh = graph.follow[position] - seen
            seen |= fresh
            todo.extend(fresh)
    return seen


def _before_path(graph: _Graph, first: set[int]) -> set[int]:
    """Return the positions that can be entered before a dot or a colon and, after it, a slash were matched."""
    plain = _reach(graph, first, frozenset(_PROBES) - {".", ":"})
    behind = {after for position in plain if graph.accepts[position] & {".", ":"} for after in graph.follow[position]}
    return plain | _reach(graph, behind, frozenset(_PROBES) - {"/"})


def _has_chain(graph: _Graph, chain: tuple[frozenset[str], ...]) -> bool:
    """Tell whether neighbouring positions can match these kinds of characters one after another."""
    current = {position for position, accepted in enumerate(graph.accepts) if accepted & chain[0]}
    for kind in chain[1:]:
        current = {after for position in current for after in graph.follow[position] if graph.accepts[after] & kind}
    return bool(current)


def _sees_past(graph: _Graph, look: tuple[int, _Part, int]) -> bool:
    """Tell whether a look-around depends on what lies on the far side of a boundary."""
    direction, part, width = look
    marks = {position for position in _reach(graph, part.first, frozenset(_PROBES)) if graph.accepts[position] & _BOUNDARY}
    if any(graph.follow[position] for position in marks):
        return True
    if direction > 0:
        return width > 1 and bool(marks & part.first)
    ends = marks & part.last
    if any(graph.accepts[position] & (_BOUNDARY - {" "}) for position in ends):
        return True
    before = {position for position, following in enumerate(graph.follow) if following & ends}
    stands_before_space = _LETTERS | CLOSERS
    return bool(ends & part.first) or any(graph.accepts[position] & stands_before_space for position in before)
