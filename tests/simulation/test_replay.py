"""A replay makes the bytes of the log anew, whatever ticks and crashes there were; differences are located, gaps are named."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.checkpoint import verifier_key
from schemas.codec import Codec
from schemas.errors import SchemaError
from schemas.partitioning import partition_of
from schemas.parts import EvidenceRef
from schemas.records import AuditEntry, Counted, DeliveryRecord, DomesticSource, RequestOpened, TokenChunk, Totals
from streams import names
from streams.compared import PartitionReport
from streams.pipeline import Equipment, Pipeline, build_pipeline
from streams.processor import Limits
from streams.recorded import build_remaking, read_keys
from streams.replay import PartitionLog, Replay
from streams.settings import KeysSettings, ReviewSettings, Settings
from streams.tick import Control, Tick
from tests.requests import request
from tests.simulation.test_reviews import review_of
from tests.simulation.test_ticks import CARD, MAIL, streams
from tests.simulation.world import PARTITIONS, Log, Reader, answer, run, write_streams

CODEC = Codec.committed()
ANNA = Ed25519PrivateKey.from_private_bytes(b"a" * 32)
ON_FILE = ("art9_unlabelled", "sep_consent", "pipia")
COUNTED = ("art9_unlabelled", "cn_scc", "sep_consent", "pipia")
HOME = (DomesticSource("retrieval", f"Customer file: card {CARD}, mail {MAIL}", None),)


def settings_of(directory: Path) -> Settings:
    file = directory / "reviewers"
    file.write_text(f"anna {verifier_key('anna', ANNA.public_key())}\n")
    return Settings(keys=KeysSettings(dir=directory / "keys"), review=ReviewSettings(reviewers=file))


def live(equipment: Equipment, directory: Path, limits: Limits | None = None) -> Pipeline:
    return build_pipeline(settings_of(directory), PARTITIONS, equipment, limits)


def held_streams() -> list[tuple[RequestOpened, str]]:
    """Return streams that a rule holds, and some on which the totals of people decide."""
    text = f"The card on file is {CARD}, and the receipt goes to {MAIL}. " + "Nothing else of it is in the file of the customer. " * 3
    found = [(request(f"h-{n}", domestic_sources=HOME, mechanisms=ON_FILE), text) for n in range(4)]
    return found + [(request(f"c-{n}", domestic_sources=HOME, mechanisms=COUNTED), text) for n in range(4)]


def recorded(equipment: Equipment, directory: Path, seed: int, crash: float = 0.3, tick_max: int = 40) -> Log:
    """Return a log with everything in it: releases, redactions, holds, totals, reviews of both kinds, a dead letter."""
    pipeline, log = live(equipment, directory, Limits(rewrite_after_records=30)), Log()
    totals = Totals("cn/2026", 9_998, (Counted("sensitive", 9_998, 9_998),), (), 1_795_000_000_000)
    pipeline.processor.control([Control(names.TOTALS, 0, b"cn/2026", CODEC.encode(totals))])
    write_streams(log, CODEC, [*streams(), *held_streams()], seed=7)
    log.append(0, b"k", b"no record")
    run(log, pipeline.processor, pipeline.state, seed, crash=crash, tick_max=tick_max)
    reader = Reader(log, CODEC)
    for stream_id, verdict in (("h-0", {}), ("h-1", {"verdict": "reject", "reason": "not_lawful", "held": ()}), ("h-2", {})):
        segments = [one for one in reader.held() if one.stream_id == stream_id]
        log.append_review(review_of(reader, stream_id, segments, **verdict), CODEC)
    log.append_review(review_of(reader, "h-0", [one for one in reader.held() if one.stream_id == "h-0"]), CODEC)
    for number in range(PARTITIONS):
        log.restore(number, pipeline.processor, pipeline.state)
    answer(log, pipeline.processor)
    expire(log, pipeline)
    return log


def expire(log: Log, pipeline: Pipeline) -> None:
    """Let the deadline of all that is still held pass."""
    deadline = max(one.deadline_ms for one in Reader(log, CODEC).held())
    records = {}
    for number in range(PARTITIONS):
        name = next(f"t-{n}" for n in range(100) if partition_of(f"t-{n}", PARTITIONS) == number)
        log.append(number, name.encode(), CODEC.encode(request(name)), at_ms=deadline + 1)
        records[number] = log.inbound[number][log.committed[number] :]
    tick = Tick(records)
    log.commit(tick, pipeline.processor.process(tick))


def replayed(
    equipment: Equipment, directory: Path, log: Log, *, keys: bool = True, inbound_from: int = 0, limits: Limits | None = None
) -> list[PartitionReport]:
    settings = settings_of(directory)
    found = read_keys(settings.keys.dir) if keys else None
    replay = Replay(build_remaking(settings, PARTITIONS, equipment, found, limits=limits))
    reports = []
    for number in range(PARTITIONS):
        inbound = [one for one in log.inbound[number] if one.offset >= inbound_from]
        of = {topic: log.outputs[topic].get(number, []) for topic in (names.AUDIT, names.DELIVERIES)}
        reports.append(replay.partition(number, PartitionLog(of[names.AUDIT], inbound, log.reviews[number], of[names.DELIVERIES])))
    return reports


def causes(reports: Iterable[PartitionReport]) -> set[str]:
    return {one.cause for report in reports for one in report.differences}


@pytest.mark.parametrize("seed", range(3))
def test_ticks_and_crashes_are_made_anew_byte_for_byte(equipment: Equipment, tmp_path: Path, seed: int) -> None:
    log = recorded(equipment, tmp_path, seed)
    reports = replayed(equipment, tmp_path, log)
    assert [one for report in reports for one in report.differences] == []
    assert [report.verdict for report in reports] == ["identical", "identical"]
    for number, report in enumerate(reports):
        assert report.entries == report.entries_same == len(log.outputs[names.AUDIT][number])
        assert report.deliveries == report.deliveries_same == len(log.outputs[names.DELIVERIES][number])
    entries = Reader(log, CODEC).entries()
    assert {entry.review.verdict for entry in entries if entry.review} == {"approve", "reject", "expire"}
    assert {entry.dead_letter.code for entry in entries if entry.dead_letter} >= {"review_no_case"}
    assert any(entry.decision.totals for entry in entries if entry.decision)


def test_without_the_keys_the_rest_is_compared_and_that_is_said(equipment: Equipment, tmp_path: Path) -> None:
    log = recorded(equipment, tmp_path, 1)
    reports = replayed(equipment, tmp_path, log, keys=False)
    assert [one for report in reports for one in report.differences] == []
    assert {report.verdict for report in reports} == {"identical_as_far_as_provable"}
    assert not any(report.has_keys for report in reports)


def test_other_keys_are_named_as_the_cause(equipment: Equipment, tmp_path: Path) -> None:
    log = recorded(equipment, tmp_path, 1)
    value = tmp_path / "keys" / "value.bin"
    value.chmod(0o600)
    value.write_bytes(b"o" * 32)
    found = [one for report in replayed(equipment, tmp_path, log) for one in report.differences if one.topic == names.AUDIT]
    assert "keys" in {one.cause for one in found}
    assert "value_hmac" in {field.path.rpartition(".")[2] for one in found for field in one.fields}


def test_an_altered_chunk_is_located_to_its_stream_and_segment(equipment: Equipment, tmp_path: Path) -> None:
    log = recorded(equipment, tmp_path, 2, tick_max=6)
    place = next(
        (number, at)
        for number in range(PARTITIONS)
        for at, one in enumerate(log.inbound[number])
        if one.key == b"s-0" and isinstance(chunk := decoded(one.value), TokenChunk) and "v" in chunk.text
    )
    number, at = place
    one = log.inbound[number][at]
    chunk = decoded(one.value)
    assert isinstance(chunk, TokenChunk)
    log.inbound[number][at] = replace(one, value=CODEC.encode(replace(chunk, text=chunk.text.replace("v", "w"))))
    reports = replayed(equipment, tmp_path, log)
    found = reports[number].differences
    assert {item.stream_id for item in found} == {"", "s-0"}
    assert {item.cause for item in found} == {"inbound"}
    stamp = next(item for item in found if not item.stream_id)
    assert [field.path for field in stamp.fields] == ["stamp.records_sha256"]
    entry = next(item for item in found if item.stream_id and item.topic == names.AUDIT)
    assert covers(log, number, entry.entry_index, at)
    assert "decision.text_commitment" in {field.path for field in entry.fields}
    assert reports[1 - number].verdict == "identical"
    shown = " ".join(field.recorded + field.replayed for item in found for field in item.fields)
    assert "stay" not in shown


def decoded(value: bytes | None) -> object:
    try:
        return CODEC.decode(value)
    except SchemaError:
        return None


def covers(log: Log, number: int, entry_index: int, offset: int) -> bool:
    entry = CODEC.decode(log.outputs[names.AUDIT][number][entry_index])
    assert isinstance(entry, AuditEntry)
    assert entry.decision is not None
    return entry.decision.covers.offset_from <= offset <= entry.decision.covers.offset_to


def test_another_pack_is_named_where_it_decides_otherwise(equipment: Equipment, tmp_path: Path) -> None:
    log = recorded(equipment, tmp_path, 1)
    packs = tuple(
        replace(pack, rules=tuple(rule for rule in pack.rules if rule.id != "CN-XB-002"), sha256=pack.sha256[::-1])
        for pack in equipment.packs
    )
    reports = replayed(replace(equipment, packs=packs), tmp_path, log)
    found = [one for report in reports for one in report.differences if one.topic == names.AUDIT and one.stream_id]
    assert {one.cause for one in found} == {"packs"}
    assert all("decision.packs_sha256" in {field.path for field in one.fields} for one in found if one.segment_index >= 0)
    otherwise = [one for one in found if any(field.path == "decision.action" for field in one.fields)]
    assert {("redact", "release")} <= {(f.recorded, f.replayed) for one in otherwise for f in one.fields if f.path == "decision.action"}
    assert len([one for one in found if len(one.fields) == 1]) <= PARTITIONS


def test_another_threshold_is_no_pack_and_no_model(equipment: Equipment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = recorded(equipment, tmp_path, 1)
    monkeypatch.setattr(
        "detectors.thresholds.Thresholds.keep", lambda _self, findings, _places: tuple(f for f in findings if f.score > 0.99)
    )
    found = [one for report in replayed(equipment, tmp_path, log) for one in report.differences if one.topic == names.AUDIT]
    assert {one.cause for one in found} <= {"code_or_settings", "reviewers"}  # what is held otherwise, no review fits
    assert any(field.path.startswith("decision.findings") for one in found for field in one.fields)


def test_an_altered_delivery_is_named_with_its_entry(equipment: Equipment, tmp_path: Path) -> None:
    log = recorded(equipment, tmp_path, 1)
    values = log.outputs[names.DELIVERIES][0]
    at, record = next((at, one) for at, value in enumerate(values) if isinstance(one := CODEC.decode(value), DeliveryRecord) and one.text)
    values[at] = CODEC.encode(replace(record, text=record.text + "!"))
    gone = CODEC.decode(values.pop(at + 3))
    assert isinstance(gone, DeliveryRecord)
    report = replayed(equipment, tmp_path, log)[0]
    assert report.entries == report.entries_same
    assert {(one.stream_id, one.what, one.cause, one.entry_index) for one in report.differences} == {
        (record.stream_id, "differs", "delivery", record.evidence.entry_index),
        (gone.stream_id, "only_replayed", "delivery", gone.evidence.entry_index),
    }
    assert report.different == 2


def test_a_deleted_and_an_altered_entry_are_named(equipment: Equipment, tmp_path: Path) -> None:
    log = recorded(equipment, tmp_path, 1)
    values = log.outputs[names.AUDIT][0]
    at, entry = next((at, one) for at, value in enumerate(values) if isinstance(one := CODEC.decode(value), AuditEntry) and one.decision)
    assert entry.decision is not None
    values[at] = CODEC.encode(replace(entry, decision=replace(entry.decision, characters_released=999)))
    report = replayed(equipment, tmp_path, log)[0]
    assert [(one.entry_index, [field.path for field in one.fields]) for one in report.differences] == [
        (at, ["decision.characters_released"])
    ]
    values[at] = values[at][:-1] + bytes([values[at][-1] ^ 0x40]) + b"\1"
    report = replayed(equipment, tmp_path, log)[0]
    assert "unreadable" in causes([report])


def test_what_retention_took_is_named_and_the_rest_is_proven(equipment: Equipment, tmp_path: Path) -> None:
    log = recorded(equipment, tmp_path, 1, tick_max=6)
    cut = 60
    reports = replayed(equipment, tmp_path, log, inbound_from=cut)
    assert [one for report in reports for one in report.differences] == []
    for number, report in enumerate(reports):
        assert report.verdict == "identical_as_far_as_provable"
        (hole,) = report.holes
        assert (hole.offset_from, hole.reason) == (0, "inbound records are gone")
        assert hole.offset_to >= cut
        began_before = {one.key.decode() for one in log.inbound[number][: hole.offset_to] if one.key and one.key != b"k"}
        assert report.unproven == began_before
        assert report.entries + report.skipped == len(log.outputs[names.AUDIT][number])
        assert report.entries > report.ticks
        assert report.deliveries + report.skipped_deliveries == len(log.outputs[names.DELIVERIES][number])


def test_a_ledger_without_its_first_entries_is_taken_up_at_a_stamp(equipment: Equipment, tmp_path: Path) -> None:
    log = recorded(equipment, tmp_path, 2, tick_max=6)
    for number in range(PARTITIONS):
        values = log.outputs[names.AUDIT][number]
        first = [at for at, value in enumerate(values) if isinstance(one := CODEC.decode(value), AuditEntry) and one.stamp][3] + 1
        del values[:first]
        kept = [value for value in log.outputs[names.DELIVERIES][number] if evidence(value).entry_index >= first]
        log.outputs[names.DELIVERIES][number] = kept
    reports = replayed(equipment, tmp_path, log)
    assert [one for report in reports for one in report.differences] == []
    assert all(report.unproven and not report.holes for report in reports)


def evidence(value: bytes) -> EvidenceRef:
    record = CODEC.decode(value)
    assert isinstance(record, DeliveryRecord)
    return record.evidence


def test_a_review_that_is_gone_takes_its_stream_out_alone(equipment: Equipment, tmp_path: Path) -> None:
    log = recorded(equipment, tmp_path, 1)
    number = partition_of("h-0", PARTITIONS)
    log.reviews[number] = [one for one in log.reviews[number] if one.key != b"h-0"]
    report = replayed(equipment, tmp_path, log)[number]
    assert report.differences == []
    assert report.unproven == {"h-0"}
    assert report.verdict == "identical_as_far_as_provable"


def test_a_record_that_was_set_aside_is_set_aside_again(equipment: Equipment, tmp_path: Path) -> None:
    pipeline, log = live(equipment, tmp_path), Log()
    write_streams(
        log, CODEC, [(request(f"s-{n}"), "A text of some length, to be set aside in its middle.\n" * 3) for n in range(3)], seed=3
    )
    for number in range(PARTITIONS):
        log.restore(number, pipeline.processor, pipeline.state)
    for number in range(PARTITIONS):
        for place, one in enumerate(log.inbound[number]):
            poison = frozenset({(number, one.offset)}) if place in {0, 9} else frozenset()
            tick = Tick({number: [one]}, poison)
            log.commit(tick, pipeline.processor.process(tick))
    entries = Reader(log, CODEC).entries()
    assert "detection_failed" in {entry.dead_letter.code for entry in entries if entry.dead_letter}
    assert "detection_failed" in {entry.decision.error_code for entry in entries if entry.decision}
    assert [report.verdict for report in replayed(equipment, tmp_path, log)] == ["identical", "identical"]


def test_streams_that_waited_too_long_are_held_again(equipment: Equipment, tmp_path: Path) -> None:
    limits = Limits(hold_back_ms_max=20)
    pipeline, log = live(equipment, tmp_path, limits), Log()
    write_streams(log, CODEC, [(request(f"s-{n}"), f"The card is {CARD[: n + 3]}") for n in range(8)], seed=3)
    for number in range(PARTITIONS):
        log.inbound[number] = [replace(one, timestamp_ms=one.timestamp_ms + 700 * one.offset) for one in log.inbound[number]]
    run(log, pipeline.processor, pipeline.state, 4, crash=0.4, tick_max=5)
    assert "hold_back_exceeded" in {entry.decision.error_code for entry in Reader(log, CODEC).entries() if entry.decision}
    reports = replayed(equipment, tmp_path, log, limits=limits)
    assert [report.verdict for report in reports] == ["identical", "identical"]


@pytest.mark.parametrize("seed", range(4))
def test_streams_that_run_late_together_end_in_one_order_whatever_crashed(equipment: Equipment, tmp_path: Path, seed: int) -> None:
    limits = Limits(hold_back_ms_max=20)
    pipeline, log = live(equipment, tmp_path, limits), Log()
    write_streams(log, CODEC, [(request(f"s-{n}"), f"The card is {CARD[: n % 16 + 3]}") for n in range(24)], seed=seed)
    for number in range(PARTITIONS):
        log.inbound[number] = [replace(one, timestamp_ms=1_795_000_000_000 + 3_000 * (one.offset // 25)) for one in log.inbound[number]]
    run(log, pipeline.processor, pipeline.state, seed, crash=0.4, tick_max=12)
    assert {report.verdict for report in replayed(equipment, tmp_path, log, limits=limits)} == {"identical"}
