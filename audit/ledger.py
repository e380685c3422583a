"""Growth of a partition's ledger by one tick."""

from __future__ import annotations

from collections.abc import Iterable

from audit.hashing import leaf_hash
from audit.merkle import Frontier


def append(frontier: Frontier, entries: Iterable[bytes]) -> tuple[Frontier, list[bytes]]:
    """Return the frontier after these entries, and their leaf hashes in order.

    Args:
        frontier: The tree so far; its size is the ``entry_index`` of the first of ``entries``.
        entries: Encoded audit entries, exactly the bytes that go to the audit topic.
    """
    leaves = [leaf_hash(entry) for entry in entries]
    return frontier.extend(leaves), leaves
