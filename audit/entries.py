"""What verification reads of an entry, without decoding the whole of it.

An audit entry is 0.5 to 5 kB of findings and facts; its place in the log takes a dozen numbers that stand at its beginning. Reading
only those is some ten times faster than decoding. Layout: ``schemas/avro/audit_entry.v1.avsc``; zig-zag integers: Avro 1.12
specification, "Binary encoding".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from schemas.codec import PREFIX_BYTES, Codec
from schemas.errors import SchemaError
from schemas.records import AuditEntry, Stamp

_CONTINUED = 0x80
_PRESENT = 1  # branch of a union [null, X]
_WITHHOLDING = frozenset({"hold", "block"})
_DOUBLE_BYTES = 8
_DECISION_TAIL = b"\0\0\0"  # no stamp, no dead letter, no review


class Brief(NamedTuple):
    """An entry as completeness needs it. Numbers that its kind does not have are -1."""

    kind: str
    entry_index: int
    stream_id: str
    delivery_id: str = ""
    segment_index: int = -1
    offset_from: int = -1
    offset_to: int = -1
    sequence_from: int = -1
    sequence_to: int = -1
    start: int = -1
    end: int = -1
    is_last: bool = False
    records: int = -1
    open_streams: int = -1
    topic: str = ""


class Tally(NamedTuple):
    """What a decision counts: when and for whom, what was done, and to how many code points."""

    decided_at_ms: int
    customer_id: str
    destination: str
    released: int
    redacted: int
    withheld: int
    action: str


class EntryReader:
    """Reads the entries of one partition.

    Args:
        partition: Entries of another partition are not accepted.
        codec: Knows the schema ids; the committed ones by default.
    """

    def __init__(self, partition: int, codec: Codec | None = None) -> None:
        """Learn the framing that entries of the current schema have."""
        self._partition = partition
        self._codec = codec if codec is not None else Codec.committed()
        sample = AuditEntry("stamp", partition, 0, 0, "", stamp=Stamp(0, 0, 0, b"", 0))
        self._prefix = self._codec.encode(sample)[:PREFIX_BYTES]

    def decode(self, entry: bytes) -> AuditEntry | None:
        """Return the whole entry; None if the bytes are no entry of this partition."""
        try:
            record = self._codec.decode(entry)
        except SchemaError:
            return None
        return record if isinstance(record, AuditEntry) and record.partition == self._partition else None

    def claimed_index(self, entry: bytes) -> int | None:
        """Return the ``entry_index`` that the bytes claim; None if they are no entry of this partition."""
        if entry[:PREFIX_BYTES] != self._prefix:
            whole = self.decode(entry)
            return None if whole is None else whole.entry_index
        try:
            kind = entry[PREFIX_BYTES]
            partition, at = _read_long(entry, PREFIX_BYTES + 1)
            index, _ = _read_long(entry, at)
        except IndexError:
            return None
        return index if partition == self._partition and kind in {0, 2, 4, 6} else None

    def brief(self, entry: bytes) -> Brief | None:
        """Return what completeness needs; None if the bytes are no entry of this partition."""
        if entry[:PREFIX_BYTES] == self._prefix and entry[PREFIX_BYTES : PREFIX_BYTES + 1] == b"\0":
            try:
                return self._skim_decision(entry)
            except (IndexError, UnicodeDecodeError):
                return None
        whole = self.decode(entry)
        return None if whole is None else _brief_of(whole)

    def tally(self, entry: bytes) -> Tally | None:
        """Return what a decision counts; None if the bytes are no decision of this partition."""
        if entry[:PREFIX_BYTES] == self._prefix and entry[PREFIX_BYTES : PREFIX_BYTES + 1] == b"\0":
            try:
                return _skim_tally(entry)
            except (IndexError, UnicodeDecodeError):
                return None
        whole = self.decode(entry)
        if whole is None or whole.decision is None:
            return None
        told = whole.decision
        counts = (told.characters_released, told.characters_redacted, told.characters_withheld)
        return Tally(whole.decided_at_ms, told.customer_id, told.destination, *counts, told.action)

    def is_withheld(self, entry: bytes) -> bool:
        """Say whether the entry is a decision by which no text left."""
        whole = self.decode(entry)
        return whole is not None and whole.decision is not None and whole.decision.action in _WITHHOLDING

    def _skim_decision(self, entry: bytes) -> Brief | None:
        (partition, index, _decided_at_ms), at = _read_longs(entry, PREFIX_BYTES + 1, 3)
        stream_id, at = _read_string(entry, at)
        branch, at = _read_long(entry, at)
        if partition != self._partition or branch != _PRESENT or entry[-len(_DECISION_TAIL) :] != _DECISION_TAIL:
            return None
        delivery_id, at = _read_string(entry, at)
        segment_index, at = _read_long(entry, at)
        at = _skip_string(entry, _skip_string(entry, at))  # customer_id, destination
        (offset_from, offset_to, sequence_from, sequence_to, start, end), _ = _read_longs(entry, at, 6)
        is_last = entry[-len(_DECISION_TAIL) - 1] == 1
        return Brief(
            "decision",
            index,
            stream_id,
            delivery_id,
            segment_index,
            offset_from,
            offset_to,
            sequence_from,
            sequence_to,
            start,
            end,
            is_last,
        )


def _brief_of(entry: AuditEntry) -> Brief | None:
    """Return the same from a decoded entry."""
    decision, stamp, letter = entry.decision, entry.stamp, entry.dead_letter
    if decision is not None:
        covers = decision.covers
        return Brief(
            "decision",
            entry.entry_index,
            entry.stream_id,
            decision.delivery_id,
            decision.segment_index,
            covers.offset_from,
            covers.offset_to,
            covers.sequence_from,
            covers.sequence_to,
            covers.start,
            covers.end,
            decision.is_last,
        )
    if stamp is not None:
        return Brief(
            "stamp",
            entry.entry_index,
            "",
            offset_from=stamp.offset_from,
            offset_to=stamp.offset_to,
            records=stamp.records,
            open_streams=stamp.open_streams,
        )
    if letter is not None:
        return Brief("dead_letter", entry.entry_index, entry.stream_id, offset_from=letter.offset, topic=letter.topic)
    if entry.review is not None:
        return Brief("review", entry.entry_index, entry.stream_id, offset_from=entry.review.review_offset)
    return None


def _skim_tally(entry: bytes) -> Tally:
    """Read on to the action, over what was found and the facts."""
    (_partition, _index, decided_at_ms), at = _read_longs(entry, PREFIX_BYTES + 1, 3)
    at = _skip_string(entry, at) + 1  # stream_id, and the branch of the union
    _, at = _read_long(entry, _skip_string(entry, at))  # delivery_id, segment_index
    customer_id, at = _read_string(entry, at)
    destination, at = _read_string(entry, at)
    (*_covers, released, redacted, withheld), at = _read_longs(entry, at, 9)
    at = _skip_array(entry, _skip_array(entry, at, _skip_finding), _skip_fact)
    return Tally(decided_at_ms, customer_id, destination, released, redacted, withheld, _read_string(entry, at)[0])


def _skip_array(entry: bytes, at: int, skip_item: Callable[[bytes, int], int]) -> int:
    """Return where the array at ``at`` ends; a block with a negative count says its size in bytes."""
    count, at = _read_long(entry, at)
    while count:
        if count < 0:
            at = _skip_string(entry, at)
        else:
            for _ in range(count):
                at = skip_item(entry, at)
        count, at = _read_long(entry, at)
    return at


def _skip_finding(entry: bytes, at: int) -> int:
    """Return where a finding ends: type, start, end, score, recogniser, provenance, digest."""
    _, at = _read_longs(entry, _skip_string(entry, at), 2)
    at = _skip_string(entry, _skip_string(entry, at + _DOUBLE_BYTES))
    return _skip_string(entry, at)


def _skip_fact(entry: bytes, at: int) -> int:
    """Return where a fact ends: name and value."""
    return _skip_string(entry, _skip_string(entry, at))


def _read_long(entry: bytes, at: int) -> tuple[int, int]:
    """Return the zig-zag integer at ``at``, and where it ends."""
    byte = entry[at]
    at += 1
    value = byte & 0x7F
    shift = 7
    while byte & _CONTINUED:
        byte = entry[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
    return (value >> 1) ^ -(value & 1), at


def _read_longs(entry: bytes, at: int, count: int) -> tuple[list[int], int]:
    """Return that many zig-zag integers from ``at`` on, and where they end; a loop, as a call for each costs more than the reading."""
    values = []
    for _ in range(count):
        byte = entry[at]
        at += 1
        value = byte & 0x7F
        shift = 7
        while byte & _CONTINUED:
            byte = entry[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
        values.append((value >> 1) ^ -(value & 1))
    return values, at


def _read_string(entry: bytes, at: int) -> tuple[str, int]:
    """Return the string at ``at``, and where it ends."""
    length, start = _read_long(entry, at)
    if length < 0 or start + length > len(entry):
        raise IndexError
    return entry[start : start + length].decode(), start + length


def _skip_string(entry: bytes, at: int) -> int:
    """Return where the string at ``at`` ends."""
    length, at = _read_long(entry, at)
    if length < 0 or at + length > len(entry):
        raise IndexError
    return at + length
