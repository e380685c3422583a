"""What changed between two folders of packs, rule by rule, and which decisions of the past would change with it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from console.evidence import load_export
from jurisdictions.compile import Compiled, compile_packs
from jurisdictions.evaluate import Verdict, evaluate
from jurisdictions.facts import FactValue
from jurisdictions.overlay import Overlay, with_overlays
from jurisdictions.pack import Pack, Rule, packs_sha256
from jurisdictions.shape import ACTIONS
from schemas.codec import Codec
from schemas.errors import ConfigurationError, LedgerError, SchemaError
from streams.needs import day_of

Rules = tuple[tuple[Pack, ...], tuple[Overlay, ...]]

# What of a rule may change: a name for people, and how it is read off. The condition is compared as it was parsed: a named set that
# changed changes it, a line break does not.
_PARTS: Mapping[str, Callable[[Rule], object]] = {
    "condition": lambda rule: rule.condition,
    "action": lambda rule: rule.action,
    "redact": lambda rule: rule.redact,
    "labels": lambda rule: sorted(rule.labels),
    "obligations": lambda rule: sorted(rule.obligations),
    "retain": lambda rule: rule.retain,
    "review": lambda rule: rule.review,
    "incident": lambda rule: rule.incident,
    "in force": lambda rule: rule.in_force,
    "citation": lambda rule: rule.citation,
    "title": lambda rule: rule.title,
    "dpv": lambda rule: rule.dpv,
    "disputed": lambda rule: rule.disputed,
    "note": lambda rule: rule.note,
    "tests": lambda rule: rule.tests,
}


@dataclass(frozen=True, slots=True)
class Change:
    """One rule, or one declaration of the operator, that is not the same on both sides.

    Attributes:
        id: Of the rule; of a declaration ``assume <fact>``.
        kind: ``added``, ``removed`` or ``changed``.
        parts: What changed; empty for one that was added or removed.
        before: Rule, or value in words; ``None`` if it was added.
        after: ``None`` if it was removed.
    """

    id: str
    kind: str
    parts: tuple[str, ...]
    before: Rule | str | None
    after: Rule | str | None


@dataclass(frozen=True, slots=True)
class Past:
    """A decision of the past: what was known, and what was done."""

    delivery_id: str
    destination: str
    on: dt.date
    facts: Mapping[str, FactValue]
    assumed: frozenset[str] | None
    action: str
    packs_sha256: str


@dataclass(frozen=True, slots=True)
class Turned:
    """A decision that would change.

    Attributes:
        parts: What of it: ``action``, ``labels``, ``redact``, ``obligations``.
        told: Whether it can be told: the new verdict hangs on nothing that the old entry did not keep.
        missing: The facts on which it hangs if not.
        rules: Because of which: that fire, or may fire, differently, or do something else.
    """

    past: Past
    before: Verdict
    after: Verdict
    parts: tuple[str, ...]
    told: bool
    missing: tuple[str, ...]
    rules: tuple[str, ...]

    @property
    def step(self) -> str:
        """What happens to the text: ``stricter``, ``looser``, or ``same``."""
        ranks = [ACTIONS.index(verdict.action) for verdict in (self.before, self.after)]
        return "same" if ranks[0] == ranks[1] else "stricter" if ranks[1] > ranks[0] else "looser"


@dataclass(slots=True)
class Comparison:
    """What a change of packs does to a log.

    Attributes:
        decisions: How many were looked at.
        other_packs: How many of them were made by packs that are not those before the change.
        differs: How many were recorded with another action than the packs before the change give, a stream's earlier stop included.
        turned: Those that would change.
    """

    decisions: int = 0
    other_packs: int = 0
    differs: int = 0
    turned: list[Turned] = field(default_factory=list)


def changes(before: Rules, after: Rules, on: dt.date) -> tuple[Change, ...]:
    """Return what differs between what is in force on a day, by rule id; a rule that only moved to another pack did not change.

    The condition ``applies`` of a pack is part of each of its rules; a waiver shows as a rule of its own, and in that which it waives.

    Raises:
        PackError: Overlays do not fit their packs.
    """
    sides = [with_overlays(*rules, on) for rules in (before, after)]
    olds, news = ({rule.id: (pack, rule) for pack in packs for rule in pack.rules} for packs in sides)
    found = []
    for name in sorted(olds.keys() | news.keys()):
        old, new = olds.get(name), news.get(name)
        if old is None or new is None:
            found.append(Change(name, "added" if old is None else "removed", (), old and old[1], new and new[1]))
            continue
        parts = [part for part, read in _PARTS.items() if read(old[1]) != read(new[1])]
        if old[0].applies != new[0].applies:
            parts.insert(0, "applies")
        if parts:
            found.append(Change(name, "changed", tuple(parts), old[1], new[1]))
    return (*found, *_declared(*sides))


def _declared(before: Iterable[Pack], after: Iterable[Pack]) -> Iterator[Change]:
    olds, news = ({name: one.value for pack in packs for name, one in pack.assume.items()} for packs in (before, after))
    for name in sorted(olds.keys() | news.keys()):
        if name not in olds or name not in news or olds[name] != news[name]:
            kind = "added" if name not in olds else "removed" if name not in news else "changed"
            parts = ("value",) if kind == "changed" else ()
            yield Change(f"assume {name}", kind, parts, _in_words(olds, name), _in_words(news, name))


def _in_words(values: Mapping[str, FactValue], name: str) -> str | None:
    return json.dumps(_plain(values[name]), ensure_ascii=False) if name in values else None


def past_decisions(source: Path, codec: Codec) -> Iterator[Past]:
    """Read the decisions of an exported ledger, or of a file with an audit entry in each line.

    Args:
        source: A folder that ``carnet verify --export`` wrote; or JSON lines, each an audit entry (or its decision with
            ``decided_at_ms``), ``facts`` a list of ``{"name", "value"}`` or a mapping.
        codec: Knows the schema ids.

    Raises:
        ConfigurationError: Neither, or a line that is none.
        LedgerError: The export is torn.
    """
    if not source.is_dir():
        yield from _past_lines(source)
        return
    for partition, evidence in sorted(load_export(source).items()):
        for index, value in enumerate(evidence.entries):
            try:
                entry = codec.decode(value)
            except SchemaError as error:
                raise LedgerError(f"partition {partition}: entry {index} cannot be read") from error
            decision = getattr(entry, "decision", None)
            if decision is not None:
                facts = {fact.name: json.loads(fact.value) for fact in decision.facts}
                at_ms = cast("int", getattr(entry, "decided_at_ms", 0))
                yield _past(decision.delivery_id, decision.destination, at_ms, facts, decision.action, decision.packs_sha256)


def _past_lines(source: Path) -> Iterator[Past]:
    with source.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                row: dict[str, Any] = json.loads(line)
                decision = row.get("decision", row if "facts" in row else None)
                if decision is None:
                    continue  # a stamp, a dead letter, a review
                told = decision["facts"]
                facts = told if isinstance(told, dict) else {fact["name"]: json.loads(fact["value"]) for fact in told}
                names = (decision.get("delivery_id", f"line {number}"), decision.get("destination", str(facts.get("destination", ""))))
                yield _past(*names, int(row["decided_at_ms"]), facts, decision.get("action", ""), decision.get("packs_sha256", ""))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise ConfigurationError(f"{source.name}: line {number} is no audit entry ({type(error).__name__})") from None


def _past(delivery_id: str, destination: str, at_ms: int, facts: Mapping[str, Any], action: str, digest: str) -> Past:
    known = {name: frozenset(value) if isinstance(value, list) else value for name, value in facts.items()}
    assumed = known.pop("assumed", frozenset())
    return Past(delivery_id, destination, day_of(at_ms), known, None if assumed == "all" else frozenset(assumed), action, digest)


def compare(before: Rules, after: Rules, past: Iterable[Past]) -> Comparison:
    """Decide each decision of the past again by both sides, each by what was in force on its day.

    Facts that an entry says were as declared take the value that each side declares. A fact that the old rules did not read was not kept:
    the new side takes it as it declares it, and does not know it otherwise. Those decisions are told apart (``Turned.told``).

    Raises:
        PackError: One side contradicts itself.
    """
    sides = [lru_cache(maxsize=64)(lambda on, rules=rules: compile_packs(rules[0], on, rules[1])) for rules in (before, after)]
    digest = packs_sha256(*before)
    found = Comparison()
    for one in past:
        old, new = sides[0](one.on), sides[1](one.on)
        was, would = evaluate(old, _facts(one, old, old)), evaluate(new, _facts(one, old, new))
        found.decisions += 1
        found.other_packs += one.packs_sha256 != digest
        found.differs += one.action != was.action
        parts = tuple(part for part in ("action", "labels", "redact", "obligations") if getattr(was, part) != getattr(would, part))
        if parts:
            found.turned.append(_turned(one, (was, would), parts, (old, new)))
    return found


def _facts(past: Past, deciding: Compiled, side: Compiled) -> dict[str, FactValue]:
    declared = {
        name: value
        for name, value in side.assumed.items()
        if past.assumed is None or name in past.assumed or name not in deciding.facts_read
    }
    return {**declared, **past.facts}


def _turned(past: Past, verdicts: tuple[Verdict, Verdict], parts: tuple[str, ...], sides: tuple[Compiled, Compiled]) -> Turned:
    old, new = sides
    known = _facts(past, old, new)
    hanging = {ref.id for ref in verdicts[1].unsettled}
    read = frozenset[str]().union(*(entry.facts for entry in new.rules if entry.rule.id in hanging))
    missing = tuple(sorted(name for name in read if name not in known and name not in old.facts_read))
    was, would = _firing(old, _facts(past, old, old)), _firing(new, known)
    rules = tuple(sorted(name for name in was.keys() | would.keys() if was.get(name) != would.get(name)))
    return Turned(past, *verdicts, parts, not missing, missing, rules)


def _firing(side: Compiled, facts: Mapping[str, FactValue]) -> dict[str, tuple[object, ...]]:
    """Return every rule that fires or may fire: whether it surely does, and what it does."""
    must, may = side.decide(facts.get)
    return {
        entry.rule.id: (must >> bit & 1, entry.rule.action, entry.rule.labels, entry.rule.redact, entry.rule.obligations)
        for bit, entry in enumerate(side.rules)
        if may >> bit & 1
    }


def _plain(value: FactValue) -> Any:
    return sorted(value) if isinstance(value, frozenset) else value
