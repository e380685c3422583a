"""`carnet incidents`: what decisions opened an incident, and until when which authority must be told."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from console import evidence, installation
from console.exits import guarded
from jurisdictions.facts import FactValue
from jurisdictions.incidents import Clock, Incident, clocks, incidents, jurisdictions_of
from jurisdictions.overlay import parse_overlay
from jurisdictions.pack import load_packs, packs_on
from jurisdictions.versions import is_overlay, texts_in
from schemas.codec import Codec
from schemas.errors import ConfigurationError, SchemaError
from schemas.records import AuditEntry
from streams.codecs import build_codec
from streams.names import AUDIT
from streams.settings import PacksSettings, Settings

LEGAL = "Engineering support, not legal advice: whether a clock runs, its condition says, and a human."
_FILE_WIDTH = 200  # of a table that goes into a file: nothing is cut off
_MINUTE, _HOUR, _DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
DEFAULT_HOME = Path(".carnet")

incidents_app = typer.Typer(help="List incidents and their clocks in every jurisdiction concerned.", no_args_is_help=True)
Home = Annotated[Path, typer.Option(help="Where broker, logs and keys are kept.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


@incidents_app.command("list")
@guarded
def list_incidents(
    *,
    export: Annotated[Path | None, typer.Option("--from", metavar="DIR", help="An exported ledger; without it the topic is read.")] = None,
    since: Annotated[dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only what went on after this day began (UTC).")] = None,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """List the incidents that decisions opened, each with its clocks, the first deadline first.

    Decisions of one customer less than 24 hours apart are one incident. Whether it was reported, Carnet does not know.
    """
    settings, now = Settings.load(), dt.datetime.now(dt.UTC)
    codec = build_codec(settings)
    encoded = _exported(export) if export is not None else _in_topic(home, settings)
    opening, assumed = opening_rules(settings.packs), _declared(settings.packs, now.date())
    found = incidents(_entries(encoded, codec), opening, assumed)
    if since is not None:
        found = tuple(incident for incident in found if incident.last >= since.replace(tzinfo=dt.UTC))
    if as_json:
        _print_json([_as_json(incident, now) for incident in found])
    else:
        _print(listing(found, now))


@incidents_app.command("clocks")
@guarded
def show_clocks(
    *,
    jurisdiction: Annotated[list[str], typer.Option(metavar="CODE", help="ISO 3166-1 code, or EU; give it once for each.")],
    known_at: Annotated[str, typer.Option(metavar="TIME", help="When it became known, ISO 8601 with a zone: 2026-11-24T09:30+08:00.")],
    assessed_at: Annotated[str | None, typer.Option(metavar="TIME", help="When it was assessed, if it was.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show the clocks of an incident that no decision opened: until when, whom to tell, under which condition."""
    now = dt.datetime.now(dt.UTC)
    running = clocks(
        [code.upper() for code in jurisdiction],
        _moment("--known-at", known_at),
        assessed_at=None if assessed_at is None else _moment("--assessed-at", assessed_at),
    )
    if as_json:
        _print_json([_clock_json(clock, now) for clock in running])
    else:
        listed = {clock.rule.jurisdiction for clock in running}
        silent = [code for code in jurisdiction if jurisdictions_of([code.upper()]).isdisjoint(listed)]
        more = [Text(f"no clock is listed for {', '.join(silent)}", style="yellow")] if silent else []
        _print(Group(clocks_table(running, now), *more, Text(LEGAL, style="dim")))


def opening_rules(settings: PacksSettings) -> frozenset[str]:
    """Return the ids of the rules, of packs and overlays, that open an incident.

    Raises:
        PackError: A pack or an overlay is refused.
    """
    texts = texts_in(settings.overlays) if settings.overlays is not None else {}
    overlays = [parse_overlay(text, name).pack for name, text in texts.items() if is_overlay(name)]
    return frozenset(rule.id for pack in (*load_packs(settings.dir), *overlays) for rule in pack.rules if rule.incident)


def _declared(settings: PacksSettings, on: dt.date) -> dict[str, FactValue]:
    """Return what the operator declares, as the packs of today have it."""
    packs = packs_on(load_packs(settings.dir), on)
    return {name: assumption.value for pack in packs for name, assumption in pack.assume.items()}


def _exported(directory: Path) -> Iterator[bytes]:
    for found in evidence.load_export(directory).values():
        yield from found.entries


def _in_topic(home: Path, settings: Settings) -> Iterator[bytes]:
    from console.readers import TopicReader  # noqa: PLC0415 - the Kafka client loads only where it is used

    servers = installation.bootstrap_servers(home, settings)
    with TopicReader(servers, (AUDIT,), from_end=False, properties=settings.kafka.properties) as reader:
        for message in reader.until_now():
            yield message.value or b""


def _entries(encoded: Iterable[bytes], codec: Codec) -> Iterator[AuditEntry]:
    """Yield what can be read; whether the rest is damage, `carnet verify` says."""
    for value in encoded:
        try:
            record = codec.decode(value)
        except SchemaError:
            continue
        if isinstance(record, AuditEntry):
            yield record


def listing(found: Sequence[Incident], now: dt.datetime) -> RenderableType:
    """Return every incident with the table of its clocks."""
    if not found:
        return Text("no decision opened an incident", style="green")
    parts: list[RenderableType] = []
    for incident in found:
        head = Text.assemble(
            (_plain(incident.id), "bold"), f"  since {incident.first:%Y-%m-%d %H:%M} UTC, by {', '.join(sorted(incident.rules))}"
        )
        size = f"{len(incident.streams):,} streams, {len(incident.entries):,} decisions, {len(incident.values):,} distinct personal values"
        parts += [
            head,
            Text(f"{size}; concerns {', '.join(sorted(incident.known_at))}", style="dim"),
            clocks_table(incident.clocks(), now),
            "",
        ]
    return Group(*parts, Text(LEGAL, style="dim"))


def clocks_table(running: Sequence[Clock], now: dt.datetime) -> Table:
    """Return clocks with the time that is left: green, yellow in the second half of the term, red in its last quarter and beyond."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for heading in ("where", "tell", "within", "deadline", "left", "if", "source"):
        table.add_column(heading, overflow="fold", no_wrap=heading in {"where", "within", "deadline"})
    for clock in running:
        rule = clock.rule
        deadline = f"{clock.deadline:%Y-%m-%d %H:%M %z}" if clock.deadline else "no number in the law"
        source = Text.assemble(f"{rule.law}, {rule.article}", (f" ({rule.checked})", "" if rule.checked == "text" else "yellow"))
        within = f"{rule.within} from {rule.runs_from}"
        table.add_row(Text(rule.jurisdiction, style="bold"), Text(rule.to), within, deadline, left(clock, now), Text(rule.when), source)
    return table


def left(clock: Clock, now: dt.datetime) -> Text:
    """Return how much time is left of a clock."""
    if clock.deadline is None:
        return Text("–", style="dim")
    remaining, term = clock.deadline - now, clock.deadline - clock.starts
    if remaining < dt.timedelta():
        return Text(f"overdue by {_span(-remaining)}", style="bold red")
    style = "bold red" if remaining * 4 < term else "yellow" if remaining * 2 < term else "green"
    return Text(_span(remaining) + (", or later" if clock.is_early else ""), style=style)


def _span(length: dt.timedelta) -> str:
    """Write a length of time in its two largest units: ``6 d 23 h``."""
    if length >= _DAY:
        return f"{length // _DAY} d {length % _DAY // _HOUR} h"
    return f"{length // _HOUR} h {length % _HOUR // _MINUTE} min"


def _clock_json(clock: Clock, now: dt.datetime) -> dict[str, Any]:
    rule = clock.rule
    return {
        "id": rule.id,
        "jurisdiction": rule.jurisdiction,
        "to": rule.to,
        "when": rule.when,
        "within": rule.within,
        "from": rule.runs_from,
        "starts": clock.starts.isoformat(),
        "deadline": clock.deadline.isoformat() if clock.deadline else None,
        "seconds_left": int((clock.deadline - now).total_seconds()) if clock.deadline else None,
        "may_be_later": clock.is_early,
        "law": rule.law,
        "article": rule.article,
        "address": rule.address,
        "checked": rule.checked,
        "accessed": rule.accessed.isoformat(),
        "note": rule.note,
    }


def _as_json(incident: Incident, now: dt.datetime) -> dict[str, Any]:
    return {
        "id": incident.id,
        "customer_id": incident.customer_id,
        "first": incident.first.isoformat(),
        "last": incident.last.isoformat(),
        "rules": sorted(incident.rules),
        "streams": sorted(incident.streams),
        "entries": [{"partition": partition, "entry_index": index} for partition, index in incident.entries],
        "personal_values": len(incident.values),
        "jurisdictions": {code: at.isoformat() for code, at in sorted(incident.known_at.items())},
        "clocks": [_clock_json(clock, now) for clock in incident.clocks()],
    }


def _moment(option: str, text: str) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        raise ConfigurationError(f"{option}: {text!r} is no time, as 2026-11-24T09:30+08:00") from None


def _plain(text: str) -> str:
    """Return a text without what would move the cursor or colour the terminal."""
    return "".join(character if character.isprintable() else "·" for character in text)


def _print(shown: Any) -> None:
    screen = Console()
    (screen if screen.is_terminal else Console(width=_FILE_WIDTH)).print(shown, soft_wrap=isinstance(shown, Text))


def _print_json(fields: Any) -> None:
    sys.stdout.write(json.dumps(fields, ensure_ascii=False) + "\n")
