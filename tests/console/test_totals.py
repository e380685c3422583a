"""``carnet totals``: what a person sees of the counters, what a program reads, and what is left out."""

from __future__ import annotations

import datetime as dt
import json

from rich.console import Console

from console.readers import Message
from console.totals import lines, read_totals, totals_table
from schemas.codec import Codec
from schemas.records import Counted, Totals

CODEC = Codec.committed()


def at(text: str) -> int:
    return round(dt.datetime.fromisoformat(text).timestamp() * 1_000)


NOW = at("2026-11-24T12:00+00:00")


def totals(scope: str, version: int, at_ms: int, **people: int | tuple[int, int]) -> Totals:
    counted = tuple(Counted(name, *(count if isinstance(count, tuple) else (count, count))) for name, count in sorted(people.items()))
    return Totals(scope, version, counted, (), at_ms)


def written(found: list[Totals], now_ms: int = NOW) -> str:
    console = Console(width=200, record=True, file=open("/dev/null", "w", encoding="utf-8"))  # noqa: SIM115, PTH123
    console.print(totals_table(lines(found, now_ms)))
    return console.export_text()


def test_a_counter_is_shown_beside_the_next_number_of_the_law() -> None:
    (line,) = lines([totals("cn/2026", 9, NOW, ordinary=50_000)], NOW)
    assert (line.threshold and line.threshold.number, line.percent, line.alert) == (100_000, 50.0, 50)
    (line,) = lines([totals("cn/2026", 9, NOW, ordinary=100_000)], NOW)
    assert (line.threshold and line.threshold.number, line.alert) == (1_000_000, 0)
    (line,) = lines([totals("cn/2026", 9, NOW, ordinary=1_000_000)], NOW)
    assert (line.threshold and line.threshold.number, line.alert) == (1_000_000, 100)


def test_the_upper_bound_is_what_is_compared() -> None:
    (line,) = lines([totals("cn/2026", 9, NOW, sensitive=(9_990, 10_001))], NOW)
    assert (line.people, line.upper, line.alert) == (9_990, 10_001, 100)


def test_a_young_history_is_filled_up_with_a_year_that_began_with_nobody() -> None:
    found = [
        totals("cn/2026", 5, at("2026-04-10T00:00+00:00"), sensitive=1_000),
        totals("cn/2026", 9, at("2026-04-11T00:00+00:00"), sensitive=2_000),
    ]
    (line,) = lines(found, NOW)
    assert line.on == dt.date(2026, 4, 11) + dt.timedelta(400)  # 100 days for 2,000, so 400 for the rest


def test_the_day_on_which_a_number_was_reached_is_told_only_if_the_topic_still_has_it() -> None:
    late = totals("cn/2026", 9, at("2026-11-20T00:00+00:00"), sensitive=10_400)
    (line,) = lines([totals("cn/2026", 5, at("2026-11-11T00:00+00:00"), sensitive=9_990), late], NOW)
    assert line.on == dt.date(2026, 11, 20)
    assert line.as_json()["reached_on"] == "2026-11-20"
    (line,) = lines([late], NOW)
    assert (line.alert, line.on) == (100, None)


def test_a_history_of_weeks_says_how_fast_it_grows_now() -> None:
    found = [
        totals("us/acme/2026", 5, at("2026-09-01T00:00+00:00"), health=0),
        totals("us/acme/2026", 7, at("2026-10-25T00:00+00:00"), health=4_000),
        totals("us/acme/2026", 9, at("2026-11-24T00:00+00:00"), health=7_001),
    ]
    (line,) = lines(found, NOW)
    assert line.on == dt.date(2026, 12, 24)


def test_scopes_of_other_years_are_left_out_by_the_calendar_that_the_scope_is_counted_by() -> None:
    found = [
        totals(scope, 1, NOW, ordinary=1) for scope in ("cn/2026", "cn/2027", "us/acme/2026", "us/acme/2027", "cn/2025", "cn/nonsense")
    ]
    assert [line.scope for line in lines(found, NOW)] == ["cn/2026", "us/acme/2026"]
    evening = at("2026-12-31T17:00+00:00")  # China has the new year already
    assert [line.scope for line in lines(found, evening)] == ["cn/2027", "us/acme/2026"]


def test_the_newest_totals_count_even_if_an_older_counter_wrote_later() -> None:
    found = [totals("cn/2026", 9, NOW, ordinary=7), totals("cn/2026", 4, NOW, ordinary=3)]
    assert [line.people for line in lines(found, NOW)] == [7]


def test_the_table_says_in_words_what_was_reached() -> None:
    text = written([totals("cn/2026", 9, NOW, sensitive=10_000, ordinary=81_000)])
    assert "cn/2026 sensitive: 10,000 reached" in text
    assert "cn/2026 ordinary: over 80 % of 100,000" in text
    assert "Art 8" in text
    assert written([]).strip() == "nobody was counted yet"


def test_a_class_without_a_number_of_the_law_is_shown_with_people_alone() -> None:
    (line,) = lines([totals("us/acme/2026", 9, NOW, unheard=5)], NOW)
    assert (line.threshold, line.percent, line.alert, line.on) == (None, None, 0, None)
    assert "unheard" in written([totals("us/acme/2026", 9, NOW, unheard=5)])


def test_a_program_reads_the_same() -> None:
    (line,) = lines([totals("cn/2026", 9, NOW, sensitive=(9_600, 9_650))], NOW)
    fields = json.loads(json.dumps(line.as_json()))
    assert {key: fields[key] for key in ("scope", "class", "people", "upper", "exact", "threshold", "percent", "alert")} == {
        "scope": "cn/2026",
        "class": "sensitive",
        "people": 9_600,
        "upper": 9_650,
        "exact": False,
        "threshold": 10_000,
        "percent": 96.5,
        "alert": 95,
    }
    assert dt.date.fromisoformat(fields["forecast"]) > dt.date(2026, 11, 24)


class Log:
    """A reader that has its messages already."""

    def __init__(self, *messages: tuple[bytes | None, bytes | None]) -> None:
        self._messages = [Message("t", 0, place, 0, *message) for place, message in enumerate(messages)]

    def until_now(self) -> list[Message]:
        return self._messages


def test_what_is_no_total_is_passed_over() -> None:
    good = totals("cn/2026", 9, NOW, ordinary=7)
    log = Log((b"cn/2026", CODEC.encode(good)), (b"cn/2026", None), (b"cn/2026", b"junk"), (b"other", CODEC.encode(good)))
    assert read_totals(log, CODEC) == [good]  # type: ignore[arg-type]
