"""Figures beside their rivals, and how they are printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.table import Table


@dataclass(frozen=True, slots=True)
class Row:
    """One figure and what stands beside it.

    Attributes:
        what: What was measured.
        carnet: Our figure.
        unit: Of all figures of the row.
        rival: Who else.
        theirs: Their figure; None: the rival is not there.
        times: How many times better ours is; below 1: theirs is better.
        bar: What was promised of our figure or of ``times``, in words.
        met: Whether it holds; None: nothing was promised.
    """

    what: str
    carnet: float
    unit: str
    rival: str = ""
    theirs: float | None = None
    times: float | None = None
    bar: str = ""
    met: bool | None = None


def table_of(rows: Sequence[Row]) -> Table:
    """Return the table that people read."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for heading, justify in (
        ("what", "left"),
        ("Carnet", "right"),
        ("unit", "left"),
        ("rival", "left"),
        ("figure", "right"),
        ("ratio", "right"),
    ):
        table.add_column(heading, justify=justify, overflow="fold")  # type: ignore[arg-type]
    table.add_column("bar", overflow="fold")
    for row in rows:
        marks = {True: "[green]met[/]", False: "[red]missed[/]", None: ""}
        bar = f"{row.bar} {marks[row.met]}".strip()
        absent = "[dim]not there[/]" if row.rival else ""
        theirs = absent if row.theirs is None else _number(row.theirs)
        table.add_row(row.what, _number(row.carnet), row.unit, row.rival, theirs, f"{row.times:,.2f} x" if row.times else "", bar)
    return table


def _number(value: float) -> str:
    return f"{value:,.1f}" if isinstance(value, float) and value < 1000 else f"{value:,.0f}"
