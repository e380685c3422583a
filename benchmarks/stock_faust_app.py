"""The rival of our channel: a stock Faust agent on ``app.topic``, raw bytes, at least once, writing nothing. Its best case.

Run as ``faust -A benchmarks.stock_faust_app worker``.
"""

from __future__ import annotations

from collections.abc import AsyncIterable
from pathlib import Path

import faust

from streams import names
from streams.settings import Settings

settings = Settings.load()
app = faust.App(
    "carnet-bench-stock",
    broker=f"kafka://{settings.kafka.bootstrap_servers}",
    store="memory://",
    origin="benchmarks",
    autodiscover=False,
    topic_disable_leader=True,
    topic_allow_declare=False,
    consumer_auto_offset_reset="earliest",
    broker_commit_interval=0.5,
    stream_buffer_maxsize=100_000,
    datadir=str(Path(".carnet") / "faust-stock"),
)
inbound = app.topic(names.INFERENCE, value_serializer="raw", key_serializer="raw")


@app.agent(inbound, name="count")
async def count(values: AsyncIterable[bytes]) -> None:
    """Read every record and do nothing."""
    async for _ in values:
        pass
