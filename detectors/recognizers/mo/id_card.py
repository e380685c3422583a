"""Macau: the resident identity card number."""

from __future__ import annotations

from typing import ClassVar

from idnumbers.nationalid.mac.national_id import NationalID
from presidio_analyzer import Pattern

from detectors.recognizers.alphabet import DIGIT
from detectors.recognizers.cn.pieces import CLOSE, NUMBER_END, NUMBER_START, OPEN
from detectors.recognizers.identifier import IdentifierRecognizer

_FIRST = "[1578１５７８]"


class MoIdCardRecognizer(IdentifierRecognizer):
    """Finds identity card numbers: seven digits and a check digit in brackets, after a slash, or in the same run.

    The first digit tells the issuer: 1, 5, 7, and 8 for others. The rule of the check digit is not public, so a word beside it decides.
    """

    ENTITY: ClassVar[str] = "MO_ID_CARD"
    COUNTRY_CODE: ClassVar[str | None] = "mo"
    NORM: ClassVar[str] = "Law 8/2002 of the Macau SAR (resident identity card)"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("check digit in brackets", f"{NUMBER_START}{_FIRST}{DIGIT}{{6}}{OPEN}{DIGIT}{CLOSE}", 0.3),
        Pattern("with slashes", f"{NUMBER_START}{_FIRST}[/／]{DIGIT}{{6}}[/／]{DIGIT}{NUMBER_END}", 0.3),
        Pattern("eight digits", f"{NUMBER_START}{_FIRST}{DIGIT}{{7}}{NUMBER_END}", 0.05),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = (
        "身份證",
        "身份证",
        "身分證",
        "澳門居民",
        "澳门居民",
        "macau",
        "macao",
        "bilhete",
        "identidade",
        "identity",
    )

    def is_valid(self, identifier: str) -> bool | None:
        """Say no where the form is wrong."""
        return None if NationalID.validate(identifier) else False
