"""Mainland China: the resident identity number."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from presidio_analyzer import Pattern, PatternRecognizer

from detectors.recognizers.alphabet import DIGIT, NOT_AFTER_ALNUM, NOT_BEFORE_ALNUM, SEPARATOR, compact

# GB/T 2260 province codes; 81 to 83 open the residence permits of people from Hong Kong, Macau and Taiwan, which use the same number.
_PROVINCES = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83".split()  # noqa: SIM905
)
_FOREIGN_PERMANENT_RESIDENT = "9"
_CENTURIES = ("18", "19", "20")
_WEIGHTS = tuple(pow(2, 17 - position, 11) for position in range(17))
_CHECK_CHARACTERS = "10X98765432"  # indexed by the weighted sum modulo 11


class CnResidentIdRecognizer(PatternRecognizer):
    """Finds resident identity numbers and proves each by its birth date and check character.

    GB 11643-1999: six digits of area, eight of birth date, three of sequence, one check character (ISO 7064 MOD 11-2). Written in one run
    or grouped 6-8-4; ASCII or full width. Foreign permanent residents' numbers (National Immigration Administration, cards from 2023-12-01)
    begin with 9 and share the rest. A number that fails the area, the date or the check is not reported; one that passes has score 1.
    """

    COUNTRY_CODE: ClassVar[str | None] = "cn"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern(
            "resident id, 18 characters",
            f"{NOT_AFTER_ALNUM}[1-9１-９]{DIGIT}{{5}}{SEPARATOR}?{DIGIT}{{8}}{SEPARATOR}?{DIGIT}{{3}}[0-9０-９XxＸｘ]{NOT_BEFORE_ALNUM}",
            0.5,
        ),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = (
        "身份证",
        "身份證",
        "证件号",
        "證件號",
        "公民身份号码",
        "居民身份",
        "居住证",
        "resident id",
        "resident identity",
        "identity card",
        "id card",
        "id number",
    )

    def __init__(self, supported_language: str = "en", supported_entity: str = "CN_RESIDENT_ID") -> None:
        """Join an engine.

        Args:
            supported_language: The language of that engine; the number is the same in all.
            supported_entity: The type that findings carry.
        """
        super().__init__(
            supported_entity=supported_entity,
            supported_language=supported_language,
            patterns=list(self.PATTERNS),
            context=list(self.CONTEXT),
        )

    def validate_result(self, pattern_text: str) -> bool | None:
        """Say whether area, birth date and check character of a match hold."""
        number = compact(pattern_text)
        return _is_area(number[:6]) and _is_birth_date(number[6:14]) and number[17] == check_character(number[:17])


def check_character(digits: str) -> str:
    """Return the check character of 17 ASCII digits, ISO 7064 MOD 11-2."""
    return _CHECK_CHARACTERS[sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True)) % 11]


def _is_area(area: str) -> bool:
    """Say whether an area code opens with a province, or with the 9 of a foreign permanent resident."""
    return area[:2] in _PROVINCES or area[0] == _FOREIGN_PERMANENT_RESIDENT


def _is_birth_date(written: str) -> bool:
    """Say whether YYYYMMDD is a day of the calendar; the century is bounded, since there is no clock here to bound the year."""
    if written[:2] not in _CENTURIES:
        return False
    try:
        date(int(written[:4]), int(written[4:6]), int(written[6:]))
    except ValueError:
        return False
    return True
