"""Texts that are hard to scan in pieces: values of all recognisers glued to all scripts, and ways of cutting them.

Values are made from the recognisers' own patterns: the parse tree of an expression is walked with random choices, and what the recogniser
then accepts is kept. So a recogniser that is added tomorrow is in the texts of tomorrow.
"""

from __future__ import annotations

import codecs
import random
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from detectors.patterns import parse

WAYS = ("characters", "code units", "inside sequences", "small pieces", "large pieces", "restarts")
_VALUES_EACH = 6
_TRIES_EACH = 40
_REPEATS_MORE = 3
_PARTS_MAX, _PARTS_LONG = 24, 160  # one text in 24 is longer than the scanner's longest segment
_PRINTABLE = [chr(code) for code in range(0x21, 0x7F)] + list("é中５дก한ア")
_CATEGORIES: dict[str, str] = {
    "CATEGORY_DIGIT": "0123456789",
    "CATEGORY_WORD": "abcXYZ019_",
    "CATEGORY_SPACE": " ",
    "CATEGORY_NOT_DIGIT": "abcXYZ-.",
    "CATEGORY_NOT_WORD": "-. ,/",
    "CATEGORY_NOT_SPACE": "abcXYZ019-.",
}

# What stands between values: prose of many scripts, names, addresses over lines, and what breaks naive scanners.
SURROUNDINGS = (
    "the", "of the", "please", "call", "phone", "passport", "account", "Mr. John Smith", "Dr. Li Wei, PhD", "Alice", "in Paris",
    "on Monday", "Ph.D.", "can't", "e.g.", "o.O", ":)", "U.S.A.", "12 January 2020", "at 5 p.m.", "Acme Ltd.",
    "University of Leeds", "Bank of Ruritania", "6750 Koskikatu 25 Apt. 864\nArtilleros\n, CO\n Uruguay 64677",
    "12 High Street\nLeeds\nUK", "Calle Mayor 12, 28013 Madrid", "PO Box 17", "Rue de la Paix 5\n75002 Paris",
    "Musterstraße 7, 10115 Berlin", "Flat 3B, 221 Baker Rd.\n", "东城区建国路88号3单元402室", "大阪市北区梅田1-2-3", "王建国",
    "李晓梅教授", "张伟", "欧阳修", "在北京的一家软件公司工作，", "上海浦东发展银行有限公司", "联系人：", "我的手机号是",
    "身份证号码", "邮箱", "，", "。", "：", "；", "！", "？", "、", "（", "）", "《", "》", "“", "”", "　", "・", "／", "ー",
    "お名前は田中太郎です", "電話番号", "주민등록번호", "전화", "โทร", "บัตรประชาชน", "الهوية", "रहिए", "CCCD số", "Nguyễn Văn An",
    "KTP", "名は", "😀", "👨\u200d👩\u200d👧", "🇸🇬", "e\u0301", "n\u0303o", "𠮷野家", "𝟙𝟚𝟛", "Å", "ﬁ", "İ", "ſ", "K", "\u200b",
    "\u200e", "\u202e", "\ufeff", "\u00ad", "&#64;", "&nbsp;", "%40", "\\n", "\\u4e2d", '{"phone":"', '"}',
    "| a | b |\n|---|---|\n", "- **Latency**: 5 ms\n", "> ", "# ", "```\n", "<b>", "</b>", "YWxpY2VAZXhhbXBsZS5jb20=", "........",
    "....... 7\n", "0" * 40, "1234567890" * 6, "a" * 70, "1 2 3 4 5 6 7 8 9 0", "一三八零零一三八零零零", "1", "22", "333", "4444",
    "2024", "$1,200.50", "€1.300,75", "3.14", "v1.2.3.4", "ISBN 978-3-16-148410-0", "#12345", "INV-2024-123456", "\n", "\n\n",
    "\r\n", "\t", "  ", "          ", "\u00a0", "\x1c", "\u2028", "x", "ext.", " ext 45", "+", "-", ".", ",", ":", ";", "(", ")",
    "/", "'", '"', "*",
)  # fmt: skip
GLUE = (" ", " ", " ", "", "", ", ", ". ", ": ", "：", "，", "\n")


@dataclass(frozen=True, slots=True)
class Kind:
    """One recogniser as the texts need it.

    Attributes:
        values: What it accepts, and a few that only look like it.
        words: Its context words.
    """

    values: tuple[str, ...]
    words: tuple[str, ...]


def kinds_of(parts: Iterable[Any], seed: int = 11) -> tuple[Kind, ...]:
    """Return values and context words of each recogniser.

    Args:
        parts: ``EngineParts.patterns``.
        seed: Equal seeds give equal values.
    """
    return tuple(_kind(part, random.Random(f"{seed} {part.name}")) for part in parts)


def _kind(part: Any, rnd: random.Random) -> Kind:
    accepted: list[str] = []
    rejected: list[str] = []
    for source, flags in part.patterns:
        tree = parse(source, flags)
        for _ in range(_TRIES_EACH):
            value = sample(tree, rnd)
            if not value or not value.strip():
                continue
            (accepted if part.find(value) else rejected).append(value)
            if len(accepted) >= _VALUES_EACH * len(part.patterns):
                break
    return Kind(tuple(accepted[: 4 * _VALUES_EACH] + rejected[:2]), tuple(part.context))


def sample(tree: Iterable[Any], rnd: random.Random) -> str:
    """Return a string that the parsed expression may match; look-arounds and anchors are not heeded."""
    return _Sampler(rnd).sequence(tree)


class _Sampler:
    def __init__(self, rnd: random.Random) -> None:
        self._rnd = rnd
        self._groups: dict[int, str] = {}

    def sequence(self, items: Iterable[Any]) -> str:
        return "".join(self._item(str(op), argument) for op, argument in items)

    def _item(self, op: str, argument: Any) -> str:
        simple: dict[str, Callable[[], str]] = {
            "LITERAL": lambda: chr(argument),
            "NOT_LITERAL": lambda: self._rnd.choice([char for char in _PRINTABLE if ord(char) != argument]),
            "ANY": lambda: self._rnd.choice(_PRINTABLE),
            "IN": lambda: self._one_of(argument),
            "BRANCH": lambda: self.sequence(self._rnd.choice(argument[1])),
            "ATOMIC_GROUP": lambda: self.sequence(argument),
            "GROUPREF": lambda: self._groups.get(argument, ""),
            "SUBPATTERN": lambda: self._group(argument),
        }
        if op in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
            least, most, body = int(argument[0]), int(argument[1]), argument[2]
            count = self._rnd.randint(least, max(least, min(most, least + _REPEATS_MORE)))
            return "".join(self.sequence(body) for _ in range(count))
        return simple[op]() if op in simple else ""

    def _group(self, argument: Any) -> str:
        matched = self.sequence(argument[3])
        if argument[0] is not None:
            self._groups[argument[0]] = matched
        return matched

    def _one_of(self, members: Sequence[Any]) -> str:
        negated = str(members[0][0]) == "NEGATE"
        if negated:
            refused = {char for char in _PRINTABLE if any(_has(member, char) for member in members[1:])}
            return self._rnd.choice([char for char in _PRINTABLE if char not in refused] or [""])
        op, argument = self._rnd.choice(members)
        if str(op) == "RANGE":
            return chr(self._rnd.randint(argument[0], argument[1]))
        if str(op) == "CATEGORY":
            return self._rnd.choice(_CATEGORIES[str(argument)])
        return chr(argument)


def _has(member: Any, char: str) -> bool:
    op, argument = str(member[0]), member[1]
    if op == "RANGE":
        return bool(argument[0] <= ord(char) <= argument[1])
    if op == "CATEGORY":
        tests: dict[str, bool] = {
            "CATEGORY_DIGIT": char.isdecimal(),
            "CATEGORY_WORD": char.isalnum() or char == "_",
            "CATEGORY_SPACE": char.isspace(),
        }
        plain = str(argument).replace("_NOT_", "_")
        return tests[plain] != ("_NOT_" in str(argument))
    return bool(ord(char) == argument)


def hostile_text(kinds: Sequence[Kind], rnd: random.Random) -> str:
    """Return a text of values, their words and their surroundings, with all kinds of glue."""
    out: list[str] = []
    count = rnd.randint(1, _PARTS_MAX)
    if count == _PARTS_MAX:
        count = _PARTS_LONG
    for _ in range(count):
        kind = rnd.choice(kinds)
        choice = rnd.random()
        if kind.values and choice < 0.25:
            out.append(rnd.choice(kind.values))
        elif kind.values and kind.words and choice < 0.45:
            word, value = rnd.choice(kind.words), rnd.choice(kind.values)
            out += (value, rnd.choice(GLUE), word) if rnd.random() < 0.2 else (word, rnd.choice(GLUE), value)
        else:
            out.append(rnd.choice(SURROUNDINGS))
        out.append(rnd.choice(GLUE))
    return "".join(out)


def pieces_of(text: str, way: str, rnd: random.Random) -> list[str]:
    """Cut a text in one of the ways; the pieces joined are the text, and some may be empty."""
    if way == "characters":
        return list(text)
    if way == "code units":
        # What a client gets that decodes UTF-16 or UTF-8 as it arrives, cut anywhere: half a character gives an empty piece.
        encoding = rnd.choice(("utf-16-le", "utf-8"))
        raw = text.encode(encoding)
        step = 2 if encoding == "utf-16-le" else 1
        decoder = codecs.getincrementaldecoder(encoding)()
        return [*(decoder.decode(raw[at : at + step]) for at in range(0, len(raw), step)), decoder.decode(b"", final=True)]
    if way == "inside sequences":
        inside = [at for at in range(1, len(text)) if _continues(text[at]) or _continues(text[at - 1])]
        return _cut(text, {*inside, *(rnd.randrange(len(text) + 1) for _ in range(4))})
    largest = {"small pieces": 5, "large pieces": 200, "restarts": 25}[way]
    cuts = set()
    at = 0
    while at < len(text):
        at += rnd.randint(1, largest)
        cuts.add(at)
    return _cut(text, cuts)


def _continues(char: str) -> bool:
    """Tell whether a character belongs to the one before it: a combining mark, a joiner, a variation selector, half a flag."""
    return bool(unicodedata.combining(char)) or char in "\u200d\ufe0f" or "\U0001f1e6" <= char <= "\U0001f1ff"


def _cut(text: str, cuts: Iterable[int]) -> list[str]:
    edges = [0, *sorted(cut for cut in cuts if 0 < cut < len(text)), len(text)]
    return [text[first:second] for first, second in pairwise(edges)]
