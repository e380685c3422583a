"""Canada: the social insurance number."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern
from stdnum.ca import sin

from detectors.recognizers.common.pieces import DoubtfulRecognizer, framed, groups


class CaSocialInsuranceRecognizer(DoubtfulRecognizer):
    """Finds social insurance numbers: nine digits, Luhn's check; a word beside them must speak for them."""

    ENTITY: ClassVar[str] = "CA_SIN"
    COUNTRY_CODE: ClassVar[str | None] = "ca"
    NORM: ClassVar[str] = "Employment Insurance Act (S.C. 1996, c. 23), section 138; ISO/IEC 7812-1 check"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("SIN, grouped", framed(groups(3, 3, 3, separator="[ \u00a0\\-]")), 0.25),
        Pattern("SIN, 9 digits", framed(groups(9)), 0.1),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("sin", "insurance", "assurance", "sociale", "canadian", "社会保险", "社會保險", "工卡")

    def holds(self, identifier: str) -> bool:
        """Check as Luhn does; no number begins with 0 or 8."""
        return sin.is_valid(identifier)
