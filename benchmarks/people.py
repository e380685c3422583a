"""Updates per second and core of the counters of people, beside a Python set of strings and a HyperLogLog in Python, in one run.

The stream of records is the same for all: people drawn with repeats, half of them with a weaker identifier beside the stronger one. Each
contender is timed by CPU seconds, in turn, several rounds; the best round counts. The set of strings is what exactness costs at least: it
knows no weaker identifiers, no classes and no entries, and says nothing of its memory.

    python -m benchmarks.people [--people 100000] [--records 300000] [--rounds 3]
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import random
import sys
import time
import tracemalloc
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.figures import Row, table_of
from jurisdictions.headcount import EXACT_MAX, CountBook
from schemas.codec import Codec
from schemas.records import Subject

BAR = 50_000
BATCH = 5_000
DAY_MS = 86_400_000
START_MS = 1_767_225_600_000  # 2026-01-01


class PlainHyperLogLog:
    """HyperLogLog as in Flajolet and others, 2007, with the linear counting of small numbers: what a page of Python gives."""

    def __init__(self, precision: int = 16) -> None:
        self._precision = precision
        self._registers = bytearray(1 << precision)

    def add(self, value: bytes) -> None:
        """Take one value in."""
        word = int.from_bytes(hashlib.sha256(value).digest()[:8], "big")
        place = word >> (64 - self._precision)
        rest = word << self._precision & (1 << 64) - 1
        rank = 65 - rest.bit_length() if rest else 65 - self._precision
        self._registers[place] = max(self._registers[place], rank)


def identity(number: int, kind: bytes) -> bytes:
    return hashlib.sha256(b"%d" % number + kind).digest()[:16]


def records(scope: str, people: int, count: int, seed: int, days: int) -> list[Subject]:
    rnd = random.Random(seed)
    found = []
    for place in range(count):
        who = rnd.randrange(people)
        aliases = (identity(who, b"weak"),) if who % 2 else ()
        classes = ("sensitive",) if rnd.random() < 0.1 else ("ordinary",)
        at_ms = START_MS + DAY_MS * days * place // count
        found.append(Subject(scope, identity(who, b"strong"), aliases, classes, at_ms, place % 4, place // 4))
    return found


def cpu_seconds(work: Callable[[], object], rounds: int) -> float:
    best = float("inf")
    for _ in range(rounds):
        gc.collect()
        began = time.process_time()
        work()
        best = min(best, time.process_time() - began)
    return best


def count_in(book: CountBook, found: Sequence[Subject]) -> CountBook:
    for at in range(0, len(found), BATCH):
        book.add(found[at : at + BATCH], at_end=at + BATCH >= len(found))
        book.take_changed(found[at].seen_at_ms)
    return book


def set_of_strings(found: Sequence[Subject]) -> set[str]:
    seen: set[str] = set()
    for one in found:
        seen.add(f"{one.scope}/{one.classes[0]}/{one.person.hex()}")
    return seen


def plain_sketch(found: Sequence[Subject]) -> PlainHyperLogLog:
    sketch = PlainHyperLogLog()
    for one in found:
        sketch.add(one.person)
    return sketch


def decoded(values: Sequence[bytes]) -> list[Subject]:
    codec = Codec.committed()
    return [one for value in values if isinstance(one := codec.decode(value), Subject)]


def bytes_a_person(found: Sequence[Subject]) -> float:
    """Memory that an exact scope keeps for each person, its identifiers included (tracemalloc)."""
    fresh = [Codec.committed().encode(one) for one in found]
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    book = CountBook(len(found))
    for at in range(0, len(fresh), BATCH):
        book.add(decoded(fresh[at : at + BATCH]))
    gc.collect()
    kept = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    totals = book.totals(found[0].scope)
    return kept / sum(one.people for one in totals.counted)


def sketch_errors(people: int, seeds: int) -> tuple[float, int]:
    """Largest relative error of the estimate over some seeds, and how often the upper bound was below the truth."""
    worst, below = 0.0, 0
    for seed in range(seeds):
        book = CountBook(1)
        book.add(Subject("cn/2026", identity(seed << 32 | who, b"strong"), (), ("ordinary",), START_MS, 0, who) for who in range(people))
        (count,) = book.totals("cn/2026").counted
        worst = max(worst, abs(count.people - people) / people)
        below += count.upper < people
    return worst, below


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--people", type=int, default=100_000)
    arguments.add_argument("--records", type=int, default=300_000)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--seed", type=int, default=6)
    chosen = arguments.parse_args()
    rows = []
    found = records("cn/2026", chosen.people, chosen.records, chosen.seed, 300)
    rolling = records("us/acme/2026", chosen.people, chosen.records, chosen.seed, 700)
    strings = chosen.records / cpu_seconds(lambda: set_of_strings(found), chosen.rounds)
    plain = chosen.records / cpu_seconds(lambda: plain_sketch(found), chosen.rounds)
    for what, exact_max, some, rival, theirs in (
        ("a year, exact", EXACT_MAX, found, "set of strings", strings),
        ("twelve months, exact", EXACT_MAX, rolling, "set of strings", strings),
        ("a year, sketch", 1_000, found, "HyperLogLog in Python", plain),
        ("twelve months, sketch", 1_000, rolling, "HyperLogLog in Python", plain),
    ):
        rate = chosen.records / cpu_seconds(lambda some=some, most=exact_max: count_in(CountBook(most), some), chosen.rounds)  # type: ignore[misc]
        rows.append(Row(what, rate, "updates/s/core", rival, theirs, rate / theirs, f">= {BAR:,}", rate >= BAR))
    codec = Codec.committed()
    values = [codec.encode(one) for one in found[:100_000]]
    rate = len(values) / cpu_seconds(lambda: count_in(CountBook(), decoded(values)), chosen.rounds)
    rows.append(Row("a year, exact, from Avro", rate, "updates/s/core", bar=f">= {BAR:,}", met=rate >= BAR))
    rows.append(Row("memory of an exact scope", bytes_a_person(found[:100_000]), "bytes/person"))
    worst, below = sketch_errors(1_000_000, 3)
    rows.append(Row("sketch of a million, worst of 3", 100 * worst, "% off", bar="upper bound not below", met=not below))
    Console(width=160).print(table_of(rows))


if __name__ == "__main__":
    main()
