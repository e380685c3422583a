"""Record → Avro binary, by one expression that is written out from the schema once per record class.

Every decision is encoded, hashed and committed, so this is on the hot path: fastavro's writer takes a dict and looks each field up
in it, which costs four times as much as joining the pieces. The bytes are the ones fastavro writes (tests/property/test_codec.py).

Source: Apache Avro 1.12 specification, "Binary encoding". Arrays are written as one block; unions are ``[null, X]`` only.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from typing import Any

from schemas.errors import InvariantError

_INT_BITS = 32
_LONG_BITS = 64
_KEPT_BELOW = 1 << 12  # varints of lengths, sequences and counts: what repeats


def varint(number: int, bits: int) -> bytes:
    """Zigzag varint of a signed number.

    Raises:
        OverflowError: The number needs more than ``bits``.
    """
    if not -(1 << bits - 1) <= number < 1 << bits - 1:
        raise OverflowError(f"a number over {bits} bits")
    rest = number << 1 if number >= 0 else ~(number << 1)
    pieces = bytearray()
    while rest > 0x7F:  # noqa: PLR2004 - seven bits a byte
        pieces.append(rest & 0x7F | 0x80)
        rest >>= 7
    pieces.append(rest)
    return bytes(pieces)


class _Varints(dict[int, bytes]):
    """Number → its varint: a lookup for small ones, computed for the others and not kept."""

    __slots__ = ("_bits",)

    def __init__(self, bits: int) -> None:
        super().__init__((number, varint(number, bits)) for number in range(_KEPT_BELOW))
        self._bits = bits

    def __missing__(self, number: int) -> bytes:
        return varint(number, self._bits)


_long = _Varints(_LONG_BITS)


def _array(items: Sequence[Any], write: Callable[[Any], bytes]) -> bytes:
    return b"".join((_long[len(items)], *map(write, items), b"\0")) if items else b"\0"


# What the expressions may name; writers of nested records and enums are added to a copy of it.
_NAMES: dict[str, Any] = {
    "__builtins__": {"len": len},
    "array": _array,
    "int": _Varints(_INT_BITS),
    "join": b"".join,
    "long": _long,
    "double": struct.Struct("<d").pack,
}

# Each gives one or more elements of the tuple that is joined; `{0}` is the value.
_ELEMENTS = {
    "string": "long[len(b := {0}.encode())], b",
    "bytes": "long[len(b := {0})], b",
    "int": "int[{0}]",
    "long": "long[{0}]",
    "double": "double({0})",
    "boolean": r"b'\1' if {0} else b'\0'",
}


def compile_writer(schema: dict[str, Any]) -> Callable[[Any], bytes]:
    """A function from a record to its Avro binary, without framing.

    Args:
        schema: A record schema as parsed JSON, with names that are not yet expanded.

    Raises:
        InvariantError: The schema uses a type that the wire contract does not.
    """
    names = dict(_NAMES)
    name = _record(schema, names)
    write: Callable[[Any], bytes] = names[name]
    return write


def _record(schema: dict[str, Any], names: dict[str, Any]) -> str:
    elements = [_elements(field["type"], f"r.{field['name']}", names) for field in schema["fields"]]
    names[schema["name"]] = eval(f"lambda r: join(({', '.join(elements)},))", names)  # noqa: S307 - written here, from our own schema files
    return str(schema["name"])


def _elements(kind: Any, value: str, names: dict[str, Any]) -> str:
    match kind:
        case str() if kind in names or kind in _ELEMENTS:
            return _ELEMENTS.get(kind, kind + "({0})").format(value)
        case ["null", branch]:
            return rf"b'\0' if {value} is None else join((b'\2', {_elements(branch, value, names)}))"
        case {"type": "record"}:
            return f"{_record(kind, names)}({value})"
        case {"type": "enum", "name": name, "symbols": symbols}:
            names[name] = {symbol: _long[index] for index, symbol in enumerate(symbols)}
            return f"{name}[{value}]"
        case {"type": "array", "items": items}:
            return f"array({value}, {_item_writer(items, names)})"
        case _:
            raise InvariantError(f"no writer for the Avro type at {value}")


def _item_writer(items: Any, names: dict[str, Any]) -> str:
    """The name of a function that writes one item of an array."""
    if isinstance(items, dict):
        return _record(items, names)
    if items not in _ELEMENTS:
        return str(items)
    names[f"write_{items}"] = eval(f"lambda x: join(({_elements(items, 'x', names)},))", names)  # noqa: S307 - the same
    return f"write_{items}"
