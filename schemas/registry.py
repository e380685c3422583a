"""Schema ids from a Confluent-compatible registry, and the schemas of others that write with an older or a newer version.

Three calls of its REST API are all that is needed, so they are made here: ``confluent_kafka.schema_registry`` makes them too, and
brings authlib, cachetools and attrs along. Subjects are record names (``carnet.v1.TokenChunk``), because one topic carries several
record types. Source: Confluent Schema Registry API reference, v7.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import httpx

from schemas.codec import TEXT_CHARS_MAX, VALUE_BYTES_MAX, Codec, WriterSchema
from schemas.errors import ConfigurationError, RetryableError
from schemas.foreign import parse_foreign
from schemas.shapes import schema_file, shapes

_TIMEOUT_S = 10.0
_MEDIA_TYPE = "application/vnd.schemaregistry.v1+json"
_UNKNOWN_IDS_MAX = 1024  # remembered, so that a sender of random ids costs one request for each, not one for each record


class RegistryIds:
    """The schema ids of one registry.

    Args:
        url: Base address of the API, credentials in it allowed; for Apicurio it ends in ``/apis/ccompat/v7``.
        register: Register schemas that the registry does not have; otherwise they must be there.
        client: For tests; by default one with a timeout of 10 s a request.
    """

    def __init__(self, url: str, *, register: bool = False, client: httpx.Client | None = None) -> None:
        """Remember the address; nothing is asked yet."""
        self._register = register
        self._client = client if client is not None else httpx.Client(timeout=_TIMEOUT_S)
        self._url = url.rstrip("/")
        self._unknown: dict[int, None] = {}

    def ids(self) -> Mapping[str, int]:
        """The id of every record's schema, by full name.

        Raises:
            ConfigurationError: The registry does not answer, refuses a schema, or lacks one that may not be registered here.
        """
        return {name: self._id_of(name) for name in shapes()}

    def codec(self, *, value_bytes_max: int = VALUE_BYTES_MAX, text_chars_max: int = TEXT_CHARS_MAX) -> Codec:
        """A codec with these ids, which asks this registry about ids it does not know.

        Raises:
            ConfigurationError: As ``ids``.
        """
        limits = {"value_bytes_max": value_bytes_max, "text_chars_max": text_chars_max}
        return Codec(self.ids(), find_writer_schema=self.find_writer_schema, **limits)

    def find_writer_schema(self, schema_id: int) -> WriterSchema | None:
        """The schema of an id; None if there is none, or it is no version of a record of the wire contract.

        Raises:
            RetryableError: The registry does not answer: the record may be good, so it must not become a dead letter.
        """
        if schema_id in self._unknown:
            return None
        try:
            answer = self._client.get(f"{self._url}/schemas/ids/{schema_id}")
        except httpx.HTTPError as error:
            raise RetryableError(f"schema registry did not answer for id {schema_id} ({type(error).__name__})") from None
        if answer.status_code not in {HTTPStatus.OK, HTTPStatus.NOT_FOUND}:
            raise RetryableError(f"schema registry answered {answer.status_code} for id {schema_id}")
        found = _writer_schema(answer) if answer.status_code == HTTPStatus.OK else None
        if found is None:
            self._unknown[schema_id] = None
            if len(self._unknown) > _UNKNOWN_IDS_MAX:
                del self._unknown[next(iter(self._unknown))]
        return found

    def _id_of(self, name: str) -> int:
        text = schema_file(shapes()[name].record_class).read_text(encoding="utf-8")
        body = {"schema": json.dumps(json.loads(text))}
        answer = self._post(f"/subjects/{name}", body)
        if answer.status_code == HTTPStatus.NOT_FOUND and self._register:
            answer = self._post(f"/subjects/{name}/versions", body)
        if answer.status_code == HTTPStatus.NOT_FOUND:
            raise ConfigurationError(f"schema registry {self._shown()} has no {name}: register the files of schemas/avro first")
        if answer.status_code == HTTPStatus.CONFLICT:
            raise ConfigurationError(f"schema registry {self._shown()} holds an incompatible {name}: see docs/wire-format.md, Evolution")
        schema_id = _object(answer).get("id") if answer.status_code == HTTPStatus.OK else None
        if not isinstance(schema_id, int):
            raise ConfigurationError(f"schema registry {self._shown()} answered {answer.status_code} for {name}: is the address right?")
        return schema_id

    def _post(self, path: str, body: Mapping[str, str]) -> httpx.Response:
        try:
            return self._client.post(self._url + path, json=body, headers={"Content-Type": _MEDIA_TYPE, "Accept": _MEDIA_TYPE})
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            cure = "check CARNET_SCHEMA_REGISTRY_URL, or unset it to use the committed ids"
            raise ConfigurationError(f"schema registry {self._shown()} does not answer ({type(error).__name__}): {cure}") from None

    def _shown(self) -> str:
        """The address without credentials."""
        scheme, separator, rest = self._url.rpartition("://")
        return scheme + separator + rest.rpartition("@")[2]


def _object(answer: httpx.Response) -> dict[str, Any]:
    try:
        content = answer.json()
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _writer_schema(answer: httpx.Response) -> WriterSchema | None:
    body = _object(answer)
    text = body.get("schema")
    if not isinstance(text, str) or body.get("schemaType", "AVRO") != "AVRO" or body.get("references"):
        return None
    return parse_foreign(text)
