"""Signed tree heads: C2SP tlog-checkpoint in a C2SP signed-note, with Ed25519 (RFC 8032).

A note is text, an empty line, and signature lines. One key signs for every partition of a ledger; its name on the wire is the
partition's origin, so a checkpoint of one partition cannot be shown for another.
"""

from __future__ import annotations

import base64
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from audit.notes import NAME, NoteError, NoteKey, UnusableKeyError, read_head
from schemas.errors import ConfigurationError, LedgerError

LEDGER_NAME = "carnet.example/audit"


class MalformedNoteError(LedgerError):
    """The bytes are no signed note, or its text is no checkpoint."""

    code = "malformed_note"


class WrongKeyError(LedgerError):
    """No signature of the note is by the key that was asked for."""

    code = "wrong_key"


class BadSignatureError(LedgerError):
    """A signature names the key that was asked for and is not by it."""

    code = "bad_signature"


_ERRORS = {"malformed": MalformedNoteError, "wrong_key": WrongKeyError, "bad_signature": BadSignatureError}


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
        try:
            return cls(*read_head(text))
        except NoteError as error:
            raise MalformedNoteError(error.detail) from None


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
        self._key_hash = NoteKey(origin, _raw(private_key.public_key())).hash

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
        try:
            self._key = NoteKey.parse(vkey)
        except UnusableKeyError as error:
            raise ConfigurationError(str(error)) from None
        self.name, self.key_hash = self._key.name, self._key.hash

    def for_partition(self, partition: int) -> Verifier:
        """Return the verifier of one partition's log: the same key under the name ``<name>/<partition>``."""
        return Verifier(self._key.under(partition).vkey)

    def open(self, note: str) -> str:
        """Return the text of a note that this key has signed.

        Raises:
            MalformedNoteError: it is no signed note.
            WrongKeyError: no signature carries this key's name and hash; unknown signatures are passed over.
            BadSignatureError: a signature carries them and does not verify.
        """
        try:
            return self._key.open(note)
        except NoteError as error:
            raise _ERRORS[error.kind](error.detail) from None

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
    return NoteKey(_checked_name(name), _raw(public_key)).vkey


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


def _raw(public_key: Ed25519PublicKey) -> bytes:
    return public_key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def _checked_name(name: str) -> str:
    if not NAME.fullmatch(name):
        raise ConfigurationError("the name of a ledger must not be empty nor contain spaces or plus signs")
    return name
