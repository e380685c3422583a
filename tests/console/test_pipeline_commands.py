"""`carnet demo`, and `up`, `feed`, `verify`, `down`, as a person runs them: real Kafka, real workers."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from console import installation
from console.answers import Defaults, read_answers
from console.readers import TopicReader
from console.samples.compose import answers_path
from schemas.codec import Codec
from streams.names import DELIVERIES

pytestmark = pytest.mark.kafka
PATIENCE_S = 120.0
PLANTED = re.compile(rb"[\w.]+@(?:mail\.)?example\.\w+|\+\d\d? \d[\d -]{7,}\d|(?<!\d)1[3-9]\d{9}(?!\d)")


def carnet(*arguments: str, home: Path, code: int = 0) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CARNET_")}
    command = [sys.executable, "-m", "console.cli", *arguments, "--home", str(home)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, env=environment)
    assert answer.returncode == code, answer.stderr
    return answer.stdout


def processes_of(home: Path) -> list[str]:
    """Return the command lines of what runs for a home; a worker names it in its environment."""
    found = []
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            line = (directory / "cmdline").read_bytes()
            belongs = str(home).encode() in line + (directory / "environ").read_bytes()
        except OSError:
            continue
        if belongs and int(directory.name) != os.getpid():
            found.append(line.replace(b"\0", b" ").decode())
    return found


def planted_values() -> set[bytes]:
    values: set[bytes] = set()
    for answer in read_answers(answers_path(), Defaults()):
        values |= set(PLANTED.findall(answer.output.encode()))
    assert len(values) > 30
    return values


def test_the_demo_accounts_for_every_stream_leaves_evidence_without_text_and_nothing_running(tmp_path: Path) -> None:
    home = tmp_path / "home"
    told = json.loads(carnet("demo", "--json", home=home))
    assert (told["intact"], told["complete"], told["problems"]) == (True, True, [])
    assert told["streams"] == told["delivered"] + told["withheld"] >= 60
    assert told["delivered"] > 0
    assert told["withheld"] > 0
    assert told["counts"]["findings"]["EMAIL_ADDRESS"] > 0
    assert told["counts"]["redactions"] > 0
    assert processes_of(home) == []
    evidence = Path(told["evidence"])
    kept = [path.read_bytes() for path in [*evidence.iterdir(), *(home / "demo" / "logs").iterdir()]]
    assert not [value for value in planted_values() if any(value in content for content in kept)]
    again = json.loads(carnet("verify", str(evidence), "--json", home=home))
    assert (again["intact"], again["complete"], again["entries"]) == (True, True, told["entries"])
    damaged = evidence / "partition-0.entries"
    content = bytearray(damaged.read_bytes())
    content[len(content) // 2] ^= 0xFF
    damaged.write_bytes(content)
    assert json.loads(carnet("verify", str(evidence), "--json", home=home, code=3))["intact"] is False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_demo_that_is_ended_early_leaves_nothing_running(tmp_path: Path, number: signal.Signals) -> None:
    home = tmp_path / "home"
    command = [sys.executable, "-m", "console.cli", "demo", "--home", str(home)]
    demo = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    patience = time.monotonic() + PATIENCE_S
    while not (home / "demo" / "logs" / "worker-0.log").exists() and time.monotonic() < patience:
        time.sleep(0.1)
    assert len(processes_of(home)) >= 2
    demo.send_signal(number)
    assert demo.wait(PATIENCE_S) == (130 if number == signal.SIGTERM else -number)
    while processes_of(home) and time.monotonic() < patience:
        time.sleep(0.1)
    assert processes_of(home) == []


@pytest.fixture
def running_home(tmp_path: Path) -> Iterator[Path]:
    home = tmp_path / "home"
    carnet("up", "--workers", "2", "--json", home=home)
    try:
        yield home
    finally:
        carnet("down", home=home)
    assert processes_of(home) == []


def test_a_worker_killed_in_the_middle_of_a_feed_is_started_again_and_each_delivery_is_seen_once(running_home: Path) -> None:
    home = running_home
    assert json.loads(carnet("status", "--json", home=home))["ready"] is True
    carnet("up", home=home, code=2)
    command = [sys.executable, "-m", "console.cli", "feed", "--json", "--rate", "1500", "--home", str(home)]
    feed = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    time.sleep(3)  # into the feed; wherever it hits, the outcome must be the same
    victim = installation.worker_states(home)[0]
    os.kill(int(str(victim["pid"])), signal.SIGKILL)
    printed, _ = feed.communicate(timeout=300)
    told = json.loads(printed)
    assert feed.returncode == 0
    assert told["delivered"] + told["withheld"] == told["streams"]
    state = installation.worker_states(home)[0]
    assert state["restarts"] == 1
    assert state["exit_code"] == -signal.SIGKILL
    verdict = json.loads(carnet("verify", "--json", home=home))
    assert (verdict["intact"], verdict["complete"]) == (True, True)
    found = installation.load(home)
    assert found is not None
    codec, seen = Codec.committed(), []
    with TopicReader(found.bootstrap_servers, (DELIVERIES,), from_end=False) as reader:
        seen = [codec.decode(message.value).delivery_id for message in reader.until_now()]
    assert len(seen) == len(set(seen)) > 0


def test_an_up_that_fails_says_why_and_leaves_nothing_running(tmp_path: Path) -> None:
    home = tmp_path / "home"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CARNET_")}
    # A model directory without models: the workers refuse to start.
    environment["CARNET_MODELS_DIR"] = str(tmp_path)
    command = [sys.executable, "-m", "console.cli", "up", "--home", str(home)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, env=environment)
    assert answer.returncode == 2
    assert len(answer.stderr.splitlines()) == 1
    assert "worker-0 ended with 2: " in answer.stderr
    assert processes_of(home) == []
    assert installation.load(home) is None
