"""What the ledger does not account for is told, by a correctly signed ledger too: completeness is a verdict of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from audit import ledger
from audit.checkpoint import LEDGER_NAME, Signer, Verifier
from audit.merkle import Frontier
from audit.problems import ExitCode, Kind, PartitionReport, exit_code
from audit.verify import verify_partition
from schemas.codec import Codec
from schemas.records import AuditEntry, Covers, DeadLetterNote, Decision, Stamp
from tests.golden.ledger_example import INBOUND, KEY, VKEY, decision

CODEC = Codec.committed()


def stamp(offset_from: int, offset_to: int, open_streams: int = 1, records: int | None = None) -> AuditEntry:
    count = offset_to - offset_from if records is None else records
    return AuditEntry("stamp", 2, 0, 0, "", stamp=Stamp(offset_from, offset_to, count, bytes(32), open_streams))


def letter(offset: int, topic: str = INBOUND) -> AuditEntry:
    return AuditEntry("dead_letter", 2, 0, 0, "", dead_letter=DeadLetterNote(topic, offset, "bad_magic", 3))


def segment(number: int, stream: str = "s", *, is_last: bool = False, action: str = "release", **fields: int) -> AuditEntry:
    """Segment ``number`` of a stream whose chunks lie at offsets 2n and 2n + 1; ``fields`` change what it covers."""
    entry = decision(2, 0, stream, number, 2 * number, is_last=is_last, action=action)
    whole = entry.decision
    assert whole is not None
    return replace(entry, decision=replace(whole, covers=replace(whole.covers, **fields)))


def report_of(*entries: AuditEntry) -> PartitionReport:
    """The report on a ledger of these entries, numbered, with one signed checkpoint behind each stamp."""
    signer, frontier, notes, encoded = Signer(f"{LEDGER_NAME}/2", KEY), Frontier(), [], []
    for index, entry in enumerate(entries):
        encoded.append(CODEC.encode(replace(entry, entry_index=index)))
        frontier, _ = ledger.append(frontier, encoded[-1:])
        if entry.stamp is not None:
            notes.append(signer.sign(frontier.size, frontier.root()))
    return verify_partition(2, encoded, notes, Verifier(VKEY))


def told(report: PartitionReport) -> list[tuple[Kind, int]]:
    assert report.intact == (Kind.UNSIGNED not in {problem.kind for problem in report.problems})
    assert report.complete == (not report.problems)
    return [(problem.kind, problem.entry_index) for problem in report.problems]


def test_stamps_that_tile_and_streams_that_end_are_complete() -> None:
    report = report_of(segment(0), stamp(0, 2), segment(1), letter(4), stamp(2, 5), segment(2, is_last=True, offset_to=5), stamp(5, 6, 0))
    assert told(report) == []
    assert (report.offset_from, report.offset_to) == (0, 6)


def test_a_ledger_that_begins_later_than_offset_zero_says_from_where() -> None:
    report = report_of(stamp(400, 410, 0), stamp(410, 420, 0))
    assert told(report) == []
    assert (report.offset_from, report.offset_to) == (400, 420)


def test_offsets_between_two_stamps_are_a_gap() -> None:
    report = report_of(stamp(0, 10, 0), stamp(12, 20, 0), stamp(20, 30, 0))
    assert told(report) == [(Kind.GAP, 1)]
    assert exit_code([report]) == ExitCode.INCOMPLETE


def test_offsets_that_are_stamped_twice_are_a_gap() -> None:
    assert told(report_of(stamp(0, 10, 0), stamp(8, 20, 0))) == [(Kind.GAP, 1)]


def test_fewer_records_than_offsets_are_transaction_markers_and_more_are_a_gap() -> None:
    assert told(report_of(stamp(0, 10, 0, records=7))) == []
    assert told(report_of(stamp(0, 10, 0, records=11))) == [(Kind.GAP, 0)]


def test_a_decision_over_offsets_that_had_not_come_is_a_gap() -> None:
    assert told(report_of(segment(0, offset_to=2, is_last=True), stamp(0, 2, 0))) == [(Kind.GAP, 1)]


def test_a_dead_letter_outside_of_its_tick_is_a_gap() -> None:
    assert told(report_of(stamp(0, 5, 0), letter(4), stamp(5, 9, 0))) == [(Kind.GAP, 2)]
    assert told(report_of(stamp(0, 5, 0), letter(9), stamp(5, 9, 0))) == [(Kind.GAP, 2)]
    assert told(report_of(stamp(0, 5, 0), letter(900, "carnet.reviews.v1"), stamp(5, 9, 0))) == []


@pytest.mark.parametrize(
    ("second", "why"),
    [
        (lambda: segment(2, start=10, sequence_from=2), "a segment is left out"),
        (lambda: segment(0), "a segment is decided twice"),
        (lambda: segment(1, start=11), "a code point is left out"),
        (lambda: segment(1, start=9), "a code point is decided twice"),
        (lambda: segment(1, sequence_from=3), "a chunk is left out"),
        (lambda: segment(1, sequence_from=0), "chunks are decided twice"),
        (lambda: segment(1, end=9), "it ends before it begins"),
        (lambda: segment(1, sequence_to=0), "its chunks end before they begin"),
    ],
)
def test_a_stream_that_is_not_covered_is_a_stream_gap(second: Callable[[], AuditEntry], why: str) -> None:
    report = report_of(segment(0), stamp(0, 2), second(), stamp(2, 8))
    assert told(report) == [(Kind.STREAM_GAP, 2)], why
    assert "stream s segment" in report.problems[0].detail


def test_a_stream_whose_first_segment_is_not_there_is_a_stream_gap() -> None:
    report = report_of(segment(1), stamp(0, 4))
    assert told(report) == [(Kind.STREAM_GAP, 0)]
    assert report.problems[0].delivery_id == "s:1"


def test_a_decision_behind_the_last_one_is_a_stream_gap() -> None:
    assert told(report_of(segment(0, is_last=True), stamp(0, 2, 0), segment(1, is_last=True), stamp(2, 4, 0))) == [(Kind.STREAM_GAP, 2)]


def test_a_delivery_under_the_id_of_another_segment_is_a_stream_gap() -> None:
    entry = segment(0, is_last=True)
    whole = entry.decision
    assert whole is not None
    assert told(report_of(replace(entry, decision=replace(whole, delivery_id="s:7")), stamp(0, 2, 0))) == [(Kind.STREAM_GAP, 0)]


def test_a_chunk_may_be_cut_between_two_segments_and_a_segment_may_be_empty() -> None:
    empty = segment(2, is_last=True, start=20, end=20, sequence_from=4, sequence_to=3, offset_from=4, offset_to=4)
    assert told(report_of(segment(0), segment(1, sequence_from=1), stamp(0, 4), empty, stamp(4, 5, 0))) == []


def test_a_chunk_that_the_sender_lost_is_no_gap_where_the_text_was_withheld() -> None:
    assert told(report_of(segment(0), stamp(0, 2), segment(1, action="hold", sequence_from=3), stamp(2, 4))) == []
    assert told(report_of(segment(0), stamp(0, 2), segment(1, action="label", sequence_from=3), stamp(2, 4))) == [(Kind.STREAM_GAP, 2)]


def test_a_stream_without_its_last_decision_is_told_when_the_stamps_say_that_none_is_open() -> None:
    assert told(report_of(segment(0), stamp(0, 2, 1))) == []
    assert told(report_of(segment(0), stamp(0, 2, 0))) == [(Kind.STREAM_GAP, 0)]


def test_interleaved_streams_are_followed_each_by_itself() -> None:
    ticks = [
        entry
        for number in range(3)
        for entry in (segment(number, "a"), segment(number, "b", is_last=number == 2), stamp(2 * number, 2 * number + 2))
    ]
    assert told(report_of(*ticks)) == []


def test_a_tick_without_its_stamp_is_a_gap_beside_being_unsigned() -> None:
    assert {kind for kind, _ in told(report_of(stamp(0, 2, 0), segment(1), letter(4)))} >= {Kind.UNSIGNED, Kind.GAP}


def test_offsets_are_those_of_kafka_and_may_be_large() -> None:
    big = 2**62
    covers = Covers(big, big + 1, 0, 1, 0, 10)
    entry = segment(0, is_last=True)
    whole = entry.decision
    assert isinstance(whole, Decision)
    report = report_of(replace(entry, decision=replace(whole, covers=covers)), stamp(big, big + 2, 0))
    assert told(report) == []
    assert report.offset_to == big + 2
