"""Korea: the resident registration number and the foreigner registration number."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from presidio_analyzer import Pattern

from detectors.recognizers.alphabet import DIGIT, NOT_AFTER_ALNUM, NOT_BEFORE_ALNUM, SEPARATOR, compact
from detectors.recognizers.identifier import IdentifierRecognizer

_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
_BORN_IN_2000S = frozenset("3478")


def check_digit(digits: str, offset: int) -> int:
    """Return the check digit that numbers issued before October 2020 have.

    Args:
        digits: The first twelve.
        offset: 11 for residents, 13 for foreigners.
    """
    total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True))
    return (offset - total % 11) % 10


def _is_birth_date(number: str) -> bool:
    """Tell whether YYMMDD is a day of the century that the seventh digit names."""
    century = 2000 if number[6] in _BORN_IN_2000S else 1900
    try:
        date(century + int(number[:2]), int(number[2:4]), int(number[4:6]))
    except ValueError:
        return False
    return True


def _patterns(seventh: str) -> tuple[Pattern, ...]:
    """Return the patterns of numbers whose seventh digit is in this class."""
    return (
        Pattern(
            "registration number, grouped 6-7",
            f"{NOT_AFTER_ALNUM}(?<!{DIGIT}{SEPARATOR}){DIGIT}{{6}}{SEPARATOR}{seventh}{DIGIT}{{6}}(?!-{DIGIT}){NOT_BEFORE_ALNUM}",
            0.5,
        ),
        Pattern(
            "registration number, 13 digits",
            f"{NOT_AFTER_ALNUM}(?<![0-9０-９][.\\-]){DIGIT}{{6}}{seventh}{DIGIT}{{6}}(?![.\\-]{DIGIT}){NOT_BEFORE_ALNUM}",
            0.2,
        ),
    )


class KrRrnIdentifierRecognizer(IdentifierRecognizer):
    """Finds resident registration numbers: birth date, sex and century, six digits.

    Since October 2020 the last six digits are random, so a wrong check digit refuses nothing; a right one, in the grouped form, proves
    the number. Thirteen bare digits (millisecond timestamps have as many) need a word beside them.
    """

    ENTITY: ClassVar[str] = "KR_RRN"
    COUNTRY_CODE: ClassVar[str | None] = "kr"
    NORM: ClassVar[str] = (
        "Resident Registration Act, article 7-2; its Enforcement Rule, article 2 (numbers from October 2020 have no check digit)"
    )
    PATTERNS: ClassVar[tuple[Pattern, ...]] = _patterns("[1-4１-４]")
    CONTEXT: ClassVar[tuple[str, ...]] = ("주민등록", "주민번호", "주민", "주번", "rrn", "resident", "居民登记", "住民登録", "身份证")
    CHECK_OFFSET: ClassVar[int] = 11

    def validate_result(self, pattern_text: str) -> bool | None:
        """Refuse an impossible birth date; take the old check digit, grouped, for proof."""
        number = compact(pattern_text)
        if not _is_birth_date(number):
            return False
        grouped = len(pattern_text) > len(number)
        return True if grouped and check_digit(number[:12], self.CHECK_OFFSET) == int(number[12]) else None


class KrFrnIdentifierRecognizer(KrRrnIdentifierRecognizer):
    """Finds foreigner registration numbers: as a resident's, with a seventh digit from 5 to 8 and another old check digit."""

    ENTITY: ClassVar[str] = "KR_FRN"
    NORM: ClassVar[str] = "Immigration Act, article 31 (foreigner registration); numbers from October 2020 have no check digit"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = _patterns("[5-8５-８]")
    CONTEXT: ClassVar[tuple[str, ...]] = ("외국인등록", "외국인번호", "외국인", "foreigner", "alien", "frn", "外国人登记", "外国人登録")
    CHECK_OFFSET: ClassVar[int] = 13
