"""Mainland China: permits to travel between the mainland, Hong Kong, Macau and Taiwan."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern

from detectors.recognizers.alphabet import DIGIT, NOT_AFTER_ALNUM, NOT_BEFORE_ALNUM
from detectors.recognizers.cn.pieces import CLOSE, HYPHEN, LETTER, LETTER_BUT_IO, NUMBER_END, NUMBER_START, OPEN
from detectors.recognizers.identifier import IdentifierRecognizer


class CnTravelPermitRecognizer(IdentifierRecognizer):
    """Finds numbers of travel permits that begin with a letter; none has a check digit.

    Residents of Hong Kong (H) and Macau (M) to the mainland: eight digits for life, and two more for the issue on cards before 2013.
    Mainland residents to Hong Kong and Macau: C and eight digits, or C, a letter and seven digits; W before 2014. Mainland
    residents to Taiwan: L, before 2016 T, and eight digits.
    """

    ENTITY: ClassVar[str] = "CN_TRAVEL_PERMIT"
    COUNTRY_CODE: ClassVar[str | None] = "cn"
    NORM: ClassVar[str] = "Exit and Entry Administration Law of the PRC; numbering by the National Immigration Administration"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern(
            "permit of a resident of Hong Kong or Macau",
            f"{NOT_AFTER_ALNUM}[HMＨＭ]{DIGIT}{{8}}(?:{HYPHEN}?{DIGIT}{{2}}|{OPEN}{DIGIT}{{2}}{CLOSE})?{NOT_BEFORE_ALNUM}",
            0.3,
        ),
        Pattern("permit to Hong Kong and Macau", f"{NOT_AFTER_ALNUM}[CＣ](?:{DIGIT}|{LETTER_BUT_IO}){DIGIT}{{7}}{NOT_BEFORE_ALNUM}", 0.25),
        Pattern("permit to Taiwan, or an old one", f"{NOT_AFTER_ALNUM}[LTWＬＴＷ]{DIGIT}{{8}}{NOT_BEFORE_ALNUM}", 0.15),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("通行证", "通行證", "回乡证", "回鄉證", "回乡卡", "返乡证", "港澳证", "入台证", "permit")


class CnTaiwanTravelPermitRecognizer(IdentifierRecognizer):
    """Finds permits of Taiwan residents to the mainland: eight digits for life, or ten and a letter in brackets before 2015."""

    ENTITY: ClassVar[str] = "CN_TAIWAN_TRAVEL_PERMIT"
    COUNTRY_CODE: ClassVar[str | None] = "cn"
    NORM: ClassVar[str] = "Measures on travel between Taiwan and the mainland (State Council Order 93); numbering by the NIA"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("ten digits and issue letter", f"{NUMBER_START}{DIGIT}{{10}}{OPEN}{LETTER}{CLOSE}", 0.3),
        Pattern("eight digits", f"{NUMBER_START}{DIGIT}{{8}}{NUMBER_END}", 0.05),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("台胞证", "台胞證", "臺胞證", "来往大陆通行证", "來往大陸通行證")
