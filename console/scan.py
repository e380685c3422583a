"""Detection without Kafka: texts in, findings out, the same whether a text comes whole or in pieces."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TextIO

from detectors.finding import Finding
from detectors.scanner import Scanner
from schemas.errors import ConfigurationError, DetectionError

BATCH_TEXTS = 64
# Nobody waits for the text here, so nothing is gained by giving up on a long open span: the cap is the length of a long text.
HOLD_BACK_CHARS_MAX = 1 << 24


@dataclass(frozen=True, slots=True)
class Document:
    """A text and the id that its findings are reported under."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Scanned:
    """A text and all its findings, sorted by start, end, type; offsets are code points."""

    document: Document
    findings: tuple[Finding, ...]

    def as_line(self) -> str:
        """Return the JSON line that ``carnet scan --json`` prints; it holds no text."""
        findings = [
            {"type": found.entity_type, "start": found.start, "end": found.end, "score": found.score, "recognizer": found.recognizer}
            for found in self.findings
        ]
        return json.dumps({"id": self.document.id, "findings": findings}, ensure_ascii=False, separators=(",", ":"))


def parse_documents(lines: Iterable[str], source: str) -> Iterator[Document]:
    """Read JSON lines with ``text`` (or ``output``) and perhaps ``id`` (else the line number); blank lines are skipped.

    Raises:
        ConfigurationError: A line is something else; the message names file and line, not the text.
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        where = f"{source} line {number}"
        try:
            fields = json.loads(line)
        except json.JSONDecodeError as failure:
            raise ConfigurationError(f"{where} is no JSON: {failure.msg} at column {failure.colno}") from None
        if not isinstance(fields, dict):
            raise ConfigurationError(f"{where} is no JSON object: it must have text (or output), and may have id")
        text = fields.get("text", fields.get("output"))
        if not isinstance(text, str):
            raise ConfigurationError(f"{where} has no text: it must have text (or output), and may have id")
        named = fields.get("id")
        yield Document(str(number) if named is None else str(named), text)


def read_documents(source: str, standard_input: TextIO | None = None) -> Iterator[Document]:
    """Read the texts of a file, or of standard input for ``-``.

    Raises:
        ConfigurationError: It cannot be read, or a line is no document.
    """
    if source == "-":
        yield from parse_documents(standard_input if standard_input is not None else sys.stdin, "standard input")
        return
    try:
        with Path(source).open(encoding="utf-8") as lines:
            yield from parse_documents(lines, Path(source).name)
    except OSError as failure:
        raise ConfigurationError(f"{source} cannot be read: {failure.strerror}") from None
    except UnicodeDecodeError as failure:
        raise ConfigurationError(f"{source} is no UTF-8 text (byte {failure.start} of a block): convert it first") from None


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
