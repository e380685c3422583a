"""Dates as people write them, read to year, month and day.

A date of digits alone may have two readings: 02/01/1990 is a day of January or of February. Both are kept, and such a date is never sure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from detectors.normalize import HAN_DIGITS

DateKey = tuple[int, int, int]  # year, month, day; 0 where it was not said

_YEAR_FIRST, _YEAR_LAST = 1800, 2199
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_CENTURIES = (1900, 2000)
_HAN_TENS = {"十": 10, "廿": 20, "卅": 30}
_ERAS = {"": 0, "民国": 1911, "民國": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}

# English, German, French, Spanish, Portuguese, Italian, Indonesian, Malay; no word means two months among them.
_MONTH_WORDS = (
    "january jan januar jänner janvier enero janeiro gennaio januari",
    "february feb februar février febrero fevereiro febbraio februari",
    "march mar märz mars marzo março maret mac",
    "april apr avril abril aprile",
    "may mai mayo maio maggio mei",
    "june jun juni juin junio junho giugno jun",
    "july jul juli juillet julio julho luglio julai",
    "august aug août agosto agustus ogos",
    "september sep sept septembre septiembre setembro settembre",
    "october oct oktober octobre octubre outubro ottobre",
    "november nov novembre noviembre novembro",
    "december dec dezember décembre diciembre dezembro dicembre desember disember",
)
_MONTHS = {word: number for number, words in enumerate(_MONTH_WORDS, 1) for word in words.split()}
_MONTH = rf"(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\.?"
_HAN_PART = rf"[0-9{''.join(HAN_DIGITS)}十廿卅元]"
_LEFT = r"(?<![0-9a-z])(?<![0-9][\-./])"
_RIGHT = r"(?![a-su-z0-9_]|t(?![0-9])|[\-./][0-9])"
_NUMBER_AT_END = r"(?![0-9a-z]|[\-./][0-9])"

_NUMERIC = re.compile(rf"{_LEFT}(?P<a>[0-9]{{1,4}})(?P<mark>[\-./])(?P<b>[0-9]{{1,2}})(?P=mark)(?P<c>[0-9]{{1,4}}){_RIGHT}")
_PACKED = re.compile(r"(?<![0-9a-z.\-/])(?P<year>(?:18|19|20|21)[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})(?![0-9a-z]|[.\-/][0-9])")
_SIGNED = re.compile(
    rf"(?<!{_HAN_PART})(?:(?P<era>民国|民國|昭和|平成|令和)?(?P<year>{_HAN_PART}{{1,4}}) ?[年년] ?)?(?P<month>{_HAN_PART}{{1,3}}) ?[月월]"
    rf"(?: ?(?P<day>{_HAN_PART}{{1,3}}) ?[日号號일])?"
)
_DAY_FIRST = re.compile(
    rf"(?<![0-9a-z,.\-/])(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th|º|o|er|\.)?(?: of| de|-| )? ?{_MONTH},?"
    rf"(?:(?: de| del| do)?[ \-](?P<year>[0-9]{{4}}))?{_NUMBER_AT_END}"
)
# Not behind a day: 2 January 1990 is no month of a year.
_NOT_AFTER_DAY = r"(?<![0-9] )(?<![0-9][.a-z] )(?<![0-9][a-z]{2} )(?<![0-9] de )(?<! of )"
_MONTH_FIRST = re.compile(
    rf"(?<![^\W_]){_NOT_AFTER_DAY}{_MONTH}(?:[ \-](?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?)?(?:,? (?:of |de )?(?P<year>[0-9]{{4}}))?"
    rf"{_NUMBER_AT_END}"
)
_WEEKDAY = re.compile(r"(?:mon|tues|wednes|thurs|fri|satur|sun)day,? |(?:星期|周|礼拜)[一二三四五六日天],? ?")


@dataclass(frozen=True, slots=True)
class Reading:
    """A date in a text: where it stands in the normal form, what it may mean, and how its numbers are written.

    Attributes:
        keys: What it may mean; more than one if the order of day and month or the century is open.
        digits: First, second and third number as they stand, for a date of digits alone; else None.
        sure: It has one meaning and is a date and nothing else.
    """

    start: int
    end: int
    keys: tuple[DateKey, ...]
    digits: DateKey | None
    sure: bool


def date_of(digits: str) -> Reading | None:
    """Return the date that a value is, or None if it is none or more than one.

    Args:
        digits: The value in digit form.
    """
    weekday = _WEEKDAY.match(digits)
    bare = digits[weekday.end() :] if weekday else digits
    return next((reading for reading in dates_in(bare) if reading.start == 0 and reading.end == len(bare)), None)


def dates_in(digits: str) -> Iterator[Reading]:
    """Yield the dates in a text, one way of writing after the other; each is one pass.

    Args:
        digits: The text in digit form.
    """
    for found in _NUMERIC.finditer(digits):
        yield from _of_digits(found)
    for found in _PACKED.finditer(digits):
        key = (int(found["year"]), int(found["month"]), int(found["day"]))
        if _is_day(*key):
            yield Reading(*found.span(), (key,), None, sure=False)
    if "月" in digits or "월" in digits:
        for found in _SIGNED.finditer(digits):
            yield from _of_parts(found, _year(found["era"] or "", found["year"]), _han_number(found["month"]), _han_number(found["day"]))
    for pattern in (_DAY_FIRST, _MONTH_FIRST):
        for found in pattern.finditer(digits):
            # A day that is written and is 0 is no day; a year that is 0 is out of range as it is.
            yield from _of_parts(found, int(found["year"] or 0), _MONTHS[found["month"]], int(found["day"] or 0) or -bool(found["day"]))


def _of_digits(found: re.Match[str]) -> Iterator[Reading]:
    """Yield a date written as three numbers, if they can be one."""
    first, second, third = int(found["a"]), int(found["b"]), int(found["c"])
    year_leads = len(found["a"]) == 4  # noqa: PLR2004 - the digits of a year
    if year_leads and len(found["c"]) > 2:  # noqa: PLR2004 - the digits of a day
        return
    if year_leads:
        keys = [(first, second, third)]
    elif len(found["a"]) > 2 or len(found["c"]) not in {2, 4}:  # noqa: PLR2004 - digits of a day, of a year
        return
    else:
        years = (third,) if len(found["c"]) == 4 else tuple(century + third for century in _CENTURIES)  # noqa: PLR2004 - the same
        keys = [(year, second, first) for year in years]
        if found["mark"] != ".":  # with dots the day comes first wherever dots are used
            keys += [(year, first, second) for year in years]
    valid = tuple(sorted({key for key in keys if _is_day(*key)}))
    if valid:
        yield Reading(*found.span(), valid, (first, second, third), sure=len(valid) == 1)


def _of_parts(found: re.Match[str], year: int, month: int, day: int) -> Iterator[Reading]:
    """Yield a date whose month is named, if it says more than a month."""
    if (day or year) and (not year or _YEAR_FIRST <= year <= _YEAR_LAST) and _is_day(year or 2000, month, day or 1):
        yield Reading(*found.span(), ((year, month, day),), None, sure=True)


def _is_day(year: int, month: int, day: int) -> bool:
    return _YEAR_FIRST <= year <= _YEAR_LAST and 1 <= month <= len(_DAYS) and 1 <= day <= _DAYS[month - 1]


def _year(era: str, written: str | None) -> int:
    """Return a year of an era or of the common one; 0 if none was written, -1 if it is no year."""
    if not written:
        return 0
    number = _han_number(written) if era or "十" in written else _digits(written)
    return number + _ERAS[era] if number > 0 else -1


def _han_number(written: str | None) -> int:
    """Return a number below 100 in Chinese or other digits, 0 if none was written, -1 if it is no number."""
    if not written:
        return 0
    if written == "元":
        return 1
    tens = next((char for char in written if char in _HAN_TENS), None)
    if tens is None:
        return _digits(written)
    before, _, after = written.partition(tens)
    units = _digits(after) if after else 0
    count = 1 if not before else _digits(before)
    return -1 if units < 0 or count < 0 or (before and tens != "十") else count * _HAN_TENS[tens] + units


def _digits(written: str) -> int:
    """Return digits read one by one, -1 if there is anything else."""
    plain = "".join(HAN_DIGITS.get(char, char) for char in written)
    return int(plain) if plain.isdecimal() and plain.isascii() else -1
