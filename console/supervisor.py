"""Keep workers running: start them, restart those that ask for it, end them all.

A worker that exits 75 (EX_TEMPFAIL: it gave up a client that hangs) or 70 (EX_SOFTWARE: it refuses to go on with a broken
promise and restores from the log) is started again after a pause that doubles; so is one that a signal killed. Any other end is meant:
wrong settings do not heal by trying again. ``python -m console.supervisor`` is what ``carnet up`` leaves running.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from console.broker import free_ports
from console.leash import leashed
from schemas.errors import ConfigurationError, RetryableError

EXIT_RETRY = 75
EXIT_SOFTWARE = 70
RESTARTS_MAX = 8
RESTART_WINDOW_S = 120.0
PAUSE_FIRST_S = 0.5
PAUSE_MAX_S = 15.0
STOP_TIMEOUT_S = 20.0
TICK_S = 0.1
REFUSAL_PREFIX = "carnet worker: "  # how streams/worker.py begins the line that it exits with


@dataclass(frozen=True, slots=True)
class WorkerPlan:
    """One worker: its name (also its instance), the command, what its environment adds, and where it answers ``/healthz``."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    health_port: int


@dataclass(slots=True)
class _Child:
    plan: WorkerPlan
    process: subprocess.Popen[bytes] | None = None
    started: list[float] = field(default_factory=list)
    restarts: int = 0
    start_at: float | None = 0.0
    exit_code: int | None = None


def worker_plans(count: int, base: Mapping[str, str], work_directory: Path, health_ports: Sequence[int] | None = None) -> list[WorkerPlan]:
    """Plan ``count`` Faust workers.

    Args:
        count: How many.
        base: ``CARNET_*`` settings that all of them share.
        work_directory: Where Faust may keep its files.
        health_ports: One for each; free ones by default.
    """
    ports = list(health_ports) if health_ports is not None else free_ports(count)
    plans = []
    for number, port in enumerate(ports):
        name = f"worker-{number}"
        command = (
            sys.executable,
            "-m",
            "faust",
            "--datadir",
            str(work_directory / name),
            "-A",
            "streams",
            "worker",
            "-l",
            "warn",
            "--without-web",
        )
        environment = {**base, "CARNET_WORKER_INSTANCE": name, "CARNET_HEALTH_PORT": str(port)}
        plans.append(WorkerPlan(name, command, environment, port))
    return plans


def wants_restart(exit_code: int) -> bool:
    """Tell whether a worker that ended so shall be started again: it asked for it, or a signal ended it."""
    return exit_code in {EXIT_RETRY, EXIT_SOFTWARE} or exit_code < 0


def pause_s(restarts: int) -> float:
    """Return how long to wait before the restart number ``restarts`` (from 0): it doubles, up to a bound."""
    return float(min(PAUSE_FIRST_S * 2.0**restarts, PAUSE_MAX_S))


def is_healthy(port: int) -> bool:
    """Tell whether a worker says on ``/healthz`` that it is ready."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=2)  # not urllib, which would ask a proxy for our own loopback
    try:
        link.request("GET", "/healthz")
        return link.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        link.close()


def refusal(log: Path) -> str:
    """Return why a worker refused to start, as its log last says it; without such a line, where the log is."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    # Near the end only: the file is appended to, and an older start may have had another reason.
    said = [line.removeprefix(REFUSAL_PREFIX) for line in lines[-5:] if line.startswith(REFUSAL_PREFIX)]
    return said[-1] if said else f"see {log}"


class Supervisor:
    """Runs workers as children on a leash: when this process ends, however it ends, so do they.

    Args:
        plans: The workers.
        log_directory: One file a worker, appended to.
        state_path: Where pids and restarts are written for ``carnet status``; None writes nothing.
    """

    def __init__(self, plans: Sequence[WorkerPlan], log_directory: Path, state_path: Path | None = None) -> None:
        """Plan; nothing is started."""
        self._children = [_Child(plan) for plan in plans]
        self._log_directory = log_directory
        self._state_path = state_path
        self._stopping = threading.Event()
        self._lock = threading.Lock()

    def tick(self, now_s: float) -> None:
        """Look at every worker once: start what is due, note what ended. ``now_s`` is a monotonic reading in seconds."""
        changed = False
        with self._lock:
            for child in self._children:
                if child.process is not None and (code := child.process.poll()) is not None:
                    self._note_end(child, code, now_s)
                    changed = True
                if child.process is None and child.start_at is not None and now_s >= child.start_at and not self._stopping.is_set():
                    self._start(child, now_s)
                    changed = True
        if changed:
            self._write_state()

    def run(self) -> int:
        """Keep the workers running until ``request_stop`` or until none is left; return an exit code (0 when asked to stop)."""
        try:
            while not self._stopping.is_set():
                self.tick(time.monotonic())
                if all(child.process is None and child.start_at is None for child in self._children):
                    return 1
                self._stopping.wait(TICK_S)
        finally:
            self.stop()
        return 0

    def request_stop(self) -> None:
        """Ask ``run`` to end all workers and return; may be called from a signal handler or another thread."""
        self._stopping.set()

    def stop(self) -> None:
        """End all workers: SIGTERM, then after 20 s SIGKILL to their process groups."""
        self._stopping.set()
        with self._lock:
            running = [child.process for child in self._children if child.process is not None]
            for process in running:
                if process.poll() is None:
                    process.terminate()
            deadline = time.monotonic() + STOP_TIMEOUT_S
            for process in running:
                try:
                    process.wait(max(0.0, deadline - time.monotonic()))
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
            for child in self._children:
                if child.process is not None:
                    child.exit_code, child.process, child.start_at = child.process.returncode, None, None
        self._write_state()

    def wait_ready(self, timeout_s: float) -> None:
        """Return when every worker answers ``/healthz``; ``run`` or ``tick`` must go on elsewhere.

        Raises:
            ConfigurationError: A worker gave up; the message names its log.
            RetryableError: One was not ready in time.
        """
        deadline = time.monotonic() + timeout_s
        for child in self._children:
            while not is_healthy(child.plan.health_port):
                log = self._log_directory / f"{child.plan.name}.log"
                if child.process is None and child.start_at is None:
                    raise ConfigurationError(f"{child.plan.name} ended with {child.exit_code} and was not started again: {refusal(log)}")
                if time.monotonic() > deadline:
                    raise RetryableError(f"{child.plan.name} was not ready within {timeout_s:.0f} s (see {log})")
                time.sleep(TICK_S)

    def state(self) -> list[dict[str, object]]:
        """Return name, pid, port, restarts and last exit code of each worker, as ``carnet status`` shows them."""
        return [
            {
                "name": child.plan.name,
                "pid": child.process.pid if child.process is not None else None,
                "health_port": child.plan.health_port,
                "restarts": child.restarts,
                "exit_code": child.exit_code,
            }
            for child in self._children
        ]

    def _start(self, child: _Child, now_s: float) -> None:
        self._log_directory.mkdir(parents=True, exist_ok=True)
        with (self._log_directory / f"{child.plan.name}.log").open("ab") as log:
            child.process = subprocess.Popen(
                leashed(list(child.plan.command), death_signal=signal.SIGTERM),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **child.plan.environment},
                process_group=0,  # Ctrl-C is for the supervisor, which ends its workers in order
            )
        child.started.append(now_s)
        child.start_at = None

    def _note_end(self, child: _Child, code: int, now_s: float) -> None:
        child.started = [started for started in child.started if now_s - started < RESTART_WINDOW_S]
        if wants_restart(code) and len(child.started) <= RESTARTS_MAX:
            child.start_at = now_s + pause_s(max(len(child.started) - 1, 0))
            child.restarts += 1
        child.process, child.exit_code = None, code  # last: another thread takes "no process, no start" for given up

    def _write_state(self) -> None:
        if self._state_path is None:
            return
        self._state_path.parent.mkdir(parents=True, exist_ok=True)
        partial = self._state_path.with_suffix(".partial")
        partial.write_text(json.dumps(self.state()), encoding="utf-8")
        partial.replace(self._state_path)  # a reader sees the old or the new, never half


def main(arguments: Sequence[str] | None = None) -> int:
    """Run as a process of its own until SIGTERM or SIGINT; settings come from the environment that ``carnet up`` made."""
    parser = argparse.ArgumentParser(prog="python -m console.supervisor", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="directory of logs and state")
    parser.add_argument("--health-ports", required=True, help="one port for each worker, separated by commas")
    chosen = parser.parse_args(arguments)
    ports = [int(port) for port in chosen.health_ports.split(",")]
    plans = worker_plans(len(ports), {}, chosen.home / "faust", ports)
    supervisor = Supervisor(plans, chosen.home / "logs", chosen.home / "workers.json")

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        supervisor.request_stop()

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)
    return supervisor.run()


if __name__ == "__main__":
    sys.exit(main())
