"""A partition's log that is written entry by entry, and signed correctly whatever stands in it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import replace

from audit import ledger
from audit.checkpoint import LEDGER_NAME, Signer, Verifier
from audit.merkle import Frontier
from audit.problems import PartitionReport
from audit.verify import verify_partition
from schemas.codec import Codec
from schemas.records import AuditEntry, Covers, DeadLetterNote, ReviewNote, ReviewOutcome, Stamp, UsageRecord
from tests.golden.ledger_example import KEY, VKEY, decision

CODEC = Codec.committed()
PARTITION = 2


class Book:
    """A partition's log that is written entry by entry: two chunks and ten characters in each segment, one offset for each chunk.

    Args:
        omitted: The entry, in the order in which they are added, that whoever signs leaves out; none by default.
    """

    def __init__(self, omitted: int = -1) -> None:
        self.omitted, self.added = omitted, 0
        self.entries: list[bytes] = []
        self.notes: list[str] = []
        self.frontier = Frontier()
        self.signer = Signer(f"{LEDGER_NAME}/{PARTITION}", KEY)
        self.offset = self.stamped = self.review_offset = 0
        self.held: dict[str, int] = {}

    def add(self, entry: AuditEntry) -> int:
        index = len(self.entries)
        self.added += 1
        if self.added - 1 == self.omitted:
            return index
        self.entries.append(CODEC.encode(replace(entry, entry_index=index)))
        self.frontier, _ = ledger.append(self.frontier, self.entries[-1:])
        return index

    def segment(
        self, stream: str, number: int, *, action: str = "release", is_last: bool = False, covers: Covers | None = None, **changed: object
    ) -> int:
        entry = decision(PARTITION, 0, stream, number, self.offset, is_last=is_last, action=action)
        whole = entry.decision
        assert whole is not None
        withheld = 10 if action in {"hold", "block"} else 0
        whole = replace(whole, characters_released=10 - withheld, characters_withheld=withheld, covers=covers or whole.covers)
        self.offset += 2
        index = self.add(replace(entry, decision=replace(whole, **changed)))  # type: ignore[arg-type]
        if action == "hold":
            self.held[f"{stream}:{number}"] = index
        return index

    def stamp(self, open_streams: int = 0, absent: int = 0) -> int:
        first, self.stamped = self.stamped, self.offset + absent
        stamp = Stamp(first, self.stamped, self.offset - first, bytes(32), open_streams)
        self.offset = self.stamped
        index = self.add(AuditEntry("stamp", PARTITION, 0, 1, "", stamp=stamp))
        if self.added - 1 == self.omitted:
            return index
        self.notes.append(self.signer.sign(self.frontier.size, self.frontier.root()))
        return index

    def review(
        self, verdict: str, stream: str, *numbers: int, last: bool = False, outcome: Callable[..., object] = dict, **changed: object
    ) -> int:
        """An answer to held segments; ``outcome`` gives what to change of its first outcome, ``changed`` of the note."""
        first = self.held.get(f"{stream}:{numbers[0]}", 0) if numbers else 0
        outcomes = [outcome_of(verdict, f"{stream}:{number}", is_last=last and number == numbers[-1]) for number in numbers]
        if outcomes:
            outcomes[0] = replace(outcomes[0], **outcome())  # type: ignore[arg-type]
        digest = hashlib.sha256(self.entries[first]).digest() if first < len(self.entries) else bytes(32)
        offset = -1 if verdict == "expire" else self.review_offset
        self.review_offset += verdict != "expire"
        note = ReviewNote(verdict, "anna", "unclear", b"", (), first, digest, offset, b"", tuple(outcomes))
        return self.add(AuditEntry("review", PARTITION, 0, 1, stream, review=replace(note, **changed)))  # type: ignore[arg-type]

    def letter(self, topic: str, offset: int) -> int:
        return self.add(AuditEntry("dead_letter", PARTITION, 0, 1, "", dead_letter=DeadLetterNote(topic, offset, "bad_magic", 3)))

    def report(self, usage: Iterable[UsageRecord] | None = None) -> PartitionReport:
        report = verify_partition(PARTITION, self.entries, self.notes, Verifier(VKEY), complete=True, usage=usage)
        assert report.intact
        assert report.complete == (not report.problems)
        return report


def outcome_of(verdict: str, held: str, *, is_last: bool = False) -> ReviewOutcome:
    if verdict == "approve":
        return ReviewOutcome(held, f"{held}:r", 7, 3, 0, bytes(32), is_last)
    return ReviewOutcome(held, "", 0, 0, 10, b"", is_last)


def usage_of(stream: str, segments: int = 1, withheld: int = 0) -> UsageRecord:
    characters = 10 * segments
    return UsageRecord(
        stream, "c-204", "SG", "cn-east", "api", "m", 2 * segments, 9, characters, characters - withheld, 0, withheld, 0, 1
    )  # fmt: skip
