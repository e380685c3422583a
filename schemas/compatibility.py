"""Whether the schema files may be committed: each one is sound, and each version goes with the one before it.

    python -m schemas.compatibility        exit 1 and one line for each problem

Checked by Apache Avro's own parser and compatibility checker, so that not the library that runs is the judge of its own contract.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import avro.compatibility
import avro.errors
import avro.schema
import fastavro
from fastavro.schema import SchemaParseException, UnknownType

from schemas.shapes import AVRO_DIRECTORY

_FILE_NAME = re.compile(r"(?P<record>[a-z]+(?:_[a-z]+)*)\.v(?P<version>[1-9][0-9]*)\.avsc")


def check_directory(directory: Path = AVRO_DIRECTORY) -> tuple[str, ...]:
    """The problems of all schema files of a directory, one line each; empty when they may be committed."""
    problems: list[str] = []
    versions: dict[str, dict[int, str]] = {}
    for path in sorted(directory.glob("*.avsc")):
        named = _FILE_NAME.fullmatch(path.name)
        if named is None:
            problems.append(f"{path.name}: no name like token_chunk.v1.avsc")
            continue
        text = path.read_text(encoding="utf-8")
        found = check_schema(text)
        problems.extend(f"{path.name}: {problem}" for problem in found)
        if not found:
            versions.setdefault(named["record"], {})[int(named["version"])] = text
    for record, texts in versions.items():
        for older, newer in pairwise(sorted(texts)):
            problems.extend(f"{record}: v{newer} after v{older}: {problem}" for problem in check_pair(texts[older], texts[newer]))
    return tuple(problems)


def check_schema(text: str) -> tuple[str, ...]:
    """The problems of one schema file: it does not parse, or something in it has no doc."""
    try:
        schema = json.loads(text)
        avro.schema.parse(text)
        fastavro.parse_schema(schema)
    except (ValueError, avro.errors.AvroException, SchemaParseException, UnknownType) as error:
        return (f"does not parse ({type(error).__name__}: {error})",)
    return tuple(f"{place} has no doc" for place in _without_doc(schema, ""))


def check_pair(older: str, newer: str) -> tuple[str, ...]:
    """The problems between two versions of a record: readers of either must read what writers of the other wrote.

    Args:
        older: The schema that is in use, as JSON.
        newer: The schema that shall follow it, as JSON.
    """
    return (
        *(f"not backward compatible: {problem}" for problem in _unreadable(reader=newer, writer=older)),
        *(f"not forward compatible: {problem}" for problem in _unreadable(reader=older, writer=newer)),
    )


def _unreadable(reader: str, writer: str) -> tuple[str, ...]:
    checker = avro.compatibility.ReaderWriterCompatibilityChecker()  # type: ignore[no-untyped-call]  # avro's own gap
    verdict = checker.get_compatibility(avro.schema.parse(reader), avro.schema.parse(writer))
    if verdict.compatibility is avro.compatibility.SchemaCompatibilityType.compatible:
        return ()
    return tuple(sorted(verdict.messages)) or ("no reason given",)


def _without_doc(schema: Any, place: str) -> Iterator[str]:
    """The places in a schema where a record, an enum or a field says nothing."""
    if isinstance(schema, list):
        for branch in schema:
            yield from _without_doc(branch, place)
    if not isinstance(schema, Mapping):
        return
    kind = schema["type"]
    if kind in {"record", "enum", "fixed"}:
        place = f"{place}{schema['name']}"
        if not schema.get("doc"):
            yield place
    for field in schema.get("fields", ()):
        if not field.get("doc"):
            yield f"{place}.{field['name']}"
        yield from _without_doc(field["type"], f"{place}.{field['name']}: ")
    if kind == "array":
        yield from _without_doc(schema["items"], place)
    if kind == "map":
        yield from _without_doc(schema["values"], place)


def main() -> int:
    """Print the problems of the committed schemas; 1 if there are any."""
    problems = check_directory()
    sys.stdout.writelines(f"{problem}\n" for problem in problems)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
