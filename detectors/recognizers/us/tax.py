"""United States: social security number and the taxpayer numbers of people and employers."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern
from stdnum.us import ein, itin, ssn

from detectors.recognizers.alphabet import DIGIT
from detectors.recognizers.common.pieces import DoubtfulRecognizer, framed, groups

_HYPHEN = "[\\-\u2010\u2011\u2013－]"


class UsSocialSecurityRecognizer(DoubtfulRecognizer):
    """Finds social security numbers: nine digits, 3-2-4, no check digit; bare digits need a word beside them."""

    ENTITY: ClassVar[str] = "US_SSN"
    COUNTRY_CODE: ClassVar[str | None] = "us"
    NORM: ClassVar[str] = "42 U.S.C. 405(c)(2); SSA randomization rules of 2011-06-25"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("SSN with hyphens", framed(groups(3, 2, 4, separator=_HYPHEN)), 0.5),
        Pattern("SSN with blanks", framed(groups(3, 2, 4, separator="[ \u00a0\u3000.]")), 0.2),
        Pattern("SSN, 9 digits", framed(groups(9)), 0.05),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("ssn", "ssns", "social", "security", "社会安全", "社會安全", "社安号", "社安號", "社保号")

    def holds(self, identifier: str) -> bool:
        """Refuse what is never given: areas 000, 666 and 9xx, group 00, serial 0000, and numbers printed in advertisements."""
        return ssn.is_valid(identifier)


class UsIndividualTaxpayerRecognizer(DoubtfulRecognizer):
    """Finds individual taxpayer numbers: nine digits from 9, 3-2-4, with a group of the ITIN's ranges."""

    ENTITY: ClassVar[str] = "US_ITIN"
    COUNTRY_CODE: ClassVar[str | None] = "us"
    NORM: ClassVar[str] = "26 CFR 301.6109-1(d)(3); IRM 3.21.263"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("ITIN with hyphens", framed("[9９]" + groups(2, 2, 4, separator=_HYPHEN)), 0.5),
        Pattern("ITIN with blanks", framed("[9９]" + groups(2, 2, 4, separator="[ \u00a0]")), 0.2),
        Pattern("ITIN, 9 digits", framed(f"[9９]{DIGIT}{{8}}"), 0.05),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("itin", "taxpayer", "tax", "irs", "个人纳税", "税号", "稅號")

    def holds(self, identifier: str) -> bool:
        """Check the ranges."""
        return itin.is_valid(identifier)


class UsEmployerRecognizer(DoubtfulRecognizer):
    """Finds employer identification numbers, ``12-3456789``; a word beside them must speak for them."""

    ENTITY: ClassVar[str] = "US_EIN"
    COUNTRY_CODE: ClassVar[str | None] = "us"
    NORM: ClassVar[str] = "26 CFR 301.7701-12; IRS list of valid prefixes"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (Pattern("EIN", framed(groups(2, 7, separator=_HYPHEN)), 0.2),)
    CONTEXT: ClassVar[tuple[str, ...]] = ("ein", "employer", "fein", "irs", "tax", "taxpayer", "雇主", "税号", "稅號")

    def holds(self, identifier: str) -> bool:
        """Check the prefix."""
        return ein.is_valid(identifier)
