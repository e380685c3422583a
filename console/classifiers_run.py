"""One run of `carnet quality --classifiers`: models loaded, texts read, then tables, JSON, or the section of docs/quality.md."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

from rich.console import Console, Group, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table as Grid
from rich.text import Text

from console.classifier_cards import PURPOSES, cards
from console.classifier_tables import Cell, Table, alike, shown, tables
from console.classifiers import Cost, Measured, chinese_lane, distinct, english_lanes, load, measure, peak_mib, text_sets
from console.known_texts import FOREIGN, TRAINING, training_texts
from models.manifest import Manifest
from models.manifest import load as load_manifest
from schemas.errors import ConfigurationError

DOCUMENT: Final = Path(__file__).parents[1] / "docs" / "quality.md"
BEGIN: Final = "<!-- classifiers: begin; `carnet quality --classifiers --markdown` writes what is between these marks -->"
END: Final = "<!-- classifiers: end -->"
_SECTION = re.compile(re.escape(BEGIN) + ".*?" + re.escape(END), re.DOTALL)
_FILE_WIDTH = 160  # of tables that go into a file: nothing is folded


def run_classifiers(
    directory: Path | None,
    *,
    models: Path | None,
    rivals: bool,
    markdown: bool,
    as_json: bool,
    write: Callable[[str], object],
) -> Measured:
    """Measure and print, or write the section of the document.

    Args:
        directory: Data to use besides the hand sets.
        models: Where the built models lie, if not in their package.
        rivals: Refused: the lanes beside are always measured, others never.
        markdown: Write the section ``Classifiers`` of docs/quality.md.
        as_json: Print JSON.
        write: Where JSON and what was written go.

    Raises:
        ConfigurationError: Options exclude each other, data are not there, or there is no document to write to.
        ArtifactError: A model is missing or not the pinned one.
    """
    if markdown and as_json:
        raise ConfigurationError("--markdown and --json are two forms of the same figures: choose one")
    if rivals:
        raise ConfigurationError("--rivals goes without --classifiers: the others label nothing")
    if markdown and not DOCUMENT.is_file():
        raise ConfigurationError("--classifiers --markdown writes into docs/quality.md and needs a checkout")
    sets = text_sets(directory)
    errors = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors, transient=True) as bars:
        bar = bars.add_task("loading the models", total=None)
        loaded = load(models)
        bars.update(bar, description="texts", total=len(distinct(sets)))
        measured = measure(sets, loaded.reader, lambda count: bars.advance(bar, count))
        foreign = sets.names.get(FOREIGN, ())
        if foreign:
            bars.update(bar, description="the lanes beside", total=None)
            measured.names.append(chinese_lane([one for one in foreign if one.language == "zh"], loaded.chinese))
            measured.names += english_lanes([one for one in foreign if one.language == "en"], models)
    cost, made = replace(loaded.cost, peak_mib=peak_mib()), tables(measured)
    if TRAINING in sets.names:
        made = (*made[:2], alike(measured, training_texts()), *made[2:])
    if as_json:
        write(json.dumps({"classifiers": [one.as_json() for one in made], "cost": asdict(cost)}, ensure_ascii=False) + "\n")
    elif markdown:
        written = section(measured, made, cost, load_manifest(), with_training=TRAINING in sets.names, with_foreign=bool(foreign))
        DOCUMENT.write_text(put_in(DOCUMENT.read_text(encoding="utf-8"), written), encoding="utf-8")
        write(f"docs/quality.md: the section Classifiers is new, {len(made)} tables, {len(PURPOSES)} cards\n")
    else:
        screen = Console()
        (screen if screen.is_terminal else Console(width=_FILE_WIDTH)).print(on_screen(made, cost))
    return measured


# --- terminal -----------------------------------------------------------------------------------------------------------------------------


def on_screen(made: Sequence[Table], cost: Cost) -> RenderableType:
    """Return everything for a terminal."""
    parts: list[RenderableType] = []
    for one in made:
        parts += [Text(one.title, style="bold"), _grid(one), Text()]
    return Group(*parts, Text(cost_line(cost), style="bold"))


def _grid(table: Table) -> Grid:
    grid = Grid(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for number, heading in enumerate(table.headings):
        numbers = number >= table.of_text and any(not isinstance(row[number], str) for row in table.rows)
        grid.add_column(heading, justify="right" if numbers else "left", style="cyan" if number == 0 else "", overflow="fold")
    for row in table.rows:
        grid.add_row(*(_cell(cell) for cell in row))
    return grid


def _cell(cell: Cell) -> Text:
    return Text(shown(cell), style={"yes": "green", "no": "red"}.get(cell, "") if isinstance(cell, str) else "")


def cost_line(cost: Cost) -> str:
    """Return what the models cost, in a sentence."""
    return (
        f"text, language and Chinese models: ready in {cost.load_s:.1f} s; memory of the process {cost.before_mib:,} MiB before, "
        f"{cost.loaded_mib:,} MiB with them, {cost.peak_mib:,} MiB at most in the run"
    )


# --- docs/quality.md ----------------------------------------------------------------------------------------------------------------------


def section(
    measured: Measured, made: Sequence[Table], cost: Cost, manifest: Manifest, *, with_training: bool = True, with_foreign: bool = True
) -> str:
    """Return the section ``Classifiers`` with its marks.

    Args:
        measured: What was said.
        made: The tables of it.
        cost: What the models cost.
        manifest: Where the models come from.
        with_training: Whether training sentences were measured.
        with_foreign: Whether Universal NER was measured.
    """
    missing = [name for name, there in (("the training sentences", with_training), ("Universal NER", with_foreign)) if not there]
    intro = (
        "By `carnet quality --classifiers --data DIR --markdown`, which reads every text as `carnet classify` does, on the processor, with "
        "the models named in the cards below. `console/samples/names.yaml`, `domains.yaml`, `kinds.yaml` and `languages.yaml` are the hand "
        "sets: composed one text at a time by an assistant, from no template, file or corpus, before the training texts and without sight "
        "of them. They are small: a share of 200 texts is uncertain by three to five hundredths. And they are no blind test: figures on "
        "them and on the development halves of Universal NER were looked at between trainings, and the training texts that were written "
        "later are of the kinds that had been missed, by writers who saw neither."
    )
    parts = [
        BEGIN,
        "## Classifiers",
        intro,
        *([f"Not measured in this run: {' and '.join(missing)}."] if missing else []),
        *(part for one in made for part in _markdown(one)),
        "### Cost",
        f"In this run, {cost_line(cost)}. Figures of the machine that ran it.",
        "### Cards",
        cards(measured, manifest),
        END,
    ]
    return "\n\n".join(parts)


def _markdown(table: Table) -> list[str]:
    lines = [table.headings, ("---",) * len(table.headings), *(tuple(shown(cell) for cell in row) for row in table.rows)]
    grid = "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
    return [f"### {table.title}", *([table.note] if table.note else []), grid]


def put_in(document: str, written: str) -> str:
    """Return a document with the section in place of the one that it has, else at its end."""
    if _SECTION.search(document):
        return _SECTION.sub(lambda _found: written, document, count=1)
    return document.rstrip("\n") + "\n\n" + written + "\n"
