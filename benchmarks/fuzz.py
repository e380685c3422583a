"""The long form of the equality fuzz: hostile texts, whole against pieces, with the recognisers of all countries.

    python -m benchmarks.fuzz [--texts 20000] [--processes 2] [--minutes 30] [--seed 7]

Each text is scanned by one analysis of the whole (`AnalyzerEngine`) and in pieces in one of five ways: by the character, inside surrogate
pairs and combining sequences, in random pieces small and large, with restarts from a snapshot. Prints the count of texts that differ, and
the seeds of the first ones; `--text SEED` prints such a text (it is generated: nobody's data) and both findings. Exits 1 on any difference.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from detectors.analyzer import Engine, analyze, build_engine, take_apart
from detectors.finding import Finding
from detectors.scanner import Scanner
from tests.hostile import WAYS, hostile_text, kinds_of, pieces_of

Key = tuple[int, int, str, float, str]
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one text.

    Attributes:
        seed: It makes the text and the pieces again.
        findings: Of the whole text.
        equal: Whether the pieces gave the same.
    """

    seed: int
    findings: int
    equal: bool


class Pair:
    """The whole-text engine and the scanner built from it."""

    def __init__(self) -> None:
        self.engine: Engine = build_engine(("all",))
        self.scanner = Scanner(self.engine, step_chars=1, hold_back_chars_max=1 << 16)
        self._kinds = kinds_of(take_apart(self.engine).patterns)

    def whole(self, text: str) -> list[Key]:
        """Return what one analysis finds."""
        return _keys(analyze(self.engine, text))

    def streamed(self, pieces: Sequence[str], restarts: random.Random | None) -> list[Key]:
        """Return what is found in pieces, with a restart now and then if a source of chance is given."""
        scan = self.scanner.open()
        found: list[Finding] = []
        for piece in pieces:
            self.scanner.feed(scan, piece)
            self.scanner.advance([scan])
            if restarts is not None and restarts.random() < 0.3:
                (scan,) = self.scanner.load([self.scanner.dump(scan)])
            found.extend(scan.take())
        self.scanner.close(scan)
        self.scanner.advance([scan])
        found.extend(scan.take())
        if not scan.done or scan.final_to != scan.received:
            raise AssertionError(f"final to {scan.final_to} of {scan.received}")
        return _keys(found)

    def case(self, seed: int) -> tuple[str, list[str], random.Random | None]:
        """Return the text, the pieces and the source of restarts that a seed stands for."""
        rnd = random.Random(seed)
        text = hostile_text(self._kinds, rnd)
        way = WAYS[seed % len(WAYS)]
        return text, pieces_of(text, way, rnd), rnd if way == "restarts" else None

    def try_seed(self, seed: int) -> Outcome:
        """Compare one text."""
        text, pieces, restarts = self.case(seed)
        whole = self.whole(text)
        return Outcome(seed, len(whole), whole == self.streamed(pieces, restarts))


def _keys(found: Sequence[Finding]) -> list[Key]:
    return sorted((one.start, one.end, one.entity_type, round(one.score, 9), one.recognizer) for one in found)


_PAIR: list[Pair] = []  # one in each process


def _prepare() -> None:
    _PAIR.append(Pair())


def _try(seed: int) -> Outcome:
    return _PAIR[0].try_seed(seed)


def main() -> int:
    """Run the fuzz and print what differs."""
    options = _options()
    if options.text is not None:
        return _print_text(options.text)
    console = Console(stderr=True)
    end = time.monotonic() + options.minutes * 60
    done = findings = 0
    differing: list[int] = []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as bars:
        bar = bars.add_task("texts", total=options.texts)
        for outcome in _outcomes(options, end):
            done += 1
            findings += outcome.findings
            if not outcome.equal:
                differing.append(outcome.seed)
            bars.update(bar, completed=done, description=f"texts, {len(differing)} differ")
    ended = "" if done == options.texts else f" (stopped after {options.minutes:g} min, {options.texts:,} were asked for)"
    sys.stdout.write(f"{done:,} texts, {findings:,} findings, {len(differing):,} texts differ{ended}\n")
    if differing:
        sys.stdout.write(f"python -m benchmarks.fuzz --text SEED for one of {sorted(differing)[:_SHOWN]}\n")
    return 1 if differing or not done else 0


def _outcomes(options: argparse.Namespace, end: float) -> Iterator[Outcome]:
    """Yield outcomes from a bounded number of processes, until all are done or the time is."""
    seeds = range(options.seed * 1_000_003, options.seed * 1_000_003 + options.texts)
    if options.processes == 1:
        _prepare()
        for seed in seeds:
            if time.monotonic() > end:
                return
            yield _try(seed)
        return
    with multiprocessing.get_context("spawn").Pool(options.processes, _prepare) as pool:
        for outcome in pool.imap_unordered(_try, seeds, chunksize=8):
            yield outcome
            if time.monotonic() > end:
                return


def _print_text(seed: int) -> int:
    """Print a generated text and the findings that only one side has."""
    pair = Pair()
    text, pieces, restarts = pair.case(seed)
    whole, streamed = pair.whole(text), pair.streamed(pieces, restarts)
    sys.stdout.write(f"{text!r}\n{len(pieces)} pieces, {WAYS[seed % len(WAYS)]}\n")
    for side, keys in (("only whole", set(whole) - set(streamed)), ("only pieces", set(streamed) - set(whole))):
        for key in sorted(keys):
            sys.stdout.write(f"{side}: {key} {text[key[0] : key[1]]!r}\n")
    return int(whole != streamed)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=500)
    parser.add_argument("--processes", type=int, default=2, choices=range(1, 9))
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--text", type=int, metavar="SEED", help="show one text instead")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
