"""CloudEvents headers: what a gateway routes on."""

from __future__ import annotations

import pytest

from schemas.cloudevents import headers
from schemas.records import StreamClosed, UsageRecord

CLOSED = StreamClosed("s-1", "stop", 1, 1)
USAGE = UsageRecord("s-1", "c-1", "SG", "shantou-1", "shantou-singapore", "qwen-max", 1, 1, 2, 2, 0, 0, 0, 1)


def test_an_output_carries_the_five_attributes() -> None:
    assert headers(CLOSED, "s-1:0", "carnet.example/audit", 1795474395454) == [
        ("ce_specversion", b"1.0"),
        ("ce_type", b"carnet.v1.StreamClosed"),
        ("ce_source", b"carnet.example/audit"),
        ("ce_id", b"s-1:0"),
        ("ce_time", b"2026-11-23T22:53:15.454Z"),
    ]


def test_headers_of_another_record_source_and_id_do_not_leak_from_the_cache() -> None:
    headers(CLOSED, "a", "one.example", 0)
    other = dict(headers(USAGE, "流", "two.example", 0))
    assert (other["ce_type"], other["ce_source"], other["ce_id"]) == (b"carnet.v1.UsageRecord", b"two.example", "流".encode())


def test_a_caller_may_add_to_its_headers_without_changing_the_next_ones() -> None:
    headers(CLOSED, "a", "carnet.example", 0).append(("traceparent", b"00"))
    assert "traceparent" not in dict(headers(CLOSED, "a", "carnet.example", 0))


@pytest.mark.parametrize(
    ("at_ms", "expected"),
    [
        (0, b"1970-01-01T00:00:00.000Z"),
        (7, b"1970-01-01T00:00:00.007Z"),
        (-1, b"1969-12-31T23:59:59.999Z"),
        (1709164800000, b"2024-02-29T00:00:00.000Z"),
        (253402300799999, b"9999-12-31T23:59:59.999Z"),
        (-62135596800000, b"0001-01-01T00:00:00.000Z"),
        (253402300800000, None),
        (2**63 - 1, None),
        (-(2**63), None),
    ],
)
def test_any_timestamp_that_a_producer_may_send_has_a_time_or_none(at_ms: int, expected: bytes | None) -> None:
    assert dict(headers(CLOSED, "a", "carnet.example", at_ms)).get("ce_time") == expected
