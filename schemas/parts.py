"""What the records of the wire contract are made of; never a record by itself.

Units as in ``schemas.records``: offsets are Unicode code points from the start of the stream, times milliseconds since the Unix epoch.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Model:
    """The model that generated a stream: name, ISO 3166 country it comes from, version."""

    name: str
    origin: str
    version: str


@dataclass(frozen=True, slots=True)
class DomesticSource:
    """Something from the origin's own jurisdiction that was put into the generation: retrieval, a tool's answer."""

    kind: str
    text: str | None
    digest: str | None


@dataclass(frozen=True, slots=True)
class EvidenceRef:
    """Where the evidence of a delivery lies: a leaf of the ledger.

    ``salt`` opens the commitment: ``text_commitment`` of the entry is SHA-256(salt || UTF-8 of the text).
    """

    partition: int
    entry_index: int
    entry_sha256: bytes
    salt: bytes


@dataclass(frozen=True, slots=True)
class HoldBack:
    """How much text of the stream was received and not yet final when this was decided."""

    characters: int
    milliseconds: int


@dataclass(frozen=True, slots=True)
class Redaction:
    """A span of the delivered text that replaces a finding."""

    entity_type: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A label as it must be put: by which standard, where (``start``, ``end``, ``interface``, ``metadata``), and what it says."""

    label: str
    standard: str
    place: str
    content: str


@dataclass(frozen=True, slots=True)
class FindingNote:
    """A finding as evidence: type, span in the stream, score, recogniser, provenance and a keyed digest of the value; no text."""

    entity_type: str
    start: int
    end: int
    score: float
    recognizer: str
    provenance: str
    value_hmac: bytes


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact as the rules saw it: its name and its canonical JSON value; an unknown fact is absent."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class RuleRef:
    """A rule that fired, and the pack at its version."""

    id: str
    pack: str


@dataclass(frozen=True, slots=True)
class ModelUse:
    """A classifier that spoke: model, digest, execution provider, label and score, and the code points that it was shown."""

    name: str
    sha256: str
    provider: str
    label: str
    score: float
    window_start: int = 0
    window_end: int = 0


@dataclass(frozen=True, slots=True)
class Covers:
    """What a decision covers: inbound offsets, chunk sequences (both ends inclusive), and code points [start, end)."""

    offset_from: int
    offset_to: int
    sequence_from: int
    sequence_to: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class TotalsUse:
    """The totals of a scope that a decision used: their version is how many records of the subjects' partition they reflect."""

    scope: str
    version: int


@dataclass(frozen=True, slots=True)
class ReviewOutcome:
    """What became of one held segment: ``delivery_id`` is that of the text that left, empty where none did."""

    held_delivery_id: str
    delivery_id: str
    characters_released: int
    characters_redacted: int
    characters_withheld: int
    text_commitment: bytes
    is_last: bool


@dataclass(frozen=True, slots=True)
class Sealed:
    """AES-256-GCM ciphertext, its nonce, and the data key wrapped by the key-encryption key named ``key_id``."""

    key_id: str
    wrapped_key: bytes
    nonce: bytes
    ciphertext: bytes


@dataclass(frozen=True, slots=True)
class Counted:
    """Distinct people of a class: ``people`` is the best estimate, ``upper`` an upper bound; equal where the set is exact."""

    name: str
    people: int
    upper: int


@dataclass(frozen=True, slots=True)
class Reflected:
    """Up to which audit entry (inclusive) of an inbound partition people were counted."""

    partition: int
    entry_index: int
