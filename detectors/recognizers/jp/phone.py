"""Japan: telephone numbers."""

from __future__ import annotations

from typing import ClassVar

import phonenumbers
from presidio_analyzer import Pattern

from detectors.recognizers.alphabet import DIGIT, NOT_AFTER_ALNUM, NOT_BEFORE_ALNUM, SEPARATOR
from detectors.recognizers.identifier import IdentifierRecognizer

# After another country's code the same digits are no number of this country.
_NOT_AFTER_COUNTRY = "(?<![+＋])" + "".join(f"(?<![+＋]{DIGIT}{{{width}}}{SEPARATOR})" for width in (1, 2, 3))
_LEFT = f"{NOT_AFTER_ALNUM}(?<![0-9０-９][.\\-]){_NOT_AFTER_COUNTRY}"
_RIGHT = f"(?!-{DIGIT}){NOT_BEFORE_ALNUM}"
_COUNTRY = 81


class JpPhoneRecognizer(IdentifierRecognizer):
    """Finds Japanese telephone numbers as they are written at home (090-1234-5678, 03-1234-5678, 03(1234)5678) and with +81.

    The numbering plan as libphonenumber has it must know the number. Grouped mobile numbers, and those of Tokyo and Osaka, are reported by
    themselves; other area codes look like numbers of other countries and need a word beside them.
    """

    ENTITY: ClassVar[str] = "JP_PHONE_NUMBER"
    COUNTRY_CODE: ClassVar[str | None] = "jp"
    NORM: ClassVar[str] = (
        "Telecommunications Numbering Plan of the Ministry of Internal Affairs and Communications; ITU-T E.164, country code 81"
    )
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern(
            "with country code",
            f"{NOT_AFTER_ALNUM}[+＋][8８][1１]{SEPARATOR}?(?:[(（][0０][)）])?{SEPARATOR}?[1-9１-９]{DIGIT}{{0,3}}{SEPARATOR}?{DIGIT}{{1,4}}"
            f"{SEPARATOR}?{DIGIT}{{4}}{_RIGHT}",
            0.75,
        ),
        Pattern("mobile, grouped 3-4-4", f"{_LEFT}[0０][5-9５-９][0０]{SEPARATOR}{DIGIT}{{4}}{SEPARATOR}{DIGIT}{{4}}{_RIGHT}", 0.5),
        Pattern("mobile, 11 digits", f"{_LEFT}[0０][5-9５-９][0０]{DIGIT}{{8}}{_RIGHT}", 0.3),
        Pattern("Tokyo and Osaka", f"{_LEFT}[0０][36３６]{SEPARATOR}{DIGIT}{{4}}{SEPARATOR}{DIGIT}{{4}}{_RIGHT}", 0.4),
        Pattern("area code in brackets", f"{_LEFT}[0０]{DIGIT}{{1,4}}[(（]{DIGIT}{{1,4}}[)）]{DIGIT}{{4}}{_RIGHT}", 0.4),
        Pattern(
            "area code in leading brackets", f"[(（][0０]{DIGIT}{{1,4}}[)）]{SEPARATOR}?{DIGIT}{{1,4}}{SEPARATOR}{DIGIT}{{4}}{_RIGHT}", 0.3
        ),
        Pattern("area code, grouped", f"{_LEFT}[0０]{DIGIT}{{1,4}}{SEPARATOR}{DIGIT}{{1,4}}{SEPARATOR}{DIGIT}{{3,4}}{_RIGHT}", 0.25),
        Pattern("area code, 10 digits", f"{_LEFT}[0０][1-9１-９]{DIGIT}{{8}}{_RIGHT}", 0.05),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = (
        "電話",
        "電話番号",
        "携帯",
        "ケータイ",
        "スマホ",
        "連絡先",
        "お問い合わせ",
        "电话",
        "手机",
        "telephone",
        "phone",
        "mobile",
        "fax",
        "contact",
        "japan",
    )

    def is_valid(self, identifier: str) -> bool | None:
        """Refuse what the numbering plan does not know."""
        national = identifier[1:] if identifier.startswith("0") else identifier.removeprefix(str(_COUNTRY)).removeprefix("0")
        # Not parsed: to libphonenumber a number that begins with 010 or 00 is a call abroad.
        number = phonenumbers.PhoneNumber(country_code=_COUNTRY, national_number=int(national))
        return None if national[0] != "0" and phonenumbers.is_valid_number(number) else False
