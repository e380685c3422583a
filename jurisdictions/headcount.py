"""How many distinct people a scope has: exact while there are few, by a sketch with a stated error beyond.

What counts is an **identifier that stood for a person**, unless a stronger one of the same person counts too. ``Subject`` names both: the
strongest identifier, and weaker ones found beside it. So somebody who was seen by a telephone number and later by number and passport is
one person, and passport and number alone stay one whichever comes first. A weaker identifier never makes one person out of two stronger
ones: a thousand customers who all stand beside the telephone number of one hotline are a thousand people. (Joining whatever shares an
identifier, as a union-find does, would make them one, and the number that the law compares would fall as more becomes known.)

The rule is about sets, so the order of records, and how often one is read, do not matter: this is the exactly-once of the counters.

Where the law looks back twelve months (28 CFR 202.205) an identifier counts for as long as it was last seen within them, by whole UTC
days, both ends included. Every class of a scope is counted by itself, since each has a number of its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from datasketches import theta_a_not_b, theta_sketch, theta_union, update_theta_sketch

from schemas.records import Counted, Reflected, Subject, Totals

EXACT_MAX: Final = 200_000
DEVIATIONS: Final = 3
"""How many standard deviations the upper bound of a sketch lies above its estimate: it is too low once in 740."""

_DAY_MS: Final = 86_400_000
_ROLLING: Final = "us/"
_YEAR_LG_K: Final = 16  # standard error 1 / sqrt(65,536) = 0.4 %: one million is known to within 1.2 %
_MONTH_LG_K: Final = 14  # 0.8 %; thirteen months of them, and beyond ``EXACT_MAX`` every number of 28 CFR 202 was passed long ago
_TUPLE_MAX: Final = 8
_KEPT_DAYS: Final = 31


def is_rolling(scope: str) -> bool:
    """Tell whether people leave a scope again, twelve months after they were seen last."""
    return scope.startswith(_ROLLING)


def first_day(day: int) -> int:
    """Return the first day of the twelve months that end with a day; days since the Unix epoch."""
    last = dt.date.fromordinal(day + _EPOCH)
    start = last.replace(day=28) if (last.month, last.day) == (2, 29) else last
    return start.replace(year=start.year - 1).toordinal() - _EPOCH


_EPOCH: Final = dt.date(1970, 1, 1).toordinal()


@dataclass(slots=True)
class _Class:
    """The identifiers of one class.

    Attributes:
        seen: Identifier → the day on which it last stood for a person; 0 where days do not matter.
        stronger: Identifier → how many stronger ones of its person are in ``seen``.
        people: How many of ``seen`` have none.
        days: The same by day, where people leave again.
    """

    seen: dict[bytes, int] = field(default_factory=dict)
    stronger: dict[bytes, int] = field(default_factory=dict)
    people: int = 0
    days: dict[int, set[bytes]] = field(default_factory=dict)

    def enter(self, person: bytes, weaker: Collection[bytes], day: int) -> None:
        self.seen[person] = day
        if person not in self.stronger:
            self.people += 1
        self.cover(weaker)

    def leave(self, person: bytes, weaker: Iterable[bytes]) -> None:
        del self.seen[person]
        if person not in self.stronger:
            self.people -= 1
        for one in weaker:
            left = self.stronger[one] - 1
            if left:
                self.stronger[one] = left
                continue
            del self.stronger[one]
            if one in self.seen:
                self.people += 1

    def cover(self, weaker: Iterable[bytes]) -> None:
        """Take in that a stronger identifier of these is in ``seen``."""
        for one in weaker:
            before = self.stronger.get(one, 0)
            if not before and one in self.seen:
                self.people -= 1
            self.stronger[one] = before + 1


class Roll:
    """Exact: every identifier is kept.

    Args:
        rolling: Whether people leave again.
    """

    __slots__ = ("_classes", "_rolling", "_weaker")

    def __init__(self, *, rolling: bool) -> None:
        self._rolling = rolling
        self._classes: dict[str, _Class] = {}
        self._weaker: dict[bytes, tuple[bytes, ...] | set[bytes]] = {}

    def add(self, subject: Subject) -> None:
        """Take in that a person was seen."""
        person, classes = subject.person, self._classes
        if subject.aliases:
            self._join(person, subject.aliases)
        day = subject.seen_at_ms // _DAY_MS if self._rolling else 0
        for name in subject.classes:
            found = classes.get(name)
            if found is None:
                found = classes[name] = _Class()
            last = found.seen.get(person)
            if last is None:
                found.enter(person, self._weaker.get(person, ()), day)
            elif last < day:
                found.days[last].discard(person)
                found.seen[person] = day
            else:
                continue
            if self._rolling:
                found.days.setdefault(day, set()).add(person)

    def people(self, name: str) -> int:
        """Return how many people of a class there are."""
        found = self._classes.get(name)
        return 0 if found is None else found.people

    def classes(self) -> tuple[str, ...]:
        """Return the classes that somebody was seen in."""
        return tuple(self._classes)

    def expire(self, start: int) -> None:
        """Let go of whom was last seen before a day."""
        for found in self._classes.values():
            for day in [day for day in found.days if day < start]:
                for person in found.days.pop(day):
                    found.leave(person, self._weaker.get(person, ()))

    def pour(self, sketch: Sketch) -> None:
        """Give all that is known to a sketch."""
        for name, found in self._classes.items():
            for person, day in found.seen.items():
                sketch.note(name, person, self._weaker.get(person, ()), day)

    def _join(self, person: bytes, aliases: Sequence[bytes]) -> None:
        known = self._weaker.get(person, ())
        fresh = [one for one in aliases if one not in known and one != person and person not in self._weaker.get(one, ())]
        if not fresh:
            return
        if isinstance(known, set):
            known.update(fresh)
        else:
            joined = (*known, *dict.fromkeys(fresh))
            self._weaker[person] = joined if len(joined) <= _TUPLE_MAX else set(joined)
        for found in self._classes.values():
            if person in found.seen:
                found.cover(dict.fromkeys(fresh))


class Sketch:
    """Theta sketches of the same sets: who stood for a person, less whom a stronger identifier covers (A-not-B).

    HyperLogLog would be smaller but can only add; here what turns out to be a weaker identifier must be taken away again. Months are kept
    apart where people leave, so the window is up to a month too wide, never too narrow.

    Source: A. Dasgupta, K. Lang, L. Rhodes, J. Thaler, *A Framework for Estimating Stream Expression Cardinalities*, ICDT 2016, as
    implemented by Apache DataSketches.

    Args:
        rolling: Whether people leave again.
    """

    __slots__ = ("_highest", "_lg_k", "_rolling", "_sets")

    def __init__(self, *, rolling: bool) -> None:
        self._rolling = rolling
        self._lg_k = _MONTH_LG_K if rolling else _YEAR_LG_K
        self._sets: dict[str, dict[int, tuple[update_theta_sketch, update_theta_sketch]]] = {}
        self._highest: dict[str, int] = {}

    def add(self, subject: Subject) -> None:
        """Take in that a person was seen."""
        day = subject.seen_at_ms // _DAY_MS
        for name in subject.classes:
            self.note(name, subject.person, subject.aliases, day)

    def note(self, name: str, person: bytes, weaker: Iterable[bytes], day: int) -> None:
        """Take one class of it in."""
        months = self._sets.setdefault(name, {})
        month = _month(day) if self._rolling else 0
        pair = months.get(month)
        if pair is None:
            pair = months[month] = (update_theta_sketch(self._lg_k), update_theta_sketch(self._lg_k))
        pair[0].update(_number(person))
        for one in weaker:
            if one != person:
                pair[1].update(_number(one))

    def classes(self) -> tuple[str, ...]:
        """Return the classes that somebody was seen in."""
        return tuple(self._sets)

    def expire(self, start: int) -> None:
        """Let go of the months before a day's."""
        for months in self._sets.values():
            for month in [month for month in months if month < _month(start)]:
                del months[month]

    def count(self, name: str) -> tuple[int, int]:
        """Return the estimate and the upper bound of a class; in a scope that nobody leaves the bound never falls."""
        pairs = self._sets.get(name, {}).values()
        people = theta_a_not_b().compute(self._union(pair[0] for pair in pairs), self._union(pair[1] for pair in pairs))
        estimate, upper = round(people.get_estimate()), round(people.get_upper_bound(DEVIATIONS))
        if not self._rolling:
            upper = self._highest[name] = max(upper, self._highest.get(name, 0))
        return estimate, upper

    def _union(self, sketches: Iterable[theta_sketch]) -> theta_sketch:
        union = theta_union(self._lg_k)
        for one in sketches:
            union.update(one)
        return union.get_result()


def _month(day: int) -> int:
    date = dt.date.fromordinal(day + _EPOCH)
    return 12 * date.year + date.month


def _number(identifier: bytes) -> int:
    """Return 64 bits of a keyed hash, as the library takes them; it hashes them once more."""
    return int.from_bytes(identifier[-8:], "little", signed=True)


@dataclass(slots=True)
class _Scope:
    """One scope: whom it has, and how far it was read.

    Attributes:
        reflected: Inbound partition → newest audit entry of which everybody was counted.
    """

    people: Roll | Sketch
    reflected: dict[int, int] = field(default_factory=dict)
    at_ms: int = 0


class CountBook:
    """The people of every scope of one partition of subjects.

    All people of an audit entry are written at once but may be read in parts. They are counted together: when a later entry of their
    inbound partition was read, or the end of the log. So totals hold exactly what they say they reflect, and whoever wrote the rest can
    add it without counting anybody twice.

    Args:
        exact_max: Up to how many people of a class a scope keeps every identifier.

    Attributes:
        next_offset: The offset that it reads on from: the version of its totals.
    """

    __slots__ = ("_changed", "_day", "_exact_max", "_scopes", "_unfinished", "next_offset")

    def __init__(self, exact_max: int = EXACT_MAX) -> None:
        self._exact_max = exact_max
        self._scopes: dict[str, _Scope] = {}
        self._changed: set[str] = set()
        self._unfinished: dict[int, list[Subject]] = {}
        self._day = 0
        self.next_offset = 0

    def add(self, subjects: Iterable[Subject], next_offset: int | None = None, *, at_end: bool = True) -> None:
        """Take records in, in the order of the log.

        Args:
            subjects: What was read.
            next_offset: Where reading goes on; without it, as many further as there are records.
            at_end: Whether the end of the log was reached.
        """
        read, unfinished = 0, self._unfinished
        for subject in subjects:
            read += 1
            entry = unfinished.get(subject.partition)
            if entry is None:
                unfinished[subject.partition] = [subject]
            elif entry[0].entry_index < subject.entry_index:
                self._count(entry)
                unfinished[subject.partition] = [subject]
            else:
                entry.append(subject)
        self.next_offset = self.next_offset + read if next_offset is None else next_offset
        if at_end:
            for entry in unfinished.values():
                self._count(entry)
            unfinished.clear()
        for name in self._changed:
            self._to_sketch(name)

    def _count(self, entry: Iterable[Subject]) -> None:
        for subject in entry:
            name = subject.scope
            scope = self._scopes.get(name)
            if scope is None:
                scope = self._scopes[name] = _Scope(Roll(rolling=is_rolling(name)))
            scope.people.add(subject)
            scope.at_ms = max(scope.at_ms, subject.seen_at_ms)
            scope.reflected[subject.partition] = subject.entry_index
            self._changed.add(name)

    def scopes(self) -> tuple[str, ...]:
        """Return all scopes that somebody was seen in, sorted."""
        return tuple(sorted(self._scopes))

    @property
    def has_changed(self) -> bool:
        """Whether something became known since totals were taken."""
        return bool(self._changed)

    def take_changed(self, at_ms: int) -> tuple[Totals, ...]:
        """Return the totals of the scopes of which something became known since the last call; of rolling ones also if a day began."""
        day = at_ms // _DAY_MS
        if day > self._day:
            self._day = day
            self._forget(day)
            self._changed |= {name for name in self._scopes if is_rolling(name)}
        changed, self._changed = sorted(self._changed), set()
        return tuple(self.totals(name, at_ms) for name in changed)

    def totals(self, scope: str, at_ms: int | None = None) -> Totals:
        """Return the people of a scope; empty totals if nobody was seen in it.

        Args:
            scope: Which.
            at_ms: The end of the twelve months where people leave; never before the newest record. Days that passed do not come back.
        """
        found = self._scopes.get(scope)
        if found is None:
            return Totals(scope, self.next_offset, (), (), 0)
        if is_rolling(scope):
            found.people.expire(first_day(max(found.at_ms, at_ms or 0) // _DAY_MS))
        counted = tuple(Counted(name, *_count(found.people, name)) for name in sorted(found.people.classes()))
        reflected = tuple(Reflected(number, index) for number, index in sorted(found.reflected.items()))
        return Totals(scope, self.next_offset, counted, reflected, found.at_ms)

    def is_exact(self, scope: str) -> bool:
        """Tell whether every identifier of a scope is kept."""
        found = self._scopes.get(scope)
        return found is None or isinstance(found.people, Roll)

    def _to_sketch(self, name: str) -> None:
        """Keep no more identifiers of a scope once there are too many."""
        roll = self._scopes[name].people
        if isinstance(roll, Roll) and any(roll.people(one) > self._exact_max for one in roll.classes()):
            sketch = self._scopes[name].people = Sketch(rolling=is_rolling(name))
            roll.pour(sketch)

    def _forget(self, day: int) -> None:
        """Drop scopes whose year is over, a month later: nobody asks for them any more."""
        year = dt.date.fromordinal(day - _KEPT_DAYS + _EPOCH).year
        for name in [name for name in self._scopes if _year(name) < year]:
            del self._scopes[name]
            self._changed.discard(name)


def _year(scope: str) -> int:
    tail = scope.rpartition("/")[2]
    return int(tail) if tail.isdecimal() else dt.MAXYEAR


def _count(people: Roll | Sketch, name: str) -> tuple[int, int]:
    if isinstance(people, Sketch):
        return people.count(name)
    return (exact := people.people(name)), exact
