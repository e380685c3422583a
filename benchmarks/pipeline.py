"""The whole pipeline on a real broker, beside rivals in the same run. Method: benchmarks/README.md.

python -m benchmarks.pipeline catch-up [--corpus FILE] [--limit N]
python -m benchmarks.pipeline live --rate 2000 [--corpus FILE]
python -m benchmarks.pipeline channel
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from confluent_kafka import Consumer, KafkaException, TopicPartition

from console.answers import Answer, Defaults, read_answers
from console.broker import Broker, free_ports
from console.cutting import interleave
from console.feed import Feeder
from schemas.codec import Codec
from schemas.records import DeliveryRecord
from streams import names, topics

PARTITIONS = 4
ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "console" / "samples" / "answers.jsonl"
APPLICATIONS = {"carnet": "streams", "pass-through": "benchmarks.pass_through_app", "stock Faust": "benchmarks.stock_faust_app"}
GROUPS = {"carnet": "carnet", "pass-through": "carnet", "stock Faust": "carnet-bench-stock"}


@dataclass(frozen=True, slots=True)
class Sample:
    """What a process had done at a moment: seconds, records committed, CPU seconds, resident bytes."""

    at_s: float
    records: int
    cpu_s: float
    rss: int


class Run:
    """One broker, one worker."""

    def __init__(self, broker: Broker, home: Path, name: str) -> None:
        self.servers = broker.bootstrap_servers
        self.name = name
        self._home = home
        self.log = home / "worker.log"
        self._reader = Consumer({"bootstrap.servers": self.servers, "group.id": GROUPS[name], "enable.auto.commit": False})
        self._places = [TopicPartition(names.INFERENCE, number) for number in range(PARTITIONS)]

    def start(self) -> None:
        """Start the worker, one BLAS thread."""
        environment = dict(os.environ) | {
            "CARNET_KAFKA_BOOTSTRAP_SERVERS": self.servers,
            "CARNET_HEALTH_PORT": "0",
            "CARNET_KEYS_DIR": str(self._home / "keys"),
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
        }
        command = [sys.executable, "-m", "faust", "-A", APPLICATIONS[self.name], "worker", "-l", "error", "--without-web"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)

    def stop(self) -> None:
        """End the worker."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._reader.close()

    def sample(self) -> Sample:
        """Look at the worker and at what its group has committed."""
        if self.process.poll() is not None:
            raise SystemExit(f"{self.name} left with {self.process.returncode}:\n{self.log.read_text()[-2000:]}")
        done = self._committed()
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
        ticks = os.sysconf("SC_CLK_TCK")
        return Sample(time.monotonic(), done, (int(fields[11]) + int(fields[12])) / ticks, int(fields[21]) * resource.getpagesize())

    def _committed(self) -> int:
        try:
            return sum(max(0, place.offset) for place in self._reader.committed(self._places, 10))
        except KafkaException:
            return 0  # the coordinator of the group is not there yet

    def until(self, records: int, timeout_s: float) -> list[Sample]:
        """Return samples from before the first record to after the last."""
        deadline = time.monotonic() + timeout_s
        samples = [self.sample()]
        while samples[-1].records < records:
            if time.monotonic() > deadline:
                raise SystemExit(f"{self.name}: {samples[-1].records} of {records} records after {timeout_s} s")
            time.sleep(0.1)
            now = self.sample()
            samples = [now] if now.records == 0 else [*samples, now]
        return samples


@contextmanager
def prepared(name: str) -> Iterator[Run]:
    with tempfile.TemporaryDirectory(prefix="carnet-bench-") as folder:
        home = Path(folder)
        with Broker(home / "kafka", port=free_ports(1)[0]) as broker:
            topics.create(broker.bootstrap_servers, PARTITIONS)
            run = Run(broker, home, name)
            try:
                yield run
            finally:
                if hasattr(run, "process") and run.process.poll() is None:
                    run.stop()


def load(corpus: Path | None, limit: int | None) -> list[Answer]:
    """Return the answers of a corpus, or the shipped samples repeated, each with an id of its own."""
    found = list(read_answers(corpus or SAMPLES, Defaults(), None))
    wanted = limit or (len(found) if corpus else 800)
    return [found[n % len(found)].renamed(f"bench-{n}") for n in range(wanted)]


def catch_up(name: str, answers: list[Answer], timeout_s: float) -> dict[str, Any]:
    """Feed first, then start the worker: how fast does it work off what waits."""
    with prepared(name) as run:
        feeder = Feeder(run.servers)
        records = 0
        for record in interleave(answers, 200):
            feeder.send(record)
            records += 1
        feeder.flush()
        run.start()
        samples = run.until(records, timeout_s)
        first, last = samples[0], samples[-1]
        done = last.records - first.records
        return {
            "name": name,
            "tokens": feeder.chunks,
            "records/s": done / (last.at_s - first.at_s),
            "µs CPU per record": 1e6 * (last.cpu_s - first.cpu_s) / done,
            "tokens/s/core": done / (last.cpu_s - first.cpu_s),
            "MB": max(sample.rss for sample in samples) / 1e6,
        }


def live(name: str, answers: list[Answer], rate: float, streams: int, seconds: float) -> dict[str, Any]:
    """Feed at a rate: how long from an inbound record to the delivery that it made possible, as a read_committed reader sees it."""
    with prepared(name) as run:
        run.start()
        feeder = Feeder(run.servers, tokens_per_s=rate)
        warm = [answer.renamed(f"warm-{n}") for n, answer in enumerate(answers[:8])]
        sent = _send(feeder, interleave(warm, 8))
        run.until(sent, 90)
        reader = Consumer(
            {"bootstrap.servers": run.servers, "group.id": "bench", "isolation.level": "read_committed", "fetch.wait.max.ms": 100}
        )
        places = [TopicPartition(names.DELIVERIES, number) for number in range(PARTITIONS)]
        reader.assign([TopicPartition(place.topic, place.partition, reader.get_watermark_offsets(place, 10)[1]) for place in places])
        before = run.sample()
        feeder = Feeder(run.servers, tokens_per_s=rate)
        latencies: list[float] = []
        held: list[int] = []
        began = time.monotonic()
        codec = Codec.committed()
        for position, record in enumerate(interleave(answers, streams)):
            feeder.send(record)
            if position % 16 == 0:
                _read(reader, codec, latencies, held, 0)
            if time.monotonic() - began > seconds:
                break
        feeder.flush()
        after = run.sample()
        end = time.monotonic() + 2
        while time.monotonic() < end:
            _read(reader, codec, latencies, held, 0.1)
        reader.close()
        settled = latencies[len(latencies) // 10 :]
        return {
            "name": name,
            "tokens/s": feeder.chunks / seconds,
            "deliveries": len(latencies),
            "p50 ms": statistics.median(settled),
            "p99 ms": _quantile(settled, 0.99),
            "core busy %": 100 * (after.cpu_s - before.cpu_s) / (after.at_s - before.at_s),
            "hold-back p50": statistics.median(held) if held else None,
            "hold-back p99": _quantile(held, 0.99) if held else None,
        }


def _send(feeder: Feeder, records: Iterable[Any]) -> int:
    count = 0
    for record in records:
        feeder.send(record)
        count += 1
    feeder.flush()
    return count


def _read(reader: Consumer, codec: Codec, latencies: list[float], held: list[int], wait_s: float) -> None:
    for message in reader.consume(500, wait_s):
        if message.error() is not None:
            continue
        headers = dict(message.headers() or [])
        moment = datetime.fromisoformat(headers["ce_time"].decode()).timestamp()
        latencies.append(1e3 * (time.time() - moment))
        if "ce_type" in headers:
            record = codec.decode(message.value())
            if isinstance(record, DeliveryRecord) and not record.is_last:
                held.append(record.hold_back.characters)


def _quantile(values: list[Any], share: float) -> float:
    return float(sorted(values)[min(len(values) - 1, int(len(values) * share))])


def show(rows: list[dict[str, Any]]) -> None:
    """Print a table, then the rows as JSON."""
    columns = list(rows[0])
    print(" | ".join(columns))
    for row in rows:
        print(" | ".join(f"{row[c]:,.1f}" if isinstance(row[c], float) else str(row[c]) for c in columns))
    print(json.dumps(rows))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mode", choices=["catch-up", "live", "channel"])
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--rate", type=float, default=2_000.0)
    parser.add_argument("--streams", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--timeout", type=float, default=180.0)
    parser.add_argument("--only", action="append")
    options = parser.parse_args()
    answers = load(options.corpus, options.limit)
    chosen = options.only or {"channel": ["pass-through", "stock Faust"]}.get(options.mode, ["carnet", "pass-through"])
    if options.mode == "live":
        show([live(name, answers, options.rate, options.streams, options.seconds) for name in chosen])
    else:
        show([catch_up(name, answers, options.timeout) for name in chosen])


if __name__ == "__main__":
    main()
