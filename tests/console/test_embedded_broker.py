"""The embedded broker is a real Kafka: it keeps what it acknowledged, comes back after kill -9, and carries a feed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import Producer

from console.answers import Defaults, read_answers
from console.broker import Broker, answers_api_versions
from console.cutting import DELTA_CHARS_MAX, DELTA_CHARS_MIN
from console.feed import Feeder, Progress, feed
from console.readers import TopicReader
from console.samples.compose import answers_path
from schemas.codec import Codec
from schemas.errors import ConfigurationError
from schemas.partitioning import partition_of
from schemas.records import DeliveryRecord, EvidenceRef, HoldBack, RequestOpened, StreamClosed
from streams import topics
from streams.names import DELIVERIES, HELD, INFERENCE

pytestmark = pytest.mark.kafka
PARTITIONS = 3


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with Broker(tmp_path_factory.mktemp("kafka")) as running:
        topics.create(running.bootstrap_servers, PARTITIONS, 1)
        yield running


def test_what_was_acknowledged_is_there_after_kill_9_on_the_same_port(tmp_path: Path) -> None:
    broker = Broker(tmp_path)
    try:
        broker.start()
        topics.create(broker.bootstrap_servers, 1, 1)
        producer = Producer({"bootstrap.servers": broker.bootstrap_servers, "acks": "all", "log_level": 0})
        for number in range(200):
            producer.produce(HELD, str(number).encode())
        assert producer.flush(30) == 0
        before = (broker.pid, broker.port)
        broker.kill()
        assert broker.pid is None
        assert not answers_api_versions(broker.port)
        broker.start()
        assert broker.pid != before[0]
        assert broker.port == before[1]
        with TopicReader(broker.bootstrap_servers, (HELD,), from_end=False) as reader:
            assert [message.value for message in reader.until_now()] == [str(number).encode() for number in range(200)]
    finally:
        broker.stop()


def test_a_second_broker_on_the_same_port_is_refused(broker: Broker, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=f"port {broker.port} is taken"):
        Broker(tmp_path, broker.port).start()


def test_a_reader_that_is_refused_leaves_no_connection_behind(broker: Broker) -> None:
    before = set(threading.enumerate())
    with pytest.raises(ConfigurationError, match=r"topic carnet\.nothing\.v1 is missing"):
        TopicReader(broker.bootstrap_servers, ("carnet.nothing.v1",), from_end=False)
    assert set(threading.enumerate()) <= before


def test_a_feed_puts_each_stream_whole_and_in_order_into_its_partition(broker: Broker) -> None:
    answers = list(read_answers(answers_path(), Defaults(), limit=9))
    feeder = Feeder(broker.bootstrap_servers)
    with TopicReader(broker.bootstrap_servers, (INFERENCE,), from_end=True) as reader:
        done = feed(answers, feeder, None, concurrency=4)
        codec, found = Codec.committed(), {}
        for message in reader.until_now():
            record = codec.decode(message.value)
            assert message.partition == partition_of(record.stream_id, PARTITIONS)
            assert message.key == record.stream_id.encode()
            found.setdefault(record.stream_id, []).append(record)
    assert done.streams == 9
    assert done.chunks == sum(len(records) - 2 for records in found.values())
    for answer in answers:
        opened, *chunks, closed = found[answer.opened.stream_id]
        assert isinstance(opened, RequestOpened)
        assert "".join(chunk.text for chunk in chunks) == answer.output
        assert isinstance(closed, StreamClosed)


def test_a_feed_waits_until_every_stream_is_delivered_or_withheld(broker: Broker) -> None:
    """Deliveries written once all four streams were sent, and never before, stand for the worker's."""
    answers = [answer.renamed(f"w-{answer.opened.stream_id}") for answer in read_answers(answers_path(), Defaults(), limit=4)]
    codec = Codec.committed()
    producer = Producer({"bootstrap.servers": broker.bootstrap_servers, "log_level": 0})
    written: list[str] = []

    def deliver(progress: Progress) -> None:
        if progress.streams < len(answers) or written:
            return
        for number, answer in enumerate(answers):
            action = "hold" if number == 0 else "release"
            evidence = EvidenceRef(0, 0, b"", b"")
            stream_id = answer.opened.stream_id
            record = DeliveryRecord("d", stream_id, 0, "c", "SG", "", 0, 0, action, (), (), (), True, evidence, HoldBack(0, 0))
            producer.produce(DELIVERIES, codec.encode(record), partition=0)
            written.append(stream_id)
        assert producer.flush(30) == 0

    with TopicReader(broker.bootstrap_servers, (DELIVERIES, HELD), from_end=True) as reader:
        done = feed(answers, Feeder(broker.bootstrap_servers), reader, concurrency=4, on_progress=deliver)
    assert (done.streams, done.delivered, done.withheld, done.unaccounted) == (4, 3, 1, 0)


def test_the_command_feeds_without_waiting_and_tells_what_it_sent(broker: Broker, tmp_path: Path) -> None:
    options = ["--limit", "2", "--suffix", "new", "--no-wait", "--json", "--home", str(tmp_path)]
    environment = {**os.environ, "CARNET_KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap_servers}
    command = [sys.executable, "-m", "console.cli", "feed", *options]
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=120)
    printed = json.loads(answer.stdout)
    lengths = [len(sent.output) for sent in read_answers(answers_path(), Defaults(), limit=2)]
    assert {"streams", "chunks", "delivered", "withheld", "seconds"} <= printed.keys()
    assert printed["streams"] == 2
    assert sum(lengths) / DELTA_CHARS_MAX <= printed["chunks"] <= sum(lengths) / DELTA_CHARS_MIN + 2
