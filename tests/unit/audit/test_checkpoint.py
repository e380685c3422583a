"""Signed notes as the Go note package and C2SP have them; keys on disk."""

from __future__ import annotations

import base64
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.checkpoint import (
    BadSignatureError,
    Checkpoint,
    MalformedNoteError,
    Signer,
    Verifier,
    WrongKeyError,
    load_or_create_key,
    verifier_key,
)
from audit.hashing import EMPTY_ROOT
from schemas.errors import ConfigurationError

# golang.org/x/mod/sumdb/note, note_test.go: key, text and signature.
VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
NOTE = TEXT + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
SIGNER = Signer("carnet.example/audit/2", KEY)
VERIFIER = Verifier(verifier_key("carnet.example/audit", KEY.public_key())).for_partition(2)


def test_the_go_packages_note_verifies() -> None:
    assert Verifier(VKEY).open(NOTE) == TEXT


def test_the_go_packages_key_signs_the_same_bytes_here() -> None:
    signer = Signer("PeterNeumann", Ed25519PrivateKey.from_private_bytes(SEED))
    assert signer.vkey == VKEY
    assert signer.sign_text(TEXT) == NOTE


def test_no_part_and_no_changed_character_of_a_verifier_key_is_accepted() -> None:
    changed = [VKEY[:at] + chr(ord(VKEY[at]) + 1) + VKEY[at + 1 :] for at in range(len(VKEY))]
    parts = [VKEY[low:high] for low in range(len(VKEY)) for high in range(low, len(VKEY) + 1) if (low, high) != (0, len(VKEY))]
    for text in (*changed, *parts):
        with pytest.raises(ConfigurationError):
            Verifier(text)


@pytest.mark.parametrize(
    "text",
    [
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",  # a key of a wrong length, its hash adjusted
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",  # an unknown algorithm, its hash adjusted
    ],
)
def test_keys_that_the_go_package_refuses_are_refused(text: str) -> None:
    with pytest.raises(ConfigurationError):
        Verifier(text)


def test_a_checkpoint_is_origin_size_and_root_each_on_a_line() -> None:
    note = SIGNER.sign(0, EMPTY_ROOT)
    assert note.split("\n")[:4] == ["carnet.example/audit/2", "0", base64.b64encode(EMPTY_ROOT).decode(), ""]
    assert note.split("\n")[4].startswith("— carnet.example/audit/2 ")
    assert note.endswith("\n")
    assert VERIFIER.checkpoint(note) == Checkpoint("carnet.example/audit/2", 0, EMPTY_ROOT)


def test_any_changed_character_of_a_note_is_noticed() -> None:
    note = SIGNER.sign(18461, EMPTY_ROOT)
    for at in range(len(note)):
        for other in ("A", "\n", " ", chr(ord(note[at]) ^ 1)):
            damaged = note[:at] + other + note[at + 1 :]
            if damaged != note:
                with pytest.raises((BadSignatureError, MalformedNoteError, WrongKeyError)):
                    VERIFIER.checkpoint(damaged)


def test_a_changed_size_is_a_bad_signature_and_another_key_a_wrong_key() -> None:
    with pytest.raises(BadSignatureError):
        VERIFIER.checkpoint(SIGNER.sign(18461, EMPTY_ROOT).replace("18461", "18462"))
    with pytest.raises(WrongKeyError):
        VERIFIER.checkpoint(Signer("carnet.example/audit/2", Ed25519PrivateKey.from_private_bytes(b"1" * 32)).sign(1, EMPTY_ROOT))


def test_a_checkpoint_of_one_partition_does_not_pass_for_another() -> None:
    with pytest.raises(WrongKeyError):
        VERIFIER.checkpoint(Signer("carnet.example/audit/3", KEY).sign(1, EMPTY_ROOT))


def test_a_note_whose_origin_is_not_its_signer_is_refused() -> None:
    with pytest.raises(MalformedNoteError):
        VERIFIER.checkpoint(SIGNER.sign_text(Checkpoint("carnet.example/audit/3", 1, EMPTY_ROOT).text()))


def test_signatures_of_witnesses_and_extension_lines_are_passed_over() -> None:
    text = Checkpoint("carnet.example/audit/2", 7, EMPTY_ROOT, ("an extension",)).text()
    note = SIGNER.sign_text(text)
    cosigned = note + Signer("witness.example/w1", Ed25519PrivateKey.from_private_bytes(b"w" * 32)).sign_text(text).split("\n\n")[1]
    assert VERIFIER.checkpoint(cosigned).extensions == ("an extension",)


@pytest.mark.parametrize(
    "text",
    [
        "carnet.example/audit/2\n1\n",
        "carnet.example/audit/2\n01\n" + base64.b64encode(EMPTY_ROOT).decode() + "\n",
        "carnet.example/audit/2\n-1\n" + base64.b64encode(EMPTY_ROOT).decode() + "\n",
        "carnet.example/audit/2\n1\nAAAA\n",
        "carnet.example/audit/2\n1\nnot base64\n",
        "\n1\n" + base64.b64encode(EMPTY_ROOT).decode() + "\n",
    ],
)
def test_a_signed_text_that_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(MalformedNoteError):
        VERIFIER.checkpoint(SIGNER.sign_text(text))


@pytest.mark.parametrize("name", ["", "with space", "with+plus", "with\nnewline", "with\u2003wide space"])
def test_a_name_that_a_note_cannot_carry_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError):
        Signer(name, KEY)


def test_a_new_key_is_private_comes_back_and_has_its_public_half_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "ledger.pem"
    key = load_or_create_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_bytes().startswith(b"-----BEGIN PRIVATE KEY-----")
    assert load_or_create_key(path).private_bytes_raw() == key.private_bytes_raw()
    verifier = Verifier((tmp_path / "keys" / "ledger.vkey").read_text(encoding="utf-8")).for_partition(0)
    assert verifier.checkpoint(Signer("carnet.example/audit/0", key).sign(0, EMPTY_ROOT)).size == 0
    assert sorted(each.name for each in path.parent.iterdir()) == ["ledger.pem", "ledger.vkey"]


def test_two_keys_are_never_the_same(tmp_path: Path) -> None:
    assert load_or_create_key(tmp_path / "a.pem").private_bytes_raw() != load_or_create_key(tmp_path / "b.pem").private_bytes_raw()


def test_a_file_that_is_no_ed25519_key_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "ledger.pem"
    other = generate_private_key(SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    for content in (b"no key", other):
        path.write_bytes(content)
        with pytest.raises(ConfigurationError):
            load_or_create_key(path)
        assert path.read_bytes() == content
