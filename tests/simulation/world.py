"""A log in memory with the one property that matters here: what a tick writes is committed as a whole or not at all.

Faults are data: a seed decides where ticks end and which of them die between the step and the write.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from schemas.codec import Codec
from schemas.partitioning import partition_of
from schemas.records import (
    AuditEntry,
    DeadLetter,
    DeliveryRecord,
    HeldSegment,
    Record,
    RequestOpened,
    Review,
    StreamClosed,
    TokenChunk,
    UsageRecord,
)
from streams import names
from streams.names import PROGRESS_KEY
from streams.processor import Processor
from streams.state import StateCodec
from streams.tick import Inbound, Outcome, Tick

PARTITIONS = 2


@dataclass
class Log:
    """Inbound partitions, the state topic, and every committed output."""

    inbound: dict[int, list[Inbound]] = field(default_factory=lambda: {number: [] for number in range(PARTITIONS)})
    reviews: dict[int, list[Inbound]] = field(default_factory=lambda: {number: [] for number in range(PARTITIONS)})
    committed: dict[int, int] = field(default_factory=lambda: dict.fromkeys(range(PARTITIONS), 0))
    state: dict[int, list[tuple[bytes, bytes | None]]] = field(default_factory=lambda: {number: [] for number in range(PARTITIONS)})
    state_from: dict[int, int] = field(default_factory=lambda: dict.fromkeys(range(PARTITIONS), 0))
    outputs: dict[str, dict[int, list[bytes]]] = field(default_factory=dict)

    def append(self, number: int, key: bytes | None, value: bytes | None, at_ms: int = 1_795_000_000_000) -> None:
        """Add one inbound record."""
        records = self.inbound[number]
        records.append(Inbound(len(records), at_ms + len(records), key, value))

    def append_review(self, review: Review, codec: Codec, at_ms: int = 1_795_000_100_000) -> None:
        """Add one review, in the partition of its stream."""
        records = self.reviews[partition_of(review.stream_id, PARTITIONS)]
        records.append(Inbound(len(records), at_ms + len(records), review.stream_id.encode(), codec.encode(review)))

    def commit(self, tick: Tick, outcome: Outcome) -> None:
        """Write all of a tick."""
        for item in outcome.outputs:
            if item.value is not None:
                self.outputs.setdefault(item.topic, {}).setdefault(item.partition, []).append(item.value)
        for number, pairs in outcome.snapshots.items():
            if number in outcome.rewritten:
                self.state_from[number] = len(self.state[number])
            self.state[number] += pairs
        for number, records in tick.records.items():
            self.committed[number] = records[-1].offset + 1

    def restore(self, number: int, processor: Processor, state: StateCodec) -> None:
        """Give a processor what the committed ticks left, read from where a restore may start."""
        live: dict[bytes, bytes] = {}
        for key, value in self.state[number][self.state_from[number] :]:
            live.pop(key, None)
            if value is not None:
                live[key] = value
        progress = live.get(PROGRESS_KEY)
        next_offset = 0 if progress is None else state.next_offset_of(progress)
        assert next_offset == self.committed[number]
        processor.forget(number)
        processor.restore(number, next_offset, list(live.items()))


class Reader:
    """Reads committed outputs back as records."""

    def __init__(self, log: Log, codec: Codec) -> None:
        self._log = log
        self._codec = codec

    def of(self, topic: str, number: int | None = None) -> list[Record]:
        """Return the records of a topic, or of one partition of it."""
        partitions = self._log.outputs.get(topic, {})
        return [self._codec.decode(value) for at in sorted(partitions) if number in {None, at} for value in partitions[at]]

    def deliveries(self) -> list[DeliveryRecord]:
        return [record for record in self.of(names.DELIVERIES) if isinstance(record, DeliveryRecord)]

    def held(self) -> list[HeldSegment]:
        return [record for record in self.of(names.HELD) if isinstance(record, HeldSegment)]

    def entries(self) -> list[AuditEntry]:
        return [record for record in self.of(names.AUDIT) if isinstance(record, AuditEntry)]

    def dead_letters(self) -> list[DeadLetter]:
        return [record for record in self.of(names.DEAD_LETTERS) if isinstance(record, DeadLetter)]

    def usage(self) -> list[UsageRecord]:
        return [record for record in self.of(names.USAGE) if isinstance(record, UsageRecord)]


def run(log: Log, processor: Processor, state: StateCodec, seed: int, *, crash: float = 0.0, tick_max: int = 40) -> int:
    """Feed the log to a processor until all is decided; return how many ticks died before they were committed."""
    chance = random.Random(seed)
    died = 0
    for number in range(PARTITIONS):
        log.restore(number, processor, state)
    while any(log.committed[number] < len(log.inbound[number]) for number in range(PARTITIONS)):
        behind = [number for number in range(PARTITIONS) if log.committed[number] < len(log.inbound[number])]
        chosen = chance.sample(behind, chance.randint(1, len(behind)))
        records = {n: log.inbound[n][log.committed[n] : log.committed[n] + chance.randint(1, tick_max)] for n in chosen}
        tick = Tick(records)
        outcome = processor.process(tick)
        if chance.random() < crash:
            died += 1
            for number in range(PARTITIONS) if chance.random() < 0.3 else chosen:
                log.restore(number, processor, state)
            continue
        log.commit(tick, outcome)
    return died


def answer(log: Log, processor: Processor) -> None:
    """Feed the reviews that no committed tick answered, in one tick without inbound records."""
    left = {number: log.reviews[number][processor.next_review(number) :] for number in range(PARTITIONS)}
    tick = Tick({}, reviews={number: records for number, records in left.items() if records})
    log.commit(tick, processor.process(tick))


def pieces(text: str, chance: random.Random) -> list[str]:
    """Cut a text as a model server does."""
    cuts = []
    while text:
        size = chance.randint(2, 7)
        cuts.append(text[:size])
        text = text[size:]
    return cuts


def write_streams(log: Log, codec: Codec, streams: list[tuple[RequestOpened, str]], seed: int) -> None:
    """Interleave whole streams into the inbound log."""
    chance = random.Random(seed)
    queues: list[list[Record]] = []
    for opened, text in streams:
        chunks = pieces(text, chance)
        sent = [TokenChunk(opened.stream_id, at, piece, 1) for at, piece in enumerate(chunks)]
        queues.append([opened, *sent, StreamClosed(opened.stream_id, "stop", len(chunks), len(chunks))])
    while queues:
        queue = chance.choice(queues)
        record = queue.pop(0)
        assert isinstance(record, (RequestOpened, TokenChunk, StreamClosed))
        log.append(partition_of(record.stream_id, PARTITIONS), record.stream_id.encode(), codec.encode(record))
        queues = [left for left in queues if left]
