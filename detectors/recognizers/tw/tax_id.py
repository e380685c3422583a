"""Taiwan: the uniform number of businesses."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern
from stdnum.tw.ubn import calc_checksum

from detectors.recognizers.alphabet import DIGIT
from detectors.recognizers.cn.pieces import NUMBER_END, NUMBER_START
from detectors.recognizers.identifier import IdentifierRecognizer

_LENGTH = 8
_DIVISOR = 5
_SPECIAL = 6  # a 7 at this place counts as 0 or as 1


class TwTaxIdRecognizer(IdentifierRecognizer):
    """Finds 統一編號 of eight digits beside a word; one number in five passes the check by chance.

    Since 2023-04-01 the weighted sum need be divisible by 5 and no longer by 10, so the rule of python-stdnum 2.2 is too narrow.
    """

    ENTITY: ClassVar[str] = "TW_TAX_ID"
    COUNTRY_CODE: ClassVar[str | None] = "tw"
    NORM: ClassVar[str] = "Check logic of uniform numbers of profit-seeking enterprises (Ministry of Finance, in force 2023-04-01)"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (Pattern("uniform number", f"{NUMBER_START}{DIGIT}{{8}}{NUMBER_END}", 0.05),)
    CONTEXT: ClassVar[tuple[str, ...]] = ("統一編號", "統編", "统一编号", "统编", "稅籍", "發票", "ubn")

    def is_valid(self, identifier: str) -> bool | None:
        """Say no where the sum is wrong."""
        if len(identifier) != _LENGTH:
            return False
        total = calc_checksum(identifier)  # modulo 10, which is enough to know it modulo 5
        if total % _DIVISOR == 0 or (identifier[_SPECIAL] == "7" and (total + 1) % _DIVISOR == 0):
            return None
        return False
