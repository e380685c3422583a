"""Sweden, Finland, Denmark, Estonia and Lithuania."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern
from stdnum import luhn
from stdnum.ee import ik
from stdnum.fi import hetu
from stdnum.lt import asmens

from detectors.recognizers.alphabet import DIGIT
from detectors.recognizers.common.pieces import DoubtfulRecognizer, framed, groups, is_day_of_some_century, narrowed
from detectors.recognizers.identifier import IdentifierRecognizer

_HYPHEN = "[\\-\u2010\u2011\u2013－+＋]"
_COORDINATION_DAYS = 60  # what people who are not in the Swedish register have added to the day
_SHORT_DIGITS = 10
_CENTURIES_IN_FULL = frozenset({"18", "19", "20"})


class SePersonalRecognizer(DoubtfulRecognizer):
    """Finds personal and coordination numbers: birth date, serial, Luhn's check; ten digits or twelve.

    Twelve digits are also what a time stamp has: they need a word beside them, unlike ten with the hyphen that the law asks for.
    """

    ENTITY: ClassVar[str] = "SE_PERSONNUMMER"
    COUNTRY_CODE: ClassVar[str | None] = "se"
    NORM: ClassVar[str] = "Folkbokföringslag (1991:481) section 18; SKV 704"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("personal number with hyphen", framed(groups(6, 4, separator=_HYPHEN)), 0.4),
        Pattern("personal number of 12 digits with hyphen", framed(groups(8, 4, separator=_HYPHEN)), 0.3),
        Pattern("personal number of 12 digits", framed(f"[12１２]{DIGIT}{{11}}"), 0.2),
        Pattern("personal number, 10 digits", framed(groups(10)), 0.1),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("personnummer", "samordningsnummer", "personnr", "personal", "swedish", "瑞典", "个人号码")

    def holds(self, identifier: str) -> bool:
        """Check the date and Luhn's digit."""
        century, short = identifier[:-_SHORT_DIGITS], identifier[-_SHORT_DIGITS:]
        if len(short) != _SHORT_DIGITS or not short.isdigit() or (century and century not in _CENTURIES_IN_FULL):
            return False
        day = int(short[4:6])
        day -= _COORDINATION_DAYS if day > _COORDINATION_DAYS else 0
        return is_day_of_some_century(int(short[:2]), int(short[2:4]), day) and luhn.is_valid(short)


class FiPersonalIdentityRecognizer(IdentifierRecognizer):
    """Finds personal identity codes: birth date, sign of the century, serial, a check character modulo 31; one that holds has score 1."""

    ENTITY: ClassVar[str] = "FI_PERSONAL_IDENTITY_CODE"
    COUNTRY_CODE: ClassVar[str | None] = "fi"
    NORM: ClassVar[str] = "Laki väestötietojärjestelmästä 661/2009, 11 §; asetus 128/2010 as amended by 330/2023"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("identity code", framed(f"{DIGIT}{{6}}[\\-+A-FU-Y\u2010\u2011\u2013－＋Ａ-ＦＵ-Ｙ]{DIGIT}{{3}}[0-9A-Y０-９Ａ-Ｙ]"), 0.4),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("hetu", "henkilötunnus", "personbeteckning", "identity", "finnish", "芬兰", "身份代码")

    def validate_result(self, pattern_text: str) -> bool | None:
        """Check the date and the check character; the sign of the century belongs to the code."""
        return hetu.is_valid(narrowed(pattern_text).upper(), allow_temporary=False)


class DkPersonalRecognizer(DoubtfulRecognizer):
    """Finds personal numbers (CPR): birth date and four digits; the old check modulo 11 is not kept since 2007."""

    ENTITY: ClassVar[str] = "DK_CPR"
    COUNTRY_CODE: ClassVar[str | None] = "dk"
    NORM: ClassVar[str] = "CPR-loven (LBK 1010/2023) section 3; CPR-kontoret, Personnummeret i CPR"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("CPR with hyphen", framed(groups(6, 4, separator="[\\-\u2010\u2011\u2013－ ]")), 0.2),
        Pattern("CPR, 10 digits", framed(groups(10)), 0.05),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("cpr", "personnummer", "danish", "丹麦")

    def holds(self, identifier: str) -> bool:
        """Refuse what has no birth date."""
        return is_day_of_some_century(int(identifier[4:6]), int(identifier[2:4]), int(identifier[:2]))


class EePersonalRecognizer(DoubtfulRecognizer):
    """Finds personal codes (isikukood): sex and century, birth date, serial, a check modulo 11."""

    ENTITY: ClassVar[str] = "EE_PERSONAL_CODE"
    COUNTRY_CODE: ClassVar[str | None] = "ee"
    NORM: ClassVar[str] = "EVS 585:2007"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (Pattern("personal code", framed(groups(11)), 0.2),)
    CONTEXT: ClassVar[tuple[str, ...]] = ("isikukood", "estonian", "爱沙尼亚")

    def holds(self, identifier: str) -> bool:
        """Check the date and the check digit."""
        return ik.is_valid(identifier)


class LtPersonalRecognizer(DoubtfulRecognizer):
    """Finds personal codes (asmens kodas): sex and century, birth date, serial, a check modulo 11."""

    ENTITY: ClassVar[str] = "LT_PERSONAL_CODE"
    COUNTRY_CODE: ClassVar[str | None] = "lt"
    NORM: ClassVar[str] = "Gyventojų registro įstatymas No. I-2237, article 8"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (Pattern("personal code", framed(groups(11)), 0.2),)
    CONTEXT: ClassVar[tuple[str, ...]] = ("asmens", "kodas", "lithuanian", "立陶宛")

    def holds(self, identifier: str) -> bool:
        """Check the date and the check digit."""
        return asmens.is_valid(identifier)
