"""Malaysia: the identity card number."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern
from stdnum.my import nric

from detectors.recognizers.alphabet import DIGIT, NOT_AFTER_ALNUM, NOT_BEFORE_ALNUM, SEPARATOR
from detectors.recognizers.identifier import IdentifierRecognizer


class MyMyKadRecognizer(IdentifierRecognizer):
    """Finds MyKad, MyKid and MyPR numbers: birth date, place of birth, four digits; date and place must exist, there is no check digit.

    The grouping 6-2-4 together with a real date is telling; twelve bare digits pass three times in a hundred and need a word beside them.
    """

    ENTITY: ClassVar[str] = "MY_MYKAD"
    COUNTRY_CODE: ClassVar[str | None] = "my"
    NORM: ClassVar[str] = "National Registration Regulations 1990 (P.U.(A) 472/1990); place codes of Jabatan Pendaftaran Negara"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern(
            "MyKad, grouped 6-2-4",
            f"{NOT_AFTER_ALNUM}(?<!{DIGIT}{SEPARATOR}){DIGIT}{{6}}{SEPARATOR}{DIGIT}{{2}}{SEPARATOR}{DIGIT}{{4}}(?!-{DIGIT}){NOT_BEFORE_ALNUM}",
            0.5,
        ),
        Pattern("MyKad, 12 digits", f"{NOT_AFTER_ALNUM}(?<![0-9０-９][.\\-]){DIGIT}{{12}}(?![.\\-]{DIGIT}){NOT_BEFORE_ALNUM}", 0.2),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = (
        "mykad",
        "mykid",
        "mypr",
        "nric",
        "pengenalan",
        "malaysian",
        "身份证",
        "身份證",
        "大马卡",
        "identity",
    )

    def is_valid(self, identifier: str) -> bool | None:
        """Refuse what has no birth date or no place of birth; nothing is proved."""
        return None if nric.is_valid(identifier) else False
