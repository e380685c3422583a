"""What is known of a text before its windows were read."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import pytest

from detectors.finding import Finding
from detectors.windows import WindowState
from jurisdictions.compile import compile_packs
from jurisdictions.condition import parse
from jurisdictions.pack import load_packs
from schemas.codec import Codec
from schemas.records import ModelUse
from streams.needs import Needs
from streams.standing import Standing
from streams.state import ReadWindow, StreamState
from streams.windows import Need, domains_of, forget, form_of
from tests.requests import request


def use(label: str) -> ModelUse:
    return ModelUse("text_int8", "a" * 64, "CPUExecutionProvider", label, 0.9)


def stream(*windows: ReadWindow, received: int = 300) -> StreamState:
    """Return a stream of which these windows are whole."""
    made = StreamState(request("s"), 0, None, None, None)  # type: ignore[arg-type]  # none of these is looked at here
    made.windows = list(windows)
    made.window = WindowState(windows[-1].end if windows else 0, "")
    made.received = received
    return made


READ = ReadWindow(0, 100, "a" * 100, (use("prose"), use("health")))
UNREAD = ReadWindow(100, 200, "b" * 100, None)
EARLY, LATE = Finding(10, 20, "PERSON", 0.9, "x"), Finding(110, 120, "PERSON", 0.9, "x")


def known(end: int, need: Need, *findings: Finding) -> frozenset[str] | None:
    return domains_of(stream(READ, UNREAD), need, 0, end, findings)


def test_what_stands_around_personal_data_is_known_once_its_windows_were_read() -> None:
    assert known(150, "personal", EARLY) == {"health"}
    assert known(150, "personal", LATE) is None
    assert known(150, "personal", EARLY, LATE) is None


def test_text_without_personal_data_needs_no_reading() -> None:
    assert domains_of(stream(UNREAD), "personal", 100, 150, ()) == frozenset()


def test_where_a_rule_asks_it_of_any_text_nothing_is_known_before_all_of_it_was_read() -> None:
    assert known(100, "always") == {"health"}
    assert known(150, "always") is None
    assert domains_of(stream(), "always", 0, 50, ()) is None  # its window is still open
    assert domains_of(stream(READ), "always", 0, 150, ()) is None


def test_a_finding_in_the_open_window_is_not_known() -> None:
    assert domains_of(stream(READ), "personal", 0, 150, (LATE,)) is None


def test_the_form_is_that_of_the_window_with_most_of_the_segment() -> None:
    code = ReadWindow(100, 200, "b" * 100, (use("code"),))
    assert form_of(stream(READ, code), 60, 130) == "prose"
    assert form_of(stream(READ, code), 80, 180) == "code"
    assert form_of(stream(UNREAD), 100, 150) is None


def test_windows_are_dropped_when_all_of_their_text_is_decided() -> None:
    made = stream(READ, UNREAD)
    forget(made, 150)
    assert made.windows == [UNREAD]


@pytest.fixture
def needs() -> Needs:
    packs = load_packs()
    return Needs(lru_cache(maxsize=4)(lambda day: compile_packs(packs, day)), Standing(Codec.committed(), "declared").mechanisms)


def test_rules_on_data_from_home_do_not_ask_about_what_the_customer_sent(needs: Needs) -> None:
    made = stream()
    made.last_at_ms = 1_795_000_000_000
    assert needs.of(made) == "personal"
    assert needs.asks(made, frozenset({"domestic_source"}))
    assert needs.asks(made, frozenset({"domestic_source", "unmatched"}))
    assert not needs.asks(made, frozenset({"foreign_echo"}))
    assert not needs.asks(made, frozenset({"unmatched", "foreign_echo"}))


@pytest.mark.parametrize(
    ("condition", "need"),
    [
        ("'health' in domains", "always"),
        ("'URL' in types and 'health' in domains", "always"),  # of something that concerns nobody
        ("personal and 'health' in domains", "personal"),
        ("form == 'code'", "always"),
    ],
)
def test_when_a_rule_asks_follows_from_its_condition(condition: str, need: str) -> None:
    packs = load_packs()
    rule = next(rule for pack in packs for rule in pack.rules if rule.action == "hold")
    pack = next(pack for pack in packs if rule in pack.rules)
    asking = replace(pack, rules=(*pack.rules, replace(rule, id="TEST-001", condition=parse(condition, {}))))
    others = tuple(asking if each is pack else each for each in packs)
    with_it = Needs(lru_cache(maxsize=4)(lambda day: compile_packs(others, day)), Standing(Codec.committed(), "declared").mechanisms)
    made = stream()
    made.last_at_ms = 1_795_000_000_000
    assert with_it.of(made) == need
