"""Signed tree heads: C2SP tlog-checkpoint in a C2SP signed-note, with Ed25519 (RFC 8032).

A note is text, an empty line, and signature lines. One key signs for every partition of a ledger; its name on the wire is the
partition's origin, so a checkpoint of one partition cannot be shown for another.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from audit.hashing import HASH_BYTES
from schemas.errors import ConfigurationError, LedgerError

LEDGER_NAME = "carnet.example/audit"
SIGNATURES_MAX = 100

_ED25519 = b"\x01"
_KEY_HASH_BYTES = 4
_PUBLIC_KEY_BYTES = 32
_NAME = re.compile(r"[^\s+]+")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_SIGNATURE_LINE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")


class MalformedNoteError(LedgerError):
    """The bytes are no signed note, or its text is no checkpoint."""

    code = "malformed_note"


class WrongKeyError(LedgerError):
    """No signature of the note is by the key that was asked for."""

    code = "wrong_key"


class BadSignatureError(LedgerError):
    """A signature names the key that was asked for and is not by it."""

    code = "bad_signature"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree head: which log, how many leaves, which root; extension lines are kept and not interpreted."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        """Return the note text that is signed, with its last newline."""
        return "\n".join((self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.extensions, ""))

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Read a note text.

        Raises:
            MalformedNoteError: it does not have the shape that tlog-checkpoint demands.
        """
        lines = text.split("\n")
        if len(lines) < 4 or lines.pop() or not all(lines):  # noqa: PLR2004 - three lines and what follows the last newline
            raise MalformedNoteError(f"checkpoint of {len(lines)} lines")
        origin, size, root_base64, *extensions = lines
        if not _SIZE.fullmatch(size):
            raise MalformedNoteError("checkpoint whose size is no decimal number")
        root = _decode_base64(root_base64)
        if len(root) != HASH_BYTES:
            raise MalformedNoteError(f"checkpoint of size {size} with a root of {len(root)} bytes")
        return cls(origin, int(size), root, tuple(extensions))


class Signer:
    """Signs the checkpoints of one log.

    Args:
        origin: Names the log and the key, as ``carnet.example/audit/2``; no spaces, no plus.
        private_key: The ledger's Ed25519 key.
    """

    def __init__(self, origin: str, private_key: Ed25519PrivateKey) -> None:
        """Refuse a name that a note cannot carry."""
        self.origin = _checked_name(origin)
        self.vkey = verifier_key(origin, private_key.public_key())
        self._private_key = private_key
        self._key_hash = _key_hash(origin, _raw(private_key.public_key()))

    def sign(self, size: int, root: bytes) -> str:
        """Return the signed note for a tree of ``size`` leaves with this root."""
        return self.sign_text(Checkpoint(self.origin, size, root).text())

    def sign_text(self, text: str) -> str:
        """Return any note text with its signature; ``text`` ends in a newline."""
        signature = base64.b64encode(self._key_hash + self._private_key.sign(text.encode())).decode()
        return f"{text}\n— {self.origin} {signature}\n"


class Verifier:
    """Checks notes against one public key.

    Args:
        vkey: ``name+hash+base64(0x01 || public key)``, as signed-note has it.

    Raises:
        ConfigurationError: ``vkey`` is no Ed25519 verifier key, or its hash does not belong to it.
    """

    def __init__(self, vkey: str) -> None:
        """Take the verifier key apart, strictly."""
        name, _, rest = vkey.strip().partition("+")
        key_hash, _, key_base64 = rest.partition("+")
        try:
            key = _decode_base64(key_base64)
        except MalformedNoteError as error:
            raise ConfigurationError("verifier key: the last part is no base64 (name+hash+base64 expected)") from error
        if not _NAME.fullmatch(name) or len(key) != 1 + _PUBLIC_KEY_BYTES or key[:1] != _ED25519:
            raise ConfigurationError("verifier key: not of the form name+hash+base64 of an Ed25519 key")
        self.name = name
        self._raw_key = key[1:]
        self.key_hash = _key_hash(name, self._raw_key)
        if self.key_hash.hex() != key_hash:
            raise ConfigurationError(f"verifier key {name}: its hash must be {self.key_hash.hex()}")
        self._public_key = Ed25519PublicKey.from_public_bytes(self._raw_key)

    def for_partition(self, partition: int) -> Verifier:
        """Return the verifier of one partition's log: the same key under the name ``<name>/<partition>``."""
        return Verifier(verifier_key(f"{self.name}/{partition}", self._public_key))

    def open(self, note: str) -> str:
        """Return the text of a note that this key has signed.

        Raises:
            MalformedNoteError: it is no signed note.
            WrongKeyError: no signature carries this key's name and hash; unknown signatures are passed over.
            BadSignatureError: a signature carries them and does not verify.
        """
        text, signatures = _split_note(note)
        known = False
        for name, signature in signatures:
            if name != self.name or signature[:_KEY_HASH_BYTES] != self.key_hash:
                continue
            known = True
            try:
                self._public_key.verify(signature[_KEY_HASH_BYTES:], text.encode())
            except InvalidSignature as error:
                raise BadSignatureError(f"signature of {name}+{self.key_hash.hex()}") from error
        if not known:
            signers = ", ".join(f"{name}+{signature[:_KEY_HASH_BYTES].hex()}" for name, signature in signatures[:3])
            raise WrongKeyError(f"signed by {signers}, not by {self.name}+{self.key_hash.hex()}")
        return text

    def checkpoint(self, note: str) -> Checkpoint:
        """Return the checkpoint in a note that this key has signed.

        Raises:
            MalformedNoteError: it is no signed note, no checkpoint, or its origin is not this key's name.
            WrongKeyError: as ``open`` has it.
            BadSignatureError: as ``open`` has it.
        """
        head = Checkpoint.parse(self.open(note))
        if head.origin != self.name:
            raise MalformedNoteError(f"checkpoint of another origin, signed by {self.name}")
        return head


def verifier_key(name: str, public_key: Ed25519PublicKey) -> str:
    """Return the public key as a signed-note verifier key, for publication."""
    raw = _raw(public_key)
    return f"{_checked_name(name)}+{_key_hash(name, raw).hex()}+{base64.b64encode(_ED25519 + raw).decode()}"


def load_or_create_key(path: Path, name: str = LEDGER_NAME) -> Ed25519PrivateKey:
    """Return the ledger's key from a PEM file (PKCS#8, mode 0600); create it, and the ``.vkey`` beside it, where it is missing.

    Two workers that start at once end with the same key: the file appears whole or not at all.

    Args:
        path: The PEM file.
        name: The ledger's name, without a partition; goes into the ``.vkey``.

    Raises:
        ConfigurationError: the file is no unencrypted Ed25519 key, or cannot be read or written.
    """
    public_path = path.with_suffix(".vkey")
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            _publish_once(path, _new_key_pem())
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise ConfigurationError(f"{path.name}: not an Ed25519 key")
        if not public_path.exists():
            public_path.write_text(verifier_key(name, key.public_key()) + "\n", encoding="utf-8")
    except (OSError, ValueError, TypeError) as error:
        raise ConfigurationError(f"{path.name}: cannot be used as the ledger's key ({type(error).__name__})") from error
    return key


def _new_key_pem() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _publish_once(path: Path, content: bytes) -> None:
    """Make ``path`` appear with this content, mode 0600, unless it exists: a link is atomic, a write is not."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent)  # mkstemp creates with mode 0600
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(temporary, path)
    except FileExistsError:
        pass  # another worker was first: its key is the ledger's key
    finally:
        Path(temporary).unlink()


def _split_note(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """Take a note apart into its text and (key name, key hash || signature) pairs."""
    text, separator, tail = note.rpartition("\n\n")
    if not separator or not tail.endswith("\n") or _CONTROL.search(note):
        raise MalformedNoteError(f"note of {len(note)} characters without text, empty line and signature")
    lines = tail[:-1].split("\n")
    if len(lines) > SIGNATURES_MAX:
        raise MalformedNoteError(f"note with {len(lines)} signatures")
    signatures: list[tuple[str, bytes]] = []
    for line in lines:
        match = _SIGNATURE_LINE.fullmatch(line)
        signature = _decode_base64(match[2]) if match else b""
        if match is None or len(signature) <= _KEY_HASH_BYTES:
            raise MalformedNoteError(f"note whose signature line {len(signatures)} is malformed")
        signatures.append((match[1], signature))
    return text + "\n", signatures


def _decode_base64(text: str) -> bytes:
    """Decode canonical base64: one spelling for each value."""
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedNoteError("not base64") from error
    if base64.b64encode(value).decode() != text:
        raise MalformedNoteError("base64 that is not canonical")
    return value


def _key_hash(name: str, raw_key: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + raw_key).digest()[:_KEY_HASH_BYTES]


def _raw(public_key: Ed25519PublicKey) -> bytes:
    return public_key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def _checked_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ConfigurationError("the name of a ledger must not be empty nor contain spaces or plus signs")
    return name
