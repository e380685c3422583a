"""The agent that inspects: every tick is decided in a thread, so that the event loop keeps its timers and the health page answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Callable
from typing import Any

from streams.channel import Exchange
from streams.tick import Outcome, Tick


def inspector(process: Callable[[Tick], Outcome], exchange: Exchange) -> Callable[[AsyncIterable[Tick]], Any]:
    """Return the agent's function: for each tick, what ``process`` made of it goes back to the transaction.

    No exception leaves the body: Faust would restart the agent and drop the tick. It is handed back, and the transaction decides.
    """

    async def inspect(ticks: AsyncIterable[Tick]) -> None:
        async for tick in ticks:
            try:
                outcome: Outcome | Exception = await asyncio.to_thread(process, tick)
            except Exception as failure:  # noqa: BLE001 (the transaction re-tries, isolates, or ends the worker)
                outcome = failure
            exchange.settle(outcome)

    return inspect
