"""The keys of redaction: one for each customer and one for each stream, and from each of them one for each purpose (RFC 5869)."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Literal

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

from schemas.errors import ConfigurationError

Scope = Literal["stream", "customer"]
KEY_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class RedactionKeys:
    """What hashes and pseudonyms are made with. Whoever has one of the keys can reveal the pseudonyms of that scope, and of no other.

    Attributes:
        customer: 32 bytes; the same value has the same pseudonym in all streams of a customer.
        stream: 32 bytes; the same value has the same pseudonym in this stream alone.
    """

    customer: bytes = field(repr=False)
    stream: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse keys of a wrong length.

        Raises:
            ConfigurationError: A key has not 32 bytes.
        """
        if len(self.customer) != KEY_BYTES or len(self.stream) != KEY_BYTES:
            raise ConfigurationError(f"redaction keys must have {KEY_BYTES} bytes, not {len(self.customer)} and {len(self.stream)}")

    def of(self, scope: Scope) -> bytes:
        """Return the key of a scope."""
        return self.customer if scope == "customer" else self.stream


def derive_keys(root: bytes, customer_id: str, stream_id: str) -> RedactionKeys:
    """Return the keys of a stream and its customer from the root of the installation; the same at every replay."""
    return RedactionKeys(scope_key(root, "customer", customer_id), scope_key(root, "stream", stream_id))


def scope_key(root: bytes, scope: Scope, scope_id: str) -> bytes:
    """Return the key of one customer or one stream, for whoever may reveal pseudonyms.

    Args:
        root: 32 bytes; the value key of the installation.
        scope: Of what the id is.
        scope_id: Customer id or stream id.
    """
    info = f"carnet redaction v1\0{scope}\0{scope_id}".encode("utf-8", "surrogatepass")
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(root)


@lru_cache(maxsize=1_024)
def purpose_key(key: bytes, purpose: str, length: int) -> bytes:
    """Return the key for one use of a scope's key: no two methods work with the same."""
    return HKDFExpand(algorithm=SHA256(), length=length, info=purpose.encode("ascii")).derive(key)
