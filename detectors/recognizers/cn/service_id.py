"""Mainland China: cards of soldiers and police officers. Their numbering is not published: form only, and a word beside it decides."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern

from detectors.recognizers.alphabet import DIGIT
from detectors.recognizers.cn.pieces import NUMBER_END, NUMBER_START
from detectors.recognizers.identifier import IdentifierRecognizer

_SERVICES = "军兵士文职武警政后装参海空陆火战联广南北沈兰成济东西中退義义学"


class CnMilitaryIdRecognizer(IdentifierRecognizer):
    """Finds card numbers of the armed forces as they are written: a sign of the service, 字第, digits, 号."""

    ENTITY: ClassVar[str] = "CN_MILITARY_ID"
    COUNTRY_CODE: ClassVar[str | None] = "cn"
    NORM: ClassVar[str] = "Cards for officers, sergeants, soldiers and civilian staff (Central Military Commission); form by usage"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("number with 字第", f"[{_SERVICES}]{{1,2}}字第?{DIGIT}{{4,8}}(?:号|號|(?![0-9０-９A-Za-z]))", 0.3),
        Pattern("number after its sign", f"[军軍士兵文]{DIGIT}{{7,8}}(?![0-9０-９A-Za-z])", 0.1),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = (
        "军官",
        "士官",
        "士兵",
        "军人",
        "军士",
        "文职",
        "警官证",
        "武警",
        "现役",
        "退役",
        "退伍",
        "義務兵",
        "military",
        "soldier",
    )


class CnPoliceIdRecognizer(IdentifierRecognizer):
    """Finds police numbers: six digits, seven in some provinces."""

    ENTITY: ClassVar[str] = "CN_POLICE_ID"
    COUNTRY_CODE: ClassVar[str | None] = "cn"
    NORM: ClassVar[str] = "People's Police Law of the PRC; numbering by the Ministry of Public Security"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (Pattern("police number", f"{NUMBER_START}{DIGIT}{{6,7}}{NUMBER_END}", 0.05),)
    CONTEXT: ClassVar[tuple[str, ...]] = ("警号", "警號", "警官证", "警察证", "警员编号", "人民警察")
