"""A verdict and how it came about: rules with the facts that they read, duties with their terms, and the marks that are put."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jurisdictions.calendars import add_term
from jurisdictions.compile import Compiled, RuleInForce
from jurisdictions.condition import facts_in
from jurisdictions.evaluate import Verdict, evaluate, explain
from jurisdictions.facts import FactValue, facts_of
from jurisdictions.labels import marks_of
from jurisdictions.lists import region
from jurisdictions.overlay import Overlay, parse_overlay
from jurisdictions.pack import Pack, load_packs
from jurisdictions.shape import DUTY, OBLIGATIONS
from jurisdictions.versions import is_overlay, texts_in
from schemas.errors import PackError
from schemas.records import Mark

RETAIN = "retain"
_STOPPING = frozenset({"hold", "block"})
# What follows from findings; everything else of a stream is for the caller to say.
_FOUND = ("types", "categories", "personal", "personal_values", "provenance_set", "credential_provenance", "sensitive", "subjects")
_ALWAYS_KNOWN: Mapping[str, FactValue] = {"kind": "text", "synthetic": True}  # the pipeline inspects generated text
_COUNTRIES = {"UK": "GB"}  # prefix of rule ids that is no ISO 3166-1 code, and the code that it means


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked.

    Attributes:
        facts: By name; ``None``: unknown, whatever the operator declares.
        findings: Entity type and provenance of each; ``None``: not said.
        destinations: ISO 3166-1 codes.
        users_at_destination: End users are where the customer is.
        moment: Of the decision, with a time zone.
    """

    facts: Mapping[str, FactValue | None]
    findings: tuple[tuple[str, str], ...] | None
    destinations: tuple[str, ...]
    users_at_destination: bool
    moment: dt.datetime


@dataclass(frozen=True, slots=True)
class Step:
    """A rule that fires or may fire.

    Attributes:
        entry: The rule, its pack and its condition.
        fires: ``None``: it cannot be told.
        decides: The verdict is what it is because of this rule.
        facts: Each fact that it reads, by name; ``None``: unknown.
    """

    entry: RuleInForce
    fires: bool | None
    decides: bool
    facts: Mapping[str, FactValue | None]


@dataclass(frozen=True, slots=True)
class Duty:
    """Something that is owed.

    Attributes:
        word: Of ``OBLIGATIONS``.
        says: What it means.
        term: As ``72h``; empty if it has none.
        until: When the term ends if it starts with the decision; ``None`` if there is none, or it cannot be counted.
        rules: Who asks for it, by id.
    """

    word: str
    says: str
    term: str
    until: dt.datetime | None
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Derivation:
    """A verdict and how it came about.

    Attributes:
        steps: Rules that fire or may fire: those that decide first, then by id.
        marks: As on a delivery that is the only one of its stream; none where the text is held or blocked.
        missing: Unknown facts on which the verdict hangs.
    """

    destination: str
    verdict: Verdict
    facts: Mapping[str, FactValue]
    steps: tuple[Step, ...]
    duties: tuple[Duty, ...]
    marks: tuple[Mark, ...]
    missing: tuple[str, ...]


def rules_in(folder: Path | None) -> tuple[tuple[Pack, ...], tuple[Overlay, ...]]:
    """Read the packs and overlays of a folder as they are, signed or not: nothing is delivered by what is derived here.

    Raises:
        PackError: A file is refused.
    """
    texts = {} if folder is None else texts_in(folder)
    return load_packs(folder), tuple(parse_overlay(text, name) for name, text in sorted(texts.items()) if is_overlay(name))


def derive(question: Question, compiled: Compiled, *, producer: str, propagator: str) -> tuple[Derivation, ...]:
    """Return the verdict for each destination, in the order asked.

    Args:
        question: What is asked.
        compiled: The rules of the day.
        producer: For marks; see ``jurisdictions.labels.marks_of``.
        propagator: The same.

    Raises:
        PackError: A mark cannot be made.
    """
    return tuple(_derive(question, destination, compiled, producer, propagator) for destination in question.destinations)


def facts_for(question: Question, destination: str, declared: Mapping[str, FactValue]) -> dict[str, FactValue]:
    """Return the facts of a delivery: what is declared, what follows from findings and destination, and over both what was said."""
    facts: dict[str, FactValue] = {**declared, **_ALWAYS_KNOWN, "destination": destination, "destination_region": region(destination)}
    if question.users_at_destination:
        facts["end_user_location"] = destination
    if question.findings is not None:
        domains = question.facts.get("domains")
        found = facts_of(
            question.findings,
            destination=destination,
            end_user_location="",
            origin_data_centre="",
            model_origin="",
            route="",
            mechanisms=(),
            domains=domains if isinstance(domains, frozenset) else None,
        )
        facts.update({name: found[name] for name in _FOUND if name in found})
    for name, value in question.facts.items():
        if name == "destination":
            continue
        if value is None:
            facts.pop(name, None)
        else:
            facts[name] = value
    return facts


def _derive(question: Question, destination: str, compiled: Compiled, producer: str, propagator: str) -> Derivation:
    facts = facts_for(question, destination, compiled.assumed)
    verdict = evaluate(compiled, facts)
    steps = _steps(compiled, facts, verdict)
    open_ids = {ref.id for ref in verdict.unsettled}
    asked = frozenset[str]().union(*(facts_in(step.entry.condition) for step in steps if step.entry.rule.id in open_ids))
    marks: tuple[Mark, ...] = ()
    if verdict.action not in _STOPPING:
        marks = marks_of(
            verdict.labels,
            destination=destination,
            kind=str(facts.get("kind", "text")),
            is_first=True,
            is_last=True,
            producer=producer,
            produce_id="<stream>",
            propagator=propagator,
            propagate_id="<stream>:0",
            system="<model>",
            made_at_ms=int(question.moment.timestamp() * 1000),
        )
    return Derivation(destination, verdict, facts, steps, _duties(steps, question.moment), marks, tuple(sorted(asked - set(facts))))


def _steps(compiled: Compiled, facts: Mapping[str, FactValue], verdict: Verdict) -> tuple[Step, ...]:
    values = dict(explain(compiled, facts))
    open_ids = {ref.id for ref in verdict.unsettled}
    steps = []
    for entry in compiled.rules:
        fires = values[entry.rule.id]
        if fires is False:
            continue
        decides = entry.rule.id in open_ids or (fires is True and entry.rule.action == verdict.action)
        read = {name: facts.get(name) for name in sorted(entry.facts)}
        steps.append(Step(entry, fires, decides, read))
    return tuple(sorted(steps, key=lambda step: (not step.decides, step.fires is None, step.entry.rule.id)))


def _duties(steps: Sequence[Step], moment: dt.datetime) -> tuple[Duty, ...]:
    """Every duty of the rules that fire or may fire: one that may be owed is owed. Of several terms of a duty each stands by itself."""
    wanted: dict[tuple[str, str], list[str]] = {}
    for step in steps:
        rule = step.entry.rule
        for said in (*rule.obligations, *([f"{RETAIN}:{rule.retain}"] if rule.retain else [])):
            duty = DUTY.fullmatch(said)
            if duty is not None:
                wanted.setdefault((duty["duty"], duty["term"] or ""), []).append(rule.id)
    return tuple(
        Duty(word, OBLIGATIONS[word], term, _until(moment, term, rules[0]), tuple(sorted(set(rules))))
        for (word, term), rules in sorted(wanted.items())
    )


def _until(moment: dt.datetime, term: str, rule_id: str) -> dt.datetime | None:
    """When a term of a rule ends, by the calendar of its jurisdiction; a rule's id begins with that."""
    prefix = rule_id.split("-", 1)[0]
    try:
        return add_term(moment, term, _COUNTRIES.get(prefix, prefix)) if term else None
    except PackError:
        return None  # working days of nowhere
