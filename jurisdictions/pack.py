"""Rule packs: what a pack file must hold, and everything for which one is refused.

A pack is one jurisdiction's rules as data. A file that is not understood to the last key is refused: a rule that silently never fires
is worse than a worker that does not start. The golden rule is enforced here: **a rule whose provision was not read at its source
(``checked`` is not ``text``) may tag, count, label, redact or hold; it never blocks and never releases.**
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from jurisdictions.condition import Node, parse, value_of
from jurisdictions.facts import PROVENANCE, FactValue, check_value
from jurisdictions.lists import PACKS, canonical_bytes, categories, entity, entity_types, lists_sha256, named_sets, read_yaml
from schemas.errors import PackError

Action = Literal["release", "label", "redact", "hold", "block"]

ACTIONS: tuple[Action, ...] = ("release", "label", "redact", "hold", "block")  # the lattice, from lenient to strict
_LABEL = re.compile(r"[a-z]+(?:\.[a-z][a-z_]*)+")
NEEDS_TEXT = frozenset({"release", "block"})
OBLIGATIONS: Mapping[str, str] = {
    "log": "Keep the decision in the ledger",
    "count": "Count the people found towards the yearly totals",
    "evidence": "Keep the proof of provenance: digest of the request, echo match, attestation of isolation",
    "record_recipient": "Keep who received the content",
    "record_transfer": "Keep purpose, manner, scope and recipient of the transfer",
    "notify_customer": "Tell the customer",
    "escalate": "Tell the operator's security or legal officer",
    "expire_content": "Keep copies of the content no longer than the delivery needs; digests stay",
    "impact_assessment": "An impact assessment must be on file",
    "notice_and_consent": "The individuals must have been told and have consented separately",
}


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Citation(_Shape):
    """Where a rule comes from, and how far that was read.

    ``address`` is what was opened (or the best pointer where nothing was); ``official_address`` is where the authority publishes it.
    ``quote`` is a sentence of the provision in the language ``quote_lang``, only where its text was read.
    """

    law: str = Field(min_length=3)
    article: str = Field(min_length=1)
    address: str = Field(min_length=3)
    official_address: str | None = None
    quote: str | None = Field(default=None, min_length=4)
    quote_lang: str | None = Field(default=None, pattern=r"^[a-z]{2}$")
    language: str = Field(pattern=r"^[a-z]{2}$")
    accessed: dt.date
    checked: Literal["text", "secondary", "remembered"]
    checked_by: str = Field(min_length=3)


class Validity(_Shape):
    """The days on which a rule is in force, both inclusive; open where ``until`` is missing."""

    since: dt.date = Field(alias="from")
    until: dt.date | None = Field(default=None, alias="to")


class _RedactShape(_Shape):
    types: list[str] | None = Field(default=None, min_length=1)
    categories: list[str] | None = Field(default=None, min_length=1)
    provenance: list[str] | None = Field(default=None, min_length=1)


class _TestShape(_Shape):
    facts: dict[str, Any]
    fires: bool | Literal["unknown"]


class _RuleShape(_Shape):
    id: str = Field(pattern=r"^[A-Z]{2,3}(-[A-Z0-9]+)+$")
    title: str = Field(min_length=8)
    citation: Citation
    in_force: Validity
    when: str = Field(min_length=1)
    action: Action | None = None
    redact: _RedactShape | None = None
    obligations: list[str] = []
    labels: list[str] = []
    retain: str | None = Field(default=None, pattern=r"^[1-9][0-9]*[dmy]$")
    note: str = ""
    tests: list[_TestShape]


class _AssumptionShape(_Shape):
    value: Any
    declared_by: str = Field(min_length=3)
    note: str = Field(min_length=3)


class _PackShape(_Shape):
    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    version: str = Field(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$")
    title: str = Field(min_length=3)
    covers: list[str] = []
    applies: str = "true"
    sets: dict[str, list[str]] = {}
    assume: dict[str, _AssumptionShape] = {}
    rules: list[dict[str, Any]] = []


@dataclass(frozen=True, slots=True)
class RedactScope:
    """Which findings a redaction covers.

    Attributes:
        types: Entity types; ``None`` is every type of which a value alone concerns a person.
        provenance: Provenances; ``None`` is all.
    """

    types: frozenset[str] | None
    provenance: frozenset[str] | None

    def covers(self, entity_type: str, provenance: str) -> bool:
        """Whether a finding must be redacted."""
        if self.provenance is not None and provenance not in self.provenance:
            return False
        return entity(entity_type).personal if self.types is None else entity_type in self.types


@dataclass(frozen=True, slots=True)
class RuleTest:
    """A rule's own test: facts, and whether it fires (``None``: cannot be told)."""

    facts: Mapping[str, FactValue]
    fires: bool | None


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, checked. ``action`` is ``None`` for a rule that only adds obligations."""

    id: str
    title: str
    citation: Citation
    in_force: Validity
    when: str
    condition: Node
    action: Action | None
    redact: RedactScope | None
    obligations: tuple[str, ...]
    labels: tuple[str, ...]
    retain: str | None
    note: str
    tests: tuple[RuleTest, ...]


@dataclass(frozen=True, slots=True)
class Assumption:
    """A fact that nobody measures, as the operator declares it."""

    value: FactValue
    declared_by: str
    note: str


@dataclass(frozen=True, slots=True)
class Pack:
    """One pack.

    Attributes:
        id: Short name; with the version it is what a decision cites (``cn_outbound@1.0.0``).
        version: Semantic version of the content.
        title: For people.
        covers: Destinations that this pack has rules for.
        applies: The condition under which its rules count at all.
        rules: In the order of the file.
        assume: Facts that the operator declares.
        sha256: Digest over the canonical bytes of the file.
    """

    id: str
    version: str
    title: str
    covers: frozenset[str]
    applies: Node
    rules: tuple[Rule, ...]
    assume: Mapping[str, Assumption]
    sha256: bytes

    @property
    def name(self) -> str:
        """Id and version, as a decision cites them."""
        return f"{self.id}@{self.version}"


def load_packs(directory: Path | None = None) -> tuple[Pack, ...]:
    """Load every ``*.v1.yaml`` of a folder; the packs of this release if none is named.

    Raises:
        PackError: A file is refused, no file is there, or two packs contradict each other. The message names file, rule and reason.
    """
    folder = PACKS if directory is None else directory
    files = sorted(folder.glob("*.v1.yaml"))
    if not files:
        raise PackError(f"{folder.name}: no *.v1.yaml in it")
    packs = tuple(parse_pack(path.read_text("utf-8"), path.name) for path in files)
    check_together(packs)
    return packs


def packs_sha256(packs: Sequence[Pack]) -> str:
    """Digest of the packs in force and of the bundled lists they are read against, in hexadecimal; their order does not matter."""
    digest = hashlib.sha256(lists_sha256())
    for pack in sorted(packs, key=lambda pack: pack.name):
        digest.update(canonical_bytes([pack.name, pack.sha256.hex()]))
    return digest.hexdigest()


def check_together(packs: Sequence[Pack]) -> None:
    """Refuse packs that cannot be in force side by side.

    Raises:
        PackError: The same pack or rule id twice, or one fact declared with two values.
    """
    seen_packs: set[str] = set()
    seen_rules: dict[str, str] = {}
    declared: dict[str, FactValue] = {}
    for pack in packs:
        if pack.id in seen_packs:
            raise PackError(f"pack {pack.id} is there twice")
        seen_packs.add(pack.id)
        for rule in pack.rules:
            if rule.id in seen_rules:
                raise PackError(f"rule {rule.id} stands in {seen_rules[rule.id]} and in {pack.id}")
            seen_rules[rule.id] = pack.id
        for name, assumption in pack.assume.items():
            if declared.setdefault(name, assumption.value) != assumption.value:
                raise PackError(f"fact {name} is declared with two values, one in {pack.id}")


def parse_pack(text: str, file: str) -> Pack:
    """Read one pack.

    Args:
        text: YAML.
        file: Name for messages.

    Raises:
        PackError: For the first thing that is wrong; the message names file, rule and reason.
    """
    try:
        document = read_yaml(text)
        shape = _PackShape.model_validate(document)
        sets = _sets(shape)
        return Pack(
            id=shape.id,
            version=shape.version,
            title=shape.title,
            covers=_destinations(shape.covers, sets),
            applies=parse(_python(shape.applies), sets),
            rules=tuple(_rule(entry, sets) for entry in shape.rules),
            assume={name: _assumption(name, entry) for name, entry in shape.assume.items()},
            sha256=hashlib.sha256(canonical_bytes(document)).digest(),
        )
    except ValidationError as error:
        raise PackError(f"{file}: {_first(error)}") from error
    except PackError as error:
        raise PackError(f"{file}: {error.detail}") from error


def run_tests(rule: Rule) -> list[str]:
    """Run a rule's own tests; one line for each that fails."""
    failed = []
    for number, test in enumerate(rule.tests, start=1):
        value = value_of(rule.condition, test.facts)
        if value is not test.fires:
            failed.append(f"test {number} expects {_told(test.fires)}, the condition says {_told(value)}")
    return failed


def _told(value: bool | None) -> str:
    return "unknown" if value is None else "true" if value else "false"


def _python(condition: str) -> str:
    """YAML's spelling of the two constants is allowed for a condition that is nothing else."""
    return {"true": "True", "false": "False"}.get(condition.strip(), condition)


def _first(error: ValidationError) -> str:
    problem = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(step) for step in problem["loc"])
    return f"{where}: {problem['msg']}"


def _sets(shape: _PackShape) -> dict[str, frozenset[str]]:
    """The sets that this pack's conditions may name: the bundled ones and its own."""
    sets = dict(named_sets())
    for name, members in shape.sets.items():
        if name in sets or not name.isupper():
            raise PackError(f"set {name}: taken, or not in capitals")
        sets[name] = frozenset(members)
    return sets


def _destinations(covers: Sequence[str], sets: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Destinations by code or by named set."""
    codes: frozenset[str] = frozenset().union(*(sets.get(entry, frozenset({entry})) for entry in covers))
    if strange := sorted(codes - sets["ISO_3166_1"]):
        raise PackError(f"covers {strange[0]!r}, which is no ISO 3166-1 code")
    return codes


def _assumption(name: str, entry: _AssumptionShape) -> Assumption:
    return Assumption(check_value(name, entry.value, named_in_rule=True), entry.declared_by, entry.note)


def _rule(entry: Mapping[str, Any], sets: Mapping[str, frozenset[str]]) -> Rule:
    name = str(entry.get("id", "a rule without id"))
    try:
        shape = _RuleShape.model_validate(entry)
        _check_shape(shape)
        condition = parse(_python(shape.when), sets)
        rule = Rule(
            id=shape.id,
            title=shape.title,
            citation=shape.citation,
            in_force=shape.in_force,
            when=shape.when,
            condition=condition,
            action=shape.action,
            redact=_scope(shape),
            obligations=tuple(shape.obligations),
            labels=tuple(shape.labels),
            retain=shape.retain,
            note=shape.note,
            tests=tuple(_test(test) for test in shape.tests),
        )
    except ValidationError as error:
        raise PackError(f"{name}: {_first(error)}") from error
    except PackError as error:
        raise PackError(f"{name}: {error.detail}") from error
    if failed := run_tests(rule):
        raise PackError(f"{name}: {failed[0]}")
    return rule


def _test(shape: _TestShape) -> RuleTest:
    facts = {name: check_value(name, value, named_in_rule=name != "destination") for name, value in shape.facts.items()}
    return RuleTest(facts, None if shape.fires == "unknown" else shape.fires)


def _check_shape(shape: _RuleShape) -> None:
    """What the types alone do not say.

    Raises:
        PackError: For the first demand that is not met.
    """
    outcomes = {test.fires for test in shape.tests}
    strange = sorted(set(shape.obligations) - set(OBLIGATIONS))
    odd_label = next((label for label in shape.labels if not _LABEL.fullmatch(label)), None)
    read = shape.citation.checked == "text"
    demands = (
        (read or shape.action not in NEEDS_TEXT, f"{shape.action} needs a provision read at its source, this is {shape.citation.checked}"),
        (not shape.citation.quote or (read and shape.citation.quote_lang), "a quote needs quote_lang and a provision whose text was read"),
        (shape.in_force.until is None or shape.in_force.since <= shape.in_force.until, "in force until a day before it begins"),
        (shape.action is not None or shape.obligations, "neither an action nor an obligation"),
        (shape.redact is None or shape.action == "redact", "a redact scope needs the action redact"),
        ((shape.action == "label") == bool(shape.labels), "labels go with the action label, and the action label with labels"),
        (odd_label is None, f"label {odd_label!r} is not of the form area.name"),
        (not strange, f"unknown obligation {strange[0]!r}" if strange else ""),
        ({True, False} <= outcomes, "tests are missing: at least one that fires and one that does not"),
    )
    for met, reason in demands:
        if not met:
            raise PackError(reason)


def _scope(shape: _RuleShape) -> RedactScope | None:
    """The scope of a redaction; categories become their entity types."""
    if shape.action != "redact":
        return None
    redact = shape.redact or _RedactShape()
    types = None if redact.types is None and redact.categories is None else set(redact.types or ())
    for category in redact.categories or ():
        if not categories().get(category):
            raise PackError(f"redact: no entity type is listed under {category!r}")
        types = (types or set()) | categories()[category]
    if strange := sorted((types or set()) - entity_types()):
        raise PackError(f"redact: unknown entity type {strange[0]!r}")
    if strange := sorted(set(redact.provenance or ()) - PROVENANCE):
        raise PackError(f"redact: unknown provenance {strange[0]!r}")
    return RedactScope(None if types is None else frozenset(types), None if redact.provenance is None else frozenset(redact.provenance))
