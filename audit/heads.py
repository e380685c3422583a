"""The checkpoints of one partition, checked and put in order of size, with what is wrong with them."""

from __future__ import annotations

import heapq
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from itertools import groupby

from audit.checkpoint import BadSignatureError, Checkpoint, MalformedNoteError, Verifier, WrongKeyError
from audit.problems import Kind, ProblemList

# How many of the newest checkpoints are remembered, to compare one that comes late; bounds the memory.
_REMEMBERED = 4096


class Heads:
    """Reads checkpoints; only what the key has signed leaves here.

    Args:
        verifier: The key of this partition's log.
        problems: Takes what is wrong.
    """

    def __init__(self, verifier: Verifier, problems: ProblemList) -> None:
        """Start before the first checkpoint."""
        self.verified = 0
        self.refused = 0
        self.size_max = 0
        self._verifier = verifier
        self._problems = problems
        self._seen: OrderedDict[int, set[bytes]] = OrderedDict()
        self._foreign = 0
        self._foreign_detail = ""

    def by_size(self, notes: Iterable[str], remembered: Iterable[str]) -> Iterator[tuple[int, frozenset[bytes]]]:
        """Yield each tree size with the roots that were signed for it: one root, or more where the log was forked.

        Args:
            notes: The log's checkpoints, as they stand.
            remembered: Checkpoints that the auditor kept from elsewhere, few and in any order.
        """
        kept = sorted((head for note in remembered if (head := self._checked(note, 0))), key=lambda head: head.size)
        merged = heapq.merge(kept, self._ascending(notes), key=lambda head: head.size)
        for size, heads in groupby(merged, key=lambda head: head.size):
            roots = frozenset(head.root for head in heads)
            self.size_max = max(self.size_max, size)
            if len(roots) > 1:
                self._problems.add(Kind.FORKED, size, size, f"{len(roots)} signed checkpoints of size {size} have different roots")
            yield size, roots

    def finish(self) -> None:
        """Report the checkpoints by other keys: once, since a wrong key fails all of them."""
        if self._foreign:
            self._problems.add(Kind.WRONG_KEY, 0, 0, f"{self._foreign} checkpoints by another key, the first {self._foreign_detail}")

    def _ascending(self, notes: Iterable[str]) -> Iterator[Checkpoint]:
        """Yield the checkpoints whose size does not fall, and compare those that come late with what was seen of their size."""
        newest = 0
        for note in notes:
            head = self._checked(note, newest)
            if head is None:
                continue
            if head.size < newest:
                self._compare_late(head, newest)
                continue
            newest = head.size
            self._seen.setdefault(head.size, set()).add(head.root)
            if len(self._seen) > _REMEMBERED:
                self._seen.popitem(last=False)
            yield head

    def _compare_late(self, head: Checkpoint, newest: int) -> None:
        roots = self._seen.get(head.size)
        if roots is not None and head.root not in roots:
            self._problems.add(Kind.FORKED, head.size, head.size, f"2 signed checkpoints of size {head.size} have different roots")
        else:
            detail = f"the checkpoint of size {head.size} stands behind one of size {newest}"
            self._problems.add(Kind.REORDERED, head.size, head.size, detail)

    def _checked(self, note: str, newest: int) -> Checkpoint | None:
        """Return the checkpoint in a note; None, and a problem, where it cannot be trusted."""
        try:
            head = self._verifier.checkpoint(note)
        except WrongKeyError as error:
            self.refused += 1
            self._foreign += 1
            self._foreign_detail = self._foreign_detail or error.detail
            return None
        except (BadSignatureError, MalformedNoteError) as error:
            self.refused += 1
            self._problems.add(Kind.BAD_SIGNATURE, newest, newest, f"the checkpoint behind the one of size {newest}: {error.detail}")
            return None
        self.verified += 1
        return head
