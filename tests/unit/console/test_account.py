"""What became of the streams that were sent."""

from __future__ import annotations

from console.account import Account
from schemas.records import DeliveryRecord, EvidenceRef, HeldSegment, HoldBack, Sealed


def delivery(stream_id: str, action: str, *, is_last: bool) -> DeliveryRecord:
    evidence = EvidenceRef(0, 0, b"", b"")
    return DeliveryRecord("d", stream_id, 0, "c", "SG", "t", 0, 0, action, (), (), (), is_last, evidence, HoldBack(0, 0))


def held(stream_id: str) -> HeldSegment:
    return HeldSegment("d", stream_id, 0, "c", "SG", "hold", (), "", 1, False, 0, 0, Sealed("k", b"", b"", b""))


def test_a_stream_is_delivered_when_its_last_segment_is_out_and_not_before() -> None:
    account = Account(["s"])
    account.note(delivery("s", "release", is_last=False))
    assert account.open == {"s"}
    account.note(delivery("s", "redact", is_last=True))
    assert (account.delivered, account.open) == ({"s"}, set())


def test_a_notice_or_a_held_segment_withholds_the_stream_for_good_in_either_order() -> None:
    account = Account(["a", "b", "c"])
    account.note(delivery("a", "block", is_last=False))
    account.note(held("b"))
    account.note(delivery("c", "release", is_last=True))
    account.note(held("c"))
    for stream_id in "abc":
        account.note(delivery(stream_id, "release", is_last=True))
    assert account.withheld == {"a", "b", "c"}
    assert not account.delivered
    assert not account.open


def test_streams_of_others_are_not_counted() -> None:
    account = Account(["mine"])
    assert not account.note(delivery("theirs", "release", is_last=True))
    assert account.note(delivery("mine", "release", is_last=True))
    assert account.delivered == {"mine"}


def test_a_withheld_stream_has_its_reason() -> None:
    sealed = Sealed("k", b"", b"", b"")
    account = Account(["a", "b", "c"])
    account.note(HeldSegment("a:0", "a", 0, "c-1", "XX", "hold", (), "unknown_destination", 3, True, 0, 0, sealed))
    account.note(HeldSegment("b:0", "b", 0, "c-1", "SG", "hold", ("CN-AI-001",), "", 3, True, 0, 0, sealed))
    assert account.withheld_by_reason == {"unknown_destination": 1, "CN-AI-001": 1}
