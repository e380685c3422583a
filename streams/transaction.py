"""Owns librdkafka: poll → agent → one transaction → poll, in one thread (KIP-98, KIP-447).

So no rebalance callback can run inside a tick, and back-pressure is the loop itself. Outputs, state and consumed offsets of a tick
commit together or not at all. While the brokers commit one tick the next is decided on top of it; its transaction begins when the one
before has landed. Whatever fails, there is one way back: a new producer under the same id (which aborts what was open), the partitions
of both ticks restored from the log, and the consumer set to where they stand.
"""

from __future__ import annotations

import asyncio
import faulthandler
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any, Final

import structlog
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from mode import Service

from schemas.errors import CarnetError, InvariantError, RetryableError
from streams import names
from streams.clients import consumer_properties, producer_properties
from streams.controls import ControlReader
from streams.restore import StateReader
from streams.settings import KafkaSettings
from streams.tick import Control, Inbound, Outcome, Tick

EXIT_BROKEN: Final = 70
EXIT_HUNG: Final = 75
_POLL_S: Final = 0.1
_RETRY_S: Final = 1.0
_WATCH_EVERY_S: Final = 1.0

_log = structlog.get_logger("carnet.transaction")
_client_log = logging.getLogger("librdkafka")


@dataclass(slots=True)
class Vital:
    """What health and metrics read; written by the transaction's thread alone."""

    assigned: frozenset[int] = frozenset()
    restoring: bool = False
    beat: float = field(default_factory=time.monotonic)
    ticks: int = 0
    records: int = 0
    given_up: int = 0
    poisoned: int = 0
    transaction_s: float = 0.0
    busy_since: float | None = None
    committing_since: float | None = None


@dataclass(frozen=True, slots=True)
class _InFlight:
    """A tick whose transaction the brokers are committing; ``end`` gives where the state of rewritten partitions now begins."""

    tick: Tick
    outcome: Outcome
    started: float
    end: Future[dict[int, int]]


class TransactionalLog(Service):
    """A Faust service that feeds ticks to ``decide`` and commits their outcomes.

    Args:
        settings: How to reach Kafka.
        instance: Names the transactional id; unique and stable for a worker.
        decide: Hands a tick to the agent and awaits its outcome.
        restore: Takes a partition over: number, next offset, live state records.
        forget: Drops a partition.
        next_offset_of: Reads the inbound offset out of a progress record.
        next_review: Partition → where its reviews go on, once it is restored.
        control: Takes records of totals and mechanisms.
        committed: Is told every outcome that was committed.
        started: Called once, in the event loop, before the first tick.
    """

    def __init__(
        self,
        *,
        settings: KafkaSettings,
        instance: str,
        decide: Callable[[Tick], Any],
        restore: Callable[[int, int, list[tuple[bytes, bytes]]], None],
        forget: Callable[[int], None],
        next_offset_of: Callable[[bytes], int],
        next_review: Callable[[int], int],
        control: Callable[[list[Control]], None],
        committed: Callable[[Outcome], None],
        started: Callable[[], None],
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self._settings = settings
        self._instance = instance
        self._decide = decide
        self._forget = forget
        self._committed = committed
        self._started_hook = started
        self._reader = StateReader(settings, restore, next_offset_of)
        self._next_review = next_review
        self._controls = ControlReader(settings, control)
        self._positions: dict[int, int] = {}
        self._stopping = threading.Event()
        self._records_max = settings.tick_records_max
        self._poison: set[tuple[int, int]] = set()
        self._poison_reviews: set[tuple[int, int]] = set()
        self._in_flight: _InFlight | None = None
        self._committer = ThreadPoolExecutor(1, "carnet-commit")
        self._event_loop: asyncio.AbstractEventLoop
        self.vital = Vital()

    async def on_start(self) -> None:
        """Start the thread that owns Kafka, and its watchdog."""
        self._started_hook()
        self._event_loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._run, name="carnet-kafka", daemon=True)
        self._thread.start()
        threading.Thread(target=self._watch, name="carnet-watchdog", daemon=True).start()

    async def on_stop(self) -> None:
        """Let the running tick commit, leave the group, end the thread."""
        self._stopping.set()
        await self._event_loop.run_in_executor(None, self._thread.join, 15)

    def _watch(self) -> None:
        """End the process when a transaction hangs inside the client library (librdkafka issues 5456, 5511): no call returns then."""
        transaction_max_s = 1.5 * self._settings.transaction_timeout_ms / 1_000
        while not self._stopping.wait(_WATCH_EVERY_S):
            now = time.monotonic()
            committing, busy = self.vital.committing_since, self.vital.busy_since
            hung = "transaction" if committing is not None and now - committing > transaction_max_s else ""
            hung = hung or ("tick" if busy is not None and now - busy > self._settings.tick_age_ms_max / 1_000 else "")
            if hung:
                faulthandler.dump_traceback(file=sys.__stderr__ or 2)
                leave(EXIT_HUNG, f"{hung} hangs")

    def _run(self) -> None:
        try:
            self._producer = self._new_producer()
            self._consumer = Consumer(consumer_properties(self._settings), logger=_client_log)
            self._controls.open()
            self._consumer.subscribe([names.INFERENCE], on_assign=self._assign, on_revoke=self._revoke, on_lost=self._revoke)
            while not self._stopping.is_set():
                self.vital.beat = time.monotonic()
                self._step()
            self._land()
            self._consumer.close()
            self._controls.close()
        except CarnetError as failure:
            leave(EXIT_BROKEN, str(failure))
        except BaseException:  # noqa: BLE001 (whatever it is: the process must end, and the supervisor starts it anew)
            faulthandler.dump_traceback(file=sys.__stderr__ or 2)
            _log.exception("kafka thread failed")
            leave(EXIT_BROKEN, "the thread that owns Kafka failed")

    def _step(self) -> None:
        """One round: poll, decide, and begin to commit once the round before has landed."""
        records = self._poll()
        alone = bool(records) and self._records_max == 1  # a record that fails is looked for: it must stand alone
        reviews = {} if alone else self._controls.poll(self._records_max)
        if not records and not reviews:
            self._land()
            return
        tick = Tick(records, frozenset(self._poison), reviews, frozenset(self._poison_reviews))
        if self._in_flight is not None and self._in_flight.end.done() and not self._land():
            self._rewind(tick)
            return
        self.vital.busy_since = time.monotonic()
        try:
            outcome = asyncio.run_coroutine_threadsafe(self._decide(tick), self._event_loop).result()
        except Exception as failure:  # noqa: BLE001 (isolated below, or the worker ends)
            if self._land():
                self._isolate(tick, failure)
            else:
                self._rewind(tick)
        else:
            if self._land():
                self._commit(tick, outcome)
            else:
                self._rewind(tick)
        finally:
            self.vital.busy_since = None

    def _poll(self) -> dict[int, list[Inbound]]:
        first = self._consumer.poll(_POLL_S)
        messages: list[Any] = [first, *self._consumer.consume(self._records_max - 1, 0)] if first else []
        records: dict[int, list[Inbound]] = {}
        for message in messages:
            failure = message.error()
            if failure is not None:
                self._refuse(failure)
                continue
            records.setdefault(message.partition(), []).append(
                Inbound(message.offset(), message.timestamp()[1], message.key(), message.value())
            )
        # A rebalance may have been served inside poll or consume: what is no longer ours must not be decided.
        return {number: group for number, group in records.items() if number in self.vital.assigned}

    def _refuse(self, failure: KafkaError) -> None:
        if failure.code() == KafkaError._AUTO_OFFSET_RESET:  # noqa: SLF001 (librdkafka's own name for it)
            raise InvariantError("the committed offset left carnet.inference.v1: retention removed records that were not decided")
        if failure.fatal():
            raise KafkaException(failure)
        _log.warning("consume failed", code=failure.name())

    def _isolate(self, tick: Tick, failure: Exception) -> None:
        """Halve the ticks until the record that fails stands alone; then it is set aside, and the partition goes on."""
        count = tick.size
        if isinstance(failure, InvariantError):
            raise failure
        _log.warning("tick failed", error=type(failure).__name__, records=count)
        if isinstance(failure, RetryableError):
            self._stopping.wait(_RETRY_S)
            self._rewind(tick)
            return
        if count == 1:
            where = next((number, group[0].offset) for number, group in (tick.records or tick.reviews).items())
            poison = self._poison if tick.records else self._poison_reviews
            if where in poison:
                raise InvariantError(f"record {where} fails even when it is set aside ({type(failure).__name__})")
            poison.add(where)
            self.vital.poisoned += 1
        self._records_max = max(1, count // 2)
        self._rewind(tick)

    def _commit(self, tick: Tick, outcome: Outcome) -> None:
        """Hand all of a tick to the producer in one transaction, and let it be committed while the next tick is decided."""
        started = time.monotonic()
        self.vital.committing_since = started
        end: Future[dict[int, int]]
        try:
            rewritten = self._fill_transaction(outcome)
            # The metadata must be taken here and now: taken earlier it is stale under KIP-848, taken in another thread it blocks.
            metadata = self._consumer.consumer_group_metadata()
        except KafkaException as failure:
            self.vital.committing_since = None
            end = Future()
            end.set_exception(failure)
        else:
            end = self._committer.submit(self._end_transaction, self._producer, tick, metadata, rewritten)
        self._in_flight = _InFlight(tick, outcome, started, end)

    def _fill_transaction(self, outcome: Outcome) -> dict[int, int]:
        """Begin a transaction and give it everything; return where rewritten state begins, filled as it is acknowledged."""
        producer = self._producer
        producer.begin_transaction()
        for item in outcome.outputs:
            headers: Any = item.headers
            producer.produce(item.topic, item.value, key=item.key, partition=item.partition, headers=headers)
        rewritten: dict[int, int] = {}
        for number, pairs in outcome.snapshots.items():
            for position, (key, value) in enumerate(pairs):
                if position == 0 and number in outcome.rewritten:
                    producer.produce(names.STATE, value, key=key, partition=number, on_delivery=_note_offset(rewritten))
                else:
                    producer.produce(names.STATE, value, key=key, partition=number)
        return rewritten

    def _end_transaction(self, producer: Producer, tick: Tick, metadata: Any, rewritten: dict[int, int]) -> dict[int, int]:
        """Wait for the acknowledgements and commit; in a thread of its own."""
        timeout_s = self._settings.transaction_timeout_ms / 1_000
        try:
            if producer.flush(timeout_s):
                raise KafkaException(KafkaError(KafkaError._TIMED_OUT, "outputs were not acknowledged"))  # noqa: SLF001
            starts = self._reader.starts | rewritten
            offsets = [
                TopicPartition(names.INFERENCE, number, self._position_after(tick, number), metadata=str(starts[number]))
                for number in tick.partitions
            ]
            producer.send_offsets_to_transaction(offsets, metadata, timeout_s)
            producer.commit_transaction(timeout_s)
        finally:
            self.vital.committing_since = None
        return rewritten

    def _position_after(self, tick: Tick, number: int) -> int:
        """Return where the inbound partition goes on after a tick; where it stood, if the tick has reviews of it alone."""
        group = tick.records.get(number)
        return group[-1].offset + 1 if group else self._positions[number]

    def _land(self) -> bool:
        """Wait for the transaction in flight; tell whether it was committed (or there was none). If not, its partitions are restored."""
        flight, self._in_flight = self._in_flight, None
        if flight is None:
            return True
        try:
            rewritten = flight.end.result()
        except KafkaException as failure:
            _log.warning("transaction given up", code=failure.args[0].name())
            self.vital.given_up += 1
            self._producer = self._new_producer()
            self._rewind(flight.tick)
            return False
        self._reader.starts.update(rewritten)
        self._positions.update({number: self._position_after(flight.tick, number) for number in flight.tick.partitions})
        self._poison = {where for where in self._poison if not _covers(flight.tick.records, where)}
        self._poison_reviews = {where for where in self._poison_reviews if not _covers(flight.tick.reviews, where)}
        self._records_max = min(self._settings.tick_records_max, 2 * self._records_max)
        self.vital.ticks += 1
        self.vital.records += flight.tick.size
        self.vital.transaction_s += time.monotonic() - flight.started
        self._committed(flight.outcome)
        return True

    def _new_producer(self) -> Producer:
        """Return a producer under our transactional id: fences an older one, and aborts what it left open."""
        while True:
            try:
                producer = Producer(producer_properties(self._settings, self._instance), logger=_client_log)
                producer.init_transactions(30)
            except KafkaException as failure:
                if failure.args[0].fatal() or self._stopping.is_set():
                    raise
                _log.warning("init_transactions failed", code=failure.args[0].name())
            else:
                return producer

    def _rewind(self, tick: Tick) -> None:
        """Take the partitions of a tick that was not committed back to where the log has them."""
        self._poison |= tick.poison
        self._poison_reviews |= tick.poison_reviews
        mine = [number for number in tick.partitions if number in self.vital.assigned]
        for number in mine:
            self._forget(number)
        for place in self._start(mine):
            self._consumer.seek(place)

    def _start(self, numbers: list[int]) -> list[TopicPartition]:
        self.vital.restoring = True
        try:
            places = self._reader.restore(self._consumer, numbers)
            for place in places:
                self._positions[place.partition] = place.offset
                self._controls.follow(place.partition, self._next_review(place.partition))
            return places
        finally:
            self.vital.restoring = False

    def _assign(self, consumer: Consumer, places: list[TopicPartition]) -> None:
        started = time.monotonic()
        numbers = sorted(place.partition for place in places)
        consumer.incremental_assign(self._start(numbers))
        self.vital.assigned |= set(numbers)
        _log.info("partitions assigned", partitions=numbers, seconds=round(time.monotonic() - started, 3))

    def _revoke(self, consumer: Consumer, places: list[TopicPartition]) -> None:
        if self._in_flight is not None:
            wait([self._in_flight.end])  # it lands, or is found to have failed, after the poll that called us
        numbers = sorted(place.partition for place in places)
        self.vital.assigned -= set(numbers)
        for number in numbers:
            self._forget(number)
        self._controls.leave(numbers)
        consumer.incremental_unassign(places)
        _log.info("partitions revoked", partitions=numbers)


def _covers(polled: Mapping[int, list[Inbound]], where: tuple[int, int]) -> bool:
    """Tell whether the record at (partition, offset) is among those polled, or before them."""
    records = polled.get(where[0])
    return records is not None and records[-1].offset >= where[1]


def _note_offset(into: dict[int, int]) -> Callable[[KafkaError | None, Any], None]:
    def note(failure: KafkaError | None, message: Any) -> None:
        if failure is None:
            into[message.partition()] = message.offset()

    return note


def leave(code: int, reason: str) -> None:
    """End the process at once, from whichever thread: nothing that is not committed counts."""
    _log.error("worker leaves", code=code, reason=reason)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
