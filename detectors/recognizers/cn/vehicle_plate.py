"""Mainland China: the vehicle registration plate."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern

from detectors.recognizers.alphabet import DIGIT, NOT_AFTER_ALNUM, NOT_BEFORE_ALNUM
from detectors.recognizers.cn.pieces import LETTER, LETTER_BUT_IO
from detectors.recognizers.identifier import IdentifierRecognizer

_CLEAR = "[京津沪渝冀豫辽黑湘皖鲁苏浙赣鄂桂甘晋蒙陕吉闽贵粤藏川琼滬遼魯蘇贛陝閩貴粵瓊晉]"
# These are words as well: new, cloud, green, peace. "更新A10001" is no plate.
_WORDS = "[新云青宁雲寧]"
_DOT = "[·•・．.\\-－]?"
_ALNUM = "[0-9A-HJ-NP-Z０-９Ａ-ＨＪ-ＮＰ-Ｚ]"
_FEW_LETTERS = f"(?!(?:{DIGIT}{{0,2}}{LETTER}){{3}})"
_GREEN = f"(?:[A-HJKＡ-ＨＪＫ]{_ALNUM}{DIGIT}{{4}}|{DIGIT}{{5}}[A-HJKＡ-ＨＪＫ])"  # new energy: six characters, light or heavy vehicle
_BODY = f"{LETTER_BUT_IO}{_DOT}(?:{_GREEN}|{_FEW_LETTERS}{_ALNUM}{{5}}|{_FEW_LETTERS}{_ALNUM}{{4}}[警学挂试港澳领超使學掛試領])"


class CnVehiclePlateRecognizer(IdentifierRecognizer):
    """Finds plates of the provinces, with new energy, police, school, trailer, Hong Kong and Macau ones; and military and embassy plates.

    Five characters after the letter of the authority, at most two of them letters; six on plates for new energy.
    """

    ENTITY: ClassVar[str] = "CN_VEHICLE_PLATE"
    COUNTRY_CODE: ClassVar[str | None] = "cn"
    NORM: ClassVar[str] = "GA 36-2018"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("plate", f"{_CLEAR}{_BODY}{NOT_BEFORE_ALNUM}", 0.7),
        Pattern("plate of a province whose sign is a word", f"{_WORDS}{_BODY}{NOT_BEFORE_ALNUM}", 0.25),
        Pattern(
            "armed police",
            f"{NOT_AFTER_ALNUM}[WＷ][JＪ][京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]{_DOT}{_ALNUM}{{5}}{NOT_BEFORE_ALNUM}",
            0.7,
        ),
        Pattern("embassy", f"(?:使{DIGIT}{{6}}|{NOT_AFTER_ALNUM}{DIGIT}{{6}}使){NOT_BEFORE_ALNUM}", 0.2),
        Pattern(
            "military",
            f"{NOT_AFTER_ALNUM}[A-HJ-NP-VＡ-ＨＪ-ＮＰ-Ｖ][A-DJ-OVX-ZＡ-ＤＪ-ＯＶＸ-Ｚ]{_DOT}{DIGIT}{{5}}{NOT_BEFORE_ALNUM}",
            0.05,
        ),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = (
        "车牌",
        "車牌",
        "牌照",
        "号牌",
        "號牌",
        "行驶证",
        "军车",
        "plates",
        "licence",
        "license",
        "vehicle",
    )
