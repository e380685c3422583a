"""A proof of one delivery: what a stranger accepts, what is refused, and why."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit import merkle
from audit.__main__ import main
from audit.checkpoint import LEDGER_NAME, BadSignatureError, MalformedNoteError, Signer, Verifier, WrongKeyError, verifier_key
from audit.hashing import leaf_hash
from audit.notes import UnusableKeyError
from audit.plain_avro import ENTRY, UnreadableEntryError, read_entry
from audit.proof import Fault, Proof, RefusedProofError, check, delivered_by, said_by
from schemas.codec import Codec
from schemas.records import AuditEntry, DeadLetterNote, Decision, ReviewNote, ReviewOutcome, Stamp
from schemas.shapes import schema_file
from tests.golden.ledger_example import KEY, OTHER_KEY, VKEY, Log, build, decision
from tests.strategies import records_of

CODEC = Codec.committed()
LOG = build()
TEXT, SALT = "电话 +65 6123 4567 😀", bytes(range(16))
PARTS = {"decision": Decision, "stamp": Stamp, "dead_letter": DeadLetterNote, "review": ReviewNote}


def proof_of(index: int, size: int, log: Log = LOG, delivery_id: str = "") -> Proof:
    fields = read_entry(log.entries[index])
    delivery_id = delivery_id or fields["decision"]["delivery_id"]
    path = merkle.inclusion_proof([leaf_hash(entry) for entry in log.entries], index, size)
    says = said_by(fields, delivery_id)
    assert says is not None
    note = log.checkpoints[log.sizes.index(size)]
    return Proof(delivery_id, log.partition, index, log.entries[index], path, note, says)


def signed(*entries: AuditEntry) -> Log:
    """One tick with these entries, and its checkpoint."""
    encoded = tuple(CODEC.encode(entry) for entry in entries)
    root = merkle.Frontier().extend(map(leaf_hash, encoded)).root()
    signer = Signer(f"{LEDGER_NAME}/{entries[0].partition}", KEY)
    return Log(entries[0].partition, encoded, (signer.sign(len(encoded), root),), (len(encoded),))


def with_text(text: str = TEXT, salt: bytes = SALT) -> Proof:
    """A proof with a text that its entry commits to."""
    entry = decision(2, 0, "s-9", 0, 0)
    assert entry.decision is not None
    committed = replace(entry.decision, text_commitment=hashlib.sha256(SALT + TEXT.encode()).digest())
    log = signed(replace(entry, decision=committed), decision(2, 1, "s-9", 1, 2))
    proof = proof_of(0, 2, log)
    delivery = delivered_by(read_entry(proof.entry), proof.entry, proof.delivery_id)
    return replace(proof, delivery={**delivery, "text": text, "salt": base64.b64encode(salt).decode()})


def refusal(proof: Proof, vkey: str = VKEY) -> Fault:
    with pytest.raises(RefusedProofError) as found:
        check(Proof.parse(proof.text().encode()), vkey)
    assert "6123" not in str(found.value)
    return found.value.fault


def test_every_decision_is_proven_to_every_checkpoint_that_counts_it() -> None:
    proven = 0
    for index, entry in enumerate(LOG.entries):
        fields = read_entry(entry)
        for size in LOG.sizes if fields["decision"] else ():
            if size > index:
                found = check(Proof.parse(proof_of(index, size).text().encode()), VKEY)
                assert (found.delivery_id, found.entry_index, found.tree_size) == (fields["decision"]["delivery_id"], index, size)
                assert found.entry_sha256 == hashlib.sha256(entry).hexdigest()
                assert not found.text_opened
                proven += 1
    assert proven > 200


def test_a_proof_says_what_was_decided_by_which_rules_packs_and_models() -> None:
    says = check(proof_of(7, LOG.sizes[-1]), VKEY).says
    assert (says["action"], says["rules"], says["packs_sha256"]) == ("release", [{"id": "CN-XB-001", "pack": "cn@1.2.0"}], "0" * 64)
    assert says["characters"] == {"released": 10, "redacted": 0, "withheld": 0}


def test_a_text_is_proven_by_the_commitment_of_its_entry() -> None:
    assert check(Proof.parse(with_text().text().encode()), VKEY).text_opened
    assert refusal(with_text(TEXT + " ")) is Fault.WRONG_TEXT
    assert refusal(with_text(salt=bytes(16))) is Fault.WRONG_TEXT
    with pytest.raises(RefusedProofError, match="wrong_text"):
        check(with_text("\ud800"), VKEY)


def after_review() -> Proof:
    """A proof of text that left after a review."""
    digest = hashlib.sha256(SALT + TEXT.encode()).digest()
    outcomes = (ReviewOutcome("s-9:0", "", 0, 0, 4, b"", is_last=False), ReviewOutcome("s-9:1", "s-9:1:r", 9, 8, 0, digest, is_last=True))
    note = ReviewNote("approve", "anna", "lawful_basis_confirmed", b"", (), 3, bytes(32), 5, b"", outcomes)
    proof = proof_of(0, 1, signed(AuditEntry("review", 2, 0, 7, "s-9", review=note)), "s-9:1:r")
    delivery = {"entry_sha256": hashlib.sha256(proof.entry).hexdigest(), "is_last": True}
    return replace(proof, delivery={**delivery, "text": TEXT, "salt": base64.b64encode(SALT).decode()})


def test_text_that_left_after_a_review_is_proven_by_the_entry_of_the_review() -> None:
    proof = after_review()
    found = check(Proof.parse(proof.text().encode()), VKEY)
    assert (found.text_opened, found.says["held_delivery_id"], found.says["characters"]["redacted"]) == (True, "s-9:1", 8)
    assert said_by(read_entry(proof.entry), "s-9:0") is None
    assert said_by(read_entry(proof.entry), "") is None


def test_each_fault_has_its_class() -> None:
    proof = proof_of(8, LOG.sizes[3])
    assert refusal(replace(proof, entry_index=9)) is Fault.ALTERED
    assert refusal(replace(proof, inclusion=proof.inclusion[:-1])) is Fault.ALTERED
    assert refusal(replace(proof, inclusion=(*proof.inclusion, bytes(32)))) is Fault.ALTERED
    assert refusal(replace(proof, entry=proof.entry[:-1] + b"\1")) is Fault.ALTERED
    assert refusal(replace(proof, entry=LOG.entries[9])) is Fault.ALTERED
    assert refusal(replace(proof, checkpoint=LOG.checkpoints[4])) is Fault.ALTERED
    assert refusal(replace(proof, partition=3)) is Fault.WRONG_KEY
    assert refusal(replace(proof, checkpoint=build(3).checkpoints[3])) is Fault.WRONG_KEY
    assert refusal(replace(proof, checkpoint=build(key=OTHER_KEY).checkpoints[3])) is Fault.WRONG_KEY
    assert refusal(proof, verifier_key(LEDGER_NAME, OTHER_KEY.public_key())) is Fault.WRONG_KEY
    assert refusal(proof, verifier_key("another.example", KEY.public_key())) is Fault.WRONG_KEY
    assert (
        refusal(replace(proof, checkpoint=proof.checkpoint.replace(f"\n{LOG.sizes[3]}\n", f"\n{LOG.sizes[3] + 1}\n")))
        is Fault.BAD_SIGNATURE
    )
    assert refusal(replace(proof, checkpoint=proof.checkpoint.rstrip("\n"))) is Fault.MALFORMED
    assert refusal(replace(proof, delivery_id="s-1:0")) is Fault.MISMATCH
    assert refusal(replace(proof, says={**proof.says, "action": "block"})) is Fault.MISMATCH
    assert refusal(replace(proof, says={**proof.says, "is_last": 0})) is Fault.MISMATCH
    assert refusal(replace(proof, delivery={})) is Fault.MISMATCH
    half = dict(with_text().delivery or {})
    half.pop("salt")
    assert refusal(replace(with_text(), delivery=half)) is Fault.MALFORMED
    assert refusal(replace(with_text(), delivery={**(with_text().delivery or {}), "customer_id": "c-1"})) is Fault.MISMATCH


def test_a_signed_entry_of_another_place_or_layout_proves_nothing() -> None:
    misplaced = signed(decision(2, 5, "s-9", 0, 0))
    assert refusal(proof_of(0, 1, misplaced)) is Fault.MISMATCH
    proof = proof_of(8, LOG.sizes[3])
    foreign = b"\0\0\0\0\5no entry"
    note = Signer(f"{LEDGER_NAME}/2", KEY).sign(1, leaf_hash(foreign))
    assert refusal(replace(proof, entry=foreign, entry_index=0, inclusion=(), checkpoint=note)) is Fault.MISMATCH


@pytest.mark.parametrize("bit", [1, 16])
def test_no_byte_of_a_proof_can_be_changed(bit: int) -> None:
    content = with_text().text().encode()
    accepted = []
    for place in range(len(content)):
        altered = bytearray(content)
        altered[place] ^= bit
        try:
            check(Proof.parse(bytes(altered)), VKEY)
        except RefusedProofError:
            continue
        accepted.append(place)
    assert accepted == []


@pytest.mark.parametrize(
    "content", [b"", b"\xff", b"[]", b"{}", b'{"format": "carnet-proof/2"}', b"[" * 200_000, b'{"format": ' + b"9" * 5_000 + b"}"]
)
def test_what_is_no_proof_is_malformed(content: bytes) -> None:
    with pytest.raises(RefusedProofError) as found:
        Proof.parse(content)
    assert found.value.fault is Fault.MALFORMED


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("partition", True),
        ("partition", -1),
        ("entry_index", 2**53),
        ("entry_index", "8"),
        ("inclusion", ["AA=="]),
        ("inclusion", [1]),
        ("inclusion", [base64.b64encode(bytes(32)).decode()] * 65),
        ("entry", "AB=="),
        ("says", None),
        ("delivery", []),
        ("more", 1),
    ],
)
def test_a_field_of_another_shape_is_malformed(name: str, value: object) -> None:
    fields: dict[str, Any] = json.loads(proof_of(8, LOG.sizes[3]).text())
    with pytest.raises(RefusedProofError) as found:
        Proof.parse(json.dumps({**fields, name: value}).encode())
    assert found.value.fault is Fault.MALFORMED


@pytest.mark.parametrize("vkey", ["", "no key", "carnet.example/audit+00000000+AAAA", VKEY[:-2], VKEY.replace("+", "+0", 1)])
def test_a_key_that_is_none_is_no_verdict_on_the_proof(vkey: str) -> None:
    with pytest.raises(UnusableKeyError):
        check(proof_of(8, LOG.sizes[3]), vkey)


def test_checkpoints_are_opened_as_the_ledger_opens_them() -> None:
    proof, verifier = proof_of(8, LOG.sizes[3]), Verifier(VKEY).for_partition(2)
    classes = {Fault.MALFORMED: MalformedNoteError, Fault.WRONG_KEY: WrongKeyError, Fault.BAD_SIGNATURE: BadSignatureError}
    seen = set()
    cosigned = proof.checkpoint + Signer("witness.example", OTHER_KEY).sign_text(proof.checkpoint).rpartition("\n\n")[2]
    notes = [proof.checkpoint[:place] + chr(ord(old) ^ 1) + proof.checkpoint[place + 1 :] for place, old in enumerate(proof.checkpoint)]
    for note in [*notes, cosigned, "", "\n\n", proof.checkpoint + "\n", proof.checkpoint.replace("\n\n", "\n")]:
        try:
            check(replace(proof, checkpoint=note), VKEY)
        except RefusedProofError as refused:
            with pytest.raises(classes[refused.fault]):
                verifier.checkpoint(note)
            seen.add(refused.fault)
        else:
            assert verifier.checkpoint(note).size == LOG.sizes[3]
            assert note == cosigned
    assert seen == classes.keys()


def one_kind(kind: str) -> st.SearchStrategy[AuditEntry]:
    def only(entry: AuditEntry, part: object) -> AuditEntry:
        return replace(entry, kind=kind, **{name: part if name == kind else None for name in PARTS})  # type: ignore[arg-type]

    return st.builds(only, records_of(AuditEntry), records_of(PARTS[kind]))


@given(entry=st.sampled_from(list(PARTS)).flatmap(one_kind), cut=st.integers(1, 200))
@settings(max_examples=150, deadline=None)
def test_entries_are_read_as_the_codec_reads_them_or_not_at_all(entry: AuditEntry, cut: int) -> None:
    encoded = CODEC.encode(entry)
    assert read_entry(encoded) == asdict(entry)
    for damaged in (encoded[:-cut], encoded + b"\0", b"\1" + encoded[1:]):
        with pytest.raises(UnreadableEntryError):
            read_entry(damaged)


def test_the_layout_is_that_of_the_schema() -> None:
    def layout(schema: Any) -> Any:
        if isinstance(schema, list):
            assert schema[0] == "null"
            return ("optional", layout(schema[1]))
        if isinstance(schema, str):
            return schema
        if schema["type"] == "record":
            return ("record", {each["name"]: layout(each["type"]) for each in schema["fields"]})
        if schema["type"] == "array":
            return ("array", layout(schema["items"]))
        return ("enum", tuple(schema["symbols"]))

    found = layout(json.loads(schema_file(AuditEntry).read_text(encoding="utf-8")))
    assert found == ENTRY
    assert list(found[1]) == list(ENTRY[1])
    assert list(found[1]["decision"][1][1]) == list(ENTRY[1]["decision"][1][1])


def test_the_command_takes_a_proof_where_it_takes_a_ledger(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "proof.json"
    path.write_text(with_text().text(), encoding="utf-8")
    assert main(["verify", str(path), "--key", VKEY]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f"verified · entry 0 of {LEDGER_NAME}/2")
    assert TEXT not in shown
    assert main(["verify", str(path), "--key", VKEY, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["text_opened"] is True
    for text, code, fault in (("{}", 2, "malformed"), (with_text("no").text(), 3, "wrong_text"), (proof_text_of_others(), 6, "wrong_key")):
        path.write_text(text, encoding="utf-8")
        assert main(["verify", str(path), "--key", VKEY]) == code
        assert capsys.readouterr().out.startswith(f"NOT VERIFIED · {fault}: ")
        assert main(["verify", str(path), "--key", VKEY, "--json"]) == code
        answer = json.loads(capsys.readouterr().out)
        assert (answer["exit_code"], answer["verified"], answer["fault"]) == (code, False, fault)
    assert main(["verify", str(tmp_path / "none"), "--key", VKEY]) == 2
    assert main(["verify", str(path), "--key", "no key"]) == 2


def proof_text_of_others() -> str:
    return proof_of(8, LOG.sizes[3], build(key=OTHER_KEY)).text()


def test_an_id_cannot_write_to_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = signed(decision(2, 0, "\x1b[2Js", 0, 0))
    path = tmp_path / "proof.json"
    path.write_text(proof_of(0, 1, log).text(), encoding="utf-8")
    assert main(["verify", str(path), "--key", VKEY]) == 0
    assert "\x1b" not in capsys.readouterr().out
