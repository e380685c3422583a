"""Makes every tick of a partition anew from its inbound log and compares entries and deliveries, byte for byte, in one pass.

Where ticks ended is in the stamps, which reviews they had in the entries of reviews and dead letters. Streams that were open before the log
begins, or on both sides of a hole in it, cannot be made anew: they are named, and all others go on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from schemas.codec import Codec
from schemas.errors import DetectionError, InvariantError, ReviewError, SchemaError
from schemas.records import AuditEntry, RequestOpened, Review, Stamp, StreamClosed, TokenChunk
from streams import names
from streams.compared import Comparison, Made, PartitionReport
from streams.names import PROGRESS_KEY
from streams.recorded import Plan, Remaking
from streams.state import PartitionState
from streams.tick import Inbound, Tick

# Codes that say something of a stream's past: of a stream that began before the log they cannot be made anew.
_OF_THE_PAST: Final = frozenset({"chunk_after_close", "second_open", "sequence_repeat", "detection_failed"})
_OF_A_CASE: Final = frozenset(
    {
        "review_too_late",
        "review_not_oldest",
        "review_unknown_word",
        "review_case_too_large",
        "review_same_person",
        "review_held_altered",
    }
)


@dataclass(frozen=True, slots=True)
class PartitionLog:
    """What the topics hold of one partition, each in the order of its offsets.

    Attributes:
        entries: Values of ``carnet.audit.v1``.
        inbound: ``carnet.inference.v1``.
        reviews: ``carnet.reviews.v1``.
        deliveries: Values of ``carnet.deliveries.v1``.
        is_delivered_whole: Whether the deliveries are there from the first one on.
    """

    entries: Iterable[bytes]
    inbound: Iterable[Inbound]
    reviews: Iterable[Inbound]
    deliveries: Iterable[bytes]
    is_delivered_whole: bool = True


@dataclass(slots=True)
class _Ticked:
    """The entries of one tick: index, bytes, and the entry if it can be read; the last is the stamp."""

    entries: list[tuple[int, bytes, AuditEntry | None]] = field(default_factory=list)
    stamp: Stamp | None = None

    def decided(self) -> Iterator[tuple[int, AuditEntry]]:
        """Yield what can be read."""
        return ((index, entry) for index, _, entry in self.entries if entry is not None)

    def dead(self, topic: str) -> dict[int, str]:
        """Return offset → code of the records of a topic that were set aside."""
        letters = (entry.dead_letter for _, entry in self.decided() if entry.dead_letter is not None)
        return {letter.offset: letter.code for letter in letters if letter.topic == topic}

    def review_offsets(self) -> set[int]:
        """Return which reviews it had."""
        notes = (entry.review for _, entry in self.decided() if entry.review is not None)
        return {note.review_offset for note in notes if note.review_offset >= 0} | self.dead(names.REVIEWS).keys()


class Replay:
    """Replays partitions, one after the other.

    Args:
        remaking: What makes the ticks.
    """

    def __init__(self, remaking: Remaking) -> None:
        self._remaking = remaking

    def partition(self, number: int, log: PartitionLog) -> PartitionReport:
        """Replay one partition to the last stamp and return what came of it.

        Raises:
            InvariantError: Our own code broke a promise.
        """
        return _PartitionReplay(number, log, self._remaking).run()


class _PartitionReplay:
    """One partition on its way through the log."""

    def __init__(self, number: int, log: PartitionLog, remaking: Remaking) -> None:
        self._number = number
        self._log = log
        self._remaking = remaking
        self._codec = remaking.codec
        self._live: dict[bytes, bytes] = {}
        self._known: set[str] | None = None  # streams that were opened in the log; None while that is all of them
        self._now_ms = 0
        self._expected = 0
        self._report = PartitionReport(number, has_keys=remaking.recorded.has_keys)
        self._comparison = Comparison(self._codec, self._report, iter(log.deliveries), is_whole=log.is_delivered_whole)

    def run(self) -> PartitionReport:
        inbound, reviews = _Ahead(self._log.inbound), _Ahead(self._log.reviews)
        self._remaking.reviews.forget()
        is_first = True
        for ticked in _ticks(self._log.entries, self._codec):
            stamp = ticked.stamp
            if stamp is None:
                self._report.hole(-1, -1, ticked.entries, "entries behind the last stamp")
                continue
            if is_first:
                self._restart(stamp.offset_from)
                self._known = None if stamp.offset_from == 0 and ticked.entries[0][0] == 0 else set()
                is_first = False
            records = [one for one in inbound.until(stamp.offset_to) if one.offset >= stamp.offset_from]
            if stamp.offset_from != self._expected or len(records) != stamp.records:
                reason = "stamps do not follow each other" if stamp.offset_from != self._expected else "inbound records are gone"
                self._report.hole(stamp.offset_from, stamp.offset_to, ticked.entries, reason)
                self._comparison.pass_over(ticked.entries[-1][0])
                self._restart(stamp.offset_to)
                self._known = set()
                continue
            wanted = ticked.review_offsets()
            found = [one for one in reviews.until(max(wanted) + 1) if one.offset in wanted] if wanted else []
            self._tick(ticked, stamp, records, found, wanted - {one.offset for one in found})
        self._comparison.end()
        self._remaking.processor.forget(self._number)
        return self._report

    def _tick(self, ticked: _Ticked, stamp: Stamp, records: list[Inbound], reviews: list[Inbound], missing: Collection[int]) -> None:
        """Make one tick anew and compare it."""
        if missing:
            self._lose(ticked, missing, stamp.offset_from)
        plan = self._plan(ticked, records, reviews, missing)
        made = self._made(ticked, plan, records, reviews)
        is_altered = _digest(records) != stamp.records_sha256
        altered = {(one.key or b"").decode("utf-8", "replace") for one in records} if is_altered else ()
        for key, value in made.outcome.snapshots.get(self._number, ()):
            self._live.pop(key, None)
            if value is not None:
                self._live[key] = value
        recorded = [one for one in ticked.entries if one[0] not in plan.skipped]
        self._comparison.tick(recorded, made, self._known, altered)
        self._report.ticks += 1
        self._report.skipped += len(plan.skipped)
        self._expected = stamp.offset_to
        self._now_ms = next(entry.decided_at_ms for _, entry in reversed(list(ticked.decided())))

    def _made(self, ticked: _Ticked, plan: Plan, records: list[Inbound], reviews: list[Inbound]) -> Made:
        """Make a tick. A record on which an attempt once failed was decided alone, and unseen: so it is made if nothing else fits."""
        poisoned = frozenset((self._number, offset) for offset, code in ticked.dead(names.REVIEWS).items() if code == ReviewError.code)
        tick = Tick({self._number: records}, reviews={self._number: reviews}, poison_reviews=poisoned)
        may_be_poison = len(records) == 1 and not reviews and DetectionError.code in _codes(ticked)
        made: Made | None = None
        try:
            made = self._process(tick, plan)
        except InvariantError:
            raise
        except Exception:
            if not may_be_poison:
                raise
        if may_be_poison and (made is None or made.entries != [value for index, value, _ in ticked.entries if index not in plan.skipped]):
            self._restore(self._expected)
            poison = frozenset({(self._number, records[0].offset)})
            return self._process(Tick(tick.records, poison, tick.reviews, poisoned), plan)
        if made is None:
            raise InvariantError("a tick was neither made nor given up")
        return made

    def _process(self, tick: Tick, plan: Plan) -> Made:
        recorded = self._remaking.recorded
        recorded.plan, recorded.asked = plan, None
        plan.is_begun = False
        return Made(self._remaking.processor.process(tick))

    def _plan(self, ticked: _Ticked, records: Sequence[Inbound], reviews: Sequence[Inbound], missing: Collection[int]) -> Plan:
        """Return what the log says of a tick, and what of it no replay can make."""
        decisions = {
            (entry.stream_id, entry.decision.covers.start): entry.decision for _, entry in ticked.decided() if entry.decision is not None
        }
        plan = Plan(ticked.entries[0][0], decisions)
        if not self._report.has_keys:
            plan.held_sha256 = {index: hashlib.sha256(value).digest() for index, value, entry in ticked.entries if _holds(entry)}
        if missing:
            plan.at_ms = max(entry.decided_at_ms for _, entry in ticked.decided() if entry.stamp is not None)
        if self._known is None:
            return plan
        plan.foreign = self._foreign(records, ticked.dead(names.INFERENCE), self._known)
        plan.foreign_reviews = self._foreign_reviews(reviews, ticked.dead(names.REVIEWS), self._known)
        skipped = set()
        for index, entry in ticked.decided():
            letter = entry.dead_letter
            if letter is not None:
                gone = plan.foreign if letter.topic == names.INFERENCE else plan.foreign_reviews.union(missing)
                if letter.offset in gone:
                    skipped.add(index)
            elif entry.stream_id and entry.stream_id not in self._known:
                self._report.unproven.add(entry.stream_id)
                skipped.add(index)
        plan.skipped = frozenset(skipped)
        return plan

    def _foreign(self, records: Iterable[Inbound], dead: Mapping[int, str], known: set[str]) -> frozenset[int]:
        """Return the offsets of records whose streams began before the log; note which streams begin."""
        foreign = set()
        for one in records:
            try:
                record = self._codec.decode(one.value)
            except SchemaError:
                continue
            if not isinstance(record, (RequestOpened, TokenChunk, StreamClosed)) or record.stream_id in known:
                continue
            code = dead.get(one.offset)
            if code is None and isinstance(record, RequestOpened):
                known.add(record.stream_id)
            elif code is None or code in _OF_THE_PAST:
                self._report.unproven.add(record.stream_id)
                foreign.add(one.offset)
        return frozenset(foreign)

    def _foreign_reviews(self, reviews: Iterable[Inbound], dead: Mapping[int, str], known: set[str]) -> frozenset[int]:
        foreign = set()
        for one in reviews:
            try:
                record = self._codec.decode(one.value)
            except SchemaError:
                continue
            code = dead.get(one.offset)
            if isinstance(record, Review) and record.stream_id not in known and (code is None or code in _OF_A_CASE):
                foreign.add(one.offset)
        return frozenset(foreign)

    def _lose(self, ticked: _Ticked, missing: Collection[int], next_offset: int) -> None:
        """Give up the streams whose reviews are gone: what became of them hangs on those."""
        lost = {entry.stream_id for _, entry in ticked.decided() if entry.review is not None and entry.review.review_offset in missing}
        if self._known is None:
            self._known = {key.decode().partition(":")[2] for key in self._live if key != PROGRESS_KEY}
        self._known -= lost
        self._report.unproven |= lost
        for stream_id in lost:
            for kind in ("open", "stream", "case", "closed"):
                self._live.pop(f"{kind}:{stream_id}".encode(), None)
        self._restore(next_offset)

    def _restart(self, next_offset: int) -> None:
        """Begin with no stream at all."""
        self._report.unproven |= {key.decode().partition(":")[2] for key in self._live if key.startswith((b"open:", b"case:"))}
        self._live.clear()
        self._remaking.reviews.forget()
        self._restore(next_offset)

    def _restore(self, next_offset: int) -> None:
        """Take the partition over from the state behind the last tick; its entries are numbered by the log."""
        progress = self._remaking.state.progress(PartitionState(next_offset, now_ms=self._now_ms))
        records = [(PROGRESS_KEY, progress), *((key, value) for key, value in self._live.items() if key != PROGRESS_KEY)]
        self._remaking.processor.forget(self._number)
        self._remaking.processor.restore(self._number, next_offset, records)
        self._expected = next_offset


class _Ahead:
    """Records in the order of their offsets, taken up to an offset."""

    def __init__(self, records: Iterable[Inbound]) -> None:
        self._records = iter(records)
        self._next: Inbound | None = None

    def until(self, offset: int) -> Iterator[Inbound]:
        """Yield the records before an offset."""
        while (one := self._next or next(self._records, None)) is not None:
            self._next = None
            if one.offset >= offset:
                self._next = one
                return
            yield one


def _ticks(entries: Iterable[bytes], codec: Codec) -> Iterator[_Ticked]:
    """Cut a log behind each stamp."""
    ticked, index = _Ticked(), -1
    for value in entries:
        try:
            record = codec.decode(value)
        except SchemaError:
            record = None
        entry = record if isinstance(record, AuditEntry) else None
        index = entry.entry_index if entry is not None else index + 1
        ticked.entries.append((index, value, entry))
        if entry is not None and entry.stamp is not None:
            ticked.stamp = entry.stamp
            yield ticked
            ticked = _Ticked()
    if ticked.entries:
        yield ticked


def _codes(ticked: _Ticked) -> set[str]:
    """Return the codes of what was set aside or held for an error."""
    return {
        *ticked.dead(names.INFERENCE).values(),
        *(entry.decision.error_code for _, entry in ticked.decided() if entry.decision is not None),
    }


def _holds(entry: AuditEntry | None) -> bool:
    return entry is not None and entry.decision is not None and entry.decision.action == "hold"


def _digest(records: Iterable[Inbound]) -> bytes:
    """Return what a stamp has of its records (``streams.ledger``)."""
    digest = hashlib.sha256()
    for record in records:
        key, value = record.key or b"", record.value or b""
        digest.update(b"%d:%d:%d:" % (record.offset, len(key), len(value)) + key + value)
    return digest.digest()
