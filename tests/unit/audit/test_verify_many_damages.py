"""Several damages at once: verification ends, never raises, and never calls a changed log intact."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from audit.checkpoint import Verifier
from audit.verify import verify_partition
from tests.golden.ledger_example import VKEY, build

LOG = build()
VERIFIER = Verifier(VKEY)
DAMAGES = st.tuples(st.sampled_from(["flip", "cut out", "copy", "swap", "cut off", "insert"]), st.integers(0, 999), st.integers(0, 999))


def damaged(entries: list[bytes], what: str, first: int, second: int) -> list[bytes]:
    """The log after one more damage."""
    if not entries:
        return entries
    at, other = first % len(entries), second % len(entries)
    flipped = bytearray(entries[at] or b"\0")
    flipped[second % len(flipped)] ^= 1 << first % 8
    swapped = list(entries)
    swapped[at], swapped[other] = swapped[other], swapped[at]
    return {
        "flip": [*entries[:at], bytes(flipped), *entries[at + 1 :]],
        "cut out": [*entries[:at], *entries[at + 1 + second % 20 :]],
        "copy": [*entries[:other], entries[at], *entries[other:]],
        "swap": swapped,
        "cut off": entries[:at],
        "insert": [*entries[:at], bytes(second % 20), *entries[at:]],
    }[what]


@settings(max_examples=400, deadline=None)
@given(st.lists(DAMAGES, min_size=1, max_size=6), st.sets(st.integers(0, 9), max_size=4))
def test_whatever_was_done_to_a_log_the_verdict_comes_and_is_not_intact(damages: list[tuple[str, int, int]], without: set[int]) -> None:
    entries = list(LOG.entries)
    for damage in damages:
        entries = damaged(entries, *damage)
    notes = [note for place, note in enumerate(LOG.checkpoints) if place not in without or place == len(LOG.checkpoints) - 1]
    report = verify_partition(2, entries, notes, VERIFIER)
    assert report.intact == (tuple(entries) == LOG.entries)
    assert report.intact == (report.problems == ())
    assert all(0 <= problem.entry_index <= problem.entry_index_to for problem in report.problems)
    assert report.entries == len(entries)
