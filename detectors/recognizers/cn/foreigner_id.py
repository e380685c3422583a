"""Mainland China: the permanent residence card of foreigners, as issued before December 2023."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern

from detectors.recognizers.alphabet import DIGIT, NOT_AFTER_ALNUM, NOT_BEFORE_ALNUM, SEPARATOR
from detectors.recognizers.cn.pieces import LETTER
from detectors.recognizers.cn.resident_id import PROVINCES, is_date
from detectors.recognizers.identifier import IdentifierRecognizer

_LENGTH = 15


class CnForeignerIdRecognizer(IdentifierRecognizer):
    """Finds the old number: three letters of nationality, four digits of place, YYMMDD of birth, two more digits.

    The new number, 18 digits that begin with 9, is built like a resident's and is found as ``CN_RESIDENT_ID``. The rule of the old number's
    last digit is not published: place and date are checked, and a word beside it decides.
    """

    ENTITY: ClassVar[str] = "CN_FOREIGNER_ID"
    COUNTRY_CODE: ClassVar[str | None] = "cn"
    NORM: ClassVar[str] = "Foreigner's Permanent Residence Card, 2004 and 2017 editions (Ministry of Public Security, NIA)"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("permanent residence card", f"{NOT_AFTER_ALNUM}{LETTER}{{3}}{DIGIT}{{4}}{SEPARATOR}?{DIGIT}{{8}}{NOT_BEFORE_ALNUM}", 0.3),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("永久居留", "永居", "外国人", "外國人", "绿卡", "permanent", "residence", "foreigner")

    def is_valid(self, identifier: str) -> bool | None:
        """Say no where place or birth date cannot be; in both centuries, since the year has two digits."""
        if len(identifier) != _LENGTH or identifier[3:5] not in PROVINCES:
            return False
        born = identifier[7:13]
        return None if is_date("19" + born) or is_date("20" + born) else False
