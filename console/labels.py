"""What the text model said, counted: each window of a stream once, though several decisions may have text of it."""

from __future__ import annotations

from collections import Counter

from schemas.records import AuditEntry

STREAMS_KEPT = 20_000


class Labels:
    """Counts the labels in audit entries: kinds of text, and domains that are on.

    Attributes:
        counts: Windows by label.
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._reached: dict[str, int] = {}  # by stream, where the last counted window ends

    def note(self, entry: AuditEntry) -> None:
        """Take in one entry; those of a stream come in their order."""
        if entry.decision is None:
            return
        reached = self._reached.get(entry.stream_id, 0)
        fresh = [use for use in entry.decision.models if use.window_end and use.window_start >= reached]
        if not fresh:
            return
        self.counts.update(use.label for use in fresh)
        self._reached[entry.stream_id] = max(use.window_end for use in fresh)
        if len(self._reached) > STREAMS_KEPT:
            del self._reached[next(iter(self._reached))]
