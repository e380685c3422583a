"""Australia: the Medicare card number."""

from __future__ import annotations

from typing import ClassVar

from idnumbers.nationalid import AUS
from presidio_analyzer import Pattern

from detectors.recognizers.alphabet import DIGIT
from detectors.recognizers.common.pieces import DoubtfulRecognizer, framed
from detectors.recognizers.common.sums import Weights

_WEIGHTS = Weights(1, 3, 7, 9, 1, 3, 7, 9)
_DIGITS = frozenset({10, 11})


class AuMedicareIdentifierRecognizer(DoubtfulRecognizer):
    """Finds Medicare numbers: ten digits from 2 to 6, the ninth a check modulo 10, and the place on the card if it is written."""

    ENTITY: ClassVar[str] = "AU_MEDICARE"
    COUNTRY_CODE: ClassVar[str | None] = "au"
    NORM: ClassVar[str] = "Health Insurance Act 1973 (Cth); check of Services Australia"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("Medicare, grouped", framed(f"[2-6２-６]{DIGIT}{{3}}[ \u00a0\\-]{DIGIT}{{5}}[ \u00a0\\-]{DIGIT}(?:[/ \\-]?{DIGIT})?"), 0.3),
        Pattern("Medicare, 10 digits", framed(f"[2-6２-６]{DIGIT}{{9}}(?:[/\\-]?{DIGIT})?"), 0.1),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("medicare", "irn", "医保", "医疗卡", "醫療卡")

    def holds(self, identifier: str) -> bool:
        """Check modulo 10."""
        if len(identifier) in _DIGITS and identifier.isdecimal() and _WEIGHTS.total(identifier[:8]) % 10 != int(identifier[8]):
            return False
        return AUS.MedicareNumber.validate(identifier)
