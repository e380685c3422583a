"""Detection beside its rivals, each figure in the same run as theirs, on one core, with one thread.

    python -m benchmarks.detection [--corpus FILE.jsonl] [--chinese FILE.iob2] [--rivals PYTHON] [--only SECTION …] [--json]

All times are CPU time of one process that is pinned to one core. `--corpus` takes JSON lines with a field `output`; into each answer three
generated values are put at sentence ends (`--inject 0`: as they are). `--rivals` is the interpreter of an environment with argus-redact and
datafog; they run pinned to the same core and are timed by themselves. Compare figures of one run only.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from benchmarks import alternatives, corpora, measures
from benchmarks.figures import Row, table_of
from detectors.analyzer import Engine, analyze, build_engine
from detectors.finding import Finding
from detectors.scanner import Scanner

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS")
RIVALS = Path(__file__).parents[1] / ".carnet" / "rivals" / "bin" / "python"
DELTA, CHINESE_DELTA = (2, 7), (2, 4)
_FILE_WIDTH = 180  # of a table that goes into a file


@dataclass
class Bench:
    """Texts, engines, and the rows so far; what is expensive is made once."""

    options: argparse.Namespace
    rnd: random.Random
    rows: list[Row] = field(default_factory=list)

    @cached_property
    def texts(self) -> list[str]:
        """English answers."""
        return corpora.english(self.options.corpus, self.options.documents, self.options.inject, self.rnd)

    @cached_property
    def pieces(self) -> list[list[str]]:
        """Their deltas."""
        return [list(corpora.deltas(text, *DELTA, self.rnd)) for text in self.texts]

    @cached_property
    def chinese(self) -> list[str]:
        """Chinese answers."""
        return corpora.chinese(self.options.chinese, self.options.documents, self.options.inject, self.rnd)

    @cached_property
    def chinese_pieces(self) -> list[list[str]]:
        """Their deltas."""
        return [list(corpora.deltas(text, *CHINESE_DELTA, self.rnd)) for text in self.chinese]

    @cached_property
    def engine(self) -> Engine:
        """The whole-text engine with the recognisers of all countries."""
        return build_engine(("all",))

    @cached_property
    def scanner(self) -> Scanner:
        """The scanner with the recognisers of all countries."""
        return Scanner(self.engine)

    @cached_property
    def stock(self) -> Engine:
        """Presidio with its own defaults."""
        engine = alternatives.stock_engine(self.engine)
        alternatives.whole(engine, ["The first analysis loads what the others use: ask Ann at 212-555-0123."])
        return engine

    @cached_property
    def stock_with_ours(self) -> Engine:
        """Presidio with our pattern recognisers of all countries; the lanes for names and phrases belong to our own engine."""
        return alternatives.stock_engine(build_engine(("all",), lanes=False), same_recognizers=True)

    def sample(self, chars: int) -> list[str]:
        """Return the first English texts of so many characters, at least one: rivals are slow."""
        total, out = 0, []
        for text in self.texts:
            if out and total + len(text) > chars:
                break
            out.append(text)
            total += len(text)
        return out

    def rival(self, what: str, **job: Any) -> dict[str, Any]:
        """Run a rival; its figures, or none."""
        return alternatives.rival(self.options.rivals, self.options.core, {"what": what, **job}) or {}

    def median(self, once: Callable[[], float]) -> float:
        """Return the median of the rounds, after one that warms the caches."""
        once()
        return statistics.median(once() for _ in range(self.options.rounds))

    def add(self, *rows: Row) -> None:
        """Keep rows for the table."""
        self.rows.extend(rows)


def streaming(bench: Bench) -> None:
    """English answers, patterns of all countries and names, many streams."""
    deltas = sum(map(len, bench.pieces))
    runs: list[measures.Streamed] = []

    def once() -> float:
        runs.append(measures.stream(bench.scanner, bench.pieces, bench.options.streams))
        return runs[-1].seconds

    ours = bench.median(once) / deltas * 1e6
    coarse = Scanner(bench.engine, step_chars=alternatives.STEP)
    ours_coarse = bench.median(lambda: measures.stream(coarse, bench.pieces, bench.options.streams).seconds) / deltas * 1e6
    sample = bench.sample(20_000)
    sampled = sum(map(len, bench.pieces[: len(sample)]))
    window = alternatives.window(bench.stock, sample) / sampled * 1e6
    same = alternatives.window(bench.stock_with_ours, sample[:1]) / len(bench.pieces[0]) * 1e6
    flushed = alternatives.flushing(bench.stock, sample)
    long = [piece for one in bench.pieces for piece in one][:1000]
    again = alternatives.again_at_every_delta(bench.stock, long, 12) * 1e6
    what, unit = "streaming, English", "µs/delta"
    leaks = (
        f"flush at {alternatives.FLUSH_CHARS}; leaks {flushed.leaked_values:.1%} of values, {flushed.leaked_chars:.1%} of their characters"
    )
    bench.add(
        Row(what, ours, unit, bar="<= 35", met=ours <= 35),
        Row(what, ours, unit, "exact window 64/64/128, stock Presidio", window, window / ours, ">= 36 x", window / ours >= 36),
        Row(f"{what}, in steps of 64 as well", ours_coarse, unit, "the same", window, window / ours_coarse),
        Row(what, ours, unit, "the same window, same recognisers as ours", same, same / ours),
        Row(what, ours, unit, f"stock Presidio again at every delta, {len(long):,} deltas (12 sampled)", again, again / ours),
        Row(what, ours, unit, leaks, flushed.seconds / sampled * 1e6, flushed.seconds / sampled * 1e6 / ours),
    )
    differing = sum(_keys(analyze(bench.engine, text)) != _keys(one) for text, one in zip(bench.texts, runs[-1].findings, strict=True))
    bench.add(Row("texts whose findings differ, streamed and whole", differing, "texts", bar="0", met=not differing))
    holds_rows(bench, "hold-back, English", runs[-1].holds, {"pieces": bench.pieces[:32], "lang": "en"})


def holds_rows(bench: Bench, what: str, holds: Sequence[int], job: dict[str, Any]) -> None:
    """Add the rows of what is held back."""
    theirs = bench.rival("argus_stream", **job).get("holds")
    for share, name, most in ((0.5, "p50", 36), (0.9, "p90", None), (0.99, "p99", 120), (1.0, "max", None)):
        value = measures.quantile(holds, share)
        other = measures.quantile(theirs, share) if theirs else None
        bar, met = (f"<= {most}", value <= most) if most is not None else ("", None)
        bench.add(
            Row(
                f"{what}, {name}",
                value,
                "characters",
                "argus-redact StreamingRedactor",
                other,
                other / max(1, value) if other else None,
                bar,
                met,
            )
        )


def patterns(bench: Bench) -> None:
    """The pattern layer of all countries alone, warm."""
    size = sum(map(len, bench.texts))
    clock = measures.PatternClock(bench.engine)
    ours = size / bench.median(lambda: measures.patterns_alone(clock, bench.texts))
    sample = bench.sample(60_000)
    sampled = sum(map(len, sample))
    stock = sampled / alternatives.patterns_on_ready_artifacts(bench.stock, sample)
    same = sampled / alternatives.patterns_on_ready_artifacts(bench.stock_with_ours, sample[:20]) * sum(map(len, sample[:20])) / sampled
    what, unit = "patterns of all countries alone", "characters/s"
    bench.add(
        Row(what, ours, unit, bar=">= 2,000,000", met=ours >= 2_000_000),
        Row(what, ours, unit, "Presidio's default recognisers, artefacts ready", stock, ours / stock),
        Row(what, ours, unit, "our recognisers one after another, artefacts ready", same, ours / same),
    )
    for name, job in (
        ("argus-redact, en", {"what": "argus_batch", "lang": "en"}),
        ("argus-redact, zh en ja ko", {"what": "argus_batch", "lang": ["zh", "en", "ja", "ko"]}),
        ("datafog, expressions", {"what": "datafog_batch"}),
    ):
        theirs = bench.rival(**job, texts=bench.texts).get("chars_per_s")
        bench.add(Row(what, ours, unit, name, theirs, ours / theirs if theirs else None))


def whole_text(bench: Bench) -> None:
    """Whole texts in one piece, names and patterns of all countries."""
    sample = bench.sample(60_000)
    size = sum(map(len, sample))
    scanner = Scanner(bench.engine, hold_back_chars_max=1 << 24)
    ours = size / bench.median(lambda: measures.whole(scanner, sample))
    less = sample[: max(1, len(sample) // 3)]
    theirs = sum(map(len, less)) / alternatives.whole(bench.stock, less)
    bench.add(
        Row(
            "whole text",
            ours,
            "characters/s",
            "stock Presidio, AnalyzerEngine.analyze",
            theirs,
            ours / theirs,
            ">= 12 x",
            ours / theirs >= 12,
        )
    )


def chinese(bench: Bench) -> None:
    """Chinese answers, patterns and names, deltas of two to four characters."""
    deltas = sum(map(len, bench.chinese_pieces))
    runs: list[measures.Streamed] = []

    def once() -> float:
        runs.append(measures.stream(bench.scanner, bench.chinese_pieces, bench.options.streams))
        return runs[-1].seconds

    ours = bench.median(once) / deltas * 1e6
    job = {"pieces": bench.chinese_pieces[:32], "lang": "zh"}
    theirs = bench.rival("argus_stream", **job).get("us_per_delta")
    what, unit = "streaming, Chinese", "µs/delta"
    bench.add(
        Row(what, ours, unit, bar="<= 60", met=ours <= 60),
        Row(what, ours, unit, "argus-redact zh StreamingRedactor", theirs, theirs / ours if theirs else None),
    )
    differing = sum(_keys(analyze(bench.engine, text)) != _keys(one) for text, one in zip(bench.chinese, runs[-1].findings, strict=True))
    bench.add(Row("Chinese texts whose findings differ, streamed and whole", differing, "texts", bar="0", met=not differing))
    holds_rows(bench, "hold-back, Chinese", runs[-1].holds, job)


def growth(bench: Bench) -> None:
    """The cost of a delta of a long stream beside that of a short one."""
    young, old = measures.growth(bench.scanner, " ".join(bench.texts), bench.options.growth, bench.rnd)
    ratio = old / young
    bench.add(
        Row("one stream, streams of 100 deltas", young, "µs/delta"),
        Row(
            f"one stream, at {bench.options.growth:,} deltas",
            old,
            "µs/delta",
            bar="<= 1.1 x that at 100",
            met=ratio <= 1.1,
            times=1 / ratio,
        ),
    )


def memory(bench: Bench) -> None:
    """What one open stream keeps."""
    kept = measures.memory(bench.scanner, bench.pieces, 2_000, 120)
    bench.add(Row("memory of an open stream beside the shared tables", kept, "bytes", bar="<= 6,144", met=kept <= 6 * 1024))


SECTIONS: dict[str, Callable[[Bench], None]] = {
    "streaming": streaming,
    "patterns": patterns,
    "whole": whole_text,
    "chinese": chinese,
    "growth": growth,
    "memory": memory,
}


def main() -> None:
    """Run the sections and print the table."""
    options = _options()
    _pin(options.core)
    console = Console() if sys.stdout.isatty() else Console(width=_FILE_WIDTH)
    bench = Bench(options, random.Random(options.seed))
    wanted = options.only or list(SECTIONS)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        bar = bars.add_task("", total=len(wanted))
        for name in wanted:
            bars.update(bar, description=f"{name} ({SECTIONS[name].__doc__})")
            SECTIONS[name](bench)
            bars.advance(bar)
    if options.json:
        sys.stdout.write(json.dumps({"run": _run_of(bench), "rows": [asdict(row) for row in bench.rows]}, ensure_ascii=False) + "\n")
        return
    console.print(_run_of(bench), style="dim")
    console.print(table_of(bench.rows))


def _run_of(bench: Bench) -> str:
    """Say what the figures were taken on."""
    options = bench.options
    corpus = options.corpus.name if options.corpus else "own sentences"
    chinese_corpus = options.chinese.name if options.chinese else "own sentences"
    return (
        f"core {options.core} alone, one BLAS thread, CPU time, load average {os.getloadavg()[1]:.1f} on {os.cpu_count()} cores, "
        f"medians of {options.rounds} warm rounds, seed {options.seed}; "
        f"{len(bench.texts)} English answers of {corpus} ({sum(map(len, bench.texts)):,} characters, {sum(map(len, bench.pieces)):,} deltas"
        f" of 2-7), Chinese of {chinese_corpus}, {options.inject} generated values put into each, {options.streams} streams"
    )


def _keys(found: Sequence[Finding]) -> list[tuple[int, int, str, float]]:
    return sorted((one.start, one.end, one.entity_type, round(one.score, 6)) for one in found)


def _pin(core: int) -> None:
    """Keep this process to one core and one thread; libraries read the number of threads when they load, so it starts itself again."""
    os.sched_setaffinity(0, {core})
    if any(os.environ.get(name) != "1" for name in THREADS):
        arguments = [sys.executable, "-m", "benchmarks.detection", *sys.argv[1:]]
        os.execve(sys.executable, arguments, {**os.environ, **dict.fromkeys(THREADS, "1")})  # noqa: S606 - this very program


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, help="JSON lines with a field `output`; own sentences without it")
    parser.add_argument("--chinese", type=Path, help="IOB2 file of Chinese sentences; own sentences without it")
    parser.add_argument("--rivals", type=Path, default=RIVALS, help="interpreter of an environment with argus-redact and datafog")
    parser.add_argument("--documents", type=int, default=128, help="how many answers of each language")
    parser.add_argument("--inject", type=int, default=3, help="generated values put into each answer")
    parser.add_argument("--streams", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--growth", type=int, default=100_000, help="deltas of the long stream")
    parser.add_argument("--core", type=int, default=max(os.sched_getaffinity(0)))
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--only", nargs="+", choices=list(SECTIONS))
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
