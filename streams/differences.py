"""Where a replayed record differs from the one in the log, field by field, and what the likely cause is; shows no text of a stream."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Final

from schemas.records import AuditEntry, Decision, DeliveryRecord, FindingNote, Record, Redaction

CAUSES: Final = {
    "inbound": "the inbound records are not those that were decided",
    "model": "another model spoke, or one more or less",
    "provider": "the models ran on another execution provider",
    "packs": "other rule packs or overlays",
    "keys": "another value key",
    "reviewers": "the list of reviewers or a review is another one",
    "delivery": "the entry is the same, its delivery is not",
    "code_or_settings": "another version of the code, or other settings",
    "unreadable": "the record in the log cannot be read",
}
"""Cause → what it means."""

_TEXTS: Final = frozenset({"text", "content"})
_KEYED: Final = frozenset({"value_hmac", "text_commitment", "salt", "entry_sha256", "held_entry_sha256"})
_SHOWN_CHARS: Final = 80
_SHOWN_BYTES: Final = 8
FIELDS_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """A field by its path from the record, and both values as they may be shown: of a text its length alone."""

    path: str
    recorded: str
    replayed: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One record that the replay did not make as it lies in the log.

    Attributes:
        partition: Of the topic.
        entry_index: Of the entry, or of the entry that a delivery names.
        topic: ``carnet.audit.v1`` or ``carnet.deliveries.v1``.
        stream_id: Empty for a stamp or a dead letter.
        segment_index: -1 where there is none.
        what: ``differs``, ``only_recorded`` or ``only_replayed``.
        fields: Those that differ, ``FIELDS_SHOWN`` of them at most.
        cause: A word of ``CAUSES``.
    """

    partition: int
    entry_index: int
    topic: str
    stream_id: str
    segment_index: int
    what: str
    fields: tuple[FieldDifference, ...]
    cause: str


def differing(recorded: object, replayed: object, path: str = "") -> Iterator[FieldDifference]:
    """Yield the fields of two records that are not equal, in their order."""
    if recorded == replayed:
        return
    if is_dataclass(recorded) and type(recorded) is type(replayed):
        for item in fields(recorded):
            before, after = getattr(recorded, item.name), getattr(replayed, item.name)
            yield from differing(before, after, f"{path}.{item.name}" if path else item.name)
    elif isinstance(recorded, tuple) and isinstance(replayed, tuple) and len(recorded) == len(replayed):
        for place, (before, after) in enumerate(zip(recorded, replayed, strict=True)):
            yield from differing(before, after, f"{path}[{place}]")
    else:
        is_text = path.rpartition(".")[2] in _TEXTS
        yield FieldDifference(path, _shown(recorded, is_text=is_text), _shown(replayed, is_text=is_text))


def _shown(value: object, *, is_text: bool) -> str:
    if isinstance(value, str):
        return f"{len(value)} characters" if is_text else value[:_SHOWN_CHARS]
    if isinstance(value, bytes):
        return value[:_SHOWN_BYTES].hex()
    if isinstance(value, tuple):
        return f"{len(value)} items"
    return type(value).__name__ if is_dataclass(value) else str(value)


def without_keys(record: Record) -> Record:
    """Return a record without all that needs the value key: keyed digests, commitments, salts, what stands for redacted text."""
    if isinstance(record, DeliveryRecord):
        bare = tuple(Redaction(item.entity_type, 0, 0) for item in record.redactions)
        evidence = replace(record.evidence, entry_sha256=b"", salt=b"")
        return replace(record, text=_outside(record), redactions=bare, evidence=evidence)
    if not isinstance(record, AuditEntry):
        return record
    if (decision := record.decision) is not None:
        notes = tuple(_unkeyed(note) for note in decision.findings)
        return replace(record, decision=replace(decision, findings=notes, text_commitment=b""))
    if (review := record.review) is not None:
        outcomes = tuple(replace(one, text_commitment=b"") for one in review.outcomes)
        return replace(record, review=replace(review, held_entry_sha256=b"", outcomes=outcomes))
    return record


def _unkeyed(note: FindingNote) -> FindingNote:
    return replace(note, value_hmac=b"")


def _outside(record: DeliveryRecord) -> str:
    """Return the text of a delivery without its redactions."""
    parts, reached = [], 0
    for item in sorted(record.redactions, key=lambda one: one.start):
        parts.append(record.text[reached : item.start])
        reached = max(reached, item.end)
    return "".join([*parts, record.text[reached:]])


def without_open_streams(record: Record) -> Record:
    """Return a stamp without the number of open streams, which includes those that a replay cannot know."""
    if isinstance(record, AuditEntry) and record.stamp is not None:
        return replace(record, stamp=replace(record.stamp, open_streams=0))
    return record


def cause_of(recorded: Record | None, replayed: Record | None, found: tuple[FieldDifference, ...]) -> str:
    """Return the likely cause of a difference between two entries, from what they say of models, packs and keys."""
    names = {item.path.rpartition(".")[2] for item in found}
    if names & {"records_sha256", "records"}:
        return "inbound"
    before, after = _decision(recorded), _decision(replayed)
    if before is not None and after is not None and (word := _between(before, after)):
        return word
    if names and names <= _KEYED:
        return "keys"
    return "reviewers" if _is_of_review(recorded) or _is_of_review(replayed) else "code_or_settings"


def _between(before: Decision, after: Decision) -> str:
    """Return which of models, provider and packs is another one; empty if none is."""
    spoke, speaks = _models(before), _models(after)
    if {name: use[0] for name, use in spoke.items()} != {name: use[0] for name, use in speaks.items()}:
        return "model"
    if spoke != speaks:
        return "provider"
    return "packs" if before.packs_sha256 != after.packs_sha256 else ""


def _decision(record: Record | None) -> Decision | None:
    return record.decision if isinstance(record, AuditEntry) else None


def _models(decision: Decision) -> dict[str, tuple[str, str]]:
    return {use.name: (use.sha256, use.provider) for use in decision.models}


def _is_of_review(record: Record | None) -> bool:
    if not isinstance(record, AuditEntry):
        return False
    return record.review is not None or (record.dead_letter is not None and record.dead_letter.code.startswith("review_"))
