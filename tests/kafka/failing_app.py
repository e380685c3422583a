"""A worker whose processor fails on some records: shows what the shell makes of it. Run by tests/kafka/test_shell.py."""

from __future__ import annotations

import struct
import time
from collections.abc import Iterable

from streams import logs, names
from streams.settings import Settings
from streams.tick import Control, Outcome, Output, Tick
from streams.topology import assemble

_OFFSET = struct.Struct("<q")


class Failing:
    """Copies each value to the deliveries; raises on ``boom`` until it is told to set that record aside; sleeps on ``hang``."""

    open_streams = 0

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
        outcome = Outcome()
        for number, records in tick.records.items():
            for inbound in records:
                value = inbound.value or b""
                poisoned = (number, inbound.offset) in tick.poison
                if value == b"hang":
                    time.sleep(600)
                if value.startswith(b"boom") and not poisoned:
                    raise ValueError("a detector that cannot stand this record")
                outcome.outputs.append(Output(names.DEAD_LETTERS if poisoned else names.DELIVERIES, number, inbound.key, value, []))
            outcome.snapshots[number] = [(names.PROGRESS_KEY, _OFFSET.pack(records[-1].offset + 1))]
        return outcome


settings = Settings.load()
logs.set_up(settings.log.level)
app = assemble(settings, Failing(), lambda value: int(_OFFSET.unpack(value)[0]))
