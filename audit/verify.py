"""Verifies a partition of the ledger with nothing but a public key, in one pass and in bounded memory.

How it reads:

1. Checkpoints are opened with the key; what is not signed by it is reported and not used (``heads.py``).
2. Between two checkpoints the entries are put on their places by the index that each carries (``alignment.py``): what is missing,
   doubled, reordered or inserted shows here.
3. The root over all entries so far must be the one that was signed. If it is, every entry so far is the one that was signed.
4. If it is not, an entry since the last good checkpoint is altered. A witness digest or a failed decoding pins it; else the range is told.
5. From there the tree cannot be continued, as a hash cannot be inverted. It is taken up again at a checkpoint whose frontier is known: at
   a size that is a power of two (the root is the frontier), or where the caller has a frontier whose root is the signed one. Entries
   in between are checked for order, against the witness, and for completeness; they are listed as unproven.
6. What is in order is followed for completeness (``completeness.py``), and counted where the account is asked for (``accountant.py``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice, product

from audit.accountant import Accountant
from audit.alignment import Aligner, Span
from audit.checkpoint import Verifier
from audit.completeness import Completeness
from audit.entries import EntryReader
from audit.hashing import leaf_hash
from audit.heads import Heads
from audit.merkle import Frontier
from audit.problems import COMPLETENESS_KINDS, Kind, PartitionReport, ProblemList
from schemas.codec import Codec
from schemas.errors import LedgerError
from schemas.records import UsageRecord

INBOUND_TOPIC = "carnet.inference.v1"
_RIVAL_CHOICES_MAX = 256


def verify_partition(
    partition: int,
    entries: Iterable[bytes],
    checkpoints: Iterable[str],
    verifier: Verifier,
    *,
    witness: Mapping[int, bytes] | None = None,
    frontiers: Mapping[int, Frontier] | None = None,
    remembered: Iterable[str] = (),
    codec: Codec | None = None,
    inbound_topic: str = INBOUND_TOPIC,
    complete: bool = False,
    usage: Iterable[UsageRecord] | None = None,
) -> PartitionReport:
    """Return the verdict on one partition; never raises for what the log contains.

    Args:
        partition: Partition of the audit topic.
        entries: Encoded audit entries in log order, from entry 0 on.
        checkpoints: Signed notes in log order.
        verifier: The ledger's key, under the ledger's name; the partition's own name is derived from it.
        witness: ``entry_index`` → SHA-256 of the entry's bytes, as deliveries carry it in ``evidence.entry_sha256``.
        frontiers: Tree size → frontier, from ``carnet.state.v1`` or anywhere: only used where its root is the signed one.
        remembered: Notes that the auditor kept. They show what the log alone cannot: that its end, with its checkpoints, was cut off.
        codec: Decodes entries; the committed schema ids by default.
        inbound_topic: The topic whose offsets the stamps tile.
        complete: Keep the account, too, and judge completeness by it; takes two to three times as long.
        usage: With ``complete``: usage records of the partition in log order, to compare them with the decisions.
    """
    run = _Run(partition, entries, verifier, witness or {}, frontiers or {}, codec, inbound_topic)
    if complete:
        run.keep_account(inbound_topic, usage)
    return run.report(checkpoints, remembered)


class _Run:
    """The state of one verification."""

    def __init__(
        self,
        partition: int,
        entries: Iterable[bytes],
        verifier: Verifier,
        witness: Mapping[int, bytes],
        frontiers: Mapping[int, Frontier],
        codec: Codec | None,
        inbound_topic: str,
    ) -> None:
        self._problems = ProblemList(partition)
        self._reader = EntryReader(partition, codec)
        self._aligner = Aligner(self._readable(entries), self._reader.claimed_index, self._problems)
        self._heads = Heads(verifier.for_partition(partition), self._problems)
        self._completeness = Completeness(self._reader, self._problems, inbound_topic)
        self._accountant: Accountant | None = None
        self._witness = witness
        self._frontiers = frontiers
        self._frontier: Frontier | None = Frontier()  # None while the tree cannot be continued
        self._unproven: list[tuple[int, int]] = []
        self._torn_detail = ""

    def keep_account(self, inbound_topic: str, usage: Iterable[UsageRecord] | None) -> None:
        self._accountant = Accountant(self._reader, self._problems, inbound_topic=inbound_topic, usage=usage)

    def report(self, checkpoints: Iterable[str], remembered: Iterable[str]) -> PartitionReport:
        heads = self._heads.by_size(checkpoints, remembered)
        head = next(heads, None)
        while head is not None:
            (size, roots), head = head, next(heads, None)
            if size > self._aligner.due:
                span = self._aligner.take(size, is_last=head is None)
                if span.high == size:
                    self._close(span, roots)
                else:
                    self._leave_unproven(span)
            elif self._frontier is not None and self._frontier.size == size and self._frontier.root() not in roots:
                self._problems.add(Kind.FORKED, size, size, f"signed checkpoints of size {size} have different roots")
        self._heads.finish()
        self._close_tail()
        if Kind.TRUNCATED in self._problems.kinds:
            self._hole()
        else:
            self._completeness.finish(self._aligner.due)
        return self._verdict()

    def _verdict(self) -> PartitionReport:
        problems = self._problems
        account = None if self._accountant is None else self._accountant.finish(self._aligner.due)
        return PartitionReport(
            partition=problems.partition,
            entries=self._aligner.entries_read,
            checkpoints=self._heads.verified,
            offset_from=self._completeness.offset_from,
            offset_to=self._completeness.offset_to,
            intact=problems.kinds <= COMPLETENESS_KINDS,
            complete=not self._completeness.holes and not problems.kinds & (COMPLETENESS_KINDS | {Kind.MISSING, Kind.TRUNCATED}),
            problems=tuple(sorted(problems.found, key=lambda each: each.entry_index)),
            unproven=tuple(self._unproven),
            account=account,
        )

    def _readable(self, entries: Iterable[bytes]) -> Iterator[bytes]:
        """Yield entries up to where the store can be read."""
        try:
            yield from entries
        except LedgerError as error:
            self._torn_detail = f": {error.detail}"

    def _close(self, span: Span, roots: frozenset[bytes]) -> None:
        """Compare the entries up to a checkpoint with it."""
        if self._frontier is None:
            self._check_witness(span)
            self._leave_unproven(span)
        else:
            grown = self._grown(self._frontier, span, roots)
            if grown is None:
                if not span.explained:
                    self._pin(span)
                self._unproven.append((span.low, span.high))
                self._hole()
            else:
                self._follow(span)
            self._frontier = grown
        if self._frontier is None:
            self._frontier = self._anchor(span.high, roots)

    def _grown(self, frontier: Frontier, span: Span, roots: frozenset[bytes]) -> Frontier | None:
        """Return the frontier after a span if its root is signed, with that choice among rival entries that makes it so."""
        leaves = span.leaves
        rivals = {index: self._aligner.rivals.pop(index) for index in list(self._aligner.rivals) if index < span.high}
        if leaves is None or None in leaves:
            return None
        known = [leaf for leaf in leaves if leaf is not None]
        grown = frontier.extend(known)
        if grown.root() in roots:
            return grown
        places = [index for index in rivals if index >= span.low]
        for choice in islice(product(*([b"", *rivals[index]] for index in places)), _RIVAL_CHOICES_MAX):
            for index, entry in zip(places, choice, strict=True):
                leaf = leaves[index - span.low]
                known[index - span.low] = leaf_hash(entry) if entry else leaf or b""
            grown = frontier.extend(known)
            if grown.root() in roots:
                if span.entries is not None:
                    for index, entry in zip(places, choice, strict=True):
                        span.entries[index - span.low] = entry or span.entries[index - span.low]
                return grown
        return None

    def _anchor(self, size: int, roots: frozenset[bytes]) -> Frontier | None:
        """Return a frontier of this size that the signed root vouches for, without the entries."""
        if len(roots) != 1:
            return None
        if size & (size - 1) == 0:
            return Frontier(size, tuple(roots))
        frontier = self._frontiers.get(size)
        return frontier if frontier is not None and frontier.size == size and frontier.root() in roots else None

    def _pin(self, span: Span) -> None:
        """Say which entry of a span is altered, as exactly as can be known."""
        pinned = self._check_witness(span)
        suspects = [index for index in range(span.low, span.high) if index not in self._witness]
        if span.entries is not None:
            for index in suspects:
                if self._reader.decode(span.entries[index - span.low]) is None:
                    self._problems.add(Kind.ALTERED, index, index + 1, f"entry {index} cannot be decoded")
                    pinned = True
        if pinned:
            return
        low, high = (suspects[0], suspects[-1] + 1) if suspects else (span.low, span.high)
        detail = f"the entries {low} to {high - 1} do not give the root that was signed for size {span.high}"
        self._problems.add(Kind.ALTERED, low, high, detail, self._delivery_id(span, low) if high == low + 1 else "")

    def _check_witness(self, span: Span) -> bool:
        """Report the entries of a span that are not those that a delivery names."""
        if not self._witness or span.entries is None:
            return False
        differs = False
        for index, entry in enumerate(span.entries, span.low):
            digest = self._witness.get(index)
            if digest is not None and entry and hashlib.sha256(entry).digest() != digest:
                detail = f"entry {index} is not the one that its delivery names"
                self._problems.add(Kind.ALTERED, index, index + 1, detail, self._delivery_id(span, index))
                differs = True
        return differs

    def _delivery_id(self, span: Span, index: int) -> str:
        brief = self._reader.brief(span.entries[index - span.low]) if span.entries is not None else None
        return "" if brief is None else brief.delivery_id

    def _leave_unproven(self, span: Span) -> None:
        """Note entries that no root vouches for, and follow them as far as they are in order."""
        if span.low == span.high:
            return
        if self._unproven and self._unproven[-1][1] == span.low:
            self._unproven[-1] = (self._unproven[-1][0], span.high)
        else:
            self._unproven.append((span.low, span.high))
        if span.explained:
            self._hole()
        else:
            self._follow(span)

    def _follow(self, span: Span) -> None:
        """Hand the entries of a span to completeness."""
        if span.entries is None:
            self._hole()
            return
        brief_of, follow, accountant = self._reader.brief, self._completeness.see, self._accountant
        for entry in span.entries:
            brief = brief_of(entry)
            if brief is None:
                self._hole()
                continue
            follow(brief, entry)
            if accountant is not None:
                accountant.see(brief, entry)

    def _hole(self) -> None:
        """Let nothing be compared across entries that are missing or not to be trusted."""
        self._completeness.hole()
        if self._accountant is not None:
            self._accountant.hole()

    def _close_tail(self) -> None:
        """Say what the end of the log lacks, or has too much."""
        due = self._aligner.due
        if due < self._heads.size_max:
            detail = f"the log ends before entry {due}, a checkpoint of size {self._heads.size_max} was signed{self._torn_detail}"
            self._problems.add(Kind.TRUNCATED, due, self._heads.size_max, detail)
            return
        while (span := self._aligner.take(None)).low < span.high:
            self._leave_unproven(span)
        if due < self._aligner.due and not self._heads.refused:
            self._problems.add(Kind.UNSIGNED, due, self._aligner.due, f"no checkpoint counts the entries from {due} on")
        elif self._torn_detail:
            self._problems.add(Kind.TRUNCATED, self._aligner.due, self._aligner.due, f"the log is torn{self._torn_detail}")
