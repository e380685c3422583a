"""Answers are cut as a model server streams them, and nothing is lost on the way."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from console.answers import Answer, Defaults, parse_line
from console.cutting import DELTA_CHARS_MAX, DELTA_CHARS_MIN, deltas, interleave
from schemas.codec import Codec
from schemas.records import RequestOpened, StreamClosed, TokenChunk


def answer(stream_id: str, output: str) -> Answer:
    return parse_line(json.dumps({"stream_id": stream_id, "output": output}), 1, "f", Defaults())


@given(text=st.text(max_size=200), seed=st.text(max_size=10))
def test_deltas_joined_are_the_text_and_each_has_the_size_of_a_token(text: str, seed: str) -> None:
    pieces = list(deltas(text, seed))
    assert "".join(pieces) == text
    assert all(DELTA_CHARS_MIN <= len(piece) <= DELTA_CHARS_MAX for piece in pieces[:-1])
    assert all(pieces)


def test_the_same_stream_is_cut_at_the_same_places_on_every_run() -> None:
    text = "Your booking is confirmed. " * 9
    assert list(deltas(text, "s-1")) == list(deltas(text, "s-1"))
    assert list(deltas(text, "s-1")) != list(deltas(text, "s-2"))


def test_every_stream_opens_first_then_counts_from_zero_and_closes_with_its_totals() -> None:
    texts = {f"s-{number}": "中文 and English, 😀 " * number for number in range(12)}
    seen: dict[str, list[object]] = {}
    for record in interleave([answer(*pair) for pair in texts.items()], concurrency=5):
        seen.setdefault(record.stream_id, []).append(record)
    for stream_id, text in texts.items():
        opened, *chunks, closed = seen[stream_id]
        assert isinstance(opened, RequestOpened)
        assert isinstance(closed, StreamClosed)
        assert [chunk.sequence for chunk in chunks] == list(range(len(chunks)))
        assert "".join(chunk.text for chunk in chunks) == text
        assert (closed.chunks, closed.tokens) == (len(chunks), sum(chunk.token_count for chunk in chunks))


def test_no_more_streams_are_open_than_allowed_and_they_take_turns() -> None:
    is_open: set[str] = set()
    most = 0
    order = []
    for record in interleave([answer(f"s-{number}", "x" * 60) for number in range(9)], concurrency=3):
        order.append(record.stream_id)
        if isinstance(record, RequestOpened):
            is_open.add(record.stream_id)
        if isinstance(record, StreamClosed):
            is_open.discard(record.stream_id)
        most = max(most, len(is_open))
    assert most == 3
    assert order[:6] == ["s-0", "s-1", "s-2", "s-0", "s-1", "s-2"]


def test_what_is_sent_survives_the_wire() -> None:
    codec = Codec.committed()
    records = list(interleave([answer("s-1", "Grüße 😀"), answer("s-2", "")], concurrency=2))
    assert [codec.decode(codec.encode(record)) for record in records] == records
    assert not any(isinstance(record, TokenChunk) and record.stream_id == "s-2" for record in records)
