"""What users rely on across crashes: each character decided once, in order, and evidence that says so."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from audit.hashing import leaf_hash
from audit.merkle import Frontier
from schemas.codec import Codec
from schemas.records import DomesticSource, RequestOpened
from streams import names
from streams.pipeline import Equipment, Pipeline, build_pipeline
from streams.processor import Limits
from streams.settings import KeysSettings, Settings
from tests.requests import request
from tests.simulation.world import PARTITIONS, Log, Reader, run, write_streams

PHONE, MAIL, CARD = "+65 8123 4567", "mei.tan@example.sg", "4111 1111 1111 1111"
TEXTS = [
    f"Your booking is confirmed. We will call you at {PHONE} tomorrow, and a copy goes to {MAIL} as well. Have a pleasant stay!",
    f"The card {CARD} was charged. " + "Nothing else happened on that day, which was a quiet one for everybody involved. " * 4,
    "已为您确认预订，客服将拨打13912345678与您联系，请保持电话畅通。感谢您的耐心等待，祝您旅途愉快。",
    "A short one.",
    "| name | mail |\n|---|---|\n| Ann Lee | ann.lee@example.com |\n| Bob Roe | bob.roe@example.org |\nThat is the table you asked for.",
    "",
]


def streams() -> list[tuple[RequestOpened, str]]:
    """Return streams to several places, with values that echo the request, come from home, or from nowhere."""
    found = []
    for position, text in enumerate(TEXTS * 3):
        place = ("SG", "DE", "US", "BR", "XX")[position % 5]
        home = (DomesticSource("retrieval", f"Customer file: {MAIL}", None),) if position % 4 == 3 else ()
        found.append((request(f"s-{position}", place, f"please call {PHONE}", domestic_sources=home), text))
    return found


@pytest.fixture
def pipeline(equipment: Equipment, tmp_path: Path) -> Pipeline:
    return build(equipment, tmp_path)


def build(equipment: Equipment, tmp_path: Path, limits: Limits | None = None) -> Pipeline:
    return build_pipeline(Settings(keys=KeysSettings(dir=tmp_path)), PARTITIONS, equipment, limits)


def outcome_of(pipeline: Pipeline, seed: int, crash: float) -> tuple[Log, Reader, int]:
    log = Log()
    write_streams(log, Codec.committed(), streams(), seed=7)
    died = run(log, pipeline.processor, pipeline.state, seed, crash=crash)
    return log, Reader(log, pipeline.codec), died


def texts_of(reader: Reader) -> dict[str, str]:
    delivered: dict[str, str] = {}
    for record in reader.deliveries():
        delivered[record.stream_id] = delivered.get(record.stream_id, "") + record.text
    return delivered


@pytest.mark.parametrize("seed", range(5))
def test_crashes_change_nothing_that_a_customer_gets(equipment: Equipment, tmp_path: Path, seed: int) -> None:
    limits = Limits(rewrite_after_records=random.Random(seed).choice([5, 40, 5_000]))
    _, calm, _ = outcome_of(build(equipment, tmp_path, limits), seed, crash=0.0)
    _, stormy, died = outcome_of(build(equipment, tmp_path, limits), seed + 1_000, crash=0.4)
    assert died > 0
    assert texts_of(stormy) == texts_of(calm)


@pytest.mark.parametrize("seed", range(3))
def test_every_character_is_decided_once_and_in_order(pipeline: Pipeline, seed: int) -> None:
    _, reader, _ = outcome_of(pipeline, seed, crash=0.3)
    reached: dict[str, int] = {}
    for entry in reader.entries():
        if entry.decision is None:
            continue
        covers = entry.decision.covers
        assert covers.start == reached.get(entry.stream_id, 0)
        reached[entry.stream_id] = covers.end
        decided = entry.decision.characters_released + entry.decision.characters_redacted + entry.decision.characters_withheld
        assert decided == covers.end - covers.start
    assert reached == {opened.stream_id: len(text) for opened, text in streams()}


@pytest.mark.parametrize("seed", range(3))
def test_the_ledger_has_no_gap_and_its_checkpoints_match(pipeline: Pipeline, seed: int) -> None:
    log, reader, _ = outcome_of(pipeline, seed, crash=0.4)
    for number in range(PARTITIONS):
        frontier = Frontier()
        roots = {}
        for position, value in enumerate(log.outputs[names.AUDIT][number]):
            frontier = frontier.append(leaf_hash(value))
            roots[position + 1] = frontier.root()
        indexes = [entry.entry_index for entry in reader.entries() if entry.partition == number]
        assert indexes == list(range(len(indexes)))
        notes = [value.decode().split("\n") for value in log.outputs[names.CHECKPOINTS][number]]
        assert int(notes[-1][1]) == len(indexes)
        import base64

        assert all(roots[int(note[1])] == base64.b64decode(note[2]) for note in notes)


@pytest.mark.parametrize("seed", range(3))
def test_stamps_tile_the_inbound_log(pipeline: Pipeline, seed: int) -> None:
    log, reader, _ = outcome_of(pipeline, seed, crash=0.4)
    for number in range(PARTITIONS):
        stamps = [entry.stamp for entry in reader.entries() if entry.partition == number and entry.stamp is not None]
        edges = [stamp.offset_to for stamp in stamps]
        assert [stamp.offset_from for stamp in stamps] == [0, *edges[:-1]]
        assert edges[-1] == len(log.inbound[number])


def test_planted_values_stand_in_no_evidence(pipeline: Pipeline) -> None:
    log, reader, _ = outcome_of(pipeline, 3, crash=0.2)
    assert any(entry.decision and entry.decision.findings for entry in reader.entries())
    for topic in (names.AUDIT, names.CHECKPOINTS, names.USAGE, names.HELD):
        for values in log.outputs[topic].values():
            for value in values:
                assert not any(planted.encode() in value for planted in (PHONE, MAIL, CARD, "13912345678", "Ann Lee"))
    for pairs in log.state.values():
        assert not any(MAIL.encode() in (value or b"") for _, value in pairs)


def test_an_echo_goes_home_and_everything_else_is_redacted(pipeline: Pipeline) -> None:
    _, reader, _ = outcome_of(pipeline, 5, crash=0.0)
    delivered = texts_of(reader)
    assert PHONE in delivered["s-0"], "the customer's own number goes back (CAC flow provisions, Art 4)"
    assert MAIL not in delivered["s-0"]
    assert "<EMAIL_ADDRESS>" in delivered["s-0"]
    assert "13912345678" not in delivered["s-2"]


def test_an_unknown_destination_gets_nothing_and_nothing_is_lost(pipeline: Pipeline) -> None:
    _, reader, _ = outcome_of(pipeline, 5, crash=0.0)
    lost = [opened.stream_id for opened, _ in streams() if opened.destination == "XX"]
    assert lost
    for stream_id in lost:
        assert texts_of(reader)[stream_id] == ""
        held = [record for record in reader.held() if record.stream_id == stream_id]
        assert sum(record.characters for record in held) == {o.stream_id: len(t) for o, t in streams()}[stream_id]
        assert held[-1].is_last
        assert {record.error_code for record in held} == {"unknown_destination"}


def test_a_closed_stream_reports_what_it_used(pipeline: Pipeline) -> None:
    _, reader, _ = outcome_of(pipeline, 9, crash=0.3)
    used = {record.stream_id: record for record in reader.usage()}
    assert used.keys() == {opened.stream_id for opened, _ in streams()}
    for opened, text in streams():
        record = used[opened.stream_id]
        assert record.characters == len(text)
        assert record.characters_released + record.characters_redacted + record.characters_withheld == len(text)


def test_a_restore_reads_no_more_than_the_open_streams_need(equipment: Equipment, tmp_path: Path) -> None:
    pipeline = build(equipment, tmp_path, Limits(rewrite_after_records=10, closed_kept_max=2))
    log = Log()
    write_streams(log, Codec.committed(), streams(), seed=7)
    run(log, pipeline.processor, pipeline.state, seed=1, tick_max=8)
    for number in range(PARTITIONS):
        written, needed = len(log.state[number]), len(log.state[number]) - log.state_from[number]
        assert needed < written / 4
