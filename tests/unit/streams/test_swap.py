"""Another version of a model while the worker runs."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from types import MappingProxyType

import pytest

from models.manifest import Manifest
from schemas.errors import ArtifactError
from streams.swap import on_hangup

PINNED = Manifest(MappingProxyType({}))


class Pool:
    """Counts what it is asked to open."""

    def __init__(self, *, fails: bool = False) -> None:
        self.asked: list[Manifest] = []
        self.fails = fails

    def reload(self, pinned: Manifest, /) -> bool:
        self.asked.append(pinned)
        if self.fails:
            raise ArtifactError("model text_int8: text.int8.onnx is missing")
        return True


@pytest.fixture(autouse=True)
def _handler_put_back() -> Iterator[None]:
    before = signal.getsignal(signal.SIGHUP)
    yield
    signal.signal(signal.SIGHUP, before)


def test_a_hangup_opens_what_the_manifest_pins_now() -> None:
    pool = Pool()
    wait = on_hangup(pool, lambda: PINNED)
    assert pool.asked == []
    os.kill(os.getpid(), signal.SIGHUP)
    wait()
    assert pool.asked == [PINNED]


def test_a_version_that_does_not_open_leaves_the_worker_running(capsys: pytest.CaptureFixture[str]) -> None:
    pool = Pool(fails=True)
    wait = on_hangup(pool, lambda: PINNED)
    os.kill(os.getpid(), signal.SIGHUP)
    wait()
    os.kill(os.getpid(), signal.SIGHUP)
    wait()
    assert len(pool.asked) == 2
    assert ArtifactError.code in capsys.readouterr().out
