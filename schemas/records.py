"""The records of the wire contract: one frozen dataclass for each ``avro/*.v1.avsc``, with the same fields in the same order.

Units: offsets of text are Unicode code points from the start of the stream; times are milliseconds since the Unix epoch, taken
from Kafka record timestamps; sizes end in their unit. Times are never wall-clock readings, so a replay gives the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass

from schemas.parts import (
    Counted,
    Covers,
    DomesticSource,
    EvidenceRef,
    Fact,
    FindingNote,
    HoldBack,
    Mark,
    Model,
    ModelUse,
    Redaction,
    Reflected,
    ReviewOutcome,
    RuleRef,
    Sealed,
    TotalsUse,
)

__all__ = [
    "AuditEntry",
    "Counted",
    "Covers",
    "DeadLetter",
    "DeadLetterNote",
    "Decision",
    "DeliveryRecord",
    "DomesticSource",
    "EvidenceRef",
    "Fact",
    "FindingNote",
    "HeldSegment",
    "HoldBack",
    "Mark",
    "MechanismOnFile",
    "Model",
    "ModelUse",
    "Record",
    "Redaction",
    "Reflected",
    "RequestOpened",
    "Review",
    "ReviewNote",
    "ReviewOutcome",
    "RuleRef",
    "Sealed",
    "Stamp",
    "StateSnapshot",
    "StreamClosed",
    "Subject",
    "TokenChunk",
    "Totals",
    "TotalsUse",
    "UsageRecord",
]


@dataclass(frozen=True, slots=True)
class RequestOpened:
    """Opens a stream: who asked, from where, with what text, on which legal footing."""

    stream_id: str
    customer_id: str
    destination: str
    end_user_location: str
    origin_data_centre: str
    route: str
    model: Model
    mechanisms: tuple[str, ...]
    request_text: str
    domestic_sources: tuple[DomesticSource, ...]
    packs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TokenChunk:
    """One delta of a generated answer."""

    stream_id: str
    sequence: int
    text: str
    token_count: int


@dataclass(frozen=True, slots=True)
class StreamClosed:
    """Closes a stream; ``chunks`` and ``tokens`` are the sender's totals."""

    stream_id: str
    reason: str
    chunks: int
    tokens: int


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """What crosses the border for one segment. With action ``hold`` or ``block`` the text is empty: a notice."""

    delivery_id: str
    stream_id: str
    segment_index: int
    customer_id: str
    destination: str
    text: str
    sequence_from: int
    sequence_to: int
    action: str
    rule_ids: tuple[str, ...]
    labels: tuple[str, ...]
    redactions: tuple[Redaction, ...]
    is_last: bool
    evidence: EvidenceRef
    hold_back: HoldBack
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """Why a segment was released, redacted, held or blocked."""

    delivery_id: str
    segment_index: int
    customer_id: str
    destination: str
    covers: Covers
    characters_released: int
    characters_redacted: int
    characters_withheld: int
    findings: tuple[FindingNote, ...]
    facts: tuple[Fact, ...]
    action: str
    obligations: tuple[str, ...]
    rules: tuple[RuleRef, ...]
    error_code: str
    models: tuple[ModelUse, ...]
    packs_sha256: str
    text_commitment: bytes
    hold_back: HoldBack
    totals: tuple[TotalsUse, ...] = ()
    mechanisms: tuple[str, ...] = ()
    mechanisms_refused: tuple[str, ...] = ()
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class Stamp:
    """Closes a tick of a partition: inbound offsets [offset_from, offset_to), how many records, and their digest.

    ``offset_from`` equals the ``offset_to`` of the stamp before: stamps tile the inbound log.
    """

    offset_from: int
    offset_to: int
    records: int
    records_sha256: bytes
    open_streams: int


@dataclass(frozen=True, slots=True)
class DeadLetterNote:
    """Evidence that a record could not be used: where it lies, and why."""

    topic: str
    offset: int
    code: str
    value_bytes: int


@dataclass(frozen=True, slots=True)
class ReviewNote:
    """Evidence of a human's answer to held text, or of a deadline that passed without one; it chains to the entry that held it.

    ``verdict`` is ``approve``, ``first_approve`` (a second person must agree), ``reject`` or ``expire``. ``signature`` is the reviewer's
    Ed25519 signature over the review (``streams.reviews.signed_bytes``); empty where a deadline decided. ``review_offset`` is the place
    of the review on its topic, -1 where there was none.
    """

    verdict: str
    reviewer: str
    reason: str
    note_sha256: bytes
    redact: tuple[str, ...]
    held_entry_index: int
    held_entry_sha256: bytes
    review_offset: int
    signature: bytes
    outcomes: tuple[ReviewOutcome, ...]


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """A leaf of the ledger; its encoded bytes are what is hashed. Exactly one of the last four is set, as ``kind`` says."""

    kind: str
    partition: int
    entry_index: int
    decided_at_ms: int
    stream_id: str
    decision: Decision | None = None
    stamp: Stamp | None = None
    dead_letter: DeadLetterNote | None = None
    review: ReviewNote | None = None


@dataclass(frozen=True, slots=True)
class HeldSegment:
    """Text that waits for a human, sealed.

    ``must_redact`` are places in ``findings``: what an approval must redact in any case. ``deadline_ms`` is 0 for text that no human may
    release.
    """

    delivery_id: str
    stream_id: str
    segment_index: int
    customer_id: str
    destination: str
    action: str
    rule_ids: tuple[str, ...]
    error_code: str
    characters: int
    is_last: bool
    held_at_ms: int
    entry_index: int
    sealed_text: Sealed
    start: int = 0
    language: str = ""
    findings: tuple[FindingNote, ...] = ()
    must_redact: tuple[int, ...] = ()
    labels: tuple[str, ...] = ()
    deadline_ms: int = 0
    escalate_ms: int = 0
    two_person: bool = False


@dataclass(frozen=True, slots=True)
class Review:
    """A reviewer's signed answer to the oldest held segments of one stream, with those segments as they were held.

    ``verdict`` is ``approve`` or ``reject``; ``redact`` are entity types to redact beside what must be; ``reason`` is a word of
    ``streams.reviews.REASONS``; ``note_sha256`` commits to a note that stays with the reviewer; ``entry_sha256`` is the digest of the audit
    entry that held the first of the segments.
    """

    stream_id: str
    delivery_ids: tuple[str, ...]
    verdict: str
    redact: tuple[str, ...]
    reason: str
    note_sha256: bytes
    reviewer: str
    entry_sha256: bytes
    signature: bytes
    held: tuple[HeldSegment, ...]


@dataclass(frozen=True, slots=True)
class Subject:
    """A person seen in decided text, as keyed hashes of what was found: the strongest identifier, and others of the same person.

    ``scope`` says for whom is counted and by which key (``cn/2026``, ``us/<customer>/2026``); ``partition`` and ``entry_index`` are
    those of the decision.
    """

    scope: str
    person: bytes
    aliases: tuple[bytes, ...]
    classes: tuple[str, ...]
    seen_at_ms: int
    partition: int
    entry_index: int


@dataclass(frozen=True, slots=True)
class Totals:
    """The people of a scope; ``version`` is the next offset of the partition of subjects that was counted."""

    scope: str
    version: int
    counted: tuple[Counted, ...]
    reflected: tuple[Reflected, ...]
    at_ms: int


@dataclass(frozen=True, slots=True)
class MechanismOnFile:
    """A legal basis on file for a customer; the newest record of an id counts.

    ``direction`` is ``outbound``, ``inbound`` or ``both``; an empty list of ``destinations`` or ``categories`` sets no limit, nor does a
    ``people_max`` of 0. ``valid_from`` and ``valid_to`` are ISO 8601 days, both inclusive; an empty ``valid_to`` is no end.
    """

    id: str
    kind: str
    customer_id: str
    direction: str
    destinations: tuple[str, ...]
    categories: tuple[str, ...]
    people_max: int
    number: str
    valid_from: str
    valid_to: str
    evidence_sha256: str
    revoked: bool


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A record that could not be used, whole: coordinates, reason, and the original key and value, sealed."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    code: str
    detail: str
    sealed_key: Sealed
    sealed_value: Sealed


@dataclass(frozen=True, slots=True)
class UsageRecord:
    """What a closed stream used, for billing and for the closed-loop account."""

    stream_id: str
    customer_id: str
    destination: str
    origin_data_centre: str
    route: str
    model_name: str
    chunks: int
    tokens: int
    characters: int
    characters_released: int
    characters_redacted: int
    characters_withheld: int
    opened_at_ms: int
    closed_at_ms: int


@dataclass(frozen=True, slots=True)
class StateSnapshot:
    """One record of ``carnet.state.v1``.

    ``kind`` is ``partition`` (how far the partition has come; nothing sealed), ``open`` (the request, once a stream),
    ``stream`` (what changes), ``closed`` (remembers a stream id for a while), or ``case`` (held text that waits for a human).
    ``body`` is JSON that needs no sealing: of a partition what it counted and read beside the inbound log, of a case its segments.
    """

    kind: str
    next_offset: int
    entry_index: int
    frontier: tuple[bytes, ...]
    at_ms: int
    sealed: Sealed | None
    body: bytes = b""


Record = (
    RequestOpened
    | TokenChunk
    | StreamClosed
    | DeliveryRecord
    | AuditEntry
    | HeldSegment
    | DeadLetter
    | UsageRecord
    | StateSnapshot
    | Review
    | Subject
    | Totals
    | MechanismOnFile
)
