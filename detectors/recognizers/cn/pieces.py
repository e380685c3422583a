"""Pattern pieces for identifiers of the Chinese-speaking jurisdictions: letters, brackets, and where a bare number may stand."""

from __future__ import annotations

from presidio_analyzer import Pattern

from detectors.recognizers.alphabet import DIGIT, NOT_AFTER_ALNUM, NOT_BEFORE_ALNUM, SEPARATOR

LETTER = "[A-ZＡ-Ｚ]"  # Presidio's patterns ignore case
LETTER_BUT_IO = "[A-HJ-NP-ZＡ-ＨＪ-ＮＰ-Ｚ]"  # I and O are left out where they would be read as 1 and 0
HYPHEN = "[\\-\u2010\u2011\u2013－]"
OPEN = "[(（]"
CLOSE = "[)）]"
PLUS = "[+＋]"

# After another country's code the same digits are not a number of this country: +1 381 234 5678, +49 151 1234 5678.
NOT_AFTER_COUNTRY = f"(?<!{PLUS})" + "".join(f"(?<!{PLUS}{DIGIT}{{{width}}}{SEPARATOR})" for width in (1, 2, 3))

# A bare number is no identifier where it is part of a decimal, an amount, a path, an address of the net, or a count of something.
NUMBER_START = f"{NOT_AFTER_ALNUM}(?<![$¥￥€£#@/_=])(?<![0-9][.,])" + NOT_AFTER_COUNTRY
NUMBER_END = f"{NOT_BEFORE_ALNUM}(?![%％@/_元块円圆圓万萬亿億年月日个個人名位次条條件台米克吨公里美港])(?![.,][0-9])"


def phone_patterns(country: str, number: str) -> tuple[Pattern, ...]:
    """Return the patterns of a telephone number of eight digits: sure with the country code, waiting for a word without it.

    Args:
        country: Expression of the country code.
        number: Expression of the eight digits.
    """
    code = f"(?:{PLUS}|[0０]{{2}}){country}"
    return (
        Pattern(
            "phone with country code", f"{NOT_AFTER_ALNUM}(?:{OPEN}{code}{CLOSE}|{code}){SEPARATOR}{{0,2}}{number}{NOT_BEFORE_ALNUM}", 0.75
        ),
        Pattern("phone, eight digits", f"{NUMBER_START}{number}{NUMBER_END}", 0.1),
    )
