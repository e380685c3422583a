"""What a replay shows of a difference, what it blames, and whom it asks for what came from elsewhere."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from audit.checkpoint import Signer
from schemas.codec import Codec
from schemas.records import (
    AuditEntry,
    Covers,
    Decision,
    DeliveryRecord,
    EvidenceRef,
    Fact,
    FindingNote,
    HoldBack,
    MechanismOnFile,
    ModelUse,
    Redaction,
    Stamp,
    TotalsUse,
)
from streams import names
from streams.compared import Comparison, Made, PartitionReport
from streams.differences import CAUSES, cause_of, differing, without_keys
from streams.ledger import Ledger
from streams.recorded import Plan, Recorded, RecordedCounts, RecordedStanding, read_keys
from streams.tick import Control, Outcome, Output
from tests.desk import key, sealer
from tests.requests import request

CODEC = Codec.committed()
NOTE = FindingNote("PHONE_NUMBER", 3, 9, 0.9, "phones", "unmatched", b"d" * 16)
DECISION = Decision(
    "s-1:0",
    0,
    "c-1",
    "SG",
    Covers(0, 1, 0, 1, 0, 20),
    14,
    6,
    0,
    (NOTE,),
    (Fact("cn_people_since_january", "41"), Fact("mechanisms", '["cn_scc","pipia"]'), Fact("personal", "true")),
    "redact",
    (),
    (),
    "",
    (ModelUse("text_int8", "a" * 64, "CPUExecutionProvider", "health", 0.7),),
    "p" * 64,
    b"c" * 32,
    HoldBack(0, 0),
    (TotalsUse("cn/2026", 7),),
    ("scc-1",),
    ("none_on_file",),
)
ENTRY = AuditEntry("decision", 0, 5, 1_795_000_000_000, "s-1", decision=DECISION)
STAMP = AuditEntry("stamp", 0, 6, 1_795_000_000_000, "", stamp=Stamp(0, 2, 2, b"r" * 32, 1))
DELIVERY = DeliveryRecord(
    "s-1:0",
    "s-1",
    0,
    "c-1",
    "SG",
    "My <PHONE> is secret",
    0,
    1,
    "redact",
    (),
    (),
    (Redaction("PHONE_NUMBER", 3, 10),),
    False,
    EvidenceRef(0, 5, b"e" * 32, b"s" * 16),
    HoldBack(0, 0),
)


def cause(after: AuditEntry, before: AuditEntry = ENTRY) -> str:
    return cause_of(before, after, tuple(differing(before, after)))


def decided(**others: object) -> AuditEntry:
    return replace(ENTRY, decision=replace(DECISION, **others))  # type: ignore[arg-type]


def test_the_cause_is_what_the_entries_say_of_models_packs_and_keys() -> None:
    use = DECISION.models[0]
    found = {
        "model": cause(decided(models=(replace(use, sha256="b" * 64),), packs_sha256="q" * 64)),
        "provider": cause(decided(models=(replace(use, provider="CUDAExecutionProvider", label="ordinary"),))),
        "packs": cause(decided(packs_sha256="q" * 64, action="release")),
        "keys": cause(decided(findings=(replace(NOTE, value_hmac=b"x" * 16),), text_commitment=b"y" * 32)),
        "code_or_settings": cause(decided(findings=(replace(NOTE, score=0.8),))),
        "inbound": cause(replace(STAMP, stamp=Stamp(0, 2, 2, b"q" * 32, 1)), STAMP),
    }
    assert {word: word for word in found} == found
    assert found.keys() <= CAUSES.keys()


def test_a_score_alone_does_not_make_another_model() -> None:
    assert cause(decided(models=(replace(DECISION.models[0], score=0.6),))) == "code_or_settings"


def test_a_difference_names_the_field_and_both_values_and_of_a_text_its_length() -> None:
    (field,) = differing(ENTRY, decided(findings=(replace(NOTE, provenance="foreign_echo"),)))
    assert (field.path, field.recorded, field.replayed) == ("decision.findings[0].provenance", "unmatched", "foreign_echo")
    (field,) = differing(ENTRY, decided(findings=()))
    assert (field.path, field.recorded, field.replayed) == ("decision.findings", "1 items", "0 items")
    (field,) = differing(DELIVERY, replace(DELIVERY, text="My number is no secret"))
    assert (field.path, field.recorded, field.replayed) == ("text", "20 characters", "22 characters")


def test_without_keys_what_is_outside_of_redactions_still_counts() -> None:
    other = replace(
        DELIVERY, text="My 0x1234 is secret", redactions=(Redaction("PHONE_NUMBER", 3, 9),), evidence=EvidenceRef(0, 5, b"", b"")
    )
    assert without_keys(DELIVERY) == without_keys(other)
    assert without_keys(DELIVERY) != without_keys(replace(other, text="My 0x1234 is public"))
    assert without_keys(ENTRY) == without_keys(decided(text_commitment=b"x" * 32, findings=(replace(NOTE, value_hmac=b""),)))
    assert without_keys(ENTRY) != without_keys(decided(findings=(replace(NOTE, score=0.1),)))


@pytest.fixture
def recorded() -> Recorded:
    return Recorded(has_keys=True, plan=Plan(5, {("s-1", 0): DECISION}))


def test_counters_answer_with_the_recorded_numbers_and_write_nobody_down(recorded: Recorded) -> None:
    ledger = Ledger(CODEC, sealer(), lambda _: Signer("t/0", key(9)), "carnet.example/audit")
    counts = RecordedCounts(recorded, ledger, 1)
    found = counts.before(request("s-1"), 0, (), "", 0, (), sensitive=True)
    assert (found.facts, found.uses, found.people) == ({"cn_people_since_january": 41}, DECISION.totals, ())
    assert recorded.asked is DECISION
    assert counts.before(request("s-1"), 0, (), "", 20, (), sensitive=True).facts == {}
    assert recorded.asked is None


def test_a_verdict_is_told_the_recorded_documents_and_everything_else_those_on_file(recorded: Recorded) -> None:
    document = MechanismOnFile("scc-2", "cn_scc", "c-1", "both", (), (), 0, "1", "2020-01-01", "", "", revoked=False)
    on_file = [Control(names.MECHANISMS, 0, b"scc-2", CODEC.encode(document))]
    standing, opened, day = (
        RecordedStanding(CODEC, "register", recorded, on_file),
        request("s-1", mechanisms=("cn_scc",)),
        dt.date(2026, 11, 24),
    )
    assert standing.mechanisms(opened, day).ids == ("scc-2",)
    recorded.asked = DECISION
    found = standing.mechanisms(opened, day, frozenset(), None)
    assert (found.kinds, found.ids) == (frozenset({"cn_scc", "pipia"}), ("scc-1",))
    assert standing.refused(found) == ("none_on_file",)
    assert standing.mechanisms(opened, day).ids == ("scc-2",)
    assert standing.take([Control(names.MECHANISMS, 0, b"scc-2", None)]) == []
    assert standing.mechanisms(opened, day).ids == ("scc-2",)


def test_keys_are_read_and_never_made(tmp_path: Path) -> None:
    assert read_keys(tmp_path / "none") is None
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "value.bin").write_bytes(b"v" * 32)
    found = read_keys(tmp_path)
    assert found is not None
    assert (found.value, found.source) == (b"v" * 32, None)


def compared(
    made: list[AuditEntry], rows: list[AuditEntry], *deliveries: bytes, delivered: tuple[DeliveryRecord, ...] = ()
) -> PartitionReport:
    report = PartitionReport(0, has_keys=True)
    outcome = Outcome([Output(names.AUDIT, 0, None, CODEC.encode(one), []) for one in made])
    outcome.outputs += [Output(names.DELIVERIES, 0, None, CODEC.encode(one), []) for one in delivered]
    comparison = Comparison(CODEC, report, iter(deliveries), is_whole=True)
    comparison.tick([(one.entry_index, CODEC.encode(one), one) for one in rows], Made(outcome), None, ())
    comparison.end()
    return report


def test_one_entry_more_or_less_does_not_hide_the_others() -> None:
    second = replace(ENTRY, entry_index=6, decision=replace(DECISION, segment_index=1, delivery_id="s-1:1"))
    last = replace(STAMP, entry_index=7)
    report = compared([ENTRY, last], [ENTRY, second, last])
    assert [(one.what, one.entry_index, one.segment_index) for one in report.differences] == [("only_recorded", 6, 1)]
    assert (report.entries, report.entries_same, report.verdict) == (3, 2, "differs")
    report = compared([ENTRY, second, last], [ENTRY, last])
    assert [(one.what, one.entry_index) for one in report.differences] == [("only_replayed", 6)]


def test_a_delivery_that_is_lost_doubled_or_unreadable_is_named_by_itself() -> None:
    value = CODEC.encode(DELIVERY)
    assert compared([ENTRY, STAMP], [ENTRY, STAMP], value, delivered=(DELIVERY,)).verdict == "identical"
    for deliveries, what, cause_ in (((), "only_replayed", "delivery"), ((value, value), "only_recorded", "delivery")):
        (found,) = compared([ENTRY, STAMP], [ENTRY, STAMP], *deliveries, delivered=(DELIVERY,)).differences
        assert (found.what, found.cause, found.entry_index, found.topic) == (what, cause_, 5, names.DELIVERIES)
    (found,) = compared([ENTRY, STAMP], [ENTRY, STAMP], b"\0broken", delivered=(DELIVERY,)).differences
    assert (found.what, found.cause) == ("differs", "unreadable")


def test_a_digest_that_differs_everywhere_does_not_hide_where_another_verdict_is() -> None:
    second = replace(ENTRY, entry_index=6, decision=replace(DECISION, segment_index=1, delivery_id="s-1:1"))
    last = replace(STAMP, entry_index=7)
    made = [
        decided(packs_sha256="q" * 64),
        replace(second, decision=replace(second.decision, packs_sha256="q" * 64, action="hold")),  # type: ignore[type-var]
        last,
    ]
    report = compared(made, [ENTRY, second, last])
    assert [(one.segment_index, one.cause, [field.path for field in one.fields]) for one in report.differences] == [
        (0, "packs", ["decision.packs_sha256"]),
        (1, "packs", ["decision.action", "decision.packs_sha256"]),
    ]
    assert report.different == 2
