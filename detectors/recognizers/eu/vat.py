"""The European Union: value added tax numbers with the prefix of their state."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern
from stdnum.eu import vat

from detectors.recognizers.alphabet import DIGIT, SEPARATOR
from detectors.recognizers.common.pieces import JOINT, DoubtfulRecognizer, either_width, framed

_MORE = f"(?:[ \u00a0.\\-]?{DIGIT})"
_LETTER = "[A-ZＡ-Ｚ]"
_ANY = "[0-9A-Z０-９Ａ-Ｚ]"


def _spaced(digits: int) -> str:
    """Return a pattern of so many digits, with a separator before any but the first."""
    return f"{DIGIT}{_MORE}{{{digits - 1}}}"


# What follows the prefix: Council Directive 2006/112/EC article 215 and the VIES list of layouts. Where the length varies there are no
# blanks, else the number after it would be taken in.
_BODIES = (
    ("AT", f"[UＵ]{_spaced(8)}"),
    ("BE", _spaced(10)),
    ("BG", f"{DIGIT}{{9,10}}"),
    ("CY", f"{DIGIT}{{8}}{_LETTER}"),
    ("CZ", f"{DIGIT}{{8,10}}"),
    ("DE|EE|EL|GR|PT", _spaced(9)),
    ("DK|FI|HU|LU|MT|SI", _spaced(8)),
    ("ES", f"{_ANY}{DIGIT}{{7}}{_ANY}"),
    ("FR", f"{_ANY}{{2}}{JOINT}?{_spaced(9)}|{_spaced(11)}"),
    ("HR|IT|LV", _spaced(11)),
    ("IE", f"{DIGIT}{_ANY}{DIGIT}{{5}}{_LETTER}{{1,2}}"),
    ("LT", f"{DIGIT}{{9}}(?:{DIGIT}{{3}})?"),
    ("NL", f"{_spaced(9)}{SEPARATOR}?[BＢ]{DIGIT}{{2}}"),
    ("PL|SK", _spaced(10)),
    ("RO", f"{DIGIT}{{6,10}}"),
    ("SE", _spaced(12)),
    ("XI", f"{_spaced(9)}|{_spaced(12)}"),
)


class EuVatRecognizer(DoubtfulRecognizer):
    """Finds VAT numbers of all member states and Northern Ireland; prefix and check together are rare by chance, and report without a word.

    A plain blank between the prefix and the first digit is not taken: a stream may be cut there.
    """

    ENTITY: ClassVar[str] = "EU_VAT_NUMBER"
    COUNTRY_CODE: ClassVar[str | None] = None
    NORM: ClassVar[str] = "Council Directive 2006/112/EC, articles 214 and 215"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = tuple(
        Pattern(f"VAT number {prefixes}", framed(f"(?:{either_width(prefixes)}){JOINT}?(?:{body})"), 0.5) for prefixes, body in _BODIES
    )
    CONTEXT: ClassVar[tuple[str, ...]] = (
        *("vat", "ust-id", "ustid", "umsatzsteuer", "tva", "iva", "btw", "moms", "mwst", "增值税", "增值稅", "税号"),
    )

    def holds(self, identifier: str) -> bool:
        """Check as the state does."""
        return vat.is_valid(identifier)
