"""Saudi Arabia: the national identity number and the residence number (iqama)."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern
from stdnum import luhn

from detectors.recognizers.alphabet import NOT_AFTER_ALNUM, NOT_BEFORE_ALNUM, SEPARATOR, compact
from detectors.recognizers.identifier import IdentifierRecognizer

_DIGIT = "[0-9０-９٠-٩]"
_ARABIC_TO_ASCII = str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789")


def _patterns(first: str) -> tuple[Pattern, ...]:
    """Return the patterns of ten digits that begin with this class."""
    left = f"{NOT_AFTER_ALNUM}(?<!{_DIGIT})(?<![0-9０-９][.\\-])"
    right = f"(?![.\\-]?{_DIGIT}){NOT_BEFORE_ALNUM}"
    return (
        Pattern("10 digits", f"{left}{first}{_DIGIT}{{9}}{right}", 0.1),
        Pattern("grouped 4-3-3", f"{left}{first}{_DIGIT}{{3}}{SEPARATOR}{_DIGIT}{{3}}{SEPARATOR}{_DIGIT}{{3}}{right}", 0.1),
    )


class SaNationalIdRecognizer(IdentifierRecognizer):
    """Finds numbers of Saudi citizens: ten digits from 1 on, Luhn; in ASCII, full-width or Arabic-Indic digits.

    One Unix timestamp in ten passes, so only with a word beside it.
    """

    ENTITY: ClassVar[str] = "SA_NATIONAL_ID"
    COUNTRY_CODE: ClassVar[str | None] = "sa"
    NORM: ClassVar[str] = "Civil Affairs Law (Royal Decree M/7 of 1407 H); ISO/IEC 7812-1 check digit"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = _patterns("[1１١]")
    CONTEXT: ClassVar[tuple[str, ...]] = ("هوية", "الهوية", "الوطنية", "السجل", "absher", "أبشر", "saudi", "national", "沙特身份")

    def validate_result(self, pattern_text: str) -> bool | None:
        """Refuse a wrong check digit; one in ten is right by chance, so nothing is proved."""
        return None if luhn.is_valid(compact(pattern_text.translate(_ARABIC_TO_ASCII))) else False


class SaIqamaRecognizer(SaNationalIdRecognizer):
    """Finds numbers of foreign residents: ten digits from 2 on, Luhn; only with a word beside them."""

    ENTITY: ClassVar[str] = "SA_IQAMA"
    NORM: ClassVar[str] = "Residence Law (Royal Order 17/2/25/1337 of 1371 H): residence number; ISO/IEC 7812-1 check digit"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = _patterns("[2２٢]")
    CONTEXT: ClassVar[tuple[str, ...]] = (
        "iqama",
        "igama",
        "إقامة",
        "اقامة",
        "الإقامة",
        "الاقامة",
        "muqeem",
        "مقيم",
        "absher",
        "saudi",
        "居留证",
    )
