"""Poland, Czechia and Slovakia, Romania, Bulgaria, Croatia and Slovenia."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern
from stdnum.bg import egn
from stdnum.cz import rc
from stdnum.hr import oib
from stdnum.pl import nip, pesel
from stdnum.ro import cnp
from stdnum.si import emso

from detectors.recognizers.alphabet import DIGIT
from detectors.recognizers.common.pieces import DoubtfulRecognizer, framed, groups
from detectors.recognizers.common.sums import Weights

_MONTHS_OF_1800 = range(81, 93)

_NIP_WEIGHTS = Weights(6, 5, 7, 2, 3, 4, 5, 6, 7, -1)
_EGN_WEIGHTS = Weights(2, 4, 8, 5, 10, 9, 7, 3, 6, 0)
_RC_DIGITS = 10


class PlPeselIdentifierRecognizer(DoubtfulRecognizer):
    """Finds PESEL: birth date, serial, a check modulo 10; a word beside it must speak for it."""

    ENTITY: ClassVar[str] = "PL_PESEL"
    COUNTRY_CODE: ClassVar[str | None] = "pl"
    NORM: ClassVar[str] = "Ustawa o ewidencji ludności z 24 września 2010, art. 15"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (Pattern("PESEL", framed(groups(11)), 0.25),)
    CONTEXT: ClassVar[tuple[str, ...]] = ("pesel", "ewidencyjny", "polish", "波兰")

    def holds(self, identifier: str) -> bool:
        """Check the date and the check digit; without those born before 1900, who share theirs with Chinese mobile numbers."""
        return int(identifier[2:4]) not in _MONTHS_OF_1800 and pesel.is_valid(identifier)


class PlTaxRecognizer(DoubtfulRecognizer):
    """Finds tax numbers (NIP): ten digits, a check modulo 11; a word beside them must speak for them."""

    ENTITY: ClassVar[str] = "PL_NIP"
    COUNTRY_CODE: ClassVar[str | None] = "pl"
    NORM: ClassVar[str] = "Ustawa o zasadach ewidencji i identyfikacji podatników z 13 października 1995"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("NIP, grouped", framed(f"{groups(3, 3, 2, 2, separator='[ -]')}|{groups(3, 2, 2, 3, separator='[ -]')}"), 0.25),
        Pattern("NIP, 10 digits", framed(groups(10)), 0.1),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("nip", "podatk", "podatnik", "vat", "税号")

    def holds(self, identifier: str) -> bool:
        """Check modulo 11."""
        if _NIP_WEIGHTS.fit(identifier) and _NIP_WEIGHTS.total(identifier) % 11:
            return False
        return nip.is_valid(identifier)


class CzBirthNumberRecognizer(DoubtfulRecognizer):
    """Finds birth numbers of Czechia and Slovakia: birth date, serial, the whole a multiple of 11 (nine digits before 1954)."""

    ENTITY: ClassVar[str] = "CZ_BIRTH_NUMBER"
    COUNTRY_CODE: ClassVar[str | None] = "cz"
    NORM: ClassVar[str] = "Zákon č. 133/2000 Sb., § 13; zákon č. 301/1995 Z. z. (SK)"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("birth number with slash", framed(f"{DIGIT}{{6}}[/／]{DIGIT}{{3,4}}"), 0.4),
        Pattern("birth number, 10 digits", framed(groups(10)), 0.15),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("rodné", "rodne", "rodného", "birth", "czech", "slovak", "捷克", "斯洛伐克")

    def holds(self, identifier: str) -> bool:
        """Check the date and the remainder."""
        if len(identifier) == _RC_DIGITS and identifier.isdecimal() and int(identifier[:-1]) % 11 % 10 != int(identifier[-1]):
            return False
        return rc.is_valid(identifier)


class RoPersonalRecognizer(DoubtfulRecognizer):
    """Finds personal numeric codes (CNP): sex and century, birth date, county, serial, a check modulo 11."""

    ENTITY: ClassVar[str] = "RO_CNP"
    COUNTRY_CODE: ClassVar[str | None] = "ro"
    NORM: ClassVar[str] = "Legea 105/1996; OUG 97/2005"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (Pattern("CNP", framed(f"[1-9１-９]{DIGIT}{{12}}"), 0.4),)
    CONTEXT: ClassVar[tuple[str, ...]] = ("cnp", "personal", "buletin", "romanian", "罗马尼亚")

    def holds(self, identifier: str) -> bool:
        """Check the date, the county and the check digit."""
        return cnp.is_valid(identifier)


class BgCitizenRecognizer(DoubtfulRecognizer):
    """Finds uniform civil numbers (EGN): birth date, serial, a check modulo 11."""

    ENTITY: ClassVar[str] = "BG_EGN"
    COUNTRY_CODE: ClassVar[str | None] = "bg"
    NORM: ClassVar[str] = "Закон за гражданската регистрация, чл. 11"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (Pattern("EGN", framed(groups(10)), 0.15),)
    CONTEXT: ClassVar[tuple[str, ...]] = ("егн", "egn", "bulgarian", "保加利亚")

    def holds(self, identifier: str) -> bool:
        """Check the date and the check digit."""
        if _EGN_WEIGHTS.fit(identifier) and _EGN_WEIGHTS.total(identifier) % 11 % 10 != int(identifier[-1]):
            return False
        return egn.is_valid(identifier)


class HrPersonalRecognizer(DoubtfulRecognizer):
    """Finds personal identification numbers (OIB): eleven digits, a check modulo 11 and 10; a word beside them must speak for them."""

    ENTITY: ClassVar[str] = "HR_OIB"
    COUNTRY_CODE: ClassVar[str | None] = "hr"
    NORM: ClassVar[str] = "Zakon o osobnom identifikacijskom broju (NN 60/08); ISO/IEC 7064 MOD 11,10"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (Pattern("OIB", framed(groups(11)), 0.1),)
    CONTEXT: ClassVar[tuple[str, ...]] = ("oib", "osobni", "croatian", "克罗地亚")

    def holds(self, identifier: str) -> bool:
        """Check modulo 11 and 10."""
        return oib.is_valid(identifier)


class SiPersonalRecognizer(DoubtfulRecognizer):
    """Finds personal numbers (EMŠO): birth date, region, serial, a check modulo 11."""

    ENTITY: ClassVar[str] = "SI_EMSO"
    COUNTRY_CODE: ClassVar[str | None] = "si"
    NORM: ClassVar[str] = "Zakon o centralnem registru prebivalstva (Uradni list RS 72/06)"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (Pattern("EMŠO", framed(f"[0-3０-３]{DIGIT}{{12}}"), 0.3),)
    CONTEXT: ClassVar[tuple[str, ...]] = ("emšo", "emso", "matična", "slovenian", "斯洛文尼亚")

    def holds(self, identifier: str) -> bool:
        """Check the date and the check digit."""
        return emso.is_valid(identifier)
