"""Reads what decides beside the inbound log: totals and mechanisms whole and onwards, reviews of the partitions that are ours.

One plain consumer without a group. Where the reviews of a partition go on stands in the partition's progress record, which commits with
everything else: so a review counts once, as an inbound record does.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from typing import Any, Final

import structlog
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, TopicPartition

from schemas.errors import RetryableError
from streams import names
from streams.settings import KafkaSettings
from streams.tick import Control, Inbound

_CONTROLS: Final = (names.TOTALS, names.MECHANISMS)
_WHOLE_S: Final = 60.0
_BATCH: Final = 1_000

_log = structlog.get_logger("carnet.controls")


class ControlReader:
    """Hands over control records as they come, and reviews when asked.

    Args:
        settings: How to reach Kafka.
        take: Is given control records in the order of their partitions; in the thread that calls ``open`` and ``poll``.
    """

    def __init__(self, settings: KafkaSettings, take: Callable[[list[Control]], None]) -> None:
        self._settings = settings
        self._take = take
        self._followed: dict[int, int] = {}
        self._consumer: Consumer

    def open(self) -> None:
        """Read the compacted topics to their present end, so that the first tick is decided on the whole of them.

        Raises:
            RetryableError: They could not be read within a minute.
        """
        self._consumer = Consumer(self._properties())
        found = self._consumer.list_topics(timeout=30).topics
        places = [TopicPartition(topic, number, OFFSET_BEGINNING) for topic in _CONTROLS for number in found[topic].partitions]
        self._consumer.incremental_assign(places)
        unread = {(place.topic, place.partition) for place in places}
        began = time.monotonic()
        while unread:
            for message in self._consumer.consume(_BATCH, 0.05):
                failure = message.error()
                if failure is None:
                    self._take([_control(message)])
                elif failure.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 (librdkafka's own name for it)
                    unread.discard((message.topic(), message.partition()))
                else:
                    _log.warning("control read failed", code=failure.name())
            if time.monotonic() - began > _WHOLE_S:
                raise RetryableError(f"{len(unread)} partitions of totals and mechanisms were not read within {_WHOLE_S:.0f} s")

    def follow(self, number: int, offset: int) -> None:
        """Read the reviews of a partition from an offset on; anew if it was followed before."""
        place = TopicPartition(names.REVIEWS, number, offset)
        if number in self._followed:
            self._consumer.incremental_unassign([place])
        self._consumer.incremental_assign([place])
        self._followed[number] = offset

    def leave(self, numbers: Collection[int]) -> None:
        """Read the reviews of these partitions no longer."""
        places = [TopicPartition(names.REVIEWS, number) for number in numbers if self._followed.pop(number, None) is not None]
        if places:
            self._consumer.incremental_unassign(places)

    def poll(self, reviews_max: int) -> dict[int, list[Inbound]]:
        """Hand over the control records that came, and return the reviews that came, at most so many; does not wait."""
        controls: list[Control] = []
        reviews: dict[int, list[Inbound]] = {}
        for message in self._consumer.consume(max(1, reviews_max), 0):
            failure = message.error()
            if failure is not None:
                if failure.fatal():
                    raise KafkaException(failure)
                if failure.code() != KafkaError._PARTITION_EOF:  # noqa: SLF001 (librdkafka's own name for it)
                    _log.warning("control read failed", code=failure.name())
            elif message.topic() != names.REVIEWS:
                controls.append(_control(message))
            else:
                self._sort(message, reviews)
        if controls:
            self._take(controls)
        return reviews

    def _sort(self, message: Any, reviews: dict[int, list[Inbound]]) -> None:
        """Keep a review of a partition that is followed, once: what was fetched before a new start comes again."""
        number, offset = message.partition(), message.offset()
        if self._followed.get(number, offset + 1) <= offset:
            self._followed[number] = offset + 1
            reviews.setdefault(number, []).append(Inbound(offset, message.timestamp()[1], message.key(), message.value()))

    def close(self) -> None:
        """Leave."""
        self._consumer.close()

    def _properties(self) -> dict[str, Any]:
        own = {
            "bootstrap.servers": self._settings.bootstrap_servers,
            "group.id": f"{self._settings.group_id}-controls",
            "enable.auto.commit": False,
            "isolation.level": "read_committed",
            "auto.offset.reset": "earliest",
            "enable.partition.eof": True,
        }
        return own | {key: value for key, value in self._settings.properties.items() if key != "group.protocol"}


def _control(message: Any) -> Control:
    return Control(message.topic(), message.partition(), message.key() or b"", message.value())
