"""Korea: telephone numbers."""

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
_GAP = f"(?:{SEPARATOR}|\\.)"
_COUNTRY = 82


class KrPhoneRecognizer(IdentifierRecognizer):
    """Finds Korean telephone numbers as they are written at home (010-1234-5678, 02-123-4567) and with +82.

    The numbering plan as libphonenumber has it must know the number. Grouped mobile numbers are reported by themselves; bare ones and
    area codes need a word beside them.
    """

    ENTITY: ClassVar[str] = "KR_PHONE_NUMBER"
    COUNTRY_CODE: ClassVar[str | None] = "kr"
    NORM: ClassVar[str] = "Telecommunications Business Act, article 48 and its numbering rules; ITU-T E.164, country code 82"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern(
            "with country code",
            f"{NOT_AFTER_ALNUM}[+＋][8８][2２]{_GAP}?(?:[(（][0０][)）])?{_GAP}?[1-9１-９]{DIGIT}{{0,2}}{_GAP}?{DIGIT}{{3,4}}{_GAP}?{DIGIT}{{4}}{_RIGHT}",
            0.75,
        ),
        Pattern("mobile, grouped", f"{_LEFT}[0０][1１][016-9０１６-９]{_GAP}{DIGIT}{{3,4}}{_GAP}{DIGIT}{{4}}{_RIGHT}", 0.5),
        Pattern("mobile, bare digits", f"{_LEFT}[0０][1１][016-9０１６-９]{DIGIT}{{7,8}}{_RIGHT}", 0.25),
        Pattern(
            "area code, grouped",
            f"{_LEFT}(?:[0０]{DIGIT}{{1,2}}{_GAP}?|[(（]?[0０]{DIGIT}{{1,2}}[)）]{_GAP}?){DIGIT}{{3,4}}{_GAP}{DIGIT}{{4}}{_RIGHT}",
            0.25,
        ),
        Pattern("area code, bare digits", f"{_LEFT}[0０][2-7２-７]{DIGIT}{{7,9}}{_RIGHT}", 0.05),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = (
        "전화",
        "휴대폰",
        "핸드폰",
        "연락처",
        "번호",
        "팩스",
        "카카오톡",
        "电话",
        "手机",
        "電話",
        "telephone",
        "phone",
        "mobile",
        "contact",
        "kakao",
        "korea",
    )

    def is_valid(self, identifier: str) -> bool | None:
        """Refuse what the numbering plan does not know."""
        national = identifier[1:] if identifier.startswith("0") else identifier.removeprefix(str(_COUNTRY)).removeprefix("0")
        # Not parsed: to libphonenumber a number that begins with 010 or 00 is a call abroad.
        number = phonenumbers.PhoneNumber(country_code=_COUNTRY, national_number=int(national))
        return None if national[0] != "0" and phonenumbers.is_valid_number(number) else False
