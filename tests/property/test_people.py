"""Counters of people against their definition: sets, whatever the order, the repeats, the cuts, and the days that pass."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from jurisdictions.headcount import CountBook, first_day
from jurisdictions.people import Ahead, upper_of
from schemas.records import Subject, Totals

DAY_MS = 86_400_000
YEAR = "cn/2026"
ROLLING = "us/acme/2026"
CLASSES = ("ordinary", "sensitive")
FIRST_DAY = 20_454  # 2026-01-01


def identifier(rank: int) -> bytes:
    return b"%015d." % rank


@st.composite
def subjects(draw: st.DrawFn, scope: str = YEAR) -> Subject:
    """A person of few identifiers, the strongest first: the lower its number, the stronger an identifier is."""
    seen = sorted(draw(st.sets(st.integers(0, 11), min_size=1, max_size=4)))
    classes = draw(st.sets(st.sampled_from(CLASSES), min_size=1))
    day = FIRST_DAY + draw(st.integers(-800, 800))
    return Subject(scope, identifier(seen[0]), tuple(map(identifier, seen[1:])), tuple(sorted(classes)), day * DAY_MS, 0, 0)


def people(found: Sequence[Subject], name: str, day: int | None = None) -> int:
    """The definition, word by word."""
    known = [one for one in found if day is None or one.seen_at_ms // DAY_MS >= first_day(day)]
    counting = {one.person for one in known if name in one.classes}
    return sum(not any(one.person in counting and identity in one.aliases for one in found) for identity in counting)


def counted(totals: Totals, name: str) -> tuple[int, int]:
    return next(((one.people, one.upper) for one in totals.counted if one.name == name), (0, 0))


@given(st.lists(subjects(), max_size=40))
def test_a_year_counts_what_the_definition_counts(found: list[Subject]) -> None:
    book = CountBook()
    book.add(found)
    for name in CLASSES:
        assert counted(book.totals(YEAR), name) == (people(found, name),) * 2


@given(st.lists(subjects(), min_size=1, max_size=25), st.randoms(use_true_random=False))
def test_neither_order_nor_repeats_nor_cuts_change_a_total(found: list[Subject], rnd: random.Random) -> None:
    again = [*found, *rnd.choices(found, k=len(found))]
    rnd.shuffle(again)
    one, other = CountBook(), CountBook()
    one.add(found)
    again = [replace(repeat, partition=rnd.randrange(3), entry_index=place // 2) for place, repeat in enumerate(again)]
    while again:
        cut = rnd.randint(1, 5)
        other.add(again[:cut], at_end=rnd.random() < 0.5)
        again = again[cut:]
    other.add([])
    assert one.totals(YEAR).counted == other.totals(YEAR).counted


@given(st.lists(subjects(ROLLING), min_size=1, max_size=40), st.lists(st.integers(0, 900), max_size=4))
def test_twelve_months_count_whom_they_saw_on_every_day_that_follows(found: list[Subject], later: list[int]) -> None:
    book = CountBook()
    book.add(found)
    newest = max(one.seen_at_ms for one in found) // DAY_MS
    for day in sorted({newest, *(newest + number for number in later)}):
        totals = book.totals(ROLLING, day * DAY_MS)
        for name in CLASSES:
            assert counted(totals, name) == (people(found, name, day),) * 2


@given(st.lists(subjects(), min_size=1, max_size=40), st.integers(1, 6))
def test_a_sketch_that_is_not_full_yet_counts_as_exactly(found: list[Subject], exact_max: int) -> None:
    exact, sketched = CountBook(), CountBook(exact_max)
    exact.add(found)
    for one in found:
        sketched.add([one])
    for name in CLASSES:
        most, bound = counted(sketched.totals(YEAR), name)
        # A sketch keeps no links, so a class may count an identifier that a stronger one covers only through another class.
        assert most >= counted(exact.totals(YEAR), name)[0]
        assert bound >= most
    if all(one.classes == found[0].classes for one in found):
        name = found[0].classes[0]
        assert counted(sketched.totals(YEAR), name)[0] == counted(exact.totals(YEAR), name)[0]


@settings(max_examples=60)
@given(st.lists(subjects(), max_size=30), st.integers(0, 30), st.booleans())
def test_what_waits_beside_the_total_is_never_less_than_the_truth(found: list[Subject], cut: int, restarted: bool) -> None:
    numbered = [Subject(one.scope, one.person, one.aliases, one.classes, one.seen_at_ms, 3, place) for place, one in enumerate(found)]
    book, ahead, whole = CountBook(), Ahead(), CountBook()
    for one in numbered:
        ahead.note(one)
    book.add(numbered[:cut])
    whole.add(numbered)
    totals = book.totals(YEAR)
    if restarted:
        ahead = Ahead.load(ahead.dump())
    ahead.reflect(3, totals)
    for name in CLASSES:
        waiting = ahead.count(YEAR, name)
        assert waiting is not None
        assert upper_of(totals, name) + waiting >= counted(whole.totals(YEAR), name)[0]
    if cut >= len(numbered):
        assert all(ahead.count(YEAR, name) == 0 for name in CLASSES)


@given(st.lists(st.tuples(subjects(), st.integers(0, 2), st.integers(0, 1)), max_size=40), st.integers(0, 40))
def test_totals_hold_exactly_what_they_say_they_reflect(steps: list[tuple[Subject, int, int]], cut: int) -> None:
    entries, numbered = dict.fromkeys(range(3), 0), []
    for one, number, further in steps:
        entries[number] += further
        numbered.append(replace(one, partition=number, entry_index=entries[number]))
    book = CountBook()
    book.add(numbered[:cut], at_end=False)
    totals = book.totals(YEAR)
    until = {one.partition: one.entry_index for one in totals.reflected}
    reflected = [one for one in numbered if one.entry_index <= until.get(one.partition, -1)]
    for name in CLASSES:
        assert counted(totals, name)[0] == people(reflected, name)
