"""Stand-ins for values: same form, nobody's, the same each time, and no way back without the key."""

from __future__ import annotations

import re

import pytest

from detectors.recognizers.alphabet import compact
from detectors.redaction.keys import RedactionKeys, derive_keys, scope_key
from detectors.redaction.pseudonym import disguise, keyed_token, open_token, sealed_token, undisguise
from detectors.redaction.validity import CHECK_POSITIONS, validates, validates_anywhere
from schemas.errors import ConfigurationError, InvariantError
from tests.identifiers import NEVER_VALID, WITH_CHECK, wide

KEY = b"k" * 32
CASES = sorted(WITH_CHECK.items())


def form(written: str) -> str:
    """Return what kind of character stands where, the check character's among letters and digits aside."""
    return re.sub("[0-9A-Za-z]", "x", re.sub("[０-９Ａ-Ｚａ-ｚ]", "ｘ", written))


def test_every_type_with_a_check_digit_has_an_example_here() -> None:
    assert set(WITH_CHECK) == set(CHECK_POSITIONS)


@pytest.mark.parametrize(("entity_type", "value"), CASES)
def test_a_stand_in_has_the_form_of_the_value_and_validates_as_nothing(entity_type: str, value: str) -> None:
    forms = [value, *(each for each in (value.upper(), wide(value)) if validates(entity_type, each))]
    for written in forms:
        other = disguise(KEY, entity_type, written)
        assert other is not None
        assert form(other) == form(written)
        assert not validates_anywhere(other)
        assert undisguise(KEY, entity_type, other) == written


@pytest.mark.parametrize(("entity_type", "value"), [case for case in CASES if case[0] not in NEVER_VALID])
def test_a_valid_stand_in_is_made_when_asked_for(entity_type: str, value: str) -> None:
    other = disguise(KEY, entity_type, value, valid=True)
    assert other is not None
    assert other != value
    assert form(other) == form(value)
    assert validates(entity_type, other)
    assert undisguise(KEY, entity_type, other) == value


@pytest.mark.parametrize(("entity_type", "value"), CASES)
def test_digits_stay_digits_and_letters_keep_their_case(entity_type: str, value: str) -> None:
    other = disguise(KEY, entity_type, value)
    assert other is not None
    places = [place for place, char in enumerate(value) if char.isalnum()]
    check = places[CHECK_POSITIONS[entity_type]]
    for place in places:
        if place != check:
            assert (other[place].isdigit(), other[place].isupper()) == (value[place].isdigit(), value[place].isupper())


def test_separators_do_not_change_the_stand_in() -> None:
    plain, grouped = disguise(KEY, "CREDIT_CARD", "4111111111111111"), disguise(KEY, "CREDIT_CARD", "4111 1111 1111 1111")
    assert plain is not None
    assert grouped is not None
    assert compact(grouped) == plain


def test_another_key_or_type_gives_another_stand_in() -> None:
    value = "123456782"  # a right check digit of all three types
    made = {disguise(key, kind, value) for key in (KEY, b"q" * 32) for kind in ("CA_SIN", "AU_TFN", "NL_BSN")}
    assert None not in made
    assert len(made) == 6


@pytest.mark.parametrize(
    ("entity_type", "value"),
    [
        ("CREDIT_CARD", "4111 1111 1111 1112"),  # the check does not hold
        ("CREDIT_CARD", "card 4111 1111 1111 1111"),  # more than the value
        ("CZ_BIRTH_NUMBER", "510319/123"),  # of before 1954: no check digit
        ("CN_RESIDENT_ID", "110105491231002"),  # the old 15 digits
        ("US_SSN", "536-90-4399"),  # no check in the norm
        ("PERSON", "張三"),
        ("CREDIT_CARD", ""),
    ],
)
def test_what_cannot_be_proved_invalid_gets_no_stand_in_of_its_form(entity_type: str, value: str) -> None:
    assert disguise(KEY, entity_type, value) is None


def test_a_stand_in_made_with_another_key_is_not_revealed() -> None:
    other = disguise(KEY, "SG_NRIC_FIN", "S1234567D")
    assert other is not None
    revealed = set()
    for number in range(20):
        try:
            revealed.add(undisguise(bytes([number]) * 32, "SG_NRIC_FIN", other))
        except InvariantError as refusal:
            revealed.add(str(refusal))
    assert not revealed & {"S1234567D", other}
    assert any("SG_NRIC_FIN" in each and other not in each for each in revealed)


@pytest.mark.parametrize("value", ["張三", "Zhang San", "a" * 500, "😀", "\ud800", ""])
def test_a_sealed_token_opens_with_its_key_and_type_alone(value: str) -> None:
    token = sealed_token(KEY, "PERSON", value)
    assert open_token(KEY, "PERSON", token) == value
    for key, kind in ((b"q" * 32, "PERSON"), (KEY, "LOCATION")):
        with pytest.raises(InvariantError) as refusal:
            open_token(key, kind, token)
        assert token not in str(refusal.value)


@pytest.mark.parametrize("token", ["", "b", "xyz", "bcdf", "BCDF"])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(InvariantError):
        open_token(KEY, "PERSON", token)


def test_a_keyed_token_does_not_depend_on_how_the_value_is_written() -> None:
    assert keyed_token(KEY, "PHONE_NUMBER", "+65 8123 4567", 16) == keyed_token(KEY, "PHONE_NUMBER", "＋65-8123-4567", 16)
    assert keyed_token(KEY, "PERSON", "ZHANG  San", 12) == keyed_token(KEY, "PERSON", "Zhang San", 12)
    assert keyed_token(KEY, "PERSON", "Zhang San", 12) != keyed_token(KEY, "PERSON", "Zhang Shan", 12)


def test_tokens_are_consonants_only_so_they_are_neither_words_nor_identifiers() -> None:
    tokens = [keyed_token(KEY, "PERSON", str(number), 16) for number in range(50)] + [sealed_token(KEY, "PERSON", "John Smith")]
    assert all(re.fullmatch("[b-df-hj-kmnp-tv]+", token) for token in tokens)
    assert len({len(token) for token in tokens[:50]}) == 1
    assert len(set(tokens)) == 51


def test_keys_differ_by_customer_stream_and_installation_and_do_not_show() -> None:
    root = b"v" * 32
    keys = derive_keys(root, "c-1", "s-1")
    assert keys == derive_keys(root, "c-1", "s-1")
    assert (keys.customer, keys.stream) == (scope_key(root, "customer", "c-1"), scope_key(root, "stream", "s-1"))
    others = (derive_keys(root, "c-2", "s-2"), derive_keys(b"w" * 32, "c-1", "s-1"), derive_keys(root, "s-1", "c-1"))
    assert len({key for each in (keys, *others) for key in (each.customer, each.stream)}) == 8
    assert "\\x" not in repr(keys)
    assert keys.of("customer") == keys.customer


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ConfigurationError):
        RedactionKeys(b"short", KEY)
