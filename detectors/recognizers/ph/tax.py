"""Philippines: the taxpayer number."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern

from detectors.recognizers.alphabet import DIGIT, NOT_AFTER_ALNUM, NOT_BEFORE_ALNUM, SEPARATOR
from detectors.recognizers.identifier import IdentifierRecognizer

# "tin" is part of many words (meeting, rating), so it is read where it stands as a label and is no context word.
_LABEL = "(?:(?<=(?<![A-Za-z])TIN:)|(?<=(?<![A-Za-z])TIN#)|(?<=(?<![A-Za-z])TIN: ))"
_GROUPED = f"{DIGIT}{{3}}{SEPARATOR}{DIGIT}{{3}}{SEPARATOR}{DIGIT}{{3}}"
_RIGHT = f"(?![.\\-]{DIGIT}){NOT_BEFORE_ALNUM}"
_LEFT = f"{NOT_AFTER_ALNUM}(?<![0-9０-９][.\\-])"
_CHECKED_DIGITS = 9


class PhTinIdentifierRecognizer(IdentifierRecognizer):
    """Finds taxpayer numbers of nine digits, alone or with a branch code of three or five; the ninth digit must be the check digit.

    One number in eleven passes by chance. The main office's code (000, 00000) at the end, or the label, makes it likely; else a word must
    stand beside it.
    """

    ENTITY: ClassVar[str] = "PH_TIN"
    COUNTRY_CODE: ClassVar[str | None] = "ph"
    NORM: ClassVar[str] = "National Internal Revenue Code (RA 8424), section 236; check digit modulo 11 of the Bureau of Internal Revenue"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern(
            "TIN after its label",
            f"{_LABEL}(?:{_GROUPED}(?:{SEPARATOR}{DIGIT}{{3,5}})?|{DIGIT}{{9}}(?:{DIGIT}{{3}}(?:{DIGIT}{{2}})?)?){_RIGHT}",
            0.6,
        ),
        Pattern("TIN of a main office", f"{_LEFT}{_GROUPED}{SEPARATOR}[0０]{{3}}(?:[0０]{{2}})?{_RIGHT}", 0.4),
        Pattern("TIN with a branch code", f"{_LEFT}{_GROUPED}{SEPARATOR}{DIGIT}{{3}}(?:{DIGIT}{{2}})?{_RIGHT}", 0.25),
        Pattern("TIN, grouped by three", f"{_LEFT}(?<!{DIGIT}{SEPARATOR}){_GROUPED}{_RIGHT}", 0.1),
        Pattern("TIN, bare digits", f"{_LEFT}{DIGIT}{{9}}(?:{DIGIT}{{3}}(?:{DIGIT}{{2}})?)?{_RIGHT}", 0.05),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("taxpayer", "buwis", "税号", "稅號")

    def is_valid(self, identifier: str) -> bool | None:
        """Refuse a wrong check digit: the weighted sum modulo 11 itself, ten being no digit."""
        body, check = identifier[: _CHECKED_DIGITS - 1], int(identifier[_CHECKED_DIGITS - 1])
        total = sum(int(digit) * weight for digit, weight in zip(body, range(9, 1, -1), strict=True))
        return None if total and total % 11 == check else False
