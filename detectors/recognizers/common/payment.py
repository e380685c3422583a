"""Payment cards, bank accounts and banks."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern
from stdnum import iban, luhn

from detectors.recognizers.alphabet import DIGIT, NOT_AFTER_ALNUM, NOT_BEFORE_ALNUM, SEPARATOR
from detectors.recognizers.common.pieces import ALNUM, END, START, either_width, framed, groups
from detectors.recognizers.identifier import IdentifierRecognizer

# First and last issuer number (padded to six digits), and the lengths the scheme issues. ISO/IEC 7812-1 leaves the ranges to the schemes.
_RANGES: tuple[tuple[int, int, frozenset[int]], ...] = (
    (400000, 499999, frozenset({13, 16, 19})),  # Visa
    (510000, 559999, frozenset({16})),  # Mastercard
    (222100, 272099, frozenset({16})),  # Mastercard, 2-series
    (340000, 349999, frozenset({15})),  # American Express
    (370000, 379999, frozenset({15})),
    (300000, 305999, frozenset({14, 16, 19})),  # Diners Club
    (309500, 309599, frozenset({14, 16, 19})),
    (360000, 369999, frozenset({14, 16, 19})),
    (380000, 399999, frozenset({14, 16, 19})),
    (601100, 601199, frozenset({16, 19})),  # Discover
    (644000, 659999, frozenset({16, 19})),
    (352800, 358999, frozenset({16, 17, 18, 19})),  # JCB
    (213100, 213199, frozenset({15})),
    (180000, 180099, frozenset({15})),
    (620000, 629999, frozenset({16, 17, 18, 19})),  # UnionPay
    (810000, 817199, frozenset({16, 17, 18, 19})),
    (500000, 509999, frozenset(range(12, 20))),  # Maestro
    (560000, 589999, frozenset(range(12, 20))),
    (600000, 699999, frozenset(range(12, 20))),  # Maestro, RuPay, local debit schemes
    (220000, 220499, frozenset({16, 17, 18, 19})),  # Mir
    (979200, 979299, frozenset({16})),  # Troy
)
_CERTAIN_DIGITS_MIN = 14  # below, an article number or an order number passes too often
_IBAN_COUNTRIES = {
    15: "NO",
    16: "BE",
    18: "DK|FI|FK|FO|GL|NL|SD",
    19: "MK|SI",
    20: "AT|BA|EE|KZ|LT|LU|MN|XK",
    21: "CH|HR|LI|LV",
    22: "BG|BH|CR|DE|GB|GE|IE|ME|RS|VA",
    23: "AE|GI|IL|IQ|OM|SO|TL",
    24: "AD|CZ|ES|MD|PK|RO|SA|SE|SK|TN|VG",
    25: "LY|PT|ST",
    26: "IS|TR",
    27: "BI|DJ|FR|GR|IT|MC|MR|SM",
    28: "AL|AZ|BY|CY|DO|GT|HN|HU|LB|NI|PL|SV",
    29: "BR|EG|PS|QA|UA",
    30: "JO|KW|MU|YE",
    31: "MT|SC",
    32: "LC",
    33: "RU",
}
_ISO_3166 = frozenset(
    (  # noqa: SIM905 - a list literal of these takes a line each
        "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC "
        "CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD "
        "GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH "
        "KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW "
        "MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC "
        "SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY "
        "UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW"
    ).split()
)


class PaymentCardRecognizer(IdentifierRecognizer):
    """Finds card numbers of 12 to 19 digits in a range of a scheme and under Luhn's check; from 14 digits on one that holds has score 1.

    Each grouping that cards are printed in is a pattern of its own, so that a security code or a date after the number is not taken in.
    """

    ENTITY: ClassVar[str] = "CREDIT_CARD"
    NORM: ClassVar[str] = "ISO/IEC 7812-1:2017, annex B"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("card, one run", framed(f"[1-689１-６８９]{DIGIT}{{11,18}}"), 0.2),
        Pattern("card, 4-4-4-4", framed(groups(4, 4, 4, 4, separator=SEPARATOR)), 0.4),
        Pattern("card, 4-4-4-4-3", framed(groups(4, 4, 4, 4, 3, separator=SEPARATOR)), 0.4),
        Pattern("card, 4-6-5", framed(groups(4, 6, 5, separator=SEPARATOR)), 0.4),
        Pattern("card, 4-6-4", framed(groups(4, 6, 4, separator=SEPARATOR)), 0.4),
        Pattern("card, 6-13", framed(groups(6, 13, separator=SEPARATOR)), 0.4),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = (
        *(
            "card",
            "credit",
            "debit",
            "visa",
            "mastercard",
            "amex",
            "unionpay",
            "jcb",
            "maestro",
            "卡号",
            "银行卡",
            "信用卡",
            "借记卡",
            "储蓄卡",
        ),
        *("銀行卡", "卡號", "提款卡", "カード", "카드", "karte", "tarjeta", "carte", "thẻ", "บัตร"),
    )

    def is_valid(self, identifier: str) -> bool | None:
        """Check scheme, length and Luhn's digit."""
        issuer = int(identifier[:6])
        if not any(first <= issuer <= last and len(identifier) in lengths for first, last, lengths in _RANGES):
            return False
        if not luhn.is_valid(identifier):
            return False
        return True if len(identifier) >= _CERTAIN_DIGITS_MIN else None


def _iban_pattern(length: int, countries: str) -> str:
    """Return the pattern of the account numbers of one length, in one run or in groups of four."""
    fours, rest = divmod(length - 4, 4)
    tail = f"{SEPARATOR}?{ALNUM}{{{rest}}}" if rest else ""
    return f"{NOT_AFTER_ALNUM}(?:{either_width(countries)}){DIGIT}{{2}}(?:{SEPARATOR}?{ALNUM}{{4}}){{{fours}}}{tail}{NOT_BEFORE_ALNUM}"


class BankAccountRecognizer(IdentifierRecognizer):
    """Finds IBANs of all countries of the register by their lengths; one that passes the check modulo 97 has score 1."""

    ENTITY: ClassVar[str] = "IBAN_CODE"
    NORM: ClassVar[str] = "ISO 13616-1:2020; SWIFT IBAN Registry"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = tuple(
        Pattern(f"IBAN, {length} characters", _iban_pattern(length, countries), 0.5) for length, countries in _IBAN_COUNTRIES.items()
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("iban", "account", "konto", "compte", "cuenta", "账号", "账户", "帳號", "口座")

    def is_valid(self, identifier: str) -> bool | None:
        """Check modulo 97, and the country's own check where it has one."""
        return iban.is_valid(identifier)


class BankCodeRecognizer(IdentifierRecognizer):
    """Finds business identifier codes in capitals; eight letters are also a word, so another word must speak for them."""

    ENTITY: ClassVar[str] = "BIC_CODE"
    NORM: ClassVar[str] = "ISO 9362:2022"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (Pattern("BIC", f"{START}(?-i:[A-Z]{{6}}[0-9A-Z]{{2}}(?:[0-9A-Z]{{3}})?){END}", 0.1),)
    CONTEXT: ClassVar[tuple[str, ...]] = ("bic", "swift", "银行代码", "銀行代碼", "国际代码")

    def is_valid(self, identifier: str) -> bool | None:
        """Refuse countries that there are not."""
        return None if identifier[4:6] in _ISO_3166 else False
