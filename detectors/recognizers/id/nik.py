"""Indonesia: the population identity number."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from presidio_analyzer import Pattern

from detectors.recognizers.alphabet import DIGIT, NOT_AFTER_ALNUM, NOT_BEFORE_ALNUM, SEPARATOR
from detectors.recognizers.identifier import IdentifierRecognizer

# Ministry of Home Affairs area codes, first two digits; 93 to 96 are the Papuan provinces of 2022, which stdnum's list does not have.
_PROVINCES = frozenset(
    "11 12 13 14 15 16 17 18 19 21 31 32 33 34 35 36 51 52 53 61 62 63 64 65 71 72 73 74 75 76 81 82 91 92 93 94 95 96".split()  # noqa: SIM905
)
_FEMALE_DAY_OFFSET = 40
_DIGITS = 16


class IdNikRecognizer(IdentifierRecognizer):
    """Finds NIK: sixteen digits with a province and a birth date, women's days counted from 41.

    Sixteen digits of any kind pass one time in forty, and half of the ways to write them are those of a payment card: without a word
    beside it a NIK stays below the reporting threshold.
    """

    ENTITY: ClassVar[str] = "ID_NIK"
    COUNTRY_CODE: ClassVar[str | None] = "id"
    NORM: ClassVar[str] = "Undang-Undang 23/2006 (population administration) as amended by 24/2013, article 13; area codes of Kemendagri"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("NIK, 16 digits", f"{NOT_AFTER_ALNUM}(?<![0-9０-９][.\\-])[1-9１-９]{DIGIT}{{15}}(?![.\\-]{DIGIT}){NOT_BEFORE_ALNUM}", 0.3),
        Pattern(
            "NIK, grouped 6-6-4",
            f"{NOT_AFTER_ALNUM}(?<!{DIGIT}{SEPARATOR})[1-9１-９]{DIGIT}{{5}}(?:{SEPARATOR}|\\.){DIGIT}{{6}}(?:{SEPARATOR}|\\.){DIGIT}{{4}}{NOT_BEFORE_ALNUM}",
            0.3,
        ),
        Pattern(
            "NIK, grouped by four",
            f"{NOT_AFTER_ALNUM}(?<!{DIGIT}{SEPARATOR})[1-9１-９]{DIGIT}{{3}}(?:{SEPARATOR}{DIGIT}{{4}}){{3}}{NOT_BEFORE_ALNUM}",
            0.2,
        ),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("nik", "ktp", "kependudukan", "penduduk", "identitas", "indonesian", "印尼身份", "印度尼西亚身份")

    def is_valid(self, identifier: str) -> bool | None:
        """Refuse what has no province or no birth date; the number has no check digit, so nothing is proved."""
        if len(identifier) != _DIGITS or identifier[:2] not in _PROVINCES or identifier[12:] == "0000":
            return False
        day, month, year = (int(identifier[at : at + 2]) for at in (6, 8, 10))
        try:
            # Of 1900 and 2000 only the latter is a leap year: it has all days that either has.
            date(2000 + year, month, day % _FEMALE_DAY_OFFSET)
        except ValueError:
            return False
        return None
