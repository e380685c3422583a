"""What the detectors look for, as a list."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import RenderableType
from rich.table import Table

from detectors.analyzer import build_engine
from detectors.overview import Row, overview
from detectors.recognizers.custom import load_custom


def listed(countries: Sequence[str], path: Path | None, modules: Sequence[str]) -> tuple[Row, ...]:
    """Return a row for every type that a pipeline with these settings looks for, and for what is replaced.

    Args:
        countries: Names of countries, ``all`` or ``auto``.
        path: A file with the user's own recognisers, or None.
        modules: Classes of the user, ``package.module:Class``.

    Raises:
        ConfigurationError: A country is unknown, or a recogniser of the user is refused; one line with the reason.
    """
    custom = load_custom(path, modules)
    return overview(build_engine(countries, custom=custom), custom)


def listing(rows: Sequence[Row]) -> RenderableType:
    """Return the rows as a table; a recogniser that another stands for is dim."""
    used = [row for row in rows if row.in_use]
    types = len({row.entity_type for row in used})
    table = Table(title=f"{types} types, {len(used)} recognisers", title_justify="left", title_style="bold", box=None, padding=(0, 2, 0, 0))
    table.add_column("type", style="cyan", no_wrap=True)
    table.add_column("width", justify="right")
    table.add_column("boundary")
    table.add_column("hold-back")
    table.add_column("norm · recogniser", overflow="fold")
    for row in rows:
        width = "–" if row.width is None else f"{row.width:,}"
        about = f"{row.norm} · {row.recognizer}" if row.in_use else row.recognizer
        about = f"{about}, {row.remark}" if row.remark else about
        table.add_row(row.entity_type, width, row.boundary, row.hold_back, about, style="" if row.in_use else "dim")
    return table
