"""Australia: tax file number, business number and company number."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern
from stdnum.au import abn, acn, tfn

from detectors.recognizers.common.pieces import DoubtfulRecognizer, framed, groups
from detectors.recognizers.common.sums import Weights

_TFN_WEIGHTS = Weights(1, 4, 3, 7, 5, 8, 6, 9, 10)
_GROUPED = "[ \u00a0\\-]"


class AuTaxFileRecognizer(DoubtfulRecognizer):
    """Finds tax file numbers: nine digits (eight in old ones), one check digit modulo 11; a word beside them must speak for them."""

    ENTITY: ClassVar[str] = "AU_TFN"
    COUNTRY_CODE: ClassVar[str | None] = "au"
    NORM: ClassVar[str] = "Income Tax Assessment Act 1936 (Cth), Part VA; check of the Australian Taxation Office"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("TFN, grouped", framed(groups(3, 3, 3, separator=_GROUPED)), 0.2),
        Pattern("TFN, 9 digits", framed(groups(9)), 0.1),
        Pattern("TFN, 8 digits", framed(groups(8)), 0.05),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("tfn", "tax", "ato", "税号", "税务", "稅號", "税務")

    def holds(self, identifier: str) -> bool:
        """Check modulo 11."""
        if _TFN_WEIGHTS.fit(identifier.ljust(9, "0")) and _TFN_WEIGHTS.total(identifier.ljust(9, "0")) % 11:
            return False
        return tfn.is_valid(identifier)


class AuBusinessNumberRecognizer(DoubtfulRecognizer):
    """Finds business numbers: eleven digits, the first two a check modulo 89."""

    ENTITY: ClassVar[str] = "AU_ABN"
    COUNTRY_CODE: ClassVar[str | None] = "au"
    NORM: ClassVar[str] = "A New Tax System (Australian Business Number) Act 1999 (Cth)"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("ABN, grouped", framed(groups(2, 3, 3, 3, separator=_GROUPED)), 0.6),
        Pattern("ABN, 11 digits", framed(groups(11)), 0.2),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("abn", "australian", "business", "gst", "商业号码", "澳大利亚", "澳洲")

    def holds(self, identifier: str) -> bool:
        """Check modulo 89."""
        return abn.is_valid(identifier)


class AuCompanyNumberRecognizer(DoubtfulRecognizer):
    """Finds company numbers: nine digits, one check digit modulo 10."""

    ENTITY: ClassVar[str] = "AU_ACN"
    COUNTRY_CODE: ClassVar[str | None] = "au"
    NORM: ClassVar[str] = "Corporations Act 2001 (Cth), section 118; ASIC check digit"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("ACN, grouped", framed(groups(3, 3, 3, separator=_GROUPED)), 0.2),
        Pattern("ACN, 9 digits", framed(groups(9)), 0.1),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("acn", "asic", "company", "corporation", "公司")

    def holds(self, identifier: str) -> bool:
        """Check modulo 10."""
        return acn.is_valid(identifier)
