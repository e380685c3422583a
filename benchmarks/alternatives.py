"""What one can do with Presidio alone on a stream, measured: windows, re-analysis, flushing; and the recognisers without a prefilter."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from presidio_analyzer import AnalyzerEngine, PatternRecognizer, RecognizerRegistry
from presidio_analyzer.nlp_engine import NerModelConfiguration, SpacyNlpEngine
from presidio_analyzer.recognizer_registry import RecognizerRegistryProvider

from detectors.analyzer import OfflineEmailRecognizer
from detectors.whole_text import LANGUAGE, SPACY_MODEL

STEP, HOLD, LEFT = 64, 64, 128
FLUSH_CHARS = 80
_SURE_MIN = 0.4
_LOOSE = frozenset({"DATE_TIME", "NRP"})  # not counted as a leak
_RIVAL = Path(__file__).with_name("rival_process.py")


def stock_engine(like: AnalyzerEngine, *, same_recognizers: bool = False) -> AnalyzerEngine:
    """Return Presidio as it comes: all of spaCy's pipeline, its own context rule; its default recognisers, or those of another engine.

    Args:
        like: The engine whose labels of the names model, and perhaps recognisers, it takes.
        same_recognizers: Take the recognisers too.
    """
    theirs: Any = like.nlp_engine
    configuration = theirs.ner_model_configuration
    assert isinstance(configuration, NerModelConfiguration)
    nlp_engine = SpacyNlpEngine(models=[{"lang_code": LANGUAGE, "model_name": SPACY_MODEL}], ner_model_configuration=configuration)
    nlp_engine.load()
    if same_recognizers:
        registry = RecognizerRegistry(recognizers=list(like.registry.recognizers), supported_languages=[LANGUAGE])
    else:
        registry = RecognizerRegistryProvider(registry_configuration={"supported_languages": [LANGUAGE]}).create_recognizer_registry()
        registry.remove_recognizer("EmailRecognizer")  # theirs fetches a list over the network
        registry.add_recognizer(OfflineEmailRecognizer(supported_language=LANGUAGE, name="EmailRecognizer"))
        registry.add_nlp_recognizer(nlp_engine=nlp_engine)
    return AnalyzerEngine(registry=registry, nlp_engine=nlp_engine, supported_languages=[LANGUAGE])


def whole(engine: AnalyzerEngine, texts: Sequence[str]) -> float:
    """Return the CPU seconds of one analysis of each whole text."""
    begun = time.process_time()
    for text in texts:
        engine.analyze(text, language=LANGUAGE)
    return time.process_time() - begun


def window(engine: AnalyzerEngine, texts: Sequence[str]) -> float:
    """Return the CPU seconds of a sliding window: analysed every 64 characters, 64 held back, 128 released ones kept on the left."""
    begun = time.process_time()
    for text in texts:
        released = 0
        for end in [*range(STEP, len(text), STEP), len(text)]:
            engine.analyze(text[max(0, released - LEFT) : end], language=LANGUAGE)
            released = max(released, end - HOLD)
    return time.process_time() - begun


def again_at_every_delta(engine: AnalyzerEngine, pieces: Sequence[str], samples: int) -> float:
    """Return the CPU seconds a delta of analysing all that has come at every delta of one stream, from evenly spaced lengths."""
    lengths = [max(1, len(pieces) * (2 * number + 1) // (2 * samples)) for number in range(samples)]
    begun = time.process_time()
    for length in lengths:
        engine.analyze("".join(pieces[:length]), language=LANGUAGE)
    return (time.process_time() - begun) / samples


@dataclass(frozen=True, slots=True)
class Flushed:
    """What flushing costs and lets through.

    Attributes:
        seconds: CPU time.
        leaked_values: Share of the values of the whole-text analysis (score 0.4 and more, no dates, no groups) that were not covered whole.
        leaked_chars: Share of their characters that nothing covered.
    """

    seconds: float
    leaked_values: float
    leaked_chars: float


def flushing(engine: AnalyzerEngine, texts: Sequence[str]) -> Flushed:
    """Analyse each text in flushes of at least 80 characters that end at a blank or a sentence mark, and forget what was flushed.

    As a gateway does that must not buffer the whole answer (LiteLLM's pull request 29135).
    """
    seconds = 0.0
    values = missed_values = chars = missed_chars = 0
    for text in texts:
        covered = bytearray(len(text))
        begun = time.process_time()
        for start, end in _flushes(text):
            for found in engine.analyze(text[start:end], language=LANGUAGE):
                if found.score >= _SURE_MIN:
                    covered[start + found.start : start + found.end] = b"\1" * (found.end - found.start)
        seconds += time.process_time() - begun
        for found in engine.analyze(text, language=LANGUAGE):
            if found.score < _SURE_MIN or found.entity_type in _LOOSE:
                continue
            bare = found.end - found.start - sum(covered[found.start : found.end])
            values += 1
            missed_values += bare > 0
            chars += found.end - found.start
            missed_chars += bare
    return Flushed(seconds, missed_values / max(1, values), missed_chars / max(1, chars))


def _flushes(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for at, char in enumerate(text, start=1):
        if at - start >= FLUSH_CHARS and char in " .!?\n":
            yield start, at
            start = at
    if start < len(text):
        yield start, len(text)


def patterns_on_ready_artifacts(engine: AnalyzerEngine, texts: Sequence[str]) -> float:
    """Return the CPU seconds of all pattern recognisers of an engine over texts that spaCy has been over already."""
    nlp_engine: Any = engine.nlp_engine
    ready = [(text, nlp_engine.process_text(text, LANGUAGE)) for text in texts]
    recognizers = [one for one in engine.registry.recognizers if isinstance(one, PatternRecognizer) or one.name == "PhoneRecognizer"]
    runs: list[Callable[[str, Any], object]] = [_runner(one) for one in recognizers]
    for warm in (True, False):
        begun = time.process_time()
        for text, artifacts in ready[: 2 if warm else None]:
            for run in runs:
                run(text, artifacts)
    return time.process_time() - begun


def _runner(recognizer: Any) -> Callable[[str, Any], object]:
    return lambda text, artifacts: recognizer.analyze(text=text, entities=recognizer.supported_entities, nlp_artifacts=artifacts)


def rival(python: Path | None, core: int, job: dict[str, Any]) -> dict[str, Any] | None:
    """Run a measurement in an environment that has the rivals, on the same core; None where there is no such environment.

    Args:
        python: Its interpreter.
        core: The core to pin it to.
        job: What ``benchmarks.rival_process`` takes.
    """
    if python is None or not python.exists():
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "job.json"
        path.write_text(json.dumps({**job, "core": core}), encoding="utf-8")
        ran = subprocess.run([str(python), str(_RIVAL), str(path)], capture_output=True, text=True, check=False, timeout=600)
    if ran.returncode:
        sys.stderr.write(f"rival {job['what']} failed: {ran.stderr.strip().splitlines()[-1:]}\n")
        return None
    figures: dict[str, Any] = json.loads(ran.stdout)
    return figures
