"""Macau: the telephone number."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern

from detectors.recognizers.alphabet import DIGIT, SEPARATOR
from detectors.recognizers.cn.pieces import phone_patterns
from detectors.recognizers.identifier import IdentifierRecognizer

_COUNTRY = "[8８][5５][3３]"
# Fixed lines begin with 28, mobile ones with 6, others with 8.
_NUMBER = f"(?:[2２][8８]|[68６８]{DIGIT}){DIGIT}{{2}}{SEPARATOR}?{DIGIT}{{4}}"


class MoPhoneRecognizer(IdentifierRecognizer):
    """Finds telephone numbers of eight digits; without the country code they need a word beside them."""

    ENTITY: ClassVar[str] = "MO_PHONE_NUMBER"
    COUNTRY_CODE: ClassVar[str | None] = "mo"
    NORM: ClassVar[str] = "National Numbering Plan of Macau (CTT), ITU-T E.164 country code 853"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = phone_patterns(_COUNTRY, _NUMBER)
    CONTEXT: ClassVar[tuple[str, ...]] = (
        "電話",
        "电话",
        "手機",
        "手机",
        "致電",
        "聯絡",
        "傳真",
        "澳門",
        "澳门",
        "telefone",
        "telemóvel",
        "phone",
        "mobile",
        "whatsapp",
        "fax",
        "macau",
        "macao",
    )
