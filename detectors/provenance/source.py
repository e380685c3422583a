"""One source text in the forms in which values are looked for; each form is made once, and only if a value asks for it."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from detectors.normalize import (
    BLANK_IN_UNSPACED,
    IDENTIFIER_SEPARATORS,
    PART_AFTER,
    PART_BEFORE,
    Cut,
    aligned_form,
    cut_after,
    cut_before,
    digit_form,
    normal_form,
    separator_matters,
)
from detectors.provenance.calling import Dialled, lead_before, same_dialling
from detectors.provenance.counted import CountedForm
from detectors.provenance.dates import DateKey, Reading, dates_in
from detectors.provenance.masks import Mask, has_mask, masks_in
from detectors.provenance.names import WordIndex, goes_on
from detectors.provenance.needle import SHORT_CHARS_MAX, Needle

_PLACES_MAX = 256  # a text that repeats a value inside longer ones more often than this is hostile: it must not cost more, and is in doubt
_LEAD_DIGITS = range(7, 14)
_COMPOUND_SURNAMES = "欧阳 歐陽 司马 司馬 上官 诸葛 諸葛 夏侯 司徒 令狐 皇甫 慕容 尉迟 尉遲 公孙 公孫 南宮 南宫 東方 东方"


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a value was found, in the normal form, and how sure it is that it is the value and all of it."""

    start: int
    end: int
    cut: Cut


class _Shortened:
    """A form of a text from which some characters were dropped, and where each of its characters stood.

    Args:
        text: The long form.
        dropped: What single characters are dropped.
    """

    __slots__ = ("_dropped", "_long", "_shifts", "text")

    def __init__(self, text: str, dropped: re.Pattern[str]) -> None:
        """Make the short form; one pass."""
        self.text = dropped.sub("", text)
        self._long = text
        self._dropped = dropped
        self._shifts: array[int] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where a span of the short form begins and ends in the long one."""
        if self._shifts is None:
            # shifts[k]: the position in the short form from which on more than k dropped characters lie before; sorted, so bisect finds it.
            self._shifts = array("I", (found.start() - count for count, found in enumerate(self._dropped.finditer(self._long))))
        last = end - 1
        return start + bisect_right(self._shifts, start), last + bisect_right(self._shifts, last) + 1


class SourceText:
    """A text that values may come from.

    Args:
        text: The text as it was declared.
    """

    __slots__ = ("_aligned", "_compact", "_counted", "_dates", "_digits", "_joined", "_masks", "_normal", "_text", "_words")

    def __init__(self, text: str) -> None:
        """Make the one form that every value needs."""
        self._text = text
        self._normal = normal_form(text)
        self._digits: str | None = None
        self._compact: _Shortened | None = None
        self._joined: _Shortened | None = None
        self._counted: CountedForm | None = None
        self._aligned: tuple[array[int], array[int]] | None = None
        self._dates: dict[DateKey, list[tuple[Reading, bool]]] | None = None
        self._words: WordIndex | None = None
        self._masks: list[Mask] | None = None

    def find(self, needle: Needle) -> Hit | None:
        """Return a place that is surely the value, else one that may be, else None.

        A look-up reads each form of the text once; places beyond a bound are not tried and leave doubt.
        """
        best: Hit | None = None
        for tried, hit in enumerate(self._hits(needle)):
            if hit.cut is Cut.FIRM:
                return hit
            if hit.cut is Cut.POSSIBLE and best is None:
                best = hit
            if tried == _PLACES_MAX:
                return best or Hit(hit.start, hit.end, Cut.POSSIBLE)
        return best

    def original(self, hit: Hit) -> tuple[int, int]:
        """Return where a hit begins and ends in the text as it was declared, in code points."""
        starts, ends = self._alignment()
        return starts[hit.start], ends[hit.end - 1]

    def written(self, span: tuple[int, int]) -> str:
        """Return a piece of the text as it was declared."""
        return self._text[span[0] : span[1]]

    def exact(self, needle: Needle, hit: Hit) -> Hit:
        """Return the place where the value stands letter by letter if there is one as sure as the hit, else the hit."""
        if needle.written not in self._text:
            return hit
        for tried, other in enumerate(self._as_written(needle)):
            if tried == _PLACES_MAX:
                break
            if other.cut >= hit.cut and self.written(self.original(other)) == needle.written:
                return other
        return hit

    def _hits(self, needle: Needle) -> Iterator[Hit]:
        """Yield every place at which a value may stand, the plainest form first."""
        yield from self._as_written(needle)
        if needle.compact is not None:
            yield from self._as_identifier(needle)
        elif needle.digits != needle.normal or not self._normal.isascii():
            yield from self._in_digits(needle)
        if needle.joined is not None:
            yield from self._in_joined(needle, needle.joined)
        if needle.name is not None:
            yield from self._in_other_order(needle)
        if needle.date is not None:
            yield from self._as_date(needle.date)
        if needle.counted is not None:
            yield from self._as_address(needle.counted)
        yield from self._behind_mask(needle)
        if needle.mask is not None:
            yield from self._of_mask(needle.mask)

    def _as_written(self, needle: Needle) -> Iterator[Hit]:
        # Chinese numerals inside a longer run of them are a part of a number, and a number is not cut inside.
        text = self._normal if needle.digits == needle.normal else self._digit_form()
        for start in _starts(self._normal, needle.normal):
            end = start + len(needle.normal)
            cut = _cut(text, start, end, short=needle.is_short)
            is_part = needle.is_short and _is_beside_one_character(text, start, end)
            if cut is Cut.FIRM and needle.name is not None:
                is_part = goes_on(self._text, *self.original(Hit(start, end, cut)))
            if cut is Cut.FIRM and is_part:
                cut = Cut.POSSIBLE
            yield Hit(start, end, cut)

    def _in_digits(self, needle: Needle) -> Iterator[Hit]:
        """Find a value that is no identifier and has digits of another script in it, or has them in the text."""
        digits = self._digit_form()
        if digits != self._normal or needle.digits != needle.normal:
            for start in _starts(digits, needle.digits):
                end = start + len(needle.digits)
                yield Hit(start, end, _cut(digits, start, end, short=needle.is_short))

    def _as_identifier(self, needle: Needle) -> Iterator[Hit]:
        """Find a number or another identifier, however it is grouped and dialled."""
        compact, number = needle.compact or "", needle.number
        is_number = number is not None and len(compact) in _LEAD_DIGITS
        has_code = number is not None and number.how == "international"
        bare = Dialled(compact, "", "bare") if is_number and not has_code else None
        for hit in self._in_compact(compact, bare):
            # A hit that took in a code is the number behind it; else the digits must have been grouped as a number of the same kind.
            is_same = not is_number or self._has_code(hit) or same_dialling(needle.digits, self._digit_form(), hit.start, hit.end)
            yield hit if is_same else replace(hit, cut=min(hit.cut, Cut.POSSIBLE))
        if number is not None and number.how != "bare":
            yield from self._in_compact(number.digits, number)

    def _has_code(self, hit: Hit) -> bool:
        return not self._digit_form()[hit.start].isalnum()

    def _in_compact(self, wanted: str, number: Dialled | None) -> Iterator[Hit]:
        digits = self._digit_form()
        if self._compact is None:
            self._compact = _Shortened(digits, IDENTIFIER_SEPARATORS)
        for place in _starts(self._compact.text, wanted):
            start, end = self._compact.span(place, place + len(wanted))
            lead, same = (start, Cut.FIRM) if number is None else lead_before(digits, start, number)
            cut = min(same, _cut(digits, lead, end, short=False))
            yield Hit(lead, end, min(cut, Cut.POSSIBLE) if separator_matters(digits[start:end]) else cut)

    def _in_joined(self, needle: Needle, wanted: str) -> Iterator[Hit]:
        """Find a name in a script without blanks that is written with blanks, here or in the value."""
        if self._joined is None:
            self._joined = _Shortened(self._normal, BLANK_IN_UNSPACED)
        for place in _starts(self._joined.text, wanted):
            start, end = self._joined.span(place, place + len(wanted))
            cut = _cut(self._normal, start, end, short=needle.is_short)
            if needle.is_short and _is_beside_one_character(self._normal, start, end):
                cut = min(cut, Cut.POSSIBLE)
            yield Hit(start, end, cut if _is_one_name(self._normal[start:end], wanted) else min(cut, Cut.POSSIBLE))

    def _in_other_order(self, needle: Needle) -> Iterator[Hit]:
        """Find a name whose parts stand in another order, or apart by a comma; in small letters they may be other words."""
        if self._words is None:
            self._words = WordIndex(self._normal)
        if needle.name is None:
            return
        for place in self._words.places(needle.name):
            starts, _ = self._alignment()
            span = self.original(Hit(place.start, place.end, Cut.NONE))
            plain = any(self._text[starts[start]].islower() for start in place.word_starts)
            doubt = plain or goes_on(self._text, *span, in_list=place.has_comma)
            yield Hit(place.start, place.end, min(_cut(self._normal, place.start, place.end, short=False), Cut(2 - doubt)))

    def _as_date(self, date: Reading) -> Iterator[Hit]:
        """Find a date written in another way."""
        if self._dates is None:
            self._dates = {}
            for reading in dates_in(self._digit_form()):
                for key, whole in _date_keys(reading):
                    self._dates.setdefault(key, []).append((reading, whole))
        for key, whole in _date_keys(date):
            for other, other_whole in self._dates.get(key, ()):
                same_digits = date.digits is not None and date.digits == other.digits
                sure = same_digits or (date.sure and other.sure and whole and other_whole)
                yield Hit(other.start, other.end, Cut.FIRM if sure else Cut.POSSIBLE)

    def _as_address(self, wanted: str) -> Iterator[Hit]:
        """Find an address whose numbers are written in the other kind of digits."""
        if self._counted is None:
            self._counted = CountedForm(self._digit_form())
        for place in _starts(self._counted.text, wanted):
            end = place + len(wanted)
            yield Hit(*self._counted.span(place, end), _cut(self._counted.text, place, end, short=len(wanted) <= SHORT_CHARS_MAX))

    def _behind_mask(self, needle: Needle) -> Iterator[Hit]:
        """Find a masked value of this text that the value may stand behind: always in doubt, the text does not say the value."""
        if self._masks is None:
            digits = self._digit_form()
            self._masks = list(masks_in(digits)) if has_mask(digits) else []
        if self._masks and needle.mask is None:
            value = needle.compact or needle.joined or needle.digits
            yield from (Hit(mask.start, mask.end, Cut.POSSIBLE) for mask in self._masks if mask.may_hide(value))

    def _of_mask(self, mask: Mask) -> Iterator[Hit]:
        """Find what a masked value hides."""
        digits = self._digit_form()
        if self._compact is None:
            next(self._in_compact("\0\0", None), None)
        compact = self._compact
        for pattern, is_exact in mask.patterns():
            if compact is not None and not any("@" in part for part in mask.parts):
                spans: Iterable[tuple[int, int]] = (compact.span(*found.span()) for found in pattern.finditer(compact.text))
            else:
                spans = (found.span() for found in pattern.finditer(digits))
            for start, end in spans:
                cut = _cut(digits, start, end, short=False)
                yield Hit(start, end, cut if is_exact and mask.is_sure else min(cut, Cut.POSSIBLE))

    def _digit_form(self) -> str:
        if self._digits is None:
            self._digits = digit_form(self._normal)
        return self._digits

    def _alignment(self) -> tuple[array[int], array[int]]:
        if self._aligned is None:
            _, starts, ends = aligned_form(self._text)
            self._aligned = array("I", starts), array("I", ends)
        return self._aligned


def _cut(text: str, start: int, end: int, *, short: bool) -> Cut:
    """Return how firmly a span is cut off from its neighbours, by the weaker of its two ends."""
    before = cut_before(text, start, short=short)
    return min(before, cut_after(text, end, short=short)) if before else before


def _is_one_name(written: str, joined: str) -> bool:
    """Say whether the blanks in a short name stand where names have them: after the family name, or everywhere."""
    if len(joined) > 3 or written == joined:  # noqa: PLR2004 - a longer value is no short name
        return True
    return written in {f"{joined[0]} {joined[1:]}", " ".join(joined)} or (joined[:2] in _COMPOUND_SURNAMES.split() and written[2] == " ")


def _is_beside_one_character(text: str, start: int, end: int) -> bool:
    """Say whether a blank may stand inside a name that a value is a part of: 张 伟 is one name, 张三 李四 are two."""
    if len(text[start:end].replace(" ", "")) != end - start:
        return False  # its own blank is the one
    one = end - start == 1
    before = PART_BEFORE.search(text, max(0, start - 3), start)
    after = PART_AFTER.match(text, end, end + 3)
    return any(part is not None and (one or len(part[1]) == 1) for part in (before, after))


def _date_keys(reading: Reading) -> Iterator[tuple[DateKey, bool]]:
    """Yield the keys by which a date is found, and whether a key says all that the date says."""
    for year, month, day in reading.keys:
        yield (year, month, day), True
        if year and day:
            yield (0, month, day), False


def _starts(text: str, wanted: str) -> Iterator[int]:
    """Yield every position at which a wanted piece begins, overlapping ones too."""
    start = text.find(wanted)
    while start >= 0:
        yield start
        start = text.find(wanted, start + 1)
