"""What `carnet up` remembers, and which Kafka the other commands talk to."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from console import installation
from console.installation import Installation, Process
from schemas.errors import ConfigurationError
from streams.settings import Settings


def sleeper() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])


def test_an_installation_is_read_back_as_it_was_saved(tmp_path: Path) -> None:
    saved = Installation("127.0.0.1:9", 4, None, Process(7, 70), (1, 2))
    installation.save(tmp_path, saved)
    assert installation.load(tmp_path) == saved
    assert installation.load(tmp_path / "elsewhere") is None


def test_a_damaged_file_is_named_with_its_cure(tmp_path: Path) -> None:
    installation.run_file(tmp_path).write_text("{}", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"run\.json cannot be read \(KeyError\): remove it"):
        installation.load(tmp_path)


def test_the_environment_goes_before_what_up_left_and_that_before_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CARNET_KAFKA_BOOTSTRAP_SERVERS", raising=False)
    default = Settings.load().kafka.bootstrap_servers
    assert installation.bootstrap_servers(tmp_path, Settings.load()) == default
    installation.save(tmp_path, Installation("127.0.0.1:9", 4, None, Process(7, 70), ()))
    assert installation.bootstrap_servers(tmp_path, Settings.load()) == "127.0.0.1:9"
    monkeypatch.setenv("CARNET_KAFKA_BOOTSTRAP_SERVERS", "kafka.example:1")
    assert installation.bootstrap_servers(tmp_path, Settings.load()) == "kafka.example:1"


def test_a_process_id_that_was_given_to_another_is_not_ended() -> None:
    other = sleeper()
    try:
        mine = installation.identify(other.pid)
        stranger = Process(mine.pid, mine.started + 1)
        assert installation.is_running(mine)
        assert not installation.is_running(stranger)
        assert not installation.end(stranger)
        assert other.poll() is None
        assert installation.end(mine)
        assert other.wait() != 0
        assert not installation.is_running(mine)
    finally:
        other.kill()
        other.wait()


def test_a_process_that_has_ended_and_was_not_waited_for_is_not_running() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    before = installation.identify(ended.pid)
    os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)  # a zombie now
    assert not installation.is_running(before)
    assert not installation.is_running(installation.identify(ended.pid))
    assert not installation.end(installation.identify(ended.pid))
    ended.wait()


def test_down_ends_what_is_remembered_and_forgets_it(tmp_path: Path) -> None:
    supervisor = sleeper()
    try:
        installation.save(tmp_path, Installation("127.0.0.1:9", 4, None, installation.identify(supervisor.pid), ()))
        assert installation.down(tmp_path) == ["supervisor and workers"]
        assert supervisor.wait() != 0
        assert installation.load(tmp_path) is None
        assert installation.down(tmp_path) == []
    finally:
        supervisor.kill()
        supervisor.wait()
