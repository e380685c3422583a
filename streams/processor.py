"""Decides ticks: (state, records, rules) → outcome. No Kafka, no clock, no environment; the one parent of detectors, rules and ledger.

The order within a tick is fixed, since a replay must give the same bytes: partitions by number, records by offset, then reviews by offset
and the deadlines that passed; then one batched step of all detectors over the streams touched, the text model's after the scanner's; then
decisions by partition and by first touch; then the stamp and the checkpoint.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from detectors.finding import Finding
from detectors.scanner import Scanner
from schemas.errors import HoldBackExceededError, InvariantError, ReviewRejectedError
from streams.decide import Decider
from streams.intake import Intake, Touched
from streams.judged import Segment
from streams.ledger import Ledger
from streams.names import PROGRESS_KEY
from streams.reviews import Reviews
from streams.state import PartitionState, StateCodec, StreamState
from streams.tick import Control, Inbound, Outcome, Tick
from streams.windows import Progress, WindowReader, forget

_EXPIRY_STEP_MS = 1_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps; times are record time.

    Attributes:
        hold_back_ms_max: Text that waits longer is held.
        closed_kept_ms: How long the id of a closed stream is remembered.
        closed_kept_max: How many such ids a partition remembers at most.
        held_chars_least: Text behind a hold is held in pieces of at least so much, so that a long hold is few pieces.
        segment_chars_max: Longest text of one decision, in code points; keeps every record far below Kafka's limit.
        rewrite_after_records: State records of a partition after which its whole state is written anew, so that a restore
            never reads more than about this many.
    """

    hold_back_ms_max: int = 300_000
    closed_kept_ms: int = 600_000
    closed_kept_max: int = 2_000
    held_chars_least: int = 4_096
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
        reviews: Reviews,
        ledger: Ledger,
        state: StateCodec,
        limits: Limits,
    ) -> None:
        self._scanner = scanner
        self._windows = windows
        self._intake = intake
        self._decider = decider
        self._reviews = reviews
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
        partition = self._partitions[number] = self._state.restore(next_offset, records)
        for totals in self._decider.totals:
            partition.ahead.reflect(number, totals)

    def next_review(self, number: int) -> int:
        """Return where the reviews of a partition go on."""
        return self._partitions[number].next_review

    def control(self, records: Iterable[Control]) -> None:
        """Take in totals and mechanisms as they came; they count from the next tick on."""
        for totals in self._decider.control(records):
            for number, partition in self._partitions.items():
                partition.ahead.reflect(number, totals)

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
        for number in tick.partitions:
            records, reviews = tick.records.get(number, []), tick.reviews.get(number, [])
            partition = self._partition(number, records, reviews)
            touched[number] = self._intake.take(number, partition, records, tick.poison, outcome)
            partition.now_ms = max([partition.now_ms, *(review.timestamp_ms for review in reviews)])
            self._answer(number, partition, touched[number], tick, outcome)
        for number, group in touched.items():
            self._expire(self._partitions[number], group)
        self._scan(touched)
        limits = self._read(touched)
        segments = {
            number: [item for stream in group.streams.values() for item in self._cut(group, stream, limits)]
            for number, group in touched.items()
        }
        for number, group in touched.items():
            partition = self._partitions[number]
            aheads = [partition.ahead, *(other.ahead for at, other in self._partitions.items() if at != number)]
            for segment in segments[number]:
                self._decider.write(number, partition, self._decider.judge(segment, aheads), outcome)
                forget(segment.stream, segment.end)
            self._finish(number, partition, group, tick.records.get(number, []), outcome)
        return outcome

    def _partition(self, number: int, records: list[Inbound], reviews: list[Inbound]) -> PartitionState:
        partition = self._partitions.get(number)
        if partition is None:
            raise InvariantError(f"partition {number} was not restored")
        if records and records[0].offset < partition.next_offset:
            raise InvariantError(f"partition {number}: offset {records[0].offset} was decided before, next is {partition.next_offset}")
        if reviews and reviews[0].offset < partition.next_review:
            raise InvariantError(f"partition {number}: review {reviews[0].offset} was answered before, next is {partition.next_review}")
        return partition

    def _expire(self, partition: PartitionState, group: Touched) -> None:
        """Hold streams whose text waited too long; all open streams are looked at once in a second of record time."""
        if partition.now_ms // _EXPIRY_STEP_MS == group.before_ms // _EXPIRY_STEP_MS:
            return
        limit = partition.now_ms - self._limits.hold_back_ms_max
        late = [
            stream_id
            for stream_id, stream in partition.streams.items()
            if not stream.suspended and stream.waiting_since_ms is not None and stream.waiting_since_ms <= limit
        ]
        for stream_id in sorted(late):  # after a restore streams of one millisecond stand in another order
            stream = partition.streams[stream_id]
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
        least = self._limits.held_chars_least if stream.suspended and stream.noticed else 1
        if close_reason is None and end - stream.decided < least:
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

    def _answer(self, number: int, partition: PartitionState, group: Touched, tick: Tick, outcome: Outcome) -> None:
        """Apply reviews and deadlines; a stream of which all was approved goes on in this tick, one that was rejected is over."""
        poison = frozenset(offset for at, offset in tick.poison_reviews if at == number)
        reviews = tick.reviews.get(number, [])
        answered = self._reviews.take(number, partition, reviews, poison, outcome)
        if partition.now_ms // _EXPIRY_STEP_MS != group.before_ms // _EXPIRY_STEP_MS:
            answered += self._reviews.expire(number, partition, outcome)
        if reviews:
            partition.next_review = reviews[-1].offset + 1
        for stream_id, is_approved in answered:
            stream = partition.streams.get(stream_id)
            if stream is None or stream_id in group.closing:
                continue
            group.streams.setdefault(stream_id, stream)
            if not is_approved:
                stream.suspend("block", ReviewRejectedError.code)
            elif stream.suspended == "hold" and not stream.bypass:
                stream.resume()

    def _finish(self, number: int, partition: PartitionState, group: Touched, records: list[Inbound], outcome: Outcome) -> None:
        """Write the stamp, the checkpoint and the state of one partition."""
        changed: list[tuple[bytes, bytes | None]] = []
        for stream_id, stream in group.streams.items():
            changed += self._settle(partition, group, stream_id, stream)
        changed += [self._state.case(stream_id, partition.cases.get(stream_id)) for stream_id in sorted(partition.cases_changed)]
        partition.cases_changed.clear()
        changed += self._forget_closed(partition)
        self._ledger.stamp(number, partition, records, outcome)
        partition.next_offset = records[-1].offset + 1 if records else partition.next_offset
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
