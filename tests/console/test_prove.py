"""``carnet prove``: what the pipeline wrote about a delivery becomes one file that a stranger can check."""

from __future__ import annotations

import base64
import json
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner

from audit.checkpoint import load_or_create_key, verifier_key
from audit.proof import Proof, check
from console import evidence as ledger
from console.exits import EXIT_ALTERED, EXIT_USAGE
from console.prove import follow, follow_export, make_proof, prove, stream_of
from console.readers import Message
from schemas.codec import Codec
from schemas.errors import ConfigurationError, LedgerError
from schemas.records import DeliveryRecord, DomesticSource, Review
from streams.names import AUDIT, CHECKPOINTS, DELIVERIES
from streams.pipeline import Equipment, build_pipeline
from streams.reviews import sign
from streams.settings import KeysSettings, ReviewSettings, Settings
from tests.golden.ledger_example import DIRECTORY, VKEY
from tests.requests import request
from tests.simulation.world import PARTITIONS, Log, Reader, answer, run, write_streams

CODEC = Codec.committed()
ANNA = Ed25519PrivateKey.from_private_bytes(b"a" * 32)
CARD, MAIL = "4111 1111 1111 1111", "mei.tan@example.sg"
HELD = f"The card on file is {CARD}, and the receipt goes to {MAIL}. " + "Nothing else of it is in the file of the customer. " * 3
PLAIN = "Nothing personal is in this answer, and so it leaves as it came. " * 8
GOLDEN = "s-3:2"  # a delivery in both partitions' example


class Topics:
    """The topics of the ledger, as a reader has them that stands at their beginning."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.partitions = [SimpleNamespace(topic=topic, partition=n) for topic in ledger.LEDGER_TOPICS for n in range(PARTITIONS)]

    def until_now(self) -> Iterator[Message]:
        for topic in (DELIVERIES, CHECKPOINTS, AUDIT):  # the order among topics is nobody's promise
            for number, values in self.log.outputs[topic].items():
                for offset, value in enumerate(values):
                    record: Any = CODEC.decode(value) if topic == DELIVERIES else None
                    yield Message(topic, number, offset, 0, record.stream_id.encode() if record else None, value)


@pytest.fixture(scope="module")
def written(equipment: Equipment, tmp_path_factory: pytest.TempPathFactory) -> tuple[Log, str]:
    """What the pipeline wrote about two streams, one of them held and then let go; and the ledger's key."""
    folder = tmp_path_factory.mktemp("keys")
    (folder / "reviewers").write_text(f"anna {verifier_key('anna', ANNA.public_key())}\n", encoding="utf-8")
    settings = Settings(keys=KeysSettings(dir=folder), review=ReviewSettings(reviewers=folder / "reviewers"))
    pipeline, log = build_pipeline(settings, PARTITIONS, equipment), Log()
    at_home = (DomesticSource("retrieval", f"Customer file: card {CARD}, mail {MAIL}", None),)
    on_file = ("art9_unlabelled", "sep_consent", "pipia")
    held = request("s-1", domestic_sources=at_home, mechanisms=on_file)
    write_streams(log, CODEC, [(held, HELD), (request("电话:x"), PLAIN)], seed=3)
    run(log, pipeline.processor, pipeline.state, seed=5)
    waiting = [each for each in Reader(log, CODEC).held() if each.stream_id == "s-1"]
    first = next(each for each in Reader(log, CODEC).deliveries() if each.delivery_id == waiting[0].delivery_id)
    ids = tuple(each.delivery_id for each in waiting)
    review = Review("s-1", ids, "approve", (), "lawful_basis_confirmed", b"", "anna", first.evidence.entry_sha256, b"", tuple(waiting))
    log.append_review(sign(review, ANNA), CODEC)
    answer(log, pipeline.processor)
    key = load_or_create_key(folder / "checkpoint.pem")
    return log, verifier_key("carnet.example/audit", key.public_key())


def deliveries(log: Log) -> list[DeliveryRecord]:
    return Reader(log, CODEC).deliveries()


def test_everything_that_left_is_proven_with_its_text(written: tuple[Log, str]) -> None:
    log, vkey = written
    left = [record for record in deliveries(log) if record.text]
    assert {record.delivery_id.endswith(":r") for record in left} == {True, False}
    for record in left:
        proof = make_proof(follow(Topics(log), CODEC, record.delivery_id), vkey, with_text=True)  # type: ignore[arg-type]
        found = check(Proof.parse(proof.text().encode()), vkey)
        assert (found.delivery_id, found.text_opened) == (record.delivery_id, True)
        assert found.entry_sha256 == record.evidence.entry_sha256.hex()
        assert json.loads(proof.text())["delivery"]["text"] == record.text


def test_a_proof_holds_no_text_unless_it_was_asked_for(written: tuple[Log, str]) -> None:
    log, vkey = written
    for record in deliveries(log):
        trail = follow(Topics(log), CODEC, record.delivery_id)  # type: ignore[arg-type]
        content = make_proof(trail, vkey).text()
        assert not {"text", "salt"} & json.loads(content)["delivery"].keys()
        assert not record.evidence.salt or base64.b64encode(record.evidence.salt).decode() not in content
        assert all(word not in content for word in (CARD, MAIL, "Nothing"))


def test_a_notice_is_proven_and_has_no_text_that_left(written: tuple[Log, str]) -> None:
    log, vkey = written
    notice = next(record for record in deliveries(log) if record.action == "hold")
    trail = follow(Topics(log), CODEC, notice.delivery_id)  # type: ignore[arg-type]
    assert check(make_proof(trail, vkey), vkey).says["action"] == "hold"
    with pytest.raises(ConfigurationError, match="withheld"):
        make_proof(trail, vkey, with_text=True)


def test_a_delivery_that_is_not_what_the_ledger_says_is_not_proven(written: tuple[Log, str]) -> None:
    log, vkey = written
    record = next(record for record in deliveries(log) if record.text)
    for other in (replace(record, text=record.text + "."), replace(record, evidence=replace(record.evidence, entry_sha256=bytes(32)))):
        trail = follow(Topics(log), CODEC, record.delivery_id)  # type: ignore[arg-type]
        trail.record = other
        with pytest.raises(LedgerError, match="cannot be proven"):
            make_proof(trail, vkey, with_text=True)


def test_the_proof_is_the_same_whenever_it_is_made() -> None:
    whole, early = follow_export(ledger.load_export(DIRECTORY), "s-0:0"), follow_export(ledger.load_export(DIRECTORY), "s-0:0")
    early.leaves, early.notes = early.leaves[:6], early.notes[:1]
    assert make_proof(whole, VKEY).text() == make_proof(early, VKEY).text()


def test_a_damaged_checkpoint_is_passed_over_while_another_counts_the_entry() -> None:
    trail = follow_export(ledger.load_export(DIRECTORY), GOLDEN)
    trail.notes = [note.replace("— ", "—  ") if place == 2 else note for place, note in enumerate(trail.notes)]
    proof = make_proof(trail, VKEY)
    assert check(proof, VKEY).tree_size == len(trail.leaves)
    trail.notes = trail.notes[:2]
    with pytest.raises(LedgerError, match="0 checkpoints count it"):
        make_proof(trail, VKEY)


def test_an_altered_log_gives_no_proof() -> None:
    trail = follow_export(ledger.load_export(DIRECTORY), GOLDEN)
    trail.leaves[0] = bytes(32)
    with pytest.raises(LedgerError, match="have another root"):
        make_proof(trail, VKEY)


@pytest.mark.parametrize(("delivery_id", "stream_id"), [("s-1:0", "s-1"), ("s-1:0:r", "s-1"), ("a:b:17", "a:b"), ("r:r:3:r", "r:r")])
def test_the_stream_of_a_delivery_is_in_its_id(delivery_id: str, stream_id: str) -> None:
    assert stream_of(delivery_id) == stream_id


@pytest.mark.parametrize("delivery_id", ["", "s-1", ":0", "s-1:x", "s-1:r", "s-1:-1"])
def test_what_is_no_delivery_id_is_refused(delivery_id: str) -> None:
    with pytest.raises(ConfigurationError, match="a delivery's id"):
        stream_of(delivery_id)


@pytest.fixture
def command() -> typer.Typer:
    app = typer.Typer()
    app.command()(prove)
    return app


def invoke(app: typer.Typer, *arguments: str) -> tuple[int, str, str]:
    ended = CliRunner().invoke(app, [*arguments, "--from", str(DIRECTORY), "--key", str(DIRECTORY / "ledger.vkey")])
    return ended.exit_code, ended.stdout, ended.stderr


def test_the_command_proves_from_an_export(command: typer.Typer, tmp_path: Path) -> None:
    code, shown, _ = invoke(command, GOLDEN)
    assert code == 0
    assert check(Proof.parse(shown.encode()), VKEY).delivery_id == GOLDEN
    out = tmp_path / "proof.json"
    code, said, _ = invoke(command, GOLDEN, "--out", str(out), "--json")
    assert (code, json.loads(said)["entry_index"], json.loads(said)["file"]) == (0, json.loads(shown)["entry_index"], str(out))
    assert out.read_text(encoding="utf-8") == shown


def test_the_command_says_in_one_line_what_is_wrong(command: typer.Typer) -> None:
    for arguments, code, why in (
        (("s-99:0",), EXIT_USAGE, "no entry is evidence"),
        (("no id",), EXIT_USAGE, "a delivery's id"),
        ((GOLDEN, "--with-text"), EXIT_USAGE, "not at hand"),
        ((GOLDEN, "--out", str(DIRECTORY / "none" / "proof.json")), EXIT_USAGE, "cannot be written"),
    ):
        found, shown, said = invoke(command, *arguments)
        assert (found, shown, len(said.splitlines())) == (code, "", 1)
        assert why in said


def test_a_key_of_another_ledger_proves_nothing(command: typer.Typer, tmp_path: Path) -> None:
    (tmp_path / "other.vkey").write_text(verifier_key("carnet.example/audit", ANNA.public_key()) + "\n", encoding="utf-8")
    ended = CliRunner().invoke(command, [GOLDEN, "--from", str(DIRECTORY), "--key", str(tmp_path / "other.vkey")])
    assert (ended.exit_code, ended.stdout) == (EXIT_ALTERED, "")
    assert "not signed by the key" in ended.stderr


def test_a_file_with_text_is_its_owners_alone(written: tuple[Log, str], tmp_path: Path) -> None:
    from console.prove import _write

    log, vkey = written
    record = next(record for record in deliveries(log) if record.text)
    content = make_proof(follow(Topics(log), CODEC, record.delivery_id), vkey, with_text=True).text()  # type: ignore[arg-type]
    path = tmp_path / "proof.json"
    path.write_text("an older one", encoding="utf-8")
    _write(path, content, is_private=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert check(Proof.parse(path.read_bytes()), vkey).text_opened
