"""Mainland China: the passport number."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern

from detectors.recognizers.alphabet import DIGIT, NOT_AFTER_ALNUM, NOT_BEFORE_ALNUM
from detectors.recognizers.cn.pieces import LETTER_BUT_IO
from detectors.recognizers.identifier import IdentifierRecognizer


class CnPassportRecognizer(IdentifierRecognizer):
    """Finds passport numbers; they have no check digit outside the machine-readable zone, so a word beside them decides.

    Ordinary: E and eight digits, then EA to EZ and seven digits; before 2012 G and eight digits. Diplomatic, service,
    public affairs: D, S, P with seven or eight digits, DE, SE, PE with seven.
    """

    ENTITY: ClassVar[str] = "CN_PASSPORT"
    COUNTRY_CODE: ClassVar[str | None] = "cn"
    NORM: ClassVar[str] = "Passport Law of the PRC; numbering by the National Immigration Administration; ICAO Doc 9303"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern(
            "ordinary passport",
            f"{NOT_AFTER_ALNUM}(?:[EGＥＧ]{DIGIT}{{8}}|[EＥ]{LETTER_BUT_IO}{DIGIT}{{7}}){NOT_BEFORE_ALNUM}",
            0.3,
        ),
        Pattern(
            "official passport",
            f"{NOT_AFTER_ALNUM}(?:[DSPＤＳＰ]{DIGIT}{{7,8}}|[DSPＤＳＰ][EＥ]{DIGIT}{{7}}){NOT_BEFORE_ALNUM}",
            0.15,
        ),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("护照", "護照", "出入境证件", "passport")
