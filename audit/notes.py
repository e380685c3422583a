"""Opens C2SP signed notes and the tree heads in them, with the standard library and ``cryptography`` alone.

A note is text, an empty line, and signature lines; a verifier key is ``name+hash+base64(0x01 || public key)`` (Ed25519, RFC 8032). Both
``audit.checkpoint`` and ``audit.proof`` read by this module, so that it goes with either.

Sources: C2SP signed-note and tlog-checkpoint; RFC 9162, section 2.1.3.2.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from audit.hashing import HASH_BYTES, node_hash

SIGNATURES_MAX: Final = 100
ED25519: Final = b"\x01"
NAME: Final = re.compile(r"[^\s+]+")

_KEY_HASH_BYTES: Final = 4
_PUBLIC_KEY_BYTES: Final = 32
_HEAD_LINES: Final = 3
_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,18}")
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f]")
_SIGNATURE_LINE: Final = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")


class NoteError(Exception):
    """A note is none, or not by the key; the message has names, hashes and sizes."""

    def __init__(self, kind: Literal["malformed", "wrong_key", "bad_signature"], detail: str) -> None:
        """Say why."""
        super().__init__(detail)
        self.kind = kind
        self.detail = detail


class UnusableKeyError(ValueError):
    """What was given as a public key is none."""


@dataclass(frozen=True, slots=True)
class NoteKey:
    """A verifier key taken apart: its name, and the 32 bytes of the public key."""

    name: str
    raw: bytes

    @classmethod
    def parse(cls, vkey: str) -> NoteKey:
        """Take a verifier key apart, strictly.

        Raises:
            UnusableKeyError: It is none of Ed25519, or its hash does not belong to it.
        """
        name, _, rest = vkey.strip().partition("+")
        key_hash, _, encoded = rest.partition("+")
        try:
            key = decode_base64(encoded)
        except NoteError:
            raise UnusableKeyError("verifier key: the last part is no base64 (name+hash+base64 expected)") from None
        if not NAME.fullmatch(name) or len(key) != 1 + _PUBLIC_KEY_BYTES or key[:1] != ED25519:
            raise UnusableKeyError("verifier key: not of the form name+hash+base64 of an Ed25519 key")
        found = cls(name, key[1:])
        if found.hash.hex() != key_hash:
            raise UnusableKeyError(f"verifier key {name}: its hash must be {found.hash.hex()}")
        return found

    @property
    def hash(self) -> bytes:
        """The four bytes that stand before a signature by this key."""
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.raw).digest()[:_KEY_HASH_BYTES]

    @property
    def vkey(self) -> str:
        """The verifier key as text."""
        return f"{self.name}+{self.hash.hex()}+{base64.b64encode(ED25519 + self.raw).decode()}"

    def under(self, partition: int) -> NoteKey:
        """Return the same key as the key of one partition's log, ``<name>/<partition>``."""
        return NoteKey(f"{self.name}/{partition}", self.raw)

    def open(self, note: str) -> str:
        """Return the text of a note that this key has signed; signatures by others are passed over.

        Raises:
            NoteError: ``malformed``; ``wrong_key``: no signature has this name and hash; ``bad_signature``: one has and does not verify.
        """
        text, signatures = _take_apart(note)
        mine = [signature for name, signature in signatures if name == self.name and signature[:_KEY_HASH_BYTES] == self.hash]
        if not mine:
            signers = ", ".join(f"{name}+{signature[:_KEY_HASH_BYTES].hex()}" for name, signature in signatures[:3])
            raise NoteError("wrong_key", f"signed by {signers}, not by {self.name}+{self.hash.hex()}")
        public = Ed25519PublicKey.from_public_bytes(self.raw)
        for signature in mine:
            try:
                public.verify(signature[_KEY_HASH_BYTES:], text.encode())
            except (InvalidSignature, UnicodeEncodeError):
                raise NoteError("bad_signature", f"signature of {self.name}+{self.hash.hex()}") from None
        return text


def read_head(text: str) -> tuple[str, int, bytes, tuple[str, ...]]:
    """Read the text of a tlog-checkpoint: origin, size, root, and the extension lines, which are not interpreted.

    Raises:
        NoteError: ``malformed``.
    """
    lines = text.split("\n")
    if lines.pop() or len(lines) < _HEAD_LINES or not all(lines):
        raise NoteError("malformed", f"checkpoint of {len(lines)} lines")
    origin, size, root_base64, *extensions = lines
    if not _SIZE.fullmatch(size):
        raise NoteError("malformed", "checkpoint whose size is no decimal number")
    root = decode_base64(root_base64)
    if len(root) != HASH_BYTES:
        raise NoteError("malformed", f"checkpoint of size {size} with a root of {len(root)} bytes")
    return origin, int(size), root, tuple(extensions)


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Say whether ``proof`` shows that ``leaf`` is leaf ``index`` of the tree with this size and root.

    Source: RFC 9162, section 2.1.3.2.
    """
    if not 0 <= index < size:
        return False
    position, last, node = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if position & 1 or position == last:
            node = node_hash(sibling, node)
            # A right edge without a sibling is promoted unchanged.
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            node = node_hash(node, sibling)
        position >>= 1
        last >>= 1
    return last == 0 and node == root


def decode_base64(text: str) -> bytes:
    """Decode canonical base64: one spelling for each value.

    Raises:
        NoteError: ``malformed``.
    """
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NoteError("malformed", "not base64") from None
    if base64.b64encode(value).decode() != text:
        raise NoteError("malformed", "base64 that is not canonical")
    return value


def _take_apart(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """Take a note apart into its text and (key name, key hash || signature) pairs."""
    text, separator, tail = note.rpartition("\n\n")
    if not separator or not tail.endswith("\n") or _CONTROL.search(note):
        raise NoteError("malformed", f"note of {len(note)} characters without text, empty line and signature")
    lines = tail[:-1].split("\n")
    if len(lines) > SIGNATURES_MAX:
        raise NoteError("malformed", f"note with {len(lines)} signatures")
    signatures: list[tuple[str, bytes]] = []
    for line in lines:
        match = _SIGNATURE_LINE.fullmatch(line)
        signature = decode_base64(match[2]) if match else b""
        if match is None or len(signature) <= _KEY_HASH_BYTES:
            raise NoteError("malformed", f"note whose signature line {len(signatures)} is malformed")
        signatures.append((match[1], signature))
    return text + "\n", signatures
