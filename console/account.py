"""What became of the streams that were sent: pure, so that a reader of any kind may keep it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from console.labels import Labels
from schemas.records import AuditEntry, DeliveryRecord, HeldSegment, Record

WITHHOLDING = frozenset({"hold", "block"})


class Account:
    """Who was delivered, who was withheld, who is still open.

    A stream is withheld from its first hold or block notice or held segment on, for nothing of it may follow without a
    human; it is delivered when its last segment came and none was withheld.
    """

    def __init__(self, stream_ids: Iterable[str] = ()) -> None:
        """Expect these streams; others are ignored, for the topics are shared."""
        self.sent: set[str] = set(stream_ids)
        self.delivered: set[str] = set()
        self.withheld: set[str] = set()
        self.reasons: dict[str, str] = {}
        self.labels = Labels()

    def expect(self, stream_id: str) -> None:
        """Expect one more stream."""
        self.sent.add(stream_id)

    def note(self, record: Record) -> bool:
        """Take in one record of the outbound or audit topics; tell whether it belongs to a stream that is expected."""
        if isinstance(record, AuditEntry) and record.stream_id in self.sent:
            self.labels.note(record)
            return True
        if not isinstance(record, DeliveryRecord | HeldSegment) or record.stream_id not in self.sent:
            return False
        if isinstance(record, HeldSegment) or record.action in WITHHOLDING:
            self.delivered.discard(record.stream_id)
            self.withheld.add(record.stream_id)
            if isinstance(record, HeldSegment):
                self.reasons[record.stream_id] = record.error_code or ", ".join(record.rule_ids)
        elif record.is_last and record.stream_id not in self.withheld:
            self.delivered.add(record.stream_id)
        return True

    @property
    def withheld_by_reason(self) -> Counter[str]:
        """How many streams each error code or rule withheld."""
        return Counter(self.reasons.get(stream_id, "see carnet.held.v1") for stream_id in self.withheld)

    @property
    def open(self) -> set[str]:
        """The streams of which the end has not been seen."""
        return self.sent - self.delivered - self.withheld
