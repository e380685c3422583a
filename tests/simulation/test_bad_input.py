"""Bad input: an error code, a dead letter or a hold, an audit entry, and the pipeline goes on."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from schemas.codec import Codec
from schemas.partitioning import partition_of
from schemas.records import DeadLetter, DeliveryRecord, EvidenceRef, HoldBack, Record, StreamClosed, TokenChunk
from streams.pipeline import Equipment, Pipeline, build_pipeline
from streams.settings import KeysSettings, ScanSettings, Settings
from streams.tick import Outcome, Tick
from tests.requests import request
from tests.simulation.world import PARTITIONS, Log, Reader, run

CODEC = Codec.committed()
GOOD = "This answer is fine. It says nothing about anybody, and it ends here."


class Bench:
    """One good stream around one bad record."""

    def __init__(self, equipment: Equipment, keys: Path) -> None:
        settings = Settings(keys=KeysSettings(dir=keys), scan=ScanSettings(chunk_chars_max=1_000))
        self.pipeline: Pipeline = build_pipeline(settings, PARTITIONS, equipment)
        self.log = Log()
        self.reader = Reader(self.log, CODEC)

    def send(self, record: Record, *, number: int | None = None, key: bytes | None = None) -> None:
        stream_id = record.stream_id  # type: ignore[union-attr]
        self.raw(
            CODEC.encode(record),
            stream_id.encode() if key is None else key,
            partition_of(stream_id, PARTITIONS) if number is None else number,
        )

    def raw(self, value: bytes | None, key: bytes | None = b"s-1", number: int | None = None) -> None:
        self.log.append(partition_of("s-1", PARTITIONS) if number is None else number, key, value)

    def stream(self, stream_id: str, text: str = GOOD) -> None:
        self.send(request(stream_id))
        self.send(TokenChunk(stream_id, 0, text, 1))
        self.send(StreamClosed(stream_id, "stop", 1, 1))

    def run(self) -> Reader:
        run(self.log, self.pipeline.processor, self.pipeline.state, seed=1)
        return self.reader


@pytest.fixture
def bench(equipment: Equipment, tmp_path: Path) -> Bench:
    return Bench(equipment, tmp_path)


def delivery() -> DeliveryRecord:
    return DeliveryRecord(
        "s-1:0", "s-1", 0, "c", "SG", "x", 0, 0, "release", (), (), (), False, EvidenceRef(0, 0, b"", b""), HoldBack(0, 0)
    )


BAD: dict[str, Callable[[Bench], None]] = {
    "null_value": lambda bench: bench.raw(None),
    "bad_magic": lambda bench: bench.raw(b"\x01" + CODEC.encode(TokenChunk("s-1", 1, "x", 1))[1:]),
    "unknown_schema": lambda bench: bench.raw(b"\x00" + struct.pack(">I", 999_999) + b"xx"),
    "truncated_avro": lambda bench: bench.raw(CODEC.encode(TokenChunk("s-1", 1, "a longer text", 1))[:-5]),
    "invalid_utf8": lambda bench: bench.raw(CODEC.encode(TokenChunk("s-1", 1, "abcdefgh", 1)).replace(b"abcdefgh", b"abc\xff\xfefgh")),
    "oversize": lambda bench: bench.send(TokenChunk("s-1", 1, "x" * 1_001, 1)),
    "key_mismatch": lambda bench: bench.send(TokenChunk("s-1", 1, "x", 1), key=b"another"),
    "unexpected_record": lambda bench: bench.raw(CODEC.encode(delivery())),
    "chunk_before_open": lambda bench: bench.send(TokenChunk("never-opened", 0, "x", 1)),
    "second_open": lambda bench: bench.send(request("s-1")),
    "sequence_repeat": lambda bench: bench.send(TokenChunk("s-1", 0, "again", 1)),
    "wrong_partition": lambda bench: bench.send(TokenChunk("s-9", 0, "x", 1), number=1 - partition_of("s-9", PARTITIONS)),
}


@pytest.mark.parametrize("code", BAD)
def test_a_record_that_cannot_be_used_is_set_aside_and_the_stream_goes_on(bench: Bench, code: str) -> None:
    bench.send(request("s-1"))
    bench.send(TokenChunk("s-1", 0, GOOD, 1))
    BAD[code](bench)
    bench.send(StreamClosed("s-1", "stop", 1, 1))
    bench.stream("s-2")
    reader = bench.run()
    letters = reader.dead_letters()
    assert [letter.code for letter in letters] == [code]
    notes = [entry.dead_letter for entry in reader.entries() if entry.dead_letter is not None]
    assert [(note.code, note.offset) for note in notes] == [(code, letters[0].offset)]
    for stream_id in ("s-1", "s-2"):
        assert "".join(record.text for record in reader.deliveries() if record.stream_id == stream_id) == GOOD


@pytest.mark.parametrize("record", [TokenChunk("s-1", 1, "late", 1), StreamClosed("s-1", "stop", 1, 1), request("s-1")])
def test_what_comes_after_the_close_is_set_aside(bench: Bench, record: Record) -> None:
    bench.stream("s-1")
    bench.send(record)
    reader = bench.run()
    expected = "second_open" if type(record).__name__ == "RequestOpened" else "chunk_after_close"
    assert [letter.code for letter in reader.dead_letters()] == [expected]
    assert sum(record.is_last for record in reader.deliveries()) == 1


def test_a_dead_letter_keeps_the_original_bytes_sealed(bench: Bench, equipment: Equipment) -> None:
    bench.raw(b"\x07 my number is +65 8123 4567")
    letter = bench.run().dead_letters()[0]
    assert b"8123" not in CODEC.encode(letter)
    assert opened(bench, letter) == b"\x07 my number is +65 8123 4567"


def opened(bench: Bench, letter: DeadLetter) -> bytes:
    sealer = bench.pipeline.state._sealer
    where = f"{letter.topic}/{letter.partition}/{letter.offset}/value".encode()
    return sealer.open(sealer.unwrap(letter.sealed_value), letter.sealed_value, where)


def test_a_gap_holds_the_rest_of_the_stream(bench: Bench) -> None:
    bench.send(request("s-1"))
    bench.send(TokenChunk("s-1", 0, GOOD, 1))
    bench.send(TokenChunk("s-1", 2, " Then a chunk was missing.", 1))
    bench.send(StreamClosed("s-1", "stop", 3, 2))
    reader = bench.run()
    assert {record.error_code for record in reader.held()} == {"sequence_gap"}
    assert reader.deliveries()[-1].action == "hold"
    assert reader.deliveries()[-1].is_last
    assert "missing" not in "".join(record.text for record in reader.deliveries())


def test_totals_that_do_not_match_hold_the_rest(bench: Bench) -> None:
    bench.send(request("s-1"))
    bench.send(TokenChunk("s-1", 0, GOOD, 1))
    bench.send(StreamClosed("s-1", "stop", 2, 1))
    reader = bench.run()
    assert {record.error_code for record in reader.held()} == {"totals_mismatch"}


def test_text_that_cannot_become_final_is_held_and_not_released(bench: Bench) -> None:
    bench.send(request("s-1"))
    for position in range(10):
        bench.send(TokenChunk("s-1", position, "x" * 200, 1))
    bench.send(StreamClosed("s-1", "stop", 10, 10))
    reader = bench.run()
    assert {record.error_code for record in reader.held()} == {"hold_back_exceeded"}
    assert sum(record.characters for record in reader.held()) + sum(len(record.text) for record in reader.deliveries()) == 2_000


def test_text_that_waits_too_long_in_record_time_is_held(bench: Bench) -> None:
    bench.send(request("s-1"))
    bench.send(TokenChunk("s-1", 0, "and my address is", 1))
    number = partition_of("s-1", PARTITIONS)
    other = next(f"t-{n}" for n in range(100) if partition_of(f"t-{n}", PARTITIONS) == number)
    late = request(other)
    bench.log.append(number, other.encode(), CODEC.encode(late), at_ms=1_795_000_400_000)
    reader = bench.run()
    assert [record.error_code for record in reader.held()] == ["hold_back_exceeded"]


def test_a_stream_that_pauses_with_nothing_to_release_goes_on(bench: Bench) -> None:
    """Model servers begin with an empty delta, and may then think for minutes."""
    bench.send(request("s-1"))
    bench.send(TokenChunk("s-1", 0, "", 0))
    number = partition_of("s-1", PARTITIONS)
    other = next(f"t-{n}" for n in range(100) if partition_of(f"t-{n}", PARTITIONS) == number)
    bench.log.append(number, other.encode(), CODEC.encode(request(other)), at_ms=1_795_000_400_000)
    for record in (TokenChunk("s-1", 1, GOOD, 1), StreamClosed("s-1", "stop", 2, 1)):
        bench.log.append(number, b"s-1", CODEC.encode(record), at_ms=1_795_000_400_000)
    assert not bench.run().held()
    assert "".join(record.text for record in bench.reader.deliveries()) == GOOD


def test_a_record_on_which_a_detector_failed_holds_its_stream(bench: Bench) -> None:
    bench.stream("s-1")
    number = partition_of("s-1", PARTITIONS)
    for at in range(PARTITIONS):
        bench.log.restore(at, bench.pipeline.processor, bench.pipeline.state)
    tick = Tick({number: bench.log.inbound[number]}, poison=frozenset({(number, 1)}))
    outcome: Outcome = bench.pipeline.processor.process(tick)
    bench.log.commit(tick, outcome)
    assert {record.error_code for record in bench.reader.held()} == {"detection_failed"}
    assert all(record.text == "" for record in bench.reader.deliveries())
