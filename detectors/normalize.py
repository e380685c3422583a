"""How two writings of one value are brought to one form, and how firmly a piece of text is cut off from its neighbours.

Nothing here knows what the value is; provenance and any other comparison of values share it.
"""

from __future__ import annotations

import re
import unicodedata
from enum import IntEnum

_INVISIBLE = dict.fromkeys([0x00AD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF])
_ONE_SIGN = {ord(dash): "-" for dash in "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"} | {ord(quote): "'" for quote in "\u2018\u2019\u02bc"}
_BLANKS = re.compile(r"\s+")
# Numbers that stand one below the other are two: a blank may group one number, a line break may not.
_LINE_BETWEEN_NUMBERS = re.compile(r"(?<=\d)[^\S\n]*\n\s*(?=\d)")
_NUMBERS_APART = "\0"

IDENTIFIER_SEPARATORS = re.compile(r"[ \-.()+]")
_IDENTIFIER = re.compile(r"[0-9a-z \-.()+]+")
_IDENTIFIER_CHARS_MIN = 6
_IDENTIFIER_DIGITS_MIN = 4
# In these the separator carries meaning: 10.0.1.23 is not 10.0.12.3, and 2024-1-12 is not 2024-11-2.
_SEPARATOR_MATTERS = re.compile(r"\d{1,4}[.\-]\d{1,2}[.\-]\d{1,4}|\d{1,3}(?:\.\d{1,3}){3}|[+\-]?\d+\.\d+")

# Characters of grammar that stand right beside a name and that names do not end or begin with; what else stands there may belong to it.
_BEFORE_NAME = frozenset("叫是给为由找向对请把被让与跟的問问")
_AFTER_NAME = frozenset("的是在与及您你我他她也已说想要住님씨")

_UNSPACED = (
    ("han", 0x3400, 0x9FFF),
    ("han", 0xF900, 0xFAFF),
    ("han", 0x20000, 0x3FFFF),
    ("han", 0x3005, 0x3007),
    ("hiragana", 0x3040, 0x309F),
    ("katakana", 0x30A0, 0x30FF),
    ("hangul", 0xAC00, 0xD7AF),
    ("thai", 0x0E00, 0x0E7F),
    ("lao", 0x0E80, 0x0EFF),
    ("myanmar", 0x1000, 0x109F),
    ("khmer", 0x1780, 0x17FF),
)
_SPACED = "spaced"

_GROUP_DIGITS_MAX = 8  # the birth date of a 6-8-4 identity number is the longest group that people write
_SHORT_GROUP_DIGITS_MAX = 6
_GROUPING = frozenset(" -.")
_JOINERS = frozenset(".@_-%")


class Cut(IntEnum):
    """How firmly text is separated at a position."""

    NONE = 0  # inside a word or a run of digits
    POSSIBLE = 1  # between parts of something longer: the groups of a number, an e-mail address, characters of a Chinese name
    FIRM = 2


def normal_form(text: str) -> str:
    """Return text with width, case, kind of blank, of dash and of apostrophe made alike, and invisible characters dropped.

    Compatibility composition is Unicode's NFKC, case is full case folding. Linear in the text.
    """
    folded = unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).casefold().translate(_ONE_SIGN)
    return _BLANKS.sub(" ", _LINE_BETWEEN_NUMBERS.sub(_NUMBERS_APART, folded)).strip()


def identifier_form(normal: str) -> str | None:
    """Return the letters and digits of an identifier without its separators, or None where that would blur two values.

    Args:
        normal: A value in normal form.
    """
    if not _IDENTIFIER.fullmatch(normal) or _SEPARATOR_MATTERS.fullmatch(normal):
        return None
    compact = IDENTIFIER_SEPARATORS.sub("", normal)
    digits = sum(char.isdigit() for char in compact)
    return compact if len(compact) >= _IDENTIFIER_CHARS_MIN and digits >= _IDENTIFIER_DIGITS_MIN and 2 * digits >= len(compact) else None


def cut_before(text: str, start: int, *, short: bool) -> Cut:
    """Return how firmly ``text[start:]`` is separated from what stands before it.

    Args:
        text: Text in normal form.
        start: A position in ``[0, len(text))``.
        short: The value is so short that, in a script without blanks, it may be a part of a longer name.
    """
    before = text[max(0, start - _GROUP_DIGITS_MAX - 3) : start][::-1]
    inside = text[start : start + _GROUP_DIGITS_MAX + 1]
    return _cut(inside, before, _BEFORE_NAME if short else None, outside_is_before=True)


def cut_after(text: str, end: int, *, short: bool) -> Cut:
    """Return how firmly ``text[:end]`` is separated from what follows it; as ``cut_before``, with ``end`` in ``(0, len(text)]``."""
    inside = text[max(0, end - _GROUP_DIGITS_MAX - 1) : end][::-1]
    after = text[end : end + _GROUP_DIGITS_MAX + 3]
    return _cut(inside, after, _AFTER_NAME if short else None, outside_is_before=False)


def _cut(inside: str, outside: str, particles: frozenset[str] | None, *, outside_is_before: bool) -> Cut:
    """Return the cut between two pieces that are both read away from the position between them.

    Args:
        inside: The value's characters, the nearest first.
        outside: The neighbour's characters, the nearest first.
        particles: What may stand beside a short value of a script without blanks; None for a value that is not short.
        outside_is_before: The neighbour stands on the left.
    """
    if not outside:
        return Cut.FIRM
    inner, outer = _script(inside[0]), _script(outside[0])
    if inner and inner == outer:
        if inner == _SPACED:
            return Cut.NONE
        return Cut.FIRM if particles is None or outside[0] in particles else Cut.POSSIBLE
    if inside[0].isdigit() and outside[0] in _GROUPING and outside[1:2].isdigit():
        return _cut_between_digits(inside, outside, outside_is_before=outside_is_before)
    if inner == _SPACED and outside[0] in _JOINERS and _script(outside[1:2]) == _SPACED:
        return Cut.POSSIBLE
    return Cut.FIRM


def _cut_between_digits(inside: str, outside: str, *, outside_is_before: bool) -> Cut:
    """Tell two groups of one number from two numbers side by side; a leading country code is no part of the number after it."""
    inner, outer = _leading_digits(inside), _leading_digits(outside[1:])
    if outside_is_before and outside[1 + outer : 2 + outer] == "+":
        return Cut.FIRM
    grouped = max(inner, outer) <= _GROUP_DIGITS_MAX and min(inner, outer) <= _SHORT_GROUP_DIGITS_MAX
    return Cut.POSSIBLE if grouped else Cut.FIRM


def _leading_digits(text: str) -> int:
    """Return how many digits a text begins with."""
    return next((index for index, char in enumerate(text) if not char.isdigit()), len(text))


def _script(char: str) -> str:
    """Return the script of a letter, digit or mark if its words are written without blanks, ``spaced`` for all others, "" for the rest."""
    if not char or not (char.isalnum() or unicodedata.category(char).startswith("M")):
        return ""
    code = ord(char)
    return next((name for name, first, last in _UNSPACED if first <= code <= last), _SPACED)
