"""The tables of an export: their columns with types and meanings, and the rows that an audit entry or a usage record is.

Each column is named here, so that a field that is added to a record stays inside until somebody lists it. Left out on purpose: keyed
digests of values, text commitments, signatures, and the key of a record that could not be read, in which a sender may have put anything.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from schemas.records import AuditEntry, Decision, ReviewNote, UsageRecord

SCHEMA_VERSION: Final = 1
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MODEL: Final = "STRUCT(name VARCHAR, sha256 VARCHAR, provider VARCHAR, label VARCHAR, score DOUBLE)"


class Column(NamedTuple):
    """A column: its name, its type in DuckDB's words, and what it says."""

    name: str
    type: str
    meaning: str


Row = dict[str, Any]
Rows = Iterator[tuple[str, Row]]


@dataclass(frozen=True, slots=True)
class Leaf:
    """An audit entry, and the bytes that are hashed."""

    entry: AuditEntry
    value: bytes

    @property
    def sha256(self) -> str:
        """SHA-256 of the bytes, hex, as deliveries name the entry."""
        return hashlib.sha256(self.value).hexdigest()


@dataclass(frozen=True, slots=True)
class Used:
    """A usage record and where it lies on its topic."""

    partition: int
    offset: int
    record: UsageRecord


@dataclass(frozen=True, slots=True)
class Head:
    """A signed checkpoint of a partition, as its topic or an exported ledger has it."""

    partition: int
    note: str


Source = Leaf | Used | Head


_PLACE: Final = (
    Column("partition", "INTEGER", "partition of the audit log"),
    Column("entry_index", "BIGINT", "index of the entry in its partition: the leaf of the ledger"),
    Column("decided_at", "TIMESTAMPTZ", "Kafka timestamp of the newest record that was read, UTC"),
)
_DIGEST: Final = (Column("entry_sha256", "VARCHAR", "SHA-256 of the entry's bytes, hex, as deliveries name it"),)
_DELIVERY: Final = (
    Column("delivery_id", "VARCHAR", "stream id, colon, number of the segment"),
    Column("stream_id", "VARCHAR", "stream"),
    Column("customer_id", "VARCHAR", "customer"),
    Column("destination", "VARCHAR", "ISO 3166-1 alpha-2 code"),
    Column("action", "VARCHAR", "release, label, redact, hold or block"),
)
_CHARACTERS: Final = (
    Column("characters_released", "BIGINT", "code points delivered as they came"),
    Column("characters_redacted", "BIGINT", "code points replaced before delivery"),
    Column("characters_withheld", "BIGINT", "code points not delivered"),
)
_SPAN: Final = (
    Column("character_from", "BIGINT", "first code point, from the start of the stream"),
    Column("character_to", "BIGINT", "one past the last code point"),
)
TABLES: Final[Mapping[str, tuple[Column, ...]]] = {
    "decisions": (
        *_PLACE,
        *_DIGEST,
        *_DELIVERY,
        Column("segment_index", "BIGINT", "number of the segment in its stream, from 0"),
        Column("offset_from", "BIGINT", "first inbound offset, inclusive"),
        Column("offset_to", "BIGINT", "last inbound offset, inclusive"),
        Column("sequence_from", "BIGINT", "first chunk, inclusive"),
        Column("sequence_to", "BIGINT", "last chunk, inclusive"),
        *_SPAN,
        *_CHARACTERS,
        Column("findings", "INTEGER", "how many findings; they are in the table findings"),
        Column("rules", "VARCHAR[]", "ids of the rules that fired"),
        Column("obligations", "VARCHAR[]", "what must also happen"),
        Column("error_code", "VARCHAR", "code of the error that forced a hold, else empty"),
        Column("mechanisms", "VARCHAR[]", "legal bases that counted"),
        Column("mechanisms_refused", "VARCHAR[]", "legal bases that were named and did not count, with the reason"),
        Column("models", f"{_MODEL}[]", "classifiers that spoke, with digest and execution provider"),
        Column("packs_sha256", "VARCHAR", "digest of the rule packs in force"),
        Column("totals", "VARCHAR", "JSON object: scope of counted people to the version of its totals"),
        Column("facts", "VARCHAR", "JSON object: fact to value, as the rules saw them; an unknown fact is absent"),
        Column("hold_back_characters", "BIGINT", "code points received and not yet final when this was decided"),
        Column("hold_back_ms", "BIGINT", "for how long, in milliseconds"),
        Column("is_last", "BOOLEAN", "whether the stream ends here"),
    ),
    "findings": (
        *_PLACE,
        *_DELIVERY,
        Column("finding_index", "INTEGER", "number of the finding in its entry, from 0"),
        Column("entity_type", "VARCHAR", "what was found"),
        Column("provenance", "VARCHAR", "foreign_echo, domestic_source, unmatched or unknown"),
        Column("score", "DOUBLE", "confidence from 0 to 1"),
        Column("recognizer", "VARCHAR", "who found it"),
        *_SPAN,
    ),
    "rules": (
        *_PLACE,
        *_DELIVERY,
        Column("rule_id", "VARCHAR", "rule that fired"),
        Column("pack", "VARCHAR", "rule pack"),
        Column("pack_version", "VARCHAR", "its version"),
    ),
    "stamps": (
        *_PLACE,
        *_DIGEST,
        Column("offset_from", "BIGINT", "first inbound offset of the tick"),
        Column("offset_to", "BIGINT", "one past the last"),
        Column("records", "BIGINT", "inbound records in between"),
        Column("records_sha256", "VARCHAR", "digest of those records, hex"),
        Column("open_streams", "BIGINT", "streams that were open afterwards"),
    ),
    "reviews": (
        *_PLACE,
        *_DIGEST,
        Column("stream_id", "VARCHAR", "stream"),
        Column("verdict", "VARCHAR", "approve, first_approve, reject or expire"),
        Column("reviewer", "VARCHAR", "who answered; empty where a deadline did"),
        Column("reason", "VARCHAR", "a word of the list"),
        Column("redact", "VARCHAR[]", "entity types that the reviewer had redacted"),
        Column("held_entry_index", "BIGINT", "entry that held the first of the segments"),
        Column("held_entry_sha256", "VARCHAR", "its digest, hex"),
        Column("review_offset", "BIGINT", "place of the review on its topic, -1 where there was none"),
        Column("held_delivery_id", "VARCHAR", "the held segment that this row is about; null where the answer settled none"),
        Column("delivery_id", "VARCHAR", "what left of it; empty where nothing did"),
        *_CHARACTERS,
        Column("is_last", "BOOLEAN", "whether the stream ends here"),
    ),
    "dead_letters": (
        *_PLACE,
        *_DIGEST,
        Column("topic", "VARCHAR", "topic of the record that could not be used"),
        Column("inbound_offset", "BIGINT", "its offset there; the partition is that of the entry"),
        Column("code", "VARCHAR", "why it could not be used"),
        Column("value_bytes", "BIGINT", "size of its value"),
    ),
    "usage": (
        Column("partition", "INTEGER", "partition of the usage topic"),
        Column("usage_offset", "BIGINT", "offset of the record there"),
        Column("stream_id", "VARCHAR", "stream"),
        Column("customer_id", "VARCHAR", "customer"),
        Column("destination", "VARCHAR", "ISO 3166-1 alpha-2 code"),
        Column("origin_data_centre", "VARCHAR", "where the text was generated"),
        Column("route", "VARCHAR", "route that the sender named"),
        Column("model_name", "VARCHAR", "model that generated the text"),
        Column("chunks", "BIGINT", "chunks that came in"),
        Column("tokens", "BIGINT", "tokens that came in"),
        Column("characters", "BIGINT", "code points that came in"),
        *_CHARACTERS,
        Column("opened_at", "TIMESTAMPTZ", "when the stream was opened, UTC"),
        Column("closed_at", "TIMESTAMPTZ", "when it was closed, UTC"),
    ),
}


def timestamp(at_ms: int) -> str | None:
    """Return a time as RFC 3339 in UTC with milliseconds; None outside of the years 1 to 9999."""
    try:
        moment = _EPOCH + timedelta(milliseconds=at_ms)
    except OverflowError:
        return None
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def rows(source: Source) -> Rows:
    """Yield the rows of an entry or of a usage record, each with the name of its table; a checkpoint has none."""
    if isinstance(source, Head):
        return
    if isinstance(source, Used):
        yield "usage", _usage(source)
        return
    entry = source.entry
    place = {"partition": entry.partition, "entry_index": entry.entry_index, "decided_at": timestamp(entry.decided_at_ms)}
    digest = {**place, "entry_sha256": source.sha256}
    if entry.decision is not None:
        yield from _of_decision(place, source.sha256, entry.stream_id, entry.decision)
    elif entry.stamp is not None:
        stamp = entry.stamp
        yield (
            "stamps",
            {
                **digest,
                "offset_from": stamp.offset_from,
                "offset_to": stamp.offset_to,
                "records": stamp.records,
                "records_sha256": stamp.records_sha256.hex(),
                "open_streams": stamp.open_streams,
            },
        )
    elif entry.review is not None:
        yield from _of_review({**digest, "stream_id": entry.stream_id}, entry.review)
    elif entry.dead_letter is not None:
        letter = entry.dead_letter
        yield (
            "dead_letters",
            {**digest, "topic": letter.topic, "inbound_offset": letter.offset, "code": letter.code, "value_bytes": letter.value_bytes},
        )


def _of_decision(place: Row, sha256: str, stream_id: str, decision: Decision) -> Rows:
    delivery = {
        "delivery_id": decision.delivery_id,
        "stream_id": stream_id,
        "customer_id": decision.customer_id,
        "destination": decision.destination,
        "action": decision.action,
    }
    covers = decision.covers
    yield (
        "decisions",
        {
            **place,
            "entry_sha256": sha256,
            **delivery,
            "segment_index": decision.segment_index,
            "offset_from": covers.offset_from,
            "offset_to": covers.offset_to,
            "sequence_from": covers.sequence_from,
            "sequence_to": covers.sequence_to,
            "character_from": covers.start,
            "character_to": covers.end,
            "characters_released": decision.characters_released,
            "characters_redacted": decision.characters_redacted,
            "characters_withheld": decision.characters_withheld,
            "findings": len(decision.findings),
            "rules": [rule.id for rule in decision.rules],
            "obligations": list(decision.obligations),
            "error_code": decision.error_code,
            "mechanisms": list(decision.mechanisms),
            "mechanisms_refused": list(decision.mechanisms_refused),
            "models": [
                {"name": use.name, "sha256": use.sha256, "provider": use.provider, "label": use.label, "score": use.score}
                for use in decision.models
            ],
            "packs_sha256": decision.packs_sha256,
            "totals": json.dumps({use.scope: use.version for use in decision.totals}),
            "facts": _facts(decision),
            "hold_back_characters": decision.hold_back.characters,
            "hold_back_ms": decision.hold_back.milliseconds,
            "is_last": decision.is_last,
        },
    )
    for number, finding in enumerate(decision.findings):
        found = {
            "finding_index": number,
            "entity_type": finding.entity_type,
            "provenance": finding.provenance,
            "score": finding.score,
            "recognizer": finding.recognizer,
            "character_from": finding.start,
            "character_to": finding.end,
        }
        yield "findings", {**place, **delivery, **found}
    for rule in decision.rules:
        name, _, version = rule.pack.partition("@")
        yield "rules", {**place, **delivery, "rule_id": rule.id, "pack": name, "pack_version": version}


def _facts(decision: Decision) -> str:
    """Return the facts as one JSON object; each value is JSON already."""
    return "{" + ", ".join(f"{json.dumps(fact.name)}: {fact.value}" for fact in decision.facts) + "}"


def _of_review(answer: Row, note: ReviewNote) -> Rows:
    answer |= {
        "verdict": note.verdict,
        "reviewer": note.reviewer,
        "reason": note.reason,
        "redact": list(note.redact),
        "held_entry_index": note.held_entry_index,
        "held_entry_sha256": note.held_entry_sha256.hex(),
        "review_offset": note.review_offset,
    }
    names = ("held_delivery_id", "delivery_id", *(column.name for column in _CHARACTERS), "is_last")
    for outcome in note.outcomes:
        yield "reviews", {**answer, **{name: getattr(outcome, name) for name in names}}
    if not note.outcomes:
        yield "reviews", {**answer, **dict.fromkeys(names)}


def _usage(source: Used) -> Row:
    record = source.record
    fields: Row = {"partition": source.partition, "usage_offset": source.offset}
    for column in TABLES["usage"][2:-2]:
        fields[column.name] = getattr(record, column.name)
    return {**fields, "opened_at": timestamp(record.opened_at_ms), "closed_at": timestamp(record.closed_at_ms)}
