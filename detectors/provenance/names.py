"""Names in scripts with blanks, whichever of their parts comes first.

``Zhang Wei``, ``Wei Zhang`` and ``ZHANG, Wei`` are one name. Of three parts any may begin, but their order around is kept: ``Tan Wei
Ming`` is ``Wei Ming Tan`` and not ``Tan Ming Wei``. A comma says where the family name ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from detectors.normalize import is_spaced

_WORD = re.compile(r"[^\W\d_]+(?:['\-][^\W\d_]+)*")
_INITIAL_DOT = r"(?:(?<![^\W_][^\W_])\.)?"  # after more than one letter a dot ends a sentence
_NAME = re.compile(rf"{_WORD.pattern}{_INITIAL_DOT}(?:(?: |, ?){_WORD.pattern}{_INITIAL_DOT}){{1,4}}")
_WORD_CHARS_MAX = 32
_LAST_WORD = re.compile(rf"(?<!\w)({_WORD.pattern})[^\S\n]+\Z")
_NEXT_WORD = re.compile(rf"[^\S\n]+({_WORD.pattern})(?!\w)")
_LAST_OF_LIST = re.compile(rf"(?<!\w)({_WORD.pattern})(?:[^\S\n]+|\s*,\s*)\Z")
_NEXT_OF_LIST = re.compile(rf"(?:[^\S\n]+|\s*,\s*)({_WORD.pattern})(?!\w)")
_BETWEEN = re.compile(rf"{_INITIAL_DOT}(?: |(?P<comma>, ?))")

# Words with a capital that are no part of the name beside them: forms of address, and what begins or goes on with a sentence. Words that
# are also names in some language (an, do, he, my, to, will, you) are left out: they leave doubt.
_BEFORE_WORDS = (
    "mr mrs ms miss mx mister dr prof professor sir madam dear hi hello hey from and for with by the attn cc i i'm am is was are were name"
    " names customer client patient contact call phone email ask tell meet please this that guest user passenger applicant holder member"
    " regards sincerely best thanks yours signed herr frau señor señora sr sra monsieur madame mme pak bapak ibu encik puan khun"
    " yesterday today tomorrow when if can could would should does did has have had what who why how where which since after before then"
    " also but because although while our their its about regarding re subject let give send book cancel update change check confirm"
    " inform remind notify transfer pay add remove delete find show see know met visit help only both even"
)
_AFTER_WORDS = (
    "and is was has had would can could should of from for with by the phone tel telephone mobile cell email e-mail address passport id"
    " number born dob date age please thanks thank said asked lives works needs wants called wrote arrived booked paid room flight account"
    " card who whose which that when where because but if"
)
_BEFORE = frozenset(_BEFORE_WORDS.split())
_AFTER = frozenset(_AFTER_WORDS.split())


@dataclass(frozen=True, slots=True)
class NameWords:
    """The parts of a name as written, and how many stand before its comma (0: it has none)."""

    words: tuple[str, ...]
    comma: int

    def orders(self) -> frozenset[tuple[str, ...]]:
        """Return the orders in which the same parts are the same name."""
        turns = (self.comma,) if self.comma else range(1, len(self.words))
        return frozenset({self.words, *(self.words[turn:] + self.words[:turn] for turn in turns)})


@dataclass(frozen=True, slots=True)
class Place:
    """Where the words of a name stand in a text: the span in the normal form, where each word begins, and whether a comma parts them."""

    start: int
    end: int
    word_starts: tuple[int, ...]
    has_comma: bool


class WordIndex:
    """The words of a text by what they are; one pass to build, and a look-up reads the places of the name's rarest word.

    Args:
        normal: The text in normal form.
    """

    __slots__ = ("_places", "_spans", "_text")

    def __init__(self, normal: str) -> None:
        """Find all words."""
        self._text = normal
        self._spans = [found.span() for found in _WORD.finditer(normal)]
        self._places: dict[str, list[int]] = {}
        for number, (start, end) in enumerate(self._spans):
            self._places.setdefault(normal[start:end], []).append(number)

    def places(self, name: NameWords) -> Iterator[Place]:
        """Yield where the words of a name stand side by side in an order that is the same name."""
        orders = name.orders()
        lists = [self._places.get(word) for word in name.words]
        if None in lists:
            return
        rarest = min((places for places in lists if places is not None), key=len)
        size = len(name.words)
        tried = -1
        for number in rarest:
            for first in range(max(0, number - size + 1, tried + 1), min(number, len(self._spans) - size) + 1):
                tried = first
                found = self._window(first, size)
                if found is not None and not orders.isdisjoint(found.orders() if found.comma else (found.words,)):
                    spans = self._spans[first : first + size]
                    yield Place(spans[0][0], spans[-1][1], tuple(start for start, _ in spans), has_comma=found.comma > 0)

    def _window(self, first: int, size: int) -> NameWords | None:
        """Return some words side by side as a name, None if anything but blanks and one comma stands between them."""
        spans = self._spans[first : first + size]
        comma = 0
        for number, ((_, left), (right, _)) in enumerate(pairwise(spans), 1):
            between = _BETWEEN.fullmatch(self._text, left, right)
            if between is None or (between["comma"] and comma):
                return None
            comma = number if between["comma"] else comma
        return NameWords(tuple(self._text[start:end] for start, end in spans), comma)


def name_words(normal: str) -> NameWords | None:
    """Return the parts of a value that may be a name of two to five words in a script with blanks, else None."""
    if not _NAME.fullmatch(normal) or normal.count(",") > 1 or not all(is_spaced(word[0]) for word in _WORD.findall(normal)):
        return None
    words = tuple(_WORD.findall(normal))
    head, comma, _ = normal.partition(",")
    return NameWords(words, len(_WORD.findall(head)) if comma else 0)


def goes_on(text: str, start: int, end: int, *, in_list: bool = False) -> bool:
    """Say whether a name in a text seems to be a part of a longer one: a further word with a capital stands beside it.

    Args:
        text: The text as it was written; case counts.
        start: Where the name begins.
        end: Where it ends.
        in_list: A word behind a comma counts too: in ``Anna, Zhang, Wei`` a comma parts names, not the parts of one.
    """
    before = (_LAST_OF_LIST if in_list else _LAST_WORD).search(text, max(0, start - _WORD_CHARS_MAX), start)
    if before and before[1][0].isupper() and before[1].casefold() not in _BEFORE:
        return True
    after = (_NEXT_OF_LIST if in_list else _NEXT_WORD).match(text, end, end + _WORD_CHARS_MAX)
    return bool(after and after[1][0].isupper() and after[1].casefold() not in _AFTER)
