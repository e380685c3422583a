"""A Faust channel whose values are ticks: everything that was polled in one go, handed to the agent as one value.

Faust's own consumer acknowledges what an agent lost and cannot put outputs and offsets into one transaction (docs/adr/0003); its
channels can carry anything. Plain values are put on it, not Faust events: an event wants a message with ack bookkeeping.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from faust.channels import Channel

from schemas.errors import InvariantError
from streams.tick import Outcome, Tick


class TickChannel(Channel[Any]):
    """Carries one tick at a time to the one agent that listens."""

    def __init__(self, app: Any, **options: Any) -> None:
        options["maxsize"] = 1
        super().__init__(app, **options)

    def get_topic_name(self) -> str:
        """Name the channel in Faust's own listings."""
        return "carnet.ticks"


class Exchange:
    """One tick out, one outcome back; used by the transaction's thread on one side and the agent on the other."""

    def __init__(self, channel: TickChannel) -> None:
        self._channel: Any = channel  # typed for events; ticks are plain values
        self._waiting: asyncio.Future[Outcome] | None = None

    async def decide(self, tick: Tick) -> Outcome:
        """Hand a tick to the agent and wait for its outcome, or for the exception that it ended with."""
        self._waiting = asyncio.get_running_loop().create_future()
        await self._channel.put(tick)
        return await self._waiting

    def settle(self, outcome: Outcome | Exception) -> None:
        """Answer the tick that waits."""
        waiting = self._waiting
        if waiting is None or waiting.done():
            raise InvariantError("an outcome without a tick that waits for it")
        if isinstance(outcome, Exception):
            waiting.set_exception(outcome)
        else:
            waiting.set_result(outcome)


Ticks = AsyncIterator[Tick]
