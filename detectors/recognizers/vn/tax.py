"""Vietnam: the tax code."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern
from stdnum.vn import mst

from detectors.recognizers.alphabet import DIGIT, NOT_AFTER_ALNUM, NOT_BEFORE_ALNUM
from detectors.recognizers.common.sums import Weights
from detectors.recognizers.identifier import IdentifierRecognizer

_WEIGHTS = Weights(31, 29, 23, 19, 17, 13, 7, 5, 3, 0)
_HYPHEN = "[\\-\u2010\u2011\u2013－]"
# "mst" is part of other words (Amsterdam), so it is read where it stands as a label and is no context word.
_LABEL = "(?:(?<=(?<![A-Za-z])MST:)|(?<=(?<![A-Za-z])MST: ))"
_CODE = f"{DIGIT}{{10}}(?:{_HYPHEN}?{DIGIT}{{3}})?"
_RIGHT = f"(?![.\\-]{DIGIT}){NOT_BEFORE_ALNUM}"


class VnTaxCodeRecognizer(IdentifierRecognizer):
    """Finds tax codes (MST) of companies, branches (13 digits) and, until mid-2025, persons; the check digit must hold.

    Ten digits pass one time in eleven: without the label or a word beside it a code stays below the reporting threshold.
    """

    ENTITY: ClassVar[str] = "VN_TAX_CODE"
    COUNTRY_CODE: ClassVar[str | None] = "vn"
    NORM: ClassVar[str] = (
        "Circular 86/2024/TT-BTC (tax registration), article 5; check digit modulo 11 of the General Department of Taxation"
    )
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("tax code after its label", f"{_LABEL}{_CODE}{_RIGHT}", 0.6),
        Pattern("tax code of a branch", f"{NOT_AFTER_ALNUM}(?<![0-9０-９][.\\-]){DIGIT}{{10}}{_HYPHEN}{DIGIT}{{3}}{_RIGHT}", 0.25),
        Pattern("tax code, bare digits", f"{NOT_AFTER_ALNUM}(?<![0-9０-９][.\\-]){DIGIT}{{10}}(?:{DIGIT}{{3}})?{_RIGHT}", 0.1),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("thuế", "税号", "稅號")

    def is_valid(self, identifier: str) -> bool | None:
        """Refuse a wrong check digit; one in eleven is right by chance, so nothing is proved."""
        # 10 less the remainder; 10 itself is no digit.
        if _WEIGHTS.fit(identifier[:10]) and 10 - _WEIGHTS.total(identifier) % 11 != int(identifier[9]):
            return False
        return None if mst.is_valid(identifier) else False
