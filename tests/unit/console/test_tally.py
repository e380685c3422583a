"""What `carnet watch` counts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from console.tally import Tally, percentile
from schemas.records import (
    AuditEntry,
    Covers,
    DeadLetterNote,
    Decision,
    DeliveryRecord,
    EvidenceRef,
    FindingNote,
    HoldBack,
    Model,
    ModelUse,
    Redaction,
    RequestOpened,
    StreamClosed,
    TokenChunk,
)

OPENED = RequestOpened("s", "c", "SG", "SG", "d", "r", Model("m", "CN", "1"), (), "", (), ())


def delivery(action: str, sequence_to: int, redactions: int = 0, *, is_last: bool = False) -> DeliveryRecord:
    spans = tuple(Redaction("EMAIL_ADDRESS", at, at + 1) for at in range(redactions))
    evidence = EvidenceRef(0, 0, b"", b"")
    return DeliveryRecord("s:0", "s", 0, "c", "SG", "t", 0, sequence_to, action, (), (), spans, is_last, evidence, HoldBack(0, 0))


def decided(*types: str) -> AuditEntry:
    notes = tuple(FindingNote(each, 0, 1, 1.0, "r", "unmatched", b"") for each in types)
    covers = Covers(0, 0, 0, 0, 0, 0)
    decision = Decision("s:0", 0, "c", "SG", covers, 0, 0, 0, notes, (), "release", (), (), "", (), "", b"", HoldBack(0, 0), False)
    return AuditEntry("decision", 0, 0, 0, "s", decision=decision)


def test_streams_tokens_findings_redactions_holds_and_dead_letters_are_counted() -> None:
    tally = Tally()
    letter = AuditEntry("dead_letter", 0, 1, 0, "", dead_letter=DeadLetterNote("t", 3, "bad_magic", 9))
    records = [
        OPENED,
        TokenChunk("s", 0, "ab", 3),
        TokenChunk("s", 1, "cd", 4),
        StreamClosed("s", "stop", 2, 7),
        delivery("redact", 0, redactions=2),
        delivery("hold", 1),
        decided("EMAIL_ADDRESS", "PERSON", "PERSON"),
        letter,
    ]
    for record in records:
        tally.note(record, 1_000)
    counts = tally.counts()
    assert (counts.streams_opened, counts.streams_closed, counts.tokens, counts.deliveries) == (1, 1, 7, 2)
    assert (counts.redactions, counts.held, counts.dead_letters) == (2, 1, 1)
    assert counts.findings == {"PERSON": 2, "EMAIL_ADDRESS": 1}
    assert counts.actions == {"redact": 1, "hold": 1}


@pytest.mark.parametrize("delivery_first", [False, True])
def test_latency_runs_from_the_last_chunk_covered_to_the_delivery_whichever_is_read_first(delivery_first: bool) -> None:
    tally = Tally()
    tally.note(OPENED, 900)
    steps = [(TokenChunk("s", 0, "a", 1), 1_000), (TokenChunk("s", 1, "b", 1), 1_100), (delivery("release", 1, is_last=True), 1_250)]
    for record, timestamp_ms in reversed(steps) if delivery_first else steps:
        tally.note(record, timestamp_ms)
    assert (tally.counts().latency_p50_ms, tally.counts().latency_p99_ms) == (150, 150)


def test_percentiles_are_by_nearest_rank() -> None:
    hundred = list(range(1, 101))
    assert (percentile(hundred, 0.50), percentile(hundred, 0.99), percentile([7], 0.99), percentile([], 0.5)) == (50, 99, 7, None)


def read_as(stream_id: str, *uses: tuple[str, int, int]) -> AuditEntry:
    models = tuple(ModelUse("text_int8", "a" * 64, "CPUExecutionProvider", label, 0.9, start, end) for label, start, end in uses)
    entry = decided()
    assert entry.decision is not None
    language = ModelUse("language", "b" * 64, "CPUExecutionProvider", "en", 0.99)
    return replace(entry, stream_id=stream_id, decision=replace(entry.decision, models=(language, *models)))


def test_a_window_counts_once_though_two_decisions_have_text_of_it() -> None:
    tally = Tally()
    tally.note(read_as("s", ("prose", 0, 100), ("health", 0, 100)), 1)
    tally.note(read_as("s", ("prose", 0, 100), ("health", 0, 100), ("service", 100, 180)), 2)
    tally.note(read_as("t", ("prose", 0, 90)), 3)
    tally.note(decided(), 4)
    assert tally.counts().labels == {"prose": 2, "health": 1, "service": 1}
