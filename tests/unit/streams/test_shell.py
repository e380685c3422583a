"""Logs without text, probes that tell the truth, topics in their shape."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator

import pytest
import structlog

from streams import logs, names, topics
from streams.health import condition
from streams.tick import Inbound, Tick
from streams.transaction import Vital, _covers

Lines = Callable[[], list[dict[str, str]]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    written = io.StringIO()
    logs.set_up("info", written)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def test_a_key_that_is_not_allowed_is_dropped(lines: Lines) -> None:
    structlog.get_logger("carnet.test").warning("tick failed", error="ValueError", text="call +65 8123 4567")
    (line,) = lines()
    assert line["error"] == "ValueError"
    assert "8123" not in json.dumps(line)


@pytest.mark.parametrize("message", ["value was +65 8123 4567", "cannot parse 'Mei Tan 8123'", 'text: "8123"'])
def test_a_foreign_library_cannot_log_values(lines: Lines, message: str) -> None:
    logging.getLogger("presidio-analyzer").error("validating %s for %s", "8123", "Mei Tan")
    logging.getLogger("some.library").error(message)
    written = json.dumps(lines())
    assert "validating %s for %s" in written
    assert "8123" not in written
    assert "Mei Tan" not in written


def test_a_worker_without_partitions_is_alive_and_not_ready() -> None:
    vital = Vital(beat=100.0)
    found = condition(vital, now=101.0)
    assert (found["alive"], found["ready"], found["reason"]) == (True, False, "no partition assigned")


def test_a_worker_is_ready_when_it_decides_and_not_while_it_restores() -> None:
    vital = Vital(assigned=frozenset({0, 1}), beat=100.0)
    assert condition(vital, now=101.0)["ready"]
    vital.restoring = True
    assert condition(vital, now=101.0)["reason"] == "restoring state"


def test_a_loop_that_stands_still_is_not_alive() -> None:
    assert not condition(Vital(assigned=frozenset({0}), beat=0.0), now=61.0)["alive"]


def test_state_must_be_compacted_and_evidence_must_not() -> None:
    good = {plan.name: dict(plan.config) for plan in topics.PLAN}
    assert not topics.policy_problem(good)
    assert names.STATE in topics.policy_problem(good | {names.STATE: {"cleanup.policy": "delete"}})
    assert names.AUDIT in topics.policy_problem(good | {names.AUDIT: {"cleanup.policy": "compact"}})


def test_a_record_stays_set_aside_until_its_own_partition_went_past_it() -> None:
    tick = Tick({1: [Inbound(7, 0, None, None), Inbound(9, 0, None, None)]})
    assert _covers(tick.records, (1, 7))
    assert _covers(tick.records, (1, 9))
    assert not _covers(tick.records, (1, 10))
    assert not _covers(tick.records, (0, 7))
