"""A value in all the forms in which a text is searched for it."""

from __future__ import annotations

from dataclasses import dataclass

from detectors.normalize import digit_form, has_unspaced, identifier_form, joined_form, normal_form
from detectors.provenance.calling import Dialled, dialled
from detectors.provenance.counted import counted_of
from detectors.provenance.dates import Reading, date_of
from detectors.provenance.masks import Mask, mask_of
from detectors.provenance.names import NameWords, name_words

SHORT_CHARS_MAX = 3  # a longer value in a script without blanks is taken as found wherever it stands
_DATE_CHARS = range(4, 41)


@dataclass(frozen=True, slots=True)
class Needle:
    """What to look for.

    Attributes:
        written: The value itself.
        normal: Its normal form.
        digits: The same with all digits from 0 to 9.
        compact: An identifier without its separators, else None.
        number: How a number is dialled, else None.
        joined: A value in a script without blanks, without blanks, else None.
        name: The parts of a name that may stand in another order, else None.
        date: The date that the value is, else None.
        mask: The masked value that the value is, else None.
        counted: An address with its numbers in digits, else None.
    """

    written: str
    normal: str
    digits: str
    compact: str | None
    number: Dialled | None
    joined: str | None
    name: NameWords | None
    date: Reading | None
    mask: Mask | None
    counted: str | None

    @property
    def is_short(self) -> bool:
        """Whether, in a script without blanks, the value may be a part of a longer name; one with a dot is a name however long."""
        return len(self.joined or self.normal) <= SHORT_CHARS_MAX or "\u00b7" in self.normal


def needle_of(value: str) -> Needle | None:
    """Return a value's forms, or None if nothing of it is left in normal form."""
    normal = normal_form(value)
    if not normal:
        return None
    digits = digit_form(normal)
    compact = identifier_form(digits)
    joined = joined_form(normal)
    has_digit = any(char.isdigit() for char in digits)
    may_be_date = len(digits) in _DATE_CHARS and (has_digit or "月" in digits)
    return Needle(
        written=value,
        normal=normal,
        digits=digits,
        compact=compact,
        number=dialled(digits, compact) if compact is not None and compact.isdecimal() else None,
        joined=joined if digits == normal and has_unspaced(normal) else None,
        name=None if has_digit else name_words(normal),
        date=date_of(digits) if may_be_date else None,
        mask=mask_of(digits),
        counted=counted_of(digits),
    )
