"""Texts to be scanned, and what was found in them: read from JSON lines or plain text, written as JSON lines."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, TextIO

from detectors.finding import Finding
from schemas.errors import ConfigurationError

_LINES = frozenset({".jsonl", ".ndjson", ".json"})
_PLAIN = frozenset({".txt", ".text", ".md", ".log", ".csv", ".tsv", ".html", ".xml"})


@dataclass(frozen=True, slots=True)
class Document:
    """A text, the id that its findings are reported under, and what its line says about where the text came from.

    Attributes:
        id: Of the line, else the number of the line, else the name of the file.
        text: What is scanned.
        request: What the customer had sent; None: not known, so findings have no provenance.
        domestic: Texts of declared domestic sources.
        opaque: A domestic source is declared without its text.
        destination: Country that the text goes to, or empty.
    """

    id: str
    text: str
    request: str | None = None
    domestic: tuple[str, ...] = ()
    opaque: bool = False
    destination: str = ""


@dataclass(frozen=True, slots=True)
class Scanned:
    """A text and all its findings, sorted by start, end, type; offsets are code points."""

    document: Document
    findings: tuple[Finding, ...]

    def as_line(self) -> str:
        """Return the findings as a JSON line, as the scanner gave them; it holds no text."""
        findings = [finding_fields(found) for found in self.findings]
        return json_line({"id": self.document.id, "findings": findings})


def finding_fields(found: Finding) -> dict[str, Any]:
    """Return what is written of a finding; it holds no text."""
    return {"type": found.entity_type, "start": found.start, "end": found.end, "score": found.score, "recognizer": found.recognizer}


def json_line(fields: Mapping[str, Any]) -> str:
    """Return compact JSON without a line break, the text in it readable."""
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def parse_documents(lines: Iterable[str], source: str) -> Iterator[Document]:
    """Read JSON lines with ``text`` (or ``output``).

    A line may also have ``id``, ``request_text`` (or ``instruction``), ``domestic_sources`` and ``destination``.
    A line without an id is called by its number; blank lines are skipped.

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
        yield _document(fields, number, where)


def _document(fields: Mapping[str, Any], number: int, where: str) -> Document:
    """Check the fields of one line."""
    text = fields.get("text", fields.get("output"))
    if not isinstance(text, str):
        raise ConfigurationError(f"{where} has no text: it must have text (or output), and may have id")
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise ConfigurationError(f"{where}: its text holds half a surrogate pair, which is no text")
    named = fields.get("id", fields.get("stream_id"))
    request = fields.get("request_text", fields.get("instruction"))
    destination = fields.get("destination") or ""
    sources = fields.get("domestic_sources") or []
    if not (request is None or isinstance(request, str)):
        raise ConfigurationError(f"{where}: request_text is no string")
    if not isinstance(destination, str):
        raise ConfigurationError(f"{where}: destination is no string")
    if not isinstance(sources, list) or not all(isinstance(one, dict) for one in sources):
        raise ConfigurationError(f"{where}: domestic_sources is no list of objects")
    texts = [one.get("text") for one in sources]
    known = tuple(one for one in texts if isinstance(one, str))
    return Document(str(number) if named is None else str(named), text, request, known, len(known) < len(texts), destination.upper())


def read_documents(source: str, standard_input: TextIO | None = None, *, plain: bool = False) -> Iterator[Document]:
    """Read the texts of a file, or of standard input for ``-``.

    The ending of the file says whether it holds JSON lines or is one plain text; without such an ending, and on standard input, JSON lines
    begin with a brace.

    Args:
        source: Path, or ``-``.
        standard_input: Instead of the process's own.
        plain: Take it as one plain text in any case.

    Raises:
        ConfigurationError: It cannot be read, or a line is no document.
    """
    if source == "-":
        yield from _read(standard_input if standard_input is not None else sys.stdin, "standard input", "", plain=plain)
        return
    path = Path(source)
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            yield from _read(lines, path.name, path.suffix.lower(), plain=plain)
    except OSError as failure:
        raise ConfigurationError(f"{source} cannot be read: {failure.strerror}") from None
    except UnicodeDecodeError as failure:
        raise ConfigurationError(f"{source} is no UTF-8 text (byte {failure.start} of a block): convert it first") from None


def _read(lines: TextIO, name: str, suffix: str, *, plain: bool) -> Iterator[Document]:
    """Tell plain text from JSON lines and read it; line breaks stay as they are, so offsets are those of the file."""
    if plain or suffix in _PLAIN:
        yield Document(name, lines.read())
        return
    head: list[str] = []
    for line in lines:
        head.append(line)
        if line.strip():
            break
    if suffix in _LINES or not head or head[-1].lstrip().startswith("{"):
        yield from parse_documents(chain(head, lines), name)
    else:
        yield Document(name, "".join(head) + lines.read())


def request_text(given: str) -> str:
    """Return the request that an option names: the text of a file, if there is one of this name, else what was given itself.

    Raises:
        ConfigurationError: The file cannot be read as UTF-8.
    """
    try:
        path = Path(given)
        if not path.is_file():
            return given
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ConfigurationError(f"{given} is no UTF-8 text: convert it first") from None
    except (OSError, ValueError):  # too long to be a name, or a character that no name has
        return given
