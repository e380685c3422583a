"""`carnet mechanisms`: which legal bases are on file, for whom and until when; put one on file, revoke one, check what ends soon."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from console import installation
from console.exits import EXIT_FAILURE, guarded
from console.mechanism_files import read_documents
from jurisdictions.expiry import Expiry, expiry_of, warnings
from jurisdictions.mechanisms import Document, Register
from schemas.codec import Codec
from schemas.errors import ConfigurationError
from schemas.records import MechanismOnFile
from streams.codecs import build_codec
from streams.settings import Settings

IN_FORCE, ENDS_SOON, EXPIRED, NOT_YET, REVOKED, MALFORMED = "in force", "ends soon", "expired", "not yet", "revoked", "malformed"
_STYLES = {IN_FORCE: "green", ENDS_SOON: "yellow", EXPIRED: "bold red", NOT_YET: "dim", REVOKED: "dim", MALFORMED: "bold red"}
_FILE_WIDTH = 200  # of a table that goes into a file: nothing is cut off
DEFAULT_HOME = Path(".carnet")

mechanisms_app = typer.Typer(help="List, put, revoke and check the legal mechanisms on file.", no_args_is_help=True)
Home = Annotated[Path, typer.Option(help="Where broker, logs and keys are kept.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Day = Annotated[dt.datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="As of this day; today (UTC) by default.")]


@dataclass(frozen=True, slots=True)
class Row:
    """How a document stands on a day; ``is_unsettled`` if somebody must do something about it."""

    document: Document
    state: str
    expiry: Expiry | None
    is_unsettled: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return what a program reads."""
        more = self.expiry
        return {
            **asdict(self.document.record),
            "state": self.state,
            "problem": self.document.problem,
            "country": more.country if more else None,
            "renew_by": more.renew_by.isoformat() if more else None,
            "days_left": more.days_left if more else None,
            "working_days_left": more.working_days_left if more else None,
        }


@dataclass(frozen=True, slots=True)
class _Desk:
    """How the topic is reached."""

    servers: str
    properties: Mapping[str, str]
    codec: Codec

    @classmethod
    def of(cls, home: Path) -> _Desk:
        settings = Settings.load()
        return cls(installation.bootstrap_servers(home, settings), settings.kafka.properties, build_codec(settings))

    def register(self) -> Register:
        from console.mechanism_topic import read_register  # noqa: PLC0415 - the Kafka clients load only where they are used

        return read_register(self.servers, self.codec, self.properties)

    def publish(self, records: Sequence[MechanismOnFile]) -> None:
        from console.mechanism_topic import publish  # noqa: PLC0415

        publish(self.servers, records, self.codec, self.properties)


def rows(register: Register, on: dt.date) -> list[Row]:
    """Return how every document stands on a day, by customer, kind and last day."""
    soon = {found.id for found in warnings(register, on)}
    every = [_row(document, on, soon) for document in register.documents]
    return sorted(every, key=lambda row: (row.document.record.customer_id, row.document.record.kind, row.document.until))


def _row(document: Document, on: dt.date, soon: set[str]) -> Row:
    record = document.record
    if document.problem:
        return Row(document, MALFORMED, None, is_unsettled=True)
    if record.revoked:
        return Row(document, REVOKED, None)
    state = EXPIRED if on > document.until else NOT_YET if on < document.since else ENDS_SOON if record.id in soon else IN_FORCE
    return Row(document, state, expiry_of(document, on), is_unsettled=record.id in soon)


@mechanisms_app.command("list")
@guarded
def list_mechanisms(
    *,
    customer: Annotated[str | None, typer.Option(help="Only what counts for this customer.")] = None,
    on: Day = None,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """List the documents on file: kind, customer, scope, days, and how many working days are left."""
    found = [
        row for row in rows(_Desk.of(home).register(), _day(on)) if customer is None or row.document.record.customer_id in {"", customer}
    ]
    if as_json:
        _print_json([row.as_json() for row in found])
    else:
        _print(listing(found))


@mechanisms_app.command()
@guarded
def put(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="YAML with one document or a list of them (docs/mechanisms.md).")],
    *,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Put documents on file, or replace those with the same id; all of FILE or, if one is refused, nothing. Exit 2 if one is."""
    records = read_documents(file)
    desk = _Desk.of(home)
    before = desk.register()
    desk.publish(records)
    done = [(record, before.get(record.id)) for record in records]
    if as_json:
        _print_json([{"id": record.id, "kind": record.kind, "replaced": old is not None} for record, old in done])
    else:
        for record, old in done:
            said = "on file" if old is None else "on file again, was revoked" if old.revoked else "replaced"
            _print(Text(f"{record.id}  {record.kind}  {said}"))


@mechanisms_app.command()
@guarded
def revoke(
    name: Annotated[str, typer.Argument(metavar="ID", help="The document's id, as the list has it.")],
    *,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Take a document out of force at once; it stays in the list as revoked."""
    desk = _Desk.of(home)
    record = desk.register().get(name)
    if record is None:
        raise ConfigurationError(f"no document {name!r} is on file: carnet mechanisms list")
    if not record.revoked:
        desk.publish([replace(record, revoked=True)])
    if as_json:
        _print_json({"id": name, "kind": record.kind, "was_revoked": record.revoked})
    else:
        _print(Text(f"{name}  {record.kind}  {'was revoked before' if record.revoked else 'revoked'}"))


@mechanisms_app.command()
@guarded
def check(*, on: Day = None, home: Home = DEFAULT_HOME, as_json: AsJson = False) -> int:
    """Name what ends within 60 working days, has ended without a successor, or is malformed; exit 1 if anything does."""
    faults = [row for row in rows(_Desk.of(home).register(), _day(on)) if row.is_unsettled]
    if as_json:
        _print_json({"ok": not faults, "documents": [row.as_json() for row in faults]})
    elif faults:
        _print(listing(faults))
    else:
        _print(Text("nothing on file ends within 60 working days", style="green"))
    return EXIT_FAILURE if faults else 0


def listing(found: Sequence[Row]) -> Table | Text:
    """Return the table of documents."""
    if not found:
        return Text("no document is on file")
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for heading in ("id", "kind", "customer", "direction", "scope", "number", "from", "to", "renew by"):
        table.add_column(heading, overflow="fold")
    table.add_column("days left", justify="right")
    table.add_column("state")
    for row in found:
        record, more = row.document.record, row.expiry
        left = f"{more.days_left:,} ({more.working_days_left:,} working, {more.country})" if more else ""
        table.add_row(
            Text(_plain(record.id), style="bold"),
            Text(_plain(record.kind)),
            Text(_plain(record.customer_id) or "all"),
            Text(_plain(record.direction)),
            Text(_plain(_scope(record))),
            Text(_plain(record.number)),
            Text(_plain(record.valid_from)),
            Text(_plain(record.valid_to) or "no end"),
            more.renew_by.isoformat() if more else "",
            left,
            Text(row.document.problem or row.state, style=_STYLES[row.state]),
        )
    return table


def _scope(record: MechanismOnFile) -> str:
    """Write what a document is limited to."""
    people = [f"at most {record.people_max:,} people"] if record.people_max else []
    limits = [" ".join(record.destinations), " ".join(record.categories), *people]
    return "; ".join(limit for limit in limits if limit) or "no limit"


def _plain(text: str) -> str:
    """Return a text without what would move the cursor or colour the terminal: anybody who may write the topic wrote it."""
    return "".join(character if character.isprintable() else "·" for character in text)


def _day(on: dt.datetime | None) -> dt.date:
    return dt.datetime.now(dt.UTC).date() if on is None else on.date()


def _print(shown: Any) -> None:
    screen = Console()
    (screen if screen.is_terminal else Console(width=_FILE_WIDTH)).print(shown, soft_wrap=isinstance(shown, Text))


def _print_json(fields: Any) -> None:
    sys.stdout.write(json.dumps(fields, ensure_ascii=False) + "\n")
