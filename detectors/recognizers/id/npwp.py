"""Indonesia: the taxpayer number."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern
from stdnum.id import npwp

from detectors.recognizers.alphabet import DIGIT, NOT_AFTER_ALNUM, NOT_BEFORE_ALNUM, SEPARATOR, compact
from detectors.recognizers.identifier import IdentifierRecognizer

_DOT = f"(?:[.．]|{SEPARATOR})"


class IdNpwpRecognizer(IdentifierRecognizer):
    """Finds NPWP of 15 digits, and of 16 digits where a zero stands before the old number; the Luhn digit must hold.

    Since 2024 a citizen's NPWP is the NIK, which ``IdNikRecognizer`` finds. The printed form 99.999.999.9-999.999 is like no other number
    and scores 1; the bare digits need a word beside them.
    """

    ENTITY: ClassVar[str] = "ID_NPWP"
    COUNTRY_CODE: ClassVar[str | None] = "id"
    NORM: ClassVar[str] = "PMK 112/PMK.03/2022 (NPWP of 16 digits); PER-04/PJ/2020 (15 digits)"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern(
            "NPWP as printed",
            f"{NOT_AFTER_ALNUM}{DIGIT}{{2}}{_DOT}{DIGIT}{{3}}{_DOT}{DIGIT}{{3}}{_DOT}{DIGIT}{_DOT}{DIGIT}{{3}}{_DOT}{DIGIT}{{3}}{NOT_BEFORE_ALNUM}",
            0.6,
        ),
        Pattern(
            "NPWP, bare digits",
            f"{NOT_AFTER_ALNUM}(?<![0-9０-９][.\\-])(?:[0０]{DIGIT}{{15}}|{DIGIT}{{15}})(?![.\\-]{DIGIT}){NOT_BEFORE_ALNUM}",
            0.15,
        ),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("npwp", "pajak", "taxpayer", "税号", "納稅", "纳税")

    def validate_result(self, pattern_text: str) -> bool | None:
        """Refuse a wrong Luhn digit; accept outright only the printed form."""
        digits = compact(pattern_text)
        if not npwp.is_valid(digits):
            return False
        return True if len(pattern_text) > len(digits) else None
