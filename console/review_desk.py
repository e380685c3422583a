"""What waits for a human, read from the topics as an outsider does, and the reviews that answer it."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import takewhile
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from console.readers import Message as Found
from console.readers import TopicReader
from schemas.codec import Codec
from schemas.errors import ConfigurationError, RetryableError, SchemaError
from schemas.records import AuditEntry, HeldSegment, Review, ReviewNote
from streams.names import AUDIT, HELD, RECORD_BYTES_MAX, REVIEWS

REVIEW_BYTES_MAX = 3_000_000  # of the held segments in one review: set aside and sealed it must still fit into a record
ANSWER_TIMEOUT_S = 30.0
FLUSH_TIMEOUT_S = 30.0
DESK_TOPICS = (HELD, AUDIT)


@dataclass(frozen=True, slots=True)
class OpenCase:
    """Held text of one stream that waits, oldest segment first.

    Attributes:
        entries: SHA-256 of the audit entry that held each segment.
        first: First of two approvals: who gave it, over how many segments; together they cover the oldest segments without a gap.
    """

    stream_id: str
    partition: int
    segments: tuple[HeldSegment, ...]
    entries: tuple[bytes, ...]
    first: tuple[tuple[str, int], ...] = ()

    @property
    def deadline_ms(self) -> int:
        """The earliest deadline; milliseconds since the Unix epoch."""
        return min(held.deadline_ms for held in self.segments)

    @property
    def escalate_ms(self) -> int:
        """From when a second pair of eyes should look."""
        return min(held.escalate_ms for held in self.segments)

    @property
    def held_at_ms(self) -> int:
        """When the oldest of it was held."""
        return self.segments[0].held_at_ms

    @property
    def characters(self) -> int:
        """How much text waits, in code points."""
        return sum(held.characters for held in self.segments)

    @property
    def causes(self) -> tuple[str, ...]:
        """The rules or the error codes that held it, each once."""
        return tuple(dict.fromkeys(cause for held in self.segments for cause in (held.rule_ids or (held.error_code,))))

    @property
    def entity_types(self) -> frozenset[str]:
        """What was found in it."""
        return frozenset(note.entity_type for held in self.segments for note in held.findings)

    def as_json(self, now_ms: int) -> dict[str, Any]:
        """Return what a program reads; without text."""
        return {
            "stream_id": self.stream_id,
            "partition": self.partition,
            "customer_id": self.segments[0].customer_id,
            "destination": self.segments[0].destination,
            "causes": list(self.causes),
            "segments": len(self.segments),
            "characters": self.characters,
            "is_whole": self.segments[-1].is_last,
            "two_person": any(held.two_person for held in self.segments),
            "first_approvals": [{"reviewer": reviewer, "segments": segments} for reviewer, segments in self.first],
            "held_at_ms": self.held_at_ms,
            "escalate_ms": self.escalate_ms,
            "deadline_ms": self.deadline_ms,
            "left_ms": self.deadline_ms - now_ms,
        }


class CaseBook:
    """Collects held segments and what became of them, in any order across topics.

    Args:
        codec: Knows the schema ids.
    """

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self._held: dict[str, dict[str, tuple[int, HeldSegment]]] = {}
        self._entries: dict[str, bytes] = {}
        self._answered: set[str] = set()
        self._first: dict[str, list[tuple[str, tuple[str, ...]]]] = {}

    def note(self, found: Found) -> None:
        """Take in one record of ``DESK_TOPICS``; within a partition in their order."""
        try:
            record = self._codec.decode(found.value)
        except SchemaError:
            return  # not ours
        if isinstance(record, HeldSegment) and record.action == "hold":
            self._held.setdefault(record.stream_id, {})[record.delivery_id] = (found.partition, record)
        elif isinstance(record, AuditEntry) and record.decision is not None and record.decision.action == "hold":
            self._entries[record.decision.delivery_id] = hashlib.sha256(found.value or b"").digest()
        elif isinstance(record, AuditEntry) and record.review is not None:
            self._note_review(record.stream_id, record.review)

    def _note_review(self, stream_id: str, note: ReviewNote) -> None:
        ids = tuple(outcome.held_delivery_id for outcome in note.outcomes)
        if note.verdict == "first_approve":
            first = self._first.setdefault(stream_id, [])
            if any(set(ids).intersection(others) for _, others in first):
                first.clear()  # who gave those was taken off the list: they count no longer
            first.append((note.reviewer, ids))
        else:
            self._answered.update(ids)

    @property
    def cases(self) -> list[OpenCase]:
        """What waits, by deadline."""
        found = [case for stream_id in self._held if (case := self._case(stream_id)) is not None]
        return sorted(found, key=lambda case: (case.deadline_ms, case.stream_id))

    def case(self, stream_id: str) -> OpenCase:
        """Return what of one stream waits.

        Raises:
            ConfigurationError: Nothing does.
        """
        found = self._case(stream_id) if stream_id in self._held else None
        if found is None:
            raise ConfigurationError(f"nothing of stream {stream_id} waits for a human: carnet review list")
        return found

    def _case(self, stream_id: str) -> OpenCase | None:
        waiting = [pair for delivery_id, pair in self._held[stream_id].items() if delivery_id not in self._answered]
        waiting.sort(key=lambda pair: pair[1].segment_index)
        # Topics are fetched apart: a segment whose entry was not read yet, and what follows it, is for the next look.
        ready = list(takewhile(lambda pair: pair[1].delivery_id in self._entries, waiting))
        if not ready:
            return None
        entries = tuple(self._entries[held.delivery_id] for _, held in ready)
        first = [(reviewer, len(ids)) for reviewer, ids in self._first.get(stream_id, ()) if not self._answered.intersection(ids)]
        return OpenCase(stream_id, ready[0][0], tuple(held for _, held in ready), entries, tuple(first))


def read_cases(reader: TopicReader, codec: Codec) -> CaseBook:
    """Read everything up to now; ``reader`` stands at the beginning of ``DESK_TOPICS``."""
    book = CaseBook(codec)
    for found in reader.until_now():
        book.note(found)
    return book


def approvals(case: OpenCase, codec: Codec, *, reason: str, redact: Sequence[str], note_sha256: bytes, reviewer: str) -> list[Review]:
    """Return the unsigned reviews that approve all that this person may approve of a case, in the order in which they must be sent.

    Segments that somebody else approved first are approved for the second time exactly as the first person cut them; the rest is cut
    so that no review is larger than ``REVIEW_BYTES_MAX``.

    Raises:
        ConfigurationError: Somebody else must approve, or nothing of a type to be redacted was found.
    """
    strange = sorted(set(redact) - case.entity_types)
    if strange:
        raise ConfigurationError(
            f"--redact {strange[0]}: not found in this text, found were {', '.join(sorted(case.entity_types)) or 'none'}"
        )
    reviews = []
    for start, end in _parts(case, codec, reviewer):
        held = case.segments[start:end]
        found = {note.entity_type for one in held for note in one.findings}
        asked = tuple(sorted(found.intersection(redact)))
        ids = tuple(one.delivery_id for one in held)
        reviews.append(Review(case.stream_id, ids, "approve", asked, reason, note_sha256, reviewer, case.entries[start], b"", held))
    if not reviews:
        raise ConfigurationError(f"{reviewer} has approved all of stream {case.stream_id}: a second person must")
    return reviews


def rejection(case: OpenCase, *, reason: str, note_sha256: bytes, reviewer: str) -> Review:
    """Return the unsigned review that rejects a case and with it the rest of its stream."""
    ids = tuple(held.delivery_id for held in case.segments)
    return Review(case.stream_id, ids, "reject", (), reason, note_sha256, reviewer, case.entries[0], b"", ())


def _parts(case: OpenCase, codec: Codec, reviewer: str) -> Iterator[tuple[int, int]]:
    """Yield the ranges of segments that one person approves, each in a review of its own."""
    at = 0
    for first, segments in case.first:
        if first == reviewer:
            break
        yield at, at + segments
        at += segments
    start = end = sum(segments for _, segments in case.first)
    room = REVIEW_BYTES_MAX
    for held in case.segments[start:]:
        size = len(codec.encode(held))
        if size > room and end > start:
            yield start, end
            start, room = end, REVIEW_BYTES_MAX
        end += 1
        room -= size
    if end > start:
        yield start, end


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one review: a verdict, or the code for which it was refused; both empty while no worker has answered."""

    partition: int
    offset: int
    verdict: str = ""
    refused: str = ""
    entry_index: int = -1
    characters_released: int = 0
    characters_redacted: int = 0
    characters_withheld: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return what a program reads."""
        return asdict(self)


@dataclass(slots=True)
class Sender:
    """Puts reviews on their topic, in order.

    Args:
        bootstrap_servers: Where the broker is.
        properties: Further librdkafka properties: TLS, SASL.
        codec: Knows the schema ids.
    """

    bootstrap_servers: str
    properties: Mapping[str, str]
    codec: Codec
    places: list[tuple[int, int]] = field(default_factory=list)
    _failures: list[KafkaError] = field(default_factory=list)

    def send(self, reviews: Iterable[tuple[int, Review]]) -> list[tuple[int, int]]:
        """Write (partition, review) pairs and return (partition, offset) of each, once the broker has them.

        Raises:
            RetryableError: It does not take one of them.
        """
        producer = Producer(
            {
                "bootstrap.servers": self.bootstrap_servers,
                "client.id": "carnet-review",
                "enable.idempotence": True,
                "acks": "all",
                "log_level": 0,
                "message.max.bytes": RECORD_BYTES_MAX,
                **self.properties,
            }
        )
        try:
            for partition, review in reviews:
                key, value = review.stream_id.encode(), self.codec.encode(review)
                producer.produce(REVIEWS, key=key, value=value, partition=partition, on_delivery=self._on_delivery)
        except KafkaException as failure:
            raise RetryableError(f"the broker takes no record of {REVIEWS}: {failure.args[0].name()}") from None
        left = producer.flush(FLUSH_TIMEOUT_S)
        if left or self._failures:
            code = self._failures[0].name() if self._failures else "no answer"
            raise RetryableError(f"the broker did not take a record of {REVIEWS} ({code}): carnet status")
        return self.places

    def _on_delivery(self, failure: KafkaError | None, sent: Message) -> None:
        partition, offset = sent.partition(), sent.offset()
        if failure is not None:
            self._failures.append(failure)
        elif partition is not None and offset is not None:
            self.places.append((partition, offset))


def answers_to(places: Sequence[tuple[int, int]], reader: TopicReader, codec: Codec, timeout_s: float = ANSWER_TIMEOUT_S) -> list[Answer]:
    """Wait until the ledger says what became of each review, and return it; what it does not say in time stays without a verdict.

    Args:
        places: (partition, offset) of the reviews.
        reader: Stands in the audit topic where it ended before they were sent.
        codec: Knows the schema ids.
        timeout_s: How long to wait at most.
    """
    found: dict[tuple[int, int], Answer] = {}
    end = time.monotonic() + timeout_s
    while not found.keys() >= set(places) and time.monotonic() < end:
        for message in reader.poll(0.25):
            try:
                record = codec.decode(message.value)
            except SchemaError:
                continue
            if isinstance(record, AuditEntry) and (answer := answer_in(record)) is not None:
                found[answer.partition, answer.offset] = answer
    return [found.get(place, Answer(*place)) for place in places]


def answer_in(entry: AuditEntry) -> Answer | None:
    """Return what an entry says of a review; None if it is about something else."""
    letter, note = entry.dead_letter, entry.review
    if letter is not None and letter.topic == REVIEWS:
        return Answer(entry.partition, letter.offset, refused=letter.code, entry_index=entry.entry_index)
    if note is None or note.review_offset < 0:
        return None
    return Answer(
        entry.partition,
        note.review_offset,
        note.verdict,
        "",
        entry.entry_index,
        sum(outcome.characters_released for outcome in note.outcomes),
        sum(outcome.characters_redacted for outcome in note.outcomes),
        sum(outcome.characters_withheld for outcome in note.outcomes),
    )
