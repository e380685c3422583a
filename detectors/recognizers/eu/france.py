"""France: the number of the national register of people, and the numbers of companies and their premises."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern
from stdnum.fr import nir, siren, siret

from detectors.recognizers.alphabet import DIGIT, SEPARATOR
from detectors.recognizers.common.pieces import DoubtfulRecognizer, framed, groups
from detectors.recognizers.identifier import IdentifierRecognizer

_NIR = f"[1-478１-４７８]{SEPARATOR}?{groups(2, 2)}{SEPARATOR}?{DIGIT}[0-9AB０-９ＡＢ]{SEPARATOR}?{groups(3, 3, 2)}"
# Months 1 to 12; 20, 30 to 42 and 50 to 99 where the month of birth is not known (INSEE).
_MONTHS = frozenset({*range(1, 13), 20, *range(30, 43), *range(50, 100)})


class FrNirRecognizer(IdentifierRecognizer):
    """Finds social security numbers (NIR): sex, year, month, place, order and a key modulo 97; one that holds has score 1."""

    ENTITY: ClassVar[str] = "FR_NIR"
    COUNTRY_CODE: ClassVar[str | None] = "fr"
    NORM: ClassVar[str] = "Décret n° 82-103 du 22 janvier 1982, article 4"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (Pattern("NIR with key", framed(_NIR), 0.4),)
    CONTEXT: ClassVar[tuple[str, ...]] = ("nir", "insee", "sécurité", "securite", "vitale", "social", "社会保险")

    def is_valid(self, identifier: str) -> bool | None:
        """Check the month and the key."""
        return nir.is_valid(identifier) and int(identifier[3:5]) in _MONTHS


class FrSirenRecognizer(DoubtfulRecognizer):
    """Finds company numbers (SIREN): nine digits, Luhn's check; a word beside them must speak for them."""

    ENTITY: ClassVar[str] = "FR_SIREN"
    COUNTRY_CODE: ClassVar[str | None] = "fr"
    NORM: ClassVar[str] = "Code de commerce, article R123-220; ISO/IEC 7812-1 check"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("SIREN, grouped", framed(groups(3, 3, 3, separator="[ \u00a0.]")), 0.2),
        Pattern("SIREN, 9 digits", framed(groups(9)), 0.1),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("siren", "rcs", "entreprise", "société", "company", "公司")

    def holds(self, identifier: str) -> bool:
        """Check as Luhn does."""
        return siren.is_valid(identifier)


class FrSiretRecognizer(DoubtfulRecognizer):
    """Finds numbers of premises (SIRET): a SIREN and five digits, each under a check of its own."""

    ENTITY: ClassVar[str] = "FR_SIRET"
    COUNTRY_CODE: ClassVar[str | None] = "fr"
    NORM: ClassVar[str] = "Code de commerce, article R123-221; ISO/IEC 7812-1 check"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("SIRET, grouped", framed(groups(3, 3, 3, 5, separator="[ \u00a0.]")), 0.5),
        Pattern("SIRET, 14 digits", framed(groups(14)), 0.3),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("siret", "établissement", "etablissement", "entreprise", "société", "company", "公司")

    def holds(self, identifier: str) -> bool:
        """Check both numbers as Luhn does."""
        return siret.is_valid(identifier)
