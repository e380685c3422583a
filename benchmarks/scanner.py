"""The incremental scanner beside the exact alternative that needs nothing but Presidio: re-analysis of a sliding window.

    python benchmarks/scanner.py [--corpus FILE.jsonl] [--documents N] [--streams N] [--seed N]

Deltas have 2 to 7 characters, as a language model's have. All times are CPU time of this process; compare figures of one run only. The
window keeps 128 released characters on its left, holds back 64 and is analysed again every 64: the smallest setting that finds what the
whole text holds.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import NerModelConfiguration, SpacyNlpEngine

from detectors.analyzer import LANGUAGE, SPACY_MODEL, analyze, build_engine
from detectors.finding import Finding
from detectors.scanner import Scanner

STEP, HOLD, LEFT = 64, 64, 128
SENTENCES = (
    "The committee met in Geneva on Monday to discuss the draft, and Maria Keller took the minutes.",
    "You can reach Mr. John Smith at +44 20 7946 0958 or by mail at john.smith@example.org.",
    "First, preheat the oven; then mix flour, sugar and butter until the dough is smooth.",
    "Her card 4111 1111 1111 1111 was charged twice, so the bank opened case INV-2024-123456.",
    "The server at 192.168.10.24 answers on port 8080, see https://docs.example.com/setup?step=2 for details.",
    "In 1969 the programme reached its goal, and 600 million people watched it.",
    "我的手机号是13812345678，身份证号码是11010519491231002X，请尽快联系我。",
    "Please transfer the amount to GB29 NWBK 6016 1331 9268 19 before 12/05/2025.",
    "- **Latency**: measured in milliseconds\n- **Throughput**: requests per second\n",
)


def main() -> None:
    """Print the figures."""
    options = _options()
    rnd = random.Random(options.seed)
    texts = _texts(options.corpus, options.documents, rnd)
    engine = build_engine()
    pieces = [list(_deltas(text, rnd)) for text in texts]
    deltas = sum(len(one) for one in pieces)
    size = sum(map(len, texts))
    print(f"{len(texts)} texts, {size:,} characters, {deltas:,} deltas, {options.streams} streams, seed {options.seed}")

    for _ in range(2):  # the first pass fills the word caches, as the first seconds of a worker do
        found, cost, holds = _scan(Scanner(engine), pieces, options.streams)
    scanner = cost / deltas * 1e6
    print(f"scanner                                  {scanner:9.1f} µs a delta")
    sample = texts[: max(1, len(texts) // 8)]
    sampled = sum(len(one) for one in pieces[: len(sample)])
    for name, other in (("window over stock Presidio", stock_engine(engine)), ("window over the same engine", engine)):
        cost = _window_cost(other, sample) / sampled * 1e6
        print(f"{name:40} {cost:9.1f} µs a delta   {cost / scanner:6.1f} times the scanner")

    wholes = [analyze(engine, text) for text in texts]
    differing = sum(_keys(whole) != _keys(one) for whole, one in zip(wholes, found, strict=True))
    print(f"findings of the whole texts: {sum(map(len, wholes)):,}; texts with any difference: {differing}")
    holds.sort()
    print(
        "hold-back in characters: "
        + ", ".join(f"p{q} {holds[min(len(holds) - 1, len(holds) * q // 100)]}" for q in (50, 90, 99))
        + f", max {holds[-1]}"
    )
    _print_growth(engine, texts, rnd)


def stock_engine(engine: AnalyzerEngine) -> AnalyzerEngine:
    """Return Presidio as it comes, with all of spaCy's pipeline and its own context rule, and the same recognisers."""
    configuration = engine.nlp_engine.ner_model_configuration
    assert isinstance(configuration, NerModelConfiguration)
    nlp_engine = SpacyNlpEngine(models=[{"lang_code": LANGUAGE, "model_name": SPACY_MODEL}], ner_model_configuration=configuration)
    nlp_engine.load()
    registry = RecognizerRegistry(recognizers=list(engine.registry.recognizers), supported_languages=[LANGUAGE])
    return AnalyzerEngine(registry=registry, nlp_engine=nlp_engine, supported_languages=[LANGUAGE])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, help="JSON lines with a field `output`; texts are put together from sentences without it")
    parser.add_argument("--documents", type=int, default=64)
    parser.add_argument("--streams", type=int, default=64)
    parser.add_argument("--seed", type=int, default=7)
    return parser.parse_args()


def _texts(corpus: Path | None, count: int, rnd: random.Random) -> list[str]:
    if corpus is None:
        return [" ".join(rnd.choice(SENTENCES) for _ in range(rnd.randint(5, 15))) for _ in range(count)]
    with corpus.open(encoding="utf-8") as lines:
        texts = [json.loads(line)["output"] for line in lines]
    return rnd.sample(texts, min(count, len(texts)))


def _deltas(text: str, rnd: random.Random) -> Iterator[str]:
    at = 0
    while at < len(text):
        size = rnd.randint(2, 7)
        yield text[at : at + size]
        at += size


def _keys(found: Sequence[Finding]) -> list[tuple[int, int, str, float]]:
    return sorted((one.start, one.end, one.entity_type, round(one.score, 6)) for one in found)


def _scan(scanner: Scanner, pieces: Sequence[Sequence[str]], width: int) -> tuple[list[list[Finding]], float, list[int]]:
    """Run all texts, ``width`` at a time, one delta each per tick; return findings, seconds, and the hold-back after each tick."""
    found: list[list[Finding]] = [[] for _ in pieces]
    holds: list[int] = []
    waiting = list(range(len(pieces)))
    running: dict[int, tuple[object, int]] = {}
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
            holds.append(scan.received - scan.final_to)
            if scan.done or scan.overflowed:
                del running[number]
    return found, seconds, holds


def _window_cost(engine: AnalyzerEngine, texts: Sequence[str]) -> float:
    """Return the CPU seconds of analysing each text again and again in a sliding window."""
    begun = time.process_time()
    for text in texts:
        released = 0
        for end in [*range(STEP, len(text), STEP), len(text)]:
            engine.analyze(text[max(0, released - LEFT) : end], language=LANGUAGE)
            released = max(released, end - HOLD)
    return time.process_time() - begun


def _print_growth(engine: AnalyzerEngine, texts: Sequence[str], rnd: random.Random) -> None:
    """Print the cost of a delta in one stream by the length of the stream."""
    long = " ".join(texts)
    costs = {}
    for length in (100, 1_000, 16_000):
        rounds = max(1, 1_600 // length)
        starts = [rnd.randrange(max(1, len(long) - 5 * length)) for _ in range(rounds)]
        pieces = [[one for _, one in zip(range(length), _deltas((long[start:] + " " + long) * 3, rnd), strict=False)] for start in starts]
        scanner = Scanner(engine)
        for timed in range(2):
            seconds = sum(_scan(scanner, [one], 1)[1] for one in pieces)
            if timed:
                costs[length] = seconds / (rounds * length) * 1e6
    print("one stream, µs a delta: " + ", ".join(f"{length:,} deltas {cost:.1f}" for length, cost in costs.items()), end="")
    print(f"; growth {costs[16_000] / costs[100]:.2f}")


if __name__ == "__main__":
    main()
