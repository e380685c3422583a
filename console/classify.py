"""`carnet classify`: what texts are about, what kind they are, and whose names are in them, as the text model says."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console, Group, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from console.documents import Document, json_line, read_documents

if TYPE_CHECKING:
    from detectors.finding import Finding
    from detectors.reading import Reading, TextReader
    from detectors.windows import Window

BATCH_TEXTS = 64
_BAR_TEXTS_MIN = 200  # fewer are read before a bar would say anything
_NO_LANGUAGE = "zxx"
_SURE_MIN = 0.85
_KIND_STYLES = {"prose": "", "code": "blue", "structured": "yellow", "service": "magenta"}
_FILE_WIDTH = 160  # of a table that goes into a file: nothing is cut off


@dataclass(frozen=True, slots=True)
class Classified:
    """What the text model says of one text.

    Attributes:
        id: Of the text.
        characters: Its length.
        language: That of most of its characters; ``zxx`` only if nothing in it is language.
        kind: That of most of its characters.
        domains: The highest score of each domain in any window.
        domains_on: Those that count in any window.
        names: In order; offsets are code points of the text.
    """

    id: str
    characters: int
    language: str
    kind: str
    domains: dict[str, float]
    domains_on: tuple[str, ...]
    names: tuple[Finding, ...]

    def as_line(self) -> str:
        """Return a JSON line; no text is in it."""
        names = [{"type": one.entity_type, "start": one.start, "end": one.end, "score": one.score} for one in self.names]
        return json_line(
            {
                "id": self.id,
                "language": self.language,
                "kind": self.kind,
                "domains": self.domains,
                "domains_on": self.domains_on,
                "names": names,
            }
        )


def classify(
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="[FILES]", help="JSON lines with text (or output), or plain texts; - or none for standard input."),
    ] = None,
    *,
    plain: Annotated[bool, typer.Option("--plain", help="Take each file as one plain text, whatever it is called.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON line for each text instead of a table.")] = False,
) -> None:
    """Say what texts are about, in which language, of what kind, and which people, places and organisations they name.

    Reads what `carnet scan` reads. Offsets count Unicode code points. No text is printed.
    """
    from streams.settings import Settings  # noqa: PLC0415 - loads what only commands that run need

    documents = list(chain.from_iterable(read_documents(file, plain=plain) for file in files or ["-"]))
    errors = Console(stderr=True)
    with errors.status("loading the models"):
        reader = open_reader(Settings.load().models.dir)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    few = len(documents) < _BAR_TEXTS_MIN
    read: list[Classified] = []
    # Standard output stays what it is: rich would send it to the console of the bar.
    with Progress(*columns, console=errors, disable=few, transient=True, redirect_stdout=False, redirect_stderr=False) as bars:
        bar = bars.add_task("texts", total=len(documents))
        for one in classify_documents(documents, reader):
            if as_json:
                sys.stdout.write(one.as_line() + "\n")
            else:
                read.append(one)
            bars.advance(bar)
    if not as_json:
        screen = Console()
        (screen if screen.is_terminal else Console(width=_FILE_WIDTH)).print(table(read))


def open_reader(directory: Path | None = None) -> TextReader:
    """Return the reader of texts, on the processor: every machine says the same.

    Args:
        directory: Where the built models lie, if not in their package.

    Raises:
        ConfigurationError: A model is missing.
    """
    from detectors.classifier import LanguageClassifier  # noqa: PLC0415 - they load what only commands that run need
    from detectors.reading import TextReader  # noqa: PLC0415
    from models import manifest  # noqa: PLC0415
    from models.session import open_model  # noqa: PLC0415

    pinned = manifest.load()
    language = open_model(pinned, "language", require_gpu=False, directory=directory, on_cpu=True)
    text = open_model(pinned, "text_int8", require_gpu=False, directory=directory, on_cpu=True)
    return TextReader(text, LanguageClassifier(language))


def classify_documents(documents: Iterable[Document], reader: TextReader) -> Iterator[Classified]:
    """Read texts in their order, the windows of many in one batch, and put together what was said of each one's.

    Raises:
        DetectionError: The model failed.
    """
    source = iter(documents)
    while batch := list(islice(source, BATCH_TEXTS)):
        windows = [_windows_of(document.text) for document in batch]
        readings = iter(reader.read([window.text for each in windows for window in each]))
        for document, each in zip(batch, windows, strict=True):
            yield put_together(document, [(window, next(readings)) for window in each])


def _windows_of(text: str) -> list[Window]:
    """Return a text that fits into one window as one, a longer one divided as a stream is."""
    from detectors.windows import WINDOW_CHARS_MAX, Window, WindowState, take  # noqa: PLC0415 - with the reader

    return [Window(0, len(text), text)] if len(text) <= WINDOW_CHARS_MAX else take(WindowState(), text, last=True)


def put_together(document: Document, parts: list[tuple[Window, Reading]]) -> Classified:
    """Return what is said of a text whose windows were read."""
    languages: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    domains: dict[str, float] = {}
    on: dict[str, None] = {}
    names: list[Finding] = []
    for window, reading in parts:
        length = window.end - window.start
        languages[reading.language.label] += length
        if reading.kind_score:
            kinds[reading.kind] += length
        for label, score in zip(reading.labels, reading.domains, strict=True):
            domains[label] = max(score, domains.get(label, 0.0))
        on |= dict.fromkeys(reading.domains_on)
        names += [replace(one, start=one.start + window.start, end=one.end + window.start) for one in reading.names]
    languages.pop(_NO_LANGUAGE, None)
    return Classified(
        document.id,
        len(document.text),
        language=_most(languages, _NO_LANGUAGE),
        kind=_most(kinds, "prose"),
        domains=domains,
        domains_on=tuple(label for label in domains if label in on),
        names=tuple(names),
    )


def _most(counts: Counter[str], otherwise: str) -> str:
    """Return the label of most characters; of equals the first by the alphabet."""
    return min(counts, key=lambda label: (-counts[label], label), default=otherwise)


def table(read: list[Classified]) -> RenderableType:
    """Return what was said of each text, a row each, and the counts of all."""
    rows = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    rows.add_column("text", style="bold", overflow="fold")
    rows.add_column("characters", justify="right", no_wrap=True)
    rows.add_column("language", no_wrap=True)
    rows.add_column("kind", no_wrap=True)
    rows.add_column("about", overflow="fold")
    rows.add_column("names", style="cyan", overflow="fold")
    for one in read:
        names = Counter(name.entity_type for name in one.names)
        rows.add_row(
            Text(one.id),
            f"{one.characters:,}",
            one.language,
            Text(one.kind, style=_KIND_STYLES[one.kind]),
            _about(one),
            "  ".join(f"{name} {count:,}" for name, count in names.most_common()) or Text("–", style="dim"),
        )
    return Group(rows, Text(), *_totals(read))


def _about(one: Classified) -> Text:
    """Return the domains that count with their scores, the surest first."""
    shown = Text()
    for label in sorted(one.domains_on, key=lambda label: (-one.domains[label], label)):
        score = one.domains[label]
        shown.append(f"{label} ", style="bold red" if score >= _SURE_MIN else "red").append(f"{score:.2f}  ", style="dim")
    return shown or Text("–", style="dim")


def _totals(read: list[Classified]) -> Iterator[Text]:
    """Yield one line of totals, and below it what there is of each sort."""
    named = sum(len(one.names) for one in read)
    about = sum(bool(one.domains_on) for one in read)
    texts = "text" if len(read) == 1 else "texts"
    yield Text(f"{about:,} of {len(read):,} {texts} about something sensitive, {named:,} names", style="bold")
    for style, counts in (
        ("red", Counter(label for one in read for label in one.domains_on)),
        ("", Counter(one.kind for one in read)),
        ("cyan", Counter(name.entity_type for one in read for name in one.names)),
        ("green", Counter(one.language for one in read)),
    ):
        if counts:
            yield Text("  ".join(f"{label} {count:,}" for label, count in counts.most_common()), style=style)
