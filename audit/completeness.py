"""Whether a ledger accounts for everything that came in: a verdict of its own, beside whether it is intact.

What can be derived from the ledger alone:

* Stamps tile the inbound log: each begins at the offset where the one before ended, and counts no more records than offsets.
* What a tick decided had arrived by its end, and its dead letters lie in it.
* The decisions of a stream follow each other: segments are numbered from 0, their code points are contiguous, no chunk is left out
  (a chunk may be cut between two segments), nothing follows the last. A decision to hold or block may leave chunks out: the sender
  lost them, and nothing left.
* No stream is left without its last decision while the stamps say that none is open.
* What was held is answered once, whole, by an answer that names the entry that held it, or it still waits (``Holds``; asked by
  ``accountant.py``, which needs more of an entry than its place).

Memory: one small tuple for each stream that is open, and for each segment that waits, at the time.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from typing import Final, NamedTuple

from audit.entries import Brief, EntryReader
from audit.problems import Kind, ProblemList
from schemas.records import AuditEntry, ReviewNote, ReviewOutcome

APPROVE, FIRST_APPROVE, REJECT, EXPIRE = "approve", "first_approve", "reject", "expire"
_VERDICTS: Final = frozenset({APPROVE, FIRST_APPROVE, REJECT, EXPIRE})
_ANSWERED_MAX: Final = 4096


class _Reach(NamedTuple):
    """How far the decisions of an open stream have come."""

    segment_index: int
    sequence_to: int
    end: int
    entry_index: int
    holes: int


class Completeness:
    """Follows the entries of one partition in order.

    Args:
        reader: Looks at a whole entry where its brief is not enough.
        problems: Takes what is not covered.
        inbound_topic: Dead letters of this topic must lie in the tick that stamps them; others are not compared.
    """

    def __init__(self, reader: EntryReader, problems: ProblemList, inbound_topic: str) -> None:
        """Start before the first entry."""
        self.offset_from = 0
        self.offset_to = 0
        self.holes = 0
        self._reader = reader
        self._problems = problems
        self._inbound_topic = inbound_topic
        self._streams: dict[str, _Reach] = {}
        self._is_tiled = False  # a stamp was seen since the beginning or the last hole
        self._has_stamp = False
        self._offset_newest = -1  # newest inbound offset that the open tick names
        self._letter_oldest: int | None = None
        self._open_streams: int | None = None

    def hole(self) -> None:
        """Entries are missing or not to be trusted here: do not compare across, they are reported already."""
        self.holes += 1
        self._is_tiled = False
        self._offset_newest = -1
        self._letter_oldest = None
        self._open_streams = None

    def see(self, entry: Brief, encoded: bytes) -> None:
        """Take the next entry, in brief and in full."""
        if entry.kind == "decision":
            self._see_decision(entry, encoded)
        elif entry.kind == "stamp":
            self._see_stamp(entry)
        elif entry.kind == "dead_letter" and entry.topic == self._inbound_topic:
            self._offset_newest = max(self._offset_newest, entry.offset_from)
            self._letter_oldest = entry.offset_from if self._letter_oldest is None else min(self._letter_oldest, entry.offset_from)

    def finish(self, entries: int) -> None:
        """Say what is still open at the end of a log of that many entries."""
        if self._open_streams == 0:
            for stream_id, reach in self._streams.items():
                if reach.holes == self.holes:
                    detail = f"stream {stream_id} has no last decision, and no stream is open"
                    self._problems.add(Kind.STREAM_GAP, reach.entry_index, reach.entry_index + 1, detail)
        if self._offset_newest >= 0 or self._letter_oldest is not None:
            self._problems.add(Kind.GAP, entries, entries, "the last tick has entries and no stamp")

    def _see_decision(self, entry: Brief, encoded: bytes) -> None:
        self._offset_newest = max(self._offset_newest, entry.offset_to)
        told = self._gap_before(entry, encoded, self._streams.get(entry.stream_id)) or _fault_in(entry)
        if told:
            detail = f"stream {entry.stream_id} segment {entry.segment_index}: {told}"
            self._problems.add(Kind.STREAM_GAP, entry.entry_index, entry.entry_index + 1, detail, entry.delivery_id)
        if entry.is_last:
            self._streams.pop(entry.stream_id, None)
        else:
            self._streams[entry.stream_id] = _Reach(entry.segment_index, entry.sequence_to, entry.end, entry.entry_index, self.holes)

    def _gap_before(self, entry: Brief, encoded: bytes, reach: _Reach | None) -> str:
        """Say what is not covered between the stream's last decision and this one."""
        if (self.holes if reach is None else reach.holes != self.holes) and entry.segment_index > 0:
            return ""  # the decisions before it may have stood in a hole
        segment_index, sequence_to, end = (-1, -1, 0) if reach is None else (reach.segment_index, reach.sequence_to, reach.end)
        if entry.segment_index != segment_index + 1:
            return f"follows segment {segment_index}" if reach is not None else "is the first that is there"
        if entry.start != end:
            return f"begins at code point {entry.start}, decided up to {end}"
        if entry.sequence_from not in {sequence_to, sequence_to + 1} and not self._reader.is_withheld(encoded):
            return f"begins with chunk {entry.sequence_from}, decided up to {sequence_to}"
        return ""

    def _see_stamp(self, entry: Brief) -> None:
        told = self._fault_in_tick(entry)
        if told:
            self._problems.add(Kind.GAP, entry.entry_index, entry.entry_index + 1, told)
        if not self._has_stamp:
            self.offset_from = entry.offset_from
        self.offset_to = entry.offset_to
        self._has_stamp = self._is_tiled = True
        self._offset_newest = -1
        self._letter_oldest = None
        self._open_streams = entry.open_streams

    def _fault_in_tick(self, stamp: Brief) -> str:
        """Say what is wrong with a stamp, by itself, after the one before, or for the entries of its tick."""
        if self._is_tiled and stamp.offset_from != self.offset_to:
            return f"stamp from offset {stamp.offset_from}, stamped up to {self.offset_to}"
        if stamp.offset_to < stamp.offset_from or not 0 <= stamp.records <= stamp.offset_to - stamp.offset_from:
            return f"stamp of {stamp.records} records in offsets {stamp.offset_from} to {stamp.offset_to}"
        if self._offset_newest >= stamp.offset_to:
            return f"decided offset {self._offset_newest}, stamped up to {stamp.offset_to}"
        if self._letter_oldest is not None and self._letter_oldest < stamp.offset_from:
            return f"dead letter at offset {self._letter_oldest}, stamped from {stamp.offset_from}"
        return ""


def _fault_in(entry: Brief) -> str:
    """Say what a decision contradicts by itself. A segment without text covers no chunk: it may end one before it begins."""
    if entry.delivery_id != f"{entry.stream_id}:{entry.segment_index}":
        return f"delivery {entry.delivery_id} is of another segment"
    if entry.end < entry.start or entry.sequence_to < entry.sequence_from - 1 or entry.offset_to < entry.offset_from - 1:
        return f"covers [{entry.start}, {entry.end}), chunks {entry.sequence_from} to {entry.sequence_to}"
    return ""


class Held(NamedTuple):
    """A held segment that waits: how much of it, since when, and the entry that held it."""

    delivery_id: str
    entry_index: int
    entry_sha256: bytes
    characters: int
    held_at_ms: int
    is_last: bool


class Holds:
    """Follows held segments to their answers.

    Memory: one small tuple for each segment that waits, and the ids of the ``_ANSWERED_MAX`` answered last, to tell a second answer from an
    answer to nothing.

    Args:
        problems: Takes what does not match.
        reviews_topic: Its dead letters, too, are answers: each offset of it is used once.
    """

    def __init__(self, problems: ProblemList, reviews_topic: str) -> None:
        """Start before the first entry."""
        self.offset_to = 0  # one past the newest offset of the topic of reviews that was used
        self.offsets_skipped = 0  # before it, answered by no entry: records that were removed, or markers
        self._problems = problems
        self._reviews_topic = reviews_topic
        self._waiting: dict[str, dict[str, Held]] = {}
        self._answered: OrderedDict[str, int] = OrderedDict()
        self._has_hole = False

    @property
    def waiting(self) -> Iterator[Held]:
        """What has no answer so far, oldest first within a stream."""
        return (held for of_stream in self._waiting.values() for held in of_stream.values())

    def hole(self) -> None:
        """Entries are missing or not to be trusted here: what an answer names may have stood in it."""
        self._has_hole = True

    def oldest(self, stream_id: str) -> Held | None:
        """Return what of a stream has waited longest; None if nothing waits, or if it may be answered where entries are missing."""
        waiting = self._waiting.get(stream_id)
        return next(iter(waiting.values()), None) if waiting and not self._has_hole else None

    def hold(self, stream_id: str, held: Held) -> None:
        """Take a segment that waits from here on."""
        self._waiting.setdefault(stream_id, {})[held.delivery_id] = held

    def dead_letter(self, entry: Brief) -> None:
        """Take a record that was set aside."""
        if entry.topic == self._reviews_topic:
            self._use(entry.entry_index, entry.offset_from)

    def answer(self, entry: AuditEntry, note: ReviewNote) -> list[ReviewOutcome]:
        """Return the outcomes by which a segment that waited was settled; first approvals settle none."""
        index, waiting = entry.entry_index, self._waiting.get(entry.stream_id, {})
        if (note.review_offset < 0) != (note.verdict == EXPIRE):
            self._tell(index, f"{_word(note.verdict)} with the review offset {note.review_offset}")
        elif note.review_offset >= 0:
            self._use(index, note.review_offset)
        if note.verdict not in _VERDICTS:
            self._tell(index, "a verdict that is not known")
            return []
        self._see_chain(index, note, waiting)
        settled = [outcome for outcome in note.outcomes if self._see_outcome(entry, outcome, note.verdict, waiting)]
        if waiting and note.verdict in {REJECT, EXPIRE}:
            left = next(iter(waiting.values()))
            told = f"ends stream {entry.stream_id} without an outcome for {len(waiting)} held segments, the first {left.delivery_id}"
            self._tell(index, told, left.delivery_id)
        if not waiting:
            self._waiting.pop(entry.stream_id, None)
        return settled

    def _see_outcome(self, entry: AuditEntry, outcome: ReviewOutcome, verdict: str, waiting: dict[str, Held]) -> bool:
        """Compare an outcome with what was held; say whether it settles it."""
        held = waiting.get(outcome.held_delivery_id)
        if held is None:
            self._tell_unheld(entry.entry_index, outcome.held_delivery_id)
            return False
        oldest = self.oldest(entry.stream_id)
        told = _fault_in_outcome(outcome, held, verdict)
        if not told and verdict == APPROVE and oldest is not None and oldest != held:
            told = f"approved while the older {oldest.delivery_id} waits"
        if told:
            detail = f"segment {held.delivery_id}, held by entry {held.entry_index}: {told}"
            self._tell(entry.entry_index, detail, held.delivery_id)
        if verdict == FIRST_APPROVE:
            return False
        del waiting[held.delivery_id]
        self._remember(held.delivery_id, entry.entry_index)
        return True

    def _see_chain(self, index: int, note: ReviewNote, waiting: dict[str, Held]) -> None:
        """Compare the entry that a review names with the one that held the first of its segments."""
        if not note.outcomes:
            self._tell(index, "a review without an outcome")
            return
        held = waiting.get(note.outcomes[0].held_delivery_id)
        if held is None:
            return  # told with the outcome
        if note.held_entry_index != held.entry_index:
            told = f"names entry {note.held_entry_index}, held by entry {held.entry_index}"
        elif note.held_entry_sha256 != held.entry_sha256:
            told = f"names entry {held.entry_index} by another digest"
        else:
            return
        self._tell(index, f"segment {held.delivery_id}: {told}", held.delivery_id)

    def _use(self, index: int, offset: int) -> None:
        """Take an offset of the topic of reviews; they are read in order, so one that does not rise was used before."""
        if offset < self.offset_to:
            self._tell(index, f"review offset {offset} after {self.offset_to - 1}")
        self.offsets_skipped += max(0, offset - self.offset_to)
        self.offset_to = max(self.offset_to, offset + 1)

    def _tell_unheld(self, index: int, delivery_id: str) -> None:
        first = self._answered.get(delivery_id)
        if first is not None:
            self._tell(index, f"a second outcome of segment {delivery_id}, the first is entry {first}", delivery_id)
        elif not self._has_hole:
            self._tell(index, f"an outcome of segment {delivery_id}, which does not wait", delivery_id)

    def _remember(self, delivery_id: str, index: int) -> None:
        self._answered[delivery_id] = index
        if len(self._answered) > _ANSWERED_MAX:
            self._answered.popitem(last=False)

    def _tell(self, index: int, detail: str, delivery_id: str = "") -> None:
        self._problems.add(Kind.REVIEW_GAP, index, index + 1, detail, delivery_id)


def _fault_in_outcome(outcome: ReviewOutcome, held: Held, verdict: str) -> str:
    """Say what an outcome contradicts of the segment that was held."""
    counts = (outcome.characters_released, outcome.characters_redacted, outcome.characters_withheld)
    if min(counts) < 0 or sum(counts) != held.characters:
        return f"an outcome of {sum(counts)} characters, held were {held.characters}"
    left = counts[0] + counts[1]
    if (verdict == APPROVE and counts[2]) or (verdict != APPROVE and left):
        return f"{verdict} with {left} characters that left and {counts[2]} withheld"
    if outcome.delivery_id != (f"{held.delivery_id}:r" if verdict == APPROVE else ""):
        return f"{verdict} with another delivery than its own"
    return "" if outcome.is_last == held.is_last else "the outcome and the hold do not agree whether it is the last"


def _word(verdict: str) -> str:
    """Return a verdict that is known; another may be anything, and is not repeated."""
    return verdict if verdict in _VERDICTS else "a verdict that is not known"
