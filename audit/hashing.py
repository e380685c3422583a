"""The two hashes of a Merkle tree, kept apart by a prefix so that no leaf can pass for a node (RFC 9162, section 2.1.1)."""

from __future__ import annotations

import hashlib

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

_LEAF = b"\x00"
_NODE = b"\x01"


def leaf_hash(entry: bytes) -> bytes:
    """Return SHA-256(0x00 || entry): what stands for an entry in the tree and in a delivery's ``entry_sha256``."""
    return hashlib.sha256(_LEAF + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return SHA-256(0x01 || left || right): the hash of an inner node."""
    return hashlib.sha256(_NODE + left + right).digest()
