"""The wire contract agrees with itself: schema files, records, committed ids and AsyncAPI say the same."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
import types
import typing
from pathlib import Path
from typing import Any

import pytest
import yaml

from schemas.codec import Codec
from schemas.compatibility import check_directory
from schemas.records import TokenChunk
from schemas.shapes import AVRO_DIRECTORY, INBOUND, OPERATED, committed_ids, schema_file, shapes
from streams import names
from tests.strategies import record_classes

ASYNCAPI = AVRO_DIRECTORY.parent / "asyncapi.yaml"
AVRO_OF_PYTHON = {str: {"string"}, int: {"int", "long"}, float: {"double"}, bool: {"boolean"}, bytes: {"bytes"}}


def differences(schema: Any, hint: Any, named: dict[str, Any], place: str) -> list[str]:
    """Where a schema and a Python type do not say the same."""
    schema = named.get(schema, schema) if isinstance(schema, str) else schema
    match hint, schema:
        case types.UnionType(), ["null", branch]:
            inner = next(kind for kind in typing.get_args(hint) if kind is not types.NoneType)
            return differences(branch, inner, named, place)
        case types.GenericAlias(), {"type": "array", "items": items}:
            return differences(items, typing.get_args(hint)[0], named, f"{place}[]")
        case type(), {"type": "record", "name": hint.__name__}:
            return record_differences(schema, hint, named, place)
        case type(), {"type": "enum"} if hint is str:
            return []
    agree = isinstance(schema, str) and schema in AVRO_OF_PYTHON.get(hint, ())
    return [] if agree else [f"{place}: {schema}, but {getattr(hint, '__name__', hint)} in Python"]


def record_differences(schema: Any, record_class: type[Any], named: dict[str, Any], place: str) -> list[str]:
    named[schema["name"]] = schema
    hints = typing.get_type_hints(record_class)
    in_file = [field["name"] for field in schema["fields"]]
    if in_file != list(hints):
        return [f"{place}: fields {in_file}, but {list(hints)} in Python"]
    found = [differences(field["type"], hints[field["name"]], named, f"{place}.{field['name']}") for field in schema["fields"]]
    return [difference for some in found for difference in some]


@pytest.mark.parametrize("record_class", record_classes)
def test_every_record_has_a_schema_file_with_the_same_fields_order_and_types(record_class: type[Any]) -> None:
    schema = json.loads(schema_file(record_class).read_text(encoding="utf-8"))
    assert schema["namespace"] == "carnet.v1"
    assert record_differences(schema, record_class, {}, record_class.__name__) == []


def test_the_comparison_sees_a_difference() -> None:
    @dataclasses.dataclass
    class TokenChunk:
        stream_id: str
        sequence: str
        text: str | None
        token_count: int

    schema = json.loads((AVRO_DIRECTORY / "token_chunk.v1.avsc").read_text(encoding="utf-8"))
    hints = {"stream_id": str, "sequence": str, "text": str | None, "token_count": int}
    TokenChunk.__annotations__ = hints
    assert record_differences(schema, TokenChunk, {}, "TokenChunk") == [
        "TokenChunk.sequence: long, but str in Python",
        "TokenChunk.text: string, but str | None in Python",
    ]


def test_no_schema_file_is_without_its_record() -> None:
    assert {path.name for path in AVRO_DIRECTORY.iterdir()} == {schema_file(record_class).name for record_class in record_classes}


def test_every_schema_file_is_sound_and_documented() -> None:
    assert check_directory() == ()


def test_the_compatibility_command_says_nothing_when_all_is_well(root: Path) -> None:
    run = subprocess.run([sys.executable, "-m", "schemas.compatibility"], capture_output=True, text=True, check=False, cwd=root)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def test_every_record_has_a_committed_id_of_its_own() -> None:
    assert dict(committed_ids()) == {
        "carnet.v1.RequestOpened": 1,
        "carnet.v1.TokenChunk": 2,
        "carnet.v1.StreamClosed": 3,
        "carnet.v1.DeliveryRecord": 4,
        "carnet.v1.AuditEntry": 5,
        "carnet.v1.HeldSegment": 6,
        "carnet.v1.DeadLetter": 7,
        "carnet.v1.UsageRecord": 8,
        "carnet.v1.StateSnapshot": 9,
        "carnet.v1.Review": 10,
        "carnet.v1.Subject": 11,
        "carnet.v1.Totals": 12,
        "carnet.v1.MechanismOnFile": 13,
    }, "a committed id is in logs that must stay readable: it never changes"
    assert shapes().keys() == committed_ids().keys()


def asyncapi() -> Any:
    return yaml.safe_load(ASYNCAPI.read_text(encoding="utf-8"))


def resolve(document: Any, reference: str) -> Any:
    for step in reference.removeprefix("#/").split("/"):
        document = document[step]
    return document


def references(node: Any) -> list[str]:
    if isinstance(node, dict):
        found = [node["$ref"]] if "$ref" in node else []
        return found + [reference for value in node.values() for reference in references(value)]
    return [reference for value in node for reference in references(value)] if isinstance(node, list) else []


def test_asyncapi_names_every_topic_and_no_other() -> None:
    constants = [value for name, value in vars(names).items() if name.isupper() and isinstance(value, str)]
    topics = {value for value in constants if value.startswith("carnet.") and value.endswith(".v1")}
    assert {channel["address"] for channel in asyncapi()["channels"].values()} == topics


def test_asyncapi_names_every_record_and_uses_every_schema_file() -> None:
    messages = asyncapi()["components"]["messages"]
    used = {
        message["name"]: (ASYNCAPI.parent / message["payload"]["schema"]["$ref"]).resolve()
        for message in messages.values()
        if "schemaFormat" in message["payload"]
    }
    assert used == {name: schema_file(shape.record_class).resolve() for name, shape in shapes().items()}


def test_every_reference_of_asyncapi_leads_somewhere() -> None:
    document = asyncapi()
    for reference in references(document):
        if reference.startswith("#/"):
            assert resolve(document, reference)
        else:
            assert (ASYNCAPI.parent / reference).is_file()


def test_asyncapi_sends_what_carnet_writes_and_receives_what_outsiders_send() -> None:
    document = asyncapi()
    received = set()
    for operation in document["operations"].values():
        channel = resolve(document, operation["channel"]["$ref"])
        carried = {resolve(document, message["$ref"])["name"] for message in channel["messages"].values()}
        if operation["action"] == "receive":
            received |= carried
        else:
            assert operation["action"] == "send"
            assert not carried & received
    assert received == {f"carnet.v1.{record_class.__name__}" for record_class in INBOUND | OPERATED}


def wire_format(root: Path) -> str:
    return (root / "docs" / "wire-format.md").read_text(encoding="utf-8")


def test_the_ids_and_topics_of_the_documentation_are_the_real_ones(root: Path) -> None:
    rows = [row.split(" | ") for row in wire_format(root).splitlines() if row.startswith("| ") and row[2].isdigit()]
    documented = {f"carnet.v1.{row[1].strip('`')}": (int(row[0].removeprefix("| ")), row[2].strip("`")) for row in rows}
    document = asyncapi()
    topics = {
        resolve(document, message["$ref"])["name"]: channel["address"]
        for channel in document["channels"].values()
        for message in channel["messages"].values()
    }
    assert documented == {name: (schema_id, topics[name]) for name, schema_id in committed_ids().items()}


def test_the_bytes_of_the_documentation_are_a_chunk(root: Path) -> None:
    line = next(line for line in wire_format(root).splitlines() if line.startswith("00 0"))
    assert Codec.committed().decode(bytes.fromhex(line)) == TokenChunk("s-1", 0, "Hi", 1)
