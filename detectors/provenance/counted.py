"""Numbers of houses, floors and rooms in Chinese addresses: 建国路八十八号 and 建国路88号 are one place."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right

from detectors.normalize import BLANK_IN_UNSPACED, HAN_DIGITS

_NUMERALS = "".join(HAN_DIGITS)
_UNITS = "号號室楼樓层層栋棟幢座单單院弄巷"
_NUMBERED = re.compile(rf"[0-9{_NUMERALS}十百][{_UNITS}]")
# A blank goes, a numeral before such a unit is written in digits.
_BLANK = rf"{BLANK_IN_UNSPACED.pattern}|(?<=[\u4e00-\u9fff]) (?=[0-9])|(?<=[0-9]) (?=[{_UNITS}])"
_CHANGED = re.compile(rf"{_BLANK}|[{_NUMERALS}十百]{{1,7}}(?=[{_UNITS}])")
_COUNT = re.compile(rf"(?:(?P<hundreds>[{_NUMERALS}])百(?P<gap>[零〇])?)?(?:(?P<tens>[{_NUMERALS}])?(?P<ten>十))?(?P<units>[{_NUMERALS}])?")


class CountedForm:
    """A text with the numbers of its addresses in digits, and where each part of it stood.

    Args:
        text: A text in digit form.
    """

    __slots__ = ("_here", "_there", "text")

    def __init__(self, text: str) -> None:
        """Make the form; one pass."""
        pieces: list[str] = []
        # At here[k] of this form begins what stood at there[k] of the long one, up to the next such place.
        self._here, self._there = array("I", [0]), array("I", [0])
        position = length = 0
        for found in _CHANGED.finditer(text):
            number = _in_digits(found.group())
            pieces += (text[position : found.start()], number)
            self._there.append(found.start())
            self._here.append(length + found.start() - position)
            length += found.start() - position + len(number)
            position = found.end()
            self._there.append(position)
            self._here.append(length)
        self.text = "".join([*pieces, text[position:]])

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where a span of this form begins and ends in the long one; part of a number is all of it."""
        first = bisect_right(self._here, start) - 1
        last = bisect_right(self._here, end - 1) - 1
        begin = self._there[first] + (0 if first % 2 else start - self._here[first])
        return begin, self._there[last + 1] if last % 2 else self._there[last] + end - self._here[last]


def counted_of(digits: str) -> str | None:
    """Return a value in this form if it has a number of an address in it, else None."""
    return CountedForm(digits).text if not digits.isascii() and _NUMBERED.search(digits) else None


def _in_digits(written: str) -> str:
    """Return a blank as nothing and a Chinese numeral in digits; as it is if it can be read in two ways or in none."""
    if written == " ":
        return ""
    if "十" not in written and "百" not in written:
        return "".join(HAN_DIGITS[char] for char in written)
    found = _COUNT.fullmatch(written)
    if found is None or (found["hundreds"] and found["units"] and not found["gap"] and not found["ten"]):  # 一百五: 105 or 150
        return written
    hundreds, tens, units = (int(HAN_DIGITS[found[part]]) if found[part] else 0 for part in ("hundreds", "tens", "units"))
    return str(hundreds * 100 + (tens or bool(found["ten"])) * 10 + units)
