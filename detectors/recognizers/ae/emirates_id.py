"""United Arab Emirates: the identity number."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern
from stdnum import luhn

from detectors.recognizers.alphabet import NOT_AFTER_ALNUM, NOT_BEFORE_ALNUM, SEPARATOR, compact
from detectors.recognizers.identifier import IdentifierRecognizer

_DIGIT = "[0-9０-９٠-٩]"
_ARABIC_TO_ASCII = str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789")
_CENTURIES = ("19", "20")


class AeEmiratesIdRecognizer(IdentifierRecognizer):
    """Finds Emirates ID numbers, 784-YYYY-NNNNNNN-C, in ASCII, full-width or Arabic-Indic digits; one whose Luhn digit holds scores 1.

    784 (ISO 3166-1), a year of birth and the check digit leave two of a million strings of fifteen digits.
    """

    ENTITY: ClassVar[str] = "AE_EMIRATES_ID"
    COUNTRY_CODE: ClassVar[str | None] = "ae"
    NORM: ClassVar[str] = "Federal Law 9/2006 (population register and identity card); ISO 3166-1 numeric 784; ISO/IEC 7812-1 check digit"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern(
            "Emirates ID",
            f"{NOT_AFTER_ALNUM}(?<!{_DIGIT})(?:784|７８４|٧٨٤){SEPARATOR}?{_DIGIT}{{4}}{SEPARATOR}?{_DIGIT}{{7}}{SEPARATOR}?{_DIGIT}"
            f"(?!{_DIGIT}){NOT_BEFORE_ALNUM}",
            0.5,
        ),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("emirates", "eida", "هوية", "الهوية", "阿联酋身份")

    def validate_result(self, pattern_text: str) -> bool | None:
        """Check the century of birth and the check digit."""
        return self.is_valid(compact(pattern_text.translate(_ARABIC_TO_ASCII)))

    def is_valid(self, identifier: str) -> bool | None:
        """Check the century of birth and the check digit."""
        return identifier[3:5] in _CENTURIES and luhn.is_valid(identifier)
