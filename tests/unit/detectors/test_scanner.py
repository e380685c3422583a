"""The scanner releases early, bounds what it holds, stays linear, stops when it cannot be sure, and can be taken up again."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import pytest

from detectors.analyzer import Engine, analyze, build_engine
from detectors.finding import Finding
from detectors.scanner import Scanner, StreamScan
from detectors.stream_scan import Held, without_contained
from schemas.errors import DetectionError, InvariantError

PROSE = "The committee met again and everyone agreed that the draft was nearly done. " * 30


@functools.cache
def engine() -> Engine:
    return build_engine()


@functools.cache
def shared() -> Scanner:
    return Scanner(engine())


def run(scanner: Scanner, text: str, size: int) -> tuple[StreamScan, list[Finding], list[int]]:
    scan = scanner.open()
    found: list[Finding] = []
    holds = []
    for at in range(0, len(text), size):
        scanner.feed(scan, text[at : at + size])
        scanner.advance([scan])
        found += scan.take()
        holds.append(scan.received - scan.final_to)
    scanner.close(scan)
    scanner.advance([scan])
    return scan, [*found, *scan.take()], holds


def keys(found: Sequence[Finding]) -> list[tuple[int, int, str, float]]:
    return sorted((one.start, one.end, one.entity_type, one.score) for one in found)


def test_prose_is_released_soon() -> None:
    scan, _, holds = run(shared(), PROSE, 4)
    assert max(holds[20:]) <= 90
    assert sorted(holds)[len(holds) // 2] <= 60
    assert scan.final_to == len(PROSE)


def test_final_text_never_grows_less_and_never_ends_inside_a_finding() -> None:
    text = "Call Maria Keller on +41 44 668 18 00, her card is 4111 1111 1111 1111. " * 8
    whole = analyze(engine(), text)
    scan = shared().open()
    before = 0
    for char in text:
        shared().feed(scan, char)
        shared().advance([scan])
        assert before <= scan.final_to <= scan.received
        assert not [one for one in whole if one.start < scan.final_to < one.end]
        before = scan.final_to
    assert before > len(text) // 2


def test_a_stream_with_little_new_text_is_left_alone() -> None:
    scanner = Scanner(engine(), step_chars=24)
    scan = scanner.open()
    for word in ("eight ch", "ars each"):
        scanner.feed(scan, word)
        scanner.advance([scan])
    assert scanner.tokens_seen == 0
    scanner.feed(scan, " and now enough of them")
    scanner.advance([scan])
    assert scanner.tokens_seen > 0


def test_an_empty_stream_closes() -> None:
    scan, found, _ = run(shared(), "", 1)
    assert (scan.done, scan.final_to, found) == (True, 0, [])


def test_one_large_feed_equals_the_engine() -> None:
    text = "".join(f"| Ann Lee | a{row}@x.org | 212-555-{row:04} | 10.0.0.{row % 255} |\n" for row in range(100)) + PROSE
    _, found, _ = run(shared(), text, len(text))
    assert keys(found) == keys(analyze(engine(), text))


@pytest.mark.parametrize("mark", ["-", " ", "/", " - ", ", ", ". "])
@pytest.mark.parametrize("size", [1, 5, 64])
def test_runs_of_more_blocks_than_one_number_can_have_give_the_same_numbers_in_pieces(mark: str, size: int) -> None:
    """Google's libphonenumber takes at most 21 blocks as one candidate: which ones depends on where the run begins."""
    text = "Numbers: " + mark.join(f"{block * 7919 % 1000:03}" for block in range(60)) + " or call 212-555-0123 today."
    _, found, _ = run(Scanner(engine(), hold_back_chars_max=4096), text, size)
    assert keys(found) == keys(analyze(engine(), text))


def test_text_after_close_is_refused() -> None:
    scan = shared().open()
    shared().close(scan)
    with pytest.raises(InvariantError, match="offset 0"):
        shared().feed(scan, "more")


@pytest.mark.parametrize("text", ["a" * 600, "1 2 3 " * 100, "." * 600 + "com", "字" * 600])
@pytest.mark.parametrize("size", [7, 10_000])
def test_text_that_cannot_become_final_within_the_cap_overflows_and_nothing_of_it_is_released(text: str, size: int) -> None:
    scan, found, _ = run(shared(), "Before it. " + text + " after it, all is calm.", size)
    assert scan.overflowed
    assert scan.final_to <= len("Before it. ")
    assert found == []
    assert not scan.done


def test_an_overflowed_stream_keeps_no_text_and_stays_overflowed() -> None:
    scan, _, _ = run(shared(), "x" * 5000, 50)
    dumped = shared().dump(scan)
    assert len(dumped) < 200
    (again,) = shared().load([dumped])
    assert again.overflowed
    assert again.received == 5000


@pytest.mark.parametrize(
    "line",
    [
        "Chapter one " + "." * 60 + " 5 see www.a.com\n",
        "1 22 333 4444 " * 20 + "\n",
        "| John Smith | a@b.com | +1 212-555-0123 | 10.0.0.1 |\n",
        "to be or not to be, of it: 00:1A:2B:3C:4D:5E of the of the of the\n",
        "我的手机号是13812345678，谢谢。",
        "a@b.c.d@e.f@" * 8 + "\n",
    ],
)
def test_hostile_input_costs_the_same_per_line_however_long_the_stream(line: str) -> None:
    """Counts what is done, not time: tokens, calls of recognisers, and what is kept of the stream."""
    costs = []
    for lines in (50, 200):
        scanner = Scanner(engine())
        scan, _, _ = run(scanner, line * lines, 64)
        assert scan.done
        costs.append((scanner.tokens_seen / lines, scanner.recognizer_calls / lines))
    (tokens, calls), (tokens_later, calls_later) = costs
    assert tokens_later <= tokens * 1.01 + 0.1
    assert calls_later <= calls * 1.05 + 0.1


def test_what_is_kept_of_a_stream_does_not_grow() -> None:
    sizes = []
    scan = shared().open()
    for _ in range(40):
        for at in range(0, 600, 6):
            shared().feed(scan, PROSE[at : at + 6])
            shared().advance([scan])
            scan.take()
        sizes.append((len(scan.text), len(scan.anchors), len(scan.starts), len(scan.held), len(shared().dump(scan))))
    assert max(size[0] for size in sizes) < 400
    assert max(size[4] for size in sizes) < 700
    assert sizes[-1] == pytest.approx(sizes[1], rel=0.3, abs=40)


def test_a_score_that_waits_for_the_next_keyword_holds_its_text() -> None:
    """Presidio takes one keyword forward when the finding's own word is none: a hardware address is boosted by the word behind it."""
    scanner = Scanner(engine(), step_chars=1)
    scan = scanner.open()
    scanner.feed(scan, "see 00:1A:2B:3C:4D:5E" + " of the and" * 12)
    scanner.advance([scan])
    assert scan.cut > 60
    assert scan.final_to == 4
    (scan,) = scanner.load([scanner.dump(scan)])
    scanner.feed(scan, " ethernet and then the printer room next to it is closed")
    scanner.advance([scan])
    assert scan.final_to > 60
    assert [one.score for one in scan.take() if one.entity_type == "MAC_ADDRESS"] == [pytest.approx(0.95)]


def test_a_restart_with_pending_findings_and_untaken_ones_goes_on_exactly() -> None:
    text = "Anna Schmidt wrote to 00:1A:2B:3C:4D:5E of the ethernet and paid with 4111 1111 1111 1111 in New York City on Monday. " * 3
    whole = keys(analyze(engine(), text))
    scanner, after_crash = Scanner(engine(), step_chars=1), Scanner(engine(), step_chars=1)
    for stop in range(0, len(text), 5):
        scan = scanner.open()
        scanner.feed(scan, text[:stop])
        scanner.advance([scan])
        (again,) = after_crash.load([scanner.dump(scan)])
        assert (again.received, again.final_to) == (scan.received, scan.final_to)
        after_crash.feed(again, text[stop:])
        after_crash.close(again)
        after_crash.advance([again])
        assert keys(again.take()) == whole


def test_a_snapshot_of_another_version_is_refused() -> None:
    with pytest.raises(InvariantError, match="version 99"):
        shared().load([b"[99]"])


def test_a_failing_recogniser_stops_the_scan_and_its_error_has_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    scanner = Scanner(build_engine())

    def fail(text: str, **_: object) -> None:
        raise ValueError(text)

    for part in scanner._parts.patterns:
        monkeypatch.setattr(part.recognizer, "analyze", fail)
    scan = scanner.open()
    scanner.feed(scan, "write to secret.person@example.org now, please do it soon")
    with pytest.raises(DetectionError) as raised:
        scanner.advance([scan])
    assert "Recognizer raised ValueError on characters 0 to" in str(raised.value)
    assert "secret" not in repr(raised.value)
    assert raised.value.__context__ is None


def test_a_full_vocabulary_changes_no_finding_and_no_longer_grows() -> None:
    text = "Xanthippe Qwortz met Ulfgar Blorbsen in Nuuk; write to qwortz@example.org. Zyzzyva " * 3
    bounded = Scanner(build_engine(), vocabulary_max=0)
    strings = bounded._parts.nlp.vocab.strings
    before = len(strings)
    _, found, _ = run(bounded, text, 5)
    assert keys(found) == keys(run(shared(), text, 5)[1])
    assert "Zyzzyva" not in strings
    assert len(strings) == before


def test_a_finding_inside_another_of_its_type_and_no_better_is_left_out() -> None:
    outer, inner, better, other = (
        Held(0, 10, "DATE_TIME", 0.85, "a"),
        Held(2, 8, "DATE_TIME", 0.6, "b"),
        Held(3, 7, "DATE_TIME", 0.95, "b"),
        Held(2, 8, "URL", 0.5, "c"),
    )
    kept = without_contained([inner, better, other, outer, Held(0, 10, "DATE_TIME", 0.85, "a")])
    assert [(one.start, one.end, one.entity_type) for one in kept] == [(0, 10, "DATE_TIME"), (2, 8, "URL"), (3, 7, "DATE_TIME")]
