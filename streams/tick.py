"""What goes from the transaction to the agent and back: a tick, and its outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Headers = list[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Inbound:
    """One record as it lies in the inbound log; ``timestamp_ms`` is Kafka's."""

    offset: int
    timestamp_ms: int
    key: bytes | None
    value: bytes | None


@dataclass(frozen=True, slots=True)
class Tick:
    """Every record polled in one go, by partition and in offset order.

    Attributes:
        records: Of the inbound topic.
        poison: (partition, offset) of inbound records on which an earlier attempt failed: they are set aside, not processed.
        reviews: Of the topic of reviews.
        poison_reviews: The same for them.
    """

    records: Mapping[int, list[Inbound]]
    poison: frozenset[tuple[int, int]] = frozenset()
    reviews: Mapping[int, list[Inbound]] = field(default_factory=dict)
    poison_reviews: frozenset[tuple[int, int]] = frozenset()

    @property
    def partitions(self) -> list[int]:
        """The partitions that have a record of either kind, sorted."""
        return sorted(self.records.keys() | self.reviews.keys())

    @property
    def size(self) -> int:
        """How many records it has."""
        return sum(map(len, self.records.values())) + sum(map(len, self.reviews.values()))


@dataclass(frozen=True, slots=True)
class Control:
    """One record of a compacted topic that decisions depend on; a value of None deletes its key."""

    topic: str
    partition: int
    key: bytes
    value: bytes | None


@dataclass(frozen=True, slots=True)
class Output:
    """One record to write; partition and key follow the inbound record."""

    topic: str
    partition: int
    key: bytes | None
    value: bytes | None
    headers: Headers


@dataclass(slots=True)
class Outcome:
    """All that a tick writes, in order; committed in one transaction with the consumed offsets, or not at all.

    Attributes:
        outputs: Records for every topic but the state.
        snapshots: Partition → (key, value) pairs for the state topic; a value of None is a tombstone.
        rewritten: Partitions whose snapshots hold the whole state: a later restore may start at the first of them.
        counts: What the metrics show.
    """

    outputs: list[Output] = field(default_factory=list)
    snapshots: dict[int, list[tuple[bytes, bytes | None]]] = field(default_factory=dict)
    rewritten: set[int] = field(default_factory=set)
    counts: dict[tuple[str, str], int] = field(default_factory=dict)

    def count(self, metric: str, label: str, by: int = 1) -> None:
        """Add to a count that the metrics will show."""
        self.counts[metric, label] = self.counts.get((metric, label), 0) + by
