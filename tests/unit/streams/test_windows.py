"""What is known of a text before its windows were read."""

from __future__ import annotations

from detectors.finding import Finding
from detectors.windows import WindowState
from schemas.records import ModelUse
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
