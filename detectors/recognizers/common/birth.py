"""Dates of birth: dates for which a word beside them speaks."""

from __future__ import annotations

import re
from typing import ClassVar

from presidio_analyzer import Pattern

from detectors.recognizers.alphabet import NOT_AFTER_ALNUM, NOT_BEFORE_ALNUM
from detectors.recognizers.common.pieces import framed, is_day, narrowed
from detectors.recognizers.identifier import IdentifierRecognizer

_MONTHS = (
    *(
        "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?",
    ),
    *("januar|jänner|februar|märz|mai|juni|juli|oktober|dezember",),
    *("janvier|février|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre",),
    *("enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre",),
)
_DIGIT = "[0-9０-９]"
_DAY = f"{_DIGIT}{{1,2}}"
_YEAR = f"[12１２]{_DIGIT}{{3}}"
_YEAR_FIRST = f"{_YEAR}([.\\-/－／])({_DAY})\\1({_DAY})"
_YEAR_LAST = f"{_DAY}([.\\-/－／]){_DAY}\\1{_YEAR}"
_NUMBER = re.compile("[0-9]+")
_YEARS = range(1880, 2100)
_YEAR_DIGITS = 4
_DAYS_MAX = 31
# The first year of an era less one: 昭和60年 is 1985.
_ERAS = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}


class BirthDateRecognizer(IdentifierRecognizer):
    """Finds dates of which a word says that somebody was born then, in English, Chinese, German, French, Spanish and Japanese.

    A date alone stays far below the reporting threshold. "March 12, 1985" and "12. März 1985" are left to the names model: a stream may
    be cut behind the month, or behind the full stop.
    """

    ENTITY: ClassVar[str] = "DATE_OF_BIRTH"
    NORM: ClassVar[str] = "ISO 8601-1:2019 and the written forms of CLDR 45; 元号法 (昭和54年法律第43号)"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("year first", framed(_YEAR_FIRST), 0.05),
        Pattern("year last", framed(_YEAR_LAST), 0.05),
        Pattern("eight digits", framed(f"(?:19|20){_DIGIT}{{6}}"), 0.05),
        Pattern("Chinese and Japanese", f"{NOT_AFTER_ALNUM}{_YEAR}[ ]?年[ ]?{_DAY}[ ]?月[ ]?{_DAY}[ ]?日", 0.05),
        Pattern("Japanese era", f"(?:明治|大正|昭和|平成|令和)(?:{_DAY}|元)年{_DAY}月{_DAY}日", 0.05),
        Pattern(
            "month in words",
            f"{NOT_AFTER_ALNUM}{_DAY}(?:st|nd|rd|th|er)?[ \u00a0\\-](?:de )?(?:{'|'.join(_MONTHS)})"
            f"(?:,? |-|\u00a0| del? ){_YEAR}{NOT_BEFORE_ALNUM}",
            0.05,
        ),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = (
        *("born", "birth", "birthdate", "birthday", "dob", "出生", "生日", "生于", "生於", "诞生", "geboren", "geburt", "geb", "naissance"),
        *("nacido", "nacida", "nacimiento", "nació", "生年月日", "誕生日", "生まれ"),
    )

    def validate_result(self, pattern_text: str) -> bool | None:
        """Refuse days that are not in the calendar."""
        written = narrowed(pattern_text).replace("元年", "1年")
        numbers = _NUMBER.findall(written)
        if written[:2] in _ERAS:
            holds = is_day(_ERAS[written[:2]] + int(numbers[0]), int(numbers[1]), int(numbers[2]))
        elif len(numbers) == 1:
            holds = _is_birthday(written[:4], written[4:6], written[6:])
        elif len(numbers) == 2:  # noqa: PLR2004 - the month is a word
            holds = int(numbers[1]) in _YEARS and 1 <= int(numbers[0]) <= _DAYS_MAX
        elif len(numbers[0]) == _YEAR_DIGITS:
            holds = _is_birthday(*numbers)
        else:
            first, second, year = numbers
            holds = _is_birthday(year, second, first) or _is_birthday(year, first, second)
        return None if holds else False


def _is_birthday(year: str, month: str, day: str) -> bool:
    return int(year) in _YEARS and is_day(int(year), int(month), int(day))
