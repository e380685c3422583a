"""Incidents: which jurisdictions one concerns, and until when each of them must be told.

The clocks are those of ``lists/incidents.v1.yaml``, each with its citation and how far that was read. The condition under which a clock
runs stands there in words: whether it is met, a human says. Where it cannot be told from when a clock runs, it runs from the earliest
moment, so that a deadline shown is never later than the law's.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from jurisdictions.calendars import UNION, add_term, has_calendar, is_term, zone_of
from jurisdictions.facts import FactValue
from jurisdictions.lists import LISTS, entity, named_sets, read_yaml
from schemas.errors import PackError
from schemas.records import AuditEntry, Decision

AT_ONCE: Final = "immediately"  # due when it becomes known
SAME_INCIDENT: Final = dt.timedelta(hours=24)
PATH: Final = LISTS / "incidents.v1.yaml"

_ALIASES: Final = {"UK": "GB", "EEA": UNION}
_PLACES: Final = ("destination", "end_user_location", "subjects", "origin_country")
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_LAST_MS: Final = 250_000_000_000_000  # in the year 9892: a time beyond it is still a moment
_NEVER: Final = dt.datetime.max.replace(tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class ClockRule:
    """A duty to tell somebody of an incident within a term.

    Attributes:
        jurisdiction: ISO 3166-1 alpha-2 code, or ``EU``.
        checked: How far the provision was read: ``text``, ``secondary`` or ``remembered``.
        to: Who must be told.
        when: The condition, in words.
        within: A term (``jurisdictions.calendars``), ``immediately``, or words where the law has no number.
        runs_from: ``awareness`` or ``assessment``.
    """

    id: str
    jurisdiction: str
    law: str
    article: str
    address: str
    checked: str
    accessed: dt.date
    to: str
    when: str
    within: str
    runs_from: str
    note: str


@dataclass(frozen=True, slots=True)
class Clock:
    """A duty in a given incident.

    Attributes:
        starts: From when its term runs.
        deadline: In the jurisdiction's time; ``None`` where the law has no number.
        is_early: It runs from an assessment that was not made yet, so the law's deadline may be later.
    """

    rule: ClockRule
    starts: dt.datetime
    deadline: dt.datetime | None
    is_early: bool


class _ClockShape(BaseModel):
    """One entry of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    id: str = Field(pattern=r"^[A-Z]{2,3}(-[A-Z0-9]+)+$")
    jurisdiction: str = Field(pattern=r"^[A-Z]{2,3}$")
    law: str = Field(min_length=3)
    article: str = Field(min_length=1)
    address: str = Field(min_length=3)
    checked: Literal["text", "secondary", "remembered"]
    accessed: dt.date
    to: str = Field(min_length=2)
    when: str = Field(min_length=3)
    within: str = Field(min_length=2)
    since: Literal["awareness", "assessment"] = Field(alias="from")
    note: str = ""


class _FileShape(BaseModel):
    """The file."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    clocks: list[_ClockShape] = Field(min_length=1)


@lru_cache(maxsize=8)
def load_clocks(path: Path = PATH) -> tuple[ClockRule, ...]:
    """Read the list of clocks: a list of entries, or a mapping with it under ``clocks``.

    Raises:
        PackError: The file is missing or refused; the message names the clock and the reason.
    """
    try:
        document = read_yaml(path.read_text("utf-8"))
        shape = _FileShape.model_validate({"clocks": document} if isinstance(document, list) else document)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        raise PackError(f"{path.name}: {'.'.join(map(str, problem['loc']))}: {problem['msg']}") from error
    except OSError as error:
        raise PackError(f"{path.name}: {error.strerror}") from error
    except PackError as error:
        raise PackError(f"{path.name}: {error.detail}") from error
    rules = tuple(_rule(entry, path.name) for entry in shape.clocks)
    if len({rule.id for rule in rules}) < len(rules):
        raise PackError(f"{path.name}: a clock stands twice")
    return rules


def _rule(entry: _ClockShape, file: str) -> ClockRule:
    jurisdiction = _ALIASES.get(entry.jurisdiction, entry.jurisdiction)
    if jurisdiction != UNION and jurisdiction not in named_sets()["ISO_3166_1"]:
        raise PackError(f"{file}: {entry.id}: {entry.jurisdiction} is no jurisdiction")
    if not is_term(entry.within) and any(character.isdigit() for character in entry.within):
        raise PackError(f"{file}: {entry.id}: {entry.within!r} is neither a term (4h, 3d, 3wd, 1m) nor words without a number")
    if entry.within.endswith("wd") and not has_calendar(jurisdiction):
        raise PackError(f"{file}: {entry.id}: no calendar of working days for {jurisdiction}")
    return ClockRule(
        entry.id,
        jurisdiction,
        entry.law,
        entry.article,
        entry.address,
        entry.checked,
        entry.accessed,
        entry.to,
        entry.when,
        entry.within,
        entry.since,
        entry.note,
    )


def jurisdictions_of(places: Iterable[str]) -> frozenset[str]:
    """The jurisdictions of some places: the countries themselves, and the Union (``EU``) where one lies in the EEA.

    Raises:
        PackError: A place is neither an ISO 3166-1 alpha-2 code nor ``EU``.
    """
    named = {_ALIASES.get(place, place) for place in places}
    if strange := sorted(named - named_sets()["ISO_3166_1"] - {UNION}):
        raise PackError(f"{strange[0]!r} is no jurisdiction (ISO 3166-1 alpha-2, or EU)")
    return frozenset(named | ({UNION} if named & named_sets()["EEA"] else set()))


def concerned(facts: Mapping[str, FactValue]) -> frozenset[str]:
    """The jurisdictions that an incident concerns by where the text went, who used it, whose data it was, and where it was made.

    Args:
        facts: ``destination``, ``end_user_location``, ``subjects``, ``origin_country``; one that is absent adds nothing, nor does a place
            that is no ISO 3166-1 code.
    """
    found = [facts[name] for name in _PLACES if name in facts]
    places = {place for value in found for place in (value if isinstance(value, frozenset) else {str(value)})}
    return jurisdictions_of(places & named_sets()["ISO_3166_1"])


def clocks(
    jurisdictions: Iterable[str],
    known_at: dt.datetime,
    *,
    assessed_at: dt.datetime | None = None,
    rules: Iterable[ClockRule] | None = None,
) -> tuple[Clock, ...]:
    """Every clock of the jurisdictions, the first deadline first and those without one last.

    Args:
        jurisdictions: Countries, and ``EU``; a member state brings the Union's clocks with it.
        known_at: When the operator became aware, with a time zone.
        assessed_at: When it was assessed, for the clocks that run from there; if not yet, they run from ``known_at``.
        rules: The list; that of this release by default.

    Raises:
        PackError: A jurisdiction is none, or a moment has no time zone.
    """
    if known_at.tzinfo is None or (assessed_at is not None and assessed_at.tzinfo is None):
        raise PackError("the moment needs a time zone, as 2026-11-24T09:30+08:00")
    wanted = jurisdictions_of(jurisdictions)
    running = [_clock(rule, known_at, assessed_at) for rule in (load_clocks() if rules is None else rules) if rule.jurisdiction in wanted]
    return _in_order(running)


def _clock(rule: ClockRule, known_at: dt.datetime, assessed_at: dt.datetime | None) -> Clock:
    from_assessment = rule.runs_from == "assessment"
    starts = assessed_at if from_assessment and assessed_at is not None else known_at
    deadline = None
    if is_term(rule.within):
        deadline = add_term(starts, rule.within, rule.jurisdiction)
    elif rule.within == AT_ONCE:
        deadline = starts.astimezone(zone_of(rule.jurisdiction))
    return Clock(rule, starts, deadline, is_early=from_assessment and assessed_at is None)


@dataclass(slots=True)
class Incident:
    """Decisions of one customer that opened an incident, none of them more than 24 hours after the one before.

    Attributes:
        known_at: When each jurisdiction was first concerned.
        rules: Ids of the rules that opened it.
        streams: Whose decisions they were.
        entries: (partition, entry index) of each, in order.
        values: Keyed digests of the personal values found: their number is the most people that the text can tell of.
    """

    customer_id: str
    first: dt.datetime
    last: dt.datetime
    known_at: dict[str, dt.datetime] = field(default_factory=dict)
    rules: set[str] = field(default_factory=set)
    streams: set[str] = field(default_factory=set)
    entries: list[tuple[int, int]] = field(default_factory=list)
    values: set[bytes] = field(default_factory=set)

    @property
    def id(self) -> str:
        """A name that stays the same as the incident grows: the customer, and the first entry's place in the ledger."""
        partition, index = self.entries[0]
        return f"{self.customer_id}/{partition}/{index}"

    def clocks(self, rules: Iterable[ClockRule] | None = None) -> tuple[Clock, ...]:
        """Every clock, each from when its jurisdiction was first concerned, the first deadline first."""
        every = tuple(load_clocks() if rules is None else rules)
        return _in_order(_clock(rule, self.known_at[rule.jurisdiction], None) for rule in every if rule.jurisdiction in self.known_at)


def incidents(entries: Iterable[AuditEntry], opening: frozenset[str], assumed: Mapping[str, FactValue]) -> tuple[Incident, ...]:
    """The incidents that decisions opened, the newest first.

    Args:
        entries: In any order; a time is that of the record, not of a clock.
        opening: Ids of the rules that open an incident.
        assumed: Facts that the operator declares, for entries that say ``assumed`` instead of repeating them.
    """
    opened = [
        (entry.decided_at_ms, entry.partition, entry.entry_index, entry.stream_id, entry.decision)
        for entry in entries
        if entry.decision is not None and not opening.isdisjoint(rule.id for rule in entry.decision.rules)
    ]
    running: dict[str, Incident] = {}
    found: list[Incident] = []
    for at_ms, partition, index, stream_id, decision in sorted(opened, key=lambda place: place[:3]):
        at = _moment(at_ms)
        incident = running.get(decision.customer_id)
        if incident is None or at - incident.last > SAME_INCIDENT:
            incident = running[decision.customer_id] = Incident(decision.customer_id, at, at)
            found.append(incident)
        incident.last = at
        incident.entries.append((partition, index))
        incident.streams.add(stream_id)
        incident.rules |= opening & {rule.id for rule in decision.rules}
        incident.values |= {note.value_hmac for note in decision.findings if entity(note.entity_type).personal}
        for jurisdiction in concerned(_places_in(decision, assumed)):
            incident.known_at.setdefault(jurisdiction, at)
    return tuple(sorted(found, key=lambda incident: (incident.first, incident.id), reverse=True))


def _places_in(decision: Decision, assumed: Mapping[str, FactValue]) -> dict[str, FactValue]:
    """The places that a decision knew, by fact; an entry does not repeat what the operator declared."""
    said = {fact.name: json.loads(fact.value) for fact in decision.facts if fact.name in _PLACES}
    known = {name: frozenset(value) if isinstance(value, list) else value for name, value in said.items()}
    declared = {name: value for name, value in assumed.items() if name in _PLACES}
    return {**declared, **known, "destination": decision.destination}


def _in_order(running: Iterable[Clock]) -> tuple[Clock, ...]:
    return tuple(sorted(running, key=lambda clock: (clock.deadline or _NEVER, clock.rule.id)))


def _moment(at_ms: int) -> dt.datetime:
    return _EPOCH + dt.timedelta(milliseconds=min(max(at_ms, 0), _LAST_MS))
