"""One file that proves one delivery: its audit entry, the way from there to a signed tree head, and, if wanted, the text that left.

A stranger checks it with a public key. Nothing in the file is believed: each field is either checked or refused. This module needs only
the standard library, ``cryptography``, ``audit.hashing``, ``audit.notes`` and ``audit.plain_avro``, so that these can be copied
into another code base.

Sources: RFC 9162, sections 2.1.1 and 2.1.3 (leaf hash, inclusion proof); C2SP signed-note and tlog-checkpoint; RFC 8032 (Ed25519).
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final, NoReturn

from audit.hashing import HASH_BYTES, leaf_hash
from audit.notes import NoteError, NoteKey, decode_base64, read_head, verify_inclusion
from audit.plain_avro import UnreadableEntryError, read_entry

FORMAT: Final = "carnet-proof/1"
PROOF_BYTES_MAX: Final = 32 << 20

_PATH_HASHES_MAX: Final = 64
_NUMBER_MAX: Final = 2**53 - 1  # what a browser reads exactly


class Fault(StrEnum):
    """Why a proof does not hold."""

    MALFORMED = "malformed"  # no proof of this version
    WRONG_KEY = "wrong_key"  # the tree head is by another key, or of another log
    BAD_SIGNATURE = "bad_signature"  # the tree head was changed, or never signed
    ALTERED = "altered"  # the entry, its place or the path: they do not lead to the root that was signed
    MISMATCH = "mismatch"  # the entry is signed, and says something else than the proof
    WRONG_TEXT = "wrong_text"  # the text is not the one that the entry commits to


class RefusedProofError(Exception):
    """The proof does not hold; the message has ids, indexes and sizes, no text of a stream."""

    def __init__(self, fault: Fault, detail: str) -> None:
        """Say why."""
        super().__init__(f"{fault}: {detail}")
        self.fault = fault
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof file.

    Attributes:
        delivery_id: What is proven.
        partition: Partition of the audit topic.
        entry_index: Place of the entry in it.
        entry: The entry's bytes.
        inclusion: Hashes from the leaf to the root, lowest first.
        checkpoint: The signed note with that root, with every signature that it has.
        says: What the entry says, for people: ``said_by``.
        delivery: What the delivery record says as far as the entry says it too (``delivered_by``), and perhaps ``text`` and ``salt``.
    """

    delivery_id: str
    partition: int
    entry_index: int
    entry: bytes
    inclusion: tuple[bytes, ...]
    checkpoint: str
    says: dict[str, Any]
    delivery: dict[str, Any] | None = None

    def text(self) -> str:
        """Return the file's content: the same proof always gives the same."""
        fields: dict[str, Any] = {"format": FORMAT, **{name: getattr(self, name) for name in ("delivery_id", "partition", "entry_index")}}
        fields["says"] = self.says
        if self.delivery is not None:
            fields["delivery"] = self.delivery
        fields["checkpoint"] = self.checkpoint
        fields["inclusion"] = [base64.b64encode(each).decode() for each in self.inclusion]
        fields["entry"] = base64.b64encode(self.entry).decode()
        return json.dumps(fields, ensure_ascii=False, indent=2) + "\n"

    @classmethod
    def parse(cls, content: bytes) -> Proof:
        """Read a proof file, of at most ``PROOF_BYTES_MAX`` bytes.

        Raises:
            RefusedProofError: it is none (``malformed``).
        """
        if len(content) > PROOF_BYTES_MAX:
            _refuse(Fault.MALFORMED, f"over {PROOF_BYTES_MAX} bytes")
        try:
            fields = json.loads(content.decode())
        except (ValueError, RecursionError):
            _refuse(Fault.MALFORMED, "no JSON in UTF-8")
        if not isinstance(fields, dict) or fields.get("format") != FORMAT:
            _refuse(Fault.MALFORMED, f"no object of format {FORMAT}")
        shapes = {
            "delivery_id": str,
            "partition": int,
            "entry_index": int,
            "says": dict,
            "checkpoint": str,
            "inclusion": list,
            "entry": str,
        }
        if "delivery" in fields:
            shapes["delivery"] = dict
        if unlike := sorted({"format", *shapes} ^ fields.keys()):
            _refuse(Fault.MALFORMED, f"{len(unlike)} fields are missing or unknown")
        for name, shape in shapes.items():
            if type(fields[name]) is not shape:
                _refuse(Fault.MALFORMED, f"{name} is no {shape.__name__}")
        path = fields["inclusion"]
        if len(path) > _PATH_HASHES_MAX or any(not isinstance(each, str) for each in path):
            _refuse(Fault.MALFORMED, f"inclusion of {len(path)} hashes, at most {_PATH_HASHES_MAX}")
        hashes = tuple(_base64(each) for each in path)
        numbers = (fields["partition"], fields["entry_index"])
        if any(len(each) != HASH_BYTES for each in hashes) or not all(0 <= number <= _NUMBER_MAX for number in numbers):
            _refuse(Fault.MALFORMED, "a hash or a number is out of bounds")
        return cls(
            fields["delivery_id"], *numbers, _base64(fields["entry"]), hashes, fields["checkpoint"], fields["says"], fields.get("delivery")
        )


@dataclass(frozen=True, slots=True)
class Proven:
    """What a proof that holds has shown.

    Attributes:
        delivery_id: The delivery.
        entry_sha256: Digest of the entry, hex: it must be the ``evidence.entry_sha256`` of the delivery in hand.
        origin: The log that was signed.
        tree_size: How many entries the tree head counts.
        partition: Partition of the audit topic.
        entry_index: Place of the entry in it.
        text_opened: The proof has the text, and the entry commits to it.
        says: What the entry says: ``said_by``.
    """

    delivery_id: str
    entry_sha256: str
    origin: str
    tree_size: int
    partition: int
    entry_index: int
    text_opened: bool
    says: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Return it as a program reads it."""
        return asdict(self)


def check(proof: Proof, vkey: str) -> Proven:
    """Return what a proof shows.

    Args:
        proof: From anybody.
        vkey: The ledger's verifier key, from the operator by another way than the proof.

    Raises:
        RefusedProofError: the proof does not hold.
        UnusableKeyError: ``vkey`` is no Ed25519 verifier key.
    """
    origin, size, root = _open_checkpoint(proof.checkpoint, vkey, proof.partition)
    if not verify_inclusion(leaf_hash(proof.entry), proof.entry_index, size, proof.inclusion, root):
        _refuse(Fault.ALTERED, f"entry and path do not lead from index {proof.entry_index} to the root that was signed for size {size}")
    try:
        fields = read_entry(proof.entry)
    except UnreadableEntryError as error:
        _refuse(Fault.MISMATCH, str(error))
    if (fields["partition"], fields["entry_index"]) != (proof.partition, proof.entry_index):
        _refuse(Fault.MISMATCH, f"the entry is {fields['entry_index']} of partition {fields['partition']}")
    says = said_by(fields, proof.delivery_id)
    if says is None:
        _refuse(Fault.MISMATCH, f"entry {proof.entry_index} is no evidence of this delivery")
    if not _same(proof.says, says):
        _refuse(Fault.MISMATCH, f"entry {proof.entry_index} does not say what the proof says of it")
    opened = False
    if proof.delivery is not None:
        opened = _check_delivery(proof, fields)
    digest = hashlib.sha256(proof.entry).hexdigest()
    return Proven(proof.delivery_id, digest, origin, size, proof.partition, proof.entry_index, opened, says)


def said_by(fields: dict[str, Any], delivery_id: str) -> dict[str, Any] | None:
    """Return what an entry says of a delivery, as JSON has it; None if it is not the evidence of this delivery.

    Args:
        fields: As ``read_entry`` returns them.
        delivery_id: Of a segment, or of the text that left after a review.
    """
    common = {name: fields[name] for name in ("kind", "stream_id", "decided_at_ms")}
    decision, outcome = fields["decision"], _outcome(fields, delivery_id)
    if decision is not None and decision["delivery_id"] == delivery_id:
        return {
            **common,
            **{name: decision[name] for name in ("segment_index", "customer_id", "destination", "action", "error_code", "is_last")},
            "rules": list(decision["rules"]),
            "packs_sha256": decision["packs_sha256"],
            "models": [{"name": each["name"], "sha256": each["sha256"]} for each in decision["models"]],
            "characters": _characters(decision),
        }
    if outcome is not None:
        review = fields["review"]
        return {
            **common,
            "action": review["verdict"],
            "reviewer": review["reviewer"],
            "held_delivery_id": outcome["held_delivery_id"],
            "held_entry_index": review["held_entry_index"],
            "held_entry_sha256": review["held_entry_sha256"].hex(),
            "characters": _characters(outcome),
            "is_last": outcome["is_last"],
        }
    return None


def delivered_by(fields: dict[str, Any], entry: bytes, delivery_id: str) -> dict[str, Any]:
    """Return what a delivery record must say if this entry is its evidence; its text is not in it.

    Args:
        fields: As ``read_entry`` returns them, of an entry that is evidence of the delivery.
        entry: The same as bytes.
        delivery_id: As in ``said_by``.
    """
    must: dict[str, Any] = {"entry_sha256": hashlib.sha256(entry).hexdigest()}
    outcome = _outcome(fields, delivery_id)
    if outcome is not None:  # the rest of it stands in the entry that held
        return {**must, "is_last": outcome["is_last"]}
    decision = fields["decision"]
    return {
        **must,
        **{name: decision[name] for name in ("segment_index", "customer_id", "destination", "action", "is_last")},
        "rule_ids": [rule["id"] for rule in decision["rules"]],
        "sequence_from": decision["covers"]["sequence_from"],
        "sequence_to": decision["covers"]["sequence_to"],
    }


def _check_delivery(proof: Proof, fields: dict[str, Any]) -> bool:
    """Compare the delivery record with the entry; return whether it has the text, and the text is the one."""
    claims = dict(proof.delivery or {})
    text, salt = claims.pop("text", None), claims.pop("salt", None)
    if not _same(claims, delivered_by(fields, proof.entry, proof.delivery_id)):
        _refuse(Fault.MISMATCH, f"entry {proof.entry_index} does not say what the delivery says")
    if text is None and salt is None:
        return False
    if not isinstance(text, str) or not isinstance(salt, str):
        _refuse(Fault.MALFORMED, "a text without its salt, or a salt without its text")
    holder = _outcome(fields, proof.delivery_id) or fields["decision"]
    try:
        digest = hashlib.sha256(_base64(salt) + text.encode()).digest()
    except UnicodeEncodeError:
        _refuse(Fault.WRONG_TEXT, "the text has no UTF-8")
    if digest != holder["text_commitment"]:
        _refuse(Fault.WRONG_TEXT, f"entry {proof.entry_index} commits to another text")
    return True


def _outcome(fields: dict[str, Any], delivery_id: str) -> dict[str, Any] | None:
    """Return what a review says of a delivery; None if the entry is no review, or not of it."""
    outcomes = fields["review"]["outcomes"] if fields["review"] is not None else ()
    return next((each for each in outcomes if delivery_id and each["delivery_id"] == delivery_id), None)


def _same(claimed: dict[str, Any], said: dict[str, Any]) -> bool:
    """Say whether two objects are the same JSON: to Python ``1`` and ``True`` are equal, to other readers not."""
    return json.dumps(claimed, sort_keys=True) == json.dumps(said, sort_keys=True)


def _characters(source: dict[str, Any]) -> dict[str, int]:
    return {name: source[f"characters_{name}"] for name in ("released", "redacted", "withheld")}


def _open_checkpoint(note: str, vkey: str, partition: int) -> tuple[str, int, bytes]:
    """Return origin, size and root of a partition's tree head that the ledger's key has signed."""
    key = NoteKey.parse(vkey).under(partition)
    try:
        origin, size, root, _ = read_head(key.open(note))
    except NoteError as error:
        _refuse(Fault(error.kind), error.detail)
    if origin != key.name:
        _refuse(Fault.WRONG_KEY, f"a tree head of another log, signed by {key.name}")
    return origin, size, root


def _base64(text: str) -> bytes:
    """Decode canonical base64: one spelling for each value."""
    try:
        return decode_base64(text)
    except NoteError:
        _refuse(Fault.MALFORMED, f"{len(text)} characters that are no base64")


def _refuse(fault: Fault, detail: str) -> NoReturn:
    raise RefusedProofError(fault, detail) from None
