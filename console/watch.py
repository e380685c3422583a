"""Watch the topics live, as an outsider reads them."""

from __future__ import annotations

from collections.abc import Callable

from console.readers import TopicReader
from console.tally import Counts, Tally
from schemas.codec import Codec
from schemas.errors import SchemaError
from streams.names import AUDIT, DELIVERIES, INFERENCE

WATCHED = (INFERENCE, DELIVERIES, AUDIT)
POLL_S = 0.25


class Watcher:
    """Reads the watched topics and keeps the tally."""

    def __init__(self, reader: TopicReader, codec: Codec | None = None) -> None:
        """Count what ``reader`` brings; the schema ids are the committed ones unless a codec knows others."""
        self._reader = reader
        self._codec = codec if codec is not None else Codec.committed()
        self._tally = Tally()

    def step(self, wait_s: float = POLL_S) -> Counts:
        """Read what came and return the counts; what cannot be decoded is the workers' to judge, not counted here."""
        for message in self._reader.poll(wait_s):
            try:
                record = self._codec.decode(message.value)
            except SchemaError:
                continue
            self._tally.note(record, message.timestamp_ms)
        return self._tally.counts()


def follow(reader: TopicReader, show: Callable[[Counts], None], go_on: Callable[[], bool], codec: Codec | None = None) -> Counts:
    """Show the counts after every read until ``go_on`` says no; return the last."""
    watcher = Watcher(reader, codec)
    while go_on():
        show(watcher.step())
    return watcher.step(0)
