"""United Kingdom: health service number, National Insurance number, taxpayer reference."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern
from stdnum.gb import nhs, utr

from detectors.recognizers.alphabet import DIGIT, SEPARATOR
from detectors.recognizers.common.pieces import JOINT, DoubtfulRecognizer, framed, groups
from detectors.recognizers.common.sums import Weights
from detectors.recognizers.identifier import IdentifierRecognizer

_NINO_PREFIXES_NEVER_GIVEN = frozenset({"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"})
_NINO_DIGITS = f"{DIGIT}{{2}}{SEPARATOR}?{DIGIT}{{2}}{SEPARATOR}?{DIGIT}{{2}}{SEPARATOR}?[A-DＡ-Ｄ]"

_NHS_WEIGHTS = Weights(10, 9, 8, 7, 6, 5, 4, 3, 2, 1)
_UTR_WEIGHTS = Weights(0, 6, 7, 8, 9, 10, 5, 4, 3, 2)
_UTR_CHECKS = "21987654321"


class UkHealthServiceRecognizer(DoubtfulRecognizer):
    """Finds NHS numbers of England, Wales and the Isle of Man: ten digits, one check digit modulo 11."""

    ENTITY: ClassVar[str] = "UK_NHS"
    COUNTRY_CODE: ClassVar[str | None] = "gb"
    NORM: ClassVar[str] = "NHS Data Dictionary, NHS NUMBER (ISB 0149)"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("NHS, grouped", framed(groups(3, 3, 4, separator="[ \u00a0\\-]")), 0.25),
        Pattern("NHS, 10 digits", framed(groups(10)), 0.1),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("nhs", "health", "patient", "hospital", "医疗服务", "病人", "患者")

    def holds(self, identifier: str) -> bool:
        """Check modulo 11."""
        if _NHS_WEIGHTS.fit(identifier) and _NHS_WEIGHTS.total(identifier) % 11:
            return False
        return nhs.is_valid(identifier)


class UkNationalInsuranceRecognizer(IdentifierRecognizer):
    """Finds National Insurance numbers: two letters, six digits, a suffix from A to D; there is no check digit.

    With a plain blank behind the letters a stream may be cut there, so then the digits and the suffix alone are found, and only where a
    word speaks for them.
    """

    ENTITY: ClassVar[str] = "UK_NINO"
    COUNTRY_CODE: ClassVar[str | None] = "gb"
    NORM: ClassVar[str] = "HMRC National Insurance Manual NIM39110"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("NINO", framed(f"[A-CEGHJ-PR-TW-ZＡ-Ｚ][A-CEGHJ-NPR-TW-ZＡ-Ｚ]{JOINT}?{_NINO_DIGITS}"), 0.5),
        Pattern("NINO, digits and suffix behind a blank", framed(_NINO_DIGITS), 0.1),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("nino", "insurance", "hmrc", "国民保险", "國民保險")

    def is_valid(self, identifier: str) -> bool | None:
        """Refuse prefixes that are never given."""
        prefix = identifier[:2]
        letters_never_used = (prefix[0] in "DFIQUV" or prefix[1] in "DFIQUVO") if prefix.isalpha() else False
        return False if letters_never_used or prefix in _NINO_PREFIXES_NEVER_GIVEN else None


class UkTaxpayerReferenceRecognizer(DoubtfulRecognizer):
    """Finds unique taxpayer references: ten digits, the first a check modulo 11; a word beside them must speak for them."""

    ENTITY: ClassVar[str] = "UK_UTR"
    COUNTRY_CODE: ClassVar[str | None] = "gb"
    NORM: ClassVar[str] = "HMRC self-assessment, unique taxpayer reference"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("UTR, grouped 5-5", framed(groups(5, 5) + "[KkＫ]?"), 0.1),
        Pattern("UTR, grouped 2-4-4", framed(groups(2, 4, 4, separator="[ \u00a0\\-]") + "[KkＫ]?"), 0.1),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("utr", "taxpayer", "hmrc", "self-assessment", "纳税", "納稅", "税号")

    def holds(self, identifier: str) -> bool:
        """Check modulo 11."""
        digits = identifier.removesuffix("K")
        if _UTR_WEIGHTS.fit(digits) and digits[0] != _UTR_CHECKS[_UTR_WEIGHTS.total(digits) % 11]:
            return False
        return utr.is_valid(digits)
