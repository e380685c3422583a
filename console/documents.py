"""Texts to be scanned, and what was found in them: read from JSON lines, written as JSON lines."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from detectors.finding import Finding
from schemas.errors import ConfigurationError


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
