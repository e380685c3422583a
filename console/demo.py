"""The whole pipeline once, in the foreground: real Kafka, a real worker, the shipped samples, verified evidence; no network."""

from __future__ import annotations

import contextlib
import fcntl
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.live import Live

from audit.checkpoint import Verifier
from console import evidence as ledger
from console import screens
from console.answers import Defaults, read_answers
from console.broker import Broker
from console.feed import Feeder, Progress, feed
from console.interrupts import unwinding
from console.readers import TopicReader
from console.samples.compose import answers_path
from console.supervisor import Supervisor, worker_plans
from console.tally import Counts
from console.watch import WATCHED, Watcher
from schemas.errors import ConfigurationError
from streams import topics
from streams.names import DELIVERIES, HELD, INFERENCE
from streams.settings import Settings

READY_TIMEOUT_S = 60.0
SETTLE_TIMEOUT_S = 20.0
TOKENS_PER_S = 2_000.0
CONCURRENCY = 40
PARTITIONS = 4


@dataclass(frozen=True, slots=True)
class Demonstration:
    """What a demo ends with."""

    progress: Progress
    counts: Counts
    verdict: ledger.Verdict
    evidence: Path
    seconds: float

    @property
    def exit_code(self) -> int:
        """0 if all streams are accounted for and the evidence is intact and complete."""
        return int(self.verdict.exit_code) or (1 if self.progress.unaccounted else 0)

    def as_json(self) -> dict[str, Any]:
        """Return what ``carnet demo --json`` prints."""
        verdict = self.verdict.as_json()
        return {
            **self.progress.as_json(),
            "seconds": round(self.seconds, 3),
            "intact": verdict["intact"],
            "complete": verdict["complete"],
            "entries": verdict["entries"],
            "problems": verdict["problems"],
            "counts": asdict(self.counts),
            "evidence": str(self.evidence),
        }


def run_demo(home: Path, settings: Settings, *, screen: Console | None, print_json: Callable[[Any], None]) -> int:
    """Run the demo and return its exit code; everything it started is stopped, however it ends.

    Args:
        home: Gets ``demo/`` (fresh each time) and ``evidence/RUN/``.
        settings: Of them only the ledger's origin matters: the demo has its own Kafka and its own keys.
        screen: For people; None prints one line of JSON instead.
        print_json: Prints it.

    Raises:
        ConfigurationError: Another demo runs in this home, or a part cannot start.
        RetryableError: A part did not become ready in time.
    """
    home.mkdir(parents=True, exist_ok=True)
    with _alone(home), unwinding(), contextlib.ExitStack() as parts:
        done = _demonstrate(home, settings, screen or Console(quiet=True), parts)
    if screen is None:
        print_json(done.as_json())
        return done.exit_code
    screen.print()
    screen.print(screens.verdict_table(done.verdict, int(time.time() * 1000)))
    screen.print(
        f"\n{done.progress.streams:,} streams: {done.progress.delivered:,} delivered, {done.progress.withheld:,} withheld, "
        f"in {done.seconds:.0f} s with start and stop of Kafka\n"
    )
    screen.print("evidence and public key:", style="bold")
    place = done.evidence
    screen.print(f"  {place}", soft_wrap=True)
    command = f"python -m audit verify {place} --key {place / ledger.KEY_NAME} --witness {place / ledger.WITNESS_NAME}"
    screen.print(f"check it without Carnet running:\n  {command}", soft_wrap=True)
    return done.exit_code


def _demonstrate(home: Path, settings: Settings, screen: Console, parts: contextlib.ExitStack) -> Demonstration:
    """Start the parts, feed, verify; what is started is left to ``parts`` to stop."""
    began = time.monotonic()
    place = (home / "demo").resolve()
    shutil.rmtree(place, ignore_errors=True)
    keys = place / "keys"
    screen.print("starting Kafka on loopback …", style="dim")
    broker = Broker(place / "kafka")
    parts.callback(broker.stop)
    broker.start()
    servers = broker.bootstrap_servers
    topics.create(servers, PARTITIONS, 1)
    screen.print("starting a worker …", style="dim")
    environment = {
        "CARNET_KAFKA_BOOTSTRAP_SERVERS": servers,
        "CARNET_KAFKA_PROPERTIES": "{}",
        "CARNET_KEYS_DIR": str(keys),
        "CARNET_TOPICS_PARTITIONS": str(PARTITIONS),
        "CARNET_TOPICS_REPLICATION_FACTOR": "1",
        "CARNET_AUDIT_ORIGIN": settings.audit.origin,
    }
    supervisor = Supervisor(worker_plans(1, environment, place / "faust"), place / "logs")
    _keep_running(supervisor, parts)
    supervisor.wait_ready(READY_TIMEOUT_S)
    progress, counts = _feed_and_show(servers, screen)
    vkey = ledger.read_vkey([keys / ledger.KEY_NAME])
    found, verdict = _verified(servers, Verifier(vkey))
    evidence = home / "evidence" / time.strftime("demo-%Y%m%d-%H%M%S")
    ledger.export(found, vkey, evidence)
    parts.close()  # here, so that the time that is told includes the stop
    return Demonstration(progress, counts, verdict, evidence, time.monotonic() - began)


def _keep_running(supervisor: Supervisor, parts: contextlib.ExitStack) -> None:
    """Supervise in a thread, which lives on until everything is stopped: the workers' leash hangs on it."""
    thread = threading.Thread(target=supervisor.run, name="supervisor", daemon=True)

    def stop() -> None:
        supervisor.request_stop()
        thread.join()

    parts.callback(stop)
    thread.start()


def _feed_and_show(servers: str, screen: Console) -> tuple[Progress, Counts]:
    """Feed the samples under a live table; return how they fared."""
    answers = list(read_answers(answers_path(), Defaults()))
    with (
        TopicReader(servers, (DELIVERIES, HELD), from_end=True) as outcomes,
        TopicReader(servers, WATCHED, from_end=False) as everything,
        Live(console=screen, auto_refresh=False) as live,
    ):
        watcher = Watcher(everything)
        title = f"carnet demo · {len(answers)} streams to {len({answer.opened.destination for answer in answers})} destinations"

        def show(_progress: Progress) -> None:
            live.update(screens.counts_table(watcher.step(0), title), refresh=True)

        feeder = Feeder(servers, tokens_per_s=TOKENS_PER_S)
        progress = feed(answers, feeder, outcomes, concurrency=CONCURRENCY, on_progress=show)
        deadline = time.monotonic() + SETTLE_TIMEOUT_S
        counts = watcher.step()
        while counts.streams_closed < progress.streams and time.monotonic() < deadline:
            counts = watcher.step()
        live.update(screens.counts_table(counts, title), refresh=True)
    return progress, counts


def _verified(servers: str, verifier: Verifier) -> tuple[ledger.Evidence, ledger.Verdict]:
    """Return the evidence and its verdict once the stamps reach the end of the inbound log, or when they do not in 20 s."""
    with TopicReader(servers, (INFERENCE,), from_end=True) as inbound:
        ends = {partition: end for (_, partition), end in inbound.ends().items()}
    deadline = time.monotonic() + SETTLE_TIMEOUT_S
    while True:
        with TopicReader(servers, ledger.LEDGER_TOPICS, from_end=False) as reader:
            found = ledger.collect(reader)
        verdict = ledger.verify(found, verifier)
        if all(report.offset_to == ends[report.partition] for report in verdict.reports) or time.monotonic() > deadline:
            return found, verdict
        time.sleep(0.5)


@contextlib.contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Refuse a second demo in the same home: it would take away the first one's directory."""
    with (home / "demo.lock").open("w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConfigurationError(f"a demo runs in {home} already (wait for it, or choose another --home)") from None
        yield
