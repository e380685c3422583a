"""The counter between the log of people and the totals: what it publishes, when, and what makes it stand still."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import faust
import pytest

from schemas.codec import Codec
from schemas.records import Subject, Totals
from streams.agents.count import Batch, Counter, Tally, counting
from streams.channel import Exchange
from streams.counting import CountingService, SubjectChannel, counting_service, producer_properties, subject_properties
from streams.settings import KafkaSettings, Settings

CODEC = Codec.committed()
NOW_MS = 1_795_500_000_000
SCOPE = "cn/2026"


def values(*people: int, start: int = 0) -> list[tuple[int, bytes | None]]:
    return [
        (start + place, CODEC.encode(Subject(SCOPE, b"%016d" % who, (), ("ordinary",), NOW_MS, 0, start + place)))
        for place, who in enumerate(people)
    ]


def opened(*numbers: int) -> Counter:
    counter = Counter(CODEC)
    counter.take(Batch(opened=numbers))
    return counter


def published(tally: Tally) -> dict[str, tuple[int, int, int]]:
    """Return scope → partition, version, people."""
    return {totals.scope: (number, totals.version, totals.counted[0].people) for number, totals in tally.totals}


def test_totals_say_how_many_distinct_people_a_partition_has_and_how_far_it_was_read() -> None:
    counter = opened(2)
    tally = counter.take(Batch({2: values(1, 2, 1, 3)}, ends={2}, now_ms=NOW_MS))
    assert published(tally) == {SCOPE: (2, 4, 3)}


def test_nothing_is_published_before_the_end_of_the_log_was_reached_once() -> None:
    counter = opened(0)
    behind = counter.take(Batch({0: values(1, 2)}, now_ms=NOW_MS))
    assert behind.totals == ()
    assert not behind.pending
    assert published(counter.take(Batch({0: values(3, start=2)}, ends={0}, now_ms=NOW_MS))) == {SCOPE: (0, 3, 3)}
    more = counter.take(Batch({0: values(4, 5, start=3)}, now_ms=NOW_MS))  # who follows on 5 in the same entry is not read yet
    assert published(more) == {SCOPE: (0, 5, 4)}


def test_what_became_known_between_two_publications_is_pending() -> None:
    counter = opened(0)
    assert counter.take(Batch({0: values(1)}, ends={0})).pending
    assert published(counter.take(Batch(now_ms=NOW_MS))) == {SCOPE: (0, 1, 1)}
    quiet = counter.take(Batch(now_ms=NOW_MS))
    assert (quiet.totals, quiet.pending) == ((), False)


def test_a_partition_that_comes_back_is_counted_from_its_beginning() -> None:
    counter = opened(0)
    counter.take(Batch({0: values(1, 2)}, ends={0}, now_ms=NOW_MS))
    counter.take(Batch(closed={0}))
    assert counter.take(Batch({0: values(9, start=2)}, ends={0}, now_ms=NOW_MS)).totals == ()
    counter.take(Batch(opened={0}))
    assert counter.take(Batch({0: values(1)}, now_ms=NOW_MS)).totals == ()
    assert published(counter.take(Batch({0: values(2, start=1)}, ends={0}, now_ms=NOW_MS))) == {SCOPE: (0, 2, 2)}


@pytest.mark.parametrize("value", [b"\x00\x00", None, b"", CODEC.encode(Totals(SCOPE, 1, (), (), 0))])
def test_a_record_that_nobody_can_read_makes_its_partition_stand_still_and_no_other(value: bytes | None) -> None:
    counter = opened(0, 1)
    counter.take(Batch({0: values(1)}, ends={0, 1}, now_ms=NOW_MS))
    other = [(0, CODEC.encode(Subject("us/a/2026", b"x" * 16, (), ("health",), NOW_MS, 0, 0)))]
    tally = counter.take(Batch({0: [*values(2, start=1), (2, value)], 1: other}, ends={0, 1}, now_ms=NOW_MS))
    assert tally.stuck == {0}
    assert published(tally) == {"us/a/2026": (1, 1, 1)}
    later = counter.take(Batch({0: values(3, start=3)}, ends={0}, now_ms=NOW_MS))
    assert (later.totals, later.stuck) == ((), {0})
    assert counter.take(Batch(opened={0})).stuck == frozenset()


async def test_a_failure_goes_back_to_the_service_and_the_agent_lives_on() -> None:
    settled: list[Tally | Exception] = []

    class Desk:
        def settle(self, outcome: Tally | Exception) -> None:
            settled.append(outcome)

    def take(batch: Batch) -> Tally:
        if batch.closed:
            raise ValueError("a book that cannot be closed")
        return Tally((), frozenset(), pending=True)

    async def batches() -> AsyncIterator[Batch]:
        yield Batch(closed={1})
        yield Batch()

    await counting(take, Desk())(batches())
    assert isinstance(settled[0], ValueError)
    assert settled[1] == Tally((), frozenset(), pending=True)


async def test_a_batch_goes_through_the_agent_of_the_app_and_back() -> None:
    app = faust.App("carnet-count-test", broker="kafka://127.0.0.1:1", store="memory://", autodiscover=False, topic_allow_declare=False)
    service = counting_service(app, Settings(), CODEC)
    app.flow_control.resume()
    agent = next(iter(app.agents.values()))
    assert isinstance(agent.channel, SubjectChannel)
    async with agent:
        await service._count(Batch(opened={0}))
        tally = await asyncio.wait_for(service._count(Batch({0: values(1, 2)}, ends={0}, now_ms=NOW_MS)), 30)
    assert published(tally) == {SCOPE: (0, 2, 2)}


class Polled:
    """A message as the client library hands it out."""

    def __init__(self, partition: int, offset: int, value: bytes) -> None:
        self._fields = (partition, offset, value)

    def error(self) -> None:
        return None

    def partition(self) -> int:
        return self._fields[0]

    def offset(self) -> int:
        return self._fields[1]

    def value(self) -> bytes:
        return self._fields[2]


class Placing:
    """The part of a consumer that a rebalance calls."""

    def __init__(self) -> None:
        self.starts: list[Any] = []

    def incremental_assign(self, places: list[Any]) -> None:
        self.starts += places

    def incremental_unassign(self, _places: list[Any]) -> None:
        """Have nothing to undo."""


def test_what_was_polled_before_a_partition_was_taken_away_is_dropped() -> None:
    from confluent_kafka import OFFSET_BEGINNING, Producer, TopicPartition

    service = CountingService(KafkaSettings(), CODEC, "carnet.test", Exchange(SubjectChannel.__new__(SubjectChannel)).decide)
    service._producer = Producer({})
    placing: Any = Placing()
    service._assign(placing, [TopicPartition("t", 0), TopicPartition("t", 1)])
    assert [place.offset for place in placing.starts] == [OFFSET_BEGINNING] * 2
    service._revoke(placing, [TopicPartition("t", 1)])
    batch = service._batch([Polled(0, 5, b"a"), Polled(1, 6, b"b")])
    assert batch.records == {0: [(5, b"a")]}
    assert (batch.opened, batch.closed) == ({0}, {1})


def test_the_counter_has_a_group_of_its_own_and_never_takes_its_place_from_an_offset() -> None:
    wanted = KafkaSettings(group_id="plant", properties={"security.protocol": "SASL_SSL", "group.protocol": "consumer"})
    consumer, producer = subject_properties(wanted), producer_properties(wanted)
    assert consumer["group.id"] == "plant-count"
    assert consumer["isolation.level"] == "read_committed"
    assert consumer["security.protocol"] == producer["security.protocol"] == "SASL_SSL"
    assert producer["enable.idempotence"]
    assert "group.protocol" not in producer
