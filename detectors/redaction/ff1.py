"""Format-preserving encryption of numbers: FF1 of NIST SP 800-38G over AES, and cycle walking for ranges that are no power of a radix.

Of the two methods of SP 800-38G only FF1 is left in the second draft of its revision 1 (February 2025), which also makes the smallest range
a demand: one million. Checked against NIST's nine sample vectors.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC, ECB

from schemas.errors import InvariantError

RANGE_MIN: Final = 1_000_000
_ROUNDS: Final = 10
_BLOCK: Final = 16
_ZEROS: Final = bytes(_BLOCK)


class Ff1:
    """FF1 under one key.

    Args:
        key: 16, 24 or 32 bytes.
    """

    def __init__(self, key: bytes) -> None:
        aes = AES(key)
        self._chain = Cipher(aes, CBC(_ZEROS))
        self._block = Cipher(aes, ECB())  # noqa: S305 - single blocks as SP 800-38G, algorithm 7, step 6.iii demands, never a message

    def encrypt(self, number: int, radix: int, length: int, tweak: bytes = b"") -> int:
        """Return the ciphertext of a string of ``length`` numerals, most significant first, read as a number; SP 800-38G algorithm 7.

        Raises:
            InvariantError: Number or range is not what FF1 allows.
        """
        return self._run(number, radix, length, tweak, forward=True)

    def decrypt(self, number: int, radix: int, length: int, tweak: bytes = b"") -> int:
        """Return the plaintext; SP 800-38G algorithm 8."""
        return self._run(number, radix, length, tweak, forward=False)

    def _run(self, number: int, radix: int, length: int, tweak: bytes, *, forward: bool) -> int:
        if radix**length < RANGE_MIN or not 0 <= number < radix**length:
            raise InvariantError(f"no FF1 for this number among {length} numerals of radix {radix}")
        left_length = length // 2
        right_length = length - left_length
        width = ((radix**right_length - 1).bit_length() + 7) // 8
        head = self._head(radix, left_length, length, tweak, width)
        sizes: tuple[int, int] = (radix**left_length, radix**right_length)
        left, right = divmod(number, sizes[1])
        for turn in range(_ROUNDS) if forward else reversed(range(_ROUNDS)):
            size = sizes[turn % 2]
            if forward:
                left, right = right, (left + self._digest(head, turn, right, width)) % size
            else:
                left, right = (right - self._digest(head, turn, left, width)) % size, left
        return left * sizes[1] + right

    @staticmethod
    def _head(radix: int, left_length: int, length: int, tweak: bytes, width: int) -> bytes:
        """Return P and the start of Q, up to the number of the round."""
        fixed = bytes((1, 2, 1)) + radix.to_bytes(3, "big") + bytes((_ROUNDS, left_length % 256))
        return fixed + length.to_bytes(4, "big") + len(tweak).to_bytes(4, "big") + tweak + bytes((-len(tweak) - width - 1) % _BLOCK)

    def _digest(self, head: bytes, turn: int, half: int, width: int) -> int:
        """Return the number y of a round: a CBC-MAC, stretched by counter to 4 bytes more than half a string needs."""
        last = self._chain.encryptor().update(head + bytes((turn,)) + half.to_bytes(width, "big"))[-_BLOCK:]
        size = 4 * ((width + 3) // 4) + 4
        if size > _BLOCK:
            mask = int.from_bytes(last, "big")
            more = b"".join((mask ^ count).to_bytes(_BLOCK, "big") for count in range(1, (size + _BLOCK - 1) // _BLOCK))
            last += self._block.encryptor().update(more)
        return int.from_bytes(last[:size], "big")


@lru_cache(maxsize=256)
def _under(key: bytes) -> Ff1:
    return Ff1(key)


def permute(key: bytes, number: int, size: int, tweak: bytes) -> int:
    """Return where a keyed permutation of ``range(size)`` sends a number; size at least ``RANGE_MIN``.

    FF1 on as many bits as the range needs, repeated until it is back in the range: two steps at most on average.
    """
    bits = (size - 1).bit_length()
    cipher = _under(key)
    number = cipher.encrypt(_inside(number, size), 2, bits, tweak)
    while number >= size:
        number = cipher.encrypt(number, 2, bits, tweak)
    return number


def restore(key: bytes, number: int, size: int, tweak: bytes) -> int:
    """Return the number that ``permute`` sent here."""
    bits = (size - 1).bit_length()
    cipher = _under(key)
    number = cipher.decrypt(_inside(number, size), 2, bits, tweak)
    while number >= size:
        number = cipher.decrypt(number, 2, bits, tweak)
    return number


def _inside(number: int, size: int) -> int:
    if size < RANGE_MIN or not 0 <= number < size:
        raise InvariantError(f"no permutation of a range of {size} for this number")
    return number
