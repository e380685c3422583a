"""One measurement of a rival, run by the interpreter of an environment that has it: a job in (JSON file), figures out (JSON).

Not a command: ``benchmarks.detection`` starts it. It imports nothing of Carnet. All times are CPU time of this process, after a warm-up.
"""

from __future__ import annotations

import json
import os
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

SALT = b"benchmark-salt-0"


def argus_batch(job: dict[str, Any]) -> dict[str, Any]:
    """Characters a second of redacting whole texts."""
    from argus_redact import redact

    return _per_second(job["texts"], lambda text: redact(text, lang=job["lang"], mode="fast"))


def datafog_batch(job: dict[str, Any]) -> dict[str, Any]:
    """Characters a second of scanning whole texts with its expressions."""
    from datafog import scan

    return _per_second(job["texts"], lambda text: scan(text, engine="regex"))


def argus_stream(job: dict[str, Any]) -> dict[str, Any]:
    """Microseconds a delta, and what is held back after each."""
    try:
        from argus_redact.compose import StreamingRedactor
    except ImportError:
        from argus_redact import StreamingRedactor

    def run(pieces: Sequence[str], holds: list[int]) -> float:
        redactor = StreamingRedactor(salt=SALT, lang=job["lang"], mode="fast", strict_input=False)
        seconds = 0.0
        for piece in pieces:
            begun = time.process_time()
            redactor.feed(piece)
            seconds += time.process_time() - begun
            holds.append(len(redactor._inc_buffer) - redactor._ctx_len)
        begun = time.process_time()
        redactor.flush()
        return seconds + time.process_time() - begun

    run(job["pieces"][0], [])
    holds: list[int] = []
    seconds = sum(run(pieces, holds) for pieces in job["pieces"])
    return {"us_per_delta": seconds / len(holds) * 1e6, "holds": holds}


def _per_second(texts: Sequence[str], one: Callable[[str], object]) -> dict[str, Any]:
    """Return characters a second, after a round that warms up."""
    for text in texts:
        one(text)
    begun = time.process_time()
    for text in texts:
        one(text)
    seconds = time.process_time() - begun
    return {"chars_per_s": sum(map(len, texts)) / seconds}


def main() -> None:
    """Pin this process to the core that the job names, run the job, print the figures."""
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    os.sched_setaffinity(0, {job["core"]})
    warnings.simplefilter("ignore")
    figures = {"argus_batch": argus_batch, "datafog_batch": datafog_batch, "argus_stream": argus_stream}[job["what"]](job)
    sys.stdout.write(json.dumps(figures))


main()
