"""The codec: what was written is read back, other Avro libraries agree, and no bytes whatever get another error out of it."""

from __future__ import annotations

import dataclasses
import io
import traceback
import tracemalloc
from typing import Any

import avro.io
import avro.schema
import fastavro
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.chunks import read_chunk
from schemas.codec import PREFIX_BYTES, Codec, frame_prefix
from schemas.errors import (
    BadMagicError,
    InvalidUtf8Error,
    NullValueError,
    OversizeError,
    SchemaError,
    TruncatedError,
    UnknownSchemaError,
)
from schemas.records import Record, TokenChunk
from schemas.shapes import committed_ids, schema_file, shapes
from tests.strategies import longs, record_classes, records, records_of, texts

DECODE_ERRORS = {
    NullValueError,
    BadMagicError,
    UnknownSchemaError,
    TruncatedError,
    InvalidUtf8Error,
    OversizeError,
    SchemaError,
}
CODEC = Codec.committed()
KNOWN_PREFIXES = [frame_prefix(schema_id) for schema_id in committed_ids().values()]


def decode_or_refuse(value: bytes) -> None:
    """Decode; an error of a kind that the codec does not promise fails the test."""
    outcome: type[Exception] = SchemaError
    try:
        CODEC.decode(value)
    except SchemaError as error:
        outcome = type(error)
    assert outcome in DECODE_ERRORS


def as_fields(thing: Any) -> Any:
    """What fastavro and avro take for a record: dicts and lists, however deep."""
    if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        return {field.name: as_fields(getattr(thing, field.name)) for field in dataclasses.fields(thing)}
    return [as_fields(item) for item in thing] if isinstance(thing, tuple) else thing


@pytest.mark.parametrize("record_class", record_classes)
def test_every_record_is_read_back_as_it_was_written(record_class: type[Any]) -> None:
    @settings(max_examples=60, deadline=None)
    @given(records_of(record_class))
    def check(record: Record) -> None:
        assert CODEC.decode(CODEC.encode(record)) == record

    check()


@settings(max_examples=150, deadline=None)
@given(records())
def test_the_bytes_are_those_that_fastavro_writes(record: Record) -> None:
    shape = shapes()[f"carnet.v1.{type(record).__name__}"]
    expected = io.BytesIO()
    fastavro.schemaless_writer(expected, shape.schema, as_fields(record))
    assert CODEC.encode(record)[PREFIX_BYTES:] == expected.getvalue()


@settings(max_examples=60, deadline=None)
@given(records())
def test_apache_avro_reads_what_was_written(record: Record) -> None:
    schema = avro.schema.parse(schema_file(type(record)).read_text(encoding="utf-8"))
    decoder = avro.io.BinaryDecoder(io.BytesIO(CODEC.encode(record)[PREFIX_BYTES:]))
    assert avro.io.DatumReader(schema).read(decoder) == as_fields(record)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_random_bytes_raise_only_what_is_promised(value: bytes) -> None:
    decode_or_refuse(value)


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(KNOWN_PREFIXES), st.binary(max_size=200))
def test_random_bytes_behind_a_known_schema_id_raise_only_what_is_promised(prefix: bytes, body: bytes) -> None:
    decode_or_refuse(prefix + body)


@settings(max_examples=150, deadline=None)
@given(records(), st.data())
def test_a_record_cut_short_is_truncated(record: Record, drawn: st.DataObject) -> None:
    value = CODEC.encode(record)
    cut = drawn.draw(st.integers(0, len(value) - 1))
    with pytest.raises(TruncatedError):
        CODEC.decode(value[:cut])


@settings(max_examples=60, deadline=None)
@given(records(), st.binary(min_size=1, max_size=9))
def test_bytes_left_over_are_refused(record: Record, rest: bytes) -> None:
    with pytest.raises(TruncatedError):
        CODEC.decode(CODEC.encode(record) + rest)


@settings(max_examples=400, deadline=None)
@given(records(), st.data())
def test_flipped_bits_raise_only_what_is_promised(record: Record, drawn: st.DataObject) -> None:
    value = bytearray(CODEC.encode(record))
    for bit in drawn.draw(st.lists(st.integers(0, 8 * len(value) - 1), min_size=1, max_size=4)):
        value[bit // 8] ^= 1 << bit % 8
    decode_or_refuse(bytes(value))


@settings(max_examples=400, deadline=None)
@given(records_of(TokenChunk), st.data())
def test_the_quick_reader_of_chunks_never_disagrees_with_fastavro(chunk: TokenChunk, drawn: st.DataObject) -> None:
    value = bytearray(CODEC.encode(chunk))
    for bit in drawn.draw(st.lists(st.integers(8 * PREFIX_BYTES, 8 * len(value) - 1), max_size=3)):
        value[bit // 8] ^= 1 << bit % 8
    quick = read_chunk(bytes(value))
    if quick is not None:
        body = io.BytesIO(bytes(value[PREFIX_BYTES:]))
        fields = fastavro.schemaless_reader(body, shapes()["carnet.v1.TokenChunk"].schema, None)
        assert (as_fields(quick), body.read()) == (fields, b"")


@settings(max_examples=100, deadline=None)
@given(texts(100), st.integers(0, 2**20), texts(200), st.integers(0, 5000))
def test_the_quick_reader_takes_every_ordinary_chunk(stream_id: str, sequence: int, text: str, token_count: int) -> None:
    chunk = TokenChunk(stream_id, sequence, text, token_count)
    assert read_chunk(CODEC.encode(chunk)) == chunk


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(KNOWN_PREFIXES), st.integers(2**31, 2**62))
def test_a_huge_declared_size_takes_no_memory(prefix: bytes, size: int) -> None:
    declared = io.BytesIO()
    fastavro.schemaless_writer(declared, fastavro.parse_schema("long"), size)
    tracemalloc.start()
    try:
        decode_or_refuse(prefix + declared.getvalue() * 4)
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak_bytes < 1_000_000


@settings(max_examples=100, deadline=None)
@given(records(), longs())
def test_errors_hold_nothing_of_the_bytes(record: Record, number: int) -> None:
    secret = "S8123456Z-planted"
    value = CODEC.encode(record)[:PREFIX_BYTES] + secret.encode() * 3 + b"\xff" + str(number).encode()
    with pytest.raises(SchemaError) as caught:
        CODEC.decode(value)
    assert secret not in "".join(traceback.format_exception(caught.value))
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
