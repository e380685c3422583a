"""Bytes of the wire ↔ records: Confluent framing around Avro binary, with limits, and with one family of errors.

Framing: byte 0, the schema id as four bytes big-endian, then Avro binary (Apache Avro 1.12 specification, "Binary encoding").
Where a function says ``SchemaError`` it means one of its kinds; no text of a record is in any of them, nor in what caused them.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from fastavro import schemaless_reader

from schemas.chunks import read_chunk
from schemas.errors import (
    BadMagicError,
    CarnetError,
    ConfigurationError,
    InvalidUtf8Error,
    InvariantError,
    NullValueError,
    OversizeError,
    SchemaError,
    TruncatedError,
    UnknownSchemaError,
)
from schemas.records import Record, TokenChunk
from schemas.shapes import INBOUND, Shape, committed_ids, shapes

PREFIX_BYTES = 5
VALUE_BYTES_MAX = 1 << 20
TEXT_CHARS_MAX = 1 << 16
_ID_MAX = 2**32 - 1
_VARINT_LAST_MAX = 0x7F


@dataclass(frozen=True, slots=True)
class WriterSchema:
    """A schema that somebody wrote with: the record it stands for, and its parsed form.

    Attributes:
        name: Full name of the record that it is a version of.
        schema: As ``fastavro.parse_schema`` returns it.
    """

    name: str
    schema: Any


# Finds the schema of an id that is not ours; None when there is no such id, or when it is no version of a record of ours.
FindWriterSchema = Callable[[int], WriterSchema | None]


@dataclass(frozen=True, slots=True)
class _Reading:
    """How values with one prefix are read."""

    shape: Shape
    writer: Any
    reader: Any  # None where the writer's schema is ours: fastavro then skips resolution
    is_inbound: bool
    is_plain_chunk: bool


@dataclass(frozen=True, slots=True)
class _Writing:
    """How records of one class are written."""

    prefix: bytes
    shape: Shape
    is_inbound: bool


class Codec:
    """Encodes and decodes every record of the wire contract.

    Limits hold for what outsiders send (``RequestOpened``, ``TokenChunk``, ``StreamClosed``); Carnet's own records may seal one of
    those and so must be allowed to be larger than it: their size is bounded by the topic they lie on.

    Args:
        ids: Full schema name → schema id, for every record.
        value_bytes_max: Largest value that is read or written, framing included, in bytes.
        text_chars_max: Longest text of one chunk, in code points.
        find_writer_schema: Asked once for each id that is not in ``ids``; its errors pass through ``decode``.

    Raises:
        ConfigurationError: ``ids`` lacks a record, names something else, gives one id twice, or an id is no unsigned 32-bit number.
    """

    __slots__ = ("_find_writer_schema", "_readings", "_text_chars_max", "_value_bytes_max", "_writings")

    def __init__(
        self,
        ids: Mapping[str, int],
        *,
        value_bytes_max: int = VALUE_BYTES_MAX,
        text_chars_max: int = TEXT_CHARS_MAX,
        find_writer_schema: FindWriterSchema | None = None,
    ) -> None:
        _check_ids(ids)
        self._value_bytes_max = value_bytes_max
        self._text_chars_max = text_chars_max
        self._find_writer_schema = find_writer_schema
        self._readings: dict[bytes, _Reading] = {}
        self._writings: dict[type[Any], _Writing] = {}
        for name, shape in shapes().items():
            prefix = frame_prefix(ids[name])
            self._readings[prefix] = _reading(shape, shape.schema, None)
            self._writings[shape.record_class] = _Writing(prefix, shape, is_inbound=shape.record_class in INBOUND)

    @classmethod
    def committed(cls, *, value_bytes_max: int = VALUE_BYTES_MAX, text_chars_max: int = TEXT_CHARS_MAX) -> Self:
        """A codec with the committed ids of ``ids.json``: needs no registry."""
        return cls(committed_ids(), value_bytes_max=value_bytes_max, text_chars_max=text_chars_max)

    def encode(self, record: Record) -> bytes:
        """The framed bytes of a record: the same record always gives the same bytes.

        Raises:
            OversizeError: An inbound record is larger than the limits.
            InvalidUtf8Error: A string has a lone surrogate and so no UTF-8.
            InvariantError: The object is no record of the wire contract, or a field has a value that its schema cannot hold.
        """
        writing = self._writings.get(type(record))
        if writing is None:
            raise InvariantError(f"{type(record).__name__} is no record of the wire contract")
        if isinstance(record, TokenChunk) and len(record.text) > self._text_chars_max:
            raise _long_text(record.text, self._text_chars_max)
        try:
            value = writing.prefix + writing.shape.write(record)
        except Exception as error:  # noqa: BLE001 - a wrong field raises what comes; the message may hold the value and must not travel on
            failure = _unwritable(error, writing.shape.name)
        else:
            if writing.is_inbound and len(value) > self._value_bytes_max:
                raise OversizeError(f"{writing.shape.name} of {len(value)} bytes, at most {self._value_bytes_max}")
            return value
        raise failure  # outside of the handler, so that the cause, which holds text, is not chained

    def decode(self, value: bytes | None) -> Record:
        """The record in a Kafka value, whatever the bytes are.

        Raises:
            NullValueError: There is no value.
            BadMagicError: The first byte is not 0.
            UnknownSchemaError: The id is not known here.
            TruncatedError: The bytes end early, or some are left over.
            InvalidUtf8Error: A string is not UTF-8.
            OversizeError: The value, or the text of a chunk, is over the limit.
            SchemaError: The bytes are no record of this schema for another reason.
        """
        if value is None:
            raise NullValueError
        reading = self._readings.get(value[:PREFIX_BYTES])
        if reading is None:
            reading = self._find_reading(value)
        if reading.is_inbound and len(value) > self._value_bytes_max:
            raise OversizeError(f"value of {len(value)} bytes, at most {self._value_bytes_max}")
        if reading.is_plain_chunk:
            chunk = read_chunk(value)
            if chunk is not None:
                if len(chunk.text) > self._text_chars_max:
                    raise _long_text(chunk.text, self._text_chars_max)
                return chunk
        return self._decode_any(value, reading)

    def _decode_any(self, value: bytes, reading: _Reading) -> Record:
        buffer = io.BytesIO(value)
        buffer.seek(PREFIX_BYTES)
        try:
            record = reading.shape.from_fields(schemaless_reader(buffer, reading.writer, reading.reader))  # type: ignore[arg-type]
        except Exception as error:  # noqa: BLE001 - hostile bytes raise what comes; its messages hold text and must not travel on
            failure = _unreadable(error, reading.shape.name, value, buffer.tell())
        else:
            if buffer.tell() != len(value):
                raise TruncatedError(f"{reading.shape.name} ends at byte {buffer.tell()} of {len(value)}")
            if isinstance(record, TokenChunk) and len(record.text) > self._text_chars_max:
                raise _long_text(record.text, self._text_chars_max)
            return record
        raise failure  # outside of the handler, so that the cause, which holds text, is not chained

    def _find_reading(self, value: bytes) -> _Reading:
        """Say why a prefix is not known, or learn it from the registry."""
        if value and value[0] != 0:
            raise BadMagicError(f"first byte {value[0]}")
        if len(value) < PREFIX_BYTES:
            raise TruncatedError(f"{len(value)} bytes, fewer than the framing has")
        schema_id = int.from_bytes(value[1:PREFIX_BYTES], "big")
        found = self._find_writer_schema(schema_id) if self._find_writer_schema is not None else None
        shape = shapes().get(found.name) if found is not None else None
        if found is None or shape is None:
            raise UnknownSchemaError(f"id {schema_id}")
        reading = _reading(shape, found.schema, shape.schema)
        self._readings[value[:PREFIX_BYTES]] = reading
        return reading


def frame_prefix(schema_id: int) -> bytes:
    """The five bytes that Confluent framing puts before Avro binary."""
    return b"\0" + schema_id.to_bytes(4, "big")


def _reading(shape: Shape, writer: Any, reader: Any) -> _Reading:
    is_plain_chunk = shape.record_class is TokenChunk and reader is None
    return _Reading(shape, writer, reader, is_inbound=shape.record_class in INBOUND, is_plain_chunk=is_plain_chunk)


def _long_text(text: str, chars_max: int) -> OversizeError:
    return OversizeError(f"chunk of {len(text)} code points, at most {chars_max}")


def _check_ids(ids: Mapping[str, int]) -> None:
    missing, foreign = sorted(shapes().keys() - ids.keys()), sorted(ids.keys() - shapes().keys())
    if missing or foreign:
        raise ConfigurationError(f"schema ids: missing {missing}, not of the wire contract {foreign}")
    if len(set(ids.values())) != len(ids):
        raise ConfigurationError("schema ids: two records share an id")
    outside = sorted(name for name, schema_id in ids.items() if not 0 <= schema_id <= _ID_MAX)
    if outside:
        raise ConfigurationError(f"schema ids: no unsigned 32-bit number for {outside}")


def _unwritable(error: Exception, name: str) -> CarnetError:
    if isinstance(error, UnicodeError):
        return InvalidUtf8Error(f"{name} with a string that has no UTF-8")
    return InvariantError(f"{name} does not fit its schema ({type(error).__name__})")


def _unreadable(error: Exception, name: str, value: bytes, byte: int) -> SchemaError:
    if isinstance(error, UnicodeError):
        return InvalidUtf8Error(f"{name} near byte {byte}")
    # An IndexError is a branch or a symbol that does not exist, and also fastavro's word for a varint that ends in its middle.
    in_varint = isinstance(error, IndexError) and byte == len(value) and value[-1] > _VARINT_LAST_MAX
    if isinstance(error, EOFError) or in_varint:
        return TruncatedError(f"{name} ends early, at byte {byte}")
    return SchemaError(f"{name} near byte {byte} ({type(error).__name__})")
