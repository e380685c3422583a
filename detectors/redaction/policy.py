"""Which finding is written how: by entity type and destination, read strictly from one YAML file (``detectors/redaction.yaml``)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from detectors.redaction.keys import Scope
from detectors.redaction.labels import languages
from detectors.redaction.validity import has_check
from schemas.errors import ConfigurationError

_BUNDLED: Final = Path(__file__).parent.with_name("redaction.yaml")
_KEY: Final = re.compile(r"\*|[A-Z][A-Z0-9_]*(?:_\*)?")
# Of its payloads one in two thousand is valid, for the sake of the birth date: to walk to the next takes most of a second.
_NEVER_VALID: Final = frozenset({"CN_RESIDENT_ID"})

_IN_ADDRESSES: Final = frozenset("!#$%&'*+-/=?^_`{|}~.")  # RFC 5322, section 3.2.3


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Replace(_Shape):
    """A label: ``<PERSON>``."""

    mode: Literal["replace"]


class _Masking(_Shape):
    char: str = "•"

    @field_validator("char")
    @classmethod
    def _is_a_mark(cls, char: str) -> str:
        if len(char) != 1 or not char.isprintable() or char.isalnum() or char.isspace() or char in "<>":
            raise ValueError("one printable mark, neither letter, digit, blank nor angle bracket")
        return char


class Mask(_Masking):
    """A mark for each character; with ``keep_separators`` blanks, dashes, dots and the like stay."""

    mode: Literal["mask"]
    keep_separators: bool = False


class Keep(_Masking):
    """The first and last characters, separators not counted, never more than half; ``domain`` keeps all from the @ on."""

    mode: Literal["keep"]
    first: int = Field(default=0, ge=0)
    last: int = Field(default=0, ge=0)
    domain: bool = False


class Hash(_Shape):
    """A keyed digest behind the label: ``<PERSON:bcdfghjkmnpqrstv>``."""

    mode: Literal["hash"]
    scope: Scope = "customer"


class Pseudonym(_Shape):
    """Another value of the same form where the type has a check digit; else a token behind the label, with a way back if ``reversible``.

    ``valid`` sets the check digit right: the value may be somebody's.
    """

    mode: Literal["pseudonym"]
    scope: Scope = "stream"
    reversible: bool = False
    valid: bool = False


Treatment = Replace | Mask | Keep | Hash | Pseudonym
_Treatments = dict[str, Annotated[Treatment, Field(discriminator="mode")]]


class _File(_Shape):
    version: Literal[1]
    labels: str = "type"
    types: _Treatments
    destinations: dict[str, _Treatments] = {}


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy in force.

    Attributes:
        labels: ``type``, ``destination``, ``text``, or the code of a language.
        types: Entity type, prefix with ``*``, or ``*`` alone → treatment.
        destinations: ISO 3166-1 code → the same for that destination.
        sha256: Of the file, in hexadecimal.
    """

    labels: str
    types: Mapping[str, Treatment]
    destinations: Mapping[str, Mapping[str, Treatment]]
    sha256: str

    def treatment(self, entity_type: str, destination: str) -> Treatment:
        """Return how a finding is written.

        What is said for the destination goes before what is said for all; within each the type itself, then its longest prefix, then ``*``.
        """
        for treatments in (self.destinations.get(destination, {}), self.types):
            for key in _keys_of(entity_type):
                if key in treatments:
                    return treatments[key]
        raise ConfigurationError(f"redaction policy: no treatment for {entity_type}")

    def named_types(self) -> frozenset[str]:
        """Return the entity types that the policy names one by one."""
        return frozenset(key for treatments in (self.types, *self.destinations.values()) for key in treatments if not key.endswith("*"))


@cache
def default_policy() -> Policy:
    """Return the policy of this release: every finding becomes its type."""
    return load_policy()


def load_policy(path: Path | None = None, known: Collection[str] | None = None) -> Policy:
    """Read a policy, by default that of this release.

    Args:
        path: A YAML file.
        known: The entity types that are looked for; a policy that names another is refused, since it would never apply.

    Raises:
        ConfigurationError: The file cannot be read or something in it is not understood; the message names the place and the reason.
    """
    file = path or _BUNDLED
    try:
        text = file.read_text("utf-8")
        return parse_policy(text, known)
    except (OSError, UnicodeDecodeError) as failure:
        raise ConfigurationError(f"redaction policy {file.name}: {type(failure).__name__}; set CARNET_REDACT_POLICY") from None
    except ConfigurationError as failure:
        raise ConfigurationError(f"redaction policy {file.name}: {failure.detail}") from None


def parse_policy(text: str, known: Collection[str] | None = None) -> Policy:
    """Read a policy from YAML.

    Raises:
        ConfigurationError: The first thing that is not understood.
    """
    try:
        read = _File.model_validate(yaml.load(text, Loader=_StrictLoader))  # noqa: S506 - a SafeLoader that refuses double keys
    except yaml.YAMLError as failure:
        mark = getattr(failure, "problem_mark", None)
        raise ConfigurationError(f"line {mark.line + 1 if mark else 0}: not YAML, or a key stands twice") from None
    except ValidationError as failure:
        first = failure.errors(include_url=False, include_input=False)[0]
        raise ConfigurationError(f"{'.'.join(str(part) for part in first['loc']) or 'file'}: {first['msg']}") from None
    policy = Policy(read.labels, read.types, read.destinations, hashlib.sha256(text.encode("utf-8")).hexdigest())
    for problem in _problems(policy, known):
        raise ConfigurationError(problem)
    return policy


def _problems(policy: Policy, known: Collection[str] | None) -> Iterator[str]:
    """Yield what is understood and cannot be."""
    if policy.labels not in {"type", "destination", "text", *languages()}:
        yield f"labels: {policy.labels} is none of type, destination, text, {', '.join(languages())}"
    if "*" not in policy.types:
        yield "types: no treatment for *, so some findings would have none"
    for destination in policy.destinations:
        if not re.fullmatch("[A-Z]{2}", destination):
            yield f"destinations.{destination}: not an ISO 3166-1 code in capitals"
    blocks = {"types": policy.types} | {f"destinations.{code}": block for code, block in policy.destinations.items()}
    for place, treatments in blocks.items():
        for key, treatment in treatments.items():
            yield from (f"{place}.{key}: {problem}" for problem in _problems_of(key, treatment))
    strange = sorted(policy.named_types() - set(known)) if known is not None else []
    if strange:
        yield f"{strange[0]} is no entity type that is looked for"


def _problems_of(key: str, treatment: Treatment) -> Iterator[str]:
    """Yield why a treatment cannot be given to a key."""
    if not _KEY.fullmatch(key):
        yield "neither an entity type, nor a prefix as CN_*, nor *"
    if isinstance(treatment, Pseudonym) and treatment.valid and (not has_check(key) or key in _NEVER_VALID):
        yield "valid pseudonyms are made for single types with a check digit that a short walk can reach"
    if isinstance(treatment, Keep) and treatment.domain and key != "EMAIL_ADDRESS":
        yield "only an EMAIL_ADDRESS has a domain to keep"
    if isinstance(treatment, Keep) and treatment.domain and treatment.char in _IN_ADDRESSES:
        yield f"{treatment.char} may stand in an address, so what is left would be one"
    if isinstance(treatment, Keep) and treatment.domain and treatment.last:
        yield "letters right before the domain would be an address of their own: keep the first"


def _keys_of(entity_type: str) -> Iterator[str]:
    """Yield the keys that cover a type, the closest first."""
    yield entity_type
    parts = entity_type.split("_")
    for size in range(len(parts) - 1, 0, -1):
        yield "_".join(parts[:size]) + "_*"
    yield "*"


class _StrictLoader(yaml.SafeLoader):
    """A SafeLoader that refuses a key that stands twice; YAML 1.1 booleans such as NO (Norway) stay text."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Hashable] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, "a key stands twice", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


_StrictLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_StrictLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))
