"""Mainland China: the mobile telephone number."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern, PatternRecognizer

from detectors.recognizers.alphabet import DIGIT, NOT_AFTER_ALNUM, NOT_BEFORE_ALNUM, SEPARATOR

_PLUS = "[+＋]"
_COUNTRY = f"(?:{_PLUS}|[0０]{{2}})?[8８][6６]"
_NUMBER = f"[1１][3-9３-９]{DIGIT}{SEPARATOR}?{DIGIT}{{4}}{SEPARATOR}?{DIGIT}{{4}}"
# After another country's code the same eleven digits are not a mainland number: +1 381 234 5678, +49 151 1234 5678.
_NOT_AFTER_COUNTRY = f"(?<!{_PLUS})" + "".join(f"(?<!{_PLUS}{DIGIT}{{{width}}}{SEPARATOR})" for width in (1, 2, 3))


class CnMobileRecognizer(PatternRecognizer):
    """Finds mainland mobile numbers: 11 digits from 13 to 19, with or without the country code, glued to Chinese text or not.

    Numbering plan: Telecommunication Network Numbering Plan (MIIT), ITU-T E.164 country code 86. Written in one run or grouped 3-4-4; ASCII
    or full width. The plan has no check digit: a word beside it lifts the score of a bare number, the country code says more.
    """

    COUNTRY_CODE: ClassVar[str | None] = "cn"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern(
            "mobile with country code",
            f"{NOT_AFTER_ALNUM}(?:[(（]{_COUNTRY}[)）]|{_COUNTRY}){SEPARATOR}{{0,2}}{_NUMBER}{NOT_BEFORE_ALNUM}",
            0.75,
        ),
        Pattern("mobile, 11 digits", f"{NOT_AFTER_ALNUM}{_NOT_AFTER_COUNTRY}{_NUMBER}{NOT_BEFORE_ALNUM}", 0.5),
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

    def __init__(self, supported_language: str = "en", supported_entity: str = "CN_MOBILE_NUMBER") -> None:
        """Join an engine.

        Args:
            supported_language: The language of that engine; the number is the same in all.
            supported_entity: The type that findings carry.
        """
        super().__init__(
            supported_entity=supported_entity,
            supported_language=supported_language,
            patterns=list(self.PATTERNS),
            context=list(self.CONTEXT),
        )
