"""Reads the state of a partition back from the log, up to the tick that was committed last.

The committed offset names, in its metadata, the state offset from which a restore must read; both were committed in one
transaction. So the time of a restore is bounded by the open streams, not by the age of the pipeline.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

import structlog
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, TopicPartition

from schemas.errors import InvariantError
from streams import names
from streams.names import PROGRESS_KEY
from streams.settings import KafkaSettings

_SETTLE_S: Final = 60.0
_COMMITTED_S: Final = 120.0

_log = structlog.get_logger("carnet.restore")


class StateReader:
    """Restores partitions.

    Args:
        settings: How to reach Kafka.
        restore: Is given number, next inbound offset and the live state records of each partition.
        next_offset_of: Reads the inbound offset out of a progress record.

    Attributes:
        starts: Partition → state offset from which a restore reads.
    """

    def __init__(
        self,
        settings: KafkaSettings,
        restore: Callable[[int, int, list[tuple[bytes, bytes]]], None],
        next_offset_of: Callable[[bytes], int],
    ) -> None:
        self._settings = settings
        self._restore = restore
        self._next_offset_of = next_offset_of
        self.starts: dict[int, int] = {}

    def restore(self, consumer: Consumer, numbers: list[int]) -> list[TopicPartition]:
        """Restore partitions and return where the inbound consumer goes on in each."""
        if not numbers:
            return []
        reader = Consumer(self._properties())
        try:
            return [
                TopicPartition(names.INFERENCE, committed.partition, self._one(consumer, reader, committed))
                for committed in self._stable(consumer, [TopicPartition(names.INFERENCE, number) for number in numbers])
            ]
        finally:
            reader.close()

    def _one(self, consumer: Consumer, reader: Consumer, committed: TopicPartition) -> int:
        number = committed.partition
        offset = committed.offset if committed.offset >= 0 else None
        start = int(committed.metadata) if offset is not None and committed.metadata else 0
        live = self._read(reader, number, start, offset)
        progress = live.get(PROGRESS_KEY)
        if progress is not None:
            # Without a committed offset (the group expired) the state says itself how far the partition has come.
            next_offset = self._next_offset_of(progress)
        else:
            next_offset, _ = consumer.get_watermark_offsets(TopicPartition(names.INFERENCE, number), 30)
        self.starts[number] = start
        self._restore(number, next_offset, list(live.items()))
        return next_offset

    def _read(self, reader: Consumer, number: int, start: int, offset: int | None) -> dict[bytes, bytes]:
        """Return the newest value of each key, as soon as the progress record is as far as the committed offset.

        Until then a transaction of a dead worker is still settling: its markers reach the partitions one after another.
        """
        live: dict[bytes, bytes] = {}
        began = time.monotonic()
        reader.assign([TopicPartition(names.STATE, number, start or OFFSET_BEGINNING)])
        while True:
            for message in reader.consume(2_000, 0.05):
                failure = message.error()
                if failure is None:
                    key, value = message.key() or b"", message.value()
                    live.pop(key, None)
                    if value is not None:
                        live[key] = value
                elif failure.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 (librdkafka's own name for it)
                    progress = live.get(PROGRESS_KEY)
                    if offset is None or (progress is not None and self._next_offset_of(progress) == offset):
                        return live
                else:
                    _log.warning("state read failed", code=failure.name())
            if time.monotonic() - began > _SETTLE_S:
                seen = live.get(PROGRESS_KEY)
                at = None if seen is None else self._next_offset_of(seen)
                raise InvariantError(f"state of partition {number} stands at {at}, the committed offset is {offset}")

    @staticmethod
    def _stable(consumer: Consumer, places: list[TopicPartition]) -> list[TopicPartition]:
        """Return committed offsets, waiting for those that a dying transaction still holds open."""
        began = time.monotonic()
        while True:
            try:
                committed = consumer.committed(places, 30)
            except KafkaException as failure:
                if time.monotonic() - began > _COMMITTED_S:
                    raise
                _log.warning("committed offsets not there yet", code=failure.args[0].name())
            else:
                for place in committed:
                    if place.error is not None:
                        raise KafkaException(place.error)
                return list(committed)

    def _properties(self) -> dict[str, Any]:
        own = {
            "bootstrap.servers": self._settings.bootstrap_servers,
            "group.id": f"{self._settings.group_id}-restore",
            "enable.auto.commit": False,
            "isolation.level": "read_committed",
            "auto.offset.reset": "earliest",
            "enable.partition.eof": True,
            "fetch.wait.max.ms": 5,
            "fetch.error.backoff.ms": 5,
        }
        return own | {key: value for key, value in self._settings.properties.items() if key != "group.protocol"}
