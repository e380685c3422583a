"""Singapore: the unique entity number."""

from __future__ import annotations

import re
from typing import ClassVar

from presidio_analyzer import Pattern
from stdnum.sg.uen import OTHER_UEN_ENTITY_TYPES, calc_business_check_digit, calc_local_company_check_digit, calc_other_check_digit

from detectors.recognizers.alphabet import DIGIT, NOT_AFTER_ALNUM, NOT_BEFORE_ALNUM
from detectors.recognizers.cn.pieces import LETTER
from detectors.recognizers.identifier import IdentifierRecognizer

_BUSINESS = re.compile("[0-9]{8}[A-Z]")
_COMPANY = re.compile("(?:18|19|20)[0-9]{7}[A-Z]")
_OTHER = re.compile("[RST][0-9]{2}[A-Z]{2}[0-9]{4}[A-Z]")
_ENTITY_TYPES = frozenset(OTHER_UEN_ENTITY_TYPES) | {"HC"}  # stdnum 2.2 lacks one


class SgUenIdentifierRecognizer(IdentifierRecognizer):
    """Finds unique entity numbers and proves each by its check letter.

    ``stdnum.sg.uen.validate`` asks the clock whether the year has come; only its check letters are used here, so that a replay finds
    the same.
    Eight digits and a letter are also Spain's DNI: that form needs a word beside it.
    """

    ENTITY: ClassVar[str] = "SG_UEN"
    COUNTRY_CODE: ClassVar[str | None] = "sg"
    NORM: ClassVar[str] = "Unique Entity Number (ACRA, 2009-01-01)"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("business or company", f"{NOT_AFTER_ALNUM}{DIGIT}{{8,9}}{LETTER}{NOT_BEFORE_ALNUM}", 0.3),
        Pattern("other entity", f"{NOT_AFTER_ALNUM}[RSTＲＳＴ]{DIGIT}{{2}}{LETTER}{{2}}{DIGIT}{{4}}{LETTER}{NOT_BEFORE_ALNUM}", 0.5),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("uen", "entity", "acra", "registration", "商业登记", "注册号")

    def is_valid(self, identifier: str) -> bool | None:
        """Say whether year, kind and check letter hold; None for the short form, which other countries have as well."""
        if _BUSINESS.fullmatch(identifier):
            return None if calc_business_check_digit(identifier) == identifier[-1] else False
        if _COMPANY.fullmatch(identifier):
            return calc_local_company_check_digit(identifier) == identifier[-1]
        if _OTHER.fullmatch(identifier) and identifier[3:5] in _ENTITY_TYPES:
            return calc_other_check_digit(identifier) == identifier[-1]
        return False
