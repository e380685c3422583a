"""Working days and terms as a jurisdiction counts them: when a deadline ends, and by which day something must be applied for.

Days off are those of the ``holidays`` package: public holidays nationwide, weekends as the country has them, and China's working weekends
as the State Council announces them each November for the year to come. A year that is not announced yet has the holidays that the law
names, without shifted weekends; a count over it may be off by a few days. Holidays of provinces, states and cantons are not days off here.

A deadline is never later than the law's: one that ends on a day off is not moved to the next working day, as some laws would allow.
"""

from __future__ import annotations

import datetime as dt
import re
import warnings
from functools import lru_cache
from zoneinfo import ZoneInfo

from schemas.errors import PackError

UNION = "EU"

_EURO = "XECB"  # the calendar of the euro payment system, in the package's words
_TERM = re.compile(r"(?P<count>[1-9][0-9]{0,4})(?P<unit>h|d|wd|m|y)")
_DAY = dt.timedelta(days=1)
_END_OF_DAY = dt.time(23, 59, 59)
_YEAR_MAX = 9998  # a day beyond has no next one

# Where the authority sits. A day of the Union begins where it begins last, in the west, and ends where it ends first, in the east.
_ZONES = {
    "Asia/Shanghai": "CN",
    "Asia/Hong_Kong": "HK",
    "Asia/Macau": "MO",
    "Asia/Taipei": "TW",
    "Asia/Singapore": "SG",
    "Asia/Jakarta": "ID",
    "Asia/Kuala_Lumpur": "MY",
    "Asia/Bangkok": "TH",
    "Asia/Ho_Chi_Minh": "VN",
    "Asia/Manila": "PH",
    "Asia/Tokyo": "JP",
    "Asia/Seoul": "KR",
    "Asia/Kolkata": "IN",
    "Asia/Dubai": "AE",
    "Asia/Riyadh": "SA",
    "Australia/Sydney": "AU",
    "America/Sao_Paulo": "BR",
    "America/Toronto": "CA",
    "America/New_York": "US",
    "Europe/Helsinki": f"{UNION} BG CY EE FI GR LT LV RO",
    "Europe/Brussels": "AT BE CZ DE DK ES FR HR HU IT LI LU MT NL NO PL SE SI SK",
    "Europe/London": "GB IE PT",
    "Atlantic/Reykjavik": "IS",
}
_ZONE_OF = {country: zone for zone, countries in _ZONES.items() for country in countries.split()}
_WEST = ZoneInfo("Atlantic/Reykjavik")
_ENDS_FIRST, _BEGINS_LAST = dt.timezone(dt.timedelta(hours=14)), dt.timezone(dt.timedelta(hours=-12))  # of all places on Earth


def zone_of(country: str) -> dt.tzinfo:
    """The time by which a jurisdiction's days end; for one that is not listed, that of the place on Earth where they end first.

    Args:
        country: ISO 3166-1 alpha-2 code, or ``EU``.
    """
    name = _ZONE_OF.get(country)
    return _ENDS_FIRST if name is None else ZoneInfo(name)


def _zone_of_start(country: str) -> dt.tzinfo:
    """The time by which is told on which day something happened: where several come into question, the one that gives the earlier day."""
    if country == UNION:
        return _WEST
    return zone_of(country) if country in _ZONE_OF else _BEGINS_LAST


def has_calendar(country: str) -> bool:
    """Whether working days of a jurisdiction are known."""
    return country == UNION or country in _countries()


def is_working_day(day: dt.date, country: str) -> bool:
    """Whether authorities work on a day.

    Args:
        day: Any day.
        country: ISO 3166-1 alpha-2 code, or ``EU``: Monday to Friday but for the closing days of the euro payment system, which are the
            few holidays that nearly all members share.

    Raises:
        PackError: No calendar of that country is known.
    """
    return day not in _days_off(country, day.year)


def working_days_before(day: dt.date, count: int, country: str) -> dt.date:
    """The ``count``-th working day before a day, which itself does not count; 0 is the day itself.

    Raises:
        PackError: No calendar of that country is known, or ``count`` leads out of it.
    """
    return _step(day, -count, country)


def working_days_between(since: dt.date, until: dt.date, country: str) -> int:
    """How many working days lie after ``since``, up to and including ``until``; negative if ``until`` is the earlier one.

    Raises:
        PackError: No calendar of that country is known.
    """
    if until < since:
        return -working_days_between(until, since, country)
    days = range(1, (until - since).days + 1)
    return sum(is_working_day(since + number * _DAY, country) for number in days)


def is_term(text: str) -> bool:
    """Whether a text is a term: ``72h``, ``3d``, ``10wd`` (working days), ``1m``, ``3y``."""
    return _TERM.fullmatch(text) is not None


def add_term(moment: dt.datetime, term: str, country: str) -> dt.datetime:
    """When a term ends that starts at a moment, in the jurisdiction's time.

    Hours run from the moment. Days, working days, months and years do not count the day on which they start, and end with their last
    day; months and years end on the day of the same number, or on the last of a shorter month.

    Args:
        moment: With a time zone.
        term: See ``is_term``.
        country: ISO 3166-1 alpha-2 code, or ``EU``.

    Raises:
        PackError: No term, a moment without a time zone, no calendar for working days, or an end after the year 9998.
    """
    said = _TERM.fullmatch(term)
    if said is None:
        raise PackError(f"no term: {term!r} (72h, 3d, 10wd, 1m, 3y)")
    if moment.tzinfo is None:
        raise PackError("a term needs a moment with a time zone")
    count, unit, zone = int(said["count"]), said["unit"], zone_of(country)
    try:
        if unit == "h":
            return (moment.astimezone(dt.UTC) + dt.timedelta(hours=count)).astimezone(zone)
        start = moment.astimezone(_zone_of_start(country)).date()
        return dt.datetime.combine(_last_day(start, count, unit, country), _END_OF_DAY, zone)
    except (OverflowError, ValueError):
        raise PackError(f"the term {term} ends after the year {_YEAR_MAX}") from None


def _last_day(start: dt.date, count: int, unit: str, country: str) -> dt.date:
    if unit == "wd":
        return _step(start, count, country)
    if unit == "d":
        return start + count * _DAY
    months = start.year * 12 + start.month - 1 + count * (12 if unit == "y" else 1)
    first_of_next = dt.date((months + 1) // 12, (months + 1) % 12 + 1, 1)
    return min(dt.date(months // 12, months % 12 + 1, 1) + (start.day - 1) * _DAY, first_of_next - _DAY)


def _step(day: dt.date, count: int, country: str) -> dt.date:
    """Go so many working days onwards, or back if ``count`` is negative."""
    if not has_calendar(country):
        raise _unknown(country)
    step = _DAY if count > 0 else -_DAY
    left = abs(count)
    while left:
        if not 1 < day.year <= _YEAR_MAX:
            raise PackError(f"{abs(count)} working days lead out of the calendar")
        day += step
        left -= is_working_day(day, country)
    return day


@lru_cache(maxsize=1)
def _countries() -> frozenset[str]:
    import holidays  # noqa: PLC0415 - takes a twentieth of a second, wanted only where working days are counted

    return frozenset(holidays.list_supported_countries(include_aliases=False))


@lru_cache(maxsize=1024)
def _days_off(country: str, year: int) -> frozenset[dt.date]:
    """Weekends and holidays of a year; computed once, so that what the package caches by itself never matters."""
    if not has_calendar(country):
        raise _unknown(country)
    import holidays  # noqa: PLC0415 - as above

    with warnings.catch_warnings():  # it warns of years that it knows in part only, such as India's festivals after 2035
        warnings.simplefilter("ignore", UserWarning)
        calendar: holidays.HolidayBase = getattr(holidays, _EURO if country == UNION else country)(years=year, expand=False)
    first = dt.date(year, 1, 1)
    days = (first + number * _DAY for number in range((dt.date(year, 12, 31) - first).days + 1))
    return frozenset(day for day in days if not calendar.is_working_day(day))


def _unknown(country: str) -> PackError:
    return PackError(f"no calendar of working days for {country!r}")
