"""Puts what stands in a log back on the places where it was written, and says what was displaced.

Every entry carries its own ``entry_index``, and indexes have no gap. As long as each entry claims the index that is due, nothing here
costs more than reading. At the first that does not, a window of what follows decides between the explanations.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from audit.hashing import leaf_hash
from audit.problems import Kind, ProblemList

# How far ahead, and how far back, a displaced entry is looked for; bounds the memory.
WINDOW_ENTRIES = 4096
# How many entries between two checkpoints are kept, to name the altered one; bounds the memory. Ticks are smaller.
SPAN_ENTRIES_MAX = 65_536

_Item = tuple[int | None, bytes]


@dataclass(slots=True)
class Span:
    """The entries [low, high) of a log.

    Attributes:
        low: Index of the first.
        high: One past the last.
        leaves: Leaf hash of each, None where the entry is missing; None as a whole where so many are missing that it says nothing.
        entries: Bytes of each, empty where it is missing; no longer kept (None) once there were more than ``SPAN_ENTRIES_MAX``.
        explained: An entry in it is missing or claims a wrong index, so that it cannot have the root that was signed.
    """

    low: int
    high: int
    leaves: list[bytes | None] | None = field(default_factory=list)
    entries: list[bytes] | None = field(default_factory=list)
    explained: bool = False


class Aligner:
    """Hands out a log span by span.

    Args:
        entries: The log as it stands.
        claimed_index: The index that an entry claims; None if it cannot be read.
        problems: Takes what was displaced.
    """

    def __init__(self, entries: Iterator[bytes], claimed_index: Callable[[bytes], int | None], problems: ProblemList) -> None:
        """Start before the first entry."""
        self.due = 0
        self.entries_read = 0
        # Entries that claim an index which another has: either of the two may be the one that was signed.
        self.rivals: dict[int, list[bytes]] = {}
        self._entries = entries
        self._claimed_index = claimed_index
        self._problems = problems
        self._ahead: deque[_Item] = deque()
        self._ahead_claims: Counter[int | None] = Counter()
        self._is_last = False
        self._absent_to = 0  # the entries from the due one up to this one are known to be missing
        self._early: dict[int, tuple[bytes, int]] = {}  # index → entry, and the index that was due when it came
        self._recent: deque[bytes | None] = deque(maxlen=WINDOW_ENTRIES)

    def take(self, high: int | None, *, is_last: bool = False) -> Span:
        """Return the next span: up to ``high``, a signed tree size, or to the end of the log; with None, up to a window without a size.

        Args:
            high: The tree size.
            is_last: No larger size was signed.
        """
        self._is_last = is_last
        span = Span(self.due, self.due)
        stop = high if high is not None else self.due + WINDOW_ENTRIES
        while self.due < stop:
            if self.due < self._absent_to:
                self._leave_out(span, self._absent_to if high is None else min(stop, self._absent_to))
                continue
            if not self._ahead and not self._early:
                self._run_on(span, stop)
                if self.due == stop:
                    break
            item = self._next()
            if item is None and not self._early:
                break
            if item is not None and item[0] == self.due and not self._early:
                self._settle(span, item[1])
            else:
                self._resolve(span, item, high)
        self._drain_extras()
        span.high = self.due
        return span

    def _run_on(self, span: Span, stop: int) -> None:
        """Settle entries for as long as each claims the index that is due: what all of an undisturbed log goes through."""
        if span.leaves is None or span.entries is None:
            return
        due, claimed_index = self.due, self._claimed_index
        entries = span.entries
        leaves: list[bytes] = []
        for entry in islice(self._entries, min(stop - due, SPAN_ENTRIES_MAX - len(entries))):
            claim = claimed_index(entry)
            if claim != due:
                self._put_back((claim, entry))
                break
            due += 1
            leaves.append(leaf_hash(entry))
            entries.append(entry)
        self.entries_read += due - self.due + len(self._ahead)
        span.leaves.extend(leaves)
        self._recent.extend(leaves[-WINDOW_ENTRIES:])
        self.due = due

    def _next(self) -> _Item | None:
        """Take the next entry of the log."""
        if self._ahead:
            item = self._ahead.popleft()
            self._uncount(item[0])
            return item
        entry = next(self._entries, None)
        if entry is None:
            return None
        self.entries_read += 1
        return self._claimed_index(entry), entry

    def _put_back(self, item: _Item) -> None:
        self._ahead.appendleft(item)
        self._ahead_claims[item[0]] += 1

    def _uncount(self, claim: int | None) -> None:
        """Take a claim out of the count; a count of zero must not stay, or the memory would grow with the log."""
        if self._ahead_claims[claim] > 1:
            self._ahead_claims[claim] -= 1
        else:
            del self._ahead_claims[claim]

    def _look_ahead(self, items: int) -> None:
        """Read on until that many entries lie in the window."""
        while len(self._ahead) < items:
            entry = next(self._entries, None)
            if entry is None:
                return
            self.entries_read += 1
            item = (self._claimed_index(entry), entry)
            self._ahead.append(item)
            self._ahead_claims[item[0]] += 1

    def _settle(self, span: Span, entry: bytes) -> None:
        """Give the due index to this entry."""
        leaf = leaf_hash(entry)
        self._recent.append(leaf)
        self.due += 1
        if span.leaves is not None:
            span.leaves.append(leaf)
        if span.entries is not None:
            span.entries.append(entry)
            if len(span.entries) > SPAN_ENTRIES_MAX:
                span.entries = None

    def _leave_out(self, span: Span, index: int) -> None:
        """Pass over the entries before ``index``: they are missing."""
        count = index - self.due
        span.explained = True
        if count > SPAN_ENTRIES_MAX:
            span.leaves = span.entries = None
        if span.leaves is not None:
            span.leaves.extend([None] * count)
        if span.entries is not None:
            span.entries.extend([b""] * count)
        self._recent.extend([None] * min(count, WINDOW_ENTRIES))
        self.due = index

    def _resolve(self, span: Span, item: _Item | None, high: int | None) -> None:
        """Explain one step at which the entry due is not, or may not be, the next."""
        due = self.due
        if item is not None and item[0] == due:
            self._settle(span, item[1])
            if due in self._early:  # it came before, and now again
                self._extra(due, self._early.pop(due)[0])
            return
        if due in self._early:
            entry, place = self._early.pop(due)
            self._problems.add(Kind.REORDERED, place, place + 1, f"entry {due} stands where entry {place} belongs")
            if item is not None:
                self._put_back(item)
            self._settle(span, entry)
            return
        if item is None:  # only entries that came early are left
            first = min(self._early)
            if high is not None and first < high:
                self._report_missing(first)
            else:
                self._extra(first, self._early.pop(first)[0])
            return
        self._look_ahead(WINDOW_ENTRIES)
        if self._ahead_claims[due] > 0:
            self._resolve_with_due_ahead(span, item)
        else:
            self._resolve_without_due(span, item, high)

    def _resolve_with_due_ahead(self, span: Span, item: _Item) -> None:
        """The entry due comes later: either this one is early or foreign, or that one is late."""
        claim, entry = item
        is_displaced = claim is not None and self.due < claim < self.due + WINDOW_ENTRIES and self._ahead_claims[claim] == 0
        if is_displaced and self._ahead[0][0] != self.due:
            position = next(at for at, each in enumerate(self._ahead) if each[0] == self.due)
            late = self._ahead[position][1]
            del self._ahead[position]
            self._uncount(self.due)
            self._put_back(item)
            self._problems.add(Kind.REORDERED, self.due, self.due + 1, f"entry {self.due} stands {position + 1} places too late")
            self._settle(span, late)
        elif claim is not None and is_displaced and claim not in self._early:
            self._early[claim] = (entry, self.due)
        else:
            self._extra(claim, entry)

    def _resolve_without_due(self, span: Span, item: _Item, high: int | None) -> None:
        """The entry due is not there: it is this one with a wrong index, or it was taken out."""
        claim, entry = item
        is_in_place = self._is_in_place(item, high)
        if not is_in_place and claim is not None and claim > self.due and self._is_plausible(claim, high):
            self._put_back(item)
            # What lies beyond the checkpoint is not yet vouched for: the next span goes on from there.
            self._report_missing(claim if high is None else min(claim, high))
        elif is_in_place or claim is None or claim > self.due:
            told = "cannot be read" if claim is None else f"claims to be entry {claim}"
            self._problems.add(Kind.ALTERED, self.due, self.due + 1, f"the entry at place {self.due} {told}")
            span.explained = True
            self._settle(span, entry)
        else:
            self._extra(claim, entry)

    def _is_in_place(self, item: _Item, high: int | None) -> bool:
        """Say whether an entry stands where the due one belongs, whatever it claims: the log goes on, or ends, right behind it."""
        if self._ahead:
            return self._ahead[0][0] == self.due + 1 and self._ahead[0] != item
        claim, entry = item
        return self._is_last and high == self.due + 1 and (claim is None or claim > self.due or self._leaf_of(claim) != leaf_hash(entry))

    def _is_plausible(self, claim: int, high: int | None) -> bool:
        """Say whether an entry may really be the one that it claims to be: the log goes on from it, or a checkpoint counts it."""
        if high is not None and claim < high:
            return True
        is_coherent = self._ahead_claims[claim + 1] > 0 or not self._ahead
        return is_coherent and (high is not None or claim - self.due <= WINDOW_ENTRIES)

    def _report_missing(self, index: int) -> None:
        """Give up the entries before ``index``, but for those that came early."""
        index = min(index, *self._early) if self._early else index
        self._problems.add(Kind.MISSING, self.due, index, f"{index - self.due} missing from entry {self.due} on")
        self._absent_to = index

    def _drain_extras(self) -> None:
        """Take also what stands behind a span and claims an index of it."""
        while (item := self._next()) is not None:
            self._look_ahead(1)
            # Where the next entry leaves out the due one, this may be that one: the next span explains it.
            is_next = item[0] is None or item[0] >= self.due or (bool(self._ahead) and self._ahead[0][0] == self.due + 1)
            if is_next:
                self._put_back(item)
                return
            self._extra(item[0], item[1])

    def _extra(self, claim: int | None, entry: bytes) -> None:
        """Explain an entry that has no place."""
        if claim is None:
            self._problems.add(Kind.INSERTED, self.due, self.due + 1, f"unreadable bytes before entry {self.due}")
            return
        leaf = leaf_hash(entry)
        twin = self._leaf_of(claim)
        if twin == leaf:
            self._problems.add(Kind.DOUBLED, claim, claim + 1, f"entry {claim} stands again before entry {self.due}")
            return
        if twin is None:
            detail = f"an entry that claims to be entry {claim} stands before entry {self.due}"
            self._problems.add(Kind.INSERTED, self.due, self.due + 1, detail)
        else:
            self._problems.add(Kind.INSERTED, claim, claim + 1, f"another entry {claim} stands before entry {self.due}")
            self.rivals.setdefault(claim, []).append(entry)

    def _leaf_of(self, index: int) -> bytes | None:
        """Return the leaf hash of an entry in the window, behind or ahead."""
        back = self.due - index
        if 0 < back <= len(self._recent):
            return self._recent[-back]
        if back <= 0 and self._ahead_claims[index] > 0:
            return next(leaf_hash(entry) for claim, entry in self._ahead if claim == index)
        return None
