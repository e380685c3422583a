"""The account adds up, and a planted hole of each kind is found and located, in a ledger that is signed correctly."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from audit import store
from audit.__main__ import main
from audit.account import Account, Unread, Waiting, total
from audit.accountant import Accountant
from audit.checkpoint import Verifier
from audit.entries import Brief, EntryReader
from audit.problems import ExitCode, Kind, PartitionReport, ProblemList, exit_code
from audit.usage import usage_line
from audit.verify import verify_partition
from schemas.records import Covers, Decision
from streams import names
from tests.book import CODEC, PARTITION, Book, usage_of
from tests.golden.ledger_example import INBOUND, VKEY, decision


def account_of(report: PartitionReport) -> Account:
    assert report.account is not None
    return report.account


def told(report: PartitionReport) -> list[tuple[Kind, int]]:
    return [(problem.kind, problem.entry_index) for problem in report.problems]


def a_busy_partition(omitted: int = -1) -> Book:
    """One stream of each fate: released, approved by two people, rejected, expired, waiting, blocked; dead letters of both topics."""
    book = Book(omitted)
    book.offset += 10  # each stream is opened and closed, too
    book.segment("free", 0)
    book.segment("free", 1, action="redact", is_last=True, characters_released=6, characters_redacted=4)
    for stream in ("agreed", "refused", "late", "waiting"):
        book.segment(stream, 0, action="hold")
        book.segment(stream, 1, action="hold", is_last=True)
    book.letter(INBOUND, book.offset)
    book.offset += 1
    book.stamp()
    book.review("first_approve", "agreed", 0, 1, last=True)
    book.review("approve", "agreed", 0)
    book.review("reject", "refused", 0, 1, last=True)
    book.letter(names.REVIEWS, book.review_offset)
    book.review_offset += 1
    book.review("approve", "agreed", 1, last=True)
    book.review("expire", "late", 0, 1, last=True)
    book.offset += 2
    book.segment("stopped", 0, action="block", is_last=True)
    book.stamp()
    return book


def test_everything_that_came_in_is_in_the_account_and_the_account_balances() -> None:
    usage = [
        usage_of("free", 2),
        *(usage_of(stream, 2, 20) for stream in ("agreed", "refused", "late", "waiting")),
        usage_of("stopped", 1, 10),
    ]
    usage[0] = replace(usage[0], characters_released=16, characters_redacted=4)
    report = a_busy_partition().report(usage)
    assert report.problems == ()
    account = account_of(report)
    assert account.balances
    assert (account.offsets, account.records, account.ticks, account.dead_letters) == (35, 35, 2, 1)
    assert (account.streams, account.streams_ended, account.streams_open, account.segments, account.chunks) == (6, 6, 0, 11, 22)
    assert (account.characters, account.released, account.redacted, account.blocked, account.held) == (110, 16, 4, 10, 80)
    assert (account.approved, account.approved_redacted, account.rejected, account.expired, account.open) == (14, 6, 20, 20, 20)
    assert (account.segments_held, account.segments_approved, account.segments_rejected) == (8, 2, 2)
    assert (account.segments_expired, account.segments_open) == (2, 2)
    assert (account.reviews, account.reviews_refused, account.usage) == (5, 1, 6)
    assert account.actions == {"release": 1, "redact": 1, "hold": 8, "block": 1}
    assert account.waiting == [Waiting("waiting:0", 8, 10, 1000), Waiting("waiting:1", 9, 10, 1001)]


def test_the_account_is_kept_where_it_is_asked_for_and_not_else() -> None:
    book = a_busy_partition()
    assert verify_partition(PARTITION, book.entries, book.notes, Verifier(VKEY)).account is None


def test_the_account_is_json_and_the_sum_of_partitions_is_an_account() -> None:
    account = account_of(a_busy_partition().report())
    told_in_json = json.loads(json.dumps(account.as_json()))
    assert (told_in_json["balances"], told_in_json["withheld"], told_in_json["characters"]) == (True, 90, 110)
    assert told_in_json["waiting"][0]["delivery_id"] == "waiting:0"
    whole = total([account, account])
    assert whole.balances
    assert (whole.characters, whole.segments_open, whole.actions["hold"], len(whole.waiting)) == (220, 4, 16, 4)


@pytest.mark.parametrize(
    ("action", "changed"),
    [
        ("release", {"characters_released": 9}),
        ("release", {"characters_released": 11}),
        ("release", {"characters_released": 6, "characters_redacted": 5}),
        ("release", {"characters_released": 12, "characters_redacted": -2}),
        ("release", {"characters_released": 6, "characters_withheld": 4}),
        ("block", {"characters_withheld": 9}),
        ("hold", {"characters_withheld": 6, "characters_released": 4}),
    ],
)
def test_characters_that_do_not_add_up_are_a_character_gap(action: str, changed: dict[str, Any]) -> None:
    book = Book()
    book.segment("s", 0, is_last=True)
    book.segment("t", 0, action=action, is_last=True, **changed)
    book.stamp()
    report = book.report()
    assert told(report) == [(Kind.CHARACTER_GAP, 1)]
    assert report.problems[0].delivery_id == "t:0"
    assert exit_code([report]) == ExitCode.INCOMPLETE


def three_streams() -> Book:
    book = Book()
    for stream in "abc":
        book.segment(stream, 0, is_last=True)
    book.stamp()
    return book


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("customer_id", "c-1"),
        ("destination", "DE"),
        ("chunks", 3),
        ("characters", 11),
        ("characters_released", 9),
        ("characters_redacted", 1),
        ("characters_withheld", 1),
    ],
)
def test_a_usage_record_that_says_otherwise_is_a_usage_gap(field: str, value: object) -> None:
    usage = [usage_of("a"), replace(usage_of("b"), **{field: value}), usage_of("c")]  # type: ignore[arg-type]
    report = three_streams().report(usage)
    assert told(report) == [(Kind.USAGE_GAP, 1)]
    assert "stream b segment 0: usage says" in report.problems[0].detail


@pytest.mark.parametrize(
    ("streams", "index", "detail"),
    [
        ("ac", 1, "stream b ended without a usage record"),
        ("ab", 2, "stream c ended without a usage record"),
        ("aabc", 1, "usage of stream a, of which"),
        ("axbc", 1, "usage of stream x, of which"),
        ("abcx", 4, "usage of stream x, of which"),
    ],
)
def test_usage_without_a_stream_and_a_stream_without_usage_are_usage_gaps(streams: str, index: int, detail: str) -> None:
    report = three_streams().report(usage_of(stream) for stream in streams)
    assert told(report) == [(Kind.USAGE_GAP, index)]
    assert detail in report.problems[0].detail


@pytest.mark.parametrize(("streams", "without"), [("abc", 0), ("bc", 1), ("", 3)])
def test_usage_that_begins_later_than_the_ledger_is_named_and_no_fault(streams: str, without: int) -> None:
    report = three_streams().report(usage_of(stream) for stream in streams)
    assert report.problems == ()
    assert (account_of(report).usage, account_of(report).streams_without_usage) == (len(streams), without)


def test_markers_of_transactions_are_counted_and_offsets_that_they_do_not_explain_are_located() -> None:
    book = Book()
    book.offset = book.stamped = 40
    book.segment("s", 0)
    book.stamp(1, absent=1)
    book.segment("s", 1, is_last=True)
    index = book.stamp(absent=900)
    report = book.report()
    assert report.problems == ()
    account = account_of(report)
    assert (account.offsets_before, account.offsets_of_controls, account.offsets_unread) == (40, 1, 900)
    assert account.unread == [Unread(index, 43, 945, 2)]
    assert account.offsets == account.records + account.offsets_of_controls + account.offsets_unread


def test_a_stamp_that_counts_fewer_open_streams_than_have_no_last_decision_is_a_stream_gap() -> None:
    book = Book()
    book.segment("a", 0)
    book.segment("b", 0)
    book.stamp(open_streams=2)
    book.segment("c", 0)
    index = book.stamp(open_streams=2)
    book.segment("a", 1, is_last=True)
    book.stamp(open_streams=2)
    report = book.report()
    assert told(report) == [(Kind.STREAM_GAP, index)]
    assert "3 streams without a last decision, the stamp counts 2 open" in report.problems[0].detail


@pytest.mark.parametrize(
    ("second", "is_told"),
    [
        (Covers(2, 3, 2, 3, 10, 20), False),
        (Covers(1, 3, 1, 3, 10, 20), False),  # a chunk that is cut between two segments lies at one offset
        (Covers(2, 3, 1, 3, 10, 20), True),
        (Covers(1, 3, 2, 3, 10, 20), True),
        (Covers(0, 3, 1, 3, 10, 20), True),
    ],
)
def test_a_chunk_lies_at_one_offset_and_the_next_one_behind_it(second: Covers, *, is_told: bool) -> None:
    book = Book()
    book.segment("s", 0)
    book.segment("s", 1, is_last=True, covers=second)
    book.stamp()
    assert set(told(book.report())) == ({(Kind.STREAM_GAP, 1)} if is_told else set())


@pytest.mark.parametrize("is_later", [False, True])
def test_a_whole_stream_that_is_decided_again_is_a_stream_gap(*, is_later: bool) -> None:
    book = Book()
    book.segment("s", 0, is_last=True)
    if is_later:
        book.stamp()
    again = book.segment("s", 0, is_last=True, covers=Covers(0, 1, 0, 1, 0, 10))
    book.stamp()
    report = book.report()
    assert told(report) == [(Kind.STREAM_GAP, again)]


def test_text_that_left_has_no_more_chunks_than_offsets() -> None:
    book = Book()
    book.segment("s", 0, is_last=True, covers=Covers(0, 1, 0, 2, 0, 10))
    book.stamp()
    assert told(book.report()) == [(Kind.STREAM_GAP, 0)]


def with_a_second_tick(plant: Callable[[Book], None]) -> tuple[Book, int]:
    """Two ticks of one stream each, whose open and close have offsets, too; return where the second stamp is."""
    book = Book()
    for stream in "ab":
        book.offset += 1
        book.segment(stream, 0, is_last=True)
        book.offset += 1
        if stream == "b":
            plant(book)
        index = book.stamp()
    return book, index


def open_without_decision(book: Book) -> None:
    book.offset += 4  # opened, two chunks, closed


def dead_without_entry(book: Book) -> None:
    book.offset += 1


def dead_with_entry(book: Book) -> None:
    book.letter(INBOUND, book.offset)
    book.offset += 1


@pytest.mark.parametrize(("plant", "records"), [(open_without_decision, 4), (dead_without_entry, 1)])
def test_records_without_any_entry_are_a_gap_as_soon_as_no_stream_is_open(plant: Callable[[Book], None], records: int) -> None:
    book, index = with_a_second_tick(plant)
    report = book.report()
    assert told(report) == [(Kind.GAP, 2)]
    assert (report.problems[0].entry_index_to, report.problems[0].detail.split()[0]) == (index + 1, str(records))


def test_records_that_were_set_aside_are_accounted_for() -> None:
    book, _ = with_a_second_tick(dead_with_entry)
    assert book.report().problems == ()


@pytest.mark.parametrize("omitted", range(20))
def test_an_entry_that_is_left_out_before_signing_is_missed(omitted: int) -> None:
    assert a_busy_partition().added == 20
    book = a_busy_partition(omitted)
    report = verify_partition(PARTITION, book.entries, book.notes, Verifier(VKEY), complete=True)
    account = account_of(report)
    if omitted in {12, 14, 15, 16, 17}:
        # Of an answer that is left out the ledger alone knows that text waits, or that an offset of the topic of reviews has no entry.
        assert report.problems == ()
        assert account.segments_open > 2 or account.review_offsets_skipped == 1
    else:
        assert report.problems
        assert not report.complete


def test_chunks_that_the_sender_lost_are_counted() -> None:
    book = Book()
    book.segment("s", 0)
    book.segment("s", 1, action="hold", is_last=True, covers=Covers(2, 3, 5, 6, 10, 20))
    book.stamp()
    report = book.report()
    assert report.problems == ()
    assert (account_of(report).chunks, account_of(report).chunks_lost) == (4, 3)


def test_behind_missing_entries_nothing_is_told_that_may_have_stood_in_them() -> None:
    book = Book()
    book.segment("s", 0, action="hold")
    book.segment("t", 0)
    book.stamp(1)
    book.review("approve", "s", 0)
    book.segment("t", 1, is_last=True)
    book.stamp()
    del book.entries[0], book.entries[0]
    report = verify_partition(
        PARTITION, book.entries, book.notes, Verifier(VKEY), complete=True, usage=[usage_of("s", 1, 10), usage_of("t", 2)]
    )
    assert {problem.kind for problem in report.problems} == {Kind.MISSING}
    assert not report.complete


def test_a_decision_that_cannot_be_read_to_its_action_is_told() -> None:
    problems = ProblemList(PARTITION)
    reader = EntryReader(PARTITION)
    encoded = CODEC.encode(decision(PARTITION, 0, "s", 0, 0, is_last=True))
    brief = reader.brief(encoded)
    assert brief is not None
    accountant = Accountant(reader, problems, inbound_topic=INBOUND)
    accountant.see(brief, encoded[:60])
    assert [problem.kind for problem in problems.found] == [Kind.CHARACTER_GAP]


def test_what_is_skimmed_of_a_decision_is_what_is_decoded() -> None:
    book = a_busy_partition()
    reader = EntryReader(PARTITION)
    for encoded in book.entries:
        whole, tally = reader.decode(encoded), reader.tally(encoded)
        assert whole is not None
        told_whole = whole.decision
        assert (tally is None) == (told_whole is None)
        if isinstance(told_whole, Decision) and tally is not None:
            counts = (told_whole.characters_released, told_whole.characters_redacted, told_whole.characters_withheld)
            assert tally == (whole.decided_at_ms, told_whole.customer_id, told_whole.destination, *counts, told_whole.action)


def test_the_memory_of_an_account_does_not_grow_with_ended_streams() -> None:
    def peak(streams: int) -> int:
        reader, problems = EntryReader(PARTITION), ProblemList(PARTITION)
        accountant = Accountant(reader, problems, inbound_topic=INBOUND, usage=(usage_of(f"s-{n}") for n in range(streams)))
        tracemalloc.start()
        for number in range(streams):
            encoded = CODEC.encode(decision(PARTITION, number, f"s-{number}", 0, 0, is_last=True))
            brief = reader.brief(encoded)
            assert brief is not None
            accountant.see(brief, encoded)
            if number % 100 == 0:
                accountant.see(Brief("stamp", number, "", offset_from=0, offset_to=1, records=1, open_streams=0), b"")
        used, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert accountant.finish(streams).usage == streams
        assert not problems.found
        return used

    small = peak(5_000)
    assert peak(10_000) < 1.5 * small


@pytest.fixture
def export(tmp_path: Path) -> Path:
    book = three_streams()
    store.write_partition(tmp_path, PARTITION, book.entries, book.notes)
    (tmp_path / "usage.jsonl").write_text("".join(usage_line(PARTITION, usage_of(stream)) for stream in "abc"), encoding="utf-8")
    return tmp_path


def test_an_auditor_gets_the_account_with_the_public_key_alone(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(export), "--key", VKEY, "--complete"]) == 0
    shown = capsys.readouterr().out
    assert "account of 1 partitions: balances" in shown
    assert main(["verify", str(export), "--key", VKEY, "--json"]) == 0
    assert "account" not in json.loads(capsys.readouterr().out)["partitions"][0]
    assert main(["verify", str(export), "--key", VKEY, "--json", "--usage", str(export / "usage.jsonl")]) == 0
    account = json.loads(capsys.readouterr().out)["partitions"][0]["account"]
    assert (account["characters"], account["usage"], account["balances"]) == (30, 3, True)


def test_usage_that_differs_exits_with_7_and_usage_that_is_none_with_2(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    usage = export / "usage.jsonl"
    usage.write_text(usage.read_text(encoding="utf-8").replace('"characters": 10', '"characters": 12', 1), encoding="utf-8")
    assert main(["verify", str(export), "--key", VKEY, "--usage", str(usage)]) == 7
    assert "usage_gap at 0: stream a segment 0: usage says characters 12, decided 10 (delivery a:0)" in capsys.readouterr().out
    usage.write_text('{"partition": 2, "stream_id": "a"}\n', encoding="utf-8")
    assert main(["verify", str(export), "--key", VKEY, "--usage", str(usage)]) == 2
    assert "line 1: no usage record" in capsys.readouterr().err
