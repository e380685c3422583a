"""What of a stream waits for a human: references to its held segments, never their text.

A case lives in the state of its partition, from the first hold of a stream until a human or the deadline answered all of it. It binds
each segment by the digest of its record, so that a reviewer can hand the record back and cannot alter it.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

SEGMENTS_MAX: Final = 4_000  # some 700 kB of state; a case is written anew whenever it grows


@dataclass(frozen=True, slots=True)
class HeldRef:
    """One held segment.

    Attributes:
        entry_index: The audit entry that held it.
        entry_sha256: Digest of that entry's bytes.
        held_sha256: SHA-256 of the encoded ``HeldSegment``, framing included.
        deadline_ms: Until when a human may answer; record time.
        escalate_ms: From when a second pair of eyes is told.
        two_person: Whether two people must approve.
        sequence_from: First chunk that it took text from.
        sequence_to: Last such chunk, inclusive.
    """

    delivery_id: str
    segment_index: int
    entry_index: int
    entry_sha256: bytes
    held_sha256: bytes
    characters: int
    deadline_ms: int
    escalate_ms: int
    is_last: bool
    two_person: bool
    sequence_from: int
    sequence_to: int


@dataclass(frozen=True, slots=True)
class FirstApproval:
    """The first of two approvals, of the next ``segments`` held segments; ``redact`` is what its reviewer asked to redact."""

    reviewer: str
    segments: int
    redact: tuple[str, ...]


@dataclass(slots=True)
class HoldCase:
    """The held segments of one stream, oldest first.

    Attributes:
        held_at_ms: Record time of the first hold.
        rule_ids: The rules that held the stream; empty where an error did.
        first: First approvals, in order; together they cover the oldest segments without a gap.
        is_full: More was held than the case lists: it can be rejected, not approved.
    """

    stream_id: str
    customer_id: str
    destination: str
    held_at_ms: int
    rule_ids: tuple[str, ...]
    segments: list[HeldRef] = field(default_factory=list)
    first: list[FirstApproval] = field(default_factory=list)
    is_full: bool = False

    @property
    def deadline_ms(self) -> int:
        """The earliest deadline of what still waits; record time."""
        return min(ref.deadline_ms for ref in self.segments)

    @property
    def first_approved(self) -> int:
        """How many of the oldest segments one person has approved and a second must."""
        return sum(one.segments for one in self.first)

    def names(self, delivery_ids: tuple[str, ...], start: int = 0) -> bool:
        """Tell whether these are the ids of the oldest segments from ``start`` on, in order, at least one."""
        found = self.segments[start : start + len(delivery_ids)]
        return bool(delivery_ids) and tuple(ref.delivery_id for ref in found) == delivery_ids

    def to_bytes(self) -> bytes:
        """Return it as JSON; the same case always gives the same bytes."""
        fields = {
            "stream": self.stream_id,
            "customer": self.customer_id,
            "destination": self.destination,
            "held_at_ms": self.held_at_ms,
            "rules": self.rule_ids,
            "segments": [_dumped(ref) for ref in self.segments],
            "first": [[one.reviewer, one.segments, one.redact] for one in self.first],
            "is_full": self.is_full,
        }
        return orjson.dumps(fields)

    @classmethod
    def from_bytes(cls, value: bytes) -> HoldCase:
        """Return the case that ``to_bytes`` wrote."""
        fields = orjson.loads(value)
        stream_id = fields["stream"]
        return cls(
            stream_id,
            fields["customer"],
            fields["destination"],
            fields["held_at_ms"],
            tuple(fields["rules"]),
            [_loaded(stream_id, ref) for ref in fields["segments"]],
            [FirstApproval(reviewer, segments, tuple(redact)) for reviewer, segments, redact in fields["first"]],
            fields["is_full"],
        )


def _dumped(ref: HeldRef) -> list[Any]:
    """Return the fields but the id, which follows from stream and number; digests in base64."""
    digests = [base64.b64encode(digest).decode() for digest in (ref.entry_sha256, ref.held_sha256)]
    return [
        ref.segment_index,
        ref.entry_index,
        *digests,
        ref.characters,
        ref.deadline_ms,
        ref.escalate_ms,
        ref.is_last,
        ref.two_person,
        ref.sequence_from,
        ref.sequence_to,
    ]


def _loaded(stream_id: str, fields: list[Any]) -> HeldRef:
    segment_index, entry_index, entry_sha256, held_sha256, *others = fields
    digests = (base64.b64decode(entry_sha256), base64.b64decode(held_sha256))
    return HeldRef(f"{stream_id}:{segment_index}", segment_index, entry_index, *digests, *others)
