"""Mainland China: the resident identity number, of 18 characters and of 15 digits."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from presidio_analyzer import Pattern

from detectors.recognizers.alphabet import DIGIT, NOT_AFTER_ALNUM, NOT_BEFORE_ALNUM, SEPARATOR
from detectors.recognizers.identifier import IdentifierRecognizer

# GB/T 2260 province codes; 81 to 83 open the residence permits of people from Hong Kong, Macau and Taiwan, which use the same number.
PROVINCES = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83".split()  # noqa: SIM905
)
_FOREIGN_PERMANENT_RESIDENT = "9"
_CENTURIES = ("18", "19", "20")
_WEIGHTS = tuple(pow(2, 17 - position, 11) for position in range(17))
_CHECK_CHARACTERS = "10X98765432"  # indexed by the weighted sum modulo 11
_FULL_LENGTH = 18
_OLD_LENGTH = 15


class CnResidentIdRecognizer(IdentifierRecognizer):
    """Finds resident identity numbers and proves each by its area, its birth date and, if it has one, its check character.

    Of 18 characters: six digits of area, eight of birth date, three of sequence, one check character (ISO 7064 MOD 11-2), grouped 6-8-4 or
    in one run. Foreign permanent residents' numbers (National Immigration Administration, cards from 2023-12-01) begin with 9 and share the
    rest. A number that fails is not reported; one that passes has score 1.

    Of 15 digits (before 1999): six of area, YYMMDD, three of sequence, no check. One number in a hundred passes by chance: it needs a word
    beside it.
    """

    ENTITY: ClassVar[str] = "CN_RESIDENT_ID"
    COUNTRY_CODE: ClassVar[str | None] = "cn"
    NORM: ClassVar[str] = "GB 11643-1999; GB 11643-1989 (15 digits)"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern(
            "resident id, 18 characters",
            f"{NOT_AFTER_ALNUM}[1-9１-９]{DIGIT}{{5}}{SEPARATOR}?{DIGIT}{{8}}{SEPARATOR}?{DIGIT}{{3}}[0-9０-９XxＸｘ]{NOT_BEFORE_ALNUM}",
            0.5,
        ),
        Pattern(
            "resident id, 15 digits",
            f"{NOT_AFTER_ALNUM}[1-7１-７]{DIGIT}{{5}}{SEPARATOR}?{DIGIT}{{6}}{SEPARATOR}?{DIGIT}{{3}}{NOT_BEFORE_ALNUM}",
            0.25,
        ),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = (
        "身份证",
        "身份證",
        "身分證",
        "证件号",
        "證件號",
        "公民身份号码",
        "居民身份",
        "居住证",
        "resident",
        "identity",
        "idcard",
    )

    def is_valid(self, identifier: str) -> bool | None:
        """Say whether area, birth date and check character hold; None for 15 digits whose area and date do."""
        if len(identifier) == _OLD_LENGTH:
            return None if identifier[:2] in PROVINCES and is_date("19" + identifier[6:12]) else False
        return is_resident_number(identifier)


def is_resident_number(number: str) -> bool:
    """Say whether 18 ASCII characters (upper case) are a resident identity number with a right check character."""
    if len(number) != _FULL_LENGTH or not number[:17].isdigit():
        return False
    return _is_area(number[:6]) and number[6:8] in _CENTURIES and is_date(number[6:14]) and number[17] == check_character(number[:17])


def check_character(digits: str) -> str:
    """Return the check character of 17 ASCII digits, ISO 7064 MOD 11-2."""
    return _CHECK_CHARACTERS[sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True)) % 11]


def is_date(written: str) -> bool:
    """Say whether YYYYMMDD is a day of the calendar; there is no clock here to tell whether it has come."""
    try:
        date(int(written[:4]), int(written[4:6]), int(written[6:]))
    except ValueError:
        return False
    return True


def _is_area(area: str) -> bool:
    """Say whether an area code opens with a province, or with the 9 of a foreign permanent resident."""
    return area[:2] in PROVINCES or area[0] == _FOREIGN_PERMANENT_RESIDENT
