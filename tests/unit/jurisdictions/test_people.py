"""Who is one person, how many there are, and when the number that the law names is reached."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence

import pytest

from jurisdictions.forecast import Threshold, alert, forecast, thresholds
from jurisdictions.headcount import CountBook, first_day
from jurisdictions.people import (
    AHEAD_MAX,
    Ahead,
    Hasher,
    Person,
    Seen,
    american_classes,
    american_scopes,
    chinese_scope,
    people_of,
)
from schemas.records import Counted, Reflected, Subject, Totals

CN, US = "cn/2026", "us/acme/2026"
ROOT = bytes(range(32))
DAY_MS = 86_400_000


def at(text: str) -> int:
    return round(dt.datetime.fromisoformat(text).timestamp() * 1_000)


NOW = at("2026-11-24T12:00+00:00")


def found(text: str, *values: tuple[str, str], provenance: str = "domestic_source") -> list[Seen]:
    """Say where values stand in a text: each is looked for behind the one before."""
    seen, start = [], 0
    for entity_type, value in values:
        start = text.index(value, start)
        seen.append(Seen(entity_type, start, start + len(value), provenance))
        start += len(value)
    return seen


def grouped(text: str, *values: tuple[str, str]) -> list[list[str]]:
    return [[text[one.start : one.end] for one in person.seen] for person in people_of(text, 0, found(text, *values))]


def subject(
    who: int | str, *aliases: int | str, scope: str = CN, classes: Iterable[str] = ("ordinary",), at_ms: int = NOW, **place: int
) -> Subject:
    person, *weaker = (hashlib.sha256(f"{one}".encode()).digest()[:16] for one in (who, *aliases))
    return Subject(scope, person, tuple(weaker), tuple(classes), at_ms, place.get("partition", 0), place.get("entry", 0))


def count(subjects: Sequence[Subject], name: str = "ordinary", *, scope: str = CN, at_ms: int = NOW) -> int:
    book = CountBook()
    book.add(subjects)
    return people_in(book.totals(scope, at_ms), name)


def people_in(totals: Totals, name: str) -> int:
    return next((one.people for one in totals.counted if one.name == name), 0)


def test_what_stands_on_one_line_is_one_person_with_the_strongest_identifier_first() -> None:
    text = "李雷，电话13912345678，身份证110101199003070134"
    assert grouped(text, ("PERSON", "李雷"), ("CN_MOBILE_NUMBER", "13912345678"), ("CN_RESIDENT_ID", "110101199003070134")) == [
        ["110101199003070134", "13912345678", "李雷"]
    ]


def test_rows_of_a_table_are_people_and_so_are_the_numbers_of_a_list() -> None:
    table = "Ann 5551\nBob 5552"
    assert grouped(table, ("PERSON", "Ann"), ("PHONE_NUMBER", "5551"), ("PERSON", "Bob"), ("PHONE_NUMBER", "5552")) == [
        ["5551", "Ann"],
        ["5552", "Bob"],
    ]
    assert len(grouped("5551, 5552, 5553", *(("PHONE_NUMBER", f"555{n}") for n in (1, 2, 3)))) == 3


@pytest.mark.parametrize("between", ["\n", "\r\n", "\u2028", "x" * 81])
def test_a_new_line_or_much_text_between_them_makes_two_people(between: str) -> None:
    text = f"Ann{between}5551"
    assert grouped(text, ("PERSON", "Ann"), ("PHONE_NUMBER", "5551")) == [["Ann"], ["5551"]]


def test_offsets_count_from_the_start_of_the_stream() -> None:
    text = "Ann 5551"
    shifted = [
        Seen(one.entity_type, one.start + 900, one.end + 900, one.provenance)
        for one in found(text, ("PERSON", "Ann"), ("PHONE_NUMBER", "5551"))
    ]
    (person,) = people_of(text, 900, shifted)
    assert [one.start for one in person.seen] == [904, 900]


def hashes(hasher: Hasher, entity_type: str, *values: str, stream_id: str = "s") -> set[bytes]:
    return {hasher.of(Seen(entity_type, 0, 1, "unknown"), value, stream_id) for value in values}


def test_one_value_has_one_hash_however_it_is_written_and_two_values_have_two() -> None:
    hasher = Hasher(ROOT, CN)
    assert len(hashes(hasher, "CREDIT_CARD", "4111 1111 1111 1111", "4111-1111-1111-1111", "４１１１１１１１１１１１１１１１")) == 1
    assert len(hashes(hasher, "EMAIL_ADDRESS", "Ann@Example.com", "ann@example.com")) == 1
    assert len(hashes(hasher, "EMAIL_ADDRESS", "a.bc@example.com", "ab.c@example.com")) == 2
    assert all(len(one) == 16 for one in hashes(hasher, "CREDIT_CARD", "4111"))


def test_no_scope_can_be_linked_to_another_nor_to_another_installation() -> None:
    keys = [Hasher(ROOT, CN), Hasher(ROOT, "cn/2027"), Hasher(ROOT, US), Hasher(ROOT, "us/other/2026"), Hasher(bytes(32), CN)]
    assert len(set().union(*(hashes(one, "US_SSN", "078-05-1120") for one in keys))) == len(keys)


def test_a_name_is_somebody_else_in_every_answer_and_never_joins_people() -> None:
    hasher = Hasher(ROOT, CN)
    assert hashes(hasher, "PERSON", "Ann", stream_id="one").isdisjoint(hashes(hasher, "PERSON", "Ann", stream_id="two"))
    text = "Ann 5551"
    (person,) = people_of(text, 0, found(text, ("PERSON", "Ann"), ("PHONE_NUMBER", "5551")))
    assert hasher.subject(person, lambda one: text[one.start : one.end], "s", ["ordinary"], NOW, (0, 0)).aliases == ()


def test_a_year_begins_with_midnight_in_china_and_a_record_of_a_customer_is_in_two_years() -> None:
    assert chinese_scope(at("2026-12-31T15:59:59+00:00")) == "cn/2026"
    assert chinese_scope(at("2026-12-31T16:00:00+00:00")) == "cn/2027"
    assert american_scopes("acme", at("2026-12-31T23:59:59+00:00")) == ("us/acme/2026", "us/acme/2027")


@pytest.mark.parametrize(
    ("entity_type", "destination", "classes"),
    [
        ("US_SSN", "SG", {"identifier"}),
        ("CREDIT_CARD", "US", {"financial", "identifier"}),
        ("US_MBI", "US", {"health"}),
        ("PERSON", "US", set()),
        ("CREDIT_CARD", "SG", set()),
        ("CN_RESIDENT_ID", "US", set()),
    ],
)
def test_the_american_categories_follow_from_what_was_found(entity_type: str, destination: str, classes: set[str]) -> None:
    assert american_classes(Person((Seen(entity_type, 0, 1, "unmatched"),)), destination) == classes


def test_who_was_seen_by_telephone_and_later_by_number_and_telephone_is_one_person() -> None:
    assert count([subject("phone"), subject("passport", "phone"), subject("phone")]) == 1


def test_a_telephone_that_many_share_does_not_make_them_one() -> None:
    assert count([subject("hotline"), *(subject(number, "hotline") for number in range(100))]) == 100


def test_two_strong_identifiers_are_one_person_once_they_stood_together() -> None:
    apart = [subject("passport", "phone"), subject("number", "phone")]
    assert count(apart) == 2
    assert count([*apart, subject("number", "passport")]) == 1


def test_a_class_is_counted_by_itself() -> None:
    seen = [subject("phone", classes=("sensitive",)), subject("number", "phone", classes=("ordinary",))]
    assert (count(seen, "sensitive"), count(seen, "ordinary")) == (1, 1)


@pytest.mark.parametrize(("day", "people"), [("2026-03-14T23:59+00:00", 1), ("2026-03-15T00:00+00:00", 1), ("2026-03-16T00:00+00:00", 0)])
def test_twelve_months_end_with_the_day_a_year_later(day: str, people: int) -> None:
    seen = [subject(1, scope=US, at_ms=at("2025-03-15T08:00+00:00"))]
    assert count(seen, scope=US, at_ms=at(day)) == people


def test_twelve_months_that_end_with_a_leap_day_begin_with_the_28th() -> None:
    epoch = dt.date(1970, 1, 1)
    assert epoch + dt.timedelta(first_day((dt.date(2028, 2, 29) - epoch).days)) == dt.date(2027, 2, 28)


def test_the_scope_of_a_new_year_has_the_last_twelve_months_whole() -> None:
    book = CountBook()
    for who, day in enumerate(("2025-11-01", "2026-02-01", "2026-12-30", "2027-01-02")):
        moment = at(f"{day}T00:00+00:00")
        book.add(subject(who, scope=scope, at_ms=moment) for scope in american_scopes("acme", moment))
    assert people_in(book.totals("us/acme/2027", at("2027-01-03T00:00+00:00")), "ordinary") == 3


def test_whom_a_stronger_identifier_covered_counts_again_when_that_one_left_the_window() -> None:
    seen = [
        subject("number", "phone", scope=US, at_ms=at("2025-12-01T00:00+00:00")),
        subject("phone", scope=US, at_ms=at("2026-06-01T00:00+00:00")),
    ]
    assert count(seen, scope=US, at_ms=at("2026-11-30T00:00+00:00")) == 1
    assert count(seen, scope=US, at_ms=at("2027-01-01T00:00+00:00")) == 1


def test_a_year_that_is_over_is_dropped_a_month_later() -> None:
    book = CountBook()
    book.add([subject(1, scope="cn/2026"), subject(1, scope="cn/2027")])
    book.take_changed(at("2027-01-20T00:00+00:00"))
    assert book.scopes() == ("cn/2026", "cn/2027")
    book.take_changed(at("2027-02-02T00:00+00:00"))
    assert book.scopes() == ("cn/2027",)


@pytest.mark.parametrize("scope", [CN, US])
def test_beyond_the_exact_people_are_estimated_and_the_bound_is_above_the_truth(scope: str) -> None:
    people, book = 60_000, CountBook(exact_max=1_000)
    book.add(subject(number, number + 10**9, scope=scope) for number in range(1_000))
    assert book.is_exact(scope)
    book.add(subject(number, number + 10**9, scope=scope) for number in range(people))
    book.add(subject(number + 10**9, scope=scope) for number in range(people))  # whom others cover
    assert not book.is_exact(scope)
    (ordinary,) = book.totals(scope, NOW).counted
    assert abs(ordinary.people - people) / people < 0.05
    assert people <= ordinary.upper < 1.1 * people


def test_the_bound_of_a_year_never_falls() -> None:
    book, bounds = CountBook(exact_max=10), []
    for start in range(0, 200_000, 5_000):
        book.add(subject(number) for number in range(start, start + 5_000))
        bounds.append(book.totals(CN).counted[0].upper)
    assert bounds == sorted(bounds)


def test_months_leave_a_sketch_too() -> None:
    book = CountBook(exact_max=10)
    book.add(subject(number, scope=US, at_ms=at("2025-03-15T00:00+00:00")) for number in range(500))
    book.add(subject(number, scope=US, at_ms=at("2026-01-15T00:00+00:00")) for number in range(400, 600))
    assert people_in(book.totals(US, at("2026-03-31T00:00+00:00")), "ordinary") == 600
    assert people_in(book.totals(US, at("2026-04-01T00:00+00:00")), "ordinary") == 200


def test_totals_say_which_entries_were_read_whole() -> None:
    book = CountBook()
    book.add([subject(1, entry=4), subject(2, entry=7), subject(3, partition=2, entry=1)], 30, at_end=False)
    assert book.totals(CN).reflected == (Reflected(0, 4),)
    book.add([], 30)
    assert book.totals(CN).reflected == (Reflected(0, 7), Reflected(2, 1))
    assert book.totals(CN).version == 30


def test_only_what_changed_is_taken_and_what_leaves_with_a_new_day() -> None:
    book = CountBook()
    book.add([subject(1), subject(1, scope=US)])
    assert [one.scope for one in book.take_changed(NOW)] == [CN, US]
    assert book.take_changed(NOW) == ()
    assert [one.scope for one in book.take_changed(NOW + DAY_MS)] == [US]


def test_of_more_people_than_are_kept_nobody_knows_the_number_until_they_are_reflected() -> None:
    ahead = Ahead()
    for number in range(AHEAD_MAX + 5):
        assert ahead.note(subject(number, entry=number))
    assert ahead.count(CN, "ordinary") is None
    ahead = Ahead.load(ahead.dump())
    ahead.reflect(0, Totals(CN, 1, (), (Reflected(0, AHEAD_MAX + 3),), 0))
    assert ahead.count(CN, "ordinary") is None
    ahead.reflect(0, Totals(CN, 1, (Counted("ordinary", 1, 1),), (Reflected(0, AHEAD_MAX + 4),), 0))
    assert ahead.count(CN, "ordinary") == 0
    assert ahead.dump() == []


def day(number: int) -> dt.date:
    return dt.date(2026, 11, number)


@pytest.mark.parametrize(
    ("history", "reached"),
    [
        ([(day(1), 100), (day(11), 200)], dt.date(2027, 1, 30)),
        ([(day(1), 100), (day(11), 211)], dt.date(2027, 1, 22)),
        ([(day(1), 0), (day(2), 999), (day(3), 1_000), (day(4), 1_500)], day(3)),
        ([(day(1), 100), (day(11), 100)], None),
        ([(day(1), 100), (day(11), 90)], None),
        ([(day(1), 100)], None),
        ([], None),
        ([(dt.date(2026, 1, 1), 0), (day(1), 900), (day(11), 950)], day(21)),
    ],
)
def test_a_forecast_draws_the_line_of_the_last_days_on(history: list[tuple[dt.date, int]], reached: dt.date | None) -> None:
    assert forecast(history, 1_000) == reached


def test_growth_too_slow_for_the_calendar_is_no_forecast() -> None:
    assert forecast([(dt.date(2026, 10, 25), 0), (day(24), 1)], 10**9) is None


@pytest.mark.parametrize(
    ("upper", "level"), [(0, 0), (4_999, 0), (5_000, 50), (7_999, 50), (8_000, 80), (9_500, 95), (9_999, 95), (10_000, 100)]
)
def test_alerts_come_at_half_at_four_fifths_and_shortly_before(upper: int, level: int) -> None:
    (threshold,) = thresholds(CN, "sensitive")
    assert alert(upper, threshold) == level


def test_the_american_numbers_are_passed_by_one_more() -> None:
    (threshold,) = thresholds(US, "health")
    assert threshold == Threshold("28 CFR 202.205", 10_000, 10_001)
    assert (alert(10_000, threshold), alert(10_001, threshold)) == (95, 100)
    assert thresholds(CN, "unheard of") == ()
