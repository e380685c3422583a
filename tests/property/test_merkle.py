"""Merkle trees against RFC 9162's own definition, its well-known vectors, and every flipped bit."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.hashing import leaf_hash
from audit.merkle import Frontier, consistency_proof, inclusion_proof, verify_consistency
from audit.notes import verify_inclusion
from schemas.errors import LedgerError

# The test tree of Certificate Transparency (RFC 6962 and RFC 9162 have the same hashes): inputs, and the root at each size from 0.
INPUTS = [
    bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
INCLUSION = {
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
CONSISTENCY = {
    (1, 1): [],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
LEAVES = [leaf_hash(each) for each in INPUTS]


def definition_of_root(entries: list[bytes]) -> bytes:
    """MTH of RFC 9162, section 2.1.1, word for word."""
    if not entries:
        return hashlib.sha256().digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    split = 1
    while split * 2 < len(entries):
        split *= 2
    return hashlib.sha256(b"\x01" + definition_of_root(entries[:split]) + definition_of_root(entries[split:])).digest()


def leaves_of(size: int) -> list[bytes]:
    return [leaf_hash(number.to_bytes(4, "big")) for number in range(size)]


def root_of(leaves: list[bytes]) -> bytes:
    return Frontier().extend(leaves).root()


def flipped(proof: tuple[bytes, ...]) -> list[tuple[bytes, ...]]:
    """The proof with each single bit flipped."""
    variants = []
    for place, each in enumerate(proof):
        for bit in range(8 * len(each)):
            damaged = bytearray(each)
            damaged[bit // 8] ^= 1 << bit % 8
            variants.append((*proof[:place], bytes(damaged), *proof[place + 1 :]))
    return variants


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_the_certificate_transparency_test_tree(size: int) -> None:
    assert root_of(LEAVES[:size]).hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_inclusion_proofs_are_those_of_the_test_tree(index: int, size: int) -> None:
    proof = inclusion_proof(LEAVES, index, size)
    assert [each.hex() for each in proof] == INCLUSION[index, size]
    assert verify_inclusion(LEAVES[index], index, size, proof, bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize(("first", "second"), CONSISTENCY)
def test_consistency_proofs_are_those_of_the_test_tree(first: int, second: int) -> None:
    proof = consistency_proof(LEAVES, first, second)
    assert [each.hex() for each in proof] == CONSISTENCY[first, second]
    assert verify_consistency(first, second, bytes.fromhex(ROOTS[first]), bytes.fromhex(ROOTS[second]), proof)


@given(st.lists(st.binary(max_size=8), max_size=130))
def test_frontier_has_the_root_that_the_rfc_defines_whatever_the_size(entries: list[bytes]) -> None:
    grown = Frontier()
    for entry in entries:
        grown = grown.append(leaf_hash(entry))
    assert grown.size == len(entries)
    assert grown.root() == definition_of_root(entries)


@given(st.integers(0, 200), st.integers(0, 200))
def test_a_stored_frontier_goes_on_as_if_it_had_never_stopped(first: int, more: int) -> None:
    leaves = leaves_of(first + more)
    half = Frontier().extend(leaves[:first])
    restored = Frontier(half.size, half.hashes)
    assert restored.extend(leaves[first:]) == Frontier().extend(leaves)


@given(st.integers(1, 90), st.data())
def test_every_inclusion_proof_verifies_and_no_damaged_one_does(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    leaves = leaves_of(size)
    root, proof = root_of(leaves), inclusion_proof(leaves, index, size)
    assert verify_inclusion(leaves[index], index, size, proof, root)
    assert not any(verify_inclusion(leaves[index], index, size, damaged, root) for damaged in flipped(proof))
    assert not verify_inclusion(leaf_hash(b"another"), index, size, proof, root)
    assert not any(verify_inclusion(leaves[index], other, size, proof, root) for other in range(size + 2) if other != index)
    assert not verify_inclusion(leaves[index], index, size, (*proof, root), root)
    assert not proof or not verify_inclusion(leaves[index], index, size, proof[:-1], root)


@given(st.integers(1, 90), st.data())
def test_every_consistency_proof_verifies_and_no_damaged_one_does(second: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(1, second))
    leaves = leaves_of(second)
    old, new, proof = root_of(leaves[:first]), root_of(leaves), consistency_proof(leaves, first, second)
    assert verify_consistency(first, second, old, new, proof)
    assert not any(verify_consistency(first, second, old, new, damaged) for damaged in flipped(proof))
    assert not verify_consistency(first, second, leaf_hash(b"another"), new, proof)
    assert not verify_consistency(first, second, old, leaf_hash(b"another"), proof)
    assert not verify_consistency(first, second, old, new, (*proof, new))
    assert not proof or not verify_consistency(first, second, old, new, proof[:-1])


def test_every_tree_is_consistent_with_the_empty_one_and_none_with_a_larger() -> None:
    assert verify_consistency(0, 8, bytes.fromhex(ROOTS[0]), bytes.fromhex(ROOTS[8]), ())
    assert not verify_consistency(0, 8, bytes.fromhex(ROOTS[1]), bytes.fromhex(ROOTS[8]), ())
    assert not verify_consistency(8, 6, bytes.fromhex(ROOTS[8]), bytes.fromhex(ROOTS[6]), ())


@pytest.mark.parametrize("frontier", [(1, ()), (2, (b"0" * 32, b"1" * 32)), (3, (b"0" * 32,)), (1, (b"short",)), (-1, (b"0" * 32,))])
def test_a_frontier_of_impossible_shape_is_refused(frontier: tuple[int, tuple[bytes, ...]]) -> None:
    with pytest.raises(LedgerError):
        Frontier(*frontier)


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 9)])
def test_a_proof_of_what_is_not_there_is_refused(index: int, size: int) -> None:
    with pytest.raises(LedgerError):
        inclusion_proof(LEAVES, index, size)


@pytest.mark.parametrize(("first", "second"), [(-1, 3), (4, 3), (1, 9)])
def test_a_consistency_proof_of_shrinking_or_absent_trees_is_refused(first: int, second: int) -> None:
    with pytest.raises(LedgerError):
        consistency_proof(LEAVES, first, second)
