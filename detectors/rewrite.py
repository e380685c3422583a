r"""Regular expressions rewritten so that they can be scanned in pieces and beside scripts without blanks.

A pattern is read into its parse tree and written again with these changes:

* ``\b`` takes letters of Chinese, Japanese, Korean, Thai, Lao, Khmer and Burmese for no part of a word: those scripts put no blank between
  a number and the text around it. So does ``\w`` inside a look-around. ``\w`` that is matched stays as it is.
* ``\s`` matches blanks but no line break, and ``.`` and a negated class match no line break: a match never leaves its line.
* With a cap, repeats without a bound get one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from detectors.patterns import parse

# Letters of scripts that are written without blanks, or that glue particles to a word; their digits are left out.
GLUED: Final = (
    r"\u0e01-\u0e4e\u0e81-\u0ecd\u1000-\u103f\u1100-\u11ff\u1780-\u17d3\u3005-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    r"\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff66-\uffdc\U00020000-\U0003fffd"
)
WORD: Final = rf"[^\W{GLUED}]"
NOT_AFTER_WORD: Final = f"(?<!{WORD})"
NOT_BEFORE_WORD: Final = f"(?!{WORD})"
_EITHER_EDGE = f"(?:{NOT_AFTER_WORD}(?={WORD})|(?<={WORD}){NOT_BEFORE_WORD})"
BLANKS: Final = r" \t\u00a0\u3000"
_GLUED_LETTER = re.compile(f"[{GLUED}]")
UNBOUNDED: Final = 1 << 32  # getwidth's "no bound" is far above this
_CATEGORIES = {
    "CATEGORY_DIGIT": r"\d",
    "CATEGORY_NOT_DIGIT": r"\D",
    "CATEGORY_WORD": r"\w",
    "CATEGORY_NOT_WORD": r"\W",
    "CATEGORY_SPACE": BLANKS,
    "CATEGORY_NOT_SPACE": r"\S",
}
_ANCHORS = {"AT_BEGINNING": "^", "AT_END": "$", "AT_BEGINNING_STRING": r"\A", "AT_END_STRING": r"\Z", "AT_NON_BOUNDARY": r"\B"}
_FLAG_LETTERS = ((re.IGNORECASE, "i"), (re.MULTILINE, "m"), (re.DOTALL, "s"))
_BASIC_PLANE_END = 0xFFFF
_LATIN_END = 0x24F
_ATOMS = frozenset(("LITERAL", "NOT_LITERAL", "IN", "ANY"))
_PLAIN = frozenset(" _/:;,@%=<>!'\"")  # printable ASCII that means itself everywhere in a pattern
# Kinds of character beside a boundary: of a word, of a script without blanks, of neither; or not known.
_IN_WORD, _IN_GLUED, _IN_NONE, _UNKNOWN = "word", "glued", "none", "unknown"


def mended(source: str, flags: int, *, cap: int | None = None) -> str:
    """Return the pattern rewritten as this module says; it is compiled with the same flags.

    Args:
        source: A pattern in the syntax that ``re`` and ``regex`` share.
        flags: What it is compiled with.
        cap: Most code points that a match may have. Repeats without a bound get equal shares of what the rest of the pattern leaves, so a
            pattern with one such repeat finds all matches up to the cap.

    Raises:
        re.error: The standard library cannot read the pattern.
        ValueError: The pattern is wider than the cap without any of its repeats, or has no repeat that could be bounded.
    """
    tree = parse(source, flags)
    if cap is None:
        return _written(tree, flags, None)
    if width(tree) <= cap:
        return _written(tree, flags, None)
    low, high = -1, cap
    while low < high:
        middle = (low + high + 1) // 2
        if width(parse(_written(tree, flags, middle), flags)) <= cap:
            low = middle
        else:
            high = middle - 1
    if low < 0:
        raise ValueError("wider than its cap even with each of its unbounded repeats at its least")
    return _written(tree, flags, low)


def width(tree: Any) -> int:
    """Return the most code points a match can have; above ``UNBOUNDED`` means that there is no bound."""
    return int(tree.getwidth()[1])


def edge_of(word: str) -> tuple[str, str]:
    """Return the look-arounds that a literal word needs in front and behind, empty where a script without blanks begins or ends it."""
    first, last = _kind_of(word[0]), _kind_of(word[-1])
    return (NOT_AFTER_WORD if first == _IN_WORD else "", NOT_BEFORE_WORD if last == _IN_WORD else "")


def _written(tree: Any, flags: int, most: int | None) -> str:
    inline = "".join(letter for flag, letter in _FLAG_LETTERS if tree.state.flags & flag and not flags & flag)
    return (f"(?{inline})" if inline else "") + _Writer(most).sequence(list(tree))


class _Writer:
    """Writes a parse tree as source.

    Args:
        most: Bound of repeats that have none; None leaves them open.
    """

    def __init__(self, most: int | None) -> None:
        self._most = most
        self._looking = False

    def sequence(self, items: Sequence[Any]) -> str:
        """Write a concatenation."""
        out = []
        for index, (op, argument) in enumerate(items):
            if str(op) == "AT" and str(argument) == "AT_BOUNDARY":
                out.append(_boundary(items[:index], items[index + 1 :]))
            else:
                out.append(self._item(str(op), argument))
        return "".join(out)

    def _item(self, op: str, argument: Any) -> str:
        writers: dict[str, Callable[[], str]] = {
            "LITERAL": lambda: _escaped(argument),
            "NOT_LITERAL": lambda: f"[^{_escaped(argument)}\\n]",
            "ANY": lambda: r"[^\n]",
            "IN": lambda: self._character_class(argument),
            "BRANCH": lambda: "(?:" + "|".join(self.sequence(list(branch)) for branch in argument[1]) + ")",
            "MAX_REPEAT": lambda: self._repeat(argument),
            "MIN_REPEAT": lambda: self._repeat(argument) + "?",
            "POSSESSIVE_REPEAT": lambda: self._repeat(argument) + "+",
            "SUBPATTERN": lambda: self._group(argument),
            "ATOMIC_GROUP": lambda: f"(?>{self.sequence(list(argument))})",
            "GROUPREF": lambda: f"(?:\\{argument})",
            "ASSERT": lambda: self._look("=", argument),
            "ASSERT_NOT": lambda: self._look("!", argument),
            "AT": lambda: _ANCHORS[str(argument)],
        }
        if op not in writers:
            raise re.error(f"{op.lower()} is not supported")
        return writers[op]()

    def _repeat(self, argument: Any) -> str:
        least, most, body = int(argument[0]), int(argument[1]), list(argument[2])
        if most >= UNBOUNDED - 1 and self._most is not None:
            most = max(least, self._most)
        inner = self.sequence(body)
        if len(body) > 1 or str(body[0][0]) not in _ATOMS:
            inner = f"(?:{inner})"
        return inner + _count(least, most)

    def _group(self, argument: Any) -> str:
        number, added, removed, body = argument
        inner = self.sequence(list(body))
        if number is not None:
            return f"({inner})"
        on = "".join(letter for flag, letter in _FLAG_LETTERS if added & flag)
        off = "".join(letter for flag, letter in _FLAG_LETTERS if removed & flag)
        return f"(?{on}{'-' if off else ''}{off}:{inner})"

    def _look(self, sign: str, argument: Any) -> str:
        direction, body = argument
        before, self._looking = self._looking, True
        inner = self.sequence(list(body))
        self._looking = before
        return f"(?{'<' if direction < 0 else ''}{sign}{inner})"

    def _character_class(self, items: Sequence[Any]) -> str:
        negated = str(items[0][0]) == "NEGATE"
        parts: list[str] = []
        words = False
        for op, argument in items[1:] if negated else items:
            kind = str(op)
            if kind == "LITERAL":
                parts.append(_escaped(argument))
            elif kind == "RANGE":
                parts.append(f"{_escaped(argument[0])}-{_escaped(argument[1])}")
            elif str(argument) == "CATEGORY_WORD" and self._looking and not negated:
                words = True
            else:
                # In a negated class all white space is shut out, line breaks included.
                parts.append(r"\s" if negated and str(argument) == "CATEGORY_SPACE" else _CATEGORIES[str(argument)])
        if negated:
            return f"[^{''.join(parts)}\\n]" if any(str(op) != "CATEGORY" for op, _ in items[1:]) else f"[^{''.join(parts)}]"
        if not words:
            return f"[{''.join(parts)}]"
        return f"(?:{WORD}|[{''.join(parts)}])" if parts else WORD


def _count(least: int, most: int) -> str:
    if most >= UNBOUNDED - 1:
        return {0: "*", 1: "+"}.get(least, f"{{{least},}}")
    if (least, most) == (0, 1):
        return "?"
    return f"{{{least}}}" if least == most else f"{{{least},{most}}}"


def _escaped(code: int) -> str:
    char = chr(code)
    if char.isascii():
        return char if char.isalnum() or char in _PLAIN else f"\\{char}" if char.isprintable() else f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= _BASIC_PLANE_END else f"\\U{code:08x}"


def _boundary(before: Sequence[Any], after: Sequence[Any]) -> str:
    r"""Write ``\b`` between what stands before and after it."""
    right, left = _kinds(after, last=False), _kinds(before, last=True)
    if right == {_IN_WORD}:
        return NOT_AFTER_WORD
    if left == {_IN_WORD}:
        return NOT_BEFORE_WORD
    if _IN_GLUED in (right | left) and _UNKNOWN not in (right | left):
        return ""
    return r"\b" if _UNKNOWN in (right | left) else _EITHER_EDGE


def _kinds(items: Sequence[Any], *, last: bool) -> set[str]:
    """Return the kinds of the first (or last) character that a sequence can match."""
    found: set[str] = set()
    for op, argument in reversed(items) if last else items:
        kinds, empty = _kinds_of(str(op), argument, last=last)
        found |= kinds
        if not empty:
            break
    return found


def _kinds_of(op: str, argument: Any, *, last: bool) -> tuple[set[str], bool]:
    """Return the kinds of one item, and whether it can match nothing."""
    if op == "LITERAL":
        return {_kind_of(chr(argument))}, False
    if op == "IN":
        return _kinds_of_class(argument), False
    if op in {"ASSERT", "ASSERT_NOT", "AT"}:
        return set(), True
    bodies, empty = _bodies(op, argument)
    if not bodies:
        return {_UNKNOWN}, False
    kinds = set().union(*(_kinds(list(body), last=last) for body in bodies))
    return kinds, empty or any(int(body.getwidth()[0]) == 0 for body in bodies)


def _bodies(op: str, argument: Any) -> tuple[list[Any], bool]:
    """Return the sequences of which an item matches one (or one again and again), and whether it may match none."""
    if op == "BRANCH":
        return list(argument[1]), False
    if op == "SUBPATTERN":
        return [argument[3]], False
    if op == "ATOMIC_GROUP":
        return [argument], False
    if op in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
        return [argument[2]], int(argument[0]) == 0
    return [], False


def _kinds_of_class(items: Iterable[Any]) -> set[str]:
    found: set[str] = set()
    for op, argument in items:
        kind = str(op)
        if kind == "LITERAL":
            found.add(_kind_of(chr(argument)))
        elif kind == "RANGE":
            ends = {_kind_of(chr(code)) for code in argument}
            found |= ends if len(ends) == 1 and (argument[1] <= _LATIN_END or ends == {_IN_GLUED}) else {_UNKNOWN}
        elif kind == "CATEGORY" and str(argument) == "CATEGORY_DIGIT":
            found.add(_IN_WORD)
        elif kind == "CATEGORY" and str(argument) == "CATEGORY_SPACE":
            found.add(_IN_NONE)
        else:
            found.add(_UNKNOWN)
    return found


def _kind_of(char: str) -> str:
    if _GLUED_LETTER.match(char):
        return _IN_GLUED
    return _IN_WORD if char.isalnum() or char == "_" else _IN_NONE
