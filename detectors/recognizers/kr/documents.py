"""Korea: the passport, the driver's licence and the business registration number."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern
from stdnum.kr import brn

from detectors.recognizers.alphabet import DIGIT, NOT_AFTER_ALNUM, NOT_BEFORE_ALNUM, SEPARATOR
from detectors.recognizers.common.sums import Weights
from detectors.recognizers.identifier import IdentifierRecognizer

_HYPHEN = "[\\-\u2010\u2011\u2013－]"
_LEFT = f"{NOT_AFTER_ALNUM}(?<![0-9０-９][.\\-])"
_LEFT_GROUPED = f"{NOT_AFTER_ALNUM}(?<!{DIGIT}{SEPARATOR})"
_RIGHT = f"(?![.\\-]{DIGIT}){NOT_BEFORE_ALNUM}"
_REGIONS = frozenset("11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 28".split())  # noqa: SIM905
_REGION_NAMES = "서울|부산|경기|강원|충북|충남|전북|전남|경북|경남|제주|대구|인천|광주|대전|울산"
_LICENCE_DIGITS = 12
_BUSINESS_WEIGHTS = Weights(1, 3, 7, 1, 3, 7, 1, 3, 5)


class KrPassportIdentifierRecognizer(IdentifierRecognizer):
    """Finds passport numbers, M12345678 and (since 2021) M123A4567, that a word beside them names."""

    ENTITY: ClassVar[str] = "KR_PASSPORT"
    COUNTRY_CODE: ClassVar[str | None] = "kr"
    NORM: ClassVar[str] = "Passport Act; ICAO Doc 9303; numbers of the next-generation passport, Ministry of Foreign Affairs 2021-12-21"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("passport since 2021", f"{NOT_AFTER_ALNUM}[MSRODＭＳＲＯＤ]{DIGIT}{{3}}[A-ZＡ-Ｚ]{DIGIT}{{4}}{NOT_BEFORE_ALNUM}", 0.15),
        Pattern("passport before", f"{NOT_AFTER_ALNUM}[MSRODＭＳＲＯＤ]{DIGIT}{{8}}{NOT_BEFORE_ALNUM}", 0.05),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("여권", "passport", "护照", "護照", "旅券")


class KrDriverLicenseIdentifierRecognizer(IdentifierRecognizer):
    """Finds driver's licence numbers: region, year, six digits, two check digits whose rule is not public."""

    ENTITY: ClassVar[str] = "KR_DRIVER_LICENSE"
    COUNTRY_CODE: ClassVar[str | None] = "kr"
    NORM: ClassVar[str] = "Road Traffic Act, article 85; its Enforcement Rule, form 55 (licence number)"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern(
            "licence with the region's name",
            f"(?:{_REGION_NAMES}){_HYPHEN}?{DIGIT}{{2}}{_HYPHEN}{DIGIT}{{6}}{_HYPHEN}{DIGIT}{{2}}{_RIGHT}",
            0.6,
        ),
        Pattern(
            "licence, grouped 2-2-6-2",
            f"{_LEFT_GROUPED}[12１２]{DIGIT}{SEPARATOR}{DIGIT}{{2}}{SEPARATOR}{DIGIT}{{6}}{SEPARATOR}{DIGIT}{{2}}{_RIGHT}",
            0.3,
        ),
        Pattern("licence, 12 digits", f"{_LEFT}[12１２]{DIGIT}{{11}}{_RIGHT}", 0.05),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("운전면허", "면허번호", "면허증", "면허", "licence", "license", "driver", "驾照", "驾驶证")

    def is_valid(self, identifier: str) -> bool | None:
        """Refuse an unknown region; nothing is proved."""
        has_region_name = len(identifier) < _LICENCE_DIGITS
        return None if has_region_name or identifier[:2] in _REGIONS else False


class KrBrnIdentifierRecognizer(IdentifierRecognizer):
    """Finds business registration numbers (3-2-5) with the right check digit.

    One number in ten passes by chance, so a word beside it decides.
    """

    ENTITY: ClassVar[str] = "KR_BRN"
    COUNTRY_CODE: ClassVar[str | None] = "kr"
    NORM: ClassVar[str] = "Value-Added Tax Act, article 8; check digit of the National Tax Service"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern(
            "business number, grouped 3-2-5", f"{_LEFT_GROUPED}{DIGIT}{{3}}{SEPARATOR}{DIGIT}{{2}}{SEPARATOR}{DIGIT}{{5}}{_RIGHT}", 0.3
        ),
        Pattern("business number, 10 digits", f"{_LEFT}{DIGIT}{{10}}{_RIGHT}", 0.05),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("사업자등록", "사업자번호", "사업자", "brn", "事業者", "营业执照")

    def is_valid(self, identifier: str) -> bool | None:
        """Refuse a wrong check digit, and what stdnum knows to be no office, kind or serial; nothing is proved."""
        total = _BUSINESS_WEIGHTS.total(identifier[:9]) + int(identifier[8]) * 5 // 10
        holds = (total + int(identifier[9])) % 10 == 0
        return None if holds and brn.is_valid(identifier) else False
