"""Parquet files by DuckDB, one directory for each table; each export adds parts, and never rewrites one.

Rows wait as JSON lines on disk, so that memory stays small, and DuckDB writes them in one go.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO

from console.export_files import State
from console.export_tables import SCHEMA_VERSION, TABLES, Source, rows
from schemas.errors import ConfigurationError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_WAITING: Final = ".waiting"


def connect(**options: Any) -> DuckDBPyConnection:
    """Open a DuckDB database in memory, in UTC, that fetches nothing from anywhere.

    Args:
        options: DuckDB settings.

    Raises:
        ConfigurationError: DuckDB is not installed.
    """
    try:
        import duckdb  # noqa: PLC0415 - an extra: `carnet` starts without it
    except ModuleNotFoundError:
        raise ConfigurationError("DuckDB is not installed: pip install 'carnet[query]'") from None
    quiet = {"autoinstall_known_extensions": False, "autoload_known_extensions": False, "python_enable_replacements": False}
    connection = duckdb.connect(":memory:", config={**quiet, **options})
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def quoted(text: str) -> str:
    """Write a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def check_path(directory: Path) -> None:
    """Refuse a directory that DuckDB would read as a pattern.

    Raises:
        ConfigurationError: The path has a character of patterns.
    """
    if any(character in str(directory) for character in "*?["):
        raise ConfigurationError(f"{directory}: DuckDB reads *, ? and [ in a path as a pattern: choose another name")


class ParquetWriter:
    """Writes the tables.

    Args:
        directory: Where the tables' directories lie.
        state: Which parts count; others are what a crash left, and are removed.

    Raises:
        ConfigurationError: DuckDB is not installed, or cannot use the path.
    """

    def __init__(self, directory: Path, state: State) -> None:
        check_path(directory)
        self._directory = directory
        self._database = connect()
        self._waiting = directory / _WAITING
        shutil.rmtree(self._waiting, ignore_errors=True)
        self._waiting.mkdir()
        self._files: dict[str, TextIO] = {}
        for table in TABLES:
            (directory / table).mkdir(exist_ok=True)
            known = set(state.parts.get(table, ()))
            for path in (directory / table).glob("part-*"):
                if path.name not in known:
                    path.unlink()

    def write(self, source: Source) -> None:
        """Let its rows wait."""
        for table, row in rows(source):
            file = self._files.get(table)
            if file is None:
                file = self._files[table] = self._path(table).open("w", encoding="utf-8")
            file.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")

    def commit(self, state: State) -> None:
        """Write a part of each table that has new rows; of a table without any part an empty one, which carries its schema."""
        for file in self._files.values():
            file.close()
        for table, columns in TABLES.items():
            parts = state.parts.setdefault(table, [])
            if table not in self._files and parts:
                continue
            name = f"part-{len(parts):05d}.parquet"
            if table not in self._files:
                self._path(table).touch()
            types = ", ".join(f"{quoted(column.name)}: {quoted(column.type)}" for column in columns)
            read = f"read_json({quoted(str(self._path(table)))}, format = 'newline_delimited', columns = {{{types}}})"
            options = f"FORMAT parquet, COMPRESSION zstd, KV_METADATA {{carnet_schema: {quoted(str(SCHEMA_VERSION))}}}"
            draft = self._waiting / name
            self._run(f"COPY (SELECT * FROM {read}) TO {quoted(str(draft))} ({options})")  # noqa: S608 - our own names, quoted
            draft.replace(self._directory / table / name)
            self._path(table).unlink()
            parts.append(name)
        self._files.clear()

    def close(self) -> None:
        """Drop what still waits."""
        for file in self._files.values():
            file.close()
        self._database.close()
        shutil.rmtree(self._waiting, ignore_errors=True)

    def _run(self, sql: str) -> None:
        import duckdb  # noqa: PLC0415 - it is there: the database is open

        try:
            self._database.execute(sql)
        except duckdb.Error as failure:
            raise ConfigurationError(f"{self._directory}: DuckDB cannot write there ({type(failure).__name__})") from None

    def _path(self, table: str) -> Path:
        return self._waiting / f"{table}.jsonl"
