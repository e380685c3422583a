"""The codec: each kind of error for its own cause, the limits, and what it refuses to be built with."""

from __future__ import annotations

import dataclasses
import traceback
from typing import Any, cast

import pytest

from schemas.codec import Codec, WriterSchema, frame_prefix
from schemas.errors import (
    BadMagicError,
    ConfigurationError,
    InvalidUtf8Error,
    InvariantError,
    NullValueError,
    OversizeError,
    RetryableError,
    SchemaError,
    TruncatedError,
    UnknownSchemaError,
)
from schemas.foreign import parse_foreign
from schemas.records import AuditEntry, DeadLetter, Model, Sealed, Stamp, StateSnapshot, StreamClosed, TokenChunk
from schemas.shapes import committed_ids

CODEC = Codec.committed()
CHUNK = TokenChunk("s-7f3a", 3, "Your booking", 2)
STAMP = AuditEntry("stamp", 2, 7, 1795474395454, "", stamp=Stamp(0, 9, 9, b"d" * 32, 1))


def test_a_chunk_has_the_bytes_that_the_documentation_shows() -> None:
    assert CODEC.encode(TokenChunk("s-1", 0, "Hi", 1)).hex() == "0000000002" + "06732d31" + "00" + "044869" + "02"


@pytest.mark.parametrize(
    ("value", "error"),
    [
        (None, NullValueError),
        (b"", TruncatedError),
        (b"\0\0\0", TruncatedError),
        (b"\x01\0\0\0\x02", BadMagicError),
        (b'{"stream_id": "s-1"}', BadMagicError),
        (b"\0\0\0\x27\x0f", UnknownSchemaError),
        (b"\0\0\0\0\x02\x02\xff\0\0\0", InvalidUtf8Error),
        (b"\0\0\0\0\x02\x06\xed\xa0\x80\0\0\0", InvalidUtf8Error),
        (b"\0\0\0\0\x02\x01abc", TruncatedError),
        (b"\0\0\0\0\x05\x0e", SchemaError),
    ],
    ids=["null", "empty", "short frame", "magic", "json", "id", "utf-8", "surrogate", "negative size", "enum symbol"],
)
def test_each_broken_value_raises_its_own_error(value: bytes | None, error: type[SchemaError]) -> None:
    with pytest.raises(SchemaError) as caught:
        CODEC.decode(value)
    assert type(caught.value) is error


def test_a_value_over_the_limit_is_refused_and_one_at_the_limit_is_read() -> None:
    value = CODEC.encode(CHUNK)
    assert Codec.committed(value_bytes_max=len(value)).decode(value) == CHUNK
    with pytest.raises(OversizeError):
        Codec.committed(value_bytes_max=len(value) - 1).decode(value)
    with pytest.raises(OversizeError):
        Codec.committed(value_bytes_max=len(value) - 1).encode(CHUNK)


def test_the_text_limit_counts_code_points_and_not_bytes() -> None:
    chunk = dataclasses.replace(CHUNK, text="證件號碼😀")
    value = CODEC.encode(chunk)
    assert Codec.committed(text_chars_max=5).decode(value) == chunk
    with pytest.raises(OversizeError):
        Codec.committed(text_chars_max=4).decode(value)
    with pytest.raises(OversizeError):
        Codec.committed(text_chars_max=4).encode(chunk)


def test_a_dead_letter_may_seal_a_value_that_is_as_large_as_the_limit() -> None:
    codec = Codec.committed(value_bytes_max=1000)
    sealed = Sealed("kek-1", b"w" * 40, b"n" * 12, b"c" * 1016)
    letter = DeadLetter("carnet.inference.v1", 0, 5, 1, "oversize", "value of 1001 bytes", sealed, sealed)
    assert codec.decode(codec.encode(letter)) == letter


@pytest.mark.parametrize(
    "record",
    [
        dataclasses.replace(STAMP, kind="rumour"),
        dataclasses.replace(STAMP, partition=2**31),
        dataclasses.replace(STAMP, entry_index=2**63),
        StreamClosed("s-1", cast("Any", None), 1, 1),
        StateSnapshot("partition", 0, 0, cast("Any", ("not bytes",)), 0, None),
        cast("Any", Model("qwen-max", "CN", "2026-10")),
        cast("Any", {"stream_id": "s-1"}),
    ],
    ids=["enum", "int", "long", "null", "bytes", "no record of its own", "dict"],
)
def test_a_record_that_its_schema_cannot_hold_is_a_broken_promise(record: Any) -> None:
    with pytest.raises(InvariantError):
        CODEC.encode(record)


def test_a_lone_surrogate_is_refused_without_its_text_in_the_error() -> None:
    secret = "S8123456Z-planted"
    chunk = dataclasses.replace(CHUNK, text=f"{secret}\ud800")
    with pytest.raises(InvalidUtf8Error) as caught:
        CODEC.encode(chunk)
    assert secret not in "".join(traceback.format_exception(caught.value))
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    "change",
    [{"carnet.v1.TokenChunk": None}, {"carnet.v1.Rumour": 99}, {"carnet.v1.TokenChunk": 1}, {"carnet.v1.TokenChunk": 2**32}],
    ids=["missing", "foreign", "shared", "no 32 bits"],
)
def test_ids_that_do_not_fit_refuse_the_start(change: dict[str, int | None]) -> None:
    ids = {name: schema_id for name, schema_id in (dict(committed_ids()) | change).items() if schema_id is not None}
    with pytest.raises(ConfigurationError):
        Codec(ids)


def test_other_ids_give_other_frames_and_the_same_avro() -> None:
    codec = Codec({name: schema_id + 70_000 for name, schema_id in committed_ids().items()})
    assert codec.encode(CHUNK) == frame_prefix(70_002) + CODEC.encode(CHUNK)[5:]


NEWER_CHUNK = """{"type": "record", "name": "TokenChunk", "namespace": "carnet.v1", "fields": [
    {"name": "stream_id", "type": "string"}, {"name": "finish", "type": ["null", "string"]}, {"name": "sequence", "type": "int"},
    {"name": "text", "type": "string"}, {"name": "token_count", "type": {"type": "long", "logicalType": "timestamp-millis"}}]}"""


def test_a_chunk_of_a_newer_writer_is_read_by_its_own_schema() -> None:
    asked = []

    def find(schema_id: int) -> WriterSchema | None:
        asked.append(schema_id)
        return parse_foreign(NEWER_CHUNK)

    codec = Codec(committed_ids(), find_writer_schema=find)
    value = frame_prefix(41) + b"\x06s-1" + b"\x02\x08stop" + b"\x06" + b"\x04Hi" + b"\x02"
    assert [codec.decode(value), codec.decode(value)] == [TokenChunk("s-1", 3, "Hi", 1)] * 2
    assert asked == [41]


def test_limits_hold_for_newer_writers_too() -> None:
    codec = Codec(committed_ids(), text_chars_max=1, find_writer_schema=lambda _: parse_foreign(NEWER_CHUNK))
    with pytest.raises(OversizeError):
        codec.decode(frame_prefix(41) + b"\x06s-1" + b"\x00" + b"\x06" + b"\x04Hi" + b"\x02")


def test_a_registry_that_is_down_makes_no_dead_letter() -> None:
    def find(schema_id: int) -> WriterSchema | None:
        raise RetryableError(f"id {schema_id}")

    with pytest.raises(RetryableError):
        Codec(committed_ids(), find_writer_schema=find).decode(frame_prefix(41))


@pytest.mark.parametrize(
    "schema",
    [
        '"string"',
        "no json",
        "[" * 100_000,
        '{"type": "record", "name": "Rumour", "namespace": "carnet.v1", "fields": []}',
        '{"type": "record", "name": "TokenChunk", "namespace": "other", "fields": []}',
        '{"type": "record", "name": "carnet.v1.TokenChunk", "fields": [{"name": "inner", "type": ["null", "TokenChunk"]}]}',
        '{"type": "record", "name": "carnet.v1.TokenChunk", "fields": [{"name": "many", "type": {"type": "array", "items": "null"}}]}',
        """{"type": "record", "name": "carnet.v1.TokenChunk", "fields": [
            {"name": "one", "type": {"type": "fixed", "name": "Nothing", "size": 0}},
            {"name": "many", "type": {"type": "array", "items": "Nothing"}}]}""",
    ],
    ids=["no record", "no json", "deep", "other name", "other namespace", "inside itself", "array of null", "array of empty fixed"],
)
def test_a_foreign_schema_that_cannot_be_read_safely_is_no_schema(schema: str) -> None:
    assert parse_foreign(schema) is None
