"""Street addresses: the forms that begin with the number of the house, compound street names, and postal codes with a place.

A stream may be cut behind a word and a blank while no digit has come (``detectors.cut``), so "Calle Mayor 12", "Am Markt 3" and "PO Box 12"
cannot be found whole; of German, Dutch and Nordic addresses the compound name of the street is found, and the postal code with its place.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from presidio_analyzer import Pattern

from detectors.cut import QUIET_CHARS
from detectors.recognizers.alphabet import NOT_AFTER_ALNUM, NOT_BEFORE_ALNUM
from detectors.recognizers.identifier import IdentifierRecognizer

_CAPITAL = "(?-i:[A-ZÀ-ÖØ-ÞŁŚŽŠČ])"
_SMALL = "[A-Za-zÀ-ÖØ-öø-ÿłśžščć'’.\\-]"
_BLANK = "[ \u00a0]"
# These make an address of a number and a name; the others are also words of their own ("10 Hard Drive", "24 Supreme Court").
_STRONG = "Street|Avenue|Road|Boulevard|Terrace|Crescent|Highway|Parkway|Blvd|Hwy|Pkwy|Ave|Cres|Ter|St|Rd|Ln|Lane|Ct|Dr"
_WEAK = "Drive|Court|Way|Place|Square|Circle|Close|Gardens|Grove|Trail|Row|Mews|Hill|Walk|Plaza|Pl|Sq|Cir"
_UNIT_WIDTH = 13
_TAIL_WIDTH = 13  # all of the tail but the city
_UNIT = f"(?:,?{_BLANK}(?:Apt|Unit|Suite|Ste|Flat|#)\\.?{_BLANK}?[0-9A-Z]{{1,4}})"
_YEAR = "(?!(?:19|20)[0-9]{2}[ \u00a0])"
_NUMBER_WIDTH = 7
_NUMBER = "[0-9]{1,5}[A-Z]?"


def _name(width: int) -> str:
    """Return a pattern of one to three words with capitals, or an ordinal, no wider than ``width`` in all."""
    one = f"{_CAPITAL}{_SMALL}{{0,{width - 1}}}|[0-9]{{1,3}}(?:st|nd|rd|th)"
    two = [f"{_CAPITAL}{_SMALL}{{0,{first - 1}}}{_BLANK}{_CAPITAL}{_SMALL}{{0,{width - first - 2}}}" for first in range(2, width - 3, 4)]
    third = (width - 2) // 3
    three = [_BLANK.join([f"{_CAPITAL}{_SMALL}{{0,{third - 1}}}"] * 3)] if third > 3 else []  # noqa: PLR2004
    return f"(?:{'|'.join([one, *two, *three])})"


def _city(width: int) -> str:
    """Return a pattern of a city of one or two words, no wider than ``width`` in all."""
    half = (width - 1) // 2
    return f"(?:{_CAPITAL}{_SMALL}{{1,{width - 1}}}|{_CAPITAL}{_SMALL}{{1,{half - 1}}}{_BLANK}{_CAPITAL}{_SMALL}{{1,{half - 1}}})"


def _street_types(words: str) -> str:
    """Return a pattern of street types, capitalised or in capitals, with the full stop of an abbreviation."""
    return f"(?-i:{words}|{words.upper()})\\.?"


def _english(kinds: str, score: float, tail_score: float) -> Iterable[Pattern]:
    """Yield patterns of number, name and type, and of the same with unit, or with city, state and ZIP."""
    longest = max(map(len, kinds.split("|"))) + 1
    plain = QUIET_CHARS - _NUMBER_WIDTH - 1 - longest
    head = f"{NOT_AFTER_ALNUM}(?<![$€£¥.,]){_NUMBER}{_BLANK}"
    dated = f"{NOT_AFTER_ALNUM}(?<![$€£¥.,]){_YEAR}{_NUMBER}{_BLANK}"
    street = _street_types(kinds)
    yield Pattern(f"number, name, {kinds[:6]}", f"{dated}{_name(plain)}{_BLANK}{street}{NOT_BEFORE_ALNUM}", score)
    yield Pattern(f"number like a year, name, {kinds[:6]}", f"{head}{_name(plain)}{_BLANK}{street}{NOT_BEFORE_ALNUM}", 0.2)
    with_unit = plain - _UNIT_WIDTH
    yield Pattern(f"with unit, {kinds[:6]}", f"{head}{_name(with_unit)}{_BLANK}{street}{_UNIT}{NOT_BEFORE_ALNUM}", tail_score)
    for name_width in (8, 12):
        left = plain - name_width - _TAIL_WIDTH
        if left > 5:  # noqa: PLR2004
            tail = f",?{_BLANK}{_city(left)},?{_BLANK}(?-i:[A-Z]{{2,3}}){_BLANK}[0-9]{{4,5}}"
            yield Pattern(
                f"with city, {kinds[:6]}, name of {name_width}",
                f"{head}{_name(name_width)}{_BLANK}{street}{tail}{NOT_BEFORE_ALNUM}",
                tail_score,
            )


_SHORT = "Street|Avenue|Road|Drive|Court|Blvd|Lane|Way|Ave|St|Rd|Dr|Ln|Ct|Pl"
_FRENCH_TYPES = "rue|avenue|boulevard|place|allée|allee|chemin|impasse|quai|cours|passage|bd|av\\."
_ARTICLES = "(?:(?:de la|de l['’]|du|des|de|d['’]|la|le|les|l['’])[ \u00a0]?)?"


def _french(name: str, tail: str) -> str:
    """Return a pattern of number, type, article and name."""
    number = f"{NOT_AFTER_ALNUM}[0-9]{{1,4}}(?:{_BLANK}?(?:bis|ter))?,?{_BLANK}(?:{_FRENCH_TYPES}){_BLANK}{_ARTICLES}"
    return f"{number}{name}{tail}{NOT_BEFORE_ALNUM}"


class StreetAddressRecognizer(IdentifierRecognizer):
    """Finds English and French street addresses that begin with a number, as one finding with unit, city and postal code where they fit.

    The whole is at most as wide as ``detectors.cut.QUIET_CHARS``; what does not fit is found up to the street.
    """

    ENTITY: ClassVar[str] = "STREET_ADDRESS"
    NORM: ClassVar[str] = "UPU S42; USPS Publication 28; BS 7666; AFNOR NF Z 10-011"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        *_english(_STRONG, 0.6, 0.7),
        *_english(_WEAK, 0.3, 0.6),
        *_english(_SHORT, 0.3, 0.7),
        Pattern("French, street", _french(f"{_CAPITAL}{_SMALL}{{1,14}}", ""), 0.6),
        Pattern("French, with city", _french(f"{_CAPITAL}{_SMALL}{{1,3}}", f",?{_BLANK}[0-9]{{5}}{_BLANK}{_CAPITAL}{_SMALL}{{2,6}}"), 0.7),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = (
        *(
            "address",
            "live",
            "lives",
            "resides",
            "located",
            "home",
            "ship",
            "deliver",
            "adresse",
            "habite",
            "domicile",
            "dirección",
            "indirizzo",
        ),
        *("地址", "住址", "住在", "居住", "住所", "주소"),
    )


class CompoundStreetRecognizer(IdentifierRecognizer):
    """Finds names of streets that are one word (Musterstraße, Kalverstraat, Storgatan), with a number that no blank parts from them."""

    ENTITY: ClassVar[str] = "STREET_ADDRESS"
    NORM: ClassVar[str] = "DIN 5008; NEN 5825; SS 613401"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern(
            "compound name",
            f"{NOT_AFTER_ALNUM}{_CAPITAL}[a-zäöüßåøæé\\-]{{2,30}}(?:straße|strasse|str\\.|gasse|allee|straat|gracht|gatan|vägen|gaten|veien|katu)"
            f"(?:\u00a0?[0-9]{{1,4}}[a-z]?)?{NOT_BEFORE_ALNUM}",
            0.35,
        ),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = (
        "adresse",
        "anschrift",
        "wohnt",
        "wohne",
        "wohnhaft",
        "adres",
        "woont",
        "adress",
        "osoite",
        "address",
        "地址",
    )


class PostalPlaceRecognizer(IdentifierRecognizer):
    """Finds postal codes with their place (10115 Berlin, 1012 AB Amsterdam) where a word beside them speaks for an address."""

    ENTITY: ClassVar[str] = "STREET_ADDRESS"
    NORM: ClassVar[str] = "UPU S42; DIN 5008; NEN 5825"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("code and place", f"{NOT_AFTER_ALNUM}(?<![$€£¥.,])[0-9]{{4,5}}{_BLANK}{_CAPITAL}{_SMALL}{{2,24}}{NOT_BEFORE_ALNUM}", 0.05),
        Pattern(
            "Dutch code and place",
            f"{NOT_AFTER_ALNUM}[1-9][0-9]{{3}}{_BLANK}?(?-i:[A-Z]{{2}}){_BLANK}{_CAPITAL}{_SMALL}{{2,24}}{NOT_BEFORE_ALNUM}",
            0.3,
        ),
        Pattern(
            "Portuguese code and place",
            f"{NOT_AFTER_ALNUM}[1-9][0-9]{{3}}-[0-9]{{3}}{_BLANK}{_CAPITAL}{_SMALL}{{2,24}}{NOT_BEFORE_ALNUM}",
            0.4,
        ),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = (
        *(
            "straße",
            "strasse",
            "str.",
            "platz",
            "gasse",
            "allee",
            "weg",
            "adresse",
            "anschrift",
            "plz",
            "rue",
            "avenue",
            "boulevard",
            "calle",
            "plaza",
        ),
        *(
            "via",
            "viale",
            "piazza",
            "corso",
            "rua",
            "avenida",
            "straat",
            "gracht",
            "plein",
            "gatan",
            "vägen",
            "gade",
            "vej",
            "katu",
            "address",
        ),
        *("地址", "住址", "邮编"),
    )
