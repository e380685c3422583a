"""Hypothesis strategies for the records of the wire contract, made from their types; shared by all property tests."""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from typing import Any

from hypothesis import strategies as st

from schemas.records import AuditEntry, Record, StateSnapshot
from schemas.shapes import schema_file

INT_MAX = 2**31 - 1
LONG_MAX = 2**63 - 1

record_classes: tuple[type[Any], ...] = typing.get_args(Record)


def texts(max_size: int = 40) -> st.SearchStrategy[str]:
    """Any text that has a UTF-8 form: every script, astral characters, NUL, combining marks; no lone surrogates."""
    return st.text(st.characters(exclude_categories=["Cs"]), max_size=max_size)


def longs() -> st.SearchStrategy[int]:
    """Signed 64-bit numbers, small ones and the bounds of varint lengths among them."""
    edges = [sign * (1 << bits) + step for bits in (6, 7, 12, 13, 31, 32, 62) for sign in (1, -1) for step in (-1, 0, 1)]
    return st.one_of(st.integers(0, 200), st.sampled_from([*edges, LONG_MAX, -LONG_MAX - 1]), st.integers(-LONG_MAX - 1, LONG_MAX))


def symbols(record_class: type[Any], field: str) -> tuple[str, ...]:
    """The symbols of an enum field, as the schema file has them."""
    schema = json.loads(schema_file(record_class).read_text(encoding="utf-8"))
    return tuple(next(entry["type"]["symbols"] for entry in schema["fields"] if entry["name"] == field))


def records_of(record_class: type[Any]) -> st.SearchStrategy[Any]:
    """Records of one class, every field drawn from all that its schema can hold."""
    hints = typing.get_type_hints(record_class)
    fields = {name: _values(record_class, name, hint) for name, hint in hints.items()}
    return st.builds(record_class, **fields)


def records() -> st.SearchStrategy[Record]:
    """Records of every class of the wire contract."""
    return st.one_of([records_of(record_class) for record_class in record_classes])


def _values(record_class: type[Any], name: str, hint: Any) -> st.SearchStrategy[Any]:
    if name == "kind" and record_class in {AuditEntry, StateSnapshot}:
        return st.sampled_from(symbols(record_class, name))
    if name == "partition":
        return st.integers(0, INT_MAX)
    return _of_type(hint)


def _of_type(hint: Any) -> st.SearchStrategy[Any]:
    if dataclasses.is_dataclass(hint):
        return records_of(typing.cast("type[Any]", hint))
    if isinstance(hint, types.UnionType):
        return st.one_of([st.none() if branch is types.NoneType else _of_type(branch) for branch in typing.get_args(hint)])
    if typing.get_origin(hint) is tuple:
        return st.lists(_of_type(typing.get_args(hint)[0]), max_size=3).map(tuple)
    plain: dict[Any, st.SearchStrategy[Any]] = {
        str: texts(),
        int: longs(),
        bool: st.booleans(),
        float: st.floats(allow_nan=False),
        bytes: st.binary(max_size=40),
    }
    return plain[hint]
