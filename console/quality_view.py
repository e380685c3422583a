"""How `carnet quality` looks: each finder on each set, then recall by type; for the terminal, or as Markdown for docs/quality.md."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from console.quality import HARD, Judged

_GOOD, _FAIR = 0.95, 0.8
_HEADINGS = ("texts", "finder", "found", "recall", "false", "precision", "F2", "per 1,000 words")
Rows = list[list[str]]


def summary_rows(judged: Sequence[Judged]) -> Rows:
    """Return a row for each finder on each set, the finders of a set one below the other."""
    rows: Rows = []
    for texts in dict.fromkeys(one.texts for one in judged):
        rows.extend(_summary_row(one) for one in judged if one.texts == texts)
    return rows


def _summary_row(one: Judged) -> list[str]:
    cover = one.coverage
    if not one.known:
        return [one.texts, one.finder, "", "", "", "", "", f"{one.per_1000_words:.1f}"]
    found, values, false = (sum(counts.values()) for counts in (cover.found, cover.values, cover.false))
    share = [f"{share:.3f}" for share in (cover.recall, cover.precision, cover.f2)]
    return [one.texts, one.finder, f"{found:,} of {values:,}", share[0], f"{false:,}", share[1], share[2], f"{one.per_1000_words:.1f}"]


def type_rows(judged: Sequence[Judged], texts: str) -> tuple[list[str], Rows]:
    """Return headings and rows of how many values of each type each finder found in one set, with Carnet's false findings of the type."""
    own = [one for one in judged if one.texts == texts and one.known]
    if not own:
        return [], []
    first = own[0].coverage
    rows: Rows = []
    for kind in sorted({*first.values, *first.false}):
        values = first.values.get(kind, 0)
        found = [str(one.coverage.found.get(kind, 0)) if values else "" for one in own]
        rows.append([kind, str(values or ""), *found, str(first.false.get(kind) or "")])
    return ["type", "values", *(one.finder for one in own), f"false of {own[0].finder}"], rows


def false_rows(judged: Sequence[Judged]) -> Rows:
    """Return for each set with known values and each finder the types of its false findings, the most frequent first."""
    rows: Rows = []
    for one in judged:
        false = sorted(one.coverage.false.items(), key=lambda item: (-item[1], item[0]))
        if false:
            rows.append([one.texts, one.finder, "  ".join(f"{kind} {count:,}" for kind, count in false)])
    return rows


def known_sets(judged: Sequence[Judged]) -> list[str]:
    """Return the sets that have a table by type: the hard cases whole, not their halves."""
    return [name for name in dict.fromkeys(one.texts for one in judged if one.known) if name == HARD or not name.startswith(HARD)]


def quality_tables(judged: Sequence[Judged]) -> RenderableType:
    """Return everything for a terminal; colours say how good a share is."""
    parts: list[RenderableType] = [_table(_HEADINGS, summary_rows(judged), plain=2)]
    for name in known_sets(judged):
        headings, rows = type_rows(judged, name)
        parts += [Text(f"\n{name}, values found by type", style="bold"), _table(headings, rows, plain=1, against=1)]
    return Group(*parts)


def _table(headings: Sequence[str], rows: Rows, *, plain: int, against: int | None = None) -> Table:
    """Return a table.

    Args:
        headings: Of the columns.
        rows: The cells.
        plain: How many columns at the left are text.
        against: The column that the numbers on its right are counted against; None: shares are coloured by themselves.
    """
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="left" if number < plain else "right", style="cyan" if number == 0 else "", overflow="fold")
    previous = ""
    for row in rows:
        cells: list[Text | str] = []
        for number, cell in enumerate(row):
            if number == 0 and against is None and cell == previous:
                cells.append("")
            elif number >= plain and against is None and "." in cell and number < len(row) - 1:
                cells.append(Text(cell, style=_style(float(cell))))
            elif against is not None and against < number < len(row) - 1 and cell:
                cells.append(Text(cell, style=_style(int(cell) / int(row[against]))))
            else:
                cells.append(cell)
        previous = row[0]
        table.add_row(*cells)
    return table


def _style(share: float) -> str:
    return "green" if share >= _GOOD else "yellow" if share >= _FAIR else "red"


def quality_markdown(judged: Sequence[Judged]) -> str:
    """Return everything as Markdown tables."""
    parts = [_markdown(_HEADINGS, summary_rows(judged))]
    for name in known_sets(judged):
        headings, rows = type_rows(judged, name)
        parts += [f"### {name}: values found by type", _markdown(headings, rows)]
    false = false_rows([one for one in judged if one.texts in known_sets(judged)])
    if false:
        parts += ["### False findings by type", _markdown(("texts", "finder", "types"), false)]
    return "\n\n".join(parts) + "\n"


def _markdown(headings: Sequence[str], rows: Rows) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
