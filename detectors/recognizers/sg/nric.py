"""Singapore: identity numbers of citizens, residents and foreigners."""

from __future__ import annotations

from typing import ClassVar

from idnumbers.nationalid.sgp.national_id import NationalID
from presidio_analyzer import Pattern

from detectors.recognizers.alphabet import DIGIT, NOT_AFTER_ALNUM, NOT_BEFORE_ALNUM
from detectors.recognizers.cn.pieces import LETTER
from detectors.recognizers.identifier import IdentifierRecognizer


class SgNricFinRecognizer(IdentifierRecognizer):
    """Finds NRIC (S, T) and FIN (F, G, M) numbers and proves each by its check letter; Presidio's own recogniser does not check it."""

    ENTITY: ClassVar[str] = "SG_NRIC_FIN"
    COUNTRY_CODE: ClassVar[str | None] = "sg"
    NORM: ClassVar[str] = "National Registration Act 1965; FIN series M since 2022-01-01 (Immigration & Checkpoints Authority)"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("nric or fin", f"{NOT_AFTER_ALNUM}[STFGMＳＴＦＧＭ]{DIGIT}{{7}}{LETTER}{NOT_BEFORE_ALNUM}", 0.5),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("nric", "identity", "foreign", "身份证", "身份證")

    def is_valid(self, identifier: str) -> bool | None:
        """Say whether the check letter is right."""
        return NationalID.validate(identifier)
