"""One run of `carnet quality`: every finder over every set, with a progress bar, then tables, Markdown or JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from console.quality import ELSEWHERE, HERE, Carnet, Finder, Judged, judge, rival, text_sets
from console.quality_view import quality_markdown, quality_tables
from schemas.errors import ConfigurationError


def run_quality(
    directory: Path | None,
    *,
    rivals: bool,
    answers: int,
    markdown: bool,
    as_json: bool,
    screen: Console,
    write: Callable[[str], object],
) -> list[Judged]:
    """Judge and print.

    Args:
        directory: Data to use besides the shipped cases.
        rivals: Judge others too.
        answers: At most so many texts of each file of real answers.
        markdown: Print Markdown.
        as_json: Print JSON.
        screen: Where tables go.
        write: Where Markdown and JSON go.

    Raises:
        ConfigurationError: Options exclude each other, or data or a rival are not there.
    """
    if markdown and as_json:
        raise ConfigurationError("--markdown and --json are two forms of the same figures: choose one")
    sets = text_sets(directory, answers)
    judged: list[Judged] = []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars, ExitStack() as running:
        bar = bars.add_task("loading the detectors", total=None)
        finders: list[Finder] = [Carnet()]
        if rivals:
            finders += [running.enter_context(rival(name)) for name in (*HERE, *ELSEWHERE)]
        total = sum(len(one.examples) for one in sets) * len(finders)
        bars.update(bar, total=total)
        for finder in finders:
            bars.update(bar, description=finder.name)
            judged += judge(sets, finder, lambda count: bars.advance(bar, count))
    if as_json:
        write(json.dumps({"quality": [one.as_fields() for one in judged]}, ensure_ascii=False) + "\n")
    elif markdown:
        write(quality_markdown(judged))
    else:
        screen.print(quality_tables(judged))
    return judged
