"""Every single change to a small ledger is detected, classed and located; an untouched one raises nothing."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from audit.checkpoint import LEDGER_NAME, Signer, Verifier, verifier_key
from audit.entries import EntryReader
from audit.hashing import leaf_hash
from audit.merkle import Frontier
from audit.problems import ExitCode, Kind, PartitionReport, exit_code
from audit.verify import verify_partition
from schemas.codec import Codec
from tests.golden.ledger_example import KEY, OTHER_KEY, VKEY, build, decision

LOG = build()
SIZE = len(LOG.entries)
VERIFIER = Verifier(VKEY)
WITNESS = {index: hashlib.sha256(entry).digest() for index, entry in enumerate(LOG.entries)}
SIGNER = Signer(f"{LEDGER_NAME}/2", KEY)


def verify(
    entries: list[bytes] | tuple[bytes, ...], checkpoints: tuple[str, ...] | list[str] = LOG.checkpoints, **more: object
) -> PartitionReport:
    return verify_partition(2, entries, checkpoints, VERIFIER, **more)  # type: ignore[arg-type]


def kinds(report: PartitionReport) -> list[Kind]:
    return [problem.kind for problem in report.problems]


def flipped(entry: bytes, at: int, mask: int = 1) -> bytes:
    return entry[:at] + bytes([entry[at] ^ mask]) + entry[at + 1 :]


def changed(index: int, *replacement: bytes) -> list[bytes]:
    return [*LOG.entries[:index], *replacement, *LOG.entries[index + 1 :]]


def frontiers() -> dict[int, Frontier]:
    leaves = [leaf_hash(entry) for entry in LOG.entries]
    return {size: Frontier().extend(leaves[:size]) for size in LOG.sizes}


def test_an_untouched_ledger_is_intact_and_complete() -> None:
    report = verify(LOG.entries, witness=WITNESS)
    assert report.problems == ()
    assert (report.intact, report.complete, report.unproven) == (True, True, ())
    assert (report.entries, report.checkpoints, report.offset_from, report.offset_to) == (SIZE, 10, 0, 103)
    assert exit_code([report]) == ExitCode.INTACT_AND_COMPLETE == 0


def test_an_empty_ledger_is_intact_and_complete() -> None:
    report = verify([], [])
    assert (report.intact, report.complete, report.problems) == (True, True, ())


@pytest.mark.parametrize("index", range(SIZE))
def test_any_flipped_byte_of_an_entry_is_an_alteration_of_its_tick(index: int) -> None:
    low, high = LOG.span_of(index)
    step = 1 if index in {0, 5, 11, SIZE - 1} else 9  # each byte of each kind of entry, and the last; a ninth of the others
    for at in range(index % step, len(LOG.entries[index]), step):
        report = verify(changed(index, flipped(LOG.entries[index], at)))
        assert kinds(report) == [Kind.ALTERED], at
        problem = report.problems[0]
        assert low <= problem.entry_index <= index < problem.entry_index_to <= high, at
        assert not report.intact
        assert exit_code([report]) == ExitCode.ALTERED == 3


@pytest.mark.parametrize("index", range(SIZE))
def test_a_witness_pins_an_alteration_to_its_entry_and_names_its_delivery(index: int) -> None:
    commitment = hashlib.sha256(EntryReader(2).brief(LOG.entries[index]).delivery_id.encode()).digest()  # type: ignore[union-attr]
    at = LOG.entries[index].find(commitment)
    at = at if at >= 0 else len(LOG.entries[index]) - 2
    report = verify(changed(index, flipped(LOG.entries[index], at)), witness=WITNESS)
    assert [(problem.kind, problem.entry_index, problem.entry_index_to) for problem in report.problems] == [
        (Kind.ALTERED, index, index + 1)
    ]
    if commitment in LOG.entries[index]:
        assert report.problems[0].delivery_id == EntryReader(2).brief(LOG.entries[index]).delivery_id  # type: ignore[union-attr]


@pytest.mark.parametrize("index", range(SIZE))
@pytest.mark.parametrize("mask", [1, 2, 4, 64, 128, 255])
def test_an_entry_with_a_wrong_index_is_pinned(index: int, mask: int) -> None:
    entry = LOG.entries[index]
    assert EntryReader(2).claimed_index(entry) == index
    report = verify(changed(index, flipped(entry, 7, mask)))
    assert [(problem.kind, problem.entry_index, problem.entry_index_to) for problem in report.problems] == [
        (Kind.ALTERED, index, index + 1)
    ]


@pytest.mark.parametrize("index", range(SIZE - 1))
def test_a_deleted_entry_is_missing_at_its_place(index: int) -> None:
    report = verify(changed(index))
    assert [(problem.kind, problem.entry_index, problem.entry_index_to) for problem in report.problems] == [
        (Kind.MISSING, index, index + 1)
    ]
    assert not report.intact
    assert not report.complete
    assert exit_code([report]) == ExitCode.MISSING


@pytest.mark.parametrize("count", [2, 7, 13, 30])
def test_a_deleted_run_is_one_problem_with_both_ends(count: int) -> None:
    for index in range(0, SIZE - count, 1 if count == 7 else 5):
        report = verify([*LOG.entries[:index], *LOG.entries[index + count :]])
        assert [(each.kind, each.entry_index, each.entry_index_to) for each in report.problems] == [(Kind.MISSING, index, index + count)]


@pytest.mark.parametrize("index", range(SIZE))
def test_a_doubled_entry_is_told_and_everything_else_still_proven(index: int) -> None:
    report = verify(changed(index, LOG.entries[index], LOG.entries[index]))
    assert [(problem.kind, problem.entry_index) for problem in report.problems] == [(Kind.DOUBLED, index)]
    assert report.unproven == ()
    assert (report.intact, report.complete) == (False, True)


@pytest.mark.parametrize("index", range(SIZE))
def test_an_entry_copied_to_elsewhere_is_doubled(index: int) -> None:
    for place in (0, 3, SIZE // 2, SIZE):
        report = verify([*LOG.entries[:place], LOG.entries[index], *LOG.entries[place:]])
        assert [(problem.kind, problem.entry_index) for problem in report.problems] == [(Kind.DOUBLED, index)], place
        assert report.unproven == ()


@pytest.mark.parametrize("index", range(SIZE - 1))
def test_swapped_neighbours_are_reordered_and_everything_is_still_proven(index: int) -> None:
    entries = list(LOG.entries)
    entries[index], entries[index + 1] = entries[index + 1], entries[index]
    report = verify(entries)
    assert [(problem.kind, problem.entry_index) for problem in report.problems] == [(Kind.REORDERED, index)]
    assert report.unproven == ()
    assert (report.intact, report.complete) == (False, True)


@pytest.mark.parametrize("index", range(SIZE))
def test_an_entry_moved_anywhere_is_reordered(index: int) -> None:
    for place in (0, 5, SIZE // 2, SIZE - 1):
        rest = changed(index)
        report = verify([*rest[:place], LOG.entries[index], *rest[place:]])
        if place != index:
            assert set(kinds(report)) == {Kind.REORDERED}, place
            assert report.unproven == ()
            assert min(place, index) in {problem.entry_index for problem in report.problems}


@pytest.mark.parametrize("index", range(SIZE))
def test_a_forged_entry_before_or_behind_the_genuine_one_is_inserted(index: int) -> None:
    forged = Codec.committed().encode(decision(2, index, "s-forged", 0, 1))
    for replacement in ((forged, LOG.entries[index]), (LOG.entries[index], forged)):
        report = verify(changed(index, *replacement))
        assert [(problem.kind, problem.entry_index) for problem in report.problems] == [(Kind.INSERTED, index)]
        assert report.unproven == ()
        assert (report.intact, report.complete) == (False, True)


@pytest.mark.parametrize("place", range(SIZE))
def test_unreadable_bytes_between_entries_are_inserted(place: int) -> None:
    for strange in (b"", b"strange", build(partition=3).entries[place]):
        report = verify([*LOG.entries[:place], strange, *LOG.entries[place:]])
        assert [(problem.kind, problem.entry_index) for problem in report.problems] == [(Kind.INSERTED, place)]
        assert report.unproven == ()


@pytest.mark.parametrize("length", range(SIZE))
def test_a_log_cut_at_any_length_is_truncated_there(length: int) -> None:
    report = verify(LOG.entries[:length])
    assert [(problem.kind, problem.entry_index, problem.entry_index_to) for problem in report.problems] == [(Kind.TRUNCATED, length, SIZE)]
    assert not report.complete
    assert exit_code([report]) == ExitCode.MISSING


@pytest.mark.parametrize("ticks", range(10))
def test_a_log_cut_with_its_checkpoints_is_found_by_who_remembers_a_later_one(ticks: int) -> None:
    size = LOG.sizes[ticks - 1] if ticks else 0
    report = verify(LOG.entries[:size], LOG.checkpoints[:ticks], remembered=LOG.checkpoints[-1:])
    assert [(problem.kind, problem.entry_index) for problem in report.problems] == [(Kind.TRUNCATED, size)]


def test_entries_behind_the_last_checkpoint_are_unsigned() -> None:
    report = verify(LOG.entries, LOG.checkpoints[:-1])
    assert [(problem.kind, problem.entry_index, problem.entry_index_to) for problem in report.problems] == [
        (Kind.UNSIGNED, LOG.sizes[-2], SIZE)
    ]
    assert exit_code([report]) == ExitCode.UNTRUSTED


def test_a_wrong_key_is_one_problem_however_many_checkpoints_it_fails() -> None:
    other = build(key=OTHER_KEY)
    report = verify(other.entries, other.checkpoints)
    assert kinds(report) == [Kind.WRONG_KEY]
    assert report.checkpoints == 0
    assert report.unproven == ((0, SIZE),)
    assert not report.intact


@pytest.mark.parametrize("place", range(10))
def test_a_changed_checkpoint_is_a_bad_signature_and_the_next_one_vouches_for_its_entries(place: int) -> None:
    notes = list(LOG.checkpoints)
    notes[place] = notes[place].replace(f"\n{LOG.sizes[place]}\n", f"\n{LOG.sizes[place] + 1}\n", 1)
    report = verify(LOG.entries, notes)
    assert [(problem.kind, problem.entry_index) for problem in report.problems] == [
        (Kind.BAD_SIGNATURE, LOG.sizes[place - 1] if place else 0)
    ]
    assert report.unproven == (() if place < 9 else ((LOG.sizes[8], SIZE),))
    assert exit_code([report]) == ExitCode.UNTRUSTED


@pytest.mark.parametrize("place", range(10))
def test_two_signed_roots_of_one_size_are_a_fork(place: int) -> None:
    forked = SIGNER.sign(LOG.sizes[place], leaf_hash(b"another history"))
    for notes in (
        [*LOG.checkpoints[:place], forked, *LOG.checkpoints[place:]],
        [*LOG.checkpoints[: place + 1], forked, *LOG.checkpoints[place + 1 :]],
        [*LOG.checkpoints, forked],
    ):
        report = verify(LOG.entries, notes)
        assert [(problem.kind, problem.entry_index) for problem in report.problems] == [(Kind.FORKED, LOG.sizes[place])]
        assert report.unproven == ()
    assert exit_code([verify(LOG.entries, LOG.checkpoints, remembered=[forked])]) == ExitCode.FORKED


def test_a_checkpoint_behind_a_later_one_is_reordered() -> None:
    notes = list(LOG.checkpoints)
    notes[3], notes[4] = notes[4], notes[3]
    assert [(problem.kind, problem.entry_index) for problem in verify(LOG.entries, notes).problems] == [(Kind.REORDERED, LOG.sizes[3])]


def test_damage_in_two_places_is_told_twice_and_what_lies_between_is_named_unproven() -> None:
    last = SIZE - 2
    entries = changed(3, flipped(LOG.entries[3], len(LOG.entries[3]) - 20))
    entries[last] = flipped(entries[last], len(entries[last]) - 20)
    told = [problem.entry_index for problem in verify(entries, witness=WITNESS).problems]
    assert told == [3, last]
    blind = verify(entries)
    assert blind.problems[0].entry_index == 0
    assert blind.unproven[0][0] == 0
    with_frontiers = verify(entries, frontiers=frontiers())
    assert [LOG.span_of(problem.entry_index) for problem in with_frontiers.problems] == [LOG.span_of(3), LOG.span_of(last)]
    assert with_frontiers.unproven == (LOG.span_of(3), LOG.span_of(last))


def test_a_frontier_that_the_signed_root_does_not_confirm_is_not_used() -> None:
    entries = changed(3, flipped(LOG.entries[3], len(LOG.entries[3]) - 20))
    forged = Frontier().extend([leaf_hash(entry) for entry in entries[: LOG.sizes[0]]])
    assert kinds(verify(entries, frontiers={LOG.sizes[0]: forged})) == [Kind.ALTERED]


def test_renumbering_after_a_deletion_does_not_hide_it() -> None:
    reader, codec = EntryReader(2), Codec.committed()
    decoded = [reader.decode(entry) for entry in LOG.entries]
    kept = [each for each in decoded if each is not None and each.entry_index != 20]
    renumbered = [codec.encode(replace(each, entry_index=index)) for index, each in enumerate(kept)]
    report = verify(renumbered)
    altered = next(problem for problem in report.problems if problem.kind == Kind.ALTERED)
    assert (altered.entry_index, altered.entry_index_to) == LOG.span_of(20)
    assert report.problems[-1].kind == Kind.TRUNCATED
    assert report.problems[-1].entry_index == SIZE - 1


def test_a_key_under_another_name_is_a_wrong_key() -> None:
    verifier = Verifier(verifier_key("other.example/audit", KEY.public_key()))
    assert [problem.kind for problem in verify_partition(2, LOG.entries, LOG.checkpoints, verifier).problems] == [Kind.WRONG_KEY]


def test_a_forged_index_far_ahead_costs_no_time_and_no_memory() -> None:
    far = Codec.committed().encode(decision(2, 2**60, "s-forged", 0, 1))
    farther = Codec.committed().encode(decision(2, 2**60 + 1, "s-forged", 1, 3))
    assert Kind.MISSING not in kinds(verify([far, farther, *LOG.entries]))
    assert not verify([*LOG.entries, far, farther]).intact
