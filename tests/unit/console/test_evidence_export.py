"""A ledger written for an auditor is read back, and damage to it is found."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.checkpoint import Signer, Verifier, verifier_key
from audit.ledger import append
from audit.merkle import Frontier
from console import evidence as ledger
from schemas.codec import Codec
from schemas.records import AuditEntry, Stamp

NAME = "carnet.example/audit"


@pytest.fixture
def vkey_and_export(tmp_path: Path) -> tuple[str, Path]:
    """Return a key and an export of two partitions, five stamps each."""
    private = Ed25519PrivateKey.generate()
    codec, found = Codec.committed(), {}
    for partition in range(2):
        frontier, entries, notes = Frontier(), [], []
        signer = Signer(f"{NAME}/{partition}", private)
        for index in range(5):
            stamp = Stamp(index * 10, index * 10 + 10, 10, bytes(32), 0)
            entries.append(codec.encode(AuditEntry("stamp", partition, index, 0, "", stamp=stamp)))
            frontier, _ = append(frontier, entries[-1:])
            notes.append(signer.sign(frontier.size, frontier.root()))
        found[partition] = ledger.PartitionEvidence(entries, notes)
    vkey = verifier_key(NAME, private.public_key())
    ledger.export(found, vkey, tmp_path / "export")
    return vkey, tmp_path / "export"


def test_an_export_verifies_with_the_key_that_lies_beside_it(vkey_and_export: tuple[str, Path]) -> None:
    vkey, directory = vkey_and_export
    assert ledger.read_vkey([directory / ledger.KEY_NAME]) == vkey
    verdict = ledger.verify(ledger.load_export(directory), Verifier(vkey))
    assert (verdict.intact, verdict.complete, verdict.entries, int(verdict.exit_code)) == (True, True, 10, 0)
    assert verdict.as_json()["problems"] == []
    assert [(part["offset_from"], part["offset_to"]) for part in verdict.as_json()["partitions"]] == [(0, 50), (0, 50)]


def test_one_changed_byte_is_found_and_named(vkey_and_export: tuple[str, Path]) -> None:
    vkey, directory = vkey_and_export
    path = directory / "partition-1.entries"
    content = bytearray(path.read_bytes())
    content[-40] ^= 1
    path.write_bytes(content)
    verdict = ledger.verify(ledger.load_export(directory), Verifier(vkey))
    assert not verdict.intact
    assert int(verdict.exit_code) == 3
    assert verdict.as_json()["problems"][0]["partition"] == 1


def test_a_log_whose_end_was_cut_off_is_found(vkey_and_export: tuple[str, Path]) -> None:
    vkey, directory = vkey_and_export
    path = directory / "partition-0.entries"
    path.write_bytes(path.read_bytes()[:-20])
    verdict = ledger.verify(ledger.load_export(directory), Verifier(vkey))
    assert not verdict.intact
    assert int(verdict.exit_code) == 4
