"""``carnet query``: SQL over a Parquet export, by DuckDB; it reads the parts that the export vouches for, and nothing else."""

from __future__ import annotations

import datetime as dt
import decimal
import json
import math
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from console.exits import guarded
from console.export_files import STATE_NAME, load_state
from console.export_parquet import check_path, connect, quoted
from console.export_tables import TABLES
from schemas.errors import ConfigurationError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

PARQUET: Final = "parquet"
ROWS_SHOWN: Final = 1_000
DEFAULT_EXPORT: Final = Path("export")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query gave.

    Attributes:
        names: Names of the columns.
        types: Their types, in DuckDB's words.
        rows: Rows, in the query's order.
        more: Whether there are rows beyond those.
    """

    names: tuple[str, ...]
    types: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    more: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return it as a program reads it: times in RFC 3339, bytes in hex, what is no number as null."""
        columns = [{"name": name, "type": kind} for name, kind in zip(self.names, self.types, strict=True)]
        return {"columns": columns, "rows": [[_plain(value) for value in row] for row in self.rows]}


def open_export(directory: Path) -> DuckDBPyConnection:
    """Return a database whose views are the tables of an export, and which can read no other file and write none.

    Raises:
        ConfigurationError: There is no Parquet export, a part of it is missing, or DuckDB is not installed.
    """
    place = (directory / PARQUET).absolute()
    check_path(place)
    if not (place / STATE_NAME).exists():
        raise ConfigurationError(f"{directory} has no Parquet export: carnet export {directory} --format parquet makes one")
    parts = load_state(place, PARQUET).parts
    database = connect()
    allowed = []
    for table in TABLES:
        paths = [str(place / table / name) for name in parts.get(table, ())]
        missing = [path for path in paths if not Path(path).is_file()]
        if missing or not paths:
            database.close()
            raise ConfigurationError(f"{missing[0] if missing else place / table} is missing: export anew to an empty directory")
        files = ", ".join(map(quoted, paths))
        database.execute(f"CREATE VIEW {table} AS SELECT * FROM read_parquet([{files}], union_by_name = true)")  # noqa: S608 - our own names
        allowed += paths
    database.execute(f"SET allowed_paths = [{', '.join(map(quoted, allowed))}]")
    database.execute("SET enable_external_access = false")
    database.execute("SET lock_configuration = true")
    return database


def ask(database: DuckDBPyConnection, sql: str, rows_max: int | None = None) -> Answer:
    """Return what one SELECT gives.

    Args:
        database: As ``open_export`` returns it.
        sql: One statement that reads.
        rows_max: At most so many rows are fetched; None for all.

    Raises:
        ConfigurationError: It is no single SELECT, or DuckDB refuses it.
    """
    import duckdb  # noqa: PLC0415 - an extra; it is there: the database is open

    try:
        statements = database.extract_statements(sql)
        if [statement.type for statement in statements] != [duckdb.StatementType.SELECT]:
            raise ConfigurationError("one SELECT is expected: a query reads, and does nothing else")
        found = database.execute(statements[0])
        columns = found.description or []
        rows = found.fetchall() if rows_max is None else found.fetchmany(rows_max + 1)
    except duckdb.Error as failure:
        raise ConfigurationError(f"DuckDB: {str(failure).splitlines()[0]}") from None
    more = rows_max is not None and len(rows) > rows_max
    return Answer(tuple(column[0] for column in columns), tuple(str(column[1]) for column in columns), rows[:rows_max], more)


def _plain(value: Any) -> Any:
    """Return a value as JSON can carry it."""
    plain = value
    match value:
        case float() if not math.isfinite(value):
            plain = None
        case dt.datetime():
            plain = value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        case dt.date() | dt.time():
            plain = value.isoformat()
        case decimal.Decimal():
            plain = int(value) if value == value.to_integral_value() else float(value)
        case bytes():
            plain = value.hex()
        case dt.timedelta() | uuid.UUID():
            plain = str(value)
        case dict():
            plain = {str(name): _plain(item) for name, item in value.items()}
        case list() | tuple():
            plain = [_plain(item) for item in value]
    return plain


def answer_table(answer: Answer) -> Table:
    """Return what a person reads."""
    table = Table(box=None, padding=(0, 3, 0, 0))
    numbers = {place for place, row in enumerate(zip(*answer.rows, strict=True)) if all(_is_number(value) for value in row)}
    for place, name in enumerate(answer.names):
        table.add_column(Text(name), justify="right" if place in numbers else "left")
    for row in answer.rows:
        table.add_row(*map(_cell, row))
    return table


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, int | float | decimal.Decimal) and not isinstance(value, bool))


def _cell(value: Any) -> Text:
    plain = _plain(value)
    if plain is None:
        return Text("–", style="dim")
    match plain:
        case bool():
            shown = "yes" if plain else "no"
        case int():
            shown = f"{plain:,}"
        case float():
            shown = f"{plain:,.4g}" if abs(plain) < 1_000 else f"{plain:,.0f}"
        case str():
            shown = plain
        case list() if all(isinstance(item, str) for item in plain):
            shown = ", ".join(plain)
        case _:
            shown = json.dumps(plain, ensure_ascii=False)
    return Text(shown)


@guarded
def query(
    sql: Annotated[
        str, typer.Argument(metavar="SQL", help="One SELECT over decisions, findings, rules, stamps, reviews, dead_letters, usage.")
    ],
    *,
    directory: Annotated[Path, typer.Option("--export", metavar="DIR", help="What `carnet export` wrote.")] = DEFAULT_EXPORT,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Ask a Parquet export in SQL; nothing is written, no other file is read."""
    database = open_export(directory)
    try:
        answer = ask(database, sql, None if as_json else ROWS_SHOWN)
    finally:
        database.close()
    if as_json:
        sys.stdout.write(json.dumps(answer.as_json(), ensure_ascii=False) + "\n")
        return
    screen = Console()
    screen.print(answer_table(answer))
    if answer.more:
        screen.print(f"the first {ROWS_SHOWN:,} rows; --json prints all", style="dim", highlight=False)
