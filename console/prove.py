"""``carnet prove``: one file that proves one delivery, for somebody who has the ledger's public key and nothing else of ours."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from audit.checkpoint import Checkpoint, Verifier
from audit.hashing import leaf_hash
from audit.merkle import Frontier, inclusion_proof
from audit.plain_avro import UnreadableEntryError, read_entry
from audit.proof import Proof, RefusedProofError, check, said_by
from console import evidence as ledger
from console import installation
from console.exits import guarded
from schemas.codec import Codec
from schemas.errors import ConfigurationError, LedgerError, SchemaError
from schemas.partitioning import partition_of
from schemas.records import DeliveryRecord
from streams.names import AUDIT, CHECKPOINTS

if TYPE_CHECKING:
    from console.readers import TopicReader
    from streams.settings import Settings

_ANSWERED = ":r"  # ends the id of a delivery that a review released
_WITHHELD = frozenset({"hold", "block"})


@dataclass(slots=True)
class Trail:
    """What one partition's logs have about one delivery.

    Attributes:
        delivery_id: The delivery.
        partition: Partition of the audit topic.
        leaves: Leaf hashes of all entries, in log order.
        notes: Signed checkpoints.
        entry: The delivery's entry; empty until it is found.
        says: What it says; None until it is found.
        entry_index: Its place.
        record: The delivery itself, where the topic still has it.
    """

    delivery_id: str
    partition: int
    leaves: list[bytes] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    entry: bytes = b""
    says: dict[str, Any] | None = None
    entry_index: int = -1
    record: DeliveryRecord | None = None

    def see(self, entry: bytes) -> None:
        """Take the next entry; only those that hold the id somewhere are read."""
        if self.says is None and self.delivery_id.encode() in entry:
            try:
                self.says = said_by(read_entry(entry), self.delivery_id)
            except UnreadableEntryError:
                self.says = None
            if self.says is not None:
                self.entry, self.entry_index = entry, len(self.leaves)
        self.leaves.append(leaf_hash(entry))


def stream_of(delivery_id: str) -> str:
    """Return the stream that a delivery belongs to.

    Raises:
        ConfigurationError: It is no delivery's id.
    """
    stream_id, colon, segment = delivery_id.removesuffix(_ANSWERED).rpartition(":")
    if not colon or not stream_id or not segment.isdecimal():
        raise ConfigurationError("a delivery's id is its stream's id, a colon and the number of the segment, as in s-17:0")
    return stream_id


def follow(reader: TopicReader, codec: Codec, delivery_id: str) -> Trail:
    """Read what the topics have about a delivery, of the partition that its stream is in.

    Args:
        reader: Stands at the beginning of ``evidence.LEDGER_TOPICS``.
        codec: Reads deliveries.
        delivery_id: The delivery.

    Raises:
        ConfigurationError: It is no delivery's id.
        RetryableError: The broker went silent.
    """
    stream_id = stream_of(delivery_id)
    trail = Trail(delivery_id, partition_of(stream_id, sum(each.topic == AUDIT for each in reader.partitions)))
    for message in reader.until_now():
        if message.partition != trail.partition:
            continue
        value = message.value or b""
        if message.topic == AUDIT:
            trail.see(value)
        elif message.topic == CHECKPOINTS:
            trail.notes.append(value.decode("utf-8", errors="replace"))
        elif message.key == stream_id.encode() and trail.record is None:
            try:
                record = codec.decode(value)
            except SchemaError:
                continue  # what cannot be read is no delivery
            if isinstance(record, DeliveryRecord) and record.delivery_id == delivery_id:
                trail.record = record
    return trail


def follow_export(found: ledger.Evidence, delivery_id: str) -> Trail:
    """Return what an exported ledger has about a delivery; an export has no deliveries and no text.

    Raises:
        ConfigurationError: It is no delivery's id, or there is no such delivery.
        LedgerError: A file of the export is torn.
    """
    stream_of(delivery_id)
    for partition, part in sorted(found.items()):
        trail = Trail(delivery_id, partition, notes=part.notes)
        for entry in part.entries:
            trail.see(entry)
        if trail.says is not None:
            return trail
    raise _unknown(delivery_id)


def make_proof(trail: Trail, vkey: str, *, with_text: bool = False) -> Proof:
    """Return the proof of a delivery; it was checked as a stranger will check it.

    The tree head is the smallest signed one that counts the entry, so that the same proof comes out today and in a year.

    Args:
        trail: What the logs have.
        vkey: The ledger's verifier key.
        with_text: Put the text that left into the proof, and the salt that opens the entry's commitment to it.

    Raises:
        ConfigurationError: There is no such delivery, or no text of it.
        LedgerError: The log does not verify as far as the entry.
    """
    if trail.says is None:
        raise _unknown(trail.delivery_id)
    size, note = _signed_head(trail, Verifier(vkey).for_partition(trail.partition))
    path = inclusion_proof(trail.leaves, trail.entry_index, size)
    delivery = _delivered(trail, with_text=with_text)
    proof = Proof(trail.delivery_id, trail.partition, trail.entry_index, trail.entry, path, note, trail.says, delivery)
    try:
        check(Proof.parse(proof.text().encode()), vkey)
    except RefusedProofError as refusal:
        raise LedgerError(f"{trail.delivery_id} cannot be proven, {refusal}") from None
    return proof


def _unknown(delivery_id: str) -> ConfigurationError:
    return ConfigurationError(f"no entry is evidence of delivery {delivery_id!r}: is it decided, is it in this ledger?")


def _signed_head(trail: Trail, verifier: Verifier) -> tuple[int, str]:
    """Return the smallest tree head that counts the entry, is signed, and has the root of the log as it stands."""
    heads: list[tuple[int, str]] = []
    for note in trail.notes:
        try:
            head = Checkpoint.parse(note.rpartition("\n\n")[0] + "\n")
        except LedgerError:
            continue
        if trail.entry_index < head.size <= len(trail.leaves):
            heads.append((head.size, note))
    frontier, refused = Frontier(), 0
    for size, note in sorted(heads):
        frontier = frontier.extend(trail.leaves[frontier.size : size])
        try:
            if verifier.checkpoint(note).root == frontier.root():
                return size, note
        except LedgerError:
            refused += 1
    detail = f"{len(heads)} checkpoints count it, {refused} of them are not signed by the key, the others have another root"
    raise LedgerError(
        f"entry {trail.entry_index} of partition {trail.partition} cannot be proven, {detail}: carnet verify says what is wrong"
    )


def _delivered(trail: Trail, *, with_text: bool) -> dict[str, Any] | None:
    """Return what the delivery record says of itself, as ``audit.proof.delivered_by`` says it of the entry."""
    record = trail.record
    if record is None:
        if with_text:
            raise ConfigurationError(f"the text of {trail.delivery_id!r} is not at hand: an export has none, a topic keeps it for a while")
        return None
    says: dict[str, Any] = {"entry_sha256": record.evidence.entry_sha256.hex(), "is_last": record.is_last}
    if not trail.delivery_id.endswith(_ANSWERED):
        says |= {name: getattr(record, name) for name in ("segment_index", "customer_id", "destination", "action")}
        says |= {"rule_ids": list(record.rule_ids), "sequence_from": record.sequence_from, "sequence_to": record.sequence_to}
    if with_text:
        if record.action in _WITHHELD:
            raise ConfigurationError(f"{trail.delivery_id!r} was withheld: there is no text that left ({record.action})")
        says |= {"text": record.text, "salt": base64.b64encode(record.evidence.salt).decode()}
    return says


def _write(path: Path, content: str, *, is_private: bool) -> None:
    """Write a proof; one with text is its owner's alone."""
    try:
        path.touch(mode=0o600 if is_private else 0o666)
        if is_private:
            path.chmod(0o600)
        path.write_text(content, encoding="utf-8")
    except OSError as failure:
        raise ConfigurationError(f"{path} cannot be written: {failure.strerror}") from None


@guarded
def prove(
    delivery_id: Annotated[
        str, typer.Argument(metavar="DELIVERY_ID", help="As in the delivery record: s-17:0, or s-17:0:r after a review.")
    ],
    *,
    out: Annotated[Path | None, typer.Option(help="Write the proof to this file; without it, to standard output.")] = None,
    with_text: Annotated[bool, typer.Option("--with-text", help="Put the delivered text in, so that it is proven too.")] = False,
    directory: Annotated[Path | None, typer.Option("--from", metavar="DIR", help="An exported ledger; else the topics are read.")] = None,
    key: Annotated[Path | None, typer.Option(help="The ledger's public key (checkpoint.vkey).")] = None,
    home: Annotated[Path, typer.Option(help="Where broker, logs and keys are kept.")] = Path(".carnet"),
    as_json: Annotated[bool, typer.Option("--json", help="With --out: print JSON instead of a line.")] = False,
) -> None:
    """Write one file that proves one delivery to whoever has the public key: python -m audit verify FILE --key KEY."""
    from streams.settings import Settings  # noqa: PLC0415 - loads what only commands that run need

    if directory is not None:
        vkey = ledger.read_vkey([key or directory / ledger.KEY_NAME])
        trail = follow_export(ledger.load_export(directory), delivery_id)
    else:
        from console.readers import TopicReader  # noqa: PLC0415
        from streams.codecs import build_codec  # noqa: PLC0415

        settings = Settings.load()
        vkey = ledger.read_vkey([key] if key else _key_places(home, settings))
        servers = installation.bootstrap_servers(home, settings)
        with TopicReader(servers, ledger.LEDGER_TOPICS, from_end=False, properties=settings.kafka.properties) as reader:
            trail = follow(reader, build_codec(settings), delivery_id)
    proof = make_proof(trail, vkey, with_text=with_text)
    if out is None:
        sys.stdout.write(proof.text())
        return
    _write(out, proof.text(), is_private=with_text)
    if as_json:
        fields = {"delivery_id": delivery_id, "partition": proof.partition, "entry_index": proof.entry_index, "file": str(out)}
        sys.stdout.write(json.dumps(fields, ensure_ascii=False) + "\n")
    else:
        line = f"{out}: entry {proof.entry_index:,} of partition {proof.partition}; python -m audit verify {out} --key checkpoint.vkey"
        Console().print(escape(line), soft_wrap=True)


def _key_places(home: Path, settings: Settings) -> Iterable[Path]:
    return (installation.keys_directory(home, settings) / ledger.KEY_NAME, settings.keys.dir / ledger.KEY_NAME)
