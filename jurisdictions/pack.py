"""Rule packs: what a pack file must hold, and everything for which one is refused.

A pack is one jurisdiction's rules as data. A file that is not understood to the last key is refused: a rule that silently never fires
is worse than a worker that does not start. The golden rule is enforced here: **a rule whose provision was not read at its source
(``checked`` is not ``text``) may tag, count, label, redact or hold; it never blocks and never releases.**
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from jurisdictions.condition import Node, parse, value_of
from jurisdictions.facts import PROVENANCE, FactValue, check_value
from jurisdictions.lists import LISTS, PACKS, canonical_bytes, categories, entity, entity_types, lists_sha256, named_sets, read_yaml
from jurisdictions.shape import (
    DUTY,
    LABEL,
    NEEDS_TEXT,
    OBLIGATIONS,
    Action,
    AssumptionShape,
    Citation,
    PackShape,
    RedactShape,
    ReviewShape,
    RuleShape,
    TestShape,
    Validity,
)
from jurisdictions.signing import open_folder, release_key
from jurisdictions.versions import check_file_name, is_overlay, side_by_side, texts_in
from schemas.errors import PackError

if TYPE_CHECKING:
    from jurisdictions.overlay import Overlay


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
    """One rule, checked.

    Attributes:
        action: ``None`` for a rule that only adds obligations.
        dpv: Term of the W3C Data Privacy Vocabulary that says what the rule is about.
        review: How a human decides what it holds; ``None`` is the operator's default.
        incident: Whether it opens an incident, whose clocks ``lists/incidents.v1.yaml`` has.
        disputed: What is disputed or unclear about it; empty where nothing is.
    """

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
    dpv: str | None = None
    review: ReviewShape | None = None
    incident: bool = False
    disputed: str = ""


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
        in_force: The days on which this version counts; ``None``: all.
    """

    id: str
    version: str
    title: str
    covers: frozenset[str]
    applies: Node
    rules: tuple[Rule, ...]
    assume: Mapping[str, Assumption]
    sha256: bytes
    in_force: Validity | None = None

    @property
    def name(self) -> str:
        """Id and version, as a decision cites them."""
        return f"{self.id}@{self.version}"


def load_packs(directory: Path | None = None, *, signed: bool = False, key: str | None = None) -> tuple[Pack, ...]:
    """Load every pack of a folder, all versions; the packs of this release if none is named.

    Args:
        directory: The folder; its overlays are not read here (``jurisdictions.overlay.load_overlays``).
        signed: Refuse what is not signed as a whole; for the packs of this release, the bundled lists too.
        key: The verifier key that must have signed; that of this release if none is given, which own folders need in any case.

    Raises:
        PackError: A file is refused, no file is there, or two packs contradict each other. The message names file, rule and reason.
    """
    folder = PACKS if directory is None else directory
    texts = _signed_texts(folder, key) if signed else texts_in(folder)
    files = {name: text for name, text in texts.items() if not is_overlay(name)}
    if not files:
        raise PackError(f"{folder.name}: no *.v1.yaml in it")
    packs = tuple(_versioned(text, file) for file, text in sorted(files.items()))
    check_together(packs)
    return packs


def packs_on(packs: Sequence[Pack], on: dt.date) -> tuple[Pack, ...]:
    """The versions that are in force on a day."""
    return tuple(pack for pack in packs if pack.in_force is None or pack.in_force.has(on))


def packs_sha256(packs: Sequence[Pack], overlays: Sequence[Overlay] = ()) -> str:
    """Digest of all packs, of the overlays with their waivers, and of the bundled lists they are read against, in hexadecimal.

    Order does not matter.
    """
    digest = hashlib.sha256(lists_sha256())
    for pack in sorted((*packs, *(overlay.pack for overlay in overlays)), key=lambda pack: pack.name):
        digest.update(canonical_bytes([pack.name, pack.sha256.hex()]))
    return digest.hexdigest()


def check_together(packs: Sequence[Pack]) -> None:
    """Refuse packs that cannot be there side by side.

    Raises:
        PackError: Two versions of one pack, the same rule id twice, or one fact declared with two values, on one and the same day.
    """
    seen_packs: dict[str, list[Pack]] = {}
    seen_rules: dict[str, list[Pack]] = {}
    declared: dict[str, list[Pack]] = {}
    for pack in packs:
        if any(other.version == pack.version for other in seen_packs.get(pack.id, ())):
            raise PackError(f"pack {pack.name} is there twice")
        if other := _beside(pack, seen_packs.setdefault(pack.id, [])):
            raise PackError(f"pack {pack.id}: versions {other.version} and {pack.version} are in force on the same day")
        for rule in pack.rules:
            if other := _beside(pack, seen_rules.setdefault(rule.id, [])):
                raise PackError(f"rule {rule.id} stands in {other.id} and in {pack.id}")
        for name, assumption in pack.assume.items():
            others = [one for one in declared.setdefault(name, []) if one.assume[name].value != assumption.value]
            if other := _beside(pack, others):
                raise PackError(f"fact {name} is declared with two values, in {other.id} and in {pack.id}")
            declared[name].append(pack)


def _beside(pack: Pack, others: list[Pack]) -> Pack | None:
    """One of the others that is in force on some day together with a pack; the pack joins them."""
    found = next((other for other in others if side_by_side(other.in_force, pack.in_force)), None)
    others.append(pack)
    return found


def _signed_texts(folder: Path, key: str | None) -> dict[str, str]:
    """The texts of a folder that the key has signed."""
    if key is None and folder != PACKS:
        raise PackError(f"{folder.name}: packs of your own need the key that signed them")
    vkeys = (release_key() if key is None else key,)
    if folder == PACKS:
        open_folder(LISTS, vkeys)
    return dict(open_folder(folder, vkeys).texts)


def _versioned(text: str, file: str) -> Pack:
    pack = parse_pack(text, file)
    check_file_name(file, pack.version)
    return pack


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
        shape = PackShape.model_validate(document)
        sets = sets_of(shape.sets)
        return Pack(
            id=shape.id,
            version=shape.version,
            title=shape.title,
            covers=_destinations(shape.covers, sets),
            applies=parse(_python(shape.applies), sets),
            rules=tuple(parse_rule(entry, sets) for entry in shape.rules),
            assume={name: _assumption(name, entry) for name, entry in shape.assume.items()},
            sha256=hashlib.sha256(canonical_bytes(document)).digest(),
            in_force=shape.in_force,
        )
    except ValidationError as error:
        raise PackError(f"{file}: {first_problem(error)}") from error
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


def first_problem(error: ValidationError) -> str:
    """The first thing that is wrong with the shape of a file, and where."""
    problem = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(step) for step in problem["loc"])
    return f"{where}: {problem['msg']}"


def sets_of(own: Mapping[str, Sequence[str]]) -> dict[str, frozenset[str]]:
    """The sets that a file's conditions may name: the bundled ones and its own.

    Raises:
        PackError: A name is taken or not in capitals.
    """
    sets = dict(named_sets())
    for name, members in own.items():
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


def _assumption(name: str, entry: AssumptionShape) -> Assumption:
    return Assumption(check_value(name, entry.value, named_in_rule=True), entry.declared_by, entry.note)


def parse_rule(entry: Mapping[str, Any], sets: Mapping[str, frozenset[str]]) -> Rule:
    """Read one rule and run its tests.

    Raises:
        PackError: For the first thing that is wrong; the message names the rule.
    """
    name = str(entry.get("id", "a rule without id"))
    try:
        shape = RuleShape.model_validate(entry)
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
            dpv=shape.dpv,
            review=shape.review,
            incident=shape.incident,
            disputed=shape.disputed,
        )
    except ValidationError as error:
        raise PackError(f"{name}: {first_problem(error)}") from error
    except PackError as error:
        raise PackError(f"{name}: {error.detail}") from error
    if failed := run_tests(rule):
        raise PackError(f"{name}: {failed[0]}")
    return rule


def _test(shape: TestShape) -> RuleTest:
    facts = {name: check_value(name, value, named_in_rule=name != "destination") for name, value in shape.facts.items()}
    return RuleTest(facts, None if shape.fires == "unknown" else shape.fires)


def _check_shape(shape: RuleShape) -> None:
    """What the types alone do not say.

    Raises:
        PackError: For the first demand that is not met.
    """
    outcomes = {test.fires for test in shape.tests}
    strange = sorted(duty for duty in shape.obligations if (said := DUTY.fullmatch(duty)) is None or said["duty"] not in OBLIGATIONS)
    odd_label = next((label for label in shape.labels if not LABEL.fullmatch(label)), None)
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


def _scope(shape: RuleShape) -> RedactScope | None:
    """The scope of a redaction; categories become their entity types."""
    if shape.action != "redact":
        return None
    redact = shape.redact or RedactShape()
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
