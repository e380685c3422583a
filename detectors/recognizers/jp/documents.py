"""Japan: the passport and the driver's licence."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern

from detectors.recognizers.alphabet import DIGIT, NOT_AFTER_ALNUM, NOT_BEFORE_ALNUM
from detectors.recognizers.identifier import IdentifierRecognizer

# Public safety commission that issued the first licence; Hokkaido has five.
_COMMISSIONS = (
    "10 11 12 13 14 20 21 22 23 24 25 30 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 60 61 62 63 64 65 70 71 72 73 74 80 81 82 "
    "83 90 91 92 93 94 95 96 97"
)
_COMMISSION_CODES = frozenset(_COMMISSIONS.split())
_LICENCE_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


class JpPassportRecognizer(IdentifierRecognizer):
    """Finds passport numbers, two letters and seven digits, that a word beside them names."""

    ENTITY: ClassVar[str] = "JP_PASSPORT"
    COUNTRY_CODE: ClassVar[str | None] = "jp"
    NORM: ClassVar[str] = "Passport Act (Act 267 of 1951); ICAO Doc 9303"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("passport, two letters", f"{NOT_AFTER_ALNUM}[B-HJ-NP-TV-ZＢ-ＨＪ-ＮＰ-ＴＶ-Ｚ]{{2}}{DIGIT}{{7}}{NOT_BEFORE_ALNUM}", 0.1),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("パスポート", "旅券", "passport", "护照", "護照")


class JpDriverLicenseRecognizer(IdentifierRecognizer):
    """Finds driver's licence numbers: commission, year, six digits, a check digit, and how often the licence was lost.

    One string of twelve digits in twenty passes, so a word beside it decides. The police publish no rule for the check digit; prefectural
    instructions name one, and the one used here is given alike by independent sources.
    """

    ENTITY: ClassVar[str] = "JP_DRIVER_LICENSE"
    COUNTRY_CODE: ClassVar[str | None] = "jp"
    NORM: ClassVar[str] = "Road Traffic Act (Act 105 of 1960), article 93; number as in the prefectural licence administration instructions"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern(
            "driver's licence, 12 digits",
            f"{NOT_AFTER_ALNUM}(?<![0-9０-９][.\\-])[1-9１-９]{DIGIT}{{11}}(?![.\\-]{DIGIT}){NOT_BEFORE_ALNUM}",
            0.2,
        ),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("運転免許", "免許証", "免許番号", "驾照", "驾驶证", "駕照", "licence", "license", "driver")

    def is_valid(self, identifier: str) -> bool | None:
        """Refuse an unknown commission or a wrong check digit; nothing is proved."""
        total = sum(int(digit) * weight for digit, weight in zip(identifier[:10], _LICENCE_WEIGHTS, strict=True))
        holds = identifier[:2] in _COMMISSION_CODES and (11 - total % 11) % 10 == int(identifier[10])
        return None if holds else False
