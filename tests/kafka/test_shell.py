"""The Faust shell on a real broker: poison, hangs, wrong settings, wrong topology, health."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import Producer

from console.broker import free_ports
from console.readers import TopicReader
from schemas.errors import TopologyError
from streams import names, topics
from tests.kafka.rig import PARTITIONS, ROOT, Rig, rig

pytestmark = pytest.mark.kafka


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Rig]:
    with rig(tmp_path) as ready:
        yield ready


def produce(running: Rig, values: list[bytes]) -> None:
    producer = Producer({"bootstrap.servers": running.servers})
    for position, value in enumerate(values):
        producer.produce(names.INFERENCE, value, key=b"k", partition=position % PARTITIONS)
    assert producer.flush(30) == 0


def values_of(running: Rig, topic: str, count: int, timeout_s: float = 60) -> list[bytes]:
    deadline = time.monotonic() + timeout_s
    while True:
        with TopicReader(running.servers, [topic], from_end=False) as reader:
            found = [message.value or b"" for message in reader.until_now()]
        if len(found) >= count or time.monotonic() > deadline:
            return found
        time.sleep(0.3)


def test_a_record_that_breaks_a_detector_is_set_aside_and_the_rest_goes_on(running: Rig) -> None:
    good = [b"value-%d" % number for number in range(300)]
    sent = [*good[:120], b"boom-1", *good[120:200], b"boom-2", *good[200:]]
    produce(running, sent)
    running.worker("A", "tests.kafka.failing_app")
    assert sorted(values_of(running, names.DELIVERIES, len(good))) == sorted(good)
    assert sorted(values_of(running, names.DEAD_LETTERS, 2)) == [b"boom-1", b"boom-2"]


def test_a_tick_that_hangs_ends_the_worker_with_75(running: Rig) -> None:
    produce(running, [b"hang"])
    worker = running.worker("A", "tests.kafka.failing_app", CARNET_KAFKA_TICK_AGE_MS_MAX="2000")
    assert worker.process is not None
    assert worker.process.wait(60) == 75


def test_a_worker_says_when_it_is_ready_and_shows_its_metrics(running: Rig) -> None:
    port = free_ports(1)[0]
    running.worker("A", "tests.kafka.failing_app", CARNET_HEALTH_PORT=str(port))
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
                health = json.load(answer)
                break
        except (urllib.error.URLError, ConnectionError):
            assert time.monotonic() < deadline
            time.sleep(0.3)
    assert health["ready"]
    assert health["assigned"] == list(range(PARTITIONS))
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        assert b"carnet_assigned_partitions 4.0" in answer.read()
    for page in ("table", "router", "table/", "router/"):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/{page}", timeout=5)


def start_refused(running: Rig, **settings: str) -> str:
    environment = {
        "PATH": "/usr/bin:/bin",
        "CARNET_KAFKA_BOOTSTRAP_SERVERS": running.servers,
        "CARNET_KEYS_DIR": str(running.home / "keys"),
    }
    command = [sys.executable, "-m", "faust", "-A", "streams", "worker", "--without-web"]
    done = subprocess.run(command, cwd=ROOT, env=environment | settings, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode != 0
    lines = [line for line in done.stderr.splitlines() if line.startswith("carnet worker: ")]
    assert len(lines) == 1, done.stderr
    return lines[0]


def test_a_wrong_setting_or_topology_is_one_clear_line(running: Rig) -> None:
    assert "CARNET_KAFKA_BOOTSTRAP_SERVER " in start_refused(running, CARNET_KAFKA_BOOTSTRAP_SERVER="x")
    assert "CARNET_SCAN_STEP_CHARS" in start_refused(running, CARNET_SCAN_STEP_CHARS="many")
    assert "has 4 partitions, 6 are expected" in start_refused(running, CARNET_TOPICS_PARTITIONS="6")


def test_a_topic_with_another_shape_is_refused(running: Rig) -> None:
    with pytest.raises(TopologyError, match=r"carnet\.audit\.v1 has 4 partitions, 5 are expected"):
        topics.check(running.servers, 5)
    admin = topics.connect(running.servers)
    admin.delete_topics([names.STATE])
    admin.close()
    with pytest.raises(TopologyError, match=r"carnet\.state\.v1 is missing"):
        topics.check(running.servers)
