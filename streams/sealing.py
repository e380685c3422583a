"""Keeps text unreadable at rest: AES-256-GCM under a data key per stream, wrapped by one key-encryption key (NIST SP 800-38D).

Destroying the wrapped key of a stream makes its text unreadable and leaves the ledger whole, since no entry holds text.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from detectors.redaction.keys import RedactionKeys, derive_keys
from schemas.errors import ConfigurationError, InvariantError
from schemas.records import Sealed

_NONCE_BYTES: Final = 12
_KEY_BYTES: Final = 32
_WRAP_CONTEXT: Final = b"carnet data key v1"

Randomness = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class DataKey:
    """A data key, opened and wrapped."""

    cipher: AESGCM
    wrapped: bytes


class Sealer:
    """Seals and opens text; derives keyed digests of values.

    Args:
        kek: 32 bytes; wraps the data keys.
        value_key: 32 bytes; keys the digests of values, so that a short value cannot be guessed from its digest, and is the root of the
            keys of redaction.
        randomness: Returns n random bytes.
        source_key: Shared with senders that hand over digests of values; None if there are none.
    """

    def __init__(self, kek: bytes, value_key: bytes, randomness: Randomness, source_key: bytes | None = None) -> None:
        if len(kek) != _KEY_BYTES or len(value_key) != _KEY_BYTES:
            raise ConfigurationError(f"keys must have {_KEY_BYTES} bytes, not {len(kek)} and {len(value_key)}")
        self._kek = AESGCM(kek)
        self._value_key = value_key
        self._randomness = randomness
        self.source_key = source_key
        self.key_id = hashlib.sha256(b"carnet kek id" + kek).hexdigest()[:16]

    def new_data_key(self) -> DataKey:
        """Return a fresh data key."""
        key = self._randomness(_KEY_BYTES)
        nonce = self._randomness(_NONCE_BYTES)
        return DataKey(AESGCM(key), nonce + self._kek.encrypt(nonce, key, _WRAP_CONTEXT))

    def unwrap(self, sealed: Sealed) -> DataKey:
        """Return the data key that a sealed value was made with.

        Raises:
            ConfigurationError: It was wrapped by another key-encryption key.
        """
        if sealed.key_id != self.key_id:
            raise ConfigurationError(f"sealed under key-encryption key {sealed.key_id}, this worker has {self.key_id}: set CARNET_KEYS_DIR")
        wrapped = sealed.wrapped_key
        try:
            key = self._kek.decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], _WRAP_CONTEXT)
        except InvalidTag:
            raise InvariantError(f"a wrapped data key of {len(wrapped)} bytes does not open") from None
        return DataKey(AESGCM(key), wrapped)

    def seal(self, key: DataKey, plaintext: bytes, context: bytes) -> Sealed:
        """Return the ciphertext; ``context`` is bound to it and must be the same when it is opened."""
        nonce = self._randomness(_NONCE_BYTES)
        return Sealed(self.key_id, key.wrapped, nonce, key.cipher.encrypt(nonce, plaintext, context))

    def open(self, key: DataKey, sealed: Sealed, context: bytes) -> bytes:
        """Return the plaintext.

        Raises:
            InvariantError: Ciphertext, nonce or context were altered.
        """
        try:
            return key.cipher.decrypt(sealed.nonce, sealed.ciphertext, context)
        except InvalidTag:
            raise InvariantError(f"{len(sealed.ciphertext)} sealed bytes do not open") from None

    def value_digest(self, customer_id: str, value: str) -> bytes:
        """Return 16 bytes that tell equal values of one customer apart from others, and tell nothing else without the key."""
        return hmac.digest(self._value_key, f"value\0{customer_id}\0{value}".encode(), "sha256")[:16]

    def people_root(self) -> bytes:
        """Return the secret that the keys of all counters of people come from."""
        return hmac.digest(self._value_key, b"people v1", "sha256")

    def redaction_keys(self, customer_id: str, stream_id: str) -> RedactionKeys:
        """Return what hashes and pseudonyms of a stream are made with; the same at every replay."""
        return derive_keys(self._value_key, customer_id, stream_id)

    def salt(self, delivery_id: str) -> bytes:
        """Return the 16-byte salt of a delivery's commitment; the same at every replay."""
        return hmac.digest(self._value_key, f"salt\0{delivery_id}".encode(), "sha256")[:16]


def commitment(salt: bytes, text: str) -> bytes:
    """Return SHA-256(salt || UTF-8 of text): binds an entry to a text that the entry does not show."""
    return hashlib.sha256(salt + text.encode("utf-8", "surrogatepass")).digest()


def load_sealer(directory: Path, kek_base64: str | None, randomness: Randomness) -> Sealer:
    """Return the sealer of this installation; its keys are made on first use, readable by the owner alone.

    The key that senders of digests share is never made here: it is used if the operator put it there as ``sources.bin``.

    Raises:
        ConfigurationError: A key has the wrong length or cannot be read.
    """
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        kek = base64.b64decode(kek_base64) if kek_base64 else _key_file(directory / "kek.bin", randomness)
        shared = directory / "sources.bin"
        source_key = shared.read_bytes() if shared.exists() else None
        return Sealer(kek, _key_file(directory / "value.bin", randomness), randomness, source_key)
    except (OSError, ValueError) as failure:
        raise ConfigurationError(f"keys in {directory}: {type(failure).__name__}; set CARNET_KEYS_DIR or CARNET_KEYS_KEK_BASE64") from None


def _key_file(path: Path, randomness: Randomness) -> bytes:
    """Read a key, or make it: written aside and linked into place, so that two workers starting together end with one key."""
    if not path.exists():
        aside = path.with_suffix(f".{randomness(4).hex()}")
        aside.touch(mode=0o600, exist_ok=False)
        aside.write_bytes(randomness(_KEY_BYTES))
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(aside)
        aside.unlink()
    return path.read_bytes()
