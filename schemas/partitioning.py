"""Which partition a stream lies in: the one that Kafka's Java client, and every client that follows it, gives the key."""

from __future__ import annotations

from schemas.errors import InvariantError

_SEED = 0x9747B28C
_FACTOR = 0x5BD1E995
_WORD = 0xFFFFFFFF
_POSITIVE = 0x7FFFFFFF


def murmur2(key: bytes) -> int:
    """MurmurHash2 of a key as a signed 32-bit number.

    Source: Austin Appleby's MurmurHash2 with Kafka's seed, as in ``org.apache.kafka.common.utils.Utils.murmur2``.
    """
    whole = len(key) & ~3
    state = _SEED ^ len(key)
    for at in range(0, whole, 4):
        word = int.from_bytes(key[at : at + 4], "little") * _FACTOR & _WORD
        word = (word ^ word >> 24) * _FACTOR & _WORD
        state = state * _FACTOR & _WORD ^ word
    if whole < len(key):
        state = (state ^ int.from_bytes(key[whole:], "little")) * _FACTOR & _WORD
    state = (state ^ state >> 13) * _FACTOR & _WORD
    state ^= state >> 15
    return state - (1 << 32) if state > _POSITIVE else state


def partition_of(stream_id: str, partitions: int) -> int:
    """The partition of a stream: positive murmur2 of the UTF-8 id, modulo the number of partitions.

    Args:
        stream_id: The Kafka key, as text.
        partitions: How many partitions the topic has.

    Returns:
        A number in ``[0, partitions)``.

    Raises:
        InvariantError: ``partitions`` is less than 1.
    """
    if partitions < 1:
        raise InvariantError(f"a topic with {partitions} partitions")
    return (murmur2(stream_id.encode("utf-8")) & _POSITIVE) % partitions
