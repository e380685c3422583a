"""Hong Kong: the identity card number."""

from __future__ import annotations

from typing import ClassVar

from idnumbers.nationalid.hkg.national_id import NationalID
from presidio_analyzer import Pattern

from detectors.recognizers.alphabet import DIGIT, NOT_AFTER_ALNUM, NOT_BEFORE_ALNUM, compact
from detectors.recognizers.cn.pieces import CLOSE, HYPHEN, LETTER, OPEN
from detectors.recognizers.identifier import IdentifierRecognizer

_BODY = f"{NOT_AFTER_ALNUM}{LETTER}{{1,2}}{DIGIT}{{6}}"
_CHECK = "[0-9A０-９Ａ]"
_BRACKETS = frozenset(")）")


class HkIdCardRecognizer(IdentifierRecognizer):
    """Finds identity card numbers and proves each by its check character (weights 9 to 2, modulo 11).

    With the check character in brackets, as the card prints it, a valid number has score 1. A letter and seven digits in one run are right
    by chance once in eleven and need a word beside them.
    """

    ENTITY: ClassVar[str] = "HK_ID_CARD"
    COUNTRY_CODE: ClassVar[str | None] = "hk"
    NORM: ClassVar[str] = "Registration of Persons Regulations (Cap. 177A); check character by usage"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("identity card with brackets", f"{_BODY} ?{OPEN}{_CHECK}{CLOSE}", 0.5),
        Pattern("identity card in one run", f"{_BODY}{HYPHEN}?{_CHECK}{NOT_BEFORE_ALNUM}", 0.3),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("身份證", "身份证", "身分證", "hkid", "identity")

    def validate_result(self, pattern_text: str) -> bool | None:
        """Return True for a valid number with brackets, None for one without, False for one that fails its check."""
        if not self.is_valid(compact(pattern_text)):
            return False
        return True if pattern_text[-1] in _BRACKETS else None

    def is_valid(self, identifier: str) -> bool | None:
        """Say whether the check character is right."""
        return NationalID.validate(identifier)
