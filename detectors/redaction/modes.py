"""What stands in the delivered text where a value stood: one function for each mode of the policy, and the way back."""

from __future__ import annotations

from typing import Final

from detectors.redaction.keys import RedactionKeys
from detectors.redaction.labels import FALLBACK_LANGUAGE, language_of_destination, noun_of, word
from detectors.redaction.policy import Hash, Keep, Mask, Policy, Pseudonym
from detectors.redaction.pseudonym import HASH_LETTERS, disguise, keyed_token, open_token, sealed_token, undisguise
from schemas.errors import InvariantError

_PSEUDONYM_LETTERS: Final = 12  # 48 bits: among 100,000 values of one scope two share theirs with a chance of 2 in 100,000
_PERSON: Final = "person"
_SEPARATORS: Final = frozenset("-./:,()\u2010\u2011\u2013－．／：，（）")


def stand_in(policy: Policy, keys: RedactionKeys, destination: str, language: str, entity_type: str, value: str, *, exact: bool) -> str:
    """Return what is written in place of a value.

    Args:
        policy: Says how.
        keys: Of the stream and its customer.
        destination: ISO 3166-1 code.
        language: Of the text; for labels of policies that ask for it.
        entity_type: Type of the finding.
        value: What was found.
        exact: Whether the value is one finding, and not several that were merged: of what is not known exactly no part is kept, and no
            value of the same form is made.
    """
    treatment = policy.treatment(entity_type, destination)
    label = _label(policy, destination, language, entity_type)
    if isinstance(treatment, Mask):
        return _masked(value, treatment.char, keep_separators=treatment.keep_separators and exact)
    if isinstance(treatment, Keep):
        return _kept(value, treatment) if exact else _masked(value, treatment.char, keep_separators=False)
    if isinstance(treatment, Hash):
        return f"<{label}:{keyed_token(keys.of(treatment.scope), entity_type, value, HASH_LETTERS)}>"
    if isinstance(treatment, Pseudonym):
        return _pseudonym(treatment, keys.of(treatment.scope), entity_type, value, label, exact=exact)
    return f"<{label}>"


def reveal(entity_type: str, pseudonym: str, key: bytes) -> str:
    """Return the value behind a pseudonym.

    Args:
        entity_type: As its redaction names it.
        pseudonym: The span of the delivered text.
        key: Of the customer or the stream, whichever the policy's scope was (``detectors.redaction.keys.scope_key``).

    Raises:
        InvariantError: It was made with another key, or is none that leads back: a label, a hash, a pseudonym that is not reversible.
    """
    if pseudonym.startswith("<") and pseudonym.endswith(">"):
        return open_token(key, entity_type, pseudonym[1:-1].rpartition(":")[2])
    if noun_of(entity_type) == _PERSON:
        return open_token(key, entity_type, pseudonym.rpartition("-")[2])
    return undisguise(key, entity_type, pseudonym)


def _label(policy: Policy, destination: str, language: str, entity_type: str) -> str:
    if policy.labels == "type":
        return entity_type
    if policy.labels == "destination":
        return word(entity_type, language_of_destination(destination))
    return word(entity_type, language if policy.labels == "text" else policy.labels)


def _masked(value: str, char: str, *, keep_separators: bool) -> str:
    """Return as many marks as the value has code points."""
    separated = keep_separators and any(_counts(each) for each in value)
    return "".join(each if separated and not _counts(each) else char for each in value)


def _kept(value: str, treatment: Keep) -> str:
    """Return the value with its characters masked but for the first and last few; separators stay, where there is more than them."""
    domain_at = max(value.rfind("@"), value.rfind("＠")) if treatment.domain else -1
    hidden = value[:domain_at] if domain_at >= 0 else value
    places = [place for place, char in enumerate(hidden) if _counts(char)] or list(range(len(hidden)))
    allowed = len(places) // 2
    last = min(treatment.last, allowed)
    first = min(treatment.first, allowed - last)
    # Before a domain separators go too: a dot or a dash right before the @ would be an address of its own.
    masked = set(places[first : len(places) - last]) if domain_at < 0 else set(range(len(hidden))) - set(places[:first])
    return "".join(treatment.char if place in masked else char for place, char in enumerate(hidden)) + value[len(hidden) :]


def _counts(char: str) -> bool:
    """Tell whether a character is part of what a value says, and does not only separate: of a password, a sign is as good as a letter."""
    return not (char.isspace() or char in _SEPARATORS)


def _pseudonym(treatment: Pseudonym, key: bytes, entity_type: str, value: str, label: str, *, exact: bool) -> str:
    disguised = disguise(key, entity_type, value, valid=treatment.valid) if exact else None
    if disguised is not None:
        return disguised
    token = sealed_token(key, entity_type, value) if treatment.reversible else keyed_token(key, entity_type, value, _PSEUDONYM_LETTERS)
    if noun_of(entity_type) == _PERSON:
        name = word(entity_type, FALLBACK_LANGUAGE) if label == entity_type else label
        return f"{name[0].upper()}{name[1:]}-{token}"
    return f"<{label}:{token}>"


def check_pseudonym(entity_type: str, pseudonym: str, key: bytes, value: str) -> bool:
    """Tell whether a pseudonym is that of a value; unlike ``reveal`` this works for every pseudonym and every hash."""
    candidates = {keyed_token(key, entity_type, value, letters) for letters in (_PSEUDONYM_LETTERS, HASH_LETTERS)}
    if any(pseudonym.rstrip(">").endswith((":" + token, "-" + token)) for token in candidates):
        return True
    try:
        return reveal(entity_type, pseudonym, key) == value
    except InvariantError:
        return False
