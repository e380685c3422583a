"""How many entries a second the ledger takes, and how many a second an auditor verifies, on one core.

Method: decisions with two findings and eight facts (some 600 bytes), ticks of 200 entries, 10 streams. Each figure is the best of five
runs in one process, in CPU time of this process, as what disturbs a run only ever slows it. Run: ``python -m benchmarks.ledger [ENTRIES]``.
"""

from __future__ import annotations

import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit import ledger
from audit.checkpoint import LEDGER_NAME, Signer, Verifier, verifier_key
from audit.hashing import leaf_hash
from audit.merkle import Frontier
from audit.verify import verify_partition
from schemas.codec import Codec
from schemas.records import AuditEntry, Covers, Decision, Fact, FindingNote, HoldBack, ModelUse, RuleRef, Stamp

TICK = 200
RUNS = 5
CODEC = Codec.committed()
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
FINDINGS = tuple(FindingNote("PHONE_NUMBER", at, at + 12, 0.75, "PhoneRecognizer.v1", "foreign_echo", bytes(32)) for at in (3, 30))
FACTS = tuple(Fact(f"fact_{number}", '"value"') for number in range(8))
MODELS = (ModelUse("language", "a" * 64, "CPUExecutionProvider", "en", 0.98),)
TEMPLATE = Decision(
    "", 0, "c-204", "SG", Covers(0, 0, 0, 0, 0, 0), 54, 0, 0, FINDINGS, FACTS, "release", ("log",), (RuleRef("CN-XB-001", "cn@1.2.0"),), "",
    MODELS, "b" * 64, bytes(32), HoldBack(31, 212), is_last=False,
)  # fmt: skip


def entry(index: int) -> bytes:
    tick, place = divmod(index, TICK)
    if place == TICK - 1:
        stamp = Stamp(tick * (TICK - 1), (tick + 1) * (TICK - 1), TICK - 1, bytes(32), 10)
        return CODEC.encode(AuditEntry("stamp", 0, index, 1, "", stamp=stamp))
    offset = tick * (TICK - 1) + place
    segment, stream = divmod(offset, 10)
    covers = Covers(offset, offset, segment, segment, 54 * segment, 54 * segment + 54)
    decision = replace(TEMPLATE, delivery_id=f"s-{stream}:{segment}", segment_index=segment, covers=covers)
    return CODEC.encode(AuditEntry("decision", 0, index, 1, f"s-{stream}", decision=decision))


def best(work: Callable[[], object], count: int) -> float:
    """Entries a CPU second of the fastest run."""
    fastest = float("inf")
    for _ in range(RUNS):
        started = time.process_time()
        work()
        fastest = min(fastest, time.process_time() - started)
    return count / fastest


def grow_one_by_one(entries: list[bytes]) -> Frontier:
    frontier = Frontier()
    for each in entries:
        frontier = frontier.append(leaf_hash(each))
    return frontier


def grow_by_ticks(entries: list[bytes], signer: Signer) -> list[str]:
    frontier, notes = Frontier(), []
    for low in range(0, len(entries), TICK):
        frontier, _ = ledger.append(frontier, entries[low : low + TICK])
        notes.append(signer.sign(frontier.size, frontier.root()))
    return notes


def main() -> None:
    count = int(sys.argv[1]) // TICK * TICK if len(sys.argv) > 1 else 50_000
    entries = [entry(index) for index in range(count)]
    signer = Signer(f"{LEDGER_NAME}/0", KEY)
    notes = grow_by_ticks(entries, signer)
    verifier = Verifier(verifier_key(LEDGER_NAME, KEY.public_key()))

    def verify() -> None:
        report = verify_partition(0, iter(entries), notes, verifier)
        assert report.intact
        assert report.complete

    print(f"{count} entries of {sum(map(len, entries)) // count} bytes on average, ticks of {TICK}")
    print(f"append, one by one            {best(lambda: grow_one_by_one(entries), count):>10,.0f} entries/s")
    print(f"append, by ticks, signed      {best(lambda: grow_by_ticks(entries, signer), count):>10,.0f} entries/s")
    print(f"verify, intact and complete   {best(verify, count):>10,.0f} entries/s")
    print(f"decode alone, for comparison  {best(lambda: [CODEC.decode(each) for each in entries[:5000]], 5000):>10,.0f} entries/s")
    for part in (count // 4, count):
        tracemalloc.start()
        stream: Iterator[bytes] = (entry(index) for index in range(part))
        verify_partition(0, stream, iter(notes[: part // TICK]), verifier)
        print(f"memory while verifying {part:>8,} entries   {tracemalloc.get_traced_memory()[1] / 1e6:>6.2f} MB at most")
        tracemalloc.stop()


if __name__ == "__main__":
    main()
