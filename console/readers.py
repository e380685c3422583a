"""Read topics as an outsider does: read_committed, without a consumer group, by kafka-python."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from schemas.errors import ConfigurationError, RetryableError

SILENCE_S = 30.0

# librdkafka's names, in which CARNET_KAFKA_PROPERTIES is written, and kafka-python's.
_NAMES = {
    "security.protocol": "security_protocol",
    "sasl.mechanism": "sasl_mechanism",
    "sasl.mechanisms": "sasl_mechanism",
    "sasl.username": "sasl_plain_username",
    "sasl.password": "sasl_plain_password",
    "ssl.ca.location": "ssl_cafile",
    "ssl.certificate.location": "ssl_certfile",
    "ssl.key.location": "ssl_keyfile",
    "ssl.key.password": "ssl_password",
}


def reader_settings(properties: Mapping[str, str]) -> dict[str, Any]:
    """Translate the librdkafka properties that say how to connect into kafka-python's; others concern other clients."""
    settings: dict[str, Any] = {_NAMES[name]: value for name, value in properties.items() if name in _NAMES}
    if properties.get("ssl.endpoint.identification.algorithm") == "none":
        settings["ssl_check_hostname"] = False
    return settings


@dataclass(frozen=True, slots=True)
class Message:
    """One record as it lies in the log."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    key: bytes | None
    value: bytes | None


class TopicReader:
    """All partitions of some topics, from the first record or from the end as it is now.

    Args:
        bootstrap_servers: Where the broker is.
        topics: Names; each must exist.
        from_end: Skip what is there already.
        properties: How to connect, in librdkafka's names.
    """

    def __init__(
        self, bootstrap_servers: str, topics: Sequence[str], *, from_end: bool, properties: Mapping[str, str] | None = None
    ) -> None:
        """Connect, and fix the starting positions before returning, so that nothing sent afterwards is missed.

        Raises:
            RetryableError: No broker answers.
            ConfigurationError: A topic is missing.
        """
        try:
            self._consumer = KafkaConsumer(
                bootstrap_servers=bootstrap_servers.split(","),
                client_id="carnet-console",
                group_id=None,
                enable_auto_commit=False,
                isolation_level="read_committed",
                auto_offset_reset="earliest",
                max_poll_records=2_000,
                bootstrap_timeout_ms=10_000,
                metrics_enabled=False,
                **reader_settings(properties or {}),
            )
        except KafkaError as failure:
            raise _no_answer(bootstrap_servers, failure) from None
        try:
            self.partitions = [TopicPartition(topic, number) for topic in topics for number in self._numbers(topic)]
            self._consumer.assign(self.partitions)
            if from_end:
                self._consumer.seek_to_end()
            else:
                self._consumer.seek_to_beginning()
            for partition in self.partitions:
                self._consumer.position(partition)
        except KafkaError as failure:
            self.close()
            raise _no_answer(bootstrap_servers, failure) from None
        except BaseException:
            self.close()  # nobody else has it: its thread would go on asking for the broker
            raise

    def _numbers(self, topic: str) -> list[int]:
        numbers = self._consumer.partitions_for_topic(topic)
        if not numbers:
            raise ConfigurationError(f"topic {topic} is missing: carnet topics create makes it")
        return sorted(numbers)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Disconnect."""
        self.close()

    def close(self) -> None:
        """Disconnect."""
        self._consumer.close()

    def poll(self, wait_s: float) -> list[Message]:
        """Return what has arrived, waiting at most ``wait_s`` seconds for the first; order is kept within a partition."""
        batches = self._consumer.poll(timeout_ms=int(wait_s * 1000))
        return [
            Message(found.topic, found.partition, found.offset, found.timestamp, found.key, found.value)
            for batch in batches.values()
            for found in batch
        ]

    def ends(self) -> dict[tuple[str, int], int]:
        """Return (topic, partition) → offset after the last record that a read_committed reader may see now."""
        found = self._consumer.end_offsets(self.partitions)
        return {(partition.topic, partition.partition): int(end) for partition, end in found.items()}

    def until_now(self) -> Iterator[Message]:
        """Yield everything up to the end of each partition as it is at the call, and stop.

        Raises:
            RetryableError: The broker went silent before the end was reached.
        """
        ends = self.ends()
        heard = time.monotonic()
        while any(self._consumer.position(partition) < ends[partition.topic, partition.partition] for partition in self.partitions):
            found = self.poll(0.5)
            for message in found:
                if message.offset < ends[message.topic, message.partition]:
                    yield message
            if found:
                heard = time.monotonic()
            elif time.monotonic() - heard > SILENCE_S:
                raise RetryableError(f"the broker sent nothing for {SILENCE_S:.0f} s before the end of the log was reached: carnet status")


def _no_answer(bootstrap_servers: str, failure: KafkaError) -> RetryableError:
    return RetryableError(f"no broker answers at {bootstrap_servers} ({type(failure).__name__}): carnet status, carnet up")
