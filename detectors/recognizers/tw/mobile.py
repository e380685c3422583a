"""Taiwan: the mobile telephone number."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern

from detectors.recognizers.alphabet import DIGIT, NOT_AFTER_ALNUM, NOT_BEFORE_ALNUM, SEPARATOR
from detectors.recognizers.cn.pieces import CLOSE, NUMBER_END, NUMBER_START, OPEN, PLUS
from detectors.recognizers.identifier import IdentifierRecognizer

_COUNTRY = f"(?:{PLUS}|[0０]{{2}})[8８]{{2}}[6６]"
_REST = f"[9９]{DIGIT}{{2}}{SEPARATOR}?{DIGIT}{{3}}{SEPARATOR}?{DIGIT}{{3}}"


class TwMobileRecognizer(IdentifierRecognizer):
    """Finds mobile numbers, 09 and eight digits; Vietnam's look the same, so without the country code a word beside them decides."""

    ENTITY: ClassVar[str] = "TW_MOBILE_NUMBER"
    COUNTRY_CODE: ClassVar[str | None] = "tw"
    NORM: ClassVar[str] = "Telecommunications numbering plan (NCC, Ministry of Digital Affairs), ITU-T E.164 country code 886"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern(
            "mobile with country code",
            f"{NOT_AFTER_ALNUM}(?:{OPEN}{_COUNTRY}{CLOSE}|{_COUNTRY}){SEPARATOR}{{0,2}}(?:{OPEN}[0０]{CLOSE}|[0０])?{_REST}{NOT_BEFORE_ALNUM}",
            0.75,
        ),
        Pattern("mobile, ten digits", f"{NUMBER_START}[0０]{_REST}{NUMBER_END}", 0.3),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("手機", "手机", "電話", "电话", "行動", "聯絡", "致電", "簡訊", "mobile", "phone", "taiwan")
