"""The rival of the whole pipeline: our own channel and transactions around a processor that looks at nothing.

Per stream and tick it writes what Carnet writes: a delivery, an audit entry of 400 bytes, a snapshot of 300 bytes. Run as
``faust -A benchmarks.pass_through_app worker``.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from schemas.codec import Codec
from schemas.records import StreamClosed, TokenChunk
from streams import logs, names
from streams.settings import Settings
from streams.tick import Control, Outcome, Output, Tick
from streams.topology import assemble

_OFFSET = struct.Struct("<q")
_AUDIT = b"a" * 400
_SNAPSHOT = b"s" * 300


class PassThrough:
    """Releases every text as it comes."""

    open_streams = 0

    def __init__(self) -> None:
        self._codec = Codec.committed()

    def restore(self, number: int, next_offset: int, records: Iterable[tuple[bytes, bytes]]) -> None:
        """Keep nothing."""

    def next_review(self, _number: int) -> int:
        """Say where the reviews of a partition go on: there are none."""
        return 0

    def control(self, records: list[Control]) -> None:
        """Keep nothing."""

    def forget(self, number: int) -> None:
        """Keep nothing."""

    def process(self, tick: Tick) -> Outcome:
        """Join what came of each stream and write it out."""
        outcome = Outcome()
        for number, records in tick.records.items():
            texts: dict[bytes, list[str]] = {}
            newest: dict[bytes, int] = {}
            closed: set[bytes] = set()
            for inbound in records:
                record = self._codec.decode(inbound.value)
                key = inbound.key or b""
                pieces = texts.setdefault(key, [])
                newest[key] = inbound.timestamp_ms
                if isinstance(record, TokenChunk):
                    pieces.append(record.text)
                elif isinstance(record, StreamClosed):
                    closed.add(key)
            snapshots: list[tuple[bytes, bytes | None]] = [(names.PROGRESS_KEY, _OFFSET.pack(records[-1].offset + 1))]
            for key, pieces in texts.items():
                at = [("ce_time", datetime.fromtimestamp(newest[key] / 1_000, UTC).isoformat().encode())]
                outcome.outputs.append(Output(names.DELIVERIES, number, key, "".join(pieces).encode(), at))
                outcome.outputs.append(Output(names.AUDIT, number, key, _AUDIT, []))
                snapshots.append((key, None if key in closed else _SNAPSHOT))
            outcome.snapshots[number] = snapshots
        return outcome


def build() -> Any:
    settings = Settings.load()
    logs.set_up(settings.log.level)
    return assemble(settings, PassThrough(), lambda value: int(_OFFSET.unpack(value)[0]))


app = build()
