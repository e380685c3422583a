"""United States: numbers of health care providers, prescribers and Medicare patients."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern
from stdnum import luhn

from detectors.recognizers.alphabet import DIGIT, SEPARATOR
from detectors.recognizers.common.pieces import DoubtfulRecognizer, framed
from detectors.recognizers.identifier import IdentifierRecognizer

_ISSUER_OF_HEALTH_NUMBERS = "80840"
_NPI_DIGITS = 10
_DEA_CHARS = 9


class UsProviderRecognizer(DoubtfulRecognizer):
    """Finds national provider identifiers: ten digits from 1 or 2, Luhn's check behind the prefix 80840."""

    ENTITY: ClassVar[str] = "US_NPI"
    COUNTRY_CODE: ClassVar[str | None] = "us"
    NORM: ClassVar[str] = "45 CFR 162.406; CMS NPI check digit calculation"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("NPI", framed(f"[12１２]{DIGIT}{{3}}{SEPARATOR}?{DIGIT}{{3}}{SEPARATOR}?{DIGIT}{{3}}"), 0.1),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("npi", "provider", "physician", "prescriber", "医师编号", "醫師")

    def holds(self, identifier: str) -> bool:
        """Check as Luhn does."""
        return len(identifier) == _NPI_DIGITS and luhn.is_valid(_ISSUER_OF_HEALTH_NUMBERS + identifier)


class UsPrescriberRecognizer(DoubtfulRecognizer):
    """Finds registration numbers of the Drug Enforcement Administration: two letters, seven digits, the last a check digit."""

    ENTITY: ClassVar[str] = "MEDICAL_LICENSE"
    COUNTRY_CODE: ClassVar[str | None] = "us"
    NORM: ClassVar[str] = "21 CFR 1301.35; DEA registration number check digit"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (Pattern("DEA number", framed(f"[A-HJ-MP-UXＡ-Ｚ][A-Z9Ａ-Ｚ９]{DIGIT}{{7}}"), 0.3),)
    CONTEXT: ClassVar[tuple[str, ...]] = ("dea", "prescriber", "registrant", "prescription", "physician", "medical", "处方", "處方")

    def holds(self, identifier: str) -> bool:
        """Check: digits 1, 3, 5 and twice digits 2, 4, 6, modulo 10."""
        if len(identifier) != _DEA_CHARS or identifier[0] not in "ABCDEFGHJKLMPRSTUX":
            return False
        digits = [int(digit) for digit in identifier[2:]]
        return (sum(digits[0:6:2]) + 2 * sum(digits[1:6:2])) % 10 == digits[6]


class UsMedicareBeneficiaryRecognizer(IdentifierRecognizer):
    """Finds Medicare beneficiary identifiers, ``1EG4-TE5-MK73``: eleven characters of a fixed layout without S, L, O, I, B and Z."""

    ENTITY: ClassVar[str] = "US_MBI"
    COUNTRY_CODE: ClassVar[str | None] = "us"
    NORM: ClassVar[str] = "CMS, Understanding the Medicare Beneficiary Identifier format (MACRA section 501)"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern(
            "MBI",
            framed("[1-9][AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y][0-9]-?[AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y][0-9]-?[AC-HJKMNP-RT-Y]{2}[0-9]{2}"),
            0.5,
        ),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("mbi", "medicare", "beneficiary", "医保")
