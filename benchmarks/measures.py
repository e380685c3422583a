"""Measurements of the scanner itself: per delta, of its patterns alone, of whole texts, growth, memory."""

from __future__ import annotations

import gc
import random
import statistics
import time
import tracemalloc
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from benchmarks.corpora import deltas
from detectors.analyzer import Engine, take_apart
from detectors.cut import last_quiet_boundary
from detectors.finding import Finding
from detectors.pattern_lane import PatternLane
from detectors.scanner import SEGMENT_CHARS_MAX, Scanner, StreamScan


@dataclass(frozen=True, slots=True)
class Streamed:
    """One run of many streams.

    Attributes:
        findings: Of each text.
        seconds: CPU time of feeding, scanning and taking.
        holds: Characters received and not final, after each delta of each stream.
    """

    findings: list[list[Finding]]
    seconds: float
    holds: list[int]


def stream(scanner: Scanner, pieces: Sequence[Sequence[str]], width: int) -> Streamed:
    """Run all texts, ``width`` at a time, one delta each per step."""
    found: list[list[Finding]] = [[] for _ in pieces]
    holds: list[int] = []
    waiting = list(range(len(pieces)))
    running: dict[int, tuple[StreamScan, int]] = {}
    seconds = 0.0
    while waiting or running:
        while waiting and len(running) < width:
            running[waiting.pop(0)] = (scanner.open(), 0)
        begun = time.process_time()
        for number, (scan, at) in list(running.items()):
            if at < len(pieces[number]):
                scanner.feed(scan, pieces[number][at])
            else:
                scanner.close(scan)
            running[number] = (scan, at + 1)
        scanner.advance([scan for scan, _ in running.values()])
        for number, (scan, _) in running.items():
            found[number].extend(scan.take())
        seconds += time.process_time() - begun
        for number, (scan, _) in list(running.items()):
            if not scan.closed:
                holds.append(scan.received - scan.final_to)
            if scan.done or scan.overflowed:
                del running[number]
    return Streamed(found, seconds, holds)


class PatternClock:
    """The pattern layer by itself, before context: prefilter, recognisers, telephone numbers.

    Args:
        engine: Its recognisers run.
    """

    def __init__(self, engine: Engine) -> None:
        parts = take_apart(engine)
        self.lane = PatternLane(parts.patterns, parts.phone)


def patterns_alone(clock: PatternClock, texts: Sequence[str]) -> float:
    """Return the CPU seconds of the pattern layer over whole texts, cutting them into segments as the scanner does included."""
    begun = time.process_time()
    for text in texts:
        start = 0
        for end in _segment_ends(text):
            clock.lane.find(text[start:end], start)
            start = end
    return time.process_time() - begun


def _segment_ends(text: str) -> Iterator[int]:
    """Yield where the segments of a text that is there as a whole end."""
    start = stop = 0
    while (stop := stop + SEGMENT_CHARS_MAX) < len(text):
        end = last_quiet_boundary(text, start, stop)
        if end > start:
            yield end
            start = stop = end
    yield len(text)


def whole(scanner: Scanner, texts: Sequence[str]) -> float:
    """Return the CPU seconds of scanning each text in one piece."""
    begun = time.process_time()
    for text in texts:
        scan = scanner.open()
        scanner.feed(scan, text)
        scanner.close(scan)
        scanner.advance([scan])
        scan.take()
        assert scan.done
    return time.process_time() - begun


def growth(scanner: Scanner, text: str, long: int, rnd: random.Random, *, rounds: int = 5) -> tuple[float, float]:
    """Return microseconds a delta of one stream: of streams of 100 deltas, and of the last 2,000 deltas of one of ``long``.

    Both get the same text in turn, so only the length differs; medians of the rounds.
    """
    repeated = text * (1 + long * 5 // len(text))
    last = 400
    ahead = list(islice(deltas(repeated, 2, 7, rnd), long - rounds * last))
    scan = scanner.open()
    for piece in ahead:
        scanner.feed(scan, piece)
        scanner.advance([scan])
        scan.take()
    young, old = [], []
    tail = list(islice(deltas(repeated, 2, 7, rnd), rounds * last))
    for number in range(rounds):
        part = tail[number * last : (number + 1) * last]
        old.append(_steps(scanner, scan, part) / last * 1e6)
        seconds = 0.0
        for start in range(0, last, 100):
            seconds += _steps(scanner, scanner.open(), part[start : start + 100])
        young.append(seconds / last * 1e6)
    return statistics.median(young), statistics.median(old)


def _steps(scanner: Scanner, scan: StreamScan, pieces: Sequence[str]) -> float:
    begun = time.process_time()
    for piece in pieces:
        scanner.feed(scan, piece)
        scanner.advance([scan])
        scan.take()
    return time.process_time() - begun


def memory(scanner: Scanner, pieces: Sequence[Sequence[str]], streams: int, length: int) -> float:
    """Return the bytes that one open stream keeps, in the middle of its text, beside the tables that all share (tracemalloc)."""
    chosen = [pieces[number % len(pieces)][:length] for number in range(streams)]
    _opened(scanner, chosen[: len(pieces)])  # shared tables know the words by now
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    held = _opened(scanner, [[str(piece.encode(), "utf-8") for piece in one] for one in chosen])
    gc.collect()
    kept = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert len(held) == streams
    return kept / streams


def _opened(scanner: Scanner, pieces: Sequence[Sequence[str]]) -> list[StreamScan]:
    scans = [scanner.open() for _ in pieces]
    for at in range(max(map(len, pieces))):
        growing = [number for number, one in enumerate(pieces) if at < len(one)]
        for number in growing:
            scanner.feed(scans[number], pieces[number][at])
        scanner.advance([scans[number] for number in growing])
        for number in growing:
            scans[number].take()
    return scans


def quantile(values: Sequence[int], share: float) -> int:
    """Return the value that so large a share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
