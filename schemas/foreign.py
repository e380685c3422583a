"""Schemas that somebody else wrote and a registry handed out: read only where their values are bounded by their bytes."""

from __future__ import annotations

import json
from typing import Any, Final

import fastavro
from fastavro.schema import SchemaParseException, UnknownType

from schemas.codec import WriterSchema
from schemas.errors import SchemaError
from schemas.shapes import shapes

_LEAST_BYTES: Final = {"null": 0, "boolean": 1, "int": 1, "long": 1, "float": 4, "double": 8, "bytes": 1, "string": 1}
_INSIDE = -1


def parse_foreign(text: str) -> WriterSchema | None:
    """A schema of another writer; None if it is no version of a record of the wire contract that can be read safely.

    Refused are records inside themselves, which can nest as deep as a value is long, and arrays of items without bytes, of which
    a few bytes can declare any number. Logical types are dropped: records hold plain numbers and strings.

    Args:
        text: The schema as JSON.
    """
    try:
        schema = fastavro.parse_schema(_bare(json.loads(text)))
        least_bytes(schema, {})
    except (SchemaError, SchemaParseException, UnknownType, KeyError, TypeError, ValueError, RecursionError):
        return None
    name = schema.get("name") if isinstance(schema, dict) else None
    return WriterSchema(name, schema) if isinstance(name, str) and name in shapes() else None


def least_bytes(schema: Any, named: dict[str, int]) -> int:
    """The size in bytes of the smallest value of a parsed schema.

    Args:
        schema: As ``fastavro.parse_schema`` returns it: names are full names.
        named: Sizes of the named types met so far; filled in.

    Raises:
        SchemaError: Values are not bounded by their bytes.
    """
    if isinstance(schema, str):
        size = _LEAST_BYTES[schema] if schema in _LEAST_BYTES else named[schema]
        if size == _INSIDE:
            raise SchemaError("a record inside itself")
        return size
    if isinstance(schema, list):
        return 1 + min(least_bytes(branch, named) for branch in schema)
    kind = schema["type"]
    if kind == "record":
        named[schema["name"]] = _INSIDE
        size = sum(least_bytes(field["type"], named) for field in schema["fields"])
    elif kind == "array":
        size = 1
        if least_bytes(schema["items"], named) == 0:
            raise SchemaError("an array of items without bytes")
    elif kind == "map":
        size = 1  # an entry has at least the length of its key
        least_bytes(schema["values"], named)
    elif kind == "fixed":
        size = int(schema["size"])
    else:
        size = 1 if kind == "enum" else least_bytes(kind, named)
    if "name" in schema:
        named[schema["name"]] = size
    return size


def _bare(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {key: _bare(value) for key, value in schema.items() if key != "logicalType"}
    return [_bare(branch) for branch in schema] if isinstance(schema, list) else schema
