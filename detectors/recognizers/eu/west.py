"""The Netherlands, Belgium, Austria and Ireland."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern
from stdnum.at import vnr
from stdnum.ie import pps
from stdnum.nl import bsn

from detectors.recognizers.alphabet import DIGIT, SEPARATOR
from detectors.recognizers.common.pieces import LETTER, DoubtfulRecognizer, framed, groups, is_day_of_some_century
from detectors.recognizers.common.sums import Weights
from detectors.recognizers.identifier import IdentifierRecognizer

_AT_WEIGHTS = Weights(3, 7, 9, 0, 5, 8, 4, 2, 1, 6)
_BELGIAN_DIGITS = 11
_BIS_MONTH_STEPS = 20  # bis numbers add 20 or 40 to the month
_MONTHS = 12
_DAYS = 31
_AT_MONTHS_MAX = 15  # 13 to 15 when the serial numbers of a day are used up


class NlCitizenRecognizer(DoubtfulRecognizer):
    """Finds citizen service numbers (BSN): nine digits, the weighted sum a multiple of 11; a word beside them must speak for them."""

    ENTITY: ClassVar[str] = "NL_BSN"
    COUNTRY_CODE: ClassVar[str | None] = "nl"
    NORM: ClassVar[str] = "Wet algemene bepalingen burgerservicenummer; elfproef"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("BSN, grouped", framed(f"{groups(4, 2, 3, separator='[ .-]')}|{groups(3, 3, 3, separator='[ .-]')}"), 0.15),
        Pattern("BSN, 9 digits", framed(groups(9)), 0.1),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("bsn", "burgerservice", "sofi", "citizen", "dutch", "身份证", "公民服务")

    def holds(self, identifier: str) -> bool:
        """Check the eleven-test."""
        return bsn.is_valid(identifier)


class BeNationalRecognizer(IdentifierRecognizer):
    """Finds national register and bis numbers: birth date, serial, a check modulo 97; one that holds has score 1."""

    ENTITY: ClassVar[str] = "BE_NATIONAL_NUMBER"
    COUNTRY_CODE: ClassVar[str | None] = "be"
    NORM: ClassVar[str] = "Arrêté royal du 3 avril 1984 (numéro d'identification du Registre national)"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("national number", framed(f"{groups(2, 2, 2, separator='[. -]?')}{SEPARATOR}?{DIGIT}{{3}}[. -]?{DIGIT}{{2}}"), 0.4),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("rijksregister", "registre", "national", "niss", "insz", "nrn", "身份证")

    def is_valid(self, identifier: str) -> bool | None:
        """Check the date and the remainder, with a 2 before it for those born from 2000 on; no clock says which."""
        if len(identifier) != _BELGIAN_DIGITS or not identifier.isdigit():
            return False
        month, day = int(identifier[2:4]), int(identifier[4:6])
        if month > 2 * _BIS_MONTH_STEPS + _MONTHS or month % _BIS_MONTH_STEPS > _MONTHS or day > _DAYS:
            return False
        return any(97 - int(century + identifier[:9]) % 97 == int(identifier[9:]) for century in ("", "2"))


class AtSocialInsuranceRecognizer(DoubtfulRecognizer):
    """Finds social insurance numbers: serial, a check modulo 11, birth date."""

    ENTITY: ClassVar[str] = "AT_SOCIAL_INSURANCE"
    COUNTRY_CODE: ClassVar[str | None] = "at"
    NORM: ClassVar[str] = "ASVG section 31 (4); Dachverband der Sozialversicherungsträger"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("insurance number, grouped", framed(groups(4, 6, separator="[ \u00a0\\-/]")), 0.3),
        Pattern("insurance number, 10 digits", framed(groups(10)), 0.15),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("sozialversicherung", "versicherung", "svnr", "sv-nummer", "insurance", "社会保险")

    def holds(self, identifier: str) -> bool:
        """Check the date and the check digit."""
        if _AT_WEIGHTS.fit(identifier) and _AT_WEIGHTS.total(identifier) % 11 != int(identifier[3]):
            return False
        if not vnr.is_valid(identifier):
            return False
        day, month, year = int(identifier[4:6]), int(identifier[6:8]), int(identifier[8:])
        return (_MONTHS < month <= _AT_MONTHS_MAX and 0 < day <= _DAYS) or is_day_of_some_century(year, month, day)


class IePersonalServiceRecognizer(DoubtfulRecognizer):
    """Finds personal public service numbers: seven digits, a check letter modulo 23, from 2013 on one letter more."""

    ENTITY: ClassVar[str] = "IE_PPS"
    COUNTRY_CODE: ClassVar[str | None] = "ie"
    NORM: ClassVar[str] = "Social Welfare Consolidation Act 2005, section 262"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("PPS, two letters", framed(f"{DIGIT}{{7}}{LETTER}[ABHWTXＡ-Ｘ]"), 0.4),
        Pattern("PPS, one letter", framed(f"{DIGIT}{{7}}{LETTER}"), 0.3),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("pps", "ppsn", "public", "irish", "爱尔兰")

    def holds(self, identifier: str) -> bool:
        """Check the letter."""
        return pps.is_valid(identifier)
