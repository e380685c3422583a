"""Count what passes through the pipeline: pure, fed with the records of the topics."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass

from console.account import WITHHOLDING
from console.labels import Labels
from schemas.records import AuditEntry, DeliveryRecord, Record, RequestOpened, StreamClosed, TokenChunk

LATENCIES_KEPT = 10_000
STREAMS_KEPT = 20_000
EARLY_KEPT = 100
ANSWERED = ":r"  # behind the id of a delivery that a human let go: how long that took is no latency


@dataclass(frozen=True, slots=True)
class Counts:
    """A reading of the tally; latencies are milliseconds between two Kafka record timestamps, None until there is one.

    Attributes:
        verdicts: Destination → action → decisions.
        rules: Destination → rule → decisions that it fired in and that did not just release.
    """

    streams_opened: int
    streams_closed: int
    tokens: int
    deliveries: int
    actions: dict[str, int]
    findings: dict[str, int]
    labels: dict[str, int]
    redactions: int
    held: int
    dead_letters: int
    latency_p50_ms: int | None
    latency_p99_ms: int | None
    verdicts: dict[str, dict[str, int]]
    rules: dict[str, dict[str, int]]


def percentile(ordered: list[int], share: float) -> int | None:
    """Return the nearest-rank percentile of an ascending list, None if it is empty."""
    if not ordered:
        return None
    return ordered[min(len(ordered) - 1, max(0, -(-int(share * len(ordered) * 1000) // 1000) - 1))]


class Tally:
    """Counts records of the inbound, delivery and audit topics, in any order across topics.

    The latency of a delivery is its record timestamp less that of the last chunk it covers: what the pipeline added,
    hold-back included. Both ends are remembered within bounds, so that it may run for days.
    """

    def __init__(self) -> None:
        """Start at nothing."""
        self._opened = self._closed = self._tokens = self._deliveries = self._redactions = self._held = self._dead = 0
        self._actions: Counter[str] = Counter()
        self._findings: Counter[str] = Counter()
        self._verdicts: dict[str, Counter[str]] = {}
        self._rules: dict[str, Counter[str]] = {}
        self._labels = Labels()
        self._latencies: deque[int] = deque(maxlen=LATENCIES_KEPT)
        self._arrivals: dict[str, dict[int, int]] = {}
        self._early: dict[str, list[tuple[int, int]]] = {}

    def note(self, record: Record, timestamp_ms: int) -> None:
        """Take in one record."""
        match record:
            case RequestOpened():
                self._opened += 1
                self._arrivals[record.stream_id] = {}
                if len(self._arrivals) > STREAMS_KEPT:
                    del self._arrivals[next(iter(self._arrivals))]
            case TokenChunk():
                self._tokens += record.token_count
                self._note_arrival(record, timestamp_ms)
            case StreamClosed():
                self._closed += 1
            case DeliveryRecord():
                self._note_delivery(record, timestamp_ms)
            case AuditEntry():
                self._note_entry(record)
            case _:
                pass

    def _note_arrival(self, chunk: TokenChunk, timestamp_ms: int) -> None:
        arrivals = self._arrivals.get(chunk.stream_id)
        if arrivals is not None:
            arrivals[chunk.sequence] = timestamp_ms
        # The reader may see a delivery before the chunk that it covers: the topics are fetched apart.
        for sequence, delivered_ms in self._early.pop(chunk.stream_id, ()):
            self._note_latency(chunk.stream_id, sequence, delivered_ms)

    def _note_delivery(self, delivery: DeliveryRecord, timestamp_ms: int) -> None:
        self._deliveries += 1
        self._actions[delivery.action] += 1
        self._redactions += len(delivery.redactions)
        if delivery.action in WITHHOLDING:
            self._held += 1
        elif not delivery.delivery_id.endswith(ANSWERED):
            self._note_latency(delivery.stream_id, delivery.sequence_to, timestamp_ms)
        if delivery.is_last and delivery.stream_id not in self._early:
            self._arrivals.pop(delivery.stream_id, None)

    def _note_latency(self, stream_id: str, sequence: int, delivered_ms: int) -> None:
        arrived = self._arrivals.get(stream_id, {}).get(sequence)
        if arrived is not None:
            self._latencies.append(max(0, delivered_ms - arrived))
        elif stream_id in self._early or len(self._early) < STREAMS_KEPT:
            waiting = self._early.setdefault(stream_id, [])
            if len(waiting) < EARLY_KEPT:  # a stream that was opened before we looked never catches up
                waiting.append((sequence, delivered_ms))

    def _note_entry(self, entry: AuditEntry) -> None:
        self._labels.note(entry)
        decision = entry.decision
        if decision is not None:
            self._findings.update(finding.entity_type for finding in decision.findings)
            self._verdicts.setdefault(decision.destination, Counter())[decision.action] += 1
            if decision.action != "release":
                self._rules.setdefault(decision.destination, Counter()).update(rule.id for rule in decision.rules)
        if entry.dead_letter is not None:
            self._dead += 1

    def counts(self) -> Counts:
        """Return the reading now."""
        ordered = sorted(self._latencies)
        return Counts(
            streams_opened=self._opened,
            streams_closed=self._closed,
            tokens=self._tokens,
            deliveries=self._deliveries,
            actions=dict(self._actions),
            findings=dict(self._findings.most_common()),
            labels=dict(self._labels.counts.most_common()),
            redactions=self._redactions,
            held=self._held,
            dead_letters=self._dead,
            latency_p50_ms=percentile(ordered, 0.50),
            latency_p99_ms=percentile(ordered, 0.99),
            verdicts={place: dict(found) for place, found in sorted(self._verdicts.items())},
            rules={place: dict(found.most_common()) for place, found in sorted(self._rules.items())},
        )
