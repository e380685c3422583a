"""A partition with held text, people who may answer it, and everything that was written about it."""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import dataclass, field, replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.checkpoint import Signer, verifier_key
from detectors.redaction.policy import parse_policy
from schemas.codec import Codec
from schemas.records import (
    AuditEntry,
    Covers,
    DeadLetter,
    Decision,
    DeliveryRecord,
    FindingNote,
    HeldSegment,
    HoldBack,
    Mark,
    Review,
    ReviewNote,
)
from streams import names
from streams.ledger import Ledger
from streams.reviews import Reviewers, Reviews, sign
from streams.sealing import Sealer, commitment
from streams.state import PartitionState
from streams.tick import Inbound, Outcome

HELD_AT, DAY_MS = 1_795_000_000_000, 86_400_000
DEADLINE = HELD_AT + 7 * DAY_MS
STREAM = "s-1"
CODEC = Codec.committed()


def key(seed: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)


KEYS = {"anna": key(1), "bo": key(2)}
LINES = [f"{name} {verifier_key(name, found.public_key())}" for name, found in KEYS.items()]


def sealer(kek: bytes = b"k" * 32) -> Sealer:
    """Return a sealer whose nonces are counted, so that two runs can be compared byte by byte."""
    count = itertools.count()
    return Sealer(kek, b"v" * 32, lambda size: hashlib.shake_256(b"%d" % next(count)).digest(size))


@dataclass
class Desk:
    """A partition with held text, and all that was written about it."""

    reviewers: Reviewers = field(default_factory=lambda: Reviewers(LINES))
    sealer: Sealer = field(default_factory=sealer)
    partition: PartitionState = field(default_factory=lambda: PartitionState(0))
    outcome: Outcome = field(default_factory=Outcome)
    held: list[HeldSegment] = field(default_factory=list)
    entries: list[bytes] = field(default_factory=list)
    offset: int = 0
    received: int = 0
    answered: list[tuple[str, bool]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Build what answers reviews."""
        self.data_key = self.sealer.new_data_key()
        self.partition.now_ms = HELD_AT
        signer = Signer("carnet.example/audit/0", key(9))
        self.ledger = Ledger(CODEC, self.sealer, lambda _number: signer, "carnet.example/audit")
        policy = parse_policy('version: 1\ntypes:\n  "*": {mode: replace}\n')
        self.reviews = Reviews(CODEC, self.sealer, self.ledger, policy, self.reviewers, marks_of=marks_of, released=lambda *_: None)

    def hold(self, text: str, *values: tuple[str, str], must: tuple[int, ...] = (), **others: object) -> HeldSegment:
        """Hold one segment; values are (entity type, value in the text)."""
        index = len(self.held)
        notes = []
        for entity_type, value in values:
            start = self.received + text.index(value)
            notes.append(FindingNote(entity_type, start, start + len(value), 0.9, "test", "domestic_source", b"d" * 16))
        delivery_id = f"{STREAM}:{index}"
        entry_index, digest = self._decide(index, text, tuple(notes))
        held = HeldSegment(
            delivery_id,
            STREAM,
            index,
            "c-1",
            "SG",
            "hold",
            ("CN-XB-002",),
            "",
            len(text),
            False,
            HELD_AT,
            entry_index,
            self.sealer.seal(self.data_key, text.encode(), f"held:{delivery_id}".encode()),
            self.received,
            "en",
            tuple(notes),
            must,
            ("cn.explicit",),
            DEADLINE,
            HELD_AT + DAY_MS,
        )
        held = replace(held, **others)  # type: ignore[arg-type]
        self.received += len(text)
        self.held.append(held)
        self.entries.append(digest)
        self.ledger.emit(names.HELD, 0, STREAM, held, delivery_id, HELD_AT, self.outcome)
        self.reviews.held(self.partition, held, self.entries[index], (index, index))
        return held

    def _decide(self, index: int, text: str, notes: tuple[FindingNote, ...]) -> tuple[int, bytes]:
        """Write the entry that holds a segment."""
        covers = Covers(index, index, index, index, self.received, self.received + len(text))
        decision = Decision(
            f"{STREAM}:{index}",
            index,
            "c-1",
            "SG",
            covers,
            0,
            0,
            len(text),
            notes,
            (),
            "hold",
            (),
            (),
            "",
            (),
            "",
            commitment(self.sealer.salt(f"{STREAM}:{index}"), text),
            HoldBack(0, 0),
        )
        return self.ledger.decision(0, self.partition, STREAM, decision, HELD_AT, self.outcome)

    def review(self, *indexes: int, verdict: str = "approve", reviewer: str = "anna", **others: object) -> Review:
        """Return a signed review of held segments."""
        ids = tuple(f"{STREAM}:{index}" for index in indexes)
        reason = "lawful_basis_confirmed" if verdict == "approve" else "not_lawful"
        held = tuple(self.held[index] for index in indexes) if verdict == "approve" else ()
        review = Review(STREAM, ids, verdict, (), reason, b"", reviewer, self.entries[indexes[0]], b"", held)
        return sign(replace(review, **others), KEYS.get(reviewer, key(7)))  # type: ignore[arg-type]

    def answer(self, *reviews: Review | bytes, at_ms: int = HELD_AT + 1_000, poison: frozenset[int] = frozenset()) -> None:
        """Apply reviews in one tick."""
        records = []
        for review in reviews:
            value = review if isinstance(review, bytes) else CODEC.encode(review)
            records.append(Inbound(self.offset, at_ms, STREAM.encode(), value))
            self.offset += 1
        self.partition.now_ms = max(self.partition.now_ms, at_ms)
        self.answered += self.reviews.take(0, self.partition, records, poison, self.outcome)

    @property
    def deliveries(self) -> list[DeliveryRecord]:
        return [found for found in self.written(names.DELIVERIES) if isinstance(found, DeliveryRecord)]

    @property
    def notes(self) -> list[ReviewNote]:
        found = [entry for entry in self.written(names.AUDIT) if isinstance(entry, AuditEntry)]
        return [entry.review for entry in found if entry.review is not None]

    @property
    def refused(self) -> list[str]:
        """The codes of the entries of dead letters; each has its letter."""
        found = [entry for entry in self.written(names.AUDIT) if isinstance(entry, AuditEntry)]
        codes = [entry.dead_letter.code for entry in found if entry.dead_letter is not None]
        letters = [letter for letter in self.written(names.DEAD_LETTERS) if isinstance(letter, DeadLetter)]
        assert [letter.code for letter in letters] == codes
        assert {letter.topic for letter in letters} <= {names.REVIEWS}
        return codes

    def written(self, topic: str) -> list[object]:
        return [CODEC.decode(item.value) for item in self.outcome.outputs if item.topic == topic]

    @property
    def bytes_written(self) -> list[tuple[str, bytes | None]]:
        return [(item.topic, item.value) for item in self.outcome.outputs]


def marks_of(record: DeliveryRecord) -> tuple[Mark, ...]:
    """Return one mark for each label."""
    return tuple(Mark(label, "GB 45438-2025", "start", "人工智能生成") for label in record.labels)
