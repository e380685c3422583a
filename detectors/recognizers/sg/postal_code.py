"""Singapore: the postal code, which names one building."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern

from detectors.recognizers.alphabet import DIGIT, NOT_AFTER_ALNUM
from detectors.recognizers.cn.pieces import CLOSE, NUMBER_END, NUMBER_START, OPEN
from detectors.recognizers.identifier import IdentifierRecognizer

_SECTORS = frozenset(range(1, 83)) - {74}
_LENGTH = 6


class SgPostalCodeRecognizer(IdentifierRecognizer):
    """Finds six digits that open with a postal sector (01 to 82), beside a word; round thousands are amounts and not codes."""

    ENTITY: ClassVar[str] = "SG_POSTAL_CODE"
    COUNTRY_CODE: ClassVar[str | None] = "sg"
    NORM: ClassVar[str] = "Postal codes of Singapore (SingPost, 1995-09-01)"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("after S in brackets", f"{NOT_AFTER_ALNUM}[SＳ]{OPEN}{DIGIT}{{6}}{CLOSE}", 0.6),
        Pattern("six digits", f"{NUMBER_START}[0-8０-８]{DIGIT}{{5}}{NUMBER_END}", 0.05),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("singapore", "postal", "postcode", "新加坡", "邮编", "邮区", "郵區")

    def is_valid(self, identifier: str) -> bool | None:
        """Say no where the sector does not exist, or the number is a round one."""
        code = identifier[-_LENGTH:]
        return None if code.isdigit() and int(code[:2]) in _SECTORS and not code.endswith("000") else False
