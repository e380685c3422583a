"""The counter on a real broker: distinct people exactly once through kills, rebalances and aborted transactions.

``faust -A tests.kafka.test_counting`` runs what is tested: a worker that decides nothing and counts.
"""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Producer

from console.readers import TopicReader
from console.totals import read_totals
from schemas.codec import Codec
from schemas.partitioning import partition_of
from schemas.records import Reflected, Subject, Totals
from streams import names
from tests.kafka.rig import PARTITIONS, Rig, rig

pytestmark = pytest.mark.kafka
CODEC = Codec.committed()
APPLICATION = "tests.kafka.test_counting"
SCOPES = ("cn/2026", *(f"us/customer-{number}/2026" for number in range(5)))
AT_MS = 1_795_500_000_000


def __getattr__(name: str) -> Any:
    """Build the app when ``faust`` asks for it: pytest imports this file too."""
    if name != "app":
        raise AttributeError(name)
    from streams import logs
    from streams.counting import counting_service
    from streams.settings import Settings
    from streams.topology import assemble

    settings = Settings.load()
    logs.set_up(settings.log.level)
    return assemble(settings, Idle(), lambda _value: 0, [partial(counting_service, settings=settings, codec=CODEC)])


class Idle:
    """Decides nothing: no inbound record comes."""

    open_streams = 0

    def process(self, tick: Any) -> Any:
        raise AssertionError(f"{tick.size} records came in")

    def restore(self, number: int, next_offset: int, records: Iterable[tuple[bytes, bytes]]) -> None:
        """Have no state."""

    def forget(self, number: int) -> None:
        """Have no state."""

    def next_review(self, number: int) -> int:
        """Say where reviews go on: nowhere yet."""
        return 0 * number

    def control(self, records: Iterable[Any]) -> None:
        """Decide nothing by it."""


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Rig]:
    with rig(tmp_path) as ready:
        yield ready


def seen(scope: str, who: int, entry: int) -> Subject:
    aliases = (b"weak-%011d" % who,) if who % 2 else ()
    return Subject(scope, b"person-%09d" % who, aliases, ("ordinary",), AT_MS + entry, entry % 4, entry // 4)


def write(running: Rig, subjects: list[Subject], *, abort: bool = False) -> None:
    """Write in one transaction, as a worker does."""
    producer = Producer({"bootstrap.servers": running.servers, "transactional.id": f"writer-{abort}"})
    producer.init_transactions(30)
    producer.begin_transaction()
    for one in subjects:
        producer.produce(names.SUBJECTS, CODEC.encode(one), key=one.scope.encode(), partition=partition_of(one.scope, PARTITIONS))
    producer.flush(30)
    if abort:
        producer.abort_transaction(30)
    else:
        producer.commit_transaction(30)


def written(running: Rig) -> list[Totals]:
    with TopicReader(running.servers, [names.TOTALS], from_end=False) as reader:
        return read_totals(reader, CODEC)


def wait_for(running: Rig, people: dict[str, int], timeout_s: float = 90) -> list[Totals]:
    """Return all totals as soon as the newest of each scope has so many people."""
    deadline = time.monotonic() + timeout_s
    while True:
        for worker in running.workers.values():
            worker.supervise()
        found = written(running)
        newest = {one.scope: one.counted[0].people for one in found}
        if newest == people:
            return found
        if time.monotonic() > deadline:
            logs = "\n".join(worker.log.read_text(errors="replace")[-1500:] for worker in running.workers.values())
            raise AssertionError(f"{newest} instead of {people}\n{logs}")
        time.sleep(0.3)


def versions(found: list[Totals]) -> dict[str, list[int]]:
    return {scope: [one.version for one in found if one.scope == scope] for scope in {one.scope for one in found}}


def test_people_are_counted_once_and_what_was_aborted_never(running: Rig) -> None:
    write(running, [seen("cn/2026", who % 700, who) for who in range(2_000)])
    write(running, [seen("cn/2026", 5_000 + who, 9_000 + who) for who in range(300)], abort=True)
    running.worker("A", APPLICATION)
    newest = wait_for(running, {"cn/2026": 700})[-1]
    assert newest.reflected == tuple(Reflected(number, 499) for number in range(4))
    write(running, [seen("cn/2026", 700, 2_000), seen("cn/2026", 3, 2_001)])
    found = wait_for(running, {"cn/2026": 701})
    assert found[-1].reflected[:2] == (Reflected(0, 500), Reflected(1, 500))
    with TopicReader(running.servers, [names.TOTALS], from_end=False) as reader:
        (message, *_) = reader.until_now()
    assert message.key == b"cn/2026"
    assert message.partition == partition_of("cn/2026", PARTITIONS)


def test_totals_survive_kills_and_rebalances_and_never_go_back(running: Rig) -> None:
    rnd = random.Random(6)
    script = iter([("start", "A"), ("start", "B"), ("SIGKILL", "A"), ("start", "A"), ("SIGTERM", "B"), ("start", "C"), ("broker", "")])
    known: dict[str, set[int]] = {scope: set() for scope in SCOPES}
    for entry in range(0, 7_000, 1_000):
        action, who = next(script)
        if action == "start":
            running.worker(who, APPLICATION)
        elif action == "broker":
            running.broker.kill()
            running.broker.start()
        else:
            running.workers[who].signal(signal.Signals[action])
        subjects = [seen(rnd.choice(SCOPES), rnd.randrange(2_000), entry + number) for number in range(1_000)]
        write(running, subjects)
        for one in subjects:
            known[one.scope].add(int(one.person[-9:]))
        time.sleep(2)
    found = wait_for(running, {scope: len(people) for scope, people in known.items()})
    assert all(order == sorted(order) for order in versions(found).values())


def test_a_record_that_nobody_can_read_stops_the_count_of_its_partition_alone(running: Rig) -> None:
    running.worker("A", APPLICATION)
    other = next(scope for scope in SCOPES if partition_of(scope, PARTITIONS) != partition_of("cn/2026", PARTITIONS))
    write(running, [seen("cn/2026", 1, 0), seen(other, 1, 1)])
    wait_for(running, {"cn/2026": 1, other: 1})
    producer = Producer({"bootstrap.servers": running.servers})
    producer.produce(names.SUBJECTS, b"junk", partition=partition_of("cn/2026", PARTITIONS))
    assert producer.flush(30) == 0
    write(running, [seen("cn/2026", 2, 4), seen(other, 2, 5)])
    wait_for(running, {"cn/2026": 1, other: 2})
    assert "the counter stands still" in running.workers["A"].log.read_text()
