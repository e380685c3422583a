"""India: the permanent account number and the goods and services tax number that contains one."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern
from stdnum import luhn
from stdnum.in_ import pan

from detectors.recognizers.alphabet import DIGIT, NOT_AFTER_ALNUM, NOT_BEFORE_ALNUM
from detectors.recognizers.identifier import IdentifierRecognizer

_LETTER = "[A-ZＡ-Ｚ]"
_ALNUM = "[0-9A-Z０-９Ａ-Ｚ]"
# The fourth letter says who holds the number: A, B, C, F, G, H, J, K, L, P or T.
_PAN = f"{_LETTER}{{3}}[ABCFGHJKLPTＡＢＣＦＧＨＪＫＬＰＴ]{_LETTER}{DIGIT}{{4}}{_LETTER}"
_BASE_36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# 38 is Ladakh (2019), 97 other territory, 99 the centre; stdnum's list ends at 37.
_STATES = frozenset(f"{code:02}" for code in (*range(1, 39), 97, 99))


class InPanIdentifierRecognizer(IdentifierRecognizer):
    """Finds permanent account numbers in capitals; in small letters they need a word beside them. The check letter's rule is not public."""

    ENTITY: ClassVar[str] = "IN_PAN"
    COUNTRY_CODE: ClassVar[str | None] = "in"
    NORM: ClassVar[str] = "Income-tax Act 1961, section 139A (Income-tax Act 2025, section 262); Income-tax Rules 1962, rule 114"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("PAN, capitals", f"{NOT_AFTER_ALNUM}(?-i:{_PAN}){NOT_BEFORE_ALNUM}", 0.5),
        Pattern("PAN", f"{NOT_AFTER_ALNUM}{_PAN}{NOT_BEFORE_ALNUM}", 0.1),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("permanent", "income-tax", "taxpayer", "पैन", "印度税号")

    def is_valid(self, identifier: str) -> bool | None:
        """Refuse an unknown kind of holder and the serial 0000; nothing is proved."""
        return None if pan.is_valid(identifier) else False


class InGstinIdentifierRecognizer(IdentifierRecognizer):
    """Finds goods and services tax numbers and proves each by its state, its PAN and its check character."""

    ENTITY: ClassVar[str] = "IN_GSTIN"
    COUNTRY_CODE: ClassVar[str | None] = "in"
    NORM: ClassVar[str] = "Central Goods and Services Tax Act 2017, section 25; CGST Rules 2017, rule 10; check character modulo 36 of GSTN"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("GSTIN", f"{NOT_AFTER_ALNUM}{DIGIT}{{2}}{_PAN}[1-9A-Z１-９Ａ-Ｚ]{_ALNUM}{{2}}{NOT_BEFORE_ALNUM}", 0.6),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("gstin", "gst")

    def is_valid(self, identifier: str) -> bool | None:
        """Check state, account number and check character."""
        return identifier[:2] in _STATES and pan.is_valid(identifier[2:12]) and luhn.is_valid(identifier, _BASE_36)
