"""Reads an audit entry with nothing but the standard library, for a verifier that has no Avro library and none of our other packages.

The layout is that of ``schemas/avro/audit_entry.v1.avsc``, written out; a test holds the two together. Names of types and the encoding:
Apache Avro 1.12 specification, "Binary encoding". What is read is plain: dictionaries, tuples, strings, bytes and numbers.
"""

from __future__ import annotations

import struct
from typing import Any, Final

PREFIX_BYTES: Final = 5  # Confluent framing: byte 0, then the id of the schema, which says nothing here

_VARINT_BYTES_MAX: Final = 10
_MORE: Final = 0x80


class UnreadableEntryError(ValueError):
    """The bytes are no audit entry of version 1; the message has places and sizes only."""


# A layout is the name of a primitive type, or ("array", item), ("optional", record), ("enum", symbols), ("record", {field: layout}).
Layout = Any

_FINDING: Final[Layout] = (
    "record",
    {
        "entity_type": "string",
        "start": "long",
        "end": "long",
        "score": "double",
        "recognizer": "string",
        "provenance": "string",
        "value_hmac": "bytes",
    },
)
_MODEL: Final[Layout] = (
    "record",
    {
        "name": "string",
        "sha256": "string",
        "provider": "string",
        "label": "string",
        "score": "double",
        "window_start": "long",
        "window_end": "long",
    },
)
_COVERS: Final[Layout] = (
    "record",
    dict.fromkeys(("offset_from", "offset_to", "sequence_from", "sequence_to", "start", "end"), "long"),
)
_DECISION: Final[Layout] = (
    "record",
    {
        "delivery_id": "string",
        "segment_index": "long",
        "customer_id": "string",
        "destination": "string",
        "covers": _COVERS,
        "characters_released": "long",
        "characters_redacted": "long",
        "characters_withheld": "long",
        "findings": ("array", _FINDING),
        "facts": ("array", ("record", {"name": "string", "value": "string"})),
        "action": "string",
        "obligations": ("array", "string"),
        "rules": ("array", ("record", {"id": "string", "pack": "string"})),
        "error_code": "string",
        "models": ("array", _MODEL),
        "packs_sha256": "string",
        "text_commitment": "bytes",
        "hold_back": ("record", {"characters": "long", "milliseconds": "long"}),
        "totals": ("array", ("record", {"scope": "string", "version": "long"})),
        "mechanisms": ("array", "string"),
        "mechanisms_refused": ("array", "string"),
        "is_last": "boolean",
    },
)
_STAMP: Final[Layout] = (
    "record",
    {"offset_from": "long", "offset_to": "long", "records": "long", "records_sha256": "bytes", "open_streams": "long"},
)
_DEAD_LETTER: Final[Layout] = ("record", {"topic": "string", "offset": "long", "code": "string", "value_bytes": "long"})
_OUTCOME: Final[Layout] = (
    "record",
    {
        "held_delivery_id": "string",
        "delivery_id": "string",
        "characters_released": "long",
        "characters_redacted": "long",
        "characters_withheld": "long",
        "text_commitment": "bytes",
        "is_last": "boolean",
    },
)
_REVIEW: Final[Layout] = (
    "record",
    {
        "verdict": "string",
        "reviewer": "string",
        "reason": "string",
        "note_sha256": "bytes",
        "redact": ("array", "string"),
        "held_entry_index": "long",
        "held_entry_sha256": "bytes",
        "review_offset": "long",
        "signature": "bytes",
        "outcomes": ("array", _OUTCOME),
    },
)
KINDS: Final = ("decision", "stamp", "dead_letter", "review")
ENTRY: Final[Layout] = (
    "record",
    {
        "kind": ("enum", KINDS),
        "partition": "int",
        "entry_index": "long",
        "decided_at_ms": "long",
        "stream_id": "string",
        "decision": ("optional", _DECISION),
        "stamp": ("optional", _STAMP),
        "dead_letter": ("optional", _DEAD_LETTER),
        "review": ("optional", _REVIEW),
    },
)


def read_entry(entry: bytes) -> dict[str, Any]:
    """Return the fields of an audit entry, the whole of it or nothing.

    Args:
        entry: The bytes that are a leaf of the ledger, Confluent framing included.

    Raises:
        UnreadableEntryError: They are no entry of version 1, or say of one kind and hold another.
    """
    if len(entry) < PREFIX_BYTES or entry[0] != 0:
        raise UnreadableEntryError(f"{len(entry)} bytes without the framing of a record")
    reader = _Reader(entry)
    try:
        fields: dict[str, Any] = reader.value(ENTRY)
    except (IndexError, UnicodeDecodeError, struct.error):
        raise UnreadableEntryError(f"no entry of version 1: near byte {reader.at} of {len(entry)}") from None
    if reader.at != len(entry):
        raise UnreadableEntryError(f"an entry of {reader.at} bytes in {len(entry)}")
    if [kind for kind in KINDS if fields[kind] is not None] != [fields["kind"]]:
        raise UnreadableEntryError("an entry that says of one kind and holds another")
    return fields


class _Reader:
    """Reads values one after another; what ends early is an IndexError."""

    def __init__(self, entry: bytes) -> None:
        """Start behind the framing."""
        self.at = PREFIX_BYTES
        self._entry = entry

    def value(self, layout: Layout) -> Any:
        """Return the next value."""
        if isinstance(layout, str):
            return getattr(self, f"_{layout}")()
        form, inner = layout
        if form == "record":
            return {name: self.value(of) for name, of in inner.items()}
        if form == "array":
            return self._array(inner)
        if form == "enum":
            return inner[self._size(len(inner) - 1)]
        return self.value(inner) if self._size(1) else None

    def _array(self, item: Layout) -> tuple[Any, ...]:
        items: list[Any] = []
        while count := self._long():
            if count < 0:  # a block that also says its size in bytes
                count = -count
                self._size(len(self._entry))
            if count > len(self._entry):  # no item is empty: the bound keeps hostile counts from running long
                raise IndexError
            items += [self.value(item) for _ in range(count)]
        return tuple(items)

    def _size(self, highest: int) -> int:
        """Return a number from 0 to ``highest``."""
        number = self._long()
        if not 0 <= number <= highest:
            raise IndexError
        return number

    def _long(self) -> int:
        raw = 0
        for place in range(_VARINT_BYTES_MAX):
            byte = self._entry[self.at]
            self.at += 1
            raw |= (byte & ~_MORE) << 7 * place
            if not byte & _MORE:
                return (raw >> 1) ^ -(raw & 1)
        raise IndexError

    _int = _long

    def _bytes(self) -> bytes:
        length = self._size(len(self._entry))
        start = self.at
        if start + length > len(self._entry):
            raise IndexError
        self.at = start + length
        return self._entry[start : self.at]

    def _string(self) -> str:
        return self._bytes().decode()

    def _double(self) -> float:
        (number,) = struct.unpack_from("<d", self._entry, self.at)
        self.at += 8
        return float(number)

    def _boolean(self) -> bool:
        byte = self._entry[self.at]
        self.at += 1
        if byte > 1:
            raise IndexError
        return byte == 1
