"""A human's answer in the pipeline: held text leaves in order, once, whatever dies, and the ledger says who let it go."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.checkpoint import verifier_key
from schemas.codec import Codec
from schemas.partitioning import partition_of
from schemas.records import DomesticSource, HeldSegment, Review, StreamClosed, TokenChunk
from streams.pipeline import Equipment, Pipeline, build_pipeline
from streams.reviews import sign
from streams.settings import KeysSettings, ReviewSettings, Settings
from streams.tick import Tick
from tests.requests import request
from tests.simulation.world import PARTITIONS, Log, Reader, answer, run, write_streams

CODEC = Codec.committed()
ANNA = Ed25519PrivateKey.from_private_bytes(b"a" * 32)
CARD, MAIL = "4111 1111 1111 1111", "mei.tan@example.sg"
AT_HOME = (DomesticSource("retrieval", f"Customer file: card {CARD}, mail {MAIL}", None),)
# Sensitive, from home, and nothing on file but the consent: Art 8 holds it.
ON_FILE = ("art9_unlabelled", "sep_consent", "pipia")
TEXT = f"The card on file is {CARD}, and the receipt goes to {MAIL}. " + "Nothing else of it is in the file of the customer. " * 3


@pytest.fixture
def pipeline(equipment: Equipment, tmp_path: Path) -> Pipeline:
    file = tmp_path / "reviewers"
    file.write_text(f"anna {verifier_key('anna', ANNA.public_key())}\n")
    return build_pipeline(Settings(keys=KeysSettings(dir=tmp_path), review=ReviewSettings(reviewers=file)), PARTITIONS, equipment)


def review_of(reader: Reader, stream_id: str, segments: list[HeldSegment], **others: object) -> Review:
    """Return a signed approval of held segments."""
    first = segments[0].delivery_id
    entry = next(found for found in reader.entries() if found.decision is not None and found.decision.delivery_id == first)
    digest = hashlib.sha256(CODEC.encode(entry)).digest()
    ids = tuple(record.delivery_id for record in segments)
    review = Review(stream_id, ids, "approve", (), "lawful_basis_confirmed", b"", "anna", digest, b"", tuple(segments))
    return sign(replace(review, **others), ANNA)  # type: ignore[arg-type]


def test_an_approved_answer_leaves_in_order_and_once_whatever_dies(pipeline: Pipeline) -> None:
    log = Log()
    write_streams(log, CODEC, [(request("s-1", domestic_sources=AT_HOME, mechanisms=ON_FILE), TEXT)], seed=3)
    run(log, pipeline.processor, pipeline.state, seed=5, crash=0.3)
    reader = Reader(log, CODEC)
    held = reader.held()
    assert held
    assert CARD not in "".join(record.text for record in reader.deliveries())
    approval = review_of(reader, "s-1", held)
    log.append_review(approval, CODEC)
    log.append_review(approval, CODEC)
    for number in range(PARTITIONS):
        log.restore(number, pipeline.processor, pipeline.state)
    answer(log, pipeline.processor)
    delivered = [record for record in reader.deliveries() if record.text]
    # What a rule redacts is redacted in what a human lets go, too.
    assert "".join(record.text for record in delivered) == TEXT.replace(CARD, "<CREDIT_CARD>").replace(MAIL, "<EMAIL_ADDRESS>")
    assert len({record.delivery_id for record in delivered}) == len(delivered)
    assert delivered[-1].is_last
    notes = [entry.review for entry in reader.entries() if entry.review is not None]
    assert [(note.verdict, note.reviewer) for note in notes] == [("approve", "anna")]
    accounted = sum(one.characters_released + one.characters_redacted for one in notes[0].outcomes)
    assert accounted == sum(record.characters for record in held)
    assert [letter.code for letter in reader.dead_letters()] == ["review_no_case"]


def test_an_approval_of_an_open_stream_lets_it_go_on(pipeline: Pipeline) -> None:
    log = Log()
    opened = request("s-2", domestic_sources=AT_HOME, mechanisms=ON_FILE)
    send(log, opened, TokenChunk("s-2", 0, f"The card is {CARD}. And then there is some more text behind it, to be sure.\n", 1))
    run(log, pipeline.processor, pipeline.state, seed=1)
    reader = Reader(log, CODEC)
    held = reader.held()
    assert held
    log.append_review(review_of(reader, "s-2", held), CODEC)
    answer(log, pipeline.processor)
    send(log, TokenChunk("s-2", 1, "Here is an end that nobody could mind.", 1), StreamClosed("s-2", "stop", 2, 2))
    run(log, pipeline.processor, pipeline.state, seed=2)
    text = "".join(record.text for record in reader.deliveries())
    assert text.endswith("to be sure.\nHere is an end that nobody could mind.")
    assert text.startswith("The card is <CREDIT_CARD>.")


def test_a_rejected_stream_is_over(pipeline: Pipeline) -> None:
    log = Log()
    send(log, request("s-3", domestic_sources=AT_HOME, mechanisms=ON_FILE), TokenChunk("s-3", 0, f"The card is {CARD}. And more.\n" * 4, 1))
    run(log, pipeline.processor, pipeline.state, seed=1)
    reader = Reader(log, CODEC)
    refusal = review_of(reader, "s-3", reader.held(), verdict="reject", reason="not_lawful", held=())
    log.append_review(refusal, CODEC)
    answer(log, pipeline.processor)
    send(log, TokenChunk("s-3", 1, "Nothing of this leaves.", 1), StreamClosed("s-3", "stop", 2, 2))
    run(log, pipeline.processor, pipeline.state, seed=2)
    deliveries = reader.deliveries()
    assert not any(record.text for record in deliveries)
    assert [record.action for record in deliveries if record.is_last] == ["block"]
    assert {entry.decision.action for entry in reader.entries() if entry.decision is not None} == {"hold", "block"}


def test_nobody_answers_and_the_deadline_rejects(pipeline: Pipeline) -> None:
    log = Log()
    write_streams(log, CODEC, [(request("s-4", domestic_sources=AT_HOME, mechanisms=ON_FILE), TEXT)], seed=3)
    run(log, pipeline.processor, pipeline.state, seed=5)
    reader = Reader(log, CODEC)
    deadline = max(record.deadline_ms for record in reader.held())
    number = next(at for at in range(PARTITIONS) if log.inbound[at])
    other = next(f"t-{n}" for n in range(100) if partition_of(f"t-{n}", PARTITIONS) == number)
    log.append(number, other.encode(), CODEC.encode(request(other)), at_ms=deadline + 1)
    tick = Tick({number: log.inbound[number][log.committed[number] :]})
    log.commit(tick, pipeline.processor.process(tick))
    notes = [entry.review for entry in reader.entries() if entry.review is not None]
    assert [(note.verdict, note.reason) for note in notes] == [("expire", "deadline")]
    assert CARD not in "".join(record.text for record in reader.deliveries())


def send(log: Log, *records: object) -> None:
    for record in records:
        stream_id = record.stream_id  # type: ignore[attr-defined]
        log.append(partition_of(stream_id, PARTITIONS), stream_id.encode(), CODEC.encode(record))  # type: ignore[arg-type]
