"""The properties of the two librdkafka clients of a worker."""

from __future__ import annotations

from typing import Any

from streams import names
from streams.settings import KafkaSettings


def consumer_properties(settings: KafkaSettings) -> dict[str, Any]:
    """Return librdkafka's properties of the inbound consumer."""
    properties: dict[str, Any] = {
        "bootstrap.servers": settings.bootstrap_servers,
        "group.id": settings.group_id,
        "enable.auto.commit": False,
        "isolation.level": "read_committed",
        # A start position is always given; a position that retention removed is lost data, and must not be skipped silently.
        "auto.offset.reset": "error",
        "fetch.wait.max.ms": 50,
        "partition.assignment.strategy": "cooperative-sticky",
        "session.timeout.ms": settings.session_timeout_ms,
        "heartbeat.interval.ms": settings.heartbeat_interval_ms,
        "max.poll.interval.ms": 300_000,
    }
    if settings.properties.get("group.protocol") == "consumer":
        # KIP-848: assignor, session and heartbeat are the broker's.
        for name in ("partition.assignment.strategy", "session.timeout.ms", "heartbeat.interval.ms"):
            del properties[name]
    return properties | settings.properties


def producer_properties(settings: KafkaSettings, instance: str) -> dict[str, Any]:
    """Return librdkafka's properties of the transactional producer.

    ``retry.backoff.ms`` of 2 instead of 100: the coordinator answers CONCURRENT_TRANSACTIONS while the markers of the transaction
    before are written, and a back-off of 100 ms shows as the tail of the latency.
    """
    return {
        "bootstrap.servers": settings.bootstrap_servers,
        "transactional.id": f"{settings.group_id}-{instance}",
        "transaction.timeout.ms": settings.transaction_timeout_ms,
        "message.timeout.ms": settings.transaction_timeout_ms,
        "linger.ms": 1,
        "retry.backoff.ms": 2,
        "retry.backoff.max.ms": 50,
        "compression.type": "lz4",
        "queue.buffering.max.messages": 1_000_000,
        "message.max.bytes": names.RECORD_BYTES_MAX,
    } | {key: value for key, value in settings.properties.items() if key != "group.protocol"}
