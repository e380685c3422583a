"""Packs by jurisdiction: a rule's id begins with whose law it is, and a pack may hold rules of one jurisdiction or be one of several."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from jurisdictions.lists import named_sets
from jurisdictions.pack import Pack, Rule

DEFAULT = "XX"
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Region:
    """A jurisdiction and its rules.

    Attributes:
        code: What the ids of its rules begin with: ``CN``, ``EU``, ``XX`` for those that hold everywhere.
        name: From the titles of its packs.
        packs: All versions, by name.
        rules: With their packs, by id and version.
        destinations: ISO 3166-1 codes that its packs cover.
    """

    code: str
    name: str
    packs: tuple[Pack, ...]
    rules: tuple[tuple[Pack, Rule], ...]
    destinations: frozenset[str]

    @property
    def is_default(self) -> bool:
        """Whether its rules hold everywhere, for want of others."""
        return self.code == DEFAULT


@dataclass(frozen=True, slots=True)
class Turn:
    """A day from which on other rules count: ids of those that come into force, and of those that have ended."""

    day: dt.date
    begins: tuple[str, ...]
    ends: tuple[str, ...]


def region_code(rule_id: str) -> str:
    """Whose law a rule is."""
    return rule_id.split("-", 1)[0]


def regions(packs: Sequence[Pack]) -> tuple[Region, ...]:
    """The jurisdictions that have rules, by code; the one that is everywhere comes last."""
    found: dict[str, list[tuple[Pack, Rule]]] = {}
    for pack in packs:
        for rule in pack.rules:
            found.setdefault(region_code(rule.id), []).append((pack, rule))
    return tuple(_region(code, found[code]) for code in sorted(found, key=lambda code: (code == DEFAULT, code)))


def region_of(found: Sequence[Region], code: str) -> Region | None:
    """The jurisdiction of a code, or the one that covers a destination with rules of its own; ``None`` if there is none."""
    named = next((region for region in found if region.code == code), None)
    return named or next((region for region in found if not region.is_default and code in region.destinations), None)


def own_destinations(region: Region, found: Sequence[Region]) -> frozenset[str]:
    """The destinations that fall to a jurisdiction: of the one that is everywhere, those that no other covers."""
    if not region.is_default:
        return region.destinations
    others = frozenset[str]().union(*(other.destinations for other in found if not other.is_default))
    return named_sets()["ISO_3166_1"] - others


def next_turn(region: Region, on: dt.date) -> Turn | None:
    """The next day after ``on`` on which rules of a jurisdiction come into force or are no longer in force."""
    days: dict[dt.date, tuple[list[str], list[str]]] = {}
    for pack, rule in region.rules:
        spans = [span for span in (rule.in_force, pack.in_force) if span is not None]
        since = max(span.since for span in spans)
        until = min((span.until for span in spans if span.until is not None), default=None)
        if since > on:
            days.setdefault(since, ([], []))[0].append(rule.id)
        if until is not None and until >= on and until < dt.date.max:
            days.setdefault(until + _DAY, ([], []))[1].append(rule.id)
    if not days:
        return None
    first = min(days)
    begins, ends = days[first]
    return Turn(first, tuple(sorted(begins)), tuple(sorted(ends)))


def _region(code: str, members: Sequence[tuple[Pack, Rule]]) -> Region:
    packs = tuple(sorted({pack.name: pack for pack, _ in members}.values(), key=lambda pack: pack.name))
    rules = tuple(sorted(members, key=lambda member: (member[1].id, member[0].name)))
    name = min((pack.title.split(",", 1)[0] for pack in packs), key=len)
    return Region(code, name, packs, rules, frozenset[str]().union(*(pack.covers for pack in packs)))
