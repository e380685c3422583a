"""Logs as JSON lines that cannot carry text of a stream: an allow-list of keys, and foreign records without their arguments.

Presidio and Faust log values they work on; their records are rendered as the bare template. A log may be lost, the ledger may not.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, Final, TextIO

import structlog

ALLOWED_KEYS: Final = frozenset(
    [
        "address",
        "code",
        "count",
        "error",
        "event",
        "level",
        "logger",
        "models",
        "packs",
        "partitions",
        "reason",
        "records",
        "seconds",
        "timestamp",
    ]
)


def keep_allowed(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop every key that is not on the list."""
    return {key: value for key, value in entry.items() if key in ALLOWED_KEYS}


def hide_foreign(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Show a foreign library's record as its template: the arguments may be text."""
    record = entry.get("_record")
    if isinstance(record, logging.LogRecord):
        entry["event"] = str(record.msg) if record.args else _first_words(str(record.msg))
        entry.pop("positional_args", None)
    return entry


def _first_words(message: str) -> str:
    """A message that was formatted before it came here may hold values: only what stands before the first one is kept."""
    for position, character in enumerate(message):
        if character in ":'\"{[=\n" or character.isdigit():
            return message[:position].rstrip() + " …"
    return message[:80]


def set_up(level: str, stream: TextIO | None = None) -> None:
    """Send all logging, ours and that of libraries, to standard error (or ``stream``) as JSON lines."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*shared, hide_foreign],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, keep_allowed, structlog.processors.JSONRenderer()],
    )
    # Faust redirects sys.stderr into logging; the real one must be meant here.
    handler = logging.StreamHandler(stream or sys.__stderr__)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for noisy in ("presidio-analyzer", "faust", "mode", "asyncio", "aiohttp", "streams"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))
