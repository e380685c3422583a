"""What ``carnet totals`` shows: how many people each counter has, how near that is to a number of the law, and when it will be there."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from console import installation
from console.exits import guarded
from jurisdictions.forecast import REACHED, WINDOW_DAYS, Threshold, alert, forecast, thresholds
from jurisdictions.headcount import is_rolling
from schemas.codec import Codec
from schemas.errors import SchemaError
from schemas.records import Totals
from streams.names import TOTALS

if TYPE_CHECKING:
    from console.readers import Message, TopicReader

_CHINA: Final = timezone(timedelta(hours=8))
_YEAR_DAYS: Final = 366
_STYLES: Final[Mapping[int, str]] = {0: "", 50: "yellow", 80: "dark_orange", 95: "red", REACHED: "bold red"}


@dataclass(frozen=True, slots=True)
class Line:
    """One class of a scope beside one number of the law.

    Attributes:
        scope: For whom was counted.
        name: Class.
        people: Best estimate.
        upper: Upper bound; what the rules compare.
        threshold: The next number of the law, the highest if all were reached; None if no law names one.
        alert: 0, or the highest of 50, 80, 95, 100 per cent that was reached.
        on: The day on which the threshold was or will be reached.
        newest_ms: Record time of the newest person that was counted.
    """

    scope: str
    name: str
    people: int
    upper: int
    threshold: Threshold | None
    alert: int
    on: date | None
    newest_ms: int

    @property
    def percent(self) -> float | None:
        """The upper bound in per cent of the threshold."""
        return None if self.threshold is None else 100 * self.upper / self.threshold.number

    def as_json(self) -> dict[str, Any]:
        """Return it as a program reads it."""
        known = self.threshold
        return {
            "scope": self.scope,
            "class": self.name,
            "people": self.people,
            "upper": self.upper,
            "exact": self.people == self.upper,
            "threshold": known.number if known else None,
            "provision": known.provision if known else None,
            "percent": None if self.percent is None else round(self.percent, 1),
            "alert": self.alert,
            "reached_on" if self.alert == REACHED else "forecast": self.on.isoformat() if self.on else None,
            "newest": datetime.fromtimestamp(self.newest_ms / 1_000, UTC).isoformat(timespec="milliseconds"),
        }


def read_totals(reader: TopicReader, codec: Codec) -> list[Totals]:
    """Return every total that the topic still has up to now, in the order of its partitions; what is none is left out.

    Raises:
        RetryableError: The broker went silent.
    """
    return [found for message in reader.until_now() if (found := _totals(message, codec)) is not None]


def _totals(message: Message, codec: Codec) -> Totals | None:
    try:
        found = codec.decode(message.value)
    except SchemaError:
        return None
    return found if isinstance(found, Totals) and message.key == found.scope.encode() else None


def lines(found: Iterable[Totals], now_ms: int) -> list[Line]:
    """Return what to show: every class of every scope whose year it is, from the newest totals, with its history behind it.

    Args:
        found: Totals, those of a scope in the order of the log.
        now_ms: Milliseconds since the Unix epoch.
    """
    by_scope: dict[str, list[Totals]] = {}
    for one in found:
        if is_current(one.scope, now_ms):
            by_scope.setdefault(one.scope, []).append(one)
    return [line for scope in sorted(by_scope) for line in _lines_of(sorted(by_scope[scope], key=lambda one: one.version))]


def is_current(scope: str, now_ms: int) -> bool:
    """Tell whether a scope is the one that decisions ask now; last year's is over, and next year's is being filled beside it."""
    return scope.rpartition("/")[2] == str(_day(scope, now_ms).year)


def _lines_of(history: Sequence[Totals]) -> Iterable[Line]:
    newest = history[-1]
    for counted in newest.counted:
        known = thresholds(newest.scope, counted.name)
        threshold = next((one for one in known if counted.upper < one.first), known[-1] if known else None)
        reached = 0 if threshold is None else alert(counted.upper, threshold)
        on = None if threshold is None else _reached_on(history, counted.name, threshold.first)
        yield Line(newest.scope, counted.name, counted.people, counted.upper, threshold, reached, on, newest.at_ms)


def _reached_on(history: Sequence[Totals], name: str, number: int) -> date | None:
    """Return the day on which a number was or will be reached, as far as the topic tells.

    It is compacted: of a number that was reached before its oldest total the day is unknown, and where it goes back no more than a few days
    the line is drawn from the first day of the year, which began with nobody.
    """
    scope, days = history[-1].scope, {}
    for one in history:
        days[_day(scope, one.at_ms)] = next((counted.upper for counted in one.counted if counted.name == name), 0)
    told = sorted(days.items())
    (oldest, before), (newest, people) = told[0], told[-1]
    if people >= number:
        return forecast(told, number) if before < number else None
    if is_rolling(scope) or (newest - oldest).days >= WINDOW_DAYS:
        return forecast(told, number)
    return forecast([(date(newest.year, 1, 1), 0), (newest, people)], number, days=_YEAR_DAYS)


def _day(scope: str, at_ms: int) -> date:
    """Return the day of a moment in the time that the scope's year is counted by: China's, or UTC."""
    return datetime.fromtimestamp(at_ms / 1_000, UTC if is_rolling(scope) else _CHINA).date()


def totals_table(shown: Sequence[Line]) -> RenderableType:
    """Return the table that people read; one line below it says what was reached, for those who see no colours."""
    if not shown:
        return Text("nobody was counted yet")
    table = Table(box=None, padding=(0, 3, 0, 0))
    for heading, justify in (("scope", "left"), ("class", "left"), ("people", "right"), ("at most", "right"), ("threshold", "right")):
        table.add_column(heading, justify=justify, no_wrap=True)  # type: ignore[arg-type]
    for heading in ("%", "forecast", "provision"):
        table.add_column(heading, justify="right" if heading == "%" else "left")
    for line in shown:
        style = _STYLES[line.alert]
        percent = "" if line.percent is None else f"{line.percent:.1f}"
        number = "–" if line.threshold is None else f"{line.threshold.number:,}"
        table.add_row(
            line.scope,
            line.name,
            f"{line.people:,}",
            f"{line.upper:,}",
            number,
            Text(percent, style=style),
            Text(_when(line), style=style),
            "" if line.threshold is None else line.threshold.provision,
        )
    return Group(table, *(Text(_warning(line), style=_STYLES[line.alert]) for line in shown if line.alert))


def _when(line: Line) -> str:
    if line.threshold is None:
        return "–"
    if line.alert == REACHED:
        return f"reached {line.on}" if line.on else "reached"
    return str(line.on) if line.on else "not in sight"


def _warning(line: Line) -> str:
    number = line.threshold.number if line.threshold else 0
    share = "reached" if line.alert == REACHED else f"over {line.alert} %"
    return f"{line.scope} {line.name}: {share} of {number:,}" if line.alert != REACHED else f"{line.scope} {line.name}: {number:,} reached"


@guarded
def totals(
    home: Annotated[Path, typer.Option(help="Where broker, logs and keys are kept.")] = Path(".carnet"),
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Show how many people were counted, how near that is to a number of the law, and when it will be reached."""
    from console.readers import TopicReader  # noqa: PLC0415 - loads what only commands that run need
    from streams.codecs import build_codec  # noqa: PLC0415
    from streams.settings import Settings  # noqa: PLC0415

    settings = Settings.load()
    servers = installation.bootstrap_servers(home, settings)
    with TopicReader(servers, (TOTALS,), from_end=False, properties=settings.kafka.properties) as reader:
        found = lines(read_totals(reader, build_codec(settings)), round(time.time() * 1_000))
    if as_json:
        sys.stdout.write(json.dumps([line.as_json() for line in found]) + "\n")
    else:
        Console().print(totals_table(found))
