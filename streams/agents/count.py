"""The agent that counts people: every batch read from the subjects goes into the books, and what became known comes back as totals."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jurisdictions.headcount import EXACT_MAX, CountBook
from schemas.codec import Codec
from schemas.errors import SchemaError, UnexpectedRecordError
from schemas.records import Subject, Totals


@dataclass(frozen=True, slots=True)
class Batch:
    """What one poll of the subjects brought.

    Attributes:
        records: Partition → offset and value of each record, in order.
        ends: Partitions whose end was reached after these records.
        opened: Partitions that are ours from here on; each is read from its beginning.
        closed: Partitions that are ours no more.
        now_ms: The time to which twelve months are counted; None: it is not time to publish.
    """

    records: Mapping[int, Sequence[tuple[int, bytes | None]]] = field(default_factory=dict)
    ends: Collection[int] = frozenset()
    opened: Collection[int] = ()
    closed: Collection[int] = ()
    now_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """What a batch led to.

    Attributes:
        totals: Partition and totals of each scope that must be published.
        stuck: Partitions that hold a record nobody can read: they are counted no further, so that the rules hold.
        pending: Whether something became known that is not in ``totals``.
    """

    totals: tuple[tuple[int, Totals], ...]
    stuck: frozenset[int]
    pending: bool


class Counter:
    """Keeps the book of every partition.

    A partition publishes nothing until the end of its log was reached once: before that its totals would be smaller than those that
    another counter published. A record that cannot be read would be a person missing, so its partition stands still.

    Args:
        codec: Decodes the records.
        exact_max: Up to how many people are counted exactly.
    """

    def __init__(self, codec: Codec, exact_max: int = EXACT_MAX) -> None:
        self._codec = codec
        self._exact_max = exact_max
        self._books: dict[int, CountBook] = {}
        self._whole: set[int] = set()
        self._stuck: set[int] = set()

    def take(self, batch: Batch) -> Tally:
        """Count a batch; return the totals that changed, if it is time to publish them."""
        for number in (*batch.closed, *batch.opened):
            self._books.pop(number, None)
            self._whole.discard(number)
            self._stuck.discard(number)
        for number in batch.opened:
            self._books[number] = CountBook(self._exact_max)
        for number in batch.records.keys() | set(batch.ends):
            if number in self._books and number not in self._stuck:
                self._read(number, batch.records.get(number, ()), at_end=number in batch.ends)
        ready = sorted(self._whole - self._stuck)
        if batch.now_ms is None:
            return Tally((), frozenset(self._stuck), any(self._books[number].has_changed for number in ready))
        totals = [(number, one) for number in ready for one in self._books[number].take_changed(batch.now_ms)]
        return Tally(tuple(totals), frozenset(self._stuck), pending=False)

    def _read(self, number: int, records: Sequence[tuple[int, bytes | None]], *, at_end: bool) -> None:
        book = self._books[number]
        found: list[Subject] = []
        next_offset = book.next_offset
        try:
            for offset, value in records:
                subject = self._codec.decode(value)
                if not isinstance(subject, Subject):
                    raise UnexpectedRecordError(type(subject).__name__)
                found.append(subject)
                next_offset = offset + 1
        except SchemaError:
            self._stuck.add(number)
            return
        book.add(found, next_offset, at_end=at_end)
        if at_end:
            self._whole.add(number)


def counting(take: Callable[[Batch], Tally], exchange: Any) -> Callable[[AsyncIterable[Batch]], Any]:
    """Return the agent's function: for each batch, what ``take`` made of it goes back to the service that polls.

    No exception leaves the body: Faust would restart the agent and drop the batch. It is handed back, and the service begins anew.
    """

    async def count(batches: AsyncIterable[Batch]) -> None:
        async for batch in batches:
            try:
                tally: Tally | Exception = await asyncio.to_thread(take, batch)
            except Exception as failure:  # noqa: BLE001 (the service reads everything again)
                tally = failure
            exchange.settle(tally)

    return count
