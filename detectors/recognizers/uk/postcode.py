"""United Kingdom: the postcode."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern

from detectors.recognizers.alphabet import NOT_AFTER_ALNUM, NOT_BEFORE_ALNUM
from detectors.recognizers.identifier import IdentifierRecognizer

_AREAS = frozenset(
    (  # noqa: SIM905 - a list literal of these takes a line each
        "AB AL B BA BB BD BF BH BL BN BR BS BT BX CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX FK FY "
        "G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL "
        "OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN "
        "WR WS WV YO ZE"
    ).split()
)
_OUTWARD = "[A-Z]{1,2}[0-9][0-9A-Z]?"
_INWARD = "[0-9][ABD-HJLNP-UW-Z]{2}"


class UkPostalCodeRecognizer(IdentifierRecognizer):
    """Finds postcodes in capitals, ``SW1A 1AA``; a word beside one (address, postcode, street) must speak for it.

    Half a dozen letters and digits are also model numbers and grades, so the area must be one of Royal Mail's.
    """

    ENTITY: ClassVar[str] = "UK_POSTCODE"
    COUNTRY_CODE: ClassVar[str | None] = "gb"
    NORM: ClassVar[str] = "BS 7666-0:2006, Royal Mail Postcode Address File"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("postcode", f"{NOT_AFTER_ALNUM}(?-i:{_OUTWARD}[ \u00a0]{_INWARD}){NOT_BEFORE_ALNUM}", 0.3),
        Pattern("postcode in one run", f"{NOT_AFTER_ALNUM}(?-i:{_OUTWARD}{_INWARD}){NOT_BEFORE_ALNUM}", 0.1),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = (
        *("postcode", "postal", "address", "street", "road", "avenue", "lane", "london", "live", "ship"),
        *("邮编", "邮政编码", "郵遞區號", "地址", "住址", "英国"),
    )

    def is_valid(self, identifier: str) -> bool | None:
        """Refuse areas that Royal Mail does not have."""
        area = identifier[:2] if identifier[1:2].isalpha() else identifier[:1]
        return None if area in _AREAS else False
