"""Owns the consumer of subjects and the producer of totals: poll → the ``count`` agent → publish, in one thread of its own.

No transaction is needed: a set counts a person once however often a record is read. Each partition is read from its beginning when it is
assigned, so nothing but the log is state; what fails is closed, and everything is read again. As long as nobody counts, totals stand
still, the workers' own people pile up beside them, and the rules that ask for the number hold.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, Final

import faust
import structlog
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, Producer, TopicPartition
from mode import Service

from schemas.cloudevents import headers
from schemas.codec import Codec
from schemas.records import Totals
from streams import names
from streams.agents.count import Batch, Counter, Tally, counting
from streams.channel import Exchange, TickChannel
from streams.clients import consumer_properties
from streams.settings import KafkaSettings, Settings

PUBLISH_EVERY_S: Final = 0.25
_IDLE_S: Final = 60.0  # a day may have begun, and with it people leave a window of twelve months
_POLL_S: Final = 0.1
_RECORDS_MAX: Final = 5_000
_RETRY_S: Final = 5.0
_FLUSH_S: Final = 10.0

_log = structlog.get_logger("carnet.counting")
_client_log = logging.getLogger("librdkafka")


class SubjectChannel(TickChannel):
    """Carries what one poll of the subjects brought."""

    def get_topic_name(self) -> str:
        """Name the channel in Faust's own listings."""
        return "carnet.people"


class CountingService(Service):
    """A Faust service that feeds batches of subjects to ``count`` and publishes the totals that come back.

    Args:
        settings: How to reach Kafka.
        codec: Encodes totals.
        source: CloudEvents source, as ``carnet.example/audit``.
        count: Hands a batch to the agent and awaits its tally.

    Attributes:
        assigned: Partitions that are counted here.
        stuck: Those among them that hold a record nobody can read.
    """

    def __init__(self, settings: KafkaSettings, codec: Codec, source: str, count: Callable[[Batch], Any], **options: Any) -> None:
        super().__init__(**options)
        self._settings = settings
        self._codec = codec
        self._source = source
        self._count = count
        self._stopping = threading.Event()
        self._opened: set[int] = set()
        self._closed: set[int] = set()
        self._is_due = False
        self._published_s = 0.0
        self._refused: KafkaError | None = None
        self._producer: Producer
        self.assigned: frozenset[int] = frozenset()
        self.stuck: frozenset[int] = frozenset()

    async def on_start(self) -> None:
        """Start the thread that counts."""
        self._event_loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._run, name="carnet-count", daemon=True)
        self._thread.start()

    async def on_stop(self) -> None:
        """Leave the group, end the thread."""
        self._stopping.set()
        await self._event_loop.run_in_executor(None, self._thread.join, 15)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._serve()
            except Exception as failure:  # noqa: BLE001 (whatever it is: totals stand still, and all is read again)
                code = failure.args[0].name() if isinstance(failure, KafkaException) else ""
                _log.warning("counting begins anew", error=type(failure).__name__, code=code)
                self._stopping.wait(_RETRY_S)

    def _serve(self) -> None:
        """Count until told to stop, or until something fails."""
        self._closed |= self.assigned | self._opened
        self._opened, self._is_due, self._published_s = set(), False, 0.0
        self.assigned, self.stuck, self._refused = frozenset(), frozenset(), None
        self._producer = producer = Producer(producer_properties(self._settings), logger=_client_log)
        consumer = Consumer(subject_properties(self._settings), logger=_client_log)
        try:
            consumer.subscribe([names.SUBJECTS], on_assign=self._assign, on_revoke=self._revoke, on_lost=self._revoke)
            while not self._stopping.is_set():
                self._step(consumer, producer)
        finally:
            consumer.close()
            producer.flush(_FLUSH_S)

    def _step(self, consumer: Consumer, producer: Producer) -> None:
        """One round: poll, count, publish what is due."""
        batch = self._batch(consumer.consume(_RECORDS_MAX, _POLL_S))
        if batch.records or batch.ends or batch.opened or batch.closed or batch.now_ms is not None:
            tally: Tally = asyncio.run_coroutine_threadsafe(self._count(batch), self._event_loop).result()
            if tally.stuck - self.stuck:
                _log.error("subjects cannot be read: the counter stands still", partitions=sorted(tally.stuck))
            self.stuck = tally.stuck
            self._is_due = tally.pending
            for number, totals in tally.totals:
                self._publish(producer, number, totals)
        producer.poll(0)
        if self._refused is not None:
            raise KafkaException(self._refused)

    def _batch(self, messages: Iterable[Any]) -> Batch:
        """Sort what was polled; a rebalance may have been served meanwhile, and what is not ours is dropped."""
        records: dict[int, list[tuple[int, bytes | None]]] = {}
        ends: set[int] = set()
        for message in messages:
            failure, number = message.error(), message.partition()
            if failure is None:
                records.setdefault(number, []).append((message.offset(), message.value()))
                ends.discard(number)
            elif failure.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 (librdkafka's own name for it)
                ends.add(number)
            elif failure.fatal():
                raise KafkaException(failure)
            else:
                _log.warning("consume failed", code=failure.name())
        opened, closed = frozenset(self._opened), frozenset(self._closed)
        self._opened, self._closed = set(), set()
        mine = {number: group for number, group in records.items() if number in self.assigned}
        is_due = self._is_due or bool(mine) or bool(ends)
        return Batch(mine, ends & self.assigned, opened & self.assigned, closed, self._time_to_publish(is_due=is_due))

    def _time_to_publish(self, *, is_due: bool) -> int | None:
        """Return the time if something became known and the last totals are not too young, or if all was quiet for long."""
        passed_s = time.monotonic() - self._published_s
        if passed_s < (PUBLISH_EVERY_S if is_due else _IDLE_S):
            return None
        self._published_s = time.monotonic()
        return round(time.time() * 1_000)

    def _publish(self, producer: Producer, number: int, totals: Totals) -> None:
        notes: Any = headers(totals, f"{totals.scope}@{totals.version}", self._source, totals.at_ms)
        value = self._codec.encode(totals)
        producer.produce(names.TOTALS, value, key=totals.scope.encode(), partition=number, headers=notes, on_delivery=self._note_delivery)

    def _note_delivery(self, failure: KafkaError | None, _message: Any) -> None:
        """A total that was not written is published again by beginning anew."""
        if failure is not None:
            self._refused = failure

    def _assign(self, consumer: Consumer, places: list[TopicPartition]) -> None:
        numbers = {place.partition for place in places}
        consumer.incremental_assign([TopicPartition(names.SUBJECTS, number, OFFSET_BEGINNING) for number in sorted(numbers)])
        self._opened |= numbers
        self.assigned |= numbers
        _log.info("counts partitions", partitions=sorted(numbers))

    def _revoke(self, consumer: Consumer, places: list[TopicPartition]) -> None:
        # What was published must lie in the log before another counter publishes more.
        self._producer.flush(_FLUSH_S)
        numbers = {place.partition for place in places}
        self._opened -= numbers
        self._closed |= numbers
        self.assigned -= numbers
        consumer.incremental_unassign(places)


def counting_service(app: faust.App, settings: Settings, codec: Codec) -> CountingService:
    """Return the service that counts, with its agent on the app; the boot strategy starts both."""
    channel = SubjectChannel(app)
    exchange: Any = Exchange(channel)  # typed for ticks; it carries whatever its channel does
    counter = Counter(codec, settings.people.exact_max)
    app.agent(channel, name="count")(counting(counter.take, exchange))
    return CountingService(settings.kafka, codec, settings.audit.origin, exchange.decide)


def subject_properties(settings: KafkaSettings) -> dict[str, Any]:
    """Return librdkafka's properties of the consumer of subjects; its group is that of the workers with ``-count`` behind it."""
    own = {
        "group.id": f"{settings.group_id}-count",
        # Every assignment says where to begin: no offset is ever committed.
        "auto.offset.reset": "earliest",
        "enable.partition.eof": True,
    }
    return consumer_properties(settings) | own


def producer_properties(settings: KafkaSettings) -> dict[str, Any]:
    """Return librdkafka's properties of the idempotent producer of totals: in order, none twice."""
    own = {
        "bootstrap.servers": settings.bootstrap_servers,
        "enable.idempotence": True,
        "linger.ms": 1,
        "compression.type": "lz4",
        "message.timeout.ms": settings.transaction_timeout_ms,
    }
    return own | {key: value for key, value in settings.properties.items() if key != "group.protocol"}
