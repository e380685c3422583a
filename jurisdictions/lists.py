"""The bundled lists that conditions and facts are read against: places, mechanisms, entity types.

Everything here is a constant of the release: the files are part of the package and of the digest of the packs.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from schemas.errors import PackError

LISTS = Path(__file__).parent / "lists"
PACKS = Path(__file__).parent / "packs"

_COUNTRY_PREFIX = re.compile(r"([A-Z]{2})_")


class _StrictLoader(yaml.SafeLoader):
    """YAML without its two traps: ``NO`` stays Norway, and a key that stands twice is refused."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - the base class declares it like this
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def _mapping_once(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[object] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node)
        if key in seen:
            raise PackError(f"line {key_node.start_mark.line + 1}: key {key!r} stands twice")
        seen.add(key)
    return loader.construct_mapping(node, deep=True)


_StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping_once)
_StrictLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


def read_yaml(text: str) -> Any:
    """Parse one YAML document strictly.

    Raises:
        PackError: Not YAML, or a key stands twice; the message has the line.
    """
    try:
        return yaml.load(text, Loader=_StrictLoader)  # noqa: S506 - a SafeLoader with fewer implicit types
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise PackError(f"line {line}: not YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        raise PackError("not YAML") from error


def canonical_bytes(document: object) -> bytes:
    """The same bytes for the same content: JSON, keys sorted, no blanks, dates in ISO 8601; comments and layout do not count."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str).encode()


@dataclass(frozen=True, slots=True)
class Entity:
    """What an entity type means for the rules.

    Attributes:
        category: One of the categories of ``lists/entities.v1.yaml``.
        personal: Whether a value of this type alone concerns a person.
        subject: ISO 3166-1 code of the country whose people carry it, empty where the type does not say.
    """

    category: str
    personal: bool
    subject: str


@lru_cache(maxsize=1)
def _documents() -> dict[str, Any]:
    return {
        name: read_yaml((LISTS / f"{name}.v1.yaml").read_text("utf-8"))
        for name in ("entities", "incidents", "labels", "mechanisms", "places")
    }


@lru_cache(maxsize=1)
def lists_sha256() -> bytes:
    """Digest over the canonical bytes of all bundled lists."""
    return hashlib.sha256(canonical_bytes(_documents())).digest()


@lru_cache(maxsize=1)
def named_sets() -> dict[str, frozenset[str]]:
    """The sets that every condition may name, such as ``EEA``."""
    documents = _documents()
    return {name: frozenset(members) for key in ("places", "entities") for name, members in documents[key]["sets"].items()}


@lru_cache(maxsize=1)
def mechanism_kinds() -> frozenset[str]:
    """The kinds of legal basis that a rule may ask for."""
    return frozenset(_documents()["mechanisms"]["mechanisms"])


@lru_cache(maxsize=1)
def categories() -> dict[str, frozenset[str]]:
    """Category → the entity types that are listed in it."""
    return {name: frozenset(entry["types"]) for name, entry in _documents()["entities"]["categories"].items()}


@lru_cache(maxsize=1)
def _listed() -> dict[str, tuple[str, bool]]:
    listed = _documents()["entities"]["categories"]
    return {entity_type: (name, entry["personal"]) for name, entry in listed.items() for entity_type in entry["types"]}


def entity_types() -> frozenset[str]:
    """The entity types that a rule may name."""
    return frozenset(_listed())


@lru_cache(maxsize=4096)
def entity(entity_type: str) -> Entity:
    """Look an entity type up; one that is not listed counts as personal, so that a new recogniser is never ignored."""
    prefix = _COUNTRY_PREFIX.match(entity_type)
    code = prefix.group(1) if prefix else ""
    code = _documents()["entities"]["prefixes"].get(code, code)
    subject = code if code in named_sets()["ISO_3166_1"] else ""
    category, personal = _listed().get(entity_type, ("gov_id" if subject else "unclassified", True))
    return Entity(category, personal, subject)


@lru_cache(maxsize=512)
def region(place: str) -> str:
    """The region of an ISO 3166-1 code: the first named set that has it, else ``other``."""
    return next((name for name in _documents()["places"]["regions"] if place in named_sets()[name]), "other")
