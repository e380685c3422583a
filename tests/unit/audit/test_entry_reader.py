"""The quick reader says the same as the codec, and never raises for what the bytes are."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.entries import EntryReader
from schemas.codec import Codec
from schemas.records import AuditEntry, Covers, DeadLetterNote, Stamp
from schemas.shapes import committed_ids
from tests.golden.ledger_example import build, decision

LONGS = st.integers(-(2**63), 2**63 - 1)
COVERS = st.builds(Covers, LONGS, LONGS, LONGS, LONGS, LONGS, LONGS)
LOG = build()


@given(LONGS, LONGS, COVERS, st.text(max_size=300), st.booleans(), st.integers(-(2**31), 2**31 - 1))
def test_a_decision_is_read_as_the_codec_reads_it(
    index: int, segment: int, covers: Covers, text: str, is_last: bool, partition: int
) -> None:
    entry = decision(partition, index, "s", 0, 0, is_last=is_last)
    whole = entry.decision
    assert whole is not None
    entry = replace(
        entry, stream_id=text, decision=replace(whole, covers=covers, segment_index=segment, customer_id=text, delivery_id=text)
    )
    try:
        encoded = Codec.committed().encode(entry)
    except Exception:  # noqa: BLE001 - text that has no UTF-8 is no entry
        return
    reader = EntryReader(partition)
    brief = reader.brief(encoded)
    assert brief is not None
    assert (brief.kind, brief.entry_index, brief.stream_id, brief.delivery_id, brief.segment_index) == (
        "decision",
        index,
        text,
        text,
        segment,
    )
    assert Covers(brief.offset_from, brief.offset_to, brief.sequence_from, brief.sequence_to, brief.start, brief.end) == covers
    assert brief.is_last is is_last
    assert reader.claimed_index(encoded) == index
    assert EntryReader(partition ^ 1).brief(encoded) is None
    assert EntryReader(partition ^ 1).claimed_index(encoded) is None


def test_a_stamp_and_a_dead_letter_are_read_too() -> None:
    reader, codec = EntryReader(2), Codec.committed()
    stamp = reader.brief(codec.encode(AuditEntry("stamp", 2, 9, 0, "", stamp=Stamp(3, 8, 4, b"", 6))))
    assert stamp is not None
    assert (stamp.kind, stamp.entry_index, stamp.offset_from, stamp.offset_to, stamp.records, stamp.open_streams) == (
        "stamp",
        9,
        3,
        8,
        4,
        6,
    )
    letter = reader.brief(codec.encode(AuditEntry("dead_letter", 2, 9, 0, "s", dead_letter=DeadLetterNote("t", 8, "c", 0))))
    assert letter is not None
    assert (letter.kind, letter.entry_index, letter.stream_id, letter.topic, letter.offset_from) == ("dead_letter", 9, "s", "t", 8)


@pytest.mark.parametrize("entry", LOG.entries[:7])
def test_no_part_of_an_entry_and_no_strange_bytes_raise(entry: bytes) -> None:
    reader = EntryReader(2)
    for length in range(len(entry)):
        assert reader.decode(entry[:length]) is None
        reader.brief(entry[:length])
        reader.claimed_index(entry[:length])


@given(st.binary(max_size=60))
def test_strange_bytes_behind_the_right_framing_never_raise(tail: bytes) -> None:
    reader = EntryReader(2)
    for encoded in (tail, LOG.entries[0][:5] + tail, LOG.entries[0][:9] + tail):
        reader.decode(encoded)
        reader.brief(encoded)
        reader.claimed_index(encoded)


def test_entries_under_the_ids_of_a_registry_are_read_with_its_codec() -> None:
    other = Codec({name: number + 1000 for name, number in committed_ids().items()})
    encoded = other.encode(decision(2, 77, "s", 0, 0))
    assert EntryReader(2, other).claimed_index(encoded) == 77
    assert EntryReader(2).claimed_index(encoded) is None
