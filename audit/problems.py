"""What can be wrong with a ledger, where, and what ``audit verify`` exits with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from audit.account import Account


class Kind(StrEnum):
    """The classes of problems that are told apart."""

    ALTERED = "altered"  # an entry is not the one that was signed
    MISSING = "missing"  # an entry between others was taken out
    DOUBLED = "doubled"  # an entry stands twice
    REORDERED = "reordered"  # an entry, or a checkpoint, stands elsewhere than where it was written
    INSERTED = "inserted"  # bytes stand between entries that were never signed
    TRUNCATED = "truncated"  # the log ends before its newest checkpoint does
    UNSIGNED = "unsigned"  # entries follow the newest checkpoint
    WRONG_KEY = "wrong_key"  # checkpoints by another key, or of another log
    BAD_SIGNATURE = "bad_signature"  # a checkpoint that was changed, or is none
    FORKED = "forked"  # two signed checkpoints contradict each other
    GAP = "gap"  # stamps do not tile the inbound log
    STREAM_GAP = "stream_gap"  # the decisions of a stream do not cover it
    CHARACTER_GAP = "character_gap"  # what was released, redacted and withheld is not what came in
    REVIEW_GAP = "review_gap"  # held text and the answers to it do not match
    USAGE_GAP = "usage_gap"  # usage records and decisions do not match


class ExitCode(IntEnum):
    """Exit codes of verification. Where several apply, the one that ``exit_code`` finds first in its order."""

    INTACT_AND_COMPLETE = 0
    FAILED = 1  # an unexpected error: no verdict
    USAGE = 2  # wrong arguments, an unusable key, an unreadable directory: no verdict
    ALTERED = 3  # altered, doubled, reordered, inserted
    MISSING = 4  # missing, truncated
    FORKED = 5  # forked
    UNTRUSTED = 6  # wrong key, bad signature, unsigned
    INCOMPLETE = 7  # intact, but something is not accounted for


_CODES: dict[ExitCode, frozenset[Kind]] = {
    ExitCode.FORKED: frozenset({Kind.FORKED}),
    ExitCode.ALTERED: frozenset({Kind.ALTERED, Kind.DOUBLED, Kind.REORDERED, Kind.INSERTED}),
    ExitCode.MISSING: frozenset({Kind.MISSING, Kind.TRUNCATED}),
    ExitCode.UNTRUSTED: frozenset({Kind.WRONG_KEY, Kind.BAD_SIGNATURE, Kind.UNSIGNED}),
    ExitCode.INCOMPLETE: frozenset({Kind.GAP, Kind.STREAM_GAP, Kind.CHARACTER_GAP, Kind.REVIEW_GAP, Kind.USAGE_GAP}),
}
COMPLETENESS_KINDS = _CODES[ExitCode.INCOMPLETE]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        kind: Its class.
        partition: Partition of the audit topic.
        entry_index: First entry concerned; of a checkpoint its size.
        detail: One sentence of ids, indexes and sizes.
        entry_index_to: One past the last entry that may be concerned; ``entry_index + 1`` where it was pinned to one entry.
        delivery_id: The delivery that the entry is evidence of, as far as it can be read; else empty.
    """

    kind: Kind
    partition: int
    entry_index: int
    detail: str
    entry_index_to: int
    delivery_id: str = ""


@dataclass(frozen=True, slots=True)
class PartitionReport:
    """The verdict on one partition.

    Attributes:
        partition: Partition of the audit topic.
        entries: Entries that were read.
        checkpoints: Checkpoints by the right key that were read.
        offset_from: First inbound offset that a stamp covers.
        offset_to: One past the last; equal to ``offset_from`` where there is no stamp.
        intact: What was signed is there, unchanged, and nothing else.
        complete: Every inbound offset and every stream is covered, and no part of the log was kept from that check.
        problems: In order of ``entry_index``.
        unproven: Ranges [from, to) of entries that no checkpoint could vouch for, because of damage in them or before them.
        account: Where it was asked for, what became of everything that came in; completeness is then judged by it, too.
    """

    partition: int
    entries: int
    checkpoints: int
    offset_from: int
    offset_to: int
    intact: bool
    complete: bool
    problems: tuple[Problem, ...]
    unproven: tuple[tuple[int, int], ...] = ()
    account: Account | None = None


@dataclass(slots=True)
class ProblemList:
    """Collects the problems of one partition, one for each damaged range, and no more than ``problems_max``."""

    partition: int
    problems_max: int = 1000
    found: list[Problem] = field(default_factory=list)
    kinds: set[Kind] = field(default_factory=set)

    def add(self, kind: Kind, low: int, high: int, detail: str, delivery_id: str = "") -> None:
        """Note a problem with entries [low, high); it extends the one noted last if it continues it."""
        self.kinds.add(kind)
        last = self.found[-1] if self.found else None
        if last is not None and last.kind == kind and last.entry_index < last.entry_index_to == low < high:
            # A neighbour of the same kind is the same damage: the detail and the delivery of its first entry stand for all.
            self.found[-1] = Problem(kind, self.partition, last.entry_index, last.detail, high, last.delivery_id)
        elif len(self.found) < self.problems_max:
            self.found.append(Problem(kind, self.partition, low, detail, high, delivery_id))


def exit_code(reports: Iterable[PartitionReport]) -> ExitCode:
    """Return the exit code for these verdicts: forked before altered before missing before untrusted before incomplete."""
    all_reports = tuple(reports)
    kinds = {problem.kind for report in all_reports for problem in report.problems}
    for code, members in _CODES.items():
        if kinds & members:
            return code
    return ExitCode.INTACT_AND_COMPLETE if all(each.intact and each.complete for each in all_reports) else ExitCode.INCOMPLETE
