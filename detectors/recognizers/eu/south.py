"""Italy, Spain, Portugal and Greece."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern
from stdnum.es import cif, dni, nie
from stdnum.gr import amka
from stdnum.it import codicefiscale, iva
from stdnum.pt import nif

from detectors.recognizers.alphabet import DIGIT, SEPARATOR
from detectors.recognizers.common.pieces import ALNUM, JOINT, LETTER, DoubtfulRecognizer, framed, groups
from detectors.recognizers.identifier import IdentifierRecognizer

_THOUSANDS = "[.\u00a0 ]?"
_FISCAL_CODE_CHARS = 16


class ItFiscalCodeIdentifierRecognizer(IdentifierRecognizer):
    """Finds fiscal codes of people: name, birth date, place and a check letter; one that holds has score 1."""

    ENTITY: ClassVar[str] = "IT_FISCAL_CODE"
    COUNTRY_CODE: ClassVar[str | None] = "it"
    NORM: ClassVar[str] = "Decreto ministeriale 23 dicembre 1976; DPR 605/1973"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("fiscal code", framed(f"{LETTER}{{6}}{ALNUM}{{2}}{LETTER}{ALNUM}{{2}}{LETTER}{ALNUM}{{3}}{LETTER}"), 0.4),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("codice", "fiscale", "fiscal", "税号")

    def is_valid(self, identifier: str) -> bool | None:
        """Check the date and the check letter."""
        return len(identifier) == _FISCAL_CODE_CHARS and codicefiscale.is_valid(identifier)


class ItVatCodeIdentifierRecognizer(DoubtfulRecognizer):
    """Finds VAT numbers without the country prefix: eleven digits, Luhn's check; a word beside them must speak for them."""

    ENTITY: ClassVar[str] = "IT_VAT_CODE"
    COUNTRY_CODE: ClassVar[str | None] = "it"
    NORM: ClassVar[str] = "DPR 633/1972, articolo 35"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (Pattern("partita IVA", framed(groups(11)), 0.1),)
    CONTEXT: ClassVar[tuple[str, ...]] = ("partita", "iva", "p.iva", "vat", "增值税")

    def holds(self, identifier: str) -> bool:
        """Check as Luhn does."""
        return iva.is_valid(identifier)


class EsDniRecognizer(IdentifierRecognizer):
    """Finds identity card numbers (DNI, NIF): eight digits and a letter modulo 23; one that holds has score 1."""

    ENTITY: ClassVar[str] = "ES_NIF"
    COUNTRY_CODE: ClassVar[str | None] = "es"
    NORM: ClassVar[str] = "Real Decreto 1553/2005; Real Decreto 338/1990"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("DNI", framed(f"{DIGIT}{{1,2}}{_THOUSANDS}{DIGIT}{{3}}{_THOUSANDS}{DIGIT}{{3}}{SEPARATOR}?{LETTER}"), 0.3),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("dni", "nif", "documento", "identidad", "identity", "身份证", "身分證")

    def is_valid(self, identifier: str) -> bool | None:
        """Check the letter."""
        return dni.is_valid(identifier.rjust(9, "0"))


class EsForeignerRecognizer(IdentifierRecognizer):
    """Finds numbers of foreigners (NIE): X, Y or Z, seven digits and a letter modulo 23; one that holds has score 1."""

    ENTITY: ClassVar[str] = "ES_NIE"
    COUNTRY_CODE: ClassVar[str | None] = "es"
    NORM: ClassVar[str] = "Ley Orgánica 4/2000; Real Decreto 557/2011, artículo 206"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (Pattern("NIE", framed(f"[XYZＸＹＺ]{JOINT}?{DIGIT}{{7}}{SEPARATOR}?{LETTER}"), 0.3),)
    CONTEXT: ClassVar[tuple[str, ...]] = ("nie", "extranjero", "identidad", "foreigner", "居留", "外国人")

    def is_valid(self, identifier: str) -> bool | None:
        """Check the letter."""
        return nie.is_valid(identifier)


class EsCompanyRecognizer(DoubtfulRecognizer):
    """Finds tax numbers of companies (CIF): a letter, seven digits, a check digit or letter."""

    ENTITY: ClassVar[str] = "ES_CIF"
    COUNTRY_CODE: ClassVar[str | None] = "es"
    NORM: ClassVar[str] = "Orden EHA/451/2008"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("CIF", framed(f"[A-HJNP-SUVWＡ-Ｗ]{JOINT}?{DIGIT}{{7}}{SEPARATOR}?[0-9A-J０-９Ａ-Ｊ]"), 0.2),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("cif", "nif", "empresa", "sociedad", "company", "公司")

    def holds(self, identifier: str) -> bool:
        """Check the last character."""
        return cif.is_valid(identifier)


class PtTaxRecognizer(DoubtfulRecognizer):
    """Finds tax numbers (NIF): nine digits, a check modulo 11; a word beside them must speak for them."""

    ENTITY: ClassVar[str] = "PT_NIF"
    COUNTRY_CODE: ClassVar[str | None] = "pt"
    NORM: ClassVar[str] = "Decreto-Lei 14/2013"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("NIF, grouped", framed(groups(3, 3, 3, separator="[ \u00a0.\\-]")), 0.15),
        Pattern("NIF, 9 digits", framed(groups(9)), 0.1),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("nif", "contribuinte", "fiscal", "nipc", "税号")

    def holds(self, identifier: str) -> bool:
        """Check modulo 11."""
        return nif.is_valid(identifier)


class GrSocialSecurityRecognizer(DoubtfulRecognizer):
    """Finds social security numbers (AMKA): a birth date, five digits, Luhn's check."""

    ENTITY: ClassVar[str] = "GR_AMKA"
    COUNTRY_CODE: ClassVar[str | None] = "gr"
    NORM: ClassVar[str] = "Law 3655/2008, article 153"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (Pattern("AMKA", framed(groups(6, 5)), 0.2),)
    CONTEXT: ClassVar[tuple[str, ...]] = ("amka", "αμκα", "ασφάλισης", "insurance", "社会保险")

    def holds(self, identifier: str) -> bool:
        """Check the date and Luhn's digit."""
        return amka.is_valid(identifier)
