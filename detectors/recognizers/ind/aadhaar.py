"""India: the Aadhaar number and the virtual number that stands for it."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern
from stdnum.in_ import aadhaar, vid

from detectors.recognizers.alphabet import DIGIT, NOT_AFTER_ALNUM, NOT_BEFORE_ALNUM, SEPARATOR
from detectors.recognizers.identifier import IdentifierRecognizer

_LEFT = f"{NOT_AFTER_ALNUM}(?<![0-9０-９][.\\-])"
_LEFT_GROUPED = f"{NOT_AFTER_ALNUM}(?<!{DIGIT}{SEPARATOR})"
_RIGHT = f"(?![.\\-]{DIGIT}){NOT_BEFORE_ALNUM}"


class InAadhaarIdentifierRecognizer(IdentifierRecognizer):
    """Finds Aadhaar numbers: twelve digits from 2 to 9 on, whose last is Verhoeff's check digit.

    One number in ten passes by chance, so a word beside it decides. A fourth group of four is taken along, and the length then fails: the
    first twelve digits of a payment card are no number of their own.
    """

    ENTITY: ClassVar[str] = "IN_AADHAAR"
    COUNTRY_CODE: ClassVar[str | None] = "in"
    NORM: ClassVar[str] = "Aadhaar Act 2016, section 4; UIDAI numbering scheme (Verhoeff check digit)"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("Aadhaar, grouped by four", f"{_LEFT_GROUPED}[2-9２-９]{DIGIT}{{3}}(?:{SEPARATOR}{DIGIT}{{4}}){{2,3}}{_RIGHT}", 0.3),
        Pattern("Aadhaar, 12 digits", f"{_LEFT}[2-9２-９]{DIGIT}{{11}}{_RIGHT}", 0.2),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("aadhaar", "aadhar", "adhaar", "uidai", "आधार", "印度身份", "阿达尔")

    def is_valid(self, identifier: str) -> bool | None:
        """Refuse a wrong check digit; nothing is proved."""
        return None if aadhaar.is_valid(identifier) else False


class InAadhaarVidRecognizer(IdentifierRecognizer):
    """Finds virtual Aadhaar numbers, sixteen digits; most are written like payment cards, so only with a word beside them."""

    ENTITY: ClassVar[str] = "IN_AADHAAR_VID"
    COUNTRY_CODE: ClassVar[str | None] = "in"
    NORM: ClassVar[str] = "UIDAI circular 1 of 2018 (K-11020/217/2018): virtual ID"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("VID, grouped by four", f"{_LEFT_GROUPED}[2-9２-９]{DIGIT}{{3}}(?:{SEPARATOR}{DIGIT}{{4}}){{3}}{_RIGHT}", 0.1),
        Pattern("VID, 16 digits", f"{_LEFT}[2-9２-９]{DIGIT}{{15}}{_RIGHT}", 0.1),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("aadhaar", "aadhar", "uidai", "आधार", "virtual")

    def is_valid(self, identifier: str) -> bool | None:
        """Refuse a wrong check digit; nothing is proved."""
        return None if vid.is_valid(identifier) else False
