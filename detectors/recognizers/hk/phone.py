"""Hong Kong: the telephone number."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern

from detectors.recognizers.alphabet import DIGIT, SEPARATOR
from detectors.recognizers.cn.pieces import phone_patterns
from detectors.recognizers.identifier import IdentifierRecognizer

_COUNTRY = "[8８][5５][2２]"
# 20 is not in use, which leaves out dates of this century.
_NUMBER = f"(?:[2２][1-9１-９]|[3-9３-９]{DIGIT}){DIGIT}{{2}}{SEPARATOR}?{DIGIT}{{4}}"


class HkPhoneRecognizer(IdentifierRecognizer):
    """Finds telephone numbers of eight digits; without the country code they need a word beside them."""

    ENTITY: ClassVar[str] = "HK_PHONE_NUMBER"
    COUNTRY_CODE: ClassVar[str | None] = "hk"
    NORM: ClassVar[str] = "Numbering Plan for Telecommunications Services in Hong Kong (OFCA), ITU-T E.164 country code 852"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = phone_patterns(_COUNTRY, _NUMBER)
    CONTEXT: ClassVar[tuple[str, ...]] = (
        "電話",
        "电话",
        "手機",
        "手机",
        "致電",
        "聯絡",
        "傳真",
        "phone",
        "mobile",
        "whatsapp",
        "fax",
        "hotline",
    )
