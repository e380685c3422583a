"""A restore is bounded by the open streams, not by the age of the pipeline; a worker's memory with 2,000 open streams.

    python -m benchmarks.restore [--streams 2000] [--deltas 500]

Opens the streams, sends deltas to each without closing them, waits until all is decided, kills the worker with SIGKILL, starts it again,
and reads from its log how long it took to take its partitions over.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.pipeline import PARTITIONS, Run, load, prepared
from console.feed import Feeder
from schemas.records import RequestOpened, TokenChunk


def open_streams(count: int, deltas: int) -> Iterator[RequestOpened | TokenChunk]:
    """Yield the openings, then rounds of one delta each; the texts are the shipped samples, over and over."""
    answers = load(None, count)
    for answer in answers:
        yield answer.opened
    texts = [(answer.output + " ") * (1 + deltas * 5 // max(1, len(answer.output))) for answer in answers]
    for sequence in range(deltas):
        for answer, text in zip(answers, texts, strict=True):
            yield TokenChunk(answer.opened.stream_id, sequence, text[sequence * 5 : sequence * 5 + 5], 1)


def assigned_seconds(log: Path, after: int) -> list[float]:
    """Return how long each assignment took, as the worker logged it after a byte offset."""
    with log.open("rb") as file:
        file.seek(after)
        entries = [json.loads(line) for line in file.read().decode(errors="replace").splitlines() if line.startswith("{")]
    return [entry["seconds"] for entry in entries if entry.get("event") == "partitions assigned" and entry.get("partitions")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=2_000)
    parser.add_argument("--deltas", type=int, default=500)
    parser.add_argument("--timeout", type=float, default=300.0)
    options = parser.parse_args()
    with prepared("carnet") as run:
        feeder = Feeder(run.servers)
        sent = 0
        for record in open_streams(options.streams, options.deltas):
            feeder.send(record)
            sent += 1
        feeder.flush()
        run.start()
        samples = run.until(sent, options.timeout)
        run.process.kill()
        run.process.wait()
        seconds = restart(run)
        print(f"{sent:,} records, {options.streams:,} open streams, {PARTITIONS} partitions")
        print(f"largest resident memory: {max(sample.rss for sample in samples) / 1e6:,.0f} MB")
        print(f"restore of all partitions: {seconds:.2f} s")


def restart(run: Run) -> float:
    """Start the worker again and return the seconds it took to take its partitions over."""
    log = run.log
    before = log.stat().st_size
    run.start()
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found = assigned_seconds(log, before)
        if found:
            return sum(found)
        time.sleep(0.2)
    raise SystemExit(f"no assignment within a minute:\n{log.read_text()[-2000:]}")


if __name__ == "__main__":
    main()
