"""The number that the law compares: verdicts change at the right person, and nobody counts twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.codec import Codec
from schemas.partitioning import partition_of
from schemas.records import Counted, DomesticSource, Record, Reflected, RequestOpened, StreamClosed, Subject, TokenChunk, Totals
from streams import names
from streams.pipeline import Equipment, Pipeline, build_pipeline
from streams.settings import KeysSettings, Settings
from streams.tick import Control
from tests.requests import request
from tests.simulation.world import PARTITIONS, Log, Reader, run

CODEC = Codec.committed()
SCOPE = "cn/2026"
ON_FILE = ("art9_unlabelled", "cn_scc", "sep_consent", "pipia")
CARDS = ("4111 1111 1111 1111", "5555 5555 5555 4444", "4012 8888 8888 1881", "3782 822463 10005", "6011 1111 1111 1117")


@pytest.fixture
def pipeline(equipment: Equipment, tmp_path: Path) -> Pipeline:
    return build_pipeline(Settings(keys=KeysSettings(dir=tmp_path)), PARTITIONS, equipment)


def counted(pipeline: Pipeline, version: int, *reflected: tuple[int, int], **people: int) -> None:
    """Tell the workers what was counted."""
    classes = tuple(Counted(name, number, number) for name, number in people.items())
    totals = Totals(SCOPE, version, classes, tuple(Reflected(*one) for one in reflected), 1_795_000_000_000)
    pipeline.processor.control([Control(names.TOTALS, 0, SCOPE.encode(), CODEC.encode(totals))])


def stream(card: str, number: int) -> list[Record]:
    """Return a stream with a card from a source at home."""
    opened: RequestOpened = request(
        f"s-{number}", mechanisms=ON_FILE, domestic_sources=(DomesticSource("retrieval", f"The card on file is {card}.", None),)
    )
    return [opened, TokenChunk(opened.stream_id, 0, f"The card on file is {card}.", 1), StreamClosed(opened.stream_id, "stop", 1, 1)]


def actions(reader: Reader) -> dict[str, str]:
    """Return the strictest action over each stream."""
    found: dict[str, str] = {}
    for record in reader.deliveries():
        found[record.stream_id] = max(
            found.get(record.stream_id, ""), record.action, key=["", "release", "label", "redact", "hold", "block"].index
        )
    return found


def feed(log: Log, *streams: list[Record], partition: int | None = None) -> None:
    for records in streams:
        for record in records:
            stream_id = record.stream_id  # type: ignore[union-attr]
            number = partition_of(stream_id, PARTITIONS) if partition is None else partition
            log.append(number, stream_id.encode(), CODEC.encode(record))


def test_the_ten_thousandth_sensitive_person_needs_an_assessment(pipeline: Pipeline) -> None:
    counted(pipeline, 9_997, sensitive=9_997)
    log = Log()
    same = [n for n in range(60) if partition_of(f"s-{n}", PARTITIONS) == 0][:5]
    feed(log, *(stream(card, number) for card, number in zip(CARDS, same, strict=True)))
    run(log, pipeline.processor, pipeline.state, seed=1)
    reader = Reader(log, CODEC)
    found = actions(reader)
    assert [found[f"s-{number}"] for number in same] == ["release", "release", "hold", "hold", "hold"]
    numbers = [
        fact.value for entry in reader.entries() if entry.decision for fact in entry.decision.facts if "sensitive_people" in fact.name
    ]
    assert numbers == ["9998", "9999", "10000", "10000", "10000"]  # what is held did not leave
    uses = {use for entry in reader.entries() if entry.decision for use in entry.decision.totals}
    assert {(use.scope, use.version) for use in uses} == {(SCOPE, 9_997)}


def test_what_totals_reflect_is_not_counted_on_top(pipeline: Pipeline) -> None:
    log = Log()
    feed(log, stream(CARDS[0], 1))
    run(log, pipeline.processor, pipeline.state, seed=1)
    reader = Reader(log, CODEC)
    (subject,) = [record for record in reader.of(names.SUBJECTS) if isinstance(record, Subject)]
    assert subject.scope == SCOPE
    assert subject.classes == ("sensitive",)
    counted(pipeline, 1, (subject.partition, subject.entry_index), sensitive=1)
    feed(log, stream(CARDS[1], 2))
    for number in range(PARTITIONS):
        log.restore(number, pipeline.processor, pipeline.state)
    run(log, pipeline.processor, pipeline.state, seed=1)
    numbers = [
        fact.value for entry in reader.entries() if entry.decision for fact in entry.decision.facts if "sensitive_people" in fact.name
    ]
    assert numbers == ["1", "2"]


def test_a_person_is_written_once_until_the_totals_have_it(pipeline: Pipeline) -> None:
    log = Log()
    same = [n for n in range(60) if partition_of(f"s-{n}", PARTITIONS) == 0][:3]
    feed(
        log,
        *(
            stream(card, number)
            for card, number in zip((CARDS[0], CARDS[0].replace(" ", ""), CARDS[0].replace(" ", "-")), same, strict=True)
        ),
    )
    run(log, pipeline.processor, pipeline.state, seed=1)
    assert len(Reader(log, CODEC).of(names.SUBJECTS)) == 1


def test_no_value_and_no_name_of_a_stream_is_in_what_is_counted(pipeline: Pipeline) -> None:
    log = Log()
    feed(log, stream(CARDS[0], 1))
    run(log, pipeline.processor, pipeline.state, seed=1)
    written = b"".join(value for values in log.outputs[names.SUBJECTS].values() for value in values)
    assert CARDS[0].encode() not in written
    assert b"4111" not in written
    assert b"s-1" not in written


def test_what_the_customer_sent_counts_nobody_in_china(pipeline: Pipeline) -> None:
    log = Log()
    echo = request("s-1", "SG", f"my card is {CARDS[0]}")
    feed(log, [echo, TokenChunk("s-1", 0, f"Your card is {CARDS[0]}.", 1), StreamClosed("s-1", "stop", 1, 1)])
    run(log, pipeline.processor, pipeline.state, seed=1)
    assert Reader(log, CODEC).of(names.SUBJECTS) == []


def test_a_customer_in_the_united_states_counts_over_the_change_of_the_year(pipeline: Pipeline) -> None:
    log = Log()
    opened = request("s-1", "US", "the number is 536-22-8726 and the mail bob@example.com")
    text = "The social security number 536-22-8726 belongs to bob@example.com."
    feed(log, [opened, TokenChunk("s-1", 0, text, 1), StreamClosed("s-1", "stop", 1, 1)])
    run(log, pipeline.processor, pipeline.state, seed=1)
    found = [record for record in Reader(log, CODEC).of(names.SUBJECTS) if isinstance(record, Subject)]
    assert {record.scope for record in found} == {"us/c-1/2026", "us/c-1/2027"}
    assert {record.classes for record in found} == {("identifier",)}


def test_a_counter_that_stands_still_holds(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jurisdictions.people.AHEAD_MAX", 1)
    log = Log()
    same = [n for n in range(60) if partition_of(f"s-{n}", PARTITIONS) == 0][:4]
    feed(log, *(stream(card, number) for card, number in zip(CARDS[:4], same, strict=True)))
    run(log, pipeline.processor, pipeline.state, seed=1)
    found = actions(Reader(log, CODEC))
    assert [found[f"s-{number}"] for number in same] == ["release", "release", "hold", "hold"]
