"""The registry client against a registry that answers as a test wants; the real one is in tests/kafka/test_registry.py."""

from __future__ import annotations

import json
from collections.abc import Callable

import httpx
import pytest

from schemas.codec import frame_prefix
from schemas.errors import ConfigurationError, RetryableError, UnknownSchemaError
from schemas.records import TokenChunk
from schemas.registry import RegistryIds
from schemas.shapes import committed_ids, schema_file

URL = "http://reader:secret@registry.example/apis/ccompat/v7/"
CHUNK_SCHEMA = schema_file(TokenChunk).read_text(encoding="utf-8")


class Registry:
    """A small Confluent registry: subjects with one schema, ids from 101."""

    def __init__(self, *, holds: bool) -> None:
        names = list(committed_ids())
        self.ids = {name: 101 + place for place, name in enumerate(names)} if holds else {}
        self.texts = {102: CHUNK_SCHEMA} if holds else {}
        self.asked: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/apis/ccompat/v7")
        self.asked.append(f"{request.method} {path}")
        if request.method == "GET":
            schema_id = int(path.rpartition("/")[2])
            return httpx.Response(200, json={"schema": self.texts[schema_id]}) if schema_id in self.texts else httpx.Response(404, json={})
        assert json.loads(json.loads(request.content)["schema"])["namespace"] == "carnet.v1"
        subject = path.split("/")[2]
        if path.endswith("/versions"):
            self.ids[subject] = 201 + len(self.ids)
        return (
            httpx.Response(200, json={"id": self.ids[subject]}) if subject in self.ids else httpx.Response(404, json={"error_code": 40403})
        )


def ids_of(answer: Callable[[httpx.Request], httpx.Response], *, register: bool = False) -> RegistryIds:
    return RegistryIds(URL, register=register, client=httpx.Client(transport=httpx.MockTransport(answer)))


def refuse(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused", request=request)


def test_ids_come_from_the_registry_by_record_name() -> None:
    registry = Registry(holds=True)
    assert ids_of(registry).ids() == {name: schema_id + 100 for name, schema_id in committed_ids().items()}
    assert "POST /subjects/carnet.v1.TokenChunk" in registry.asked


def test_missing_schemas_are_registered_only_where_that_is_allowed() -> None:
    with pytest.raises(ConfigurationError, match=r"has no carnet\.v1\.RequestOpened"):
        ids_of(Registry(holds=False)).ids()
    registry = Registry(holds=False)
    assert sorted(ids_of(registry, register=True).ids().values()) == list(range(201, 201 + len(committed_ids())))


@pytest.mark.parametrize(
    "answer",
    [
        refuse,
        lambda _: httpx.Response(409, json={"message": "incompatible"}),
        lambda _: httpx.Response(401),
        lambda _: httpx.Response(500, text="<html>"),
        lambda _: httpx.Response(200, text="<html>a start page</html>"),
        lambda _: httpx.Response(200, json=["no object"]),
        lambda _: httpx.Response(200, json={"id": "seven"}),
    ],
    ids=["refused", "incompatible", "unauthorised", "broken", "another server", "list", "no number"],
)
def test_a_registry_that_cannot_be_used_refuses_the_start_in_one_line_without_the_password(
    answer: Callable[[httpx.Request], httpx.Response],
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        ids_of(answer).ids()
    line = str(caught.value)
    assert "http://registry.example" in line
    assert "secret" not in line
    assert "\n" not in line


def test_an_address_that_is_none_refuses_the_start() -> None:
    with pytest.raises(ConfigurationError):
        RegistryIds("registry.example:8080").ids()
    with pytest.raises(ConfigurationError):
        RegistryIds("http://[broken").ids()


def test_a_chunk_of_another_writer_is_read_after_one_question() -> None:
    registry = Registry(holds=True)
    registry.texts[7] = CHUNK_SCHEMA
    codec = ids_of(registry).codec()
    value = frame_prefix(7) + codec.encode(TokenChunk("s-1", 0, "Hi", 1))[5:]
    assert [codec.decode(value), codec.decode(value)] == [TokenChunk("s-1", 0, "Hi", 1)] * 2
    assert registry.asked.count("GET /schemas/ids/7") == 1


def test_an_id_that_nobody_knows_is_asked_about_once() -> None:
    registry = Registry(holds=True)
    codec = ids_of(registry).codec()
    for _ in range(3):
        with pytest.raises(UnknownSchemaError):
            codec.decode(frame_prefix(9999))
    assert registry.asked.count("GET /schemas/ids/9999") == 1


@pytest.mark.parametrize(
    "body",
    [
        {"schema": '"string"'},
        {"schema": CHUNK_SCHEMA, "schemaType": "JSON"},
        {"schema": CHUNK_SCHEMA, "references": [{"name": "x", "subject": "x", "version": 1}]},
        {"schema": 7},
        {},
    ],
    ids=["no record", "json schema", "references", "no text", "nothing"],
)
def test_an_answer_that_is_no_version_of_a_record_is_no_schema(body: dict[str, object]) -> None:
    assert ids_of(lambda _: httpx.Response(200, json=body)).find_writer_schema(5) is None


@pytest.mark.parametrize("answer", [refuse, lambda _: httpx.Response(503)], ids=["refused", "broken"])
def test_a_registry_that_is_down_may_be_asked_again(answer: Callable[[httpx.Request], httpx.Response]) -> None:
    ids = ids_of(answer)
    for _ in range(2):
        with pytest.raises(RetryableError):
            ids.find_writer_schema(5)
