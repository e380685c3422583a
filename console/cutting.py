"""Cut answers into deltas as a model server streams them, and interleave many streams: pure, the same bytes on every run."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterable, Iterator

from console.answers import Answer
from schemas.records import RequestOpened, StreamClosed, TokenChunk

DELTA_CHARS_MIN = 2
DELTA_CHARS_MAX = 7

InboundRecord = RequestOpened | TokenChunk | StreamClosed


def deltas(text: str, seed: str) -> Iterator[str]:
    """Cut text into pieces of two to seven code points (the last may be shorter); joined they are the text.

    Args:
        text: The whole answer.
        seed: The same seed cuts at the same places; the stream id serves.
    """
    lengths = random.Random(seed)  # noqa: S311 - where to cut is no secret, and must be the same next time
    start = 0
    while start < len(text):
        end = start + lengths.randint(DELTA_CHARS_MIN, DELTA_CHARS_MAX)
        yield text[start:end]
        start = end


def records_of(answer: Answer) -> Iterator[InboundRecord]:
    """Yield the whole stream of an answer: opened, chunks numbered from 0, closed with its totals; a delta counts as one token."""
    stream_id = answer.opened.stream_id
    yield answer.opened
    sequence = 0
    for delta in deltas(answer.output, stream_id):
        yield TokenChunk(stream_id=stream_id, sequence=sequence, text=delta, token_count=1)
        sequence += 1
    yield StreamClosed(stream_id=stream_id, reason="stop", chunks=sequence, tokens=sequence)


def interleave(answers: Iterable[Answer], concurrency: int) -> Iterator[InboundRecord]:
    """Yield the records of many streams in turn, one of each at a time, with at most ``concurrency`` streams open.

    The order within a stream is kept; when one ends the next answer takes its place.
    """
    waiting = iter(answers)
    running: deque[Iterator[InboundRecord]] = deque()
    while True:
        while len(running) < concurrency and (answer := next(waiting, None)) is not None:
            running.append(records_of(answer))
        if not running:
            return
        stream = running.popleft()
        record = next(stream, None)
        if record is not None:
            yield record
            running.append(stream)
