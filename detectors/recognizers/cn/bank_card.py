"""Mainland China: the bank card number."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern
from stdnum import luhn

from detectors.recognizers.alphabet import DIGIT, SEPARATOR
from detectors.recognizers.cn.pieces import NUMBER_END, NUMBER_START
from detectors.recognizers.cn.resident_id import is_resident_number
from detectors.recognizers.identifier import IdentifierRecognizer

_LENGTHS = range(16, 20)
_TAIL = f"(?:{SEPARATOR}?{DIGIT}{{4}}){{3}}(?:{SEPARATOR}?{DIGIT}{{1,3}})?"  # after the first four digits: 12 to 15 more in groups


class CnBankCardRecognizer(IdentifierRecognizer):
    """Finds card numbers of 16 to 19 digits whose Luhn digit is right, in groups of four, as 6 and the rest, or in one run.

    UnionPay's 62 is told by its prefix; so are the old 19-digit debit cards of two large banks (9558, 9559). Other prefixes, UnionPay's
    81 among them, need a word beside them. A valid resident identity number of 18 digits is not taken for a card.
    """

    ENTITY: ClassVar[str] = "CN_BANK_CARD"
    COUNTRY_CODE: ClassVar[str | None] = "cn"
    NORM: ClassVar[str] = "ISO/IEC 7812-1 (Luhn); JR/T 0008 issuer numbers of China UnionPay"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("UnionPay 62", f"{NUMBER_START}[6６][2２]{DIGIT}{{2}}{_TAIL}{NUMBER_END}", 0.6),
        Pattern("UnionPay 62, 6 and the rest", f"{NUMBER_START}[6６][2２]{DIGIT}{{4}}{SEPARATOR}{DIGIT}{{10,13}}{NUMBER_END}", 0.6),
        Pattern(
            "old debit card of 19 digits",
            f"{NUMBER_START}[9９][5５]{{2}}[89８９](?:{SEPARATOR}?{DIGIT}{{4}}){{3}}{SEPARATOR}?{DIGIT}{{3}}{NUMBER_END}",
            0.4,
        ),
        Pattern("card of another prefix", f"{NUMBER_START}[1-9１-９]{DIGIT}{{3}}{_TAIL}{NUMBER_END}", 0.1),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = (
        "银行卡",
        "銀行卡",
        "卡号",
        "卡號",
        "储蓄卡",
        "借记卡",
        "信用卡",
        "银联",
        "账号",
        "帐号",
        "账户",
        "开户",
        "unionpay",
        "debit",
        "card",
        "account",
    )

    def is_valid(self, identifier: str) -> bool | None:
        """Say no where the length or the Luhn digit is wrong; one number in ten is right by chance."""
        if len(identifier) not in _LENGTHS or len(set(identifier)) == 1 or is_resident_number(identifier):
            return False
        return None if luhn.is_valid(identifier) else False
