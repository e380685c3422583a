"""Counters of people: who is one person in a text, keyed hashes of who it was, and how many distinct ones a scope has.

Identifiers that stand together are taken for one person: one after the other on the same line, no more than ``GAP_CHARS`` apart, and of
different categories; a category that comes again begins the next person. A row of a table is a person, a list of telephone numbers is as
many as it has. Who was seen only by a name, a birthday or a place counts anew in every answer: two people may have one name, and a number
that the law compares must not be too small.

A **scope** says for whom is counted, and by which key: ``cn/2026``, all that left in a year by China's calendar (Provisions on Promoting
and Regulating Cross-border Data Flows, Arts 5(4), 7, 8: "since 1 January"); ``us/<customer>/2026``, the preceding twelve months of a
customer (28 CFR 202.205). Keys rotate with the year. So that twelve rolling months never fall between two keys, what is seen in a year is
written into the scope of that year and of the next: in any year, that year's scope holds the last twelve months whole.
"""

from __future__ import annotations

import datetime as dt
import hmac
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from jurisdictions.lists import entity
from schemas.records import Subject, Totals

GAP_CHARS: Final = 80
AHEAD_MAX: Final = 10_000
HASH_BYTES: Final = 16
THRESHOLDS: Final[Mapping[str, tuple[tuple[str, int], ...]]] = {
    "ordinary": (("Art 8: standard contract or certification", 100_000), ("Art 7: security assessment", 1_000_000)),
    "sensitive": (("Art 7: security assessment", 10_000),),
    "health": (("28 CFR 202.205", 10_000),),
    "financial": (("28 CFR 202.205", 10_000),),
    "identifier": (("28 CFR 202.205", 100_000),),
    "geolocation": (("28 CFR 202.205", 1_000),),
}
"""Class → what the law compares it with."""

_LINE_BREAKS = frozenset("\n\r\v\f\x85\u2028\u2029")
_IN_ADDRESSES = "@.+-_"
_CHINA = dt.timezone(dt.timedelta(hours=8))
# The strongest first: what stands for a person when several were found.
_STRENGTH = ("gov_id", "health", "financial", "professional_id", "customer", "contact", "vehicle", "network")
_RANK = {category: rank for rank, category in enumerate(_STRENGTH)}
_WEAK = len(_STRENGTH)  # tells nobody apart from others
_US_CLASSES: Mapping[str, tuple[str, ...]] = {
    "health": ("health",),
    "financial": ("financial", "identifier"),
    "position": ("geolocation",),
    "gov_id": ("identifier",),
    "contact": ("identifier",),
    "network": ("identifier",),
    "customer": ("identifier",),
}


@dataclass(frozen=True, slots=True)
class Seen:
    """A personal finding: its type, code points [start, end) of the stream, provenance."""

    entity_type: str
    start: int
    end: int
    provenance: str


@dataclass(frozen=True, slots=True)
class Person:
    """What was seen of one person, the strongest identifier first."""

    seen: tuple[Seen, ...]

    def without(self, is_hidden: Callable[[str, str], bool]) -> Person | None:
        """What is left of a person after redaction: entity type and provenance → whether a finding is hidden."""
        left = tuple(one for one in self.seen if not is_hidden(one.entity_type, one.provenance))
        return Person(left) if left else None


def people_of(text: str, text_start: int, findings: Iterable[Seen]) -> tuple[Person, ...]:
    """The people in a text.

    Args:
        text: What the findings lie in.
        text_start: Where it begins in the stream.
        findings: The personal ones.
    """
    people: list[Person] = []
    group: list[Seen] = []
    taken: set[str] = set()
    for one in sorted(findings, key=lambda seen: (seen.start, seen.end, seen.entity_type)):
        category = entity(one.entity_type).category
        between = text[group[-1].end - text_start : max(0, one.start - text_start)] if group else ""
        if group and (category in taken or len(between) > GAP_CHARS or not _LINE_BREAKS.isdisjoint(between)):
            people.append(_person(group))
            group, taken = [], set()
        group.append(one)
        taken.add(category)
    if group:
        people.append(_person(group))
    return tuple(people)


def _person(group: Sequence[Seen]) -> Person:
    return Person(tuple(sorted(group, key=lambda one: (_rank(one), one.start))))


def _rank(one: Seen) -> int:
    return _RANK.get(entity(one.entity_type).category, _WEAK)


class Hasher:
    """Turns what was found into keyed hashes: HMAC-SHA-256 under a key of the scope, the first 16 bytes.

    Args:
        root: Secret of the installation, 32 bytes.
        scope: For whom is counted.
    """

    __slots__ = ("_key", "scope")

    def __init__(self, root: bytes, scope: str) -> None:
        self.scope = scope
        self._key = hmac.digest(root, f"people\0{scope}".encode(), "sha256")

    def of(self, one: Seen, value: str, stream_id: str) -> bytes:
        """The hash of a value; the same for every way to write it. What tells nobody apart is hashed with the stream."""
        category = entity(one.entity_type).category
        written = unicodedata.normalize("NFKC", value).casefold()
        # a.bc@example.com and ab.c@example.com are two people; 12-34 and 12 34 are one number.
        signs = _IN_ADDRESSES if "@" in written else ""
        bare = "".join(sign for sign in written if sign.isalnum() or sign in signs)
        apart = "" if category in _RANK else stream_id
        return hmac.digest(self._key, f"{category}\0{apart}\0{bare}".encode("utf-8", "surrogatepass"), "sha256")[:HASH_BYTES]

    def subject(
        self, person: Person, value_of: Callable[[Seen], str], stream_id: str, classes: Iterable[str], at_ms: int, place: tuple[int, int]
    ) -> Subject:
        """The record of a person.

        Args:
            person: Who.
            value_of: What stands at a finding.
            stream_id: The stream that it was found in.
            classes: What was said of the person.
            at_ms: Record time.
            place: Partition and index of the audit entry.
        """
        hashes = [self.of(one, value_of(one), stream_id) for one in person.seen]
        # A name beside an identifier is no alias: others have it too.
        aliases = {other for one, other in zip(person.seen[1:], hashes[1:], strict=True) if _rank(one) < _WEAK} - {hashes[0]}
        return Subject(self.scope, hashes[0], tuple(sorted(aliases)), tuple(sorted(set(classes))), at_ms, *place)


def chinese_scope(at_ms: int) -> str:
    """The scope of what leaves at a time, by the year in China."""
    return f"cn/{dt.datetime.fromtimestamp(at_ms / 1_000, _CHINA).year}"


def american_scopes(customer_id: str, at_ms: int) -> tuple[str, str]:
    """The scope that has the last twelve months of a customer, and the next one, into which what is seen now is written too."""
    year = dt.datetime.fromtimestamp(at_ms / 1_000, dt.UTC).year
    return f"us/{customer_id}/{year}", f"us/{customer_id}/{year + 1}"


def american_classes(person: Person, destination: str) -> frozenset[str]:
    """The categories of 28 CFR 202 that the findings of a person are in; none, if they are of another country's people.

    Where the type of a value says no country, what goes to the United States is taken to be about its people.
    """
    known = [entity(one.entity_type) for one in person.seen]
    if not any(what.subject == "US" or (destination == "US" and not what.subject) for what in known):
        return frozenset()
    return frozenset(name for what in known for name in _US_CLASSES.get(what.category, ()))


class Ahead:
    """The people whom the decisions of a partition wrote, and that the totals do not reflect yet.

    It keeps ``AHEAD_MAX`` of them at most, since it is written with every tick. Of a scope that had more, nobody knows the number until
    the totals reflect the last one that was not kept.
    """

    __slots__ = ("_entries", "_lost", "_waiting")

    def __init__(self) -> None:
        self._waiting: dict[tuple[str, str], dict[bytes, int]] = {}  # scope and class → person → the entry that saw it first
        self._lost: dict[str, int] = {}  # scope → newest entry of which somebody was not kept
        self._entries = 0

    def note(self, subject: Subject) -> bool:
        """Take in what is written now; tell whether anything of it was not waiting already."""
        is_new = False
        for name in subject.classes:
            people = self._waiting.setdefault((subject.scope, name), {})
            if subject.person in people:
                continue
            is_new = True
            if self._entries < AHEAD_MAX:
                self._entries += 1
                people[subject.person] = subject.entry_index
            else:
                self._lost[subject.scope] = subject.entry_index
        return is_new

    def reflect(self, partition: int, totals: Totals) -> None:
        """Forget whom new totals count, of what this partition wrote."""
        until = next((one.entry_index for one in totals.reflected if one.partition == partition), -1)
        if self._lost.get(totals.scope, until + 1) <= until:
            del self._lost[totals.scope]
        for (scope, name), people in list(self._waiting.items()):
            if scope != totals.scope:
                continue
            left = {person: entry_index for person, entry_index in people.items() if entry_index > until}
            self._entries -= len(people) - len(left)
            if left:
                self._waiting[scope, name] = left
            else:
                del self._waiting[scope, name]

    def count(self, scope: str, name: str) -> int | None:
        """How many people of a class wait; None if so many wait that the counter seems to stand still."""
        return None if scope in self._lost else len(self._waiting.get((scope, name), ()))

    def has(self, scope: str, name: str, person: bytes) -> bool:
        """Whether a person waits."""
        return person in self._waiting.get((scope, name), ())

    def dump(self) -> list[list[Any]]:
        """What JSON can hold, in an order that does not depend on how it came about."""
        waiting = (
            [scope, name, sorted([entry, who.hex()] for who, entry in people.items())] for (scope, name), people in self._waiting.items()
        )
        return [*sorted(waiting), *([scope, entry] for scope, entry in sorted(self._lost.items()))]

    @classmethod
    def load(cls, dumped: Iterable[Sequence[Any]]) -> Ahead:
        """What ``dump`` gave."""
        ahead = cls()
        for scope, *rest in dumped:
            if len(rest) == 1:
                ahead._lost[scope] = rest[0]
                continue
            name, people = rest
            ahead._waiting[scope, name] = {bytes.fromhex(who): entry for entry, who in people}
            ahead._entries += len(people)
        return ahead


def upper_of(totals: Totals | None, name: str) -> int:
    """The upper bound of a class; 0 where nobody was counted."""
    return 0 if totals is None else next((one.upper for one in totals.counted if one.name == name), 0)
