"""The Faust app that ``faust -A streams worker`` runs."""

from __future__ import annotations

import gc
import sys
from functools import partial

import faust
import structlog

from schemas.errors import ConfigurationError
from streams import logs, swap, topics
from streams.counting import counting_service
from streams.pipeline import build_pipeline, load_equipment
from streams.settings import Settings
from streams.topology import assemble

_log = structlog.get_logger("carnet.worker")


def build_app() -> faust.App:
    """Return the app; a wrong setting, topic, model, pack or key ends the start with one line and exit code 2."""
    try:
        settings = Settings.load()
        logs.set_up(settings.log.level)
        partitions = topics.check(settings.kafka.bootstrap_servers, settings.topics.partitions)
        equipment = load_equipment(settings)
        pipeline = build_pipeline(settings, partitions, equipment)
    except ConfigurationError as refusal:
        sys.stderr.write(f"carnet worker: {refusal}\n")
        raise SystemExit(2) from None
    if equipment.readers is not None:
        swap.on_hangup(equipment.readers)
    # Models and recognisers are some million objects that stay: looking through them again and again is pauses of a tenth of a second.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    _log.info("worker built", count=partitions)
    counting = partial(counting_service, settings=settings, codec=pipeline.codec)
    return assemble(settings, pipeline.processor, pipeline.state.next_offset_of, [counting])
