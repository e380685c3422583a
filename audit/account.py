"""What became of everything that came in, in numbers that add up: the account behind a verdict of completeness.

Control records of transactions, offsets that no record was read from, and what waits for an answer are named in it; they are no fault.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Final

LISTED_MAX: Final = 1000  # of what waits, and of unread offsets; all are counted


@dataclass(frozen=True, slots=True)
class Waiting:
    """A held segment without an answer. Its deadline is in its record on the topic of held text, not in the ledger."""

    delivery_id: str
    entry_index: int
    characters: int
    held_at_ms: int


@dataclass(frozen=True, slots=True)
class Unread:
    """Inbound offsets [offset_from, offset_to) of which only ``records`` gave a record: more are absent than control records explain.

    They were removed by retention or compaction, or written by transactions that were aborted. ``entry_index`` is that of the stamp.
    """

    entry_index: int
    offset_from: int
    offset_to: int
    records: int


@dataclass(slots=True)
class Account:
    """The account of one partition, or of several. Characters are Unicode code points.

    Attributes:
        offsets: Inbound offsets that stamps cover.
        offsets_before: Offsets before the first that is stamped.
        offsets_of_controls: Stamped offsets without a record, as many as the control records of transactions may be: one a record.
        offsets_unread: Stamped offsets without a record, more than that; ``unread`` says where.
        records: Inbound records.
        ticks: Stamps.
        dead_letters: Inbound records that were set aside.
        streams: Streams of which something was decided.
        streams_ended: Those of which all was.
        streams_open: Open streams by the newest stamp, with and without a decision.
        segments: Decisions; ``actions`` counts them by action.
        chunks: Chunks that decisions cover.
        chunks_lost: Chunks that never came, before text that was withheld.
        characters: That decisions cover: ``released`` + ``redacted`` + ``blocked`` + ``held``.
        held: ``approved`` + ``approved_redacted`` + ``rejected`` + ``expired`` + ``open``.
        segments_held: Held segments: ``segments_approved`` + ``segments_rejected`` + ``segments_expired`` + ``segments_open``.
        reviews: Entries of answers, first approvals among them.
        reviews_refused: Records of the topic of reviews that were set aside.
        review_offsets_skipped: Offsets of that topic, before the newest that was answered, of which no entry is.
        usage: Usage records that were compared; 0 where none were given.
        streams_without_usage: Ended streams before the first usage record that there is: retention is shorter there.
        waiting: What has no answer, at most ``LISTED_MAX``.
        unread: At most ``LISTED_MAX``.
    """

    offsets: int = 0
    offsets_before: int = 0
    offsets_of_controls: int = 0
    offsets_unread: int = 0
    records: int = 0
    ticks: int = 0
    dead_letters: int = 0
    streams: int = 0
    streams_ended: int = 0
    streams_open: int = 0
    segments: int = 0
    chunks: int = 0
    chunks_lost: int = 0
    characters: int = 0
    released: int = 0
    redacted: int = 0
    blocked: int = 0
    held: int = 0
    approved: int = 0
    approved_redacted: int = 0
    rejected: int = 0
    expired: int = 0
    open: int = 0
    segments_held: int = 0
    segments_approved: int = 0
    segments_rejected: int = 0
    segments_expired: int = 0
    segments_open: int = 0
    reviews: int = 0
    reviews_refused: int = 0
    review_offsets_skipped: int = 0
    usage: int = 0
    streams_without_usage: int = 0
    actions: Counter[str] = field(default_factory=Counter)
    waiting: list[Waiting] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)

    @property
    def withheld(self) -> int:
        """Characters that did not leave when they were decided."""
        return self.blocked + self.held

    @property
    def balances(self) -> bool:
        """What came in is what was released, redacted and withheld, and what was held is what was answered and what waits."""
        answered = self.approved + self.approved_redacted + self.rejected + self.expired
        return self.characters == self.released + self.redacted + self.withheld and self.held == answered + self.open

    def as_json(self) -> dict[str, Any]:
        """Return the account with its sums, ready for ``json.dumps``."""
        told = asdict(self)
        told["actions"] = dict(sorted(self.actions.items()))
        return {"balances": self.balances, "withheld": self.withheld, **told}


def total(accounts: Iterable[Account]) -> Account:
    """Return the sum of accounts; its lists are cut at ``LISTED_MAX``, too."""
    whole = Account()
    for account in accounts:
        for each in fields(Account):
            setattr(whole, each.name, getattr(whole, each.name) + getattr(account, each.name))
    del whole.waiting[LISTED_MAX:], whole.unread[LISTED_MAX:]
    return whole


def rows(account: Account) -> list[tuple[int, str, int]]:
    """Return the account for people to read: how deep a row stands, what is counted, how many. A row is the sum of what stands below it."""
    return [
        (0, "inbound offsets", account.offsets),
        (1, "records", account.records),
        (1, "control records", account.offsets_of_controls),
        (1, "not read", account.offsets_unread),
        (0, "records set aside", account.dead_letters),
        (0, "streams decided", account.streams),
        (1, "ended", account.streams_ended),
        (1, "open", account.streams - account.streams_ended),
        (0, "chunks decided", account.chunks),
        (0, "chunks lost by the sender", account.chunks_lost),
        (0, "characters decided", account.characters),
        (1, "released", account.released),
        (1, "redacted", account.redacted),
        (1, "blocked", account.blocked),
        (1, "held", account.held),
        (2, "approved", account.approved),
        (2, "redacted in approval", account.approved_redacted),
        (2, "rejected", account.rejected),
        (2, "expired", account.expired),
        (2, "open", account.open),
        (0, "segments decided", account.segments),
        (0, "segments held", account.segments_held),
        (1, "approved", account.segments_approved),
        (1, "rejected", account.segments_rejected),
        (1, "expired", account.segments_expired),
        (1, "open", account.segments_open),
        (0, "answers", account.reviews),
        (0, "answers set aside", account.reviews_refused),
        (0, "usage records compared", account.usage),
    ]


def named(account: Account) -> list[str]:
    """Return what the account names and does not call a fault: what waits is in the rows alone."""
    told = [
        f"offsets {each.offset_from:,} to {each.offset_to - 1:,} gave {each.records:,} records (entry {each.entry_index:,}): removed by "
        "retention or compaction, or by transactions that were aborted"
        for each in account.unread
    ]
    if account.offsets_before:
        told.append(f"{account.offsets_before:,} offsets lie before the first that is stamped")
    if account.review_offsets_skipped:
        told.append(f"{account.review_offsets_skipped:,} offsets of the topic of reviews have no entry: removed records, or markers")
    if account.streams_without_usage:
        told.append(f"{account.streams_without_usage:,} streams ended before the first usage record that there is")
    return told
