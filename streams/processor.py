"""Decides ticks: (state, records, rules) → outcome. No Kafka, no clock, no environment; the one parent of detectors, rules and ledger.

The order within a tick is fixed, since a replay must give the same bytes: partitions by number, records by offset; then one batched
step of all detectors over the streams touched, the text model's after the scanner's; then decisions by partition and by first touch; then
the stamp and the checkpoint.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from detectors.finding import Finding
from detectors.scanner import Scanner
from schemas.errors import HoldBackExceededError, InvariantError
from streams.decide import Decider, Judged, Segment
from streams.intake import Intake, Touched
from streams.ledger import Ledger
from streams.names import PROGRESS_KEY
from streams.state import PartitionState, StateCodec, StreamState
from streams.tick import Inbound, Outcome, Tick
from streams.windows import Progress, WindowReader, forget

_EXPIRY_STEP_MS = 1_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps; times are record time.

    Attributes:
        hold_back_ms_max: Text that waits longer is held.
        closed_kept_ms: How long the id of a closed stream is remembered.
        closed_kept_max: How many such ids a partition remembers at most.
        segment_chars_max: Longest text of one decision, in code points; keeps every record far below Kafka's limit.
        rewrite_after_records: State records of a partition after which its whole state is written anew, so that a restore
            never reads more than about this many.
    """

    hold_back_ms_max: int = 300_000
    closed_kept_ms: int = 600_000
    closed_kept_max: int = 2_000
    segment_chars_max: int = 65_536
    rewrite_after_records: int = 5_000


class Processor:
    """Holds the state of the partitions of one worker and turns ticks into outcomes."""

    def __init__(
        self,
        *,
        scanner: Scanner,
        windows: WindowReader,
        intake: Intake,
        decider: Decider,
        ledger: Ledger,
        state: StateCodec,
        limits: Limits,
    ) -> None:
        self._scanner = scanner
        self._windows = windows
        self._intake = intake
        self._decider = decider
        self._ledger = ledger
        self._state = state
        self._limits = limits
        self._partitions: dict[int, PartitionState] = {}

    @property
    def open_streams(self) -> int:
        """How many streams are open on this worker."""
        return sum(len(partition.streams) for partition in self._partitions.values())

    def restore(self, number: int, next_offset: int, records: Iterable[tuple[bytes, bytes]]) -> None:
        """Take a partition over from the state that its last committed tick left."""
        self._partitions[number] = self._state.restore(next_offset, records)

    def forget(self, number: int) -> None:
        """Drop a partition that is no longer ours, or whose last tick was not committed."""
        self._partitions.pop(number, None)

    def process(self, tick: Tick) -> Outcome:
        """Decide a tick. After an exception the partitions of the tick must be restored: their state is half changed.

        Raises:
            InvariantError: The tick does not continue where a partition stands.
        """
        outcome = Outcome()
        touched: dict[int, Touched] = {}
        for number in sorted(tick.records):
            partition = self._partition(number, tick.records[number])
            touched[number] = self._intake.take(number, partition, tick.records[number], tick.poison, outcome)
        for number, group in touched.items():
            self._expire(self._partitions[number], group)
        self._scan(touched)
        limits = self._read(touched)
        segments = {
            number: [item for stream in group.streams.values() for item in self._cut(group, stream, limits)]
            for number, group in touched.items()
        }
        judged = iter(self._decider.judge([item for group in segments.values() for item in group]))
        for number, group in touched.items():
            self._finish(number, group, list(islice(judged, len(segments[number]))), tick.records[number], outcome)
        return outcome

    def _partition(self, number: int, records: list[Inbound]) -> PartitionState:
        partition = self._partitions.get(number)
        if partition is None:
            raise InvariantError(f"partition {number} was not restored")
        if records[0].offset < partition.next_offset:
            raise InvariantError(f"partition {number}: offset {records[0].offset} was decided before, next is {partition.next_offset}")
        return partition

    def _expire(self, partition: PartitionState, group: Touched) -> None:
        """Hold streams whose text waited too long; all open streams are looked at once in a second of record time."""
        if partition.now_ms // _EXPIRY_STEP_MS == group.before_ms // _EXPIRY_STEP_MS:
            return
        limit = partition.now_ms - self._limits.hold_back_ms_max
        for stream_id, stream in partition.streams.items():
            since_ms = stream.waiting_since_ms
            if since_ms is not None and since_ms <= limit and not stream.suspended:
                stream.suspend("hold", HoldBackExceededError.code)
                stream.bypass = True
                group.streams.setdefault(stream_id, stream)

    def _scan(self, touched: Mapping[int, Touched]) -> None:
        """One step of the scanner over every stream that got text; a stream that cannot become final is held from here on."""
        streams = [stream for group in touched.values() for stream in group.streams.values() if not stream.bypass]
        self._scanner.advance([stream.scan for stream in streams])
        for stream in streams:
            if stream.scan.overflowed:
                stream.suspend("hold", HoldBackExceededError.code)
                stream.bypass = True

    def _read(self, touched: Mapping[int, Touched]) -> dict[str, int]:
        """One step of the text model over the same streams; return how far each may go before more of it was read."""
        closing = {stream_id for group in touched.values() for stream_id in group.closing}
        streams = [stream for group in touched.values() for stream in group.streams.values() if not stream.bypass]
        # First: which findings count depends on the language.
        self._windows.ask_language(streams, closing)
        batch: list[Progress] = []
        for stream in streams:
            stream.found = sorted([*stream.found, *stream.scan.take()])
            need = self._decider.needs.of(stream)
            asked: tuple[Finding, ...] = ()
            if need == "personal" and stream.found:
                self._decider.trace(stream)
                asked = self._decider.asked(stream)
            batch.append(Progress(stream, stream.request.stream_id in closing, need, asked))
        self._windows.advance(batch)
        return {item.stream.request.stream_id: self._windows.limit(item) for item in batch}

    def _cut(self, group: Touched, stream: StreamState, limits: Mapping[str, int]) -> Iterator[Segment]:
        """Yield what of a stream can be decided now: what is final and was read, or all of it when no detector looks at it or it ends."""
        stream_id = stream.request.stream_id
        close_reason = group.closing.get(stream_id)
        whole = stream.bypass or close_reason is not None
        end = stream.received if whole else _before_findings(stream, min(stream.scan.final_to, limits[stream_id]))
        if end <= stream.decided and close_reason is None:
            return
        findings = () if stream.bypass else tuple(item for item in stream.found if item.end <= end)
        stream.found = [] if stream.bypass else [item for item in stream.found if item.end > end]
        start, text = stream.decided, stream.take(end)
        while end - start > self._limits.segment_chars_max:
            cut = _outside(findings, start + self._limits.segment_chars_max, start)
            inside = tuple(item for item in findings if item.end <= cut)
            yield Segment(stream, start, cut, text[: cut - start], inside, None)
            findings = findings[len(inside) :]
            start, text = cut, text[cut - start :]
        yield Segment(stream, start, end, text, findings, close_reason)

    def _finish(self, number: int, group: Touched, judged: Iterable[Judged], records: list[Inbound], outcome: Outcome) -> None:
        """Write decisions, the stamp, the checkpoint and the state of one partition."""
        partition = self._partitions[number]
        for item in judged:
            self._decider.write(number, partition, item, outcome)
            forget(item.segment.stream, item.segment.end)
        changed: list[tuple[bytes, bytes | None]] = []
        for stream_id, stream in group.streams.items():
            changed += self._settle(partition, group, stream_id, stream)
        changed += self._forget_closed(partition)
        self._ledger.stamp(number, partition, records, outcome)
        partition.next_offset = records[-1].offset + 1
        if partition.written + len(changed) > max(self._limits.rewrite_after_records, 4 * (len(partition.streams) + len(partition.closed))):
            changed = [pair for pair in changed if pair[1] is None] + list(self._state.whole(partition))
            outcome.rewritten.add(number)
            partition.written = 0
        partition.written += len(changed)
        outcome.snapshots[number] = [(PROGRESS_KEY, self._state.progress(partition)), *changed]

    def _settle(
        self, partition: PartitionState, group: Touched, stream_id: str, stream: StreamState
    ) -> Iterable[tuple[bytes, bytes | None]]:
        if stream_id in group.closing:
            del partition.streams[stream_id]
            partition.closed[stream_id] = partition.now_ms
            return [*self._state.forgotten(stream_id), self._state.closed(stream_id, partition.now_ms)]
        changed = self._state.changed(stream)
        return [self._state.opened(stream), changed] if stream_id in group.opened else [changed]

    def _forget_closed(self, partition: PartitionState) -> list[tuple[bytes, bytes | None]]:
        """Forget the oldest closed ids; they stand in the order of their close."""
        tombstones: list[tuple[bytes, bytes | None]] = []
        limit = partition.now_ms - self._limits.closed_kept_ms
        while partition.closed:
            stream_id, closed_at_ms = next(iter(partition.closed.items()))
            if closed_at_ms > limit and len(partition.closed) <= self._limits.closed_kept_max:
                break
            del partition.closed[stream_id]
            tombstones.append(self._state.forgotten_marker(stream_id))
        return tombstones


def _before_findings(stream: StreamState, end: int) -> int:
    """Return the last place at or before ``end`` that lies in no finding of a stream."""
    for item in reversed(stream.found):  # in order of their start, so one step back leads into none that was passed
        if item.start < end < item.end:
            end = item.start
    return end


def _outside(findings: tuple[Finding, ...], cut: int, start: int) -> int:
    """Return the last place at or before ``cut`` that lies in no finding; ``cut`` itself if there is none after ``start``."""
    place = cut
    for item in sorted(findings, reverse=True):
        if item.start < place < item.end:
            place = item.start
    return place if place > start else cut
