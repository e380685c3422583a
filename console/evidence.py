"""Collect the ledger from the topics and verify it; the checks themselves are ``audit``'s, which an auditor can run without us."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from audit import store
from audit.account import Account, total
from audit.checkpoint import Verifier
from audit.problems import ExitCode, PartitionReport, exit_code
from audit.usage import read_usage, usage_line
from audit.verify import verify_partition
from console.readers import TopicReader
from schemas.codec import Codec
from schemas.errors import ConfigurationError, LedgerError, SchemaError
from schemas.records import DeliveryRecord, UsageRecord
from streams.names import AUDIT, CHECKPOINTS, DELIVERIES, USAGE

KEY_NAME = "checkpoint.vkey"
WITNESS_NAME = "witness.jsonl"
USAGE_NAME = "usage.jsonl"
LEDGER_TOPICS = (AUDIT, CHECKPOINTS, DELIVERIES)
COMPLETE_TOPICS = (*LEDGER_TOPICS, USAGE)
"""What `carnet verify --complete` reads."""


@dataclass(slots=True)
class PartitionEvidence:
    """What the topics hold of one partition's ledger.

    Attributes:
        entries: Encoded audit entries in log order.
        notes: Signed checkpoints in log order.
        signed_at_ms: Kafka timestamp of the newest of them; None where it is not known.
        witness: Entry index → SHA-256 of the entry, as deliveries carry it.
        usage: Usage records in log order; None where that topic was not read.
    """

    entries: Iterable[bytes] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    signed_at_ms: int | None = None
    witness: dict[int, bytes] = field(default_factory=dict)
    usage: list[UsageRecord] | None = None


Evidence = dict[int, PartitionEvidence]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on a whole ledger, partition by partition; when the newest checkpoint of each was signed, over how many entries."""

    reports: tuple[PartitionReport, ...]
    signed_at_ms: dict[int, int | None]
    signed_size: dict[int, int | None]

    @property
    def intact(self) -> bool:
        """Nothing that was signed is altered, missing or added to."""
        return all(report.intact for report in self.reports)

    @property
    def complete(self) -> bool:
        """Everything that came in is accounted for."""
        return all(report.complete for report in self.reports)

    @property
    def entries(self) -> int:
        """How many entries were read."""
        return sum(report.entries for report in self.reports)

    @property
    def account(self) -> Account | None:
        """The account of all partitions together; None where it was not asked for."""
        accounts = [report.account for report in self.reports if report.account is not None]
        return total(accounts) if accounts else None

    @property
    def exit_code(self) -> ExitCode:
        """What ``carnet verify`` exits with."""
        return exit_code(self.reports)

    def as_json(self) -> dict[str, Any]:
        """Return what ``carnet verify --json`` prints."""
        problems = [
            {
                "kind": str(problem.kind),
                "partition": problem.partition,
                "entry_index": problem.entry_index,
                "entry_index_to": problem.entry_index_to,
                "delivery_id": problem.delivery_id,
                "detail": problem.detail,
            }
            for report in self.reports
            for problem in report.problems
        ]
        partitions = [
            {
                "partition": report.partition,
                "entries": report.entries,
                "checkpoints": report.checkpoints,
                "offset_from": report.offset_from,
                "offset_to": report.offset_to,
                "intact": report.intact,
                "complete": report.complete,
                **({} if report.account is None else {"account": report.account.as_json()}),
            }
            for report in self.reports
        ]
        told = {"intact": self.intact, "complete": self.complete, "entries": self.entries, "problems": problems, "partitions": partitions}
        return told if self.account is None else {**told, "account": self.account.as_json()}


def collect(reader: TopicReader, codec: Codec | None = None) -> Evidence:
    """Read the ledger topics up to their present end.

    Args:
        reader: Stands at the beginning of ``LEDGER_TOPICS``, or of ``COMPLETE_TOPICS``.
        codec: Knows the schema ids; the committed ones by default.
    """
    codec = codec if codec is not None else Codec.committed()
    found: Evidence = {partition.partition: PartitionEvidence() for partition in reader.partitions}
    entries: dict[int, list[bytes]] = {number: [] for number in found}
    usage: dict[int, list[UsageRecord]] = {partition.partition: [] for partition in reader.partitions if partition.topic == USAGE}
    for message in reader.until_now():
        evidence, value = found[message.partition], message.value or b""
        if message.topic == AUDIT:
            entries[message.partition].append(value)
        elif message.topic == CHECKPOINTS:
            evidence.notes.append(value.decode("utf-8", errors="replace"))
            evidence.signed_at_ms = message.timestamp_ms
        else:
            try:
                record = codec.decode(value)
            except SchemaError:
                continue  # not the ledger's: a delivery that cannot be read witnesses nothing
            if isinstance(record, UsageRecord):
                usage[message.partition].append(record)
            elif isinstance(record, DeliveryRecord) and record.evidence.partition == message.partition:
                evidence.witness[record.evidence.entry_index] = record.evidence.entry_sha256
    for number, evidence in found.items():
        evidence.entries = entries[number]
        evidence.usage = usage.get(number)
    return found


def verify(evidence: Evidence, verifier: Verifier, codec: Codec | None = None, *, complete: bool = False) -> Verdict:
    """Return the verdict on what was collected; with ``complete`` it has the account, too, and counts what that shows."""
    reports = tuple(
        verify_partition(
            partition,
            found.entries,
            found.notes,
            verifier,
            witness=found.witness,
            codec=codec,
            complete=complete,
            usage=found.usage if complete else None,
        )
        for partition, found in sorted(evidence.items())
    )
    return Verdict(
        reports,
        signed_at_ms={partition: found.signed_at_ms for partition, found in evidence.items()},
        signed_size={partition: _newest_size(found, verifier.for_partition(partition)) for partition, found in evidence.items()},
    )


def _newest_size(found: PartitionEvidence, verifier: Verifier) -> int | None:
    """Return how many entries the newest checkpoint signs, None if there is none by this key."""
    try:
        return verifier.checkpoint(found.notes[-1]).size if found.notes else None
    except LedgerError:
        return None


def read_vkey(paths: Iterable[Path]) -> str:
    """Return the text of the first of these verifier key files that exists.

    Raises:
        ConfigurationError: None exists.
    """
    tried = list(paths)
    for path in tried:
        if path.is_file():
            return path.read_text(encoding="utf-8").strip()
    places = ", ".join(map(str, tried))
    raise ConfigurationError(f"no public key of the ledger at {places}: a worker writes it at its first start, or name it with --key")


def export(evidence: Evidence, vkey: str, directory: Path) -> None:
    """Write a ledger for an auditor: ``audit.store``'s files, the public key, the deliveries' digests as witness, usage if read.

    ``python -m audit verify DIRECTORY --key DIRECTORY/checkpoint.vkey --witness DIRECTORY/witness.jsonl`` reads it.

    Raises:
        ConfigurationError: The directory cannot be written.
    """
    try:
        with_witness = []
        for partition, found in sorted(evidence.items()):
            store.write_partition(directory, partition, found.entries, found.notes)
            for index, digest in sorted(found.witness.items()):
                with_witness.append(json.dumps({"partition": partition, "entry_index": index, "entry_sha256": digest.hex()}) + "\n")
        (directory / KEY_NAME).write_text(vkey + "\n", encoding="utf-8")
        (directory / WITNESS_NAME).write_text("".join(with_witness), encoding="utf-8")
        (directory / USAGE_NAME).unlink(missing_ok=True)  # of an export before
        if any(found.usage is not None for found in evidence.values()):
            with (directory / USAGE_NAME).open("w", encoding="utf-8") as lines:
                lines.writelines(usage_line(number, record) for number, found in sorted(evidence.items()) for record in found.usage or ())
    except OSError as failure:
        raise ConfigurationError(f"{directory} cannot be written: {failure.strerror}") from None


def load_export(directory: Path) -> Evidence:
    """Read what ``export`` wrote; a torn entries file is read by ``audit`` up to where it is whole.

    Raises:
        ConfigurationError: It is no exported ledger.
    """
    try:
        numbers = store.partitions(directory)
        found = {
            number: PartitionEvidence(store.read_entries(directory, number), list(store.read_checkpoints(directory, number)))
            for number in numbers
        }
        witness = directory / WITNESS_NAME
        for line in witness.read_text(encoding="utf-8").splitlines() if witness.exists() else ():
            row = json.loads(line)
            if row["partition"] in found:
                found[row["partition"]].witness[row["entry_index"]] = bytes.fromhex(row["entry_sha256"])
        if (directory / USAGE_NAME).exists():
            for number in numbers:
                found[number].usage = list(read_usage(directory / USAGE_NAME, number))
    except (OSError, ValueError, KeyError, TypeError) as failure:
        raise ConfigurationError(
            f"{directory} is no exported ledger ({type(failure).__name__}): carnet verify --export writes one"
        ) from None
    if not found:
        raise ConfigurationError(f"{directory} is no exported ledger: no partition-N.entries (carnet verify --export makes one)")
    return found
