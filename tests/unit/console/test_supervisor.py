"""Workers that ask for it are started again, others are not, and all end with the supervisor."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from console.leash import leashed
from console.supervisor import RESTARTS_MAX, Supervisor, WorkerPlan, pause_s, wants_restart, worker_plans
from schemas.errors import ConfigurationError

PATIENCE_S = 30.0


def plan(tmp_path: Path, body: str) -> WorkerPlan:
    script = tmp_path / "child.py"
    script.write_text(textwrap.dedent(body), encoding="utf-8")
    return WorkerPlan("worker-0", (sys.executable, str(script), str(tmp_path / "runs")), {"CARNET_WORKER_INSTANCE": "worker-0"}, 1)


def run_until(supervisor: Supervisor, met: Callable[[], bool]) -> None:
    """Tick with a clock that jumps, so that no pause is waited out, until the condition holds."""
    clock, patience = 0.0, time.monotonic() + PATIENCE_S
    while not met():
        assert time.monotonic() < patience, "the condition was never met"
        supervisor.tick(clock)
        clock += 1.0
        time.sleep(0.02)


def is_gone(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z"
    return True


FAILS_TWICE = """
    import os, pathlib, sys, time
    runs = pathlib.Path(sys.argv[1])
    number = len(runs.read_text()) if runs.exists() else 0
    runs.write_text("x" * (number + 1))
    if number < 2:
        sys.exit({code})
    time.sleep(600)
"""


@pytest.mark.parametrize("code", [75, 70])
def test_a_worker_that_exits_75_or_70_is_started_again(tmp_path: Path, code: int) -> None:
    supervisor = Supervisor([plan(tmp_path, FAILS_TWICE.format(code=code))], tmp_path / "logs", tmp_path / "workers.json")
    runs = tmp_path / "runs"
    try:
        run_until(supervisor, lambda: runs.exists() and len(runs.read_text(encoding="utf-8")) == 3)
        [state] = json.loads((tmp_path / "workers.json").read_text(encoding="utf-8"))
        assert (state["restarts"], state["exit_code"]) == (2, code)
        assert not is_gone(state["pid"])
    finally:
        supervisor.stop()
    assert is_gone(state["pid"])


def test_a_worker_that_refuses_its_settings_is_not_started_again(tmp_path: Path) -> None:
    body = "import sys; sys.stderr.write('carnet worker: topic x is missing' + chr(10)); sys.exit(2)"
    supervisor = Supervisor([plan(tmp_path, body)], tmp_path / "logs")
    assert supervisor.run() == 1
    [state] = supervisor.state()
    assert (state["restarts"], state["exit_code"], state["pid"]) == (0, 2, None)
    with pytest.raises(ConfigurationError, match="worker-0 ended with 2 and was not started again: topic x is missing"):
        supervisor.wait_ready(PATIENCE_S)


def test_a_worker_that_fails_at_once_every_time_is_given_up(tmp_path: Path) -> None:
    supervisor = Supervisor([plan(tmp_path, "raise SystemExit(75)")], tmp_path / "logs")
    clock, idle, patience = 0.0, 0, time.monotonic() + PATIENCE_S
    while idle < 100 and time.monotonic() < patience:
        supervisor.tick(clock)
        [state] = supervisor.state()
        is_idle = state["pid"] is None
        clock += 1.0 if is_idle else 0.0
        idle = idle + 1 if is_idle else 0  # no pause is longer than 15 of these seconds
        time.sleep(0 if is_idle else 0.01)
    assert state["restarts"] == RESTARTS_MAX
    assert state["pid"] is None


def test_pauses_double_up_to_a_bound_and_a_kill_counts_as_a_crash() -> None:
    pauses = [pause_s(number) for number in range(12)]
    assert pauses[:4] == [0.5, 1.0, 2.0, 4.0]
    assert pauses == sorted(pauses)
    assert pauses[-1] == pauses[-2] == 15.0
    assert wants_restart(-signal.SIGKILL)
    assert not wants_restart(0)
    assert not wants_restart(1)


def test_asked_to_stop_it_ends_its_workers_with_sigterm_and_reports_success(tmp_path: Path) -> None:
    child = plan(
        tmp_path,
        """
        import pathlib, signal, sys, time
        def leave(*_):
            pathlib.Path(sys.argv[1]).write_text("in order")
            sys.exit(0)
        signal.signal(signal.SIGTERM, leave)
        pathlib.Path(sys.argv[1]).write_text("up")
        time.sleep(600)
        """,
    )
    supervisor = Supervisor([child], tmp_path / "logs")
    codes: list[int] = []
    thread = threading.Thread(target=lambda: codes.append(supervisor.run()))
    thread.start()
    patience = time.monotonic() + PATIENCE_S
    while not (tmp_path / "runs").exists() and time.monotonic() < patience:
        time.sleep(0.02)
    supervisor.request_stop()
    thread.join(PATIENCE_S)
    assert codes == [0]
    assert (tmp_path / "runs").read_text(encoding="utf-8") == "in order"


def test_each_worker_has_its_own_instance_and_health_port() -> None:
    first, second = worker_plans(2, {"CARNET_KAFKA_BOOTSTRAP_SERVERS": "h:1"}, Path("w"), [5001, 5002])
    assert (first.environment["CARNET_WORKER_INSTANCE"], second.environment["CARNET_WORKER_INSTANCE"]) == ("worker-0", "worker-1")
    assert (first.environment["CARNET_HEALTH_PORT"], second.environment["CARNET_HEALTH_PORT"]) == ("5001", "5002")
    assert second.environment["CARNET_KAFKA_BOOTSTRAP_SERVERS"] == "h:1"
    assert first.command[:3] == (sys.executable, "-m", "faust")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the leash is a call of the Linux kernel")
def test_a_leashed_command_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    started = tmp_path / "started"
    body = f"import pathlib, time; pathlib.Path({str(started)!r}).touch(); time.sleep(600)"
    command = leashed([sys.executable, "-c", body], death_signal=signal.SIGKILL)
    code = f"""
import os, subprocess, time
command = {command!r}
command[5] = str(os.getpid())  # the leash is held by this process, not by the test's
print(subprocess.Popen(command).pid, flush=True)
time.sleep(600)
"""
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    patience = time.monotonic() + PATIENCE_S
    while not started.exists() and time.monotonic() < patience:
        time.sleep(0.02)
    parent.kill()
    parent.wait()
    while not is_gone(child) and time.monotonic() < patience:
        time.sleep(0.02)
    assert is_gone(child)
