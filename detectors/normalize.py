"""How two writings of one value are brought to one form, and how firmly a piece of text is cut off from its neighbours.

Nothing here knows what the value is; provenance and any other comparison of values share it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from enum import IntEnum

_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
_QUOTES = "\u2018\u2019\u02bc"
_DOTS = "\u2027\u2219\u22c5\u30fb\uff65"  # what stands between the parts of a foreign name in Chinese and Japanese, and on plates
# Circled digits that compatibility decomposition leaves alone.
_CIRCLED = {first + step: str(base + step) for first, base in ((0x2776, 1), (0x2780, 1), (0x278A, 1), (0x24F5, 1)) for step in range(9)}
_CIRCLED |= {0x24FF: "0", 0x1F10B: "0", 0x1F10C: "0"}

_DROPPED = dict.fromkeys(map(ord, _INVISIBLE))
_ONE_SIGN = {ord(sign): one for signs, one in ((_DASHES, "-"), (_QUOTES, "'"), (_DOTS, "\u00b7")) for sign in signs} | _CIRCLED
_HAS_DROPPED = re.compile(f"[{_INVISIBLE}]")
_HAS_SIGN = re.compile(f"[{_DASHES}{_QUOTES}{_DOTS}\u24f5-\u24ff\u2776-\u2792\U0001f10b\U0001f10c]")

# Anything but a single blank; most runs of blanks are one blank and need no work.
_BLANKS = re.compile(r"[^\S ]+\s*|  +\s*| [^\S ]\s*")
# Numbers that stand one below the other are two: a blank may group one number, a line break may not.
_LINE_BETWEEN_NUMBERS = re.compile(r"(?<=\d)[^\S\n]*\n\s*(?=\d)")
_NUMBERS_APART = "\0"

# A mark that stands twice separates nothing: 138....5678 is a number with a gap. A plus inside a number adds.
IDENTIFIER_SEPARATORS = re.compile(r"[ ()]|(?<![\-./\u00b7])[\-./\u00b7](?![\-./\u00b7])|(?<![0-9a-z])\+")
_IDENTIFIER = re.compile(r"[\u4e00-\u9fff]{0,2}[0-9a-z \-.()+/\u00b7]+")
_IDENTIFIER_CHARS_MIN = 6
_IDENTIFIER_DIGITS_MIN = 4
# In these the separator carries meaning: 10.0.1.23 is not 10.0.12.3, and 2024-1-12 is not 2024-11-2.
_SEPARATOR_MATTERS = re.compile(
    r"\d{4}[.\-/]\d{1,2}[.\-/]\d{1,2}|\d{1,2}[.\-/]\d{1,2}[.\-/](?:\d{4}|\d{2})|\d{1,3}(?:\.\d{1,3}){3}|[+\-]?\d+\.\d+"
)

_FOREIGN_DIGIT = re.compile(r"(?![0-9])\d")
HAN_DIGITS = dict(zip("〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖貳參陸幺", "001234567891234567892361", strict=True))
_HAN = "".join(HAN_DIGITS)
_NUMERALS = frozenset(f"{_HAN}十百千万")
_HAN_NUMBER = re.compile(f"[{_HAN}][{_HAN}0-9]*+(?:[ \\-][{_HAN}0-9]++)*+")
_HAN_DIGITS_MIN = 4  # fewer are words: 统一, 三七, 四五
_HAN_NUMBER_DIGITS_MIN = 6
_FROM_HAN = str.maketrans(HAN_DIGITS)

_UNSPACED_CHAR = "[\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
_IS_UNSPACED = re.compile(_UNSPACED_CHAR)
PART_BEFORE = re.compile(f"({_UNSPACED_CHAR}{{1,2}}) \\Z")
PART_AFTER = re.compile(f" ({_UNSPACED_CHAR}{{1,2}})")
BLANK_IN_UNSPACED = re.compile(f"(?<={_UNSPACED_CHAR}) (?={_UNSPACED_CHAR})")

# Characters of grammar that stand right beside a name and that names do not end or begin with; what else stands there may belong to it.
_BEFORE_NAME = frozenset("叫是给为由找向对请把被让与跟的問问")
_AFTER_NAME = frozenset("的是在与及您你我他她也已说想要住님씨입")

_KATAKANA = "katakana"
_UNSPACED = (
    ("han", 0x3400, 0x9FFF),
    ("han", 0xF900, 0xFAFF),
    ("han", 0x20000, 0x3FFFF),
    ("han", 0x3005, 0x3007),
    ("hiragana", 0x3040, 0x309F),
    (_KATAKANA, 0x30A0, 0x30FF),
    ("hangul", 0xAC00, 0xD7AF),
    ("thai", 0x0E00, 0x0E7F),
    ("lao", 0x0E80, 0x0EFF),
    ("myanmar", 0x1000, 0x109F),
    ("khmer", 0x1780, 0x17FF),
)
_SPACED = "spaced"
# What folds one to one and, unless a mark follows, alone.
_PLAIN = re.compile(r"[\x00-\x7f]+|[\u4e00-\u9fff]+")
_PLAIN_RUN = re.compile(r"[\x00-\x7f]+(?=[\x00-\x7f]|\Z)|[\u4e00-\u9fff]+(?=[\u4e00-\u9fff]|\Z)")
# Hangul letters compose to syllables; the half-width sound marks of Japanese to voiced letters.
_JAMO = re.compile("[\u1160-\u11ff\u3131-\u318e\ud7b0-\ud7ff\uff9e-\uffdc]")

_GROUP_DIGITS_MAX = 8  # the birth date of a 6-8-4 identity number is the longest group that people write
_SHORT_GROUP_DIGITS_MAX = 6
_GROUPING = frozenset(" -./")
_JOINERS = frozenset(".@_-%")


class Cut(IntEnum):
    """How firmly text is separated at a position."""

    NONE = 0  # inside a word or a run of digits
    POSSIBLE = 1  # between parts of something longer: the groups of a number, an e-mail address, characters of a Chinese name
    FIRM = 2


def normal_form(text: str) -> str:
    """Return text with width, case, kind of blank, of dash, dot and apostrophe made alike, and invisible characters dropped.

    Compatibility composition is Unicode's NFKC, case is full case folding. Linear in the text.
    """
    folded = _folded(text)
    if "\n" in folded:
        folded = _LINE_BETWEEN_NUMBERS.sub(_NUMBERS_APART, folded)
    return _BLANKS.sub(" ", folded).strip()


def aligned_form(text: str) -> tuple[str, list[int], list[int]]:
    """Return the normal form of a text, and for each of its characters where it begins and ends in the text, in code points."""
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end in _clusters(text):
        piece = _folded(text[start:end])
        pieces.append(piece)
        if len(piece) == end - start and _PLAIN.fullmatch(text, start, end):
            starts += range(start, end)
            ends += range(start + 1, end + 1)
        else:
            starts += [start] * len(piece)
            ends += [end] * len(piece)
    folded = "".join(pieces)
    # In the order of normal_form: a line between numbers first, so that it is no blank any more.
    for pattern, sign in ((_LINE_BETWEEN_NUMBERS, _NUMBERS_APART), (_BLANKS, " ")):
        folded, starts, ends = _with_one_for_each(pattern, sign, folded, starts, ends)
    lead = len(folded) - len(folded.lstrip())
    normal = folded.strip()
    return normal, starts[lead : lead + len(normal)], ends[lead : lead + len(normal)]


def digit_form(normal: str) -> str:
    """Return a normal form with the digits of all scripts, and Chinese numerals that are read out digit by digit, as 0 to 9.

    As long as its argument. A Chinese numeral is a digit only in a run of some length: 一 and 三 are words and names too.
    """
    if normal.isascii():
        return normal
    western = _FOREIGN_DIGIT.sub(lambda found: str(unicodedata.decimal(found.group())), normal)
    return _HAN_NUMBER.sub(_read_out, western)


def has_unspaced(normal: str) -> bool:
    """Say whether a text has a character of a script that is written without blanks, or Hangul."""
    return not normal.isascii() and _IS_UNSPACED.search(normal) is not None


def joined_form(normal: str) -> str:
    """Return a normal form without the blanks inside runs of a script that is written without them, and of Hangul."""
    return normal if normal.isascii() else BLANK_IN_UNSPACED.sub("", normal)


def identifier_form(normal: str) -> str | None:
    """Return the letters and digits of an identifier without its separators, or None where that would blur two values.

    Args:
        normal: A value in normal form.
    """
    if not _IDENTIFIER.fullmatch(normal) or separator_matters(normal):
        return None
    compact = IDENTIFIER_SEPARATORS.sub("", normal)
    digits = sum(char.isdigit() for char in compact)
    return compact if len(compact) >= _IDENTIFIER_CHARS_MIN and digits >= _IDENTIFIER_DIGITS_MIN and 2 * digits >= len(compact) else None


def _folded(text: str) -> str:
    """Return text with everything made alike but blanks."""
    if text.isascii():
        return text.lower()
    if _HAS_DROPPED.search(text):
        text = text.translate(_DROPPED)
    folded = unicodedata.normalize("NFKC", text).casefold()
    return folded.translate(_ONE_SIGN) if _HAS_SIGN.search(folded) else folded


def _with_one_for_each(
    pattern: re.Pattern[str], sign: str, text: str, starts: list[int], ends: list[int]
) -> tuple[str, list[int], list[int]]:
    """Return a text with one sign in place of each match, and where its characters begin and end."""
    pieces: list[str] = []
    kept_starts: list[int] = []
    kept_ends: list[int] = []
    position = 0
    for found in pattern.finditer(text):
        left, right = found.span()
        pieces += (text[position:left], sign)
        kept_starts += starts[position : left + 1]
        kept_ends += ends[position:left]
        kept_ends.append(ends[right - 1])
        position = right
    return "".join([*pieces, text[position:]]), kept_starts + starts[position:], kept_ends + ends[position:]


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of a text that compose among themselves only, so that each can be folded alone, and runs of what never composes."""
    position = 0
    while position < len(text):
        plain = _PLAIN_RUN.match(text, position)
        end = plain.end() if plain else position + 1
        if plain is None:
            while end < len(text) and not text[end - 1].isspace() and _is_tail(text[end]):
                end += 1
        yield position, end
        position = end


def _is_tail(char: str) -> bool:
    """Say whether a character may melt into the one before it: marks, Hangul letters, and what is dropped between them."""
    if char < "\u00ad":
        return False
    return unicodedata.category(char)[0] == "M" or char in _INVISIBLE or bool(_JAMO.match(char))


def _read_out(found: re.Match[str]) -> str:
    """Return a run of Chinese numerals as digits if it is long enough to be a number."""
    run = found.group()
    numerals = sum(char in HAN_DIGITS for char in run)
    digits = numerals + sum("0" <= char <= "9" for char in run)
    return run.translate(_FROM_HAN) if numerals >= _HAN_DIGITS_MIN and digits >= _HAN_NUMBER_DIGITS_MIN else run


def separator_matters(written: str) -> bool:
    """Say whether a number is written so that it is another one without its separators: an address of a host, a date, a fraction."""
    return _SEPARATOR_MATTERS.fullmatch(written) is not None


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


def is_spaced(char: str) -> bool:
    """Say whether a letter is of a script whose words are parted by blanks."""
    return _script(char) == _SPACED


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
        # A run of katakana is one word or name from abroad, a run of numerals one number.
        is_run = inner == _KATAKANA or (inside[0] in _NUMERALS and outside[0] in _NUMERALS)
        is_apart = not is_run and (particles is None or outside[0] in particles)
        return Cut.FIRM if is_apart else Cut.POSSIBLE
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
