"""The usage records of a partition, read along with the last decisions of its streams.

Both are written in one transaction, the usage behind the decision, so they have one order. Usage records are not signed; what they are
compared with is.
"""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Final

from audit.entries import Brief
from audit.problems import Kind, ProblemList
from schemas.records import UsageRecord

_AHEAD_MAX: Final = 4096  # how far ahead the usage of a stream is looked for; bounds the memory


def usage_line(partition: int, record: UsageRecord) -> str:
    """Return a usage record as a line of an export."""
    return json.dumps({"partition": partition, **asdict(record)}, ensure_ascii=False) + "\n"


def read_usage(path: Path, partition: int) -> Iterator[UsageRecord]:
    """Yield the usage records of a partition from lines of ``usage_line``, in their order.

    Raises:
        OSError: The file cannot be read.
        ValueError: A line is no such line.
    """
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                fields = json.loads(line)
                if fields.pop("partition") == partition:
                    yield UsageRecord(**fields)
            except (ValueError, AttributeError, KeyError, TypeError) as failure:
                raise ValueError(f"{path.name}, line {number}: no usage record ({type(failure).__name__})") from None


class UsageLog:
    """Hands out the usage record of each stream that ends.

    Args:
        records: In log order; they may begin later than the ledger does.
        problems: Takes usage without a last decision, and last decisions without usage.
    """

    def __init__(self, records: Iterator[UsageRecord], problems: ProblemList) -> None:
        """Start before the first record."""
        self.compared = 0
        self.before = 0  # ended streams before the first usage record
        self._records = records
        self._problems = problems
        self._ahead: deque[UsageRecord] = deque()
        self._names: Counter[str] = Counter()
        self._has_hole = False

    def hole(self) -> None:
        """Entries are missing or not to be trusted here: last decisions may have stood in it."""
        self._has_hole = True

    def of(self, last: Brief) -> UsageRecord | None:
        """Return the usage of the stream that ends here; what stands before it has no last decision."""
        if not self._ahead or self._ahead[0].stream_id != last.stream_id:
            self._read_on()
        if not self._names[last.stream_id]:
            del self._names[last.stream_id]
            self._miss(last)
            return None
        while (usage := self._take()).stream_id != last.stream_id:
            self._tell(last.entry_index, usage)
        self.compared += 1
        return usage

    def finish(self, entries: int) -> None:
        """Say which usage records are left."""
        while self._ahead:
            self._tell(entries, self._take())
            self._read_on()

    def _read_on(self) -> None:
        while len(self._ahead) < _AHEAD_MAX and (usage := next(self._records, None)) is not None:
            self._ahead.append(usage)
            self._names[usage.stream_id] += 1

    def _take(self) -> UsageRecord:
        usage = self._ahead.popleft()
        self._names[usage.stream_id] -= 1
        if not self._names[usage.stream_id]:
            del self._names[usage.stream_id]
        return usage

    def _miss(self, last: Brief) -> None:
        """Tell a stream without usage, unless the usage records begin later."""
        if not self.compared:
            self.before += 1
            return
        detail = f"stream {last.stream_id} ended without a usage record"
        self._problems.add(Kind.USAGE_GAP, last.entry_index, last.entry_index + 1, detail, last.delivery_id)

    def _tell(self, index: int, usage: UsageRecord) -> None:
        if not self._has_hole:
            detail = f"usage of stream {usage.stream_id}, of which no last decision is there"
            self._problems.add(Kind.USAGE_GAP, index, index + 1, detail)
