"""The keys that reviewers sign with: made on the reviewer's own machine, readable by its owner alone."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.checkpoint import verifier_key
from schemas.errors import ConfigurationError


def make_key(name: str, path: Path) -> str:
    """Write a new Ed25519 key (PEM, PKCS#8, mode 0600) and return the line for the file of reviewers.

    Raises:
        ConfigurationError: The file exists, or the name has a blank or a plus.
    """
    key = Ed25519PrivateKey.generate()
    line = reviewer_line(name, key)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise ConfigurationError(f"{path} exists: a key is never overwritten, name another file") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
    return line


def load_key(path: Path) -> Ed25519PrivateKey:
    """Read a reviewer's key.

    Raises:
        ConfigurationError: The file is no unencrypted Ed25519 key, cannot be read, or others can read it.
    """
    try:
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise ConfigurationError(f"{path} can be read by others: chmod 600 {path}")
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as failure:
        raise ConfigurationError(f"{path}: no Ed25519 key ({type(failure).__name__}): carnet review keys new makes one") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigurationError(f"{path}: no Ed25519 key: carnet review keys new makes one")
    return key


def reviewer_line(name: str, key: Ed25519PrivateKey) -> str:
    """Return the line that lets somebody answer: ``<name> <vkey>``."""
    return f"{name} {verifier_key(name, key.public_key())}"
