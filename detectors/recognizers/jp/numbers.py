"""Japan: the individual number ("My Number") and the corporate number."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern
from stdnum.jp import cn, in_

from detectors.recognizers.alphabet import DIGIT, NOT_AFTER_ALNUM, NOT_BEFORE_ALNUM, SEPARATOR
from detectors.recognizers.identifier import IdentifierRecognizer

_LEFT = f"{NOT_AFTER_ALNUM}(?<![0-9０-９][.\\-])"
_LEFT_GROUPED = f"{NOT_AFTER_ALNUM}(?<!{DIGIT}{SEPARATOR})"
_RIGHT = f"(?![.\\-]{DIGIT}){NOT_BEFORE_ALNUM}"
# Taken along so that the first twelve digits of a payment card are no number of their own; the length then fails.
_FOURTH_GROUP = f"(?:{SEPARATOR}{DIGIT}{{4}})?"


class JpMyNumberRecognizer(IdentifierRecognizer):
    """Finds individual numbers: twelve digits whose last is the check digit of the ordinance.

    One number in eleven passes by chance, so a word beside it decides.
    """

    ENTITY: ClassVar[str] = "JP_MY_NUMBER"
    COUNTRY_CODE: ClassVar[str | None] = "jp"
    NORM: ClassVar[str] = (
        "Act 27 of 2013 (My Number Act), article 2(5); Ordinance 85 of 2014 of the Ministry of Internal Affairs, article 5"
    )
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern(
            "individual number, grouped by four", f"{_LEFT_GROUPED}{DIGIT}{{4}}(?:{SEPARATOR}{DIGIT}{{4}}){{2}}{_FOURTH_GROUP}{_RIGHT}", 0.3
        ),
        Pattern("individual number, 12 digits", f"{_LEFT}{DIGIT}{{12}}{_RIGHT}", 0.2),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("マイナンバー", "個人番号", "个人番号", "mynumber", "myナンバー", "ﾏｲﾅﾝﾊﾞｰ")

    def is_valid(self, identifier: str) -> bool | None:
        """Refuse a wrong check digit; nothing is proved."""
        return None if in_.is_valid(identifier) else False


class JpCorporateNumberRecognizer(IdentifierRecognizer):
    """Finds corporate numbers: a check digit (modulo 9) before twelve digits, with or without the T of a qualified invoice issuer.

    With T a sole proprietor may be meant too. One bare number in nine passes by chance, so a word must stand beside it.
    """

    ENTITY: ClassVar[str] = "JP_CORPORATE_NUMBER"
    COUNTRY_CODE: ClassVar[str | None] = "jp"
    NORM: ClassVar[str] = (
        "Act 27 of 2013, article 39; Ordinance 70 of 2014 of the Ministry of Finance (check digit); Consumption Tax Act, article 57-2 (T)"
    )
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern(
            "invoice issuer number",
            f"{NOT_AFTER_ALNUM}[TＴ]-?(?:[1-9１-９]{DIGIT}{{12}}|[1-9１-９]-{DIGIT}{{4}}-{DIGIT}{{4}}-{DIGIT}{{4}}){_RIGHT}",
            0.6,
        ),
        Pattern("corporate number, grouped 1-4-4-4", f"{_LEFT_GROUPED}[1-9１-９](?:{SEPARATOR}{DIGIT}{{4}}){{3}}{_RIGHT}", 0.25),
        Pattern("corporate number, 13 digits", f"{_LEFT}[1-9１-９]{DIGIT}{{12}}{_RIGHT}", 0.1),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("法人番号", "法人番號", "インボイス", "登録番号", "適格請求書", "houjin", "corporate")

    def is_valid(self, identifier: str) -> bool | None:
        """Refuse a wrong check digit; nothing is proved."""
        return None if cn.is_valid(identifier.removeprefix("T")) else False
