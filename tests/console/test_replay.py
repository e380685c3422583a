"""`carnet replay` on a real Kafka: what real workers decided, kills and all, is the same when it is made anew; what is not is told."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typer
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic
from rich.console import Console
from typer.testing import CliRunner

from console.broker import Broker
from console.replay import replay, reports_table
from schemas.codec import Codec
from schemas.records import DeliveryRecord
from streams import names
from streams.compared import Hole, PartitionReport
from streams.pipeline import Equipment
from tests.kafka.rig import Rig, answers, rig, send
from tests.simulation.test_replay import recorded, replayed
from tests.simulation.world import PARTITIONS, Log

CODEC = Codec.committed()
TOPICS = (names.AUDIT, names.INFERENCE, names.REVIEWS, names.DELIVERIES, names.MECHANISMS)
app = typer.Typer()
app.command()(replay)


def carnet(home: Path, *words: str, code: int = 0) -> Any:
    answer = CliRunner().invoke(app, ["--home", str(home), *words, "--json"])
    assert answer.exit_code == code, answer.output
    return json.loads(answer.stdout) if answer.stdout else answer.stderr


@pytest.fixture(autouse=True)
def loaded(equipment: Equipment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.pipeline.load_equipment", lambda _settings: equipment)


def refused(failure: object, _message: object) -> None:
    assert failure is None


def publish(servers: str, log: Log) -> None:
    """Put a log in memory onto topics, times included."""
    admin = AdminClient({"bootstrap.servers": servers})
    anytime = {"message.timestamp.after.max.ms": str(2**62), "retention.ms": "-1"}
    for made in admin.create_topics([NewTopic(topic, PARTITIONS, 1, config=anytime) for topic in TOPICS]).values():
        made.result(30)
    producer = Producer({"bootstrap.servers": servers, "log_level": 0})
    for topic, source in ((names.INFERENCE, log.inbound), (names.REVIEWS, log.reviews)):
        for number, records in source.items():
            for one in records:
                producer.produce(topic, one.value, one.key, partition=number, timestamp=one.timestamp_ms, on_delivery=refused)
    for topic in (names.AUDIT, names.DELIVERIES):
        for number, values in log.outputs[topic].items():
            for value in values:
                producer.produce(topic, value, partition=number)
    assert producer.flush(30) == 0


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    with Broker(tmp_path / "kafka") as running:
        yield running


@pytest.mark.kafka
def test_a_log_on_topics_is_identical_until_something_in_it_is_altered(
    equipment: Equipment, tmp_path: Path, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = recorded(equipment, tmp_path, 1)
    publish(broker.bootstrap_servers, log)
    monkeypatch.setenv("CARNET_KAFKA_BOOTSTRAP_SERVERS", broker.bootstrap_servers)
    monkeypatch.setenv("CARNET_REVIEW_REVIEWERS", str(tmp_path / "reviewers"))
    answer = carnet(tmp_path)
    assert answer["verdict"] == "identical", answer
    assert [one["entries"] for one in answer["partitions"]] == [len(log.outputs[names.AUDIT][number]) for number in range(PARTITIONS)]
    answer = carnet(tmp_path / "elsewhere", "--partition", "1")
    assert answer["verdict"] == "identical_as_far_as_provable"
    assert [(one["partition"], one["has_keys"]) for one in answer["partitions"]] == [(1, False)]
    assert "no 7" in carnet(tmp_path, "--partition", "7", code=2)
    assert "value.bin" in carnet(tmp_path, "--keys", str(tmp_path), code=2)
    producer = Producer({"bootstrap.servers": broker.bootstrap_servers})
    producer.produce(names.AUDIT, log.outputs[names.AUDIT][0][0], partition=0)
    producer.produce(names.DELIVERIES, altered(log.outputs[names.DELIVERIES][0][-1]), partition=0)
    assert producer.flush(30) == 0
    (report, other) = carnet(tmp_path, code=3)["partitions"]
    assert [hole["reason"] for hole in report["holes"]] == ["entries behind the last stamp"]
    assert [(one["what"], one["cause"]) for one in report["differences"]] == [("only_recorded", "delivery")]
    assert other["verdict"] == "identical"


def altered(value: bytes) -> bytes:
    record = CODEC.decode(value)
    assert isinstance(record, DeliveryRecord)
    return CODEC.encode(replace(record, customer_id="c-2"))


def test_a_table_says_where_and_why_and_shows_no_text(equipment: Equipment, tmp_path: Path) -> None:
    log = recorded(equipment, tmp_path, 1)
    values = log.outputs[names.DELIVERIES][0]
    at, record = next((at, one) for at, value in enumerate(values) if isinstance(one := CODEC.decode(value), DeliveryRecord) and one.text)
    values[at] = CODEC.encode(replace(record, text="Nobody should see this."))
    written = shown([*replayed(equipment, tmp_path, log), gapped()])
    assert f"partition 0 delivery of entry {record.evidence.entry_index}, stream {record.stream_id}" in written
    assert f"text: 23 characters in the log, {len(record.text)} characters anew" in written
    assert "the entry is the same, its delivery is not" in written
    assert "Nobody should" not in written
    assert record.text not in written
    assert "entries 0 to 9 (offsets 0 to 59) cannot be made anew: inbound records are gone" in written
    assert "streams that are not whole in the log: s-9" in written
    assert "without the value key" in written


def gapped() -> PartitionReport:
    return PartitionReport(2, has_keys=False, unproven={"s-9"}, holes=[Hole(0, 60, 0, 9, "inbound records are gone")], skipped=10)


def shown(reports: list[PartitionReport]) -> str:
    console = Console(width=240, record=True, file=open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123
    console.print(reports_table(reports))
    return console.export_text()


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[Rig]:
    with rig(tmp_path) as ready:
        yield ready


@pytest.mark.kafka
def test_what_workers_decided_across_kills_is_made_anew_byte_for_byte(workers: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    workers.worker("A")
    workers.worker("B")
    texts = answers(40)
    thread = send(workers.servers, texts, 400)
    for name in ("A", "B", "A"):
        time.sleep(4)
        workers.workers[name].signal(signal.SIGKILL)
        workers.workers[name].end()
        workers.workers[name].start()
    thread.join()
    workers.wait_for({stream_id for stream_id, _ in texts}, 120)
    monkeypatch.setenv("CARNET_KAFKA_BOOTSTRAP_SERVERS", workers.servers)
    found = carnet(workers.home)
    assert [one["differences"] for one in found["partitions"]] == [[], [], [], []]
    assert found["verdict"] == "identical"
    assert sum(one["entries"] for one in found["partitions"]) > len(texts)
