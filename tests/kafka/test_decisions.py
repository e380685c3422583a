"""Real workers on a real broker: people are counted, documents count and expire, and a human lets held text go, once, across kills."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from confluent_kafka import Producer

from console.answers import Answer
from console.cutting import interleave
from console.feed import Feeder
from console.review_keys import make_key
from schemas.codec import Codec
from schemas.records import (
    AuditEntry,
    DeliveryRecord,
    DomesticSource,
    MechanismOnFile,
    RequestOpened,
    Totals,
)
from streams import names
from tests.kafka.rig import ROOT, Rig, rig
from tests.requests import request

pytestmark = pytest.mark.kafka

CARDS = ("4111 1111 1111 1111", "5555 5555 5555 4444", "4012 8888 8888 1881")
KINDS = ("cn_scc", "sep_consent", "pipia", "art9_unlabelled")
TEXT = "The card on file is {card}. Nothing else of it is in the file of the customer."


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Rig]:
    with rig(tmp_path) as ready:
        yield ready


def opened(stream_id: str, card: str, mechanisms: tuple[str, ...]) -> RequestOpened:
    home = (DomesticSource("retrieval", f"card {card}", None),)
    return request(stream_id, domestic_sources=home, mechanisms=mechanisms)


def feed(running: Rig, *streams: tuple[RequestOpened, str]) -> None:
    feeder = Feeder(running.servers)
    for record in interleave([Answer(request_, text) for request_, text in streams], 4):
        feeder.send(record)
    feeder.flush()


def wait_until(running: Rig, is_there: Callable[[], bool], timeout_s: float = 120) -> None:
    deadline = time.monotonic() + timeout_s
    while not is_there():
        for worker in running.workers.values():
            worker.supervise()
        assert time.monotonic() < deadline, "\n".join(
            worker.log.read_text(errors="replace")[-1_500:] for worker in running.workers.values()
        )
        time.sleep(0.3)


def totals(running: Rig) -> dict[str, int]:
    """Return the newest upper bound of each class of each scope."""
    found = [record for record in running.records(names.TOTALS) if isinstance(record, Totals)]
    newest = {record.scope: record for record in sorted(found, key=lambda record: record.version)}
    return {f"{scope} {one.name}": one.upper for scope, record in newest.items() for one in record.counted}


def put(running: Rig, *documents: MechanismOnFile) -> None:
    producer, codec = Producer({"bootstrap.servers": running.servers}), Codec.committed()
    for document in documents:
        producer.produce(names.MECHANISMS, codec.encode(document), key=document.id.encode(), partition=0)
    assert producer.flush(30) == 0


def document(kind: str, until: str = "") -> MechanismOnFile:
    return MechanismOnFile(f"{kind}-1", kind, "c-1", "both", (), (), 0, "1", "2020-01-01", until, "", revoked=False)


def last_actions(running: Rig) -> dict[str, str]:
    return {record.stream_id: record.action for record in running.records(names.DELIVERIES) if isinstance(record, DeliveryRecord)}


def carnet(running: Rig, *arguments: str, reviewers: Path) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("CARNET_")} | {
        "CARNET_KAFKA_BOOTSTRAP_SERVERS": running.servers,
        "CARNET_KEYS_DIR": str(running.home / "keys"),
        "CARNET_REVIEW_REVIEWERS": str(reviewers),
    }
    command = [sys.executable, "-m", "console.cli", *arguments, "--home", str(running.home / "console")]
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)


def test_people_are_counted_once_whichever_worker_saw_them_and_whoever_counts(running: Rig) -> None:
    running.worker("A")
    streams = [(opened(f"s-{n}", CARDS[n % 3], KINDS), TEXT.format(card=CARDS[n % 3])) for n in range(12)]
    feed(running, *streams[:6])
    running.wait_for({request_.stream_id for request_, _ in streams[:6]}, 120)
    wait_until(running, lambda: set(totals(running).values()) == {3})
    running.workers["A"].signal(signal.SIGKILL)
    running.workers["A"].end()
    running.worker("B")
    feed(running, *streams[6:])
    running.wait_for({request_.stream_id for request_, _ in streams}, 120)
    time.sleep(2)
    assert list(totals(running).values()) == [3]
    assert running.verdict().exit_code == 0


def test_a_document_counts_as_long_as_it_is_in_force(running: Rig) -> None:
    put(running, *(document(kind) for kind in KINDS))
    running.worker("A", CARNET_MECHANISMS_MODE="register")
    feed(running, (opened("s-1", CARDS[0], KINDS), TEXT.format(card=CARDS[0])))
    running.wait_for({"s-1"}, 120)
    assert last_actions(running) == {"s-1": "release"}
    put(running, document("cn_scc", until="2020-12-31"))
    # The worker reads it beside the streams: from one of the next ones on it holds, and every one after that.
    held = [number for number in range(2, 12) if became_of(running, f"s-{number}", CARDS[1]) == "hold"]
    assert held
    assert held == list(range(held[0], 12))


def became_of(running: Rig, stream_id: str, card: str) -> str:
    feed(running, (opened(stream_id, card, KINDS), TEXT.format(card=card)))
    running.wait_for({stream_id}, 120)
    return last_actions(running)[stream_id]


def test_a_held_answer_is_approved_by_command_and_leaves_once_across_a_kill(running: Rig, tmp_path: Path) -> None:
    reviewers = tmp_path / "reviewers"
    reviewers.write_text(make_key("anna", tmp_path / "anna.key") + "\n")
    running.worker("A", CARNET_REVIEW_REVIEWERS=str(reviewers))
    text = TEXT.format(card=CARDS[0])
    feed(running, (opened("s-1", CARDS[0], KINDS[1:]), text))
    running.wait_for({"s-1"}, 120)
    assert last_actions(running) == {"s-1": "hold"}
    listed = carnet(running, "review", "list", "--json", reviewers=reviewers)
    assert '"s-1"' in listed.stdout, listed.stderr
    shown = carnet(running, "review", "show", "s-1", reviewers=reviewers)
    assert CARDS[0] in shown.stdout, shown.stderr
    running.workers["A"].signal(signal.SIGKILL)
    running.workers["A"].end()
    running.worker("A", CARNET_REVIEW_REVIEWERS=str(reviewers))
    answer = ["review", "approve", "s-1", "--reason", "consent_on_file", "--reviewer", "anna", "--key", str(tmp_path / "anna.key")]
    answered = carnet(running, *answer, reviewers=reviewers)
    assert answered.returncode == 0, answered.stdout + answered.stderr
    delivered = [record for record in running.records(names.DELIVERIES) if isinstance(record, DeliveryRecord) and record.text]
    assert "".join(record.text for record in delivered) == text.replace(CARDS[0], "<CREDIT_CARD>")
    again = carnet(running, *answer, reviewers=reviewers)
    assert again.returncode != 0
    notes = [entry.review for entry in running.records(names.AUDIT) if isinstance(entry, AuditEntry) and entry.review is not None]
    assert [(note.verdict, note.reviewer, note.reason) for note in notes] == [("approve", "anna", "consent_on_file")]
    assert running.verdict().exit_code == 0
