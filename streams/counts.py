"""Whose data a decision lets go, as facts for the rules before it, and as records for the counters behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Protocol

from detectors.finding import Finding
from jurisdictions.facts import FactValue
from jurisdictions.lists import entity
from jurisdictions.people import Ahead, Hasher, Person, Seen, american_classes, american_scopes, chinese_scope, people_of, upper_of
from schemas.partitioning import partition_of
from schemas.records import RequestOpened, Subject, Totals, TotalsUse
from streams import names
from streams.ledger import Ledger
from streams.release import Released
from streams.state import PartitionState
from streams.tick import Outcome

_ECHO: Final = "foreign_echo"
ORDINARY, SENSITIVE = "ordinary", "sensitive"
_AMERICAN: Final = {"health": "us_health_people", "financial": "us_financial_people", "identifier": "us_identifier_people"}


class Source(Protocol):
    """A stream, as far as counters ask: of an opening record, or of a held segment."""

    @property
    def stream_id(self) -> str:
        """Name the stream."""

    @property
    def customer_id(self) -> str:
        """Name the customer."""

    @property
    def destination(self) -> str:
        """Give the ISO 3166-1 code of where it goes."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What the rules are told of the counters: facts, which totals they come from, and the people of the text itself."""

    facts: Mapping[str, FactValue]
    uses: tuple[TotalsUse, ...]
    people: tuple[Person, ...]


class Counts:
    """Answers from the totals, and from what was written since.

    Args:
        root: Secret that the keys of all scopes come from.
        totals: Scope → what was counted; kept up to date by somebody else.
        ledger: Takes the records.
        partitions: How many partitions every topic has.
    """

    def __init__(self, root: bytes, totals: Mapping[str, Totals], ledger: Ledger, partitions: int) -> None:
        self._totals = totals
        self._ledger = ledger
        self._partition_of = lru_cache(maxsize=1024)(lambda scope: partition_of(scope, partitions))
        self._hasher = lru_cache(maxsize=1024)(lambda scope: Hasher(root, scope))

    def before(
        self,
        request: RequestOpened,
        at_ms: int,
        aheads: Sequence[Ahead],
        text: str,
        start: int,
        personal: Sequence[Finding],
        *,
        sensitive: bool,
    ) -> Counted:
        """Return the facts for a text, the people in it counted in.

        Args:
            request: The stream's.
            at_ms: Record time.
            aheads: Of all partitions of this worker, that of the stream first.
            text: The text.
            start: Where it begins in the stream.
            personal: What was found in it that concerns a person.
            sensitive: Whether that is sensitive, or may be.
        """
        people = (
            people_of(text, start, [Seen(item.entity_type, item.start, item.end, item.provenance) for item in personal]) if personal else ()
        )
        facts: dict[str, FactValue] = {}
        uses: dict[str, TotalsUse] = {}

        def tell(fact: str, scope: str, name: str, here: Iterable[Person]) -> None:
            waiting = [ahead.count(scope, name) for ahead in aheads]
            totals = self._totals.get(scope)
            if totals is not None:
                uses[scope] = TotalsUse(scope, totals.version)
            known = [count for count in waiting if count is not None]
            if len(known) == len(waiting):  # else the counter stands still, and nobody knows
                new = self._new(request, scope, name, aheads, text, start, here)
                facts[fact] = upper_of(totals, name) + sum(known) + new

        if personal:
            scope = chinese_scope(at_ms)
            leaving = [person for person in people if _is_domestic(person)]
            tell("cn_people_since_january", scope, ORDINARY, () if sensitive else leaving)
            tell("cn_sensitive_people_since_january", scope, SENSITIVE, leaving if sensitive else ())
        if request.destination == "US" or any(item.entity_type.startswith("US_") for item in personal):
            scope = american_scopes(request.customer_id, at_ms)[0]
            for name, fact in _AMERICAN.items():
                tell(fact, scope, name, [person for person in people if name in american_classes(person, request.destination)])
        return Counted(facts, tuple(uses[scope] for scope in sorted(uses)), people)

    def note(
        self,
        partition: PartitionState,
        source: Source,
        at_ms: int,
        people: Iterable[Person],
        value_of: Callable[[Seen], str],
        place: tuple[int, int],
        outcome: Outcome,
        *,
        sensitive: bool,
    ) -> None:
        """Write the people whose data leaves, once as long as the totals do not have them.

        Args:
            partition: Counts them ahead of the totals.
            source: The stream.
            at_ms: Record time.
            people: Without what is redacted.
            value_of: What stands at a finding.
            place: Partition and index of the audit entry.
            outcome: Takes the records.
            sensitive: Whether it is sensitive, or may be.
        """
        for subject in self._subjects(source, at_ms, people, value_of, place, sensitive=sensitive):
            if partition.ahead.note(subject):
                to, ce_id = self._partition_of(subject.scope), f"{place[0]}:{place[1]}:{subject.person.hex()}:{subject.scope}"
                self._ledger.emit(names.SUBJECTS, to, subject.scope, subject, ce_id, at_ms, outcome)
                outcome.count("people", subject.scope.partition("/")[0])

    def note_released(self, partition: PartitionState, one: Released, place: tuple[int, int], at_ms: int, outcome: Outcome) -> None:
        """Write the people whose data leaves because a human approved it."""
        held = one.held
        personal = [item for item in one.left if entity(item.entity_type).personal]
        people = people_of(one.opened, held.start, [Seen(item.entity_type, item.start, item.end, item.provenance) for item in personal])

        def value_of(seen: Seen) -> str:
            return one.opened[seen.start - held.start : seen.end - held.start]

        # What its surroundings were about is not kept: so it may be sensitive.
        self.note(partition, held, at_ms, people, value_of, place, outcome, sensitive=True)

    def _subjects(
        self,
        source: Source,
        at_ms: int,
        people: Iterable[Person],
        value_of: Callable[[Seen], str],
        place: tuple[int, int],
        *,
        sensitive: bool,
    ) -> Iterable[Subject]:
        """Yield the records of people: of those from home for China, of those of the United States for its rule."""
        for person in people:
            if _is_domestic(person):
                hasher = self._hasher(chinese_scope(at_ms))
                yield hasher.subject(person, value_of, source.stream_id, [SENSITIVE if sensitive else ORDINARY], at_ms, place)
            if classes := american_classes(person, source.destination):
                for scope in american_scopes(source.customer_id, at_ms):
                    yield self._hasher(scope).subject(person, value_of, source.stream_id, classes, at_ms, place)

    def _new(
        self, request: RequestOpened, scope: str, name: str, aheads: Sequence[Ahead], text: str, start: int, here: Iterable[Person]
    ) -> int:
        """Return how many people of a text do not wait already; those that the totals hold count once more, an upper bound."""
        hasher = self._hasher(scope)
        hashes = {hasher.of(one := person.seen[0], text[one.start - start : one.end - start], request.stream_id) for person in here}
        return sum(not any(ahead.has(scope, name, found) for ahead in aheads) for found in hashes)


def _is_domestic(person: Person) -> bool:
    """Tell whether something of a person did not come in with the customer's own request."""
    return any(one.provenance != _ECHO for one in person.seen)
