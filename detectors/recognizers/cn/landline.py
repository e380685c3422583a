"""Mainland China: the fixed-line telephone number."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern

from detectors.recognizers.alphabet import DIGIT, NOT_AFTER_ALNUM, NOT_BEFORE_ALNUM, SEPARATOR
from detectors.recognizers.cn.pieces import CLOSE, HYPHEN, NOT_AFTER_COUNTRY, OPEN, PLUS
from detectors.recognizers.identifier import IdentifierRecognizer

_COUNTRY = f"(?:{PLUS}|[0０]{{2}})[8８][6６]"
_LARGE = "(?:[1１][0０]|[2２][0-57-9０-５７-９])"  # Beijing and the largest cities, whose numbers have eight digits
_OTHER = f"[3-9３-９]{DIGIT}{{2}}"
_LOCAL_8 = f"[2-8２-８]{DIGIT}{{3}}{SEPARATOR}?{DIGIT}{{4}}"
_LOCAL_7 = f"[2-8２-８]{DIGIT}{{2}}{SEPARATOR}?{DIGIT}{{4}}"
_EXTENSION = f"(?:(?:{HYPHEN}|转|轉|分机){DIGIT}{{1,5}})?"


def _number(before: str, after: str) -> str:
    """Return an expression for an area code between two pieces, and the local number that belongs to it."""
    return f"(?:{before}{_LARGE}{after}{_LOCAL_8}|{before}{_OTHER}{after}(?:{_LOCAL_8}|{_LOCAL_7})){_EXTENSION}"


class CnLandlineRecognizer(IdentifierRecognizer):
    """Finds mainland fixed-line numbers with their area code, and the extension after them.

    A number of London or of Chemnitz can look the same, so without the country code it needs a word beside it. Numbers that begin with 400
    or 800 belong to firms and are left out.
    """

    ENTITY: ClassVar[str] = "CN_PHONE_NUMBER"
    COUNTRY_CODE: ClassVar[str | None] = "cn"
    NORM: ClassVar[str] = "Telecommunication Network Numbering Plan (MIIT), ITU-T E.164 country code 86"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern(
            "landline with country code",
            f"{NOT_AFTER_ALNUM}(?:{OPEN}{_COUNTRY}{CLOSE}|{_COUNTRY}){SEPARATOR}{{0,2}}"
            f"{_number(f'{OPEN}?[0０]?', f'{CLOSE}?{SEPARATOR}?')}{NOT_BEFORE_ALNUM}",
            0.75,
        ),
        Pattern(
            "landline with area code",
            f"{NOT_AFTER_ALNUM}{NOT_AFTER_COUNTRY}"
            f"(?:{_number(f'{OPEN}[0０]', f'{CLOSE}{SEPARATOR}?')}|{_number('[0０]', SEPARATOR)}){NOT_BEFORE_ALNUM}",
            0.3,
        ),
        Pattern("landline in one run", f"{NOT_AFTER_ALNUM}{NOT_AFTER_COUNTRY}{_number('[0０]', '')}{NOT_BEFORE_ALNUM}", 0.15),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = (
        "电话",
        "電話",
        "座机",
        "固话",
        "传真",
        "热线",
        "总机",
        "联系方式",
        "致电",
        "拨打",
        "phone",
        "landline",
        "fax",
    )
