"""Detection without Kafka: texts in, findings out, the same whether a text comes whole or in pieces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from console.documents import Document, Scanned
from detectors.analyzer import Engine, build_engine
from detectors.finding import Finding
from detectors.recognizers.custom import load_custom
from detectors.scanner import Scanner
from schemas.errors import DetectionError
from streams.settings import DetectSettings

BATCH_TEXTS = 64
# Nobody waits for the text here, so nothing is gained by giving up on a long open span: the cap is the length of a long text.
HOLD_BACK_CHARS_MAX = 1 << 24


def new_engine(detect: DetectSettings | None = None, models: Path | None = None) -> Engine:
    """Return the engine of the pipeline; what is weak is left out afterwards (``console.selection``).

    Args:
        detect: Which countries, and which recognisers of the user's own; by default those of an installation without settings.
        models: Where the built models lie, if not in their package.

    Raises:
        ConfigurationError: A recogniser of the user is refused, or a model is missing.
    """
    wanted = detect or DetectSettings()
    return build_engine(wanted.countries, custom=load_custom(wanted.recognizers, wanted.modules), models=models)


def new_scanner(engine: Engine) -> Scanner:
    """Return a scanner with a cap that no text here could reach."""
    return Scanner(engine, hold_back_chars_max=HOLD_BACK_CHARS_MAX)


def scan_documents(documents: Iterable[Document], scanner: Scanner, chunk_chars: int | None = None) -> Iterator[Scanned]:
    """Scan texts in their order, many at a time through one scanner.

    Args:
        documents: The texts.
        scanner: Shared by all of them.
        chunk_chars: Feed each text in pieces of so many code points, as a stream would come; None feeds it whole.

    Raises:
        DetectionError: A detector failed, or a text never became final; the message names the id.
    """
    source = iter(documents)
    while batch := list(islice(source, BATCH_TEXTS)):
        yield from _scan_batch(batch, scanner, chunk_chars)


def _scan_batch(batch: list[Document], scanner: Scanner, chunk_chars: int | None) -> Iterator[Scanned]:
    scans = [scanner.open() for _ in batch]
    found: list[list[Finding]] = [[] for _ in batch]
    step = chunk_chars or max(1, *(len(document.text) for document in batch))
    for start in range(0, max(len(document.text) for document in batch), step):
        growing = [number for number, document in enumerate(batch) if start < len(document.text)]
        for number in growing:
            scanner.feed(scans[number], batch[number].text[start : start + step])
        scanner.advance([scans[number] for number in growing])
        for number in growing:
            found[number].extend(scans[number].take())
    for scan in scans:
        scanner.close(scan)
    scanner.advance(scans)
    for document, scan, findings in zip(batch, scans, found, strict=True):
        findings.extend(scan.take())
        if scan.final_to != len(document.text) or scan.overflowed:
            raise DetectionError(f"text {document.id} is final to {scan.final_to} of {len(document.text)} code points")
        yield Scanned(
            document, tuple(sorted(findings, key=lambda each: (each.start, each.end, each.entity_type, each.recognizer, each.score)))
        )
