"""Germany: tax identification number, identity card and passport, pension insurance number."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern
from stdnum.de import idnr

from detectors.recognizers.alphabet import DIGIT, SEPARATOR
from detectors.recognizers.common.pieces import ALNUM, LETTER, DoubtfulRecognizer, framed, groups, is_day_of_some_century
from detectors.recognizers.identifier import IdentifierRecognizer

_SERIAL_LETTERS = frozenset("CFGHJKLMNPRTVWXYZ0123456789")  # the alphabet of German documents has no vowels and no look-alikes
_SERIAL_CHARS = 9
# Eight characters with a digit among them; written out, so that words do not even look like one.
_REST_OF_SERIAL = "(?:" + "|".join(f"{LETTER}{{{before}}}{DIGIT}{ALNUM}{{{7 - before}}}" for before in range(8)) + ")"
_ICAO_WEIGHTS = (7, 3, 1)
_PENSION_WEIGHTS = (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)
_PENSION_CHARS = 12


def icao_check_digit(serial: str) -> str:
    """Return the check digit of letters and digits in upper case, ICAO Doc 9303 part 3, section 4.9."""
    return str(sum(int(char, 36) * _ICAO_WEIGHTS[at % 3] for at, char in enumerate(serial)) % 10)


def pension_check_digit(body: str) -> str:
    """Return the check digit of the eleven characters before it, VKVV section 2: the letter counts as its place in the alphabet."""
    digits = body[:8] + f"{ord(body[8]) - 64:02d}" + body[9:]
    return str(sum(sum(divmod(int(digit) * weight, 10)) for digit, weight in zip(digits, _PENSION_WEIGHTS, strict=True)) % 10)


class DeTaxIdIdentifierRecognizer(DoubtfulRecognizer):
    """Finds tax identification numbers: eleven digits, one of the first ten twice or three times, a check modulo 11 and 10."""

    ENTITY: ClassVar[str] = "DE_TAX_ID"
    COUNTRY_CODE: ClassVar[str | None] = "de"
    NORM: ClassVar[str] = "Abgabenordnung section 139b; Steueridentifikationsnummerverordnung; ISO/IEC 7064 MOD 11,10"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("tax id, grouped", framed(groups(2, 3, 3, 3, separator="[ \u00a0\\-/]")), 0.3),
        Pattern("tax id, 11 digits", framed(groups(11)), 0.2),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = (
        *("steuer", "identifikationsnummer", "idnr", "tax", "finanzamt", "税号", "税务识别", "稅號", "納税者番号"),
    )

    def holds(self, identifier: str) -> bool:
        """Check modulo 11 and 10."""
        return idnr.is_valid(identifier)


class _DeDocumentRecognizer(IdentifierRecognizer):
    """A document whose number has nine characters of a narrow alphabet, and a check digit if copied from the machine-readable zone."""

    def is_valid(self, identifier: str) -> bool | None:
        """Refuse a wrong check digit, letters outside the alphabet, and words."""
        serial, rest = identifier[:_SERIAL_CHARS], identifier[_SERIAL_CHARS : _SERIAL_CHARS + 1]
        if not set(serial) <= _SERIAL_LETTERS or not any(char.isdigit() for char in serial):
            return False
        return None if not rest.isdigit() or rest == icao_check_digit(serial) else False


class DeIdCardIdentifierRecognizer(_DeDocumentRecognizer):
    """Finds numbers of identity cards (Personalausweis) and of residence permits; a word beside them must speak for them."""

    ENTITY: ClassVar[str] = "DE_ID_CARD"
    COUNTRY_CODE: ClassVar[str | None] = "de"
    NORM: ClassVar[str] = "Personalausweisgesetz section 5; Personalausweisverordnung annex; ICAO Doc 9303 check digit"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("identity card with check digit", framed(f"[LMNPRTVWXYＬ-Ｙ]{_REST_OF_SERIAL}{DIGIT}[DＤ]?"), 0.3),
        Pattern("identity card", framed(f"[LMNPRTVWXYＬ-Ｙ]{_REST_OF_SERIAL}"), 0.1),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = (
        *("personalausweis", "ausweis", "aufenthaltstitel", "identity", "dokumentennummer", "身份证", "身分證", "身分証"),
    )


class DePassportIdentifierRecognizer(_DeDocumentRecognizer):
    """Finds passport numbers; a word beside them must speak for them."""

    ENTITY: ClassVar[str] = "DE_PASSPORT"
    COUNTRY_CODE: ClassVar[str | None] = "de"
    NORM: ClassVar[str] = "Passgesetz section 4; Passverordnung annex; ICAO Doc 9303 check digit"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("passport with check digit", framed(f"[CFGHJKＣ-Ｋ]{_REST_OF_SERIAL}{DIGIT}[DＤ]?"), 0.3),
        Pattern("passport", framed(f"[CFGHJKＣ-Ｋ]{_REST_OF_SERIAL}"), 0.1),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("reisepass", "passnummer", "passport", "护照", "護照", "パスポート", "旅券")


class DeSocialSecurityIdentifierRecognizer(IdentifierRecognizer):
    """Finds pension insurance numbers: area, birth date, initial, serial and a check digit; one that holds has score 1."""

    ENTITY: ClassVar[str] = "DE_SOCIAL_SECURITY"
    COUNTRY_CODE: ClassVar[str | None] = "de"
    NORM: ClassVar[str] = "SGB VI section 147; VKVV section 2"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("pension insurance number", framed(f"{groups(2, 6)}{SEPARATOR}?{LETTER}{SEPARATOR}?{DIGIT}{{2}}{SEPARATOR}?{DIGIT}"), 0.3),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = (
        "rentenversicherung",
        "sozialversicherung",
        "versicherungsnummer",
        "svnr",
        "insurance",
        "社会保险",
    )

    def is_valid(self, identifier: str) -> bool | None:
        """Check the date and the check digit."""
        if len(identifier) != _PENSION_CHARS:
            return False
        day, month, year = int(identifier[2:4]), int(identifier[4:6]), int(identifier[6:8])
        return is_day_of_some_century(year, month, day) and pension_check_digit(identifier[:11]) == identifier[11]
