"""Takes another version of the text model into use while the worker runs, when it is told to by SIGHUP."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from typing import Protocol

import structlog

from models import manifest
from schemas.errors import CarnetError

_log = structlog.get_logger("carnet.models")


class Reloads(Protocol):
    """What can open another version beside the one that runs: ``models.pool.ModelPool``."""

    def reload(self, pinned: manifest.Manifest, /) -> bool:
        """Open what is pinned and tell whether it is another version."""


def on_hangup(pool: Reloads, load: Callable[[], manifest.Manifest] = manifest.load) -> Callable[[], None]:
    """Open what the manifest pins at every SIGHUP, beside what runs; the next tick uses it. Return a function that waits for the last.

    A version that does not open is logged by its error's code, and the one that runs goes on. To be called from the main thread.
    """
    running: list[threading.Thread] = []

    def reload() -> None:
        try:
            changed = pool.reload(load())
        except CarnetError as error:
            _log.error("models not exchanged", code=error.code)
        else:
            _log.info("models read again", reason="another version" if changed else "the same version")

    def told(_number: int, _frame: object) -> None:
        running[:] = [threading.Thread(target=reload, name="models", daemon=True)]
        running[0].start()

    signal.signal(signal.SIGHUP, told)
    return lambda: running[0].join() if running else None
