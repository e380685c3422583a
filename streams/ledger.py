"""Numbers audit entries, grows the partition's tree, and closes each tick with a stamp and a signed checkpoint."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Final

from audit.checkpoint import Signer
from audit.hashing import leaf_hash
from schemas.cloudevents import Headers, headers
from schemas.codec import Codec
from schemas.errors import CarnetError
from schemas.records import AuditEntry, DeadLetter, DeadLetterNote, Decision, Record, ReviewNote, Stamp
from streams import names
from streams.sealing import Sealer
from streams.state import PartitionState
from streams.tick import Inbound, Outcome, Output

NO_STREAM: Final = ""


class Ledger:
    """Writes what a stranger will verify.

    Args:
        codec: Encodes the entries; the encoded bytes are what is hashed.
        sealer: Seals the bytes of dead letters.
        signer_of: Partition → signer of its checkpoints.
        source: CloudEvents source of all outputs, as ``carnet.example/audit``.
    """

    def __init__(self, codec: Codec, sealer: Sealer, signer_of: Callable[[int], Signer], source: str) -> None:
        self._codec = codec
        self._sealer = sealer
        self._signer_of = signer_of
        self._source = source

    def emit(self, topic: str, number: int, key: str, record: Record, ce_id: str, at_ms: int, outcome: Outcome) -> None:
        """Write one record to partition ``number`` of a topic."""
        outcome.outputs.append(Output(topic, number, key.encode(), self._codec.encode(record), self._headers(record, ce_id, at_ms)))

    def decision(
        self, number: int, partition: PartitionState, stream_id: str, decision: Decision, at_ms: int, outcome: Outcome
    ) -> tuple[int, bytes]:
        """Append a decision; return its index and the SHA-256 of its bytes."""
        index = partition.entry_index
        entry = AuditEntry("decision", number, index, at_ms, stream_id, decision=decision)
        return index, self._append(number, partition, entry, outcome)

    def review(
        self, number: int, partition: PartitionState, stream_id: str, note: ReviewNote, at_ms: int, outcome: Outcome
    ) -> tuple[int, bytes]:
        """Append a human's answer, or a deadline that passed; return its index and the SHA-256 of its bytes."""
        index = partition.entry_index
        entry = AuditEntry("review", number, index, at_ms, stream_id, review=note)
        return index, self._append(number, partition, entry, outcome)

    def dead_letter(
        self,
        number: int,
        partition: PartitionState,
        record: Inbound,
        failure: CarnetError,
        outcome: Outcome,
        topic: str = names.INFERENCE,
    ) -> None:
        """Set a record of a topic aside: the whole of it, sealed, to the dead letters, and a note without content to the ledger."""
        data_key = self._sealer.new_data_key()
        where = f"{topic}/{number}/{record.offset}"
        letter = DeadLetter(
            topic,
            number,
            record.offset,
            record.timestamp_ms,
            failure.code,
            failure.detail,
            self._sealer.seal(data_key, record.key or b"", where.encode() + b"/key"),
            self._sealer.seal(data_key, record.value or b"", where.encode() + b"/value"),
        )
        self.emit(names.DEAD_LETTERS, number, where, letter, where, record.timestamp_ms, outcome)
        note = DeadLetterNote(topic, record.offset, failure.code, len(record.value or b""))
        entry = AuditEntry("dead_letter", number, partition.entry_index, record.timestamp_ms, NO_STREAM, dead_letter=note)
        self._append(number, partition, entry, outcome)
        outcome.count("dead_letters", failure.code)

    def stamp(self, number: int, partition: PartitionState, records: list[Inbound], outcome: Outcome) -> None:
        """Close the tick of a partition: which inbound offsets it covered (none, if it had reviews alone), and a checkpoint."""
        digest = hashlib.sha256()
        for record in records:
            key, value = record.key or b"", record.value or b""
            digest.update(b"%d:%d:%d:" % (record.offset, len(key), len(value)) + key + value)
        end = records[-1].offset + 1 if records else partition.next_offset
        stamp = Stamp(partition.next_offset, end, len(records), digest.digest(), len(partition.streams))
        entry = AuditEntry("stamp", number, partition.entry_index, partition.now_ms, NO_STREAM, stamp=stamp)
        self._append(number, partition, entry, outcome)
        note = self._signer_of(number).sign(partition.frontier.size, partition.frontier.root())
        outcome.outputs.append(Output(names.CHECKPOINTS, number, None, note.encode(), []))

    def _append(self, number: int, partition: PartitionState, entry: AuditEntry, outcome: Outcome) -> bytes:
        value = self._codec.encode(entry)
        partition.frontier = partition.frontier.append(leaf_hash(value))
        partition.entry_index += 1
        key = entry.stream_id.encode() or None
        ce_id = f"{number}:{entry.entry_index}"
        outcome.outputs.append(Output(names.AUDIT, number, key, value, self._headers(entry, ce_id, entry.decided_at_ms)))
        return hashlib.sha256(value).digest()

    def _headers(self, record: Record, ce_id: str, at_ms: int) -> Headers:
        return headers(record, ce_id, self._source, at_ms)
