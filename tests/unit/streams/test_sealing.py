"""Text at rest: opens with the right key and context, and in no other way."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import pytest

from schemas.errors import ConfigurationError, InvariantError
from streams.sealing import Sealer, commitment, load_sealer

KEK, VALUE_KEY = b"k" * 32, b"v" * 32


def sealer() -> Sealer:
    return Sealer(KEK, VALUE_KEY, os.urandom)


def test_what_was_sealed_opens_again_and_shows_nothing() -> None:
    one = sealer()
    key = one.new_data_key()
    sealed = one.seal(key, b"call +65 8123 4567", b"held:s-1:0")
    assert b"8123" not in sealed.ciphertext
    other = sealer()
    assert other.open(other.unwrap(sealed), sealed, b"held:s-1:0") == b"call +65 8123 4567"


def test_another_context_or_an_altered_byte_does_not_open() -> None:
    one = sealer()
    key = one.new_data_key()
    sealed = one.seal(key, b"text", b"held:s-1:0")
    with pytest.raises(InvariantError):
        one.open(key, sealed, b"held:s-1:1")
    flipped = bytes([sealed.ciphertext[0] ^ 1]) + sealed.ciphertext[1:]
    with pytest.raises(InvariantError):
        one.open(key, dataclasses.replace(sealed, ciphertext=flipped), b"held:s-1:0")


def test_another_key_encryption_key_is_named_in_the_refusal() -> None:
    one, other = sealer(), Sealer(b"x" * 32, VALUE_KEY, os.urandom)
    sealed = one.seal(one.new_data_key(), b"text", b"")
    with pytest.raises(ConfigurationError, match=one.key_id):
        other.unwrap(sealed)


def test_equal_values_of_one_customer_have_equal_digests_and_others_do_not() -> None:
    one = sealer()
    assert one.value_digest("c-1", "4567") == sealer().value_digest("c-1", "4567")
    assert one.value_digest("c-1", "4567") != one.value_digest("c-2", "4567")
    assert one.value_digest("c-1", "4567") != Sealer(KEK, b"w" * 32, os.urandom).value_digest("c-1", "4567")


def test_a_commitment_binds_to_the_text_and_its_salt() -> None:
    salt = sealer().salt("s-1:0")
    assert commitment(salt, "a") != commitment(salt, "b")
    assert commitment(salt, "a") != commitment(sealer().salt("s-1:1"), "a")


def test_keys_are_made_once_and_for_the_owner_alone(tmp_path: Path) -> None:
    first = load_sealer(tmp_path / "keys", None, os.urandom)
    again = load_sealer(tmp_path / "keys", None, os.urandom)
    assert first.key_id == again.key_id
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "keys").iterdir()} == {0o600}


def test_a_key_of_the_wrong_length_is_refused(tmp_path: Path) -> None:
    (tmp_path / "kek.bin").write_bytes(b"short")
    with pytest.raises(ConfigurationError, match="32 bytes"):
        load_sealer(tmp_path, None, os.urandom)
