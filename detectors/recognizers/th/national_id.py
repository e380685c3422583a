"""Thailand: the citizen number."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern
from stdnum.th import pin

from detectors.recognizers.alphabet import NOT_AFTER_ALNUM, NOT_BEFORE_ALNUM, SEPARATOR, compact
from detectors.recognizers.identifier import IdentifierRecognizer

_DIGIT = "[0-9０-９๐-๙]"
_THAI_TO_ASCII = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")


class ThNationalIdRecognizer(IdentifierRecognizer):
    """Finds Thai national identification numbers in ASCII, full-width or Thai digits; the check digit must hold.

    Grouped 1-4-5-2-1 as on the card a number scores 1; thirteen bare digits pass one time in twelve (millisecond timestamps too) and need
    a word beside them. ISBN cannot pass: 9 is no first digit.
    """

    ENTITY: ClassVar[str] = "TH_TNIN"
    COUNTRY_CODE: ClassVar[str | None] = "th"
    NORM: ClassVar[str] = (
        "Civil Registration Act B.E. 2534 (1991), section 16; Department of Provincial Administration, check digit modulo 11"
    )
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern(
            "citizen number, grouped as on the card",
            f"{NOT_AFTER_ALNUM}(?<!{_DIGIT}{SEPARATOR})[1-8１-８๑-๘]{SEPARATOR}{_DIGIT}{{4}}{SEPARATOR}{_DIGIT}{{5}}{SEPARATOR}{_DIGIT}{{2}}"
            f"{SEPARATOR}{_DIGIT}(?!{_DIGIT}){NOT_BEFORE_ALNUM}",
            0.6,
        ),
        Pattern(
            "citizen number, 13 digits",
            f"{NOT_AFTER_ALNUM}(?<!{_DIGIT})(?<!{_DIGIT}[.\\-])[1-8１-８๑-๘]{_DIGIT}{{12}}(?![.\\-]?{_DIGIT}){NOT_BEFORE_ALNUM}",
            0.2,
        ),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = (
        "ประจำตัวประชาชน",
        "บัตรประชาชน",
        "เลขบัตร",
        "ปชช",
        "ผู้เสียภาษี",
        "thai",
        "tnin",
        "citizen",
        "national",
        "identification",
        "泰国身份",
        "身份证",
        "身份證",
    )

    def validate_result(self, pattern_text: str) -> bool | None:
        """Refuse a wrong check digit; accept outright only the grouping of the card."""
        number = compact(pattern_text.translate(_THAI_TO_ASCII))
        if not pin.is_valid(number):
            return False
        return True if len(pattern_text) > len(number) else None
