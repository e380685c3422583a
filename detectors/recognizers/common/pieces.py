"""Pattern pieces and the base class that the recognisers of several countries share."""

from __future__ import annotations

import unicodedata
from abc import abstractmethod
from datetime import date

from detectors.recognizers.alphabet import DIGIT, NOT_AFTER_ALNUM, NOT_BEFORE_ALNUM, SEPARATOR
from detectors.recognizers.identifier import IdentifierRecognizer

LETTER = "[A-Za-zＡ-Ｚａ-ｚ]"
ALNUM = "[0-9A-Za-z０-９Ａ-Ｚａ-ｚ]"
# Between letters and the first digit: a plain blank there may be a cut (detectors.cut), a no-break blank or a hyphen is none.
JOINT = "[\u00a0\\-\u2010\u2011－]"
# Not a part of a longer chain such as 12-345-678-9 or 3.14159265, nor an amount of money.
START = f"{NOT_AFTER_ALNUM}(?<![0-9０-９][.\\-－])(?<![$€£¥￥])"
END = f"{NOT_BEFORE_ALNUM}(?![.\\-－][0-9０-９])"

_WIDER = 0xFEE0


def groups(*sizes: int, separator: str = f"{SEPARATOR}?") -> str:
    """Return a pattern of groups of digits, of these sizes, with a separator between any two."""
    return separator.join(f"{DIGIT}{{{size}}}" for size in sizes)


def framed(body: str) -> str:
    """Return a pattern that matches ``body`` where it stands alone, glued to letters of a script without blanks at most."""
    return f"{START}(?:{body}){END}"


def either_width(words: str) -> str:
    """Return a pattern of words, their ASCII letters and digits narrow or wide; all else (a bar between words) stays as it is."""
    return "".join(f"[{char}{chr(ord(char) + _WIDER)}]" if char.isalnum() else char for char in words)


def narrowed(written: str) -> str:
    """Return text with wide forms narrowed, hyphens made one, and blanks dropped; case stays."""
    narrow = unicodedata.normalize("NFKC", written)
    return "".join("-" if char in "\u2010\u2011\u2012\u2013\u2212" else char for char in narrow if not char.isspace())


def is_day(year: int, month: int, day: int) -> bool:
    """Tell whether a day is in the calendar."""
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def is_day_of_some_century(year: int, month: int, day: int) -> bool:
    """Tell whether a day whose year has two digits is in the calendar of 1900 or of 2000: no clock tells here which."""
    return is_day(1900 + year, month, day) or is_day(2000 + year, month, day)


class DoubtfulRecognizer(IdentifierRecognizer):
    """An identifier whose check many a random number passes: a failed one refuses, a passed one leaves the score as it is."""

    def is_valid(self, identifier: str) -> bool | None:
        """Return False where the check fails, None where it holds."""
        return None if self.holds(identifier) else False

    @abstractmethod
    def holds(self, identifier: str) -> bool:
        """Tell whether the check holds for ASCII letters and digits in upper case."""
