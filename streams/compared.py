"""Compares what a replay made with what the log has, tick by tick, and keeps the account."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from schemas.codec import Codec
from schemas.errors import SchemaError
from schemas.records import AuditEntry, DeliveryRecord, Record
from streams import names
from streams.differences import FIELDS_SHOWN, Difference, FieldDifference, cause_of, differing, without_keys, without_open_streams
from streams.tick import Outcome

DIFFERENCES_KEPT: Final = 200
IDENTICAL, AS_FAR, DIFFERS = "identical", "identical_as_far_as_provable", "differs"
_BY_ELIMINATION: Final = frozenset({"code_or_settings", "reviewers", "delivery", "keys"})
_DIGESTS: Final = frozenset({"decision.packs_sha256", "evidence.entry_sha256", "review.held_entry_sha256"})

_Row = tuple[int, bytes, AuditEntry | None]


@dataclass(frozen=True, slots=True)
class Hole:
    """Ticks that cannot be made anew: inbound offsets [from, to), -1 where there is no stamp; entries, inclusive; why."""

    offset_from: int
    offset_to: int
    entry_from: int
    entry_to: int
    reason: str


@dataclass(slots=True)
class PartitionReport:
    """What came of one partition.

    Attributes:
        has_keys: Without the value key keyed digests, commitments and what stands for redacted text were not compared.
        ticks: Made anew.
        entries: Compared; ``entries_same`` of them are equal.
        deliveries: The same for deliveries.
        skipped: Entries of streams that began before the log, or before a hole in it.
        skipped_deliveries: Deliveries of such streams.
        gone_deliveries: Made anew, but from before the first delivery that the topic still has.
        later_deliveries: Of entries behind the last stamp that was read.
        unproven: Those streams.
        holes: What could not be made anew at all.
        differences: The first of each stream, ``DIFFERENCES_KEPT`` of them at most: what comes later in a stream may follow from it. Of
            records in which only digests differ, the first of all.
        different: How many records differ, all together.
    """

    partition: int
    has_keys: bool
    ticks: int = 0
    entries: int = 0
    entries_same: int = 0
    deliveries: int = 0
    deliveries_same: int = 0
    skipped: int = 0
    skipped_deliveries: int = 0
    gone_deliveries: int = 0
    later_deliveries: int = 0
    unproven: set[str] = field(default_factory=set)
    holes: list[Hole] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    different: int = 0

    @property
    def verdict(self) -> str:
        """``identical``, ``identical_as_far_as_provable`` or ``differs``."""
        if self.different:
            return DIFFERS
        is_whole = self.has_keys and not (self.holes or self.unproven or self.skipped or self.gone_deliveries)
        return IDENTICAL if is_whole else AS_FAR

    def hole(self, offset_from: int, offset_to: int, rows: Sequence[_Row], reason: str) -> None:
        """Note a tick that cannot be made anew; neighbours of one reason are one hole."""
        last = self.holes[-1] if self.holes else None
        if last is not None and (last.offset_to, last.entry_to + 1, last.reason) == (offset_from, rows[0][0], reason):
            self.holes[-1] = Hole(last.offset_from, offset_to, last.entry_from, rows[-1][0], reason)
        else:
            self.holes.append(Hole(offset_from, offset_to, rows[0][0], rows[-1][0], reason))
        self.skipped += len(rows)
        self.unproven |= {entry.stream_id for _, _, entry in rows if entry is not None and entry.stream_id}

    def as_json(self) -> dict[str, Any]:
        """Return it as a program reads it."""
        return {**asdict(self), "unproven": sorted(self.unproven), "verdict": self.verdict}


class Made:
    """What a replayed tick wrote: bytes of entries and deliveries, in order."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self.entries = [item.value for item in outcome.outputs if item.topic == names.AUDIT and item.value is not None]
        self.deliveries = [item.value for item in outcome.outputs if item.topic == names.DELIVERIES and item.value is not None]


class Comparison:
    """Compares the ticks of one partition.

    Args:
        codec: Decodes what is not equal.
        report: Takes the account.
        deliveries: Those of the log.
        is_whole: Whether they are there from the first one on.
    """

    def __init__(self, codec: Codec, report: PartitionReport, deliveries: Iterator[bytes], *, is_whole: bool) -> None:
        self._codec = codec
        self._report = report
        self._source = deliveries
        self._next: tuple[bytes, DeliveryRecord | None] | None = None
        self._is_gone = not is_whole
        self._seen: set[tuple[str, str]] = set()
        self._altered: set[str] = set()
        self._causes: dict[str, str] = {}

    def tick(self, rows: Sequence[_Row], made: Made, known: Collection[str] | None, altered: Collection[str]) -> None:
        """Compare one tick.

        Args:
            rows: The recorded entries that can be made anew.
            made: What was made.
            known: Streams that began in the log; None if all did.
            altered: Its streams, if its inbound records are not those that were decided.
        """
        self._altered.update(altered)
        self._report.entries += len(rows)
        if [value for _, value, _ in rows] == made.entries:
            self._report.entries_same += len(rows)
        else:
            self._entries(rows, made.entries, known)
        self._deliveries(made.deliveries, rows[-1][0], known)

    def _entries(self, rows: Sequence[_Row], values: Sequence[bytes], known: Collection[str] | None) -> None:
        """Compare entry with entry, by what each is about."""
        remade: dict[tuple[str, str, int], tuple[bytes, AuditEntry]] = {}
        for value in values:
            if isinstance(made := self._codec.decode(value), AuditEntry):
                remade[_about(made)] = value, made
        for index, value, entry in rows:
            if entry is None:
                self._note(index, names.AUDIT, None, None, "differs", (FieldDifference("", f"{len(value)} bytes", ""),), "unreadable")
                continue
            pair = remade.pop(_about(entry), None)
            if pair is None:
                self._note(index, names.AUDIT, entry, None, "only_recorded", (), cause_of(entry, None, ()))
                continue
            other_value, other = pair
            if value != other_value and (found := self._fields(entry, other, known)):
                self._note(index, names.AUDIT, entry, other, "differs", found, cause_of(entry, other, found))
            else:
                self._report.entries_same += 1
        for _, made in remade.values():
            self._note(made.entry_index, names.AUDIT, None, made, "only_replayed", (), cause_of(None, made, ()))

    def _fields(self, before: Record, after: Record, known: Collection[str] | None) -> tuple[FieldDifference, ...]:
        if not self._report.has_keys:
            before, after = without_keys(before), without_keys(after)
        if known is not None:
            before, after = without_open_streams(before), without_open_streams(after)
        found = tuple(differing(before, after))[:FIELDS_SHOWN]
        is_framing = not found and self._report.has_keys and known is None
        return (FieldDifference("", "other bytes of the same fields", ""),) if is_framing else found

    def _deliveries(self, values: Sequence[bytes], last_index: int, known: Collection[str] | None) -> None:
        """Compare the deliveries of a tick with the next of the log."""
        for value in values:
            self._delivery(value, known)
        while (found := self._peek()) is not None and found[1] is not None and found[1].evidence.entry_index <= last_index:
            self._next = None
            self._surplus(found[1], known)

    def _delivery(self, value: bytes, known: Collection[str] | None) -> None:
        made = self._codec.decode(value)
        if not isinstance(made, DeliveryRecord):
            return
        while (found := self._peek()) is not None:
            raw, record = found
            if record is None or record.delivery_id == made.delivery_id:
                self._next, self._is_gone = None, False
                self._report.deliveries += 1
                self._pair(raw, record, value, made, known)
                return
            if record.evidence.entry_index > made.evidence.entry_index:
                break
            self._next = None
            self._surplus(record, known)
        if self._is_gone:
            self._report.gone_deliveries += 1
        else:
            self._report.deliveries += 1
            self._note(made.evidence.entry_index, names.DELIVERIES, None, made, "only_replayed", (), self._because(made))

    def _pair(self, raw: bytes, record: DeliveryRecord | None, value: bytes, made: DeliveryRecord, known: Collection[str] | None) -> None:
        if raw == value:
            self._report.deliveries_same += 1
        elif record is None:
            size = FieldDifference("", f"{len(raw)} bytes", f"{len(value)} bytes")
            self._note(made.evidence.entry_index, names.DELIVERIES, None, made, "differs", (size,), "unreadable")
        elif found := self._fields(record, made, known):
            self._note(record.evidence.entry_index, names.DELIVERIES, record, made, "differs", found, self._because(record))
        else:
            self._report.deliveries_same += 1

    def _because(self, record: DeliveryRecord) -> str:
        """Return why a delivery differs: as its stream's entries do, or else by itself."""
        return self._causes.get(record.stream_id, "delivery")

    def _surplus(self, record: DeliveryRecord, known: Collection[str] | None) -> None:
        """A delivery of the log that was not made."""
        self._is_gone = False
        if known is not None and record.stream_id not in known:
            self._report.skipped_deliveries += 1
            return
        self._report.deliveries += 1
        self._note(record.evidence.entry_index, names.DELIVERIES, record, None, "only_recorded", (), self._because(record))

    def pass_over(self, last_index: int) -> None:
        """Leave out the deliveries up to an entry: their tick cannot be made."""
        while (found := self._peek()) is not None and (found[1] is None or found[1].evidence.entry_index <= last_index):
            self._next, self._is_gone = None, False
            self._report.skipped_deliveries += 1

    def end(self) -> None:
        """Count what the log delivers beyond its last stamp: read later than the entries, or surplus."""
        while self._peek() is not None:
            self._next = None
            self._report.later_deliveries += 1

    def _peek(self) -> tuple[bytes, DeliveryRecord | None] | None:
        if self._next is None and (value := next(self._source, None)) is not None:
            try:
                record = self._codec.decode(value)
            except SchemaError:
                record = None
            self._next = value, record if isinstance(record, DeliveryRecord) else None
        return self._next

    def _note(
        self,
        index: int,
        topic: str,
        recorded: AuditEntry | DeliveryRecord | None,
        made: AuditEntry | DeliveryRecord | None,
        what: str,
        found: tuple[FieldDifference, ...],
        cause: str,
    ) -> None:
        """Keep the first difference of a stream; count all."""
        self._report.different += 1
        record = recorded or made
        stream_id = record.stream_id if record is not None else ""
        if stream_id in self._altered and cause in _BY_ELIMINATION:
            cause = "inbound"
        if stream_id:
            first = self._causes.setdefault(stream_id, cause)
            cause = first if cause in _BY_ELIMINATION else cause
            # Where only digests differ nothing was decided otherwise: one of them tells all, and must not hide what was.
            key = topic, "" if found and {item.path for item in found} <= _DIGESTS else stream_id
            if key in self._seen:
                return
            self._seen.add(key)
        if len(self._report.differences) < DIFFERENCES_KEPT:
            self._report.differences.append(
                Difference(self._report.partition, index, topic, stream_id, _segment(record), what, found, cause)
            )


def _segment(record: AuditEntry | DeliveryRecord | None) -> int:
    if isinstance(record, DeliveryRecord):
        return record.segment_index
    return record.decision.segment_index if record is not None and record.decision is not None else -1


def _about(entry: AuditEntry) -> tuple[str, str, int]:
    """Return what an entry is about, of which there is one in a tick."""
    if entry.decision is not None:
        return entry.kind, entry.stream_id, entry.decision.segment_index
    if entry.review is not None:
        return entry.kind, entry.stream_id, entry.review.review_offset
    if entry.dead_letter is not None:
        return entry.kind, entry.dead_letter.topic, entry.dead_letter.offset
    return entry.kind, "", 0
