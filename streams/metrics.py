"""What Prometheus reads; labels are types, actions and codes, never text, ids of customers or of streams."""

from __future__ import annotations

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge

from streams.tick import Outcome
from streams.transaction import Vital

REGISTRY: Final = CollectorRegistry()
_COUNTERS: Final = {
    "segments": Counter("carnet_segments", "Segments decided, by action", ["action"], registry=REGISTRY),
    "findings": Counter("carnet_findings", "Findings, by entity type", ["entity_type"], registry=REGISTRY),
    "dead_letters": Counter("carnet_dead_letters", "Records set aside, by code", ["code"], registry=REGISTRY),
    "people": Counter("carnet_people", "People written to the counters, by law", ["law"], registry=REGISTRY),
    "reviews": Counter("carnet_reviews", "Answers to held text, by verdict or code", ["verdict"], registry=REGISTRY),
    "streams": Counter("carnet_streams", "Streams closed, by outcome", ["outcome"], registry=REGISTRY),
}
_OPEN: Final = Gauge("carnet_open_streams", "Streams open on this worker", registry=REGISTRY)
_ASSIGNED: Final = Gauge("carnet_assigned_partitions", "Partitions of this worker", registry=REGISTRY)
_TICKS: Final = Gauge("carnet_ticks", "Ticks committed since the start", registry=REGISTRY)
_RECORDS: Final = Gauge("carnet_inbound_records", "Inbound records decided since the start", registry=REGISTRY)
_TRANSACTION: Final = Gauge("carnet_transaction_seconds", "Seconds spent in committed transactions since the start", registry=REGISTRY)
_GIVEN_UP: Final = Gauge("carnet_transactions_given_up", "Transactions given up since the start", registry=REGISTRY)
_POISONED: Final = Gauge("carnet_poisoned_records", "Records on which a detector failed since the start", registry=REGISTRY)


def observe(outcome: Outcome) -> None:
    """Count a committed outcome."""
    for (metric, label), by in outcome.counts.items():
        _COUNTERS[metric].labels(label).inc(by)


def refresh(vital: Vital, open_streams: int) -> None:
    """Bring the gauges up to date; called when somebody reads them."""
    _OPEN.set(open_streams)
    _ASSIGNED.set(len(vital.assigned))
    _TICKS.set(vital.ticks)
    _RECORDS.set(vital.records)
    _TRANSACTION.set(vital.transaction_s)
    _GIVEN_UP.set(vital.given_up)
    _POISONED.set(vital.poisoned)
