"""Keyed stand-ins: the same value has the same one in its scope, and only the key leads back.

A value whose type has a check digit becomes another of the same form with a check digit that is wrong, so that it is nobody's: FF1 over
its letters and digits, each among its own kind, separators left. All other values become a token of letters, which no recogniser takes
for an identifier: a keyed hash (RFC 2104), or where the policy asks for the way back, AES-SIV (RFC 5297) of the value.
"""

from __future__ import annotations

import hmac
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from detectors.normalize import identifier_form, normal_form
from detectors.recognizers.alphabet import compact
from detectors.redaction.ff1 import RANGE_MIN, permute, restore
from detectors.redaction.keys import purpose_key
from detectors.redaction.shape import Shape, shape_of
from detectors.redaction.validity import validates, validates_anywhere
from schemas.errors import InvariantError

# Sixteen consonants, four bits each: no digit, so no identifier; no vowel, so no word; one case, so that a reader may change it.
_LETTERS: Final = "bcdfghjkmnpqrstv"
HASH_LETTERS: Final = 16  # 64 bits
_SIV_KEY_BYTES: Final = 64
_FPE_KEY_BYTES: Final = 32


def keyed_token(key: bytes, entity_type: str, value: str, letters: int) -> str:
    """Return letters that stand for a value, however it is written (``detectors.normalize``); four bits each of an HMAC-SHA256."""
    normal = normal_form(value)
    message = f"{entity_type}\0{identifier_form(normal) or normal}".encode("utf-8", "surrogatepass")
    return _spell(hmac.digest(purpose_key(key, "token", 32), message, "sha256"))[:letters]


def sealed_token(key: bytes, entity_type: str, value: str) -> str:
    """Return letters that stand for a value as it is written, and that ``open_token`` turns back."""
    siv = AESSIV(purpose_key(key, "siv", _SIV_KEY_BYTES))
    return _spell(siv.encrypt(value.encode("utf-8", "surrogatepass"), [entity_type.encode("ascii", "replace")]))


def open_token(key: bytes, entity_type: str, token: str) -> str:
    """Return the value that ``sealed_token`` was given.

    Raises:
        InvariantError: The token was not made with this key for this type.
    """
    siv = AESSIV(purpose_key(key, "siv", _SIV_KEY_BYTES))
    try:
        sealed = bytes(_LETTERS.index(high) * 16 + _LETTERS.index(low) for high, low in zip(token[::2], token[1::2], strict=True))
        return siv.decrypt(sealed, [entity_type.encode("ascii", "replace")]).decode("utf-8", "surrogatepass")
    except (ValueError, InvalidTag):
        raise _unknown(entity_type, token) from None


def disguise(key: bytes, entity_type: str, value: str, *, valid: bool = False) -> str | None:
    """Return another value of the same form, or None where the type or this writing of it has no check digit to prove it by.

    Args:
        key: Of the scope.
        entity_type: Type of the value.
        value: As it is written; its separators, letter cases and widths stay.
        valid: Whether the stand-in shall have a right check digit; otherwise it has none that any recogniser accepts.
    """
    shape = _disguisable(entity_type, value, keep_country=valid)
    if shape is None:
        return None
    fpe_key, tweak = _fpe(key, entity_type)
    number = permute(fpe_key, shape.number, shape.size, tweak)
    if not valid:
        return _write_wrong(shape, number)
    # The walk goes on to the next payload that some check digit makes valid; it ends, since the value itself is such a payload.
    while not (checks := shape.right_checks(number)):
        number = permute(fpe_key, number, shape.size, tweak)
    return shape.write(number, checks[0])


def undisguise(key: bytes, entity_type: str, pseudonym: str) -> str:
    """Return the value that ``disguise`` was given; the letter case of its check character is that of the pseudonym's alphabet.

    Raises:
        InvariantError: The pseudonym was not made with this key for this type.
    """
    valid = validates(entity_type, pseudonym)
    shape = shape_of(entity_type, pseudonym, keep_country=valid)
    if shape is None or shape.size < RANGE_MIN:
        raise _unknown(entity_type, pseudonym)
    fpe_key, tweak = _fpe(key, entity_type)
    number = restore(fpe_key, shape.number, shape.size, tweak)
    checks = shape.right_checks(number)
    while valid and not checks:
        number = restore(fpe_key, number, shape.size, tweak)
        checks = shape.right_checks(number)
    if len(checks) != 1:
        raise _unknown(entity_type, pseudonym)
    return shape.write(number, checks[0])


def _disguisable(entity_type: str, value: str, *, keep_country: bool) -> Shape | None:
    """Return the shape of a value that has a way there and back: enough of its form, and one right check character, its own."""
    shape = shape_of(entity_type, value, keep_country=keep_country)
    if shape is None or shape.size < RANGE_MIN or not validates(entity_type, value):
        return None
    return shape if len(shape.right_checks(shape.number)) == 1 else None


def _write_wrong(shape: Shape, number: int) -> str | None:
    """Return the payload with the first check character, counted from a place that the payload fixes, that makes it valid nowhere."""
    checks = shape.checks()
    kind = 10 if checks[0] in "0０" else 26
    turn = number % kind
    for check in (*checks[turn:kind], *checks[:turn], *checks[kind:]):
        written = shape.write(number, check)
        # Asked without separators too, so that two writings of one value, with and without, mostly get one and the same pseudonym.
        if not validates_anywhere(written) and not validates_anywhere(compact(written)):
            return written
    return None


def _fpe(key: bytes, entity_type: str) -> tuple[bytes, bytes]:
    return purpose_key(key, "ff1", _FPE_KEY_BYTES), b"carnet\0" + entity_type.encode("utf-8")


def _spell(raw: bytes) -> str:
    return "".join(_LETTERS[byte >> 4] + _LETTERS[byte & 15] for byte in raw)


def _unknown(entity_type: str, pseudonym: str) -> InvariantError:
    return InvariantError(f"a pseudonym of type {entity_type} and {len(pseudonym)} characters was not made with this key")
