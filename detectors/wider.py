"""A wider expression for RE2, which knows neither look-arounds nor back references: it matches wherever the pattern does, or more often."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from detectors.patterns import item_test

_REPEATS_MAX = 32
_NON_ASCII = "\\x{80}-\\x{10FFFF}"
# RE2's Unicode tables are older than those of regex: the digits that it does not know lie above the basic plane.
_DIGITS_RE2 = "\\p{Nd}\\x{10000}-\\x{1FFFF}"
_CASE_STRAYS = {"s": "\\x{17F}", "k": "\\x{212A}", "i": "\\x{130}\\x{131}"}  # equal to these letters when case is ignored

# Without the end of every text (``detectors.prefilter``), and without the separators, which are white space to one module only.
_ASCII = frozenset(map(chr, range(0x80))) - frozenset("\0\x1c\x1d\x1e\x1f")
_WORD_ASCII = frozenset(char for char in _ASCII if char.isalnum() or char == "_")
# What is one with a character where case does not count.
_FORMS = {
    char: frozenset((char, char.lower(), char.upper(), *{"s": "\u017f", "k": "\u212a", "i": "\u0130\u0131"}.get(char.lower(), "")))
    for char in _ASCII
}
_ZERO_WIDTH = frozenset(("ASSERT", "ASSERT_NOT", "AT"))


def wider_re2(tree: Any) -> str:
    """Return an RE2 expression that matches wherever the parsed pattern does, and perhaps elsewhere.

    Whether there is a match is all that is asked, not where it ends. So a look-around at the very edge of the pattern is consumed: what it
    asks for, or a neighbour that it does not refuse (a word's edge refuses part of a word). Other look-arounds and anchors are dropped, a
    back reference becomes a copy of its group, long counts become open, classes that RE2 would read as ASCII are widened.
    """
    return _Widener().sequence(list(tree), left=True, right=True)


class _Widener:
    """Writes RE2 source; remembers groups for back references."""

    def __init__(self) -> None:
        self._groups: dict[int, tuple[str, Any]] = {}

    def sequence(self, items: Sequence[Any], *, left: bool = False, right: bool = False) -> str:
        """Write a concatenation.

        Args:
            items: What is concatenated.
            left: Whether nothing of the whole pattern is written in front of it, so that it may consume the character there.
            right: The same behind it.
        """
        body = [item for item in items if str(item[0]) not in _ZERO_WIDTH]
        before = self._before(items) if left else ""
        after = self._after(items) if right else ""
        end = len(body) - 1
        written = "".join(
            self._item(str(op), argument, left=left and not before and at == 0, right=right and not after and at == end)
            for at, (op, argument) in enumerate(body)
        )
        return before + written + after

    def _before(self, items: Sequence[Any]) -> str:
        """Write what must stand right before a match of this sequence; empty where nothing is said of it."""
        refused: set[str] = set()
        for at, (op, argument) in enumerate(items):
            kind = str(op)
            if kind not in _ZERO_WIDTH:
                break
            if kind == "ASSERT" and argument[0] < 0:
                return self.sequence(argument[1], left=True)
            if kind == "ASSERT_NOT" and argument[0] < 0:
                refused |= _alone(argument[1])
            elif kind == "AT" and str(argument) == "AT_BOUNDARY" and _meets_word(items[at + 1 :]):
                refused |= _WORD_ASCII
        return f"(?:\\A|{_other_than(refused)})" if refused else ""

    def _after(self, items: Sequence[Any]) -> str:
        """Write what must stand right behind a match of this sequence; empty where nothing is said of it."""
        refused: set[str] = set()
        for at in range(len(items) - 1, -1, -1):
            kind, argument = str(items[at][0]), items[at][1]
            if kind not in _ZERO_WIDTH:
                break
            if kind == "ASSERT" and argument[0] > 0:
                return self.sequence(argument[1], right=True)
            if kind == "ASSERT_NOT" and argument[0] > 0:
                refused |= _alone(argument[1])
            elif kind == "AT" and str(argument) == "AT_BOUNDARY" and _meets_word(items[:at][::-1], backwards=True):
                refused |= _WORD_ASCII
        return f"(?:\\z|{_other_than(refused)})" if refused else ""

    def _item(self, op: str, argument: Any, *, left: bool, right: bool) -> str:  # noqa: PLR0911 - one line per node of the tree
        if op == "LITERAL":
            return _literal(argument)
        if op == "IN":
            return _character_class(argument)
        if op == "BRANCH":
            return "(?:" + "|".join(self.sequence(branch, left=left, right=right) for branch in argument[1]) + ")"
        if op in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
            least, most, body = argument
            return f"(?:{self.sequence(body)})" + _count(int(least), int(most))
        if op == "SUBPATTERN":
            number, switched_on, switched_off, body = argument
            case = _case(switched_on, switched_off)
            if number is not None:
                self._groups[number] = (case, body)
            return f"(?{case}:{self.sequence(body, left=left, right=right)})"
        if op == "ATOMIC_GROUP":
            return f"(?:{self.sequence(argument, left=left, right=right)})"
        if op == "GROUPREF":
            case, body = self._groups[argument]
            return f"(?{case}:{self.sequence(body)})"
        return "(?s:.)" if op in {"ANY", "NOT_LITERAL"} else "(?s:.*)"


def _other_than(refused: Iterable[str]) -> str:
    """Write the class of all other characters, in whose complement no case is folded."""
    return "(?-i:[^" + "".join(f"\\x{{{ord(char):X}}}" for char in sorted(refused)) + "])"


def _alone(items: Sequence[Any]) -> frozenset[str]:
    """Return ASCII characters that a sequence surely matches, each by itself."""
    found: frozenset[str] = frozenset()
    for at, (op, argument) in enumerate(items):
        if all(_may_be_empty(other) for place, other in enumerate(items) if place != at):
            found |= _alone_of(str(op), argument)
    return found


def _alone_of(op: str, argument: Any) -> frozenset[str]:
    if op == "LITERAL":
        return frozenset(chr(argument)) & _ASCII
    if op == "IN":
        return _sure_members([(str(kind), value) for kind, value in argument])
    if op == "BRANCH":
        return frozenset().union(*(_alone(branch) for branch in argument[1]))
    if op in {"MAX_REPEAT", "MIN_REPEAT"} and int(argument[0]) <= 1 <= int(argument[1]):
        return _alone(argument[2])
    return _alone(argument[3]) if op == "SUBPATTERN" else frozenset()


def _may_be_empty(item: Any) -> bool:
    """Tell whether an item surely can match nothing; one that gives nothing back cannot be relied on."""
    op, argument = str(item[0]), item[1]
    if op in {"MAX_REPEAT", "MIN_REPEAT"}:
        return int(argument[0]) == 0 or all(map(_may_be_empty, argument[2]))
    if op == "SUBPATTERN":
        return all(map(_may_be_empty, argument[3]))
    return op == "BRANCH" and any(all(map(_may_be_empty, branch)) for branch in argument[1])


def _sure_members(items: Sequence[tuple[str, Any]]) -> frozenset[str]:
    """Return the ASCII characters that a class has whether or not case counts."""
    negated = items[0][0] == "NEGATE"
    tests = [item_test(kind, value) for kind, value in items if kind != "NEGATE"]
    if not negated:
        return frozenset(char for char in _ASCII if any(test(char) for test in tests))
    # Where case does not count, "[^a]" has no "A" either, and no "K" where it shuts out the sign of the kelvin.
    return frozenset(char for char in _ASCII if not any(test(form) for test in tests for form in _FORMS[char]))


def _meets_word(items: Sequence[Any], *, backwards: bool = False) -> bool:
    """Tell whether whatever the items match begins with part of a word.

    Args:
        items: Concatenated, in this order.
        backwards: Whether the order is that from the end, so that it is the last character that counts.
    """
    for item in items:
        op, argument = str(item[0]), item[1]
        if op in _ZERO_WIDTH:
            continue
        if op == "LITERAL":
            return chr(argument) in _WORD_ASCII
        if op == "IN":
            return all(_is_of_words(str(kind), value) for kind, value in argument)
        if op in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
            least, bodies = int(argument[0]), [argument[2]]
        else:
            least, bodies = 1, argument[1] if op == "BRANCH" else [argument[3]] if op == "SUBPATTERN" else []
        meets = bool(bodies) and all(_meets_word(body[::-1] if backwards else body, backwards=backwards) for body in bodies)
        if least or not meets:
            return meets
    return False


def _is_of_words(kind: str, value: Any) -> bool:
    """Tell whether all that an item of a class stands for is part of words."""
    if kind == "LITERAL":
        return chr(value) in _WORD_ASCII
    if kind == "RANGE":
        return chr(value[1]) in _WORD_ASCII and all(chr(code) in _WORD_ASCII for code in range(value[0], value[1]))
    return kind == "CATEGORY" and str(value) in {"CATEGORY_DIGIT", "CATEGORY_WORD"}


def _case(switched_on: int, switched_off: int) -> str:
    """Write whether a group takes letters of both cases, where it says so."""
    if switched_off & re.IGNORECASE:
        return "-i"
    return "i" if switched_on & re.IGNORECASE else ""


def _count(least: int, most: int) -> str:
    """Write a repetition; RE2 pays for each count, so a high one is left open."""
    least = min(least, _REPEATS_MAX)
    return f"{{{least},}}" if most > _REPEATS_MAX else f"{{{least},{most}}}"


def _literal(code: int) -> str:
    return f"[\\x{{{code:X}}}{_CASE_STRAYS.get(chr(code).lower(), '')}]"


def _character_class(items: list[tuple[Any, Any]]) -> str:
    """Write a class; a negated one becomes any character."""
    parts: list[str] = []
    for op, argument in items:
        name = str(op)
        if name == "LITERAL":
            parts.append(f"\\x{{{argument:X}}}{_CASE_STRAYS.get(chr(argument).lower(), '')}")
        elif name == "RANGE":
            parts.append(f"\\x{{{argument[0]:X}}}-\\x{{{argument[1]:X}}}")
            parts.extend(strays for letter, strays in _CASE_STRAYS.items() if argument[0] <= ord(letter) <= argument[1])
            parts.extend(strays for letter, strays in _CASE_STRAYS.items() if argument[0] <= ord(letter.upper()) <= argument[1])
        elif name == "CATEGORY" and str(argument) == "CATEGORY_DIGIT":
            parts.append(_DIGITS_RE2)
        elif name == "CATEGORY" and str(argument) == "CATEGORY_WORD":
            parts.append("0-9A-Za-z_" + _NON_ASCII)
        elif name == "CATEGORY" and str(argument) == "CATEGORY_SPACE":
            parts.append("\\x{9}-\\x{D}\\x{1C}-\\x{20}" + _NON_ASCII)
        else:
            return "(?s:.)"
    return f"[{''.join(parts)}]"
