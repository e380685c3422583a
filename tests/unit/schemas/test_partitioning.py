"""Partitioning: the vectors of Kafka's own tests, and what a sender relies on."""

from __future__ import annotations

import pytest
from kafka.partitioner.default import murmur2 as kafka_murmur2

from schemas.errors import InvariantError
from schemas.partitioning import murmur2, partition_of


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (b"21", -973932308),
        (b"foobar", -790332482),
        (b"a-little-bit-long-string", -985981536),
        (b"a-little-bit-longer-string", -1486304829),
        (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        (b"abc", 479470107),
        (b"", 275646681),
    ],
)
def test_murmur2_gives_what_the_java_client_gives(key: bytes, expected: int) -> None:
    assert murmur2(key) == expected


@pytest.mark.parametrize("stream_id", ["s-7f3a", "s-7f3a:", "流-1", "😀", "\0", "x" * 1001])
def test_a_stream_lies_where_kafka_python_puts_it(stream_id: str) -> None:
    expected = kafka_murmur2(stream_id.encode()) & 0x7FFFFFFF
    assert [partition_of(stream_id, partitions) for partitions in (1, 7, 8, 96)] == [expected % partitions for partitions in (1, 7, 8, 96)]


def test_one_partition_takes_every_stream() -> None:
    assert {partition_of(f"s-{number}", 1) for number in range(50)} == {0}


def test_streams_spread_over_all_partitions() -> None:
    assert {partition_of(f"s-{number}", 8) for number in range(200)} == set(range(8))


@pytest.mark.parametrize("partitions", [0, -3])
def test_a_topic_without_partitions_is_a_broken_promise(partitions: int) -> None:
    with pytest.raises(InvariantError):
        partition_of("s-7f3a", partitions)
