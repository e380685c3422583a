"""Each record class with its Avro schema, its writer, and the function that makes it from what fastavro read.

That function is written out as source once per class, as ``dataclasses`` does for ``__init__``: going field by field through
``dataclasses.fields`` costs ten times as much, and it runs for every token that passes.
"""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import fastavro

from schemas import records
from schemas.records import Record
from schemas.writing import compile_writer

NAMESPACE = "carnet.v1"
AVRO_DIRECTORY = Path(__file__).parent / "avro"
IDS_FILE = Path(__file__).parent / "ids.json"

# What outsiders send on carnet.inference.v1, and what the operator's people send; everything else is written by Carnet itself.
INBOUND: frozenset[type[Record]] = frozenset({records.RequestOpened, records.TokenChunk, records.StreamClosed})
OPERATED: frozenset[type[Record]] = frozenset({records.Review, records.MechanismOnFile})


@dataclass(frozen=True, slots=True)
class Shape:
    """A record class as the codec needs it.

    Attributes:
        name: Full name of the schema, which is also its subject in a registry.
        record_class: The dataclass.
        schema: The parsed schema, for fastavro.
        write: Record → Avro binary.
        from_fields: Dict that fastavro read → record.
    """

    name: str
    record_class: type[Record]
    schema: Any
    write: Callable[[Any], bytes]
    from_fields: Callable[[Mapping[str, Any]], Record]


def schema_file(record_class: type[Any], version: int = 1) -> Path:
    """The .avsc of a record class: ``TokenChunk`` is in ``token_chunk.v1.avsc``."""
    words = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in record_class.__name__)
    return AVRO_DIRECTORY / f"{words.removeprefix('_')}.v{version}.avsc"


@cache
def shapes() -> Mapping[str, Shape]:
    """Every record class of the wire contract by the full name of its schema, in the order of ``records.Record``."""
    found = [_shape(record_class) for record_class in typing.get_args(Record)]
    return types.MappingProxyType({shape.name: shape for shape in found})


def committed_ids() -> Mapping[str, int]:
    """The ids of ``ids.json``: full schema name → schema id, for use without a registry."""
    ids: dict[str, int] = json.loads(IDS_FILE.read_text(encoding="utf-8"))
    return types.MappingProxyType(ids)


def _shape(record_class: type[Record]) -> Shape:
    schema = json.loads(schema_file(record_class).read_text(encoding="utf-8"))
    return Shape(
        name=f"{NAMESPACE}.{record_class.__name__}",
        record_class=record_class,
        schema=fastavro.parse_schema(schema),
        write=compile_writer(schema),
        from_fields=_reader(record_class),
    )


def _reader(record_class: type[Any]) -> Callable[[Mapping[str, Any]], Any]:
    names: dict[str, Any] = {record_class.__name__: record_class}
    parts = [_read_expression(f"d[{name!r}]", hint, names) for name, hint in _hints(record_class).items()]
    source = f"lambda d: {record_class.__name__}({', '.join(parts)})"
    names["__builtins__"] = {"tuple": tuple}
    read: Callable[[Mapping[str, Any]], Any] = eval(source, names)  # noqa: S307 - written above, from our own field names
    return read


def _read_expression(value: str, hint: Any, names: dict[str, Any]) -> str:
    if dataclasses.is_dataclass(hint):
        names[f"read_{_class_name(hint)}"] = _reader(typing.cast("type[Any]", hint))
        return f"read_{_class_name(hint)}({value})"
    inner = _optional(hint)
    if inner is not None:
        expression = _read_expression(value, inner, names)
        return value if expression == value else f"None if {value} is None else {expression}"
    item = _item(hint)
    if item is not None:
        expression = _read_expression("x", item, names)
        return f"tuple({value})" if expression == "x" else f"tuple([{expression} for x in {value}])"
    return value


def _hints(record_class: type[Any]) -> dict[str, Any]:
    return typing.get_type_hints(record_class)


def _class_name(hint: Any) -> str:
    return str(hint.__name__)


def _optional(hint: Any) -> Any:
    """The other branch of ``X | None``; None if the hint is no such union."""
    if isinstance(hint, types.UnionType):
        return next(branch for branch in typing.get_args(hint) if branch is not types.NoneType)
    return None


def _item(hint: Any) -> Any:
    """The item of ``tuple[X, ...]``; None if the hint is no tuple."""
    return typing.get_args(hint)[0] if typing.get_origin(hint) is tuple else None
