"""A small ledger that is the same on every run, and the script that writes it to ``tests/golden/ledger``.

Rebuild: ``python -m tests.golden.ledger_example``; a change of those files is a change of the format.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit import ledger, store
from audit.checkpoint import LEDGER_NAME, Signer, verifier_key
from audit.merkle import Frontier
from schemas.codec import Codec
from schemas.records import AuditEntry, Covers, DeadLetterNote, Decision, Fact, FindingNote, HoldBack, RuleRef, Stamp

DIRECTORY = Path(__file__).parent / "ledger"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))  # a test key: everyone has it
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
VKEY = verifier_key(LEDGER_NAME, KEY.public_key())
INBOUND = "carnet.inference.v1"


@dataclass(frozen=True)
class Log:
    """One partition's log, as a reader of the topics has it."""

    partition: int
    entries: tuple[bytes, ...]
    checkpoints: tuple[str, ...]
    sizes: tuple[int, ...]

    def span_of(self, index: int) -> tuple[int, int]:
        """The entries between the two checkpoints around an entry."""
        high = next(size for size in self.sizes if size > index)
        return max((size for size in self.sizes if size <= index), default=0), high


def build(partition: int = 2, ticks: int = 10, streams: int = 5, key: Ed25519PrivateKey = KEY) -> Log:
    """Ticks in each of which some streams get a segment, a record is dead, and a stamp closes."""
    codec, signer, frontier = Codec.committed(), Signer(f"{LEDGER_NAME}/{partition}", key), Frontier()
    entries: list[bytes] = []
    notes: list[str] = []
    sizes: list[int] = []
    offset = 0
    for tick in range(ticks):
        first = offset
        batch: list[AuditEntry] = []
        for number in range(streams):
            batch.append(decision(partition, len(entries) + len(batch), f"s-{number}", tick, offset, is_last=tick == ticks - 1))
            offset += 2
        if tick % 3 == 1:
            note = DeadLetterNote(INBOUND, offset, "bad_magic", 17)
            batch.append(AuditEntry("dead_letter", partition, len(entries) + len(batch), 1000 + tick, "", dead_letter=note))
            offset += 1
        is_end = tick == ticks - 1
        stamp = Stamp(first, offset, offset - first, hashlib.sha256(bytes([tick])).digest(), 0 if is_end else streams)
        batch.append(AuditEntry("stamp", partition, len(entries) + len(batch), 1000 + tick, "", stamp=stamp))
        encoded = [codec.encode(entry) for entry in batch]
        frontier, _ = ledger.append(frontier, encoded)
        entries += encoded
        notes.append(signer.sign(frontier.size, frontier.root()))
        sizes.append(frontier.size)
    return Log(partition, tuple(entries), tuple(notes), tuple(sizes))


def decision(
    partition: int, index: int, stream: str, segment: int, offset: int, *, is_last: bool = False, action: str = "release"
) -> AuditEntry:
    """A decision over two chunks and ten code points."""
    covers = Covers(offset, offset + 1, 2 * segment, 2 * segment + 1, 10 * segment, 10 * segment + 10)
    finding = FindingNote("PHONE_NUMBER", 10 * segment, 10 * segment + 8, 0.75, "PhoneRecognizer.v1", "foreign_echo", bytes(32))
    return AuditEntry(
        "decision",
        partition,
        index,
        1000 + segment,
        stream,
        decision=Decision(
            delivery_id=f"{stream}:{segment}",
            segment_index=segment,
            customer_id="c-204",
            destination="SG",
            covers=covers,
            characters_released=10,
            characters_redacted=0,
            characters_withheld=0,
            findings=(finding,),
            facts=(Fact("destination", '"SG"'),),
            action=action,
            obligations=("log",),
            rules=(RuleRef("CN-XB-001", "cn@1.2.0"),),
            error_code="",
            models=(),
            packs_sha256="0" * 64,
            text_commitment=hashlib.sha256(f"{stream}:{segment}".encode()).digest(),
            hold_back=HoldBack(31, 212),
            is_last=is_last,
        ),
    )


def main() -> None:
    for partition in (0, 1):
        log = build(partition, ticks=4)
        store.write_partition(DIRECTORY, partition, log.entries, log.checkpoints)
    (DIRECTORY / "ledger.vkey").write_text(VKEY + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
