"""Taiwan: the vehicle registration plate."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern

from detectors.recognizers.alphabet import DIGIT, NOT_AFTER_ALNUM, NOT_BEFORE_ALNUM
from detectors.recognizers.cn.pieces import HYPHEN, LETTER_BUT_IO
from detectors.recognizers.identifier import IdentifierRecognizer


class TwVehiclePlateRecognizer(IdentifierRecognizer):
    """Finds plates of cars and motorcycles; names of standards look the same (ABC-1234), so a word beside them decides."""

    ENTITY: ClassVar[str] = "TW_VEHICLE_PLATE"
    COUNTRY_CODE: ClassVar[str | None] = "tw"
    NORM: ClassVar[str] = "Road Traffic Security Rules (Ministry of Transportation and Communications), numbering of 2012 and before"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern(
            "letters first",
            f"{NOT_AFTER_ALNUM}(?:{LETTER_BUT_IO}{{3}}{HYPHEN}{DIGIT}{{3,4}}|{LETTER_BUT_IO}{{2}}{HYPHEN}{DIGIT}{{4}}){NOT_BEFORE_ALNUM}",
            0.1,
        ),
        Pattern(
            "digits first",
            f"{NOT_AFTER_ALNUM}(?:{DIGIT}{{4}}{HYPHEN}{LETTER_BUT_IO}{{2}}|{DIGIT}{{3}}{HYPHEN}{LETTER_BUT_IO}{{3}}){NOT_BEFORE_ALNUM}",
            0.1,
        ),
        Pattern(
            "letter and digit",
            f"{NOT_AFTER_ALNUM}(?:{LETTER_BUT_IO}{DIGIT}|{DIGIT}{LETTER_BUT_IO}){HYPHEN}{DIGIT}{{4}}{NOT_BEFORE_ALNUM}",
            0.05,
        ),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("車牌", "车牌", "車號", "牌照", "號牌", "行照", "plates", "licence", "license", "vehicle")
