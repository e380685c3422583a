"""Faults on a real broker: nothing lost, nothing doubled, and a ledger that verifies."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from streams import names
from tests.kafka.rig import Rig, answers, check_once, rig, send

pytestmark = pytest.mark.kafka
TEXTS = answers(100)


def act(running: Rig, script: list[tuple[float, str, str]]) -> None:
    """Do what a script says at its seconds."""
    began = time.monotonic()
    for at, action, who in script:
        time.sleep(max(0.0, at - (time.monotonic() - began)))
        for worker in running.workers.values():
            worker.supervise()
        if action == "start":
            running.worker(who)
        elif action == "broker-kill":
            running.broker.kill()
            time.sleep(1.5)
            running.broker.start()
        else:
            running.workers[who].signal(signal.Signals[action])


SCRIPTS = {
    "kill -9 of each worker in turn": [(4, "SIGKILL", "A"), (5, "start", "A"), (10, "SIGKILL", "B"), (11, "start", "B")],
    "scale out, then SIGTERM": [(3, "start", "C"), (9, "SIGTERM", "A")],
    "a zombie: stopped past its session, then continued": [(4, "SIGSTOP", "A"), (13, "SIGCONT", "A")],
    "kill -9 of the broker": [(5, "broker-kill", "")],
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_nothing_is_lost_and_nothing_doubled(name: str, tmp_path: Path) -> None:
    with rig(tmp_path) as running:
        running.worker("A")
        running.worker("B")
        feeding = send(running.servers, TEXTS, tokens_per_s=1_000)
        act(running, SCRIPTS[name])
        feeding.join(timeout=120)
        assert not feeding.is_alive()
        deliveries = running.wait_for({stream_id for stream_id, _ in TEXTS}, timeout_s=90)
        check_once(deliveries, running.records(names.USAGE), TEXTS)
        verdict = running.verdict()
        assert verdict.as_json()["problems"] == []
        assert verdict.intact
        assert verdict.complete
