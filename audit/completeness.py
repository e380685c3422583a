"""Whether a ledger accounts for everything that came in: a verdict of its own, beside whether it is intact.

What can be derived from the ledger alone:

* Stamps tile the inbound log: each begins at the offset where the one before ended, and counts no more records than offsets.
* What a tick decided had arrived by its end, and its dead letters lie in it.
* The decisions of a stream follow each other: segments are numbered from 0, their code points are contiguous, no chunk is left out
  (a chunk may be cut between two segments), nothing follows the last. A decision to hold or block may leave chunks out: the sender
  lost them, and nothing left.
* No stream is left without its last decision while the stamps say that none is open.

Memory: one small tuple for each stream that is open at the time.
"""

from __future__ import annotations

from typing import NamedTuple

from audit.entries import Brief, EntryReader
from audit.problems import Kind, ProblemList


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
