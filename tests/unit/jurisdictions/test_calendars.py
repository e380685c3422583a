"""A deadline falls on the day that the jurisdiction's own calendar gives, and never later than the law's."""

import datetime as dt

import pytest

from jurisdictions.calendars import (
    add_term,
    has_calendar,
    is_term,
    is_working_day,
    working_days_before,
    working_days_between,
    zone_of,
)
from jurisdictions.lists import named_sets
from schemas.errors import PackError

CHINA = dt.timezone(dt.timedelta(hours=8))


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("date", "country", "works"),
    [
        ("2026-09-20", "CN", True),  # a Sunday, worked for National Day (State Council notice for 2026)
        ("2026-10-10", "CN", True),  # a Saturday, the same
        ("2026-10-06", "CN", False),  # a Tuesday, off in exchange
        ("2026-10-17", "CN", False),  # an ordinary Saturday
        ("2026-02-17", "CN", False),  # Spring Festival
        ("2026-08-09", "SG", False),  # National Day on a Sunday …
        ("2026-08-10", "SG", False),  # … and the Monday in lieu
        ("2026-11-27", "SA", False),  # a Friday
        ("2026-11-29", "SA", True),  # a Sunday
        ("2026-04-06", "EU", False),  # Easter Monday
        ("2026-07-14", "EU", True),  # one member's holiday is none of the Union's
        ("2026-07-14", "FR", False),
    ],
)
def test_a_working_day_is_what_the_country_says(date: str, country: str, works: bool) -> None:
    assert is_working_day(day(date), country) is works


def test_sixty_working_days_before_the_end_of_the_year_in_china_count_the_worked_saturday() -> None:
    assert working_days_before(day("2026-12-31"), 60, "CN") == day("2026-10-09")
    assert working_days_between(day("2026-10-09"), day("2026-12-31"), "CN") == 60


def test_days_off_are_stepped_over_in_both_directions() -> None:
    assert working_days_before(day("2026-10-08"), 1, "CN") == day("2026-09-30")
    assert add_term(dt.datetime(2026, 9, 30, 12, tzinfo=CHINA), "1wd", "CN").date() == day("2026-10-08")
    assert working_days_before(day("2026-10-08"), 0, "CN") == day("2026-10-08")


def test_after_the_last_day_the_count_is_negative() -> None:
    assert working_days_between(day("2026-11-24"), day("2026-11-20"), "CN") == -2
    assert working_days_between(day("2026-11-24"), day("2026-11-24"), "CN") == 0


@pytest.mark.parametrize(
    ("term", "country", "deadline"),
    [
        ("4h", "CN", "2026-10-31T00:30:00+08:00"),
        ("72h", "EU", "2026-11-02T14:30:00+02:00"),  # summer time ended on the way: the hours run on
        ("3d", "SG", "2026-11-02T23:59:59+08:00"),
        ("3wd", "BR", "2026-11-05T23:59:59-03:00"),  # a weekend and All Souls' Day between
        ("1m", "JP", "2026-11-30T23:59:59+09:00"),
        ("3y", "CN", "2029-10-30T23:59:59+08:00"),
        ("4m", "CN", "2027-02-28T23:59:59+08:00"),  # a month without a 30th
    ],
)
def test_a_term_ends_as_its_unit_says_in_local_time(term: str, country: str, deadline: str) -> None:
    assert add_term(dt.datetime(2026, 10, 30, 20, 30, tzinfo=CHINA), term, country).isoformat() == deadline


def test_the_day_on_which_a_term_starts_is_the_local_one() -> None:
    late = dt.datetime(2026, 11, 24, 20, tzinfo=dt.UTC)  # the 25th in China, still the 24th in New York
    assert add_term(late, "1d", "CN").date() == day("2026-11-26")
    assert add_term(late, "1d", "US").date() == day("2026-11-25")


@pytest.mark.parametrize("hour", range(24))
def test_where_a_place_is_not_known_a_deadline_is_that_of_no_place_later(hour: int) -> None:
    moment = dt.datetime(2026, 11, 24, hour, 30, tzinfo=dt.UTC)
    places = [dt.timezone(dt.timedelta(hours=offset)) for offset in range(-12, 15)]
    ends = [dt.datetime.combine(moment.astimezone(place).date() + dt.timedelta(days=3), dt.time(23, 59, 59), place) for place in places]
    assert add_term(moment, "3d", "FJ") <= min(ends)
    assert zone_of("FJ").utcoffset(None) == dt.timedelta(hours=14)


@pytest.mark.parametrize("hour", range(24))
def test_a_deadline_of_the_union_is_later_than_that_of_no_member(hour: int) -> None:
    moment = dt.datetime(2026, 7, 24, hour, 30, tzinfo=dt.UTC)
    assert add_term(moment, "3d", "EU") <= min(add_term(moment, "3d", member) for member in named_sets()["EEA"])


def test_every_country_has_working_days() -> None:
    assert [code for code in sorted(named_sets()["ISO_3166_1"]) if not has_calendar(code)] == []
    assert has_calendar("EU")
    assert not has_calendar("QQ")


def test_years_that_a_calendar_knows_in_part_only_do_not_disturb() -> None:
    assert working_days_before(day("2099-12-31"), 10, "IN") < day("2099-12-31")


@pytest.mark.parametrize("text", ["72h", "3d", "10wd", "1m", "3y"])
def test_a_term_is_a_number_and_a_unit(text: str) -> None:
    assert is_term(text)


@pytest.mark.parametrize("text", ["", "h", "0h", "3", "3 d", "3D", "-3d", "3x24h", "100000d"])
def test_anything_else_is_no_term(text: str) -> None:
    assert not is_term(text)
    with pytest.raises(PackError, match="no term"):
        add_term(dt.datetime(2026, 1, 1, tzinfo=dt.UTC), text, "CN")


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(PackError, match="time zone"):
        add_term(dt.datetime(2026, 1, 1), "72h", "CN")


@pytest.mark.parametrize("term", ["99999y", "99999m", "9000y"])
def test_a_term_beyond_the_calendar_is_refused(term: str) -> None:
    with pytest.raises(PackError, match="ends after the year"):
        add_term(dt.datetime(2026, 1, 1, tzinfo=dt.UTC), term, "CN")


def test_a_country_without_a_calendar_is_refused_and_not_guessed() -> None:
    with pytest.raises(PackError, match="no calendar of working days for 'QQ'"):
        working_days_before(day("2026-01-01"), 1, "QQ")
    with pytest.raises(PackError, match="no calendar of working days for 'QQ'"):
        is_working_day(day("2026-01-01"), "QQ")
