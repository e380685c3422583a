"""Checkpoints as in-toto statements: what was decided between one signed tree head and the next, bound to that head's root.

Source: in-toto attestation framework, Statement v1. A statement is made only where the root comes out of the entries that it counts. It is
unsigned (an envelope needs a key, and an export has none); the checkpoint inside is signed by the ledger.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any, Final

from audit.checkpoint import Checkpoint, MalformedNoteError
from audit.hashing import leaf_hash
from audit.merkle import Frontier
from console.export_files import LineFiles, Reached, State
from console.export_tables import Head, Leaf, Source, Used, timestamp
from schemas.errors import LedgerError

FILE_NAME: Final = "statements.jsonl"
STATEMENT_TYPE: Final = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE: Final = "https://carnet.example/attestation/inspection/v1"
_CHARACTERS: Final = ("released", "redacted", "withheld")


@dataclass(slots=True)
class _Tally:
    """What lies between two stamps."""

    first_index: int
    times: list[int] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)
    entries: Counter[str] = field(default_factory=Counter)
    actions: Counter[str] = field(default_factory=Counter)
    reviews: Counter[str] = field(default_factory=Counter)
    provenance: Counter[str] = field(default_factory=Counter)
    characters: Counter[str] = field(default_factory=Counter)
    packs: set[str] = field(default_factory=set)
    models: set[tuple[str, str, str]] = field(default_factory=set)

    def add(self, source: Leaf) -> None:
        """Count an entry."""
        entry = source.entry
        self.times = _bounds([*self.times, entry.decided_at_ms])
        self.entries[entry.kind] += 1
        if entry.stamp is not None:
            self.offsets = _bounds([*self.offsets, entry.stamp.offset_from, entry.stamp.offset_to])
        if entry.review is not None:
            self.reviews[entry.review.verdict] += 1
        decision = entry.decision
        if decision is not None:
            self.actions[decision.action] += 1
            self.provenance.update(finding.provenance for finding in decision.findings)
            self.characters.update({name: getattr(decision, f"characters_{name}") for name in _CHARACTERS})
            self.packs.add(decision.packs_sha256)
            self.models.update((use.name, use.sha256, use.provider) for use in decision.models)

    def join(self, later: _Tally) -> None:
        """Add what came after."""
        self.times, self.offsets = _bounds(self.times + later.times), _bounds(self.offsets + later.offsets)
        for name in ("entries", "actions", "reviews", "provenance", "characters", "packs", "models"):
            getattr(self, name).update(getattr(later, name))


def _bounds(numbers: list[int]) -> list[int]:
    return [min(numbers), max(numbers)] if numbers else []


@dataclass(slots=True)
class _Log:
    """One partition: the tree so far, stamped stretches without a checkpoint yet, and checkpoints whose entries are not there yet."""

    frontier: Frontier
    sha256: str
    current: _Tally
    stretches: deque[tuple[_Tally, Frontier, str]] = field(default_factory=deque)
    heads: deque[tuple[Checkpoint, str]] = field(default_factory=deque)
    stated: Reached | None = None


class AttestationWriter:
    """Writes a statement for each checkpoint that has all of its entries.

    Args:
        files: Where the statements go.
        state: Where the last export stopped; of each partition that is a checkpoint.
    """

    def __init__(self, files: LineFiles, state: State) -> None:
        self._files = files
        self._logs = {number: _resumed(reached) for number, reached in state.audit.items()}

    def write(self, source: Source) -> None:
        """Take an entry or a checkpoint.

        Raises:
            LedgerError: The ledger does not begin with its first entry, a root is not that of the entries, or a checkpoint is none.
        """
        if isinstance(source, Used):
            return
        partition = source.partition if isinstance(source, Head) else source.entry.partition
        log = self._logs.setdefault(partition, _Log(Frontier(), "", _Tally(0)))
        if isinstance(source, Head):
            head = _checkpoint(partition, source.note)
            if log.stated is None or head.size > log.stated.next_index:
                log.heads.append((head, source.note))
        else:
            self._append(partition, log, source)
        self._state_what_is_complete(partition, log)

    def commit(self, state: State) -> None:
        """Make the statements durable; the next export begins behind the last of them."""
        state.sizes = self._files.commit()
        for number, log in self._logs.items():
            if log.stated is not None:
                state.audit[number] = log.stated
            else:
                state.audit.pop(number, None)

    def close(self) -> None:
        """Close the file."""
        self._files.close()

    def _append(self, partition: int, log: _Log, source: Leaf) -> None:
        if source.entry.entry_index != log.frontier.size:
            raise LedgerError(
                f"partition {partition}: entry {source.entry.entry_index} where {log.frontier.size} was expected: "
                "a root can only be checked from the first entry on"
            )
        log.frontier, log.sha256 = log.frontier.append(leaf_hash(source.value)), source.sha256
        log.current.add(source)
        if source.entry.stamp is not None:
            log.stretches.append((log.current, log.frontier, log.sha256))
            log.current = _Tally(log.frontier.size)

    def _state_what_is_complete(self, partition: int, log: _Log) -> None:
        while log.heads and log.stretches:
            (head, note), (tally, frontier, sha256) = log.heads[0], log.stretches[0]
            if head.size < frontier.size:
                if head.size > tally.first_index:
                    raise LedgerError(f"partition {partition}: checkpoint of size {head.size}, which no stamp ends: carnet verify")
                log.heads.popleft()  # a second one of what was stated already
                continue
            if head.size > frontier.size:
                if len(log.stretches) == 1:
                    return
                log.stretches.popleft()
                tally.join(log.stretches[0][0])
                log.stretches[0] = (tally, *log.stretches[0][1:])
                continue
            if head.root != frontier.root():
                raise LedgerError(f"partition {partition}: the root of the checkpoint of size {head.size} is not that of the entries")
            self._files.append(FILE_NAME, json.dumps(_statement(head, note, tally), ensure_ascii=False, separators=(",", ":")))
            log.stated = Reached(head.size, sha256, tuple(one.hex() for one in frontier.hashes))
            log.heads.popleft()
            log.stretches.popleft()


def _resumed(reached: Reached) -> _Log:
    frontier = Frontier(reached.next_index, tuple(map(bytes.fromhex, reached.frontier)))
    return _Log(frontier, reached.sha256, _Tally(reached.next_index), stated=reached)


def _checkpoint(partition: int, note: str) -> Checkpoint:
    try:
        return Checkpoint.parse(note.partition("\n\n")[0] + "\n")
    except MalformedNoteError:
        raise LedgerError(f"partition {partition}: a checkpoint that is none: carnet verify") from None


def _statement(head: Checkpoint, note: str, tally: _Tally) -> dict[str, Any]:
    subject = {
        "name": f"{head.origin}@{head.size}",
        "digest": {"sha256": hashlib.sha256(note.encode()).hexdigest()},
        "content": base64.b64encode(note.encode()).decode(),
        "mediaType": "text/plain; charset=utf-8",
    }
    predicate = {
        "origin": head.origin,
        "treeSize": head.size,
        "rootHash": head.root.hex(),
        "entries": {"from": tally.first_index, "to": head.size, "byKind": _sorted(tally.entries)},
        "inboundOffsets": dict(zip(("from", "to"), tally.offsets, strict=False)),
        "decidedAt": dict(zip(("from", "to"), map(timestamp, tally.times), strict=False)),
        "decisions": _sorted(tally.actions),
        "characters": {name: tally.characters[name] for name in _CHARACTERS},
        "findingsByProvenance": _sorted(tally.provenance),
        "reviews": _sorted(tally.reviews),
        "packs": [{"sha256": digest} for digest in sorted(tally.packs)],
        "models": [{"name": name, "digest": {"sha256": digest}, "provider": provider} for name, digest, provider in sorted(tally.models)],
    }
    return {"_type": STATEMENT_TYPE, "subject": [subject], "predicateType": PREDICATE_TYPE, "predicate": predicate}


def _sorted(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items()))
