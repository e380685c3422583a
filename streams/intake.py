"""Takes inbound records into their streams: every record is applied, set aside as a dead letter, or stops its stream."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from detectors.scanner import Scanner
from schemas.codec import Codec
from schemas.errors import (
    ChunkAfterCloseError,
    ChunkBeforeOpenError,
    DetectionError,
    KeyMismatchError,
    OversizeError,
    SchemaError,
    SecondOpenError,
    SequenceGapError,
    SequenceRepeatError,
    StreamError,
    TotalsMismatchError,
    UnexpectedRecordError,
    UnknownDestinationError,
    WrongPartitionError,
)
from schemas.partitioning import partition_of
from schemas.records import Record, RequestOpened, StreamClosed, TokenChunk
from streams.ledger import Ledger
from streams.sealing import Sealer
from streams.state import ChunkMark, PartitionState, StreamState, new_stream
from streams.tick import Inbound, Outcome


@dataclass(slots=True)
class Touched:
    """What a tick touched in one partition, in the order of first touch."""

    before_ms: int
    streams: dict[str, StreamState] = field(default_factory=dict)
    opened: set[str] = field(default_factory=set)
    closing: dict[str, str] = field(default_factory=dict)


class Intake:
    """Applies records to streams.

    Args:
        codec: Decodes the records.
        scanner: Takes the text of chunks.
        sealer: Makes the data key of a new stream.
        ledger: Takes dead letters.
        destinations: ISO 3166-1 alpha-2 codes that a pack knows; a stream to another place is held whole.
        partitions: How many partitions the inbound topic has.
        chunk_chars_max: Longest text of one chunk, in code points.
    """

    def __init__(
        self,
        *,
        codec: Codec,
        scanner: Scanner,
        sealer: Sealer,
        ledger: Ledger,
        destinations: Collection[str],
        partitions: int,
        chunk_chars_max: int,
    ) -> None:
        self._codec = codec
        self._scanner = scanner
        self._sealer = sealer
        self._ledger = ledger
        self._destinations = destinations
        self._partitions = partitions
        self._chunk_chars_max = chunk_chars_max

    def take(
        self, number: int, partition: PartitionState, records: list[Inbound], poison: frozenset[tuple[int, int]], outcome: Outcome
    ) -> Touched:
        """Apply the records of a tick, in offset order."""
        group = Touched(partition.now_ms)
        for inbound in records:
            partition.now_ms = max(partition.now_ms, inbound.timestamp_ms)
            try:
                record = self._codec.decode(inbound.value)
                stream_id = self._check(record, inbound)
                if (number, inbound.offset) in poison:
                    self._stop(partition, stream_id, record)
                self._apply(number, partition, stream_id, record, inbound, group)
            except (SchemaError, StreamError, DetectionError) as failure:
                self._ledger.dead_letter(number, partition, inbound, failure, outcome)
        return group

    def _check(self, record: Record, inbound: Inbound) -> str:
        if not isinstance(record, (TokenChunk, RequestOpened, StreamClosed)):
            raise UnexpectedRecordError(type(record).__name__)
        if inbound.key != record.stream_id.encode():
            raise KeyMismatchError(f"key of {len(inbound.key or b'')} bytes")
        if isinstance(record, TokenChunk) and len(record.text) > self._chunk_chars_max:
            raise OversizeError(f"chunk of {len(record.text)} characters, {self._chunk_chars_max} are allowed")
        return record.stream_id

    @staticmethod
    def _stop(partition: PartitionState, stream_id: str, record: Record) -> None:
        """A record on which an earlier attempt failed: its stream goes on unseen by any detector, and is held."""
        stream = partition.streams.get(stream_id)
        if stream is None or isinstance(record, RequestOpened):
            raise DetectionError("an earlier attempt failed on this record")
        stream.suspend("hold", DetectionError.code)
        stream.bypass = True

    def _apply(self, number: int, partition: PartitionState, stream_id: str, record: Record, inbound: Inbound, group: Touched) -> None:
        stream = partition.streams.get(stream_id)
        if stream is not None and stream_id in group.closing:
            raise SecondOpenError if isinstance(record, RequestOpened) else ChunkAfterCloseError
        if isinstance(record, RequestOpened):
            if stream is not None or stream_id in partition.closed:
                raise SecondOpenError
            self._check_partition(number, stream_id)
            stream = self._open(partition, record, inbound)
            group.opened.add(stream_id)
        elif stream is None:
            self._check_partition(number, stream_id)
            raise ChunkAfterCloseError if stream_id in partition.closed else ChunkBeforeOpenError
        elif isinstance(record, TokenChunk):
            self._append(stream, record, inbound)
        elif isinstance(record, StreamClosed):
            self._close(stream, record)
            group.closing[stream_id] = record.reason
        stream.last_offset = inbound.offset
        stream.last_at_ms = inbound.timestamp_ms
        group.streams[stream_id] = stream

    def _check_partition(self, number: int, stream_id: str) -> None:
        expected = partition_of(stream_id, self._partitions)
        if expected != number:
            raise WrongPartitionError(f"found in {number}, belongs in {expected}: producers must use the murmur2 partitioner")

    def _open(self, partition: PartitionState, request: RequestOpened, inbound: Inbound) -> StreamState:
        stream = new_stream(request, inbound.timestamp_ms, self._sealer.new_data_key(), self._scanner, self._sealer.source_key)
        if request.destination not in self._destinations:
            stream.suspend("hold", UnknownDestinationError.code)
        partition.streams[request.stream_id] = stream
        return stream

    def _append(self, stream: StreamState, chunk: TokenChunk, inbound: Inbound) -> None:
        if chunk.sequence < stream.next_sequence:
            raise SequenceRepeatError(f"sequence {chunk.sequence}, next is {stream.next_sequence}")
        if chunk.sequence > stream.next_sequence:
            stream.suspend("hold", SequenceGapError.code)
            stream.bypass = True
        stream.next_sequence = chunk.sequence + 1
        stream.tokens += chunk.token_count
        stream.pending.append(chunk.text)
        stream.received += len(chunk.text)
        stream.marks.append(ChunkMark(stream.received, chunk.sequence, inbound.offset, inbound.timestamp_ms))
        if not stream.bypass:
            self._scanner.feed(stream.scan, chunk.text)

    def _close(self, stream: StreamState, record: StreamClosed) -> None:
        if record.chunks != stream.next_sequence or record.tokens != stream.tokens:
            stream.suspend("hold", TotalsMismatchError.code)
            stream.bypass = True
        if not stream.bypass:
            self._scanner.close(stream.scan)
