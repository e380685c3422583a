"""Mainland China: the mobile telephone number."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern

from detectors.recognizers.alphabet import DIGIT, NOT_AFTER_ALNUM, NOT_BEFORE_ALNUM, SEPARATOR
from detectors.recognizers.cn.pieces import CLOSE, NOT_AFTER_COUNTRY, OPEN, PLUS
from detectors.recognizers.identifier import IdentifierRecognizer

_COUNTRY = f"(?:{PLUS}|[0０]{{2}})?[8８][6６]"
_NUMBER = f"[1１][3-9３-９]{DIGIT}{SEPARATOR}?{DIGIT}{{4}}{SEPARATOR}?{DIGIT}{{4}}"


class CnMobileRecognizer(IdentifierRecognizer):
    """Finds mainland mobile numbers: 11 digits from 13 to 19, with or without the country code, glued to Chinese text or not.

    Written in one run or grouped 3-4-4; ASCII or full width. The plan has no check digit: a word beside it lifts the score of a bare
    number, the country code says more.
    """

    ENTITY: ClassVar[str] = "CN_MOBILE_NUMBER"
    COUNTRY_CODE: ClassVar[str | None] = "cn"
    NORM: ClassVar[str] = "Telecommunication Network Numbering Plan (MIIT), ITU-T E.164 country code 86"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern(
            "mobile with country code",
            f"{NOT_AFTER_ALNUM}(?:{OPEN}{_COUNTRY}{CLOSE}|{_COUNTRY}){SEPARATOR}{{0,2}}{_NUMBER}{NOT_BEFORE_ALNUM}",
            0.75,
        ),
        Pattern("mobile, 11 digits", f"{NOT_AFTER_ALNUM}{NOT_AFTER_COUNTRY}{_NUMBER}{NOT_BEFORE_ALNUM}", 0.5),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = (
        "手机",
        "手機",
        "电话",
        "電話",
        "移动电话",
        "联系方式",
        "联系电话",
        "号码",
        "微信",
        "短信",
        "致电",
        "拨打",
        "mobile",
        "phone",
        "cell",
        "telephone",
        "call",
        "contact",
        "whatsapp",
        "wechat",
        "sms",
    )
