"""Merkle trees that only grow: frontier, inclusion proofs, consistency proofs (RFC 9162, section 2.1).

Everything here works on leaf hashes, never on entries, and nothing keeps state: a frontier is a value.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from audit.hashing import EMPTY_ROOT, HASH_BYTES, node_hash
from schemas.errors import LedgerError


@dataclass(frozen=True, slots=True)
class Frontier:
    """All that is needed of a tree in order to append to it and to know its root.

    Attributes:
        size: Number of leaves.
        hashes: Roots of the perfect subtrees that tile the leaves from left to right, largest first: one for each bit set in ``size``.

    Raises:
        LedgerError: ``hashes`` cannot belong to a tree of this size.
    """

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a frontier whose shape is impossible."""
        if self.size < 0 or self.size.bit_count() != len(self.hashes) or any(len(each) != HASH_BYTES for each in self.hashes):
            raise LedgerError(f"frontier of size {self.size} with {len(self.hashes)} hashes")

    def append(self, leaf: bytes) -> Frontier:
        """Return the frontier after one more leaf; amortised one node hash."""
        return self.extend((leaf,))

    def extend(self, leaves: Iterable[bytes]) -> Frontier:
        """Return the frontier after these leaves, in order."""
        peaks = list(self.hashes)
        size = self.size
        for leaf in leaves:
            node = leaf
            # The trailing ones of the size are the subtrees that the new leaf completes.
            carry = size
            while carry & 1:
                node = node_hash(peaks.pop(), node)
                carry >>= 1
            peaks.append(node)
            size += 1
        return Frontier(size, tuple(peaks))

    def root(self) -> bytes:
        """Return the root of the tree; SHA-256 of nothing for the empty tree."""
        if not self.hashes:
            return EMPTY_ROOT
        root = self.hashes[-1]
        for peak in reversed(self.hashes[:-1]):
            root = node_hash(peak, root)
        return root


def inclusion_proof(leaves: Sequence[bytes], index: int, size: int) -> tuple[bytes, ...]:
    """Return the hashes that lead from leaf ``index`` to the root of the first ``size`` leaves, lowest first.

    Source: RFC 9162, section 2.1.3.1. Cost: one pass over ``size`` leaves.

    Raises:
        LedgerError: there is no such leaf in a tree of this size.
    """
    if not 0 <= index < size <= len(leaves):
        raise LedgerError(f"no inclusion proof of leaf {index} in {size} of {len(leaves)} leaves")
    path: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(_root_of(leaves, middle, high))
            high = middle
        else:
            path.append(_root_of(leaves, low, middle))
            low = middle
    return tuple(reversed(path))


def consistency_proof(leaves: Sequence[bytes], first: int, second: int) -> tuple[bytes, ...]:
    """Return the hashes that show the first ``first`` leaves to be the beginning of the first ``second`` leaves.

    Source: RFC 9162, section 2.1.4.1. The proof is empty where it says nothing: equal sizes, or an empty first tree.

    Raises:
        LedgerError: the sizes do not grow, or there are fewer leaves.
    """
    if not 0 <= first <= second <= len(leaves):
        raise LedgerError(f"no consistency proof from {first} to {second} of {len(leaves)} leaves")
    if first in {0, second}:
        return ()
    path: list[bytes] = []
    low, high = 0, second
    whole = True  # the old tree is the whole of what is left: its root is known to the verifier
    while first != high:
        middle = low + _split(high - low)
        if first <= middle:
            path.append(_root_of(leaves, middle, high))
            high = middle
        else:
            path.append(_root_of(leaves, low, middle))
            low = middle
            whole = False
    if not whole:
        path.append(_root_of(leaves, low, high))
    return tuple(reversed(path))


def verify_consistency(first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]) -> bool:
    """Say whether ``proof`` shows that the tree of size ``second`` only appended to the one of size ``first``.

    Source: RFC 9162, section 2.1.4.2.
    """
    if first == second:
        return first >= 0 and not proof and first_root == second_root
    if first == 0:
        return second > 0 and not proof and first_root == EMPTY_ROOT
    if not 0 < first < second or not proof:
        return False
    # A perfect old tree is itself a node of the new one, so its root is not repeated in the proof.
    path = [first_root, *proof] if first & (first - 1) == 0 else list(proof)
    return _fold_consistency(first - 1, second - 1, path) == (first_root, second_root)


def _fold_consistency(old: int, new: int, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Return the two roots that a consistency path leads to, from the last leaf of each tree; None if its length is wrong."""
    while old & 1:
        old >>= 1
        new >>= 1
    old_root = new_root = path[0]
    for sibling in path[1:]:
        if new == 0:
            return None
        if old & 1 or old == new:
            old_root = node_hash(sibling, old_root)
            new_root = node_hash(sibling, new_root)
            while not old & 1 and old:
                old >>= 1
                new >>= 1
        else:
            new_root = node_hash(new_root, sibling)
        old >>= 1
        new >>= 1
    return (old_root, new_root) if new == 0 else None


def _split(size: int) -> int:
    """Return the largest power of two smaller than ``size``: where RFC 9162 divides a tree."""
    return 1 << ((size - 1).bit_length() - 1)


def _root_of(leaves: Sequence[bytes], low: int, high: int) -> bytes:
    """Return the root over ``leaves[low:high]``."""
    return Frontier().extend(leaves[each] for each in range(low, high)).root()
