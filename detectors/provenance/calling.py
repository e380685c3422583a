"""Telephone numbers apart from how they are dialled: with a country's code, with 00, with the 0 of long distance, or bare.

Calling codes are ITU-T E.164's, by libphonenumber, which also says how long a number of a country may be. No code is the beginning of
another, so a code is read off in one way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from phonenumbers import (
    COUNTRY_CODE_TO_REGION_CODE,
    PhoneMetadata,
    PhoneNumber,
    is_possible_number,
    is_valid_number,
    region_code_for_country_code,
)

from detectors.normalize import Cut

_CODES = frozenset(map(str, COUNTRY_CODE_TO_REGION_CODE))
_KEEP_ZERO = frozenset({"39", "378", "379"})  # Italy's numbers begin with a zero that is dialled from abroad too
_DIALLED = re.compile(r"(?:\+ ?|\(\+|00[ \-]?)[0-9][0-9 \-.()/]*")
_NATIONAL = re.compile(r"\(?0[1-9][0-9 \-.()/]*")
_NOT_DIGITS = re.compile(r"[^0-9]+")
_DIGITS_MIN, _DIGITS_MAX = 7, 13
_NATIONAL_DIGITS_MAX = 11
_CODE_BEFORE = re.compile(r"\+[0-9]{1,3}[ \-.)]{1,2}\Z")
_SIGN_BEFORE = re.compile(r"\+ ?\Z")
_TRUNK_DIGITS_MIN = 8  # with the zero taken off: shorter ones are equal to too much

# What stands before the number proper, read backwards from it. Bounded, so that a place costs the same everywhere.
_LEAD_CHARS_MAX = 14
_LEAD = re.compile(
    r"(?:(?P<sign>\+ ?|\(\+|(?<![0-9])00[ \-]?|\(00)(?P<code>[1-9][0-9]{0,2})\)?|(?<![0-9+])\(?(?P<bare>[1-9][0-9]{0,2})\)?(?=[ \-.]))?"
    r"[ \-.]{0,2}(?P<trunk>\(0\)|\(?0)?[ \-.)(]{0,2}\Z"
)
_CHINA = "86"
_CHINA_MOBILE = re.compile(r"1[3-9][0-9]{9}")


@dataclass(frozen=True, slots=True)
class Dialled:
    """A way to look for a number.

    Attributes:
        digits: The number to find, without code and without the zero of long distance.
        code: The country's code if the value says it, else empty.
        how: ``international`` if the value says the code, ``trunk`` if it begins with the zero, ``bare`` if it has neither.
    """

    digits: str
    code: str
    how: Literal["international", "trunk", "bare"]


def dialled(value: str, compact: str) -> Dialled:
    """Return what to look for: the number without all that depends on where it is dialled from.

    Args:
        value: A value in digit form.
        compact: The same without separators.
    """
    if _DIALLED.fullmatch(value):
        number = _without_code(value)
        if number:
            return number
    elif _NATIONAL.fullmatch(value) and compact.isdecimal() and _TRUNK_DIGITS_MIN < len(compact) <= _DIGITS_MAX:
        return Dialled(compact[1:], "", "trunk")
    return Dialled(compact, "", "bare")


def lead_before(text: str, start: int, number: Dialled) -> tuple[int, Cut]:
    """Return where a number begins with the code and zeros it is dialled with, and how sure it is that it is the same number at all.

    Another country's number is another number. Where only one side says the country, it is the same only if that country has it.

    Args:
        text: A text in digit form.
        start: Where the digits of the number were found.
        number: What was looked for.
    """
    lead = _LEAD.search(text, max(0, start - _LEAD_CHARS_MAX), start)
    code, bare, trunk = (lead["code"], lead["bare"], lead["trunk"]) if lead else (None, None, None)
    begin = lead.start() if lead else start
    if bare is not None and _CODE_BEFORE.search(text, max(0, begin - _LEAD_CHARS_MAX), begin):
        bare, begin = None, start  # +44 20 ...: the 20 is no code
    is_signed = code is not None or _SIGN_BEFORE.search(text, max(0, start - 2), start) is not None
    if number.how == "international":
        if is_signed or bare == number.code:
            return begin, Cut.FIRM if number.code in {bare, code} else Cut.NONE
        return begin if trunk else start, _if_exists(number.code, number.digits, has_zero=trunk is not None)
    if code in _CODES and (number.how == "trunk" or trunk is None or not number.digits.startswith("0")):
        has_zero = trunk is not None or number.how == "trunk" or number.digits.startswith("0")
        return begin, _if_exists(code, number.digits.removeprefix("0"), has_zero=has_zero)
    if number.how == "trunk":
        return start, Cut.NONE
    is_china = bare == _CHINA and trunk is None and _CHINA_MOBILE.fullmatch(number.digits)
    return begin if is_china else start, Cut.FIRM


def same_dialling(value: str, text: str, start: int, end: int) -> bool:
    """Say whether the same digits are the same number: +1 381 234 5678 is not 138 1234 5678.

    Where only one of the two says that it begins with a country's code, the other must part that code off, or be longer than any number
    without a code.

    Args:
        value: A value in digit form.
        text: A text in digit form.
        start: Where the same digits begin in the text, with their code's sign if it was taken in.
        end: Where they end.
    """
    written = text[max(0, start - 2) : end].lstrip(" (") if _SIGN_BEFORE.search(text, max(0, start - 2), start) else text[start:end]
    if value.lstrip("(").startswith("+") == written.startswith("+"):
        return True
    if written[0] != "+" and _CODE_BEFORE.search(text, max(0, start - _LEAD_CHARS_MAX), start):
        return False  # what was found stands behind a code of its own
    signed, plain = (value, written) if written[0] != "+" else (written, value)
    digits = _NOT_DIGITS.sub("", signed)
    code = next((digits[:length] for length in (1, 2, 3) if digits[:length] in _CODES), "")
    return len(digits) > _NATIONAL_DIGITS_MAX or re.match(rf"\(?{code}[ \-.)]", plain) is not None


def _without_code(value: str) -> Dialled | None:
    """Return the number of a value that begins with + or 00, or None if no country has such numbers."""
    digits = _NOT_DIGITS.sub("", value).removeprefix("00")
    code = next((digits[:length] for length in (1, 2, 3) if digits[:length] in _CODES), None)
    if code is None:
        return None
    number = digits[len(code) :]
    if code not in _KEEP_ZERO:
        number = number.removeprefix("0")
    # A long number may begin with two zeros by chance.
    if not (_DIGITS_MIN if "+" in value else _TRUNK_DIGITS_MIN) <= len(number) <= _DIGITS_MAX:
        return None
    return Dialled(number, code, "international") if is_possible_number(_number(code, number)) else None


def _if_exists(code: str, digits: str, *, has_zero: bool) -> Cut:
    """Return FIRM if a country has such numbers, with a zero in front at home if there was one, else POSSIBLE."""
    has_such = is_valid_number(_number(code, digits)) and (not has_zero or code in _KEEP_ZERO or _zero_at_home(code))
    return Cut.FIRM if has_such else Cut.POSSIBLE


def _zero_at_home(code: str) -> bool:
    plan = PhoneMetadata.metadata_for_region_or_calling_code(int(code), region_code_for_country_code(int(code)))
    return plan is not None and bool(plan.national_prefix == "0")


def _number(code: str, digits: str) -> PhoneNumber:
    zeros = len(digits) - len(digits.lstrip("0"))
    return PhoneNumber(int(code), int(digits), italian_leading_zero=zeros > 0, number_of_leading_zeros=zeros or None)
