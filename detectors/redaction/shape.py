"""A written identifier as a number and back: which of its characters may change, among which others, and which is the check character."""

from __future__ import annotations

from dataclasses import dataclass
from string import ascii_lowercase, ascii_uppercase, digits
from typing import Final

from detectors.redaction.validity import CHECK_POSITIONS, validates

_WIDE: Final = 0xFEE0
_NARROW_ALPHABETS: Final = (digits, ascii_uppercase, ascii_lowercase)
_ALPHABETS: Final = (*_NARROW_ALPHABETS, *("".join(chr(ord(char) + _WIDE) for char in alphabet) for alphabet in _NARROW_ALPHABETS))
_ALPHABET_OF: Final = {char: alphabet for alphabet in _ALPHABETS for char in alphabet}
# Letters and digits at the front that say the country and nothing of the person: a valid pseudonym keeps them, since among all others
# next to none are valid.
COUNTRY_CHARS: Final = {"AE_EMIRATES_ID": 3, "EU_VAT_NUMBER": 2, "IBAN_CODE": 2}


@dataclass(frozen=True, slots=True)
class Shape:
    """The form of a written value: equal for a value and its pseudonym.

    Attributes:
        entity_type: Its type.
        written: A value of this form.
        places: Positions that carry the payload.
        check: Position of the check character.
    """

    entity_type: str
    written: str
    places: tuple[int, ...]
    check: int

    @property
    def size(self) -> int:
        """How many payloads have this form."""
        size = 1
        for place in self.places:
            size *= len(_ALPHABET_OF[self.written[place]])
        return size

    @property
    def number(self) -> int:
        """The payload as a number below ``size``."""
        number = 0
        for place in self.places:
            alphabet = _ALPHABET_OF[self.written[place]]
            number = number * len(alphabet) + alphabet.index(self.written[place])
        return number

    def write(self, number: int, check: str) -> str:
        """Return the value of this form with another payload and check character."""
        chars = list(self.written)
        for place in reversed(self.places):
            alphabet = _ALPHABET_OF[self.written[place]]
            number, index = divmod(number, len(alphabet))
            chars[place] = alphabet[index]
        chars[self.check] = check
        return "".join(chars)

    def checks(self) -> tuple[str, ...]:
        """Return every character that could stand as check: those alike the present one first, the other digits or letters after them."""
        own = _ALPHABET_OF[self.written[self.check]]
        other = ascii_uppercase if own[0] in "0０" else digits
        if own[0] > "z":
            other = "".join(chr(ord(char) + _WIDE) for char in other)
        return (*own, *other)

    def right_checks(self, number: int) -> list[str]:
        """Return the check characters with which a payload is a valid value of the type."""
        return [check for check in self.checks() if validates(self.entity_type, self.write(number, check))]


def shape_of(entity_type: str, written: str, *, keep_country: bool = False) -> Shape | None:
    """Return the form of a value, or None where the type has no check character or the text has letters that are no identifier's.

    Args:
        entity_type: Type of the value.
        written: The value or a pseudonym of it.
        keep_country: Leave the country at its front out of the payload (``COUNTRY_CHARS``).
    """
    position = CHECK_POSITIONS.get(entity_type)
    if position is None or not written:
        return None
    places = [place for place, char in enumerate(written) if char.isalnum()]
    if not -len(places) <= position < len(places) or any(written[place] not in _ALPHABET_OF for place in places):
        return None
    check = places.pop(position)
    kept = COUNTRY_CHARS.get(entity_type, 0) if keep_country else 0
    return Shape(entity_type, written, tuple(places[kept:]), check)
