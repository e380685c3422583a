"""Taiwan: numbers of citizens and of foreign residents."""

from __future__ import annotations

import re
from typing import ClassVar

from idnumbers.nationalid.twn.national_id import NationalID
from presidio_analyzer import Pattern

from detectors.recognizers.alphabet import DIGIT, NOT_AFTER_ALNUM, NOT_BEFORE_ALNUM
from detectors.recognizers.cn.pieces import LETTER
from detectors.recognizers.identifier import IdentifierRecognizer

_SHAPE = re.compile("[A-Z][89A-D][0-9]{8}")
_LETTERS = "ABCDEFGHJKLMNPQRSTUVXYWZIO"  # A is 10, B is 11, and so on in this order
_WEIGHTS = (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)


class TwNationalIdRecognizer(IdentifierRecognizer):
    """Finds citizens' numbers, a letter and nine digits of which the first is 1 or 2, and proves each by its check digit (modulo 10)."""

    ENTITY: ClassVar[str] = "TW_NATIONAL_ID"
    COUNTRY_CODE: ClassVar[str | None] = "tw"
    NORM: ClassVar[str] = "National identity card and household certificate rules (Ministry of the Interior)"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("national id", f"{NOT_AFTER_ALNUM}{LETTER}[12１２]{DIGIT}{{8}}{NOT_BEFORE_ALNUM}", 0.5),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("身分證", "身份證", "身份证", "身分证", "字號", "identity", "national")

    def is_valid(self, identifier: str) -> bool | None:
        """Say whether the check digit is right."""
        return NationalID.validate(identifier)


class TwResidentCertificateRecognizer(IdentifierRecognizer):
    """Finds the numbers of foreign residents and proves each by its check digit.

    Since 2021 a letter and nine digits of which the first is 8 or 9; before, two letters, the second A to D, and eight digits.
    """

    ENTITY: ClassVar[str] = "TW_RESIDENT_CERTIFICATE"
    COUNTRY_CODE: ClassVar[str | None] = "tw"
    NORM: ClassVar[str] = "Unified ID number of resident certificates (National Immigration Agency, form of 2021-01-02)"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("unified id number", f"{NOT_AFTER_ALNUM}{LETTER}[89A-D８９Ａ-Ｄ]{DIGIT}{{8}}{NOT_BEFORE_ALNUM}", 0.5),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("居留證", "居留证", "統一證號", "外僑", "resident", "residence")

    def is_valid(self, identifier: str) -> bool | None:
        """Say whether the check digit is right; a second letter counts with the last digit of its value."""
        if not _SHAPE.fullmatch(identifier):
            return False
        first = _LETTERS.index(identifier[0]) + 10
        second = identifier[1] if identifier[1].isdigit() else str(_LETTERS.index(identifier[1]) % 10)
        digits = (first // 10, first % 10, *(int(digit) for digit in second + identifier[2:]))
        return sum(digit * weight for digit, weight in zip(digits, _WEIGHTS, strict=True)) % 10 == 0
