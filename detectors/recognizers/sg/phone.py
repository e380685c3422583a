"""Singapore: the telephone number."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern

from detectors.recognizers.alphabet import DIGIT, SEPARATOR
from detectors.recognizers.cn.pieces import phone_patterns
from detectors.recognizers.identifier import IdentifierRecognizer

_COUNTRY = "[6６][5５]"
_NUMBER = f"[3689３６８９]{DIGIT}{{3}}{SEPARATOR}?{DIGIT}{{4}}"


class SgPhoneRecognizer(IdentifierRecognizer):
    """Finds telephone numbers of eight digits; without the country code they need a word beside them."""

    ENTITY: ClassVar[str] = "SG_PHONE_NUMBER"
    COUNTRY_CODE: ClassVar[str | None] = "sg"
    NORM: ClassVar[str] = "National Numbering Plan (IMDA), ITU-T E.164 country code 65"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = phone_patterns(_COUNTRY, _NUMBER)
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
