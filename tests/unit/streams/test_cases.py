"""A case is what a restart knows of held text: it must come back whole, and it must name only what is held."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from streams.cases import SEGMENTS_MAX, FirstApproval, HeldRef, HoldCase

digests = some.binary(min_size=32, max_size=32)
numbers = some.integers(min_value=0, max_value=2**53)
words = some.text(alphabet=some.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


def ref(index: int, *, deadline_ms: int = 100, stream_id: str = "s-1") -> HeldRef:
    return HeldRef(
        delivery_id=f"{stream_id}:{index}",
        segment_index=index,
        entry_index=index + 7,
        entry_sha256=bytes([index]) * 32,
        held_sha256=bytes([255 - index]) * 32,
        characters=24,
        deadline_ms=deadline_ms,
        escalate_ms=deadline_ms // 2,
        is_last=False,
        two_person=False,
        sequence_from=index,
        sequence_to=index,
    )


def case(*deadlines_ms: int) -> HoldCase:
    segments = [ref(index + 3, deadline_ms=deadline_ms) for index, deadline_ms in enumerate(deadlines_ms)]
    return HoldCase("s-1", "c-1", "SG", 50, ("CN-XB-002",), segments)


@some.composite
def cases(draw: some.DrawFn) -> HoldCase:
    stream_id = draw(words)
    segments = []
    for index in sorted(draw(some.sets(numbers, min_size=1, max_size=4))):
        flags = (draw(some.booleans()), draw(some.booleans()))
        places = (draw(numbers), draw(numbers))
        digest_pair = (draw(digests), draw(digests))
        segments.append(
            HeldRef(
                f"{stream_id}:{index}", index, draw(numbers), *digest_pair, draw(numbers), draw(numbers), draw(numbers), *flags, *places
            )
        )
    first = [FirstApproval(draw(words), 1, tuple(draw(some.lists(words, max_size=2))))] if draw(some.booleans()) else []
    rules = tuple(draw(some.lists(words, max_size=3)))
    return HoldCase(stream_id, draw(words), draw(words), draw(numbers), rules, segments, first, draw(some.booleans()))


@given(cases())
def test_a_case_comes_back_as_it_was_written(found: HoldCase) -> None:
    assert HoldCase.from_bytes(found.to_bytes()) == found
    assert HoldCase.from_bytes(found.to_bytes()).to_bytes() == found.to_bytes()


def test_the_earliest_deadline_of_what_waits_is_the_deadline_of_the_case() -> None:
    found = case(300, 200, 400)
    assert found.deadline_ms == 200
    del found.segments[:2]
    assert found.deadline_ms == 400


def test_only_the_oldest_segments_in_order_are_named() -> None:
    found = case(100, 100, 100)
    assert found.names(("s-1:3",))
    assert found.names(("s-1:3", "s-1:4", "s-1:5"))
    assert not found.names(())
    assert not found.names(("s-1:4",))
    assert not found.names(("s-1:4", "s-1:3"))
    assert not found.names(("s-1:3", "s-1:4", "s-1:5", "s-1:6"))
    assert found.names(("s-1:4", "s-1:5"), start=1)
    assert not found.names(("s-1:4",), start=3)


def test_first_approvals_cover_the_oldest_segments() -> None:
    found = case(100, 100, 100)
    found.first += [FirstApproval("anna", 1, ()), FirstApproval("anna", 2, ("PERSON",))]
    assert found.first_approved == 3


def test_the_largest_case_fits_into_a_state_record() -> None:
    found = HoldCase("s" * 200, "c", "SG", 1_795_000_000_000, ("CN-XB-002",))
    found.segments = [
        HeldRef(f"{'s' * 200}:{index}", index, 10**9 + index, b"e" * 32, b"h" * 32, 65_536, 10**13, 10**13, False, True, 10**6, 10**6)
        for index in range(SEGMENTS_MAX)
    ]
    assert len(found.to_bytes()) < 1_000_000
