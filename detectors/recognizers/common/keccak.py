"""Keccak-256 as Ethereum uses it: the padding of the submission to NIST, not that of SHA-3, so hashlib has it not."""

from __future__ import annotations

_RATE_BYTES = 136
_LANES = 5
_MASK = (1 << 64) - 1
_ROUNDS = 24


def _rotated(lane: int, by: int) -> int:
    by %= 64
    return ((lane << by) | (lane >> (64 - by))) & _MASK


def _permuted(state: list[list[int]]) -> list[list[int]]:
    """Return the state after Keccak-f[1600] (FIPS 202 section 3.3); ``state[x][y]`` is a lane."""
    lfsr = 1
    for _ in range(_ROUNDS):
        columns = [state[x][0] ^ state[x][1] ^ state[x][2] ^ state[x][3] ^ state[x][4] for x in range(_LANES)]
        mixed = [columns[(x + 4) % 5] ^ _rotated(columns[(x + 1) % 5], 1) for x in range(_LANES)]
        state = [[state[x][y] ^ mixed[x] for y in range(_LANES)] for x in range(_LANES)]
        x, y, current = 1, 0, state[1][0]
        for step in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            current, state[x][y] = state[x][y], _rotated(current, (step + 1) * (step + 2) // 2)
        state = [[state[x][y] ^ (~state[(x + 1) % 5][y] & state[(x + 2) % 5][y]) for y in range(_LANES)] for x in range(_LANES)]
        for bit in range(7):
            lfsr = ((lfsr << 1) ^ ((lfsr >> 7) * 0x71)) % 256
            if lfsr & 2:
                state[0][0] ^= 1 << ((1 << bit) - 1)
    return state


def keccak_256(message: bytes) -> bytes:
    """Return the 32 bytes of Keccak-256 (Bertoni, Daemen, Peeters, Van Assche: The Keccak reference, version 3.0)."""
    padded = bytearray(message) + b"\x01" + bytes(-(len(message) + 1) % _RATE_BYTES)
    padded[-1] |= 0x80
    state = [[0] * _LANES for _ in range(_LANES)]
    for block in range(0, len(padded), _RATE_BYTES):
        for lane in range(_RATE_BYTES // 8):
            at = block + 8 * lane
            state[lane % 5][lane // 5] ^= int.from_bytes(padded[at : at + 8], "little")
        state = _permuted(state)
    return b"".join(state[lane % 5][lane // 5].to_bytes(8, "little") for lane in range(4))
