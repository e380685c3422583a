"""A real broker, real workers as processes, real load; faults by signal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from audit.checkpoint import Verifier
from console import evidence
from console.answers import Answer
from console.broker import Broker, free_ports
from console.cutting import interleave
from console.feed import Feeder
from console.readers import TopicReader
from schemas.codec import Codec
from schemas.records import DeliveryRecord, Record, UsageRecord
from streams import names, topics
from tests.requests import request

ROOT = Path(__file__).resolve().parents[2]
PARTITIONS = 4
RESTARTED = {70, 75}
SENTENCES = (
    "We looked at what you asked and this is what we found. ",
    "Please write to anna.berg{n}@example.com or call +49 30 9018 2{n:03d} before Friday. ",
    "The invoice 2024-{n:04d} was paid by Maria Gonzalez in Madrid with card 4111 1111 1111 1111. ",
    "客户的手机号是1391234{n:04d}，请于周五之前联系。",
    "Nothing in this sentence is about anybody, it only fills the page with some words. ",
)


def answers(count: int) -> list[tuple[str, str]]:
    """Return (stream id, text) pairs, the same at every call."""
    return [(f"chaos-{n}", "".join(SENTENCES[(n + k) % 5].format(n=n) for k in range(6 + n % 5))) for n in range(count)]


@dataclass
class Worker:
    """One ``faust`` worker process; started anew when it leaves with a code that asks for it."""

    instance: str
    environment: dict[str, str]
    application: str
    log: Path
    process: subprocess.Popen[bytes] | None = None
    codes: list[int] = field(default_factory=list)

    def start(self) -> None:
        with self.log.open("ab") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "faust", "-A", self.application, "worker", "-l", "warn", "--without-web"],
                cwd=ROOT,
                env=self.environment,
                stdout=file,
                stderr=subprocess.STDOUT,
            )

    def signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
            self.process.wait()

    def supervise(self) -> None:
        """Restart a worker that left by itself."""
        if self.process is not None and self.process.poll() in RESTARTED:
            self.codes.append(self.process.returncode)
            self.start()


@dataclass
class Rig:
    """A broker and its workers."""

    broker: Broker
    home: Path
    workers: dict[str, Worker] = field(default_factory=dict)

    @property
    def servers(self) -> str:
        return self.broker.bootstrap_servers

    def worker(self, instance: str, application: str = "streams", **settings: str) -> Worker:
        """Start a worker; its log lies beside the broker's."""
        environment = {key: value for key, value in os.environ.items() if not key.startswith("CARNET_")} | {
            "CARNET_KAFKA_BOOTSTRAP_SERVERS": self.servers,
            "CARNET_WORKER_INSTANCE": instance,
            "CARNET_HEALTH_PORT": "0",
            "CARNET_KEYS_DIR": str(self.home / "keys"),
            "CARNET_TOPICS_PARTITIONS": str(PARTITIONS),
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            **settings,
        }
        worker = self.workers.setdefault(instance, Worker(instance, environment, application, self.home / f"{instance}.log"))
        worker.start()
        return worker

    def records(self, topic: str) -> list[Record]:
        """Return every committed record of a topic."""
        codec = Codec.committed()
        with TopicReader(self.servers, [topic], from_end=False) as reader:
            return [codec.decode(message.value) for message in reader.until_now() if message.value is not None]

    def wait_for(self, stream_ids: set[str], timeout_s: float) -> list[DeliveryRecord]:
        """Return the deliveries as soon as each of these streams has its last one; restart workers meanwhile."""
        deadline = time.monotonic() + timeout_s
        while True:
            for worker in self.workers.values():
                worker.supervise()
            found = [record for record in self.records(names.DELIVERIES) if isinstance(record, DeliveryRecord)]
            ended = {record.stream_id for record in found if record.is_last}
            if stream_ids <= ended:
                return found
            if time.monotonic() > deadline:
                logs = "\n".join(worker.log.read_text(errors="replace")[-1500:] for worker in self.workers.values())
                raise AssertionError(f"{len(stream_ids - ended)} of {len(stream_ids)} streams did not end in {timeout_s} s\n{logs}")
            time.sleep(0.5)

    def verdict(self) -> evidence.Verdict:
        """Verify the ledger as a stranger does: topics and public key."""
        verifier = Verifier(evidence.read_vkey([self.home / "keys" / "checkpoint.vkey"]))
        with TopicReader(self.servers, evidence.LEDGER_TOPICS, from_end=False) as reader:
            return evidence.verify(evidence.collect(reader), verifier)


@contextmanager
def rig(home: Path) -> Iterator[Rig]:
    """Start a broker of its own with the topics of Carnet; end whatever is left at the end."""
    broker = Broker(home / "kafka", port=free_ports(1)[0])
    running = Rig(broker, home)
    with broker:
        topics.create(broker.bootstrap_servers, PARTITIONS)
        try:
            yield running
        finally:
            for worker in running.workers.values():
                worker.end()


def send(servers: str, texts: list[tuple[str, str]], tokens_per_s: float | None) -> threading.Thread:
    """Feed streams from a thread, as an inference service does."""
    feeder = Feeder(servers, tokens_per_s=tokens_per_s)
    whole = [Answer(request(stream_id), text) for stream_id, text in texts]

    def run() -> None:
        for record in interleave(whole, 40):
            feeder.send(record)
        feeder.flush()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def check_once(deliveries: list[DeliveryRecord], usage: list[Record], texts: list[tuple[str, str]]) -> None:
    """Nothing lost, nothing doubled, nothing out of order."""
    by_stream: dict[str, list[DeliveryRecord]] = {}
    for record in deliveries:
        by_stream.setdefault(record.stream_id, []).append(record)
    used = [record for record in usage if isinstance(record, UsageRecord)]
    assert sorted(record.stream_id for record in used) == sorted(stream_id for stream_id, _ in texts)
    lengths = {record.stream_id: record for record in used}
    for stream_id, text in texts:
        segments = by_stream[stream_id]
        assert [record.segment_index for record in segments] == list(range(len(segments)))
        assert [record.is_last for record in segments] == [False] * (len(segments) - 1) + [True]
        assert lengths[stream_id].characters == len(text)
        account = lengths[stream_id]
        assert account.characters_released + account.characters_redacted + account.characters_withheld == len(text)
