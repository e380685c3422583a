"""Keeps the account of a partition while its ledger is verified, and tells what does not add up.

Beside what ``completeness.py`` follows of places, this counts: the characters of each decision, the chunks and the records of a tick, held
text and its answers, and usage records, if there are any, with the decisions that they bill.

* A decision's characters are those that it covers: withheld as a whole, or released and redacted.
* A chunk lies at one offset, and the next one behind it; text that left has no more chunks than offsets.
* A stream ends once: its last decision is in the tick of the record that closed it.
* A stamp counts no fewer open streams than have decisions and no last one. When it counts none, each record since the stamp before that
  did so is a decided chunk, the beginning or the end of a decided stream, or set aside: a stream without any decision shows here.
* Held text is answered once, as ``Holds`` says, and nothing of its stream leaves before. The usage of a stream is the sum of its decisions.

Memory: one small tuple for each open stream and each segment that waits, and the usage records that ``usage.py`` reads ahead.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final, NamedTuple

from audit.account import LISTED_MAX, Account, Unread, Waiting
from audit.completeness import APPROVE, EXPIRE, REJECT, Held, Holds
from audit.entries import Brief, EntryReader, Tally
from audit.problems import Kind, ProblemList
from audit.usage import UsageLog
from schemas.records import UsageRecord

REVIEWS_TOPIC: Final = "carnet.reviews.v1"
_WITHHOLDING: Final = frozenset({"hold", "block"})


class _Sum(NamedTuple):
    """What the decisions of an open stream add up to."""

    sequence_to: int = -1
    offset_to: int = -1
    released: int = 0
    redacted: int = 0
    withheld: int = 0


class _Settled(NamedTuple):
    """The account where no stream was open: after how many entries, and how many records were not accounted for."""

    entries: int
    beside: int


class Accountant:
    """Keeps the account of one partition, entry by entry, in order.

    Args:
        reader: Reads what a decision counts, and reviews whole.
        problems: Takes what does not add up.
        inbound_topic: The topic whose offsets the stamps tile.
        reviews_topic: The topic of reviews; each record of it is answered by one entry.
        usage: Usage records of the partition in log order; None if they are not to be compared.
    """

    def __init__(
        self,
        reader: EntryReader,
        problems: ProblemList,
        *,
        inbound_topic: str,
        reviews_topic: str = REVIEWS_TOPIC,
        usage: Iterable[UsageRecord] | None = None,
    ) -> None:
        """Start before the first entry."""
        self._account = Account()
        self._reader = reader
        self._problems = problems
        self._topics = (inbound_topic, reviews_topic)
        self._holds = Holds(problems, reviews_topic)
        self._usage = None if usage is None else UsageLog(iter(usage), problems)
        self._streams: dict[str, _Sum] = {}
        self._has_hole = False
        self._settled: _Settled | None = _Settled(0, 0)  # where no stream was open last; None behind a hole
        self._ended: dict[str, tuple[int, int]] = {}  # in the open tick: entry and offset of the last decision of each stream
        self._excess = 0  # unfinished streams beyond those that the newest stamp says are open

    def hole(self) -> None:
        """Entries are missing or not to be trusted here: what began before is not compared with what follows."""
        self._has_hole = True
        self._streams.clear()
        self._ended.clear()
        self._settled = None
        self._excess = 0
        self._holds.hole()
        if self._usage is not None:
            self._usage.hole()

    def see(self, entry: Brief, encoded: bytes) -> None:
        """Take the next entry, in brief and in full."""
        if entry.kind == "decision":
            tally = self._reader.tally(encoded)
            if tally is None:
                self._problems.add(Kind.CHARACTER_GAP, entry.entry_index, entry.entry_index + 1, "a decision that cannot be counted")
            else:
                self._see_decision(entry, tally, encoded)
        elif entry.kind == "stamp":
            self._see_stamp(entry)
        elif entry.kind == "dead_letter":
            self._account.dead_letters += entry.topic == self._topics[0]
            self._account.reviews_refused += entry.topic == self._topics[1]
            self._holds.dead_letter(entry)
        else:
            self._see_review(encoded)

    def finish(self, entries: int) -> Account:
        """Return the account at the end of a log of that many entries."""
        account = self._account
        if self._usage is not None:
            self._usage.finish(entries)
            account.usage, account.streams_without_usage = self._usage.compared, self._usage.before
        account.review_offsets_skipped = self._holds.offsets_skipped
        for held in self._holds.waiting:
            account.open += held.characters
            account.segments_open += 1
            if len(account.waiting) < LISTED_MAX:
                account.waiting.append(Waiting(held.delivery_id, held.entry_index, held.characters, held.held_at_ms))
        return account

    def _see_decision(self, entry: Brief, tally: Tally, encoded: bytes) -> None:
        account, stream = self._account, self._streams.get(entry.stream_id)
        is_known = stream is not None or entry.segment_index == 0 or not self._has_hole
        self._compare(entry, tally, stream)
        if entry.is_last:
            self._ended[entry.stream_id] = (entry.entry_index, entry.offset_to)
        account.streams += stream is None and is_known
        account.segments += 1
        account.actions[tally.action] += 1
        account.characters += entry.end - entry.start
        account.released += tally.released
        account.redacted += tally.redacted
        if tally.action == "hold":
            account.held += tally.withheld
            account.segments_held += 1
            digest = hashlib.sha256(encoded).digest()
            held = Held(entry.delivery_id, entry.entry_index, digest, tally.withheld, tally.decided_at_ms, entry.is_last)
            self._holds.hold(entry.stream_id, held)
        else:
            account.blocked += tally.withheld
        if is_known:
            self._add(entry, tally, stream or _Sum())
        elif entry.is_last:
            account.streams_ended += 1
            self._see_usage(entry, tally, None)

    def _compare(self, entry: Brief, tally: Tally, stream: _Sum | None) -> None:
        """Tell what a decision contradicts: by itself, after its stream so far, or beside what waits of it."""
        told = _fault_in(entry, tally)
        if told:
            self._tell(Kind.CHARACTER_GAP, entry, told)
        told = _misplaced(entry, tally, stream)
        if told:
            self._tell(Kind.STREAM_GAP, entry, told)
        if entry.stream_id in self._ended:
            self._tell(Kind.STREAM_GAP, entry, f"follows the last decision, entry {self._ended[entry.stream_id][0]}")
        oldest = self._holds.oldest(entry.stream_id)
        if oldest is not None and tally.action not in _WITHHOLDING:
            self._tell(Kind.REVIEW_GAP, entry, f"leaves while {oldest.delivery_id}, held by entry {oldest.entry_index}, waits")

    def _add(self, entry: Brief, tally: Tally, before: _Sum) -> None:
        """Add a decision to its stream; compare the stream with its usage where it ends."""
        account, reached = self._account, before.sequence_to + 1
        account.chunks += max(0, entry.sequence_to + 1 - max(entry.sequence_from, reached))
        account.chunks_lost += max(0, entry.sequence_from - reached)
        stream = _Sum(
            max(before.sequence_to, entry.sequence_to),
            max(before.offset_to, entry.offset_to),
            before.released + tally.released,
            before.redacted + tally.redacted,
            before.withheld + tally.withheld,
        )
        if entry.is_last:
            account.streams_ended += 1
            self._streams.pop(entry.stream_id, None)
            self._see_usage(entry, tally, stream)
        else:
            self._streams[entry.stream_id] = stream

    def _see_usage(self, entry: Brief, tally: Tally, stream: _Sum | None) -> None:
        """Compare an ended stream with its usage; None if its decisions are not all known."""
        if self._usage is None:
            return
        usage = self._usage.of(entry)
        if usage is None or stream is None:
            return
        told = {
            "customer": (usage.customer_id, tally.customer_id),
            "destination": (usage.destination, tally.destination),
            "chunks": (usage.chunks, stream.sequence_to + 1),
            "characters": (usage.characters, entry.end),
            "released characters": (usage.characters_released, stream.released),
            "redacted characters": (usage.characters_redacted, stream.redacted),
            "withheld characters": (usage.characters_withheld, stream.withheld),
        }
        differing = [f"{name} {used}, decided {decided}" for name, (used, decided) in told.items() if used != decided]
        if differing:
            self._tell(Kind.USAGE_GAP, entry, f"usage says {'; '.join(differing)}")

    def _see_stamp(self, stamp: Brief) -> None:
        account, offsets = self._account, stamp.offset_to - stamp.offset_from
        if not account.ticks:
            account.offsets_before = stamp.offset_from
        account.ticks += 1
        account.offsets += max(0, offsets)
        account.records += stamp.records
        account.streams_open = stamp.open_streams
        absent = offsets - stamp.records
        # A transaction has a record and a marker; the marker of one that began in the tick before may come first.
        if absent > stamp.records + 1:
            account.offsets_unread += absent
            if len(account.unread) < LISTED_MAX:
                account.unread.append(Unread(stamp.entry_index, stamp.offset_from, stamp.offset_to, stamp.records))
        else:
            account.offsets_of_controls += max(0, absent)
        for stream_id, (index, offset) in self._ended.items():
            if offset < stamp.offset_from:
                told = f"stream {stream_id} ended at offset {offset}, its last decision is in the tick from {stamp.offset_from}"
                self._problems.add(Kind.STREAM_GAP, index, index + 1, told)
        self._ended.clear()
        excess = len(self._streams) - stamp.open_streams
        if excess > max(0, self._excess):
            told = f"{len(self._streams)} streams without a last decision, the stamp counts {stamp.open_streams} open"
            self._problems.add(Kind.STREAM_GAP, stamp.entry_index, stamp.entry_index + 1, told)
        self._excess = excess
        if not stamp.open_streams:
            self._settle(stamp.entry_index)

    def _settle(self, index: int) -> None:
        """Where no stream is open, say which records since the last such stamp are not accounted for."""
        account, before = self._account, self._settled
        beside = account.records - account.chunks - account.dead_letters - account.streams - account.streams_ended
        if before is not None and beside > before.beside:
            told = f"{beside - before.beside} records are neither decided, nor set aside, nor the beginning or the end of a decided stream"
            self._problems.add(Kind.GAP, before.entries, index + 1, told)
        self._settled = _Settled(index + 1, beside)

    def _see_review(self, encoded: bytes) -> None:
        account, whole = self._account, self._reader.decode(encoded)
        if whole is None or whole.review is None:
            return  # a brief was made of it: it decodes
        account.reviews += 1
        verdict = whole.review.verdict
        for outcome in self._holds.answer(whole, whole.review):
            if verdict == APPROVE:
                account.segments_approved += 1
                account.approved += outcome.characters_released
                account.approved_redacted += outcome.characters_redacted
            elif verdict == REJECT:
                account.segments_rejected += 1
                account.rejected += outcome.characters_withheld
            elif verdict == EXPIRE:
                account.segments_expired += 1
                account.expired += outcome.characters_withheld

    def _tell(self, kind: Kind, entry: Brief, told: str) -> None:
        detail = f"stream {entry.stream_id} segment {entry.segment_index}: {told}"
        self._problems.add(kind, entry.entry_index, entry.entry_index + 1, detail, entry.delivery_id)


def _fault_in(entry: Brief, tally: Tally) -> str:
    """Say what the characters of a decision contradict."""
    counts, covered = (tally.released, tally.redacted, tally.withheld), entry.end - entry.start
    if min(counts) < 0 or sum(counts) != covered:
        return f"released {counts[0]}, redacted {counts[1]} and withheld {counts[2]} of the {covered} characters that it covers"
    withheld = covered if tally.action in _WITHHOLDING else 0
    return "" if tally.withheld == withheld else f"withheld {tally.withheld} characters, by its action {withheld}"


def _misplaced(entry: Brief, tally: Tally, stream: _Sum | None) -> str:
    """Say where chunks and offsets of a decision contradict each other, or those of its stream so far."""
    offsets, chunks = entry.offset_to - entry.offset_from + 1, entry.sequence_to - entry.sequence_from + 1
    if chunks > offsets and tally.action not in _WITHHOLDING:
        return f"{chunks} chunks in {offsets} offsets"
    if stream is None or not stream.sequence_to <= entry.sequence_from <= entry.sequence_to:
        return ""
    is_next = entry.sequence_from > stream.sequence_to
    if is_next == (entry.offset_from > stream.offset_to) and entry.offset_from >= stream.offset_to:
        return ""
    return f"chunk {stream.sequence_to} up to offset {stream.offset_to}, chunk {entry.sequence_from} from offset {entry.offset_from}"
