"""Recall and precision on synthetic personal data: presidio-research's `synth_dataset_v2`, or any file of that form.

    python -m benchmarks.synth FILE.jsonl [--least SCORE] [--countries all] [--spacy-organisations]

A line has `text`, `spans` (`type`, `start`, `end`) and `template_id`. A value counts as found when findings of any type cover 80 % of its
characters; a finding is false when it touches no value, but for dates and groups, which the texts hold rightly; titles need not be found
(`console.coverage`). Both halves of the templates are told apart, since rules were written by looking at the first.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from console.coverage import Coverage, Span, score
from detectors.analyzer import LANGUAGE, analyze, build_engine

Finder = Callable[[str], list[Span]]
NOT_ASKED_FOR = frozenset({"TITLE"})


@dataclass(frozen=True, slots=True)
class Sample:
    """A text and its known values."""

    text: str
    gold: tuple[Span, ...]
    first_half: bool


def main() -> None:
    """Print the figures."""
    options = _options()
    samples = _samples(options.file)
    countries = options.countries.split(",")
    _show("Carnet without its lanes", samples, _finder(build_engine(countries, lanes=False), options.least))
    engine = build_engine(countries)
    nlp: Any = engine.nlp_engine.nlp[LANGUAGE]  # type: ignore[attr-defined]
    own = _finder(engine, options.least)
    _show("Carnet", samples, own)
    if options.spacy_organisations:
        _show(
            "Carnet and spaCy's organisations",
            samples,
            lambda text: own(text) + [(one.start_char, one.end_char, "ORGANIZATION") for one in nlp(text).ents if one.label_ == "ORG"],
        )


def _finder(engine: Any, least: float) -> Finder:
    """Return what finds the spans of a text that an engine reports with at least this score."""
    return lambda text: [(one.start, one.end, one.entity_type) for one in analyze(engine, text) if one.score >= least]


def _show(name: str, samples: Sequence[Sample], find: Finder) -> None:
    """Print one finder's figures, of all texts and of both halves of the templates."""
    halves = {True: Coverage(), False: Coverage()}
    for sample in samples:
        halves[sample.first_half].add(score(sample.gold, find(sample.text), left_out=NOT_ASKED_FOR))
    whole = Coverage()
    whole.add(halves[True])
    whole.add(halves[False])
    print(name)
    for part, coverage in (("all", whole), ("templates looked at", halves[True]), ("the others", halves[False])):
        print(f"  {part:20} P {coverage.precision:.3f}  R {coverage.recall:.3f}  F2 {coverage.f2:.3f}")
    print("  found:", ", ".join(f"{kind} {whole.found[kind]}/{count}" for kind, count in sorted(whole.values.items())))
    print("  false:", ", ".join(f"{kind} {count}" for kind, count in sorted(whole.false.items())) or "none")


def _samples(path: Path) -> list[Sample]:
    out = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        gold = tuple((span["start"], span["end"], span["type"]) for span in row["spans"])
        out.append(Sample(row["text"], gold, first_half=row.get("template_id", 0) % 4 == 0))
    return out


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--least", type=float, default=0.4, help="least score that counts")
    parser.add_argument("--countries", default="all", help="whose identifiers are looked for")
    parser.add_argument("--spacy-organisations", action="store_true", help="report spaCy's organisations too")
    return parser.parse_args()


if __name__ == "__main__":
    main()
