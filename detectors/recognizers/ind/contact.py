"""India: mobile telephone numbers and addresses of the unified payments interface."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern

from detectors.recognizers.alphabet import DIGIT, NOT_AFTER_ALNUM, NOT_BEFORE_ALNUM, SEPARATOR
from detectors.recognizers.common.plans import is_issued
from detectors.recognizers.identifier import IdentifierRecognizer

# After another country's code the same digits are no number of this country.
_NOT_AFTER_COUNTRY = "(?<![+＋])" + "".join(f"(?<![+＋]{DIGIT}{{{width}}}{SEPARATOR})" for width in (1, 2, 3))
_LEFT = f"{NOT_AFTER_ALNUM}(?<![0-9０-９][.\\-]){_NOT_AFTER_COUNTRY}"
_RIGHT = f"(?!-{DIGIT}){NOT_BEFORE_ALNUM}"
_FIRST = "[6-9６-９]"
_NATIONAL_DIGITS = 10
_NUMBER = f"{_FIRST}{DIGIT}{{4}}{SEPARATOR}?{DIGIT}{{5}}|{_FIRST}{DIGIT}{{2}}{SEPARATOR}{DIGIT}{{3}}{SEPARATOR}{DIGIT}{{4}}"
# Handles of payment apps and banks. Those that are plain words ("upi", "sbi") are safe too: a mail domain has a dot.
_HANDLES = (
    "okaxis okhdfcbank okicici oksbi ybl ibl axl paytm ptaxis pthdfc ptsbi ptyes apl yapl rapl upi sbi hdfcbank icici axisbank "
    "axisb kotak kotak811 kbl pnb barodampay boi bandhan cnrb cboi centralbank citi dbs dlb federal fbl fam freecharge hsbc idbi "
    "idfcbank idfcfirst idfcnetc ikwik indianbank indus iob jio jupiteraxis kvb mahb naviaxis obc pingpay postbank psb rbl sib slc "
    "superyes tapicici timecosmos uboi uco unionbank utbi waaxis wahdfcbank waicici wasbi yesbank yesbankltd yescred yesg yespop "
    "axisgo aubank equitas goaxb"
)


class InPhoneRecognizer(IdentifierRecognizer):
    """Finds mobile numbers: ten digits from 6 to 9 on, with +91, with 0, or bare.

    Ten bare digits may be anything, and other countries have mobile numbers like these: they need a word beside them.
    """

    ENTITY: ClassVar[str] = "IN_PHONE_NUMBER"
    COUNTRY_CODE: ClassVar[str | None] = "in"
    NORM: ClassVar[str] = "National Numbering Plan 2003 of the Department of Telecommunications; ITU-T E.164, country code 91"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern(
            "with country code",
            f"{NOT_AFTER_ALNUM}(?:[+＋][9９][1１]|[(（][+＋]?[9９][1１][)）]){SEPARATOR}{{0,2}}(?:{_NUMBER}){_RIGHT}",
            0.75,
        ),
        Pattern("91 without a sign", f"{_LEFT}[9９][1１]{SEPARATOR}?(?:{_NUMBER}){_RIGHT}", 0.15),
        Pattern("mobile, grouped 5-5", f"{_LEFT}(?<!{DIGIT}{SEPARATOR})[0０]?{_FIRST}{DIGIT}{{4}}{SEPARATOR}{DIGIT}{{5}}{_RIGHT}", 0.25),
        Pattern("mobile, 10 digits", f"{_LEFT}[0０]?{_FIRST}{DIGIT}{{9}}{_RIGHT}", 0.1),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = (
        "मोबाइल",
        "फ़ोन",
        "फोन",
        "नंबर",
        "mobile",
        "phone",
        "whatsapp",
        "contact",
        "sms",
        "电话",
        "手机",
    )

    def is_valid(self, identifier: str) -> bool | None:
        """Refuse what the numbering plan does not know."""
        return None if is_issued(identifier[-_NATIONAL_DIGITS:], "IN") else False


class InUpiIdRecognizer(IdentifierRecognizer):
    """Finds payment addresses (name@handle) whose handle is a known app's or bank's."""

    ENTITY: ClassVar[str] = "IN_UPI_ID"
    COUNTRY_CODE: ClassVar[str | None] = "in"
    NORM: ClassVar[str] = (
        "Payment and Settlement Systems Act 2007; NPCI UPI procedural guidelines (virtual payment address); NPCI list of handles"
    )
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern(
            "UPI address",
            f"(?<![0-9A-Za-z０-９Ａ-Ｚａ-ｚ._\\-])[0-9A-Za-z][0-9A-Za-z._\\-]{{1,63}}[@＠](?:{_HANDLES.replace(' ', '|')})"
            "(?![.\\-]?[0-9A-Za-z０-９Ａ-Ｚａ-ｚ_])",
            0.75,
        ),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("upi", "bhim", "gpay", "phonepe", "paytm", "payment")
