"""Singapore: the telephone number."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern

from detectors.recognizers.alphabet import DIGIT, NOT_AFTER_ALNUM, NOT_BEFORE_ALNUM, SEPARATOR
from detectors.recognizers.cn.pieces import CLOSE, NUMBER_END, NUMBER_START, OPEN, PLUS
from detectors.recognizers.identifier import IdentifierRecognizer

_COUNTRY = f"(?:{PLUS}|[0０]{{2}})[6６][5５]"
_NUMBER = f"[3689３６８９]{DIGIT}{{3}}{SEPARATOR}?{DIGIT}{{4}}"


class SgPhoneRecognizer(IdentifierRecognizer):
    """Finds telephone numbers of eight digits; without the country code they need a word beside them."""

    ENTITY: ClassVar[str] = "SG_PHONE_NUMBER"
    COUNTRY_CODE: ClassVar[str | None] = "sg"
    NORM: ClassVar[str] = "National Numbering Plan (IMDA), ITU-T E.164 country code 65"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern(
            "phone with country code",
            f"{NOT_AFTER_ALNUM}(?:{OPEN}{_COUNTRY}{CLOSE}|{_COUNTRY}){SEPARATOR}{{0,2}}{_NUMBER}{NOT_BEFORE_ALNUM}",
            0.75,
        ),
        Pattern("phone, eight digits", f"{NUMBER_START}{_NUMBER}{NUMBER_END}", 0.1),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = (
        "phone",
        "mobile",
        "handphone",
        "whatsapp",
        "fax",
        "hotline",
        "telefon",
        "电话",
        "手机",
        "電話",
        "手機",
    )
