"""Vietnam: the citizen identity number of twelve digits, and the nine digits that it replaced."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern

from detectors.recognizers.alphabet import DIGIT, NOT_AFTER_ALNUM, NOT_BEFORE_ALNUM, SEPARATOR
from detectors.recognizers.identifier import IdentifierRecognizer

# Province codes of birth registration, Circular 07/2016/TT-BCA, appendix I; the numbers keep them after the mergers of 2025.
_PROVINCES_SHORT = (
    "01 02 04 06 08 10 11 12 14 15 17 19 20 22 24 25 26 27 30 31 33 34 35 36 37 38 40 42 44 45 46 48 49 51 52 54 56 58 60 62 "
    "64 66 67 68 70 72 74 75 77 79 80 82 83 84 86 87 89 91 92 93 94 95 96"
)
_PROVINCES = frozenset(f"0{code}" for code in _PROVINCES_SHORT.split())
_CENTURY_AND_SEX = "0123"  # men and women born 19xx, then 20xx; later centuries are still to come
_CCCD_DIGITS = 12
_LEFT = f"{NOT_AFTER_ALNUM}(?<![0-9０-９][.\\-])"
_RIGHT = f"(?![.\\-]{DIGIT}){NOT_BEFORE_ALNUM}"


class VnCccdRecognizer(IdentifierRecognizer):
    """Finds citizen identity numbers (CCCD): province, century and sex, year, six digits; no check digit.

    One string of twelve digits in forty passes, so a word beside it decides.
    """

    ENTITY: ClassVar[str] = "VN_CCCD"
    COUNTRY_CODE: ClassVar[str | None] = "vn"
    NORM: ClassVar[str] = "Law on Identity 26/2023/QH15, article 12; Circular 07/2016/TT-BCA (province codes)"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("CCCD, 12 digits", f"{_LEFT}[0０]{DIGIT}{{11}}{_RIGHT}", 0.2),
        Pattern(
            "CCCD, grouped by three",
            f"{NOT_AFTER_ALNUM}(?<!{DIGIT}{SEPARATOR})[0０]{DIGIT}{{2}}(?:{SEPARATOR}{DIGIT}{{3}}){{3}}{_RIGHT}",
            0.2,
        ),
        Pattern(
            "CCCD, grouped by four",
            f"{NOT_AFTER_ALNUM}(?<!{DIGIT}{SEPARATOR})[0０]{DIGIT}{{3}}(?:{SEPARATOR}{DIGIT}{{4}}){{2,3}}{_RIGHT}",
            0.2,
        ),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = (
        "cccd",
        "cước",
        "cuoc",
        "định",
        "vneid",
        "citizen",
        "identity",
        "vietnamese",
        "越南身份",
        "身份证",
        "身份證",
    )

    def is_valid(self, identifier: str) -> bool | None:
        """Refuse an unknown province and a century to come; nothing is proved."""
        plausible = len(identifier) == _CCCD_DIGITS and identifier[:3] in _PROVINCES and identifier[3] in _CENTURY_AND_SEX
        return None if plausible else False


class VnCmndRecognizer(IdentifierRecognizer):
    """Finds the nine digits of the old people's identity card (CMND), which say nothing about themselves: only with a word beside them."""

    ENTITY: ClassVar[str] = "VN_CMND"
    COUNTRY_CODE: ClassVar[str | None] = "vn"
    NORM: ClassVar[str] = "Decree 05/1999/ND-CP (people's identity card); valid until 2024-12-31 under Law 26/2023/QH15, article 46"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("CMND, 9 digits", f"{_LEFT}[0-3０-３]{DIGIT}{{8}}{_RIGHT}", 0.05),
        Pattern(
            "CMND, grouped by three",
            f"{NOT_AFTER_ALNUM}(?<!{DIGIT}{SEPARATOR})[0-3０-３]{DIGIT}{{2}}{SEPARATOR}{DIGIT}{{3}}{SEPARATOR}{DIGIT}{{3}}{_RIGHT}",
            0.05,
        ),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("cmnd", "cmtnd", "chứng", "越南身份")
