"""Mainland China: codes of organisations."""

from __future__ import annotations

import re
from typing import ClassVar

from presidio_analyzer import Pattern
from stdnum.cn.uscc import calc_check_digit

from detectors.recognizers.alphabet import DIGIT, NOT_AFTER_ALNUM, NOT_BEFORE_ALNUM, SEPARATOR
from detectors.recognizers.cn.pieces import HYPHEN, LETTER
from detectors.recognizers.cn.resident_id import PROVINCES, is_resident_number
from detectors.recognizers.identifier import IdentifierRecognizer

_CODED = "[0-9A-HJ-NPQRTUWXY０-９Ａ-ＨＪ-ＮＰＱＲＴＵＷＸＹ]"  # no I, O, S, V, Z
_USCC = re.compile("[1-9ANY][1-59][0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
_MARKET_REGULATOR = "9"
_MARKET_KINDS = "123"  # enterprise, individual business, farmers' cooperative
# Code 100000 is the state itself: organisations that central authorities register.
_STATE = "10"

_CODE_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_CODE_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_CODE = re.compile("[0-9A-Z]{8}[0-9X]")


class CnUsccRecognizer(IdentifierRecognizer):
    """Finds unified social credit codes, 18 characters, and proves each by its area and its check character (weights 3^i mod 31).

    With a letter in it, or from the market regulator (91, 92, 93), a valid code has score 1. Another number of 18 digits passes too easily
    and needs a word beside it; a valid resident identity number is never taken for a code. Codes that begin with 92 name a natural person's
    business.
    """

    ENTITY: ClassVar[str] = "CN_USCC"
    COUNTRY_CODE: ClassVar[str | None] = "cn"
    NORM: ClassVar[str] = "GB 32100-2015"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern(
            "unified social credit code",
            f"{NOT_AFTER_ALNUM}[1-9ANY１-９ＡＮＹ][1-59１-５９]{SEPARATOR}?{DIGIT}{{6}}{SEPARATOR}?{_CODED}{{9}}{SEPARATOR}?{_CODED}{NOT_BEFORE_ALNUM}",
            0.3,
        ),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("信用代码", "信用代碼", "税号", "稅號", "纳税人", "营业执照", "uscc", "taxpayer", "credit")

    def is_valid(self, identifier: str) -> bool | None:
        """Say whether area and check character hold; None where that could be chance."""
        if not _USCC.fullmatch(identifier) or identifier[2:4] not in PROVINCES | {_STATE} or is_resident_number(identifier):
            return False
        if calc_check_digit(identifier[:17]) != identifier[17]:
            return False
        of_the_market = identifier[0] == _MARKET_REGULATOR and identifier[1] in _MARKET_KINDS
        return True if of_the_market or not identifier.isdigit() else None


class CnOrganisationCodeRecognizer(IdentifierRecognizer):
    """Finds organisation codes: eight characters, a hyphen, and a check character (modulo 11); one in eleven is right by chance."""

    ENTITY: ClassVar[str] = "CN_ORGANISATION_CODE"
    COUNTRY_CODE: ClassVar[str | None] = "cn"
    NORM: ClassVar[str] = "GB 11714-1997"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern(
            "organisation code with hyphen",
            f"{NOT_AFTER_ALNUM}(?:{DIGIT}{{8}}|{LETTER}{DIGIT}{{7}}|[MＭ][AＡ][0-9A-Z０-９Ａ-Ｚ]{{6}}){HYPHEN}[0-9X０-９Ｘ]{NOT_BEFORE_ALNUM}",
            0.2,
        ),
        Pattern(
            "organisation code in one run",
            f"{NOT_AFTER_ALNUM}(?:{DIGIT}{{8}}|[MＭ][AＡ][0-9A-Z０-９Ａ-Ｚ]{{6}})[0-9X０-９Ｘ]{NOT_BEFORE_ALNUM}",
            0.05,
        ),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("机构代码", "機構代碼", "组织代码", "代码证")

    def is_valid(self, identifier: str) -> bool | None:
        """Say no where the check character is wrong."""
        if not _CODE.fullmatch(identifier):
            return False
        total = sum(_CODE_ALPHABET.index(char) * weight for char, weight in zip(identifier[:8], _CODE_WEIGHTS, strict=True))
        return None if "0X987654321"[total % 11] == identifier[8] else False
