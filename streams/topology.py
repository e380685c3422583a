"""Which agent reads which channel: ticks go to ``inspect``, people to ``count``; one transactional log, one health page.

The boot strategy is Faust's documented way to start an app without its own consumer, producer and web server.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import faust

from streams import logs, metrics
from streams.agents.inspect import inspector
from streams.channel import Exchange, TickChannel
from streams.health import HealthServer
from streams.settings import Settings
from streams.transaction import TransactionalLog


def assemble(
    settings: Settings, processor: Any, next_offset_of: Callable[[bytes], int], beside: Sequence[Callable[[faust.App], Any]] = ()
) -> faust.App:
    """Wire a processor to Kafka through Faust.

    Args:
        settings: Of the worker.
        processor: Anything with process, restore, forget, next_review, control, open_streams.
        next_offset_of: Reads the inbound offset out of a progress record.
        beside: Make further services, with agents of their own.
    """
    app = faust.App(
        f"carnet-{settings.worker.instance}",
        broker=f"kafka://{settings.kafka.bootstrap_servers.split(',')[0]}",
        store="memory://",
        origin="streams",
        autodiscover=False,
        topic_disable_leader=True,
        topic_allow_declare=False,
        web_enabled=False,
        datadir=str(Path(".carnet") / f"faust-{settings.worker.instance}"),
    )
    channel = TickChannel(app)
    exchange = Exchange(channel)
    app.agent(channel, name="inspect")(inspector(processor.process, exchange))

    def started() -> None:
        """Faust's worker has put its own handlers in place by now; and its channels wait until they are told to flow."""
        logs.set_up(settings.log.level)
        app.flow_control.resume()

    log = TransactionalLog(
        settings=settings.kafka,
        instance=settings.worker.instance,
        decide=exchange.decide,
        restore=processor.restore,
        forget=processor.forget,
        next_offset_of=next_offset_of,
        next_review=processor.next_review,
        control=processor.control,
        committed=metrics.observe,
        started=started,
    )
    health = HealthServer(settings.health, log.vital, lambda: processor.open_streams)
    app.boot_strategy = _boot(app, [log, health, *(make(app) for make in beside)])
    return app


def _boot(app: faust.App, services: list[Any]) -> Any:
    """Faust's documented extension point: start the agents, then our services; no consumer, no producer, no web server."""

    class Boot(faust.app.BootStrategy):
        enable_kafka_consumer = False
        enable_kafka_producer = False
        enable_web = False

        def agents(self) -> list[Any]:
            return [*super().agents(), *services]

    return Boot(app)
