"""Kafka headers that make an output a CloudEvent, so that a gateway can route it without knowing Avro.

Source: CloudEvents 1.0.2, Kafka Protocol Binding 1.0.2, binary content mode: attributes are headers with the prefix ``ce_``, UTF-8.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from schemas.records import Record
from schemas.shapes import NAMESPACE

Headers = list[tuple[str, bytes]]

_SPEC_VERSION = ("ce_specversion", b"1.0")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def headers(record: Record, ce_id: str, source: str, at_ms: int) -> Headers:
    """The headers of one output: ``ce_specversion``, ``ce_type``, ``ce_source``, ``ce_id`` and ``ce_time``.

    Args:
        record: What is written; its schema's full name is the type.
        ce_id: Unique for this source and type, the same on every replay.
        source: URI reference that names this deployment.
        at_ms: Time of the record in milliseconds since the Unix epoch. A time outside of the years 1 to 9999 has no RFC 3339
            form, and a producer may send any number: then ``ce_time``, which is optional, is left out.
    """
    constant = _constant(type(record).__name__, source)
    second = _second(at_ms // 1000)
    if second is None:
        return [*constant, ("ce_id", ce_id.encode())]
    return [*constant, ("ce_id", ce_id.encode()), ("ce_time", b"%s.%03dZ" % (second, at_ms % 1000))]


@lru_cache(maxsize=64)
def _constant(record_name: str, source: str) -> tuple[tuple[str, bytes], ...]:
    return _SPEC_VERSION, ("ce_type", f"{NAMESPACE}.{record_name}".encode()), ("ce_source", source.encode())


@lru_cache(maxsize=64)
def _second(seconds: int) -> bytes | None:
    """RFC 3339 in UTC without the fraction and the Z: records of one tick share a few seconds."""
    try:
        moment = _EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        return None
    return moment.replace(tzinfo=None).isoformat(timespec="seconds").encode()
