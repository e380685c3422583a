"""`carnet review` as a reviewer runs it: a real Kafka, and the worker's own code applying what is sent."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Producer
from typer.testing import CliRunner

from console.broker import Broker
from console.readers import TopicReader
from console.review import review_app
from console.review_keys import make_key
from streams import names, topics
from streams.reviews import Reviewers
from tests.desk import HELD_AT, STREAM, Desk

pytestmark = pytest.mark.kafka
run = CliRunner()
SECRET = "+65 8123 4567"


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with Broker(tmp_path_factory.mktemp("kafka")) as running:
        yield running


@dataclass
class Office:
    """A broker with fresh topics, a worker that answers reviews, and two reviewers with keys."""

    desk: Desk
    servers: str
    home: Path

    def publish(self) -> None:
        """Write what the desk wrote since the last time."""
        producer = Producer({"bootstrap.servers": self.servers, "log_level": 0})
        for item in self.desk.outcome.outputs:
            producer.produce(item.topic, item.value, item.key, partition=item.partition)
        assert producer.flush(30) == 0
        self.desk.outcome.outputs.clear()

    @contextmanager
    def worker(self) -> Iterator[None]:
        """Answer all reviews that are there when the block ends, as of the day of the hold: record time, whatever the clock says."""
        stop = threading.Event()

        def work() -> None:
            with TopicReader(self.servers, (names.REVIEWS,), from_end=False) as reader:
                while not (stop.is_set() and self.desk.offset >= reader.ends()[names.REVIEWS, 0]):
                    for message in reader.poll(0.1):
                        if message.offset >= self.desk.offset:
                            self.desk.answer(message.value or b"", at_ms=HELD_AT + 1_000)
                            self.publish()

        thread = threading.Thread(target=work)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join(30)

    def carnet(self, *words: str, code: int = 0) -> Any:
        """Run a command and return what it prints as JSON."""
        answer = run.invoke(review_app, [*words, "--home", str(self.home), "--json"])
        assert answer.exit_code == code, answer.output
        return json.loads(answer.stdout) if answer.stdout else answer.stderr

    def signed_by(self, name: str) -> list[str]:
        return ["--reviewer", name, "--key", str(self.home / f"{name}.pem")]


@pytest.fixture
def office(broker: Broker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    admin = topics.connect(broker.bootstrap_servers)
    if names.HELD in set(admin.list_topics()):
        admin.delete_topics([plan.name for plan in topics.PLAN], timeout_ms=30_000)
    admin.close()
    topics.create(broker.bootstrap_servers, 1, 1)
    monkeypatch.setenv("CARNET_KAFKA_BOOTSTRAP_SERVERS", broker.bootstrap_servers)
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "kek.bin").write_bytes(b"k" * 32)
    lines = [make_key(name, tmp_path / f"{name}.pem") for name in ("anna", "bo")]
    return Office(Desk(reviewers=Reviewers(lines)), broker.bootstrap_servers, tmp_path)


def test_a_held_answer_is_listed_shown_approved_and_gone(office: Office) -> None:
    office.desk.hold(f"Please call {SECRET} ", ("PHONE_NUMBER", SECRET), must=(0,))
    office.desk.hold("or ask Mei Tan.", ("PERSON", "Mei Tan"), is_last=True)
    office.publish()
    (listed,) = office.carnet("list")
    assert (listed["stream_id"], listed["segments"], listed["is_whole"], listed["causes"]) == (STREAM, 2, True, ["CN-XB-002"])
    shown = office.carnet("show", STREAM)
    assert "".join(part["text"] for part in shown["parts"]) == f"Please call {SECRET} or ask Mei Tan."
    assert [found["must_redact"] for part in shown["parts"] for found in part["findings"]] == [True, False]
    with office.worker():
        words = ["--reason", "redaction_sufficient", "--redact", "PERSON", "--note", "seen with legal", *office.signed_by("anna")]
        (answer,) = office.carnet("approve", STREAM, *words)
    assert (answer["verdict"], answer["refused"]) == ("approve", "")
    assert answer["characters_redacted"] == len(SECRET) + len("Mei Tan")
    assert office.carnet("list") == []
    assert office.desk.answered == [(STREAM, True)]
    (kept,) = (office.home / "review-notes").iterdir()
    assert "seen with legal" in kept.read_text(encoding="utf-8")


def test_two_people_approve_and_one_rejects(office: Office) -> None:
    office.desk.hold("One.", two_person=True)
    office.publish()
    words = ["approve", STREAM, "--reason", "consent_on_file"]
    with office.worker():
        (answer,) = office.carnet(*words, *office.signed_by("anna"))
        assert answer["verdict"] == "first_approve"
        assert office.carnet("list")[0]["first_approvals"] == [{"reviewer": "anna", "segments": 1}]
        assert "a second person must" in office.carnet(*words, *office.signed_by("anna"), code=2)
        (answer,) = office.carnet(*words, *office.signed_by("bo"))
        assert answer["verdict"] == "approve"
        office.desk.hold("Two.")
        office.publish()
        (answer,) = office.carnet("reject", STREAM, "--reason", "unclear", *office.signed_by("bo"))
        assert (answer["verdict"], answer["characters_withheld"]) == ("reject", 4)
    assert office.desk.answered == [(STREAM, True), (STREAM, False)]
    assert office.carnet("list") == []


def test_somebody_who_is_not_on_the_list_is_refused_and_told_so(office: Office, tmp_path: Path) -> None:
    office.desk.hold("One.")
    office.publish()
    make_key("mallory", tmp_path / "mallory.pem")
    with office.worker():
        (answer,) = office.carnet("approve", STREAM, "--reason", "false_positive", *office.signed_by("mallory"), code=1)
    assert answer["refused"] == "review_unknown_reviewer"
    assert len(office.carnet("list")) == 1


def test_where_the_list_is_at_hand_nothing_is_sent_under_a_wrong_name(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.desk.hold("One.")
    office.publish()
    line = make_key("carol", office.home / "carol.pem")
    (office.home / "reviewers").write_text(line + "\n", encoding="utf-8")
    monkeypatch.setenv("CARNET_REVIEW_REVIEWERS", str(office.home / "reviewers"))
    words = ["approve", STREAM, "--reason", "false_positive"]
    assert "has no anna with this key" in office.carnet(*words, *office.signed_by("anna"), code=2)
    with TopicReader(office.servers, (names.REVIEWS,), from_end=False) as reader:
        assert list(reader.until_now()) == []


def test_answers_nobody_waits_for_are_applied_later_the_first_of_them_once(office: Office) -> None:
    office.desk.hold("One.")
    office.publish()
    for name in ("anna", "bo"):
        (answer,) = office.carnet("approve", STREAM, "--reason", "false_positive", "--no-wait", *office.signed_by(name))
        assert (answer["verdict"], answer["refused"]) == ("", "")
    with office.worker():
        pass
    assert office.desk.answered == [(STREAM, True)]
    with TopicReader(office.servers, (names.DELIVERIES, names.DEAD_LETTERS), from_end=False) as reader:
        assert sorted(message.topic for message in reader.until_now()) == [names.DEAD_LETTERS, names.DELIVERIES]
