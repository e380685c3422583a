"""`carnet models`: what is pinned, whether the files are what is pinned, making them, and how fast each runs here."""

from __future__ import annotations

import importlib.util
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from console.exits import EXIT_FAILURE, guarded
from models import manifest
from models.devices import gpu_names
from models.manifest import ModelCard
from models.session import CPU, CUDA, has_gpu_wheel
from schemas.errors import ArtifactError, ConfigurationError

BUILT, MISSING, ALTERED, UNWANTED = "built", "missing", "altered", "not wanted here"
FAULTS = frozenset({MISSING, ALTERED})
ON_CPU = frozenset({"chinese", "text_int8"})  # made of whole numbers, and opened on the CPU on every machine
PICTURES_PATH = manifest.MANIFEST_PATH.with_name("pictures.yaml")
_PICTURES_PACKAGE = "rapidocr"
_DIGEST_CHARS = 12
_STYLES = {BUILT: "green", MISSING: "bold red", ALTERED: "bold red", UNWANTED: "dim"}
_SHORT = {CPU: "CPU", CUDA: "CUDA", "": "–"}
_FILE_WIDTH = 160  # of a table that goes into a file: nothing is cut off

models_app = typer.Typer(help="List, verify, build and measure the pinned models.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a pinned model stands on this machine.

    Attributes:
        card: What is pinned.
        provider: What would run it here; empty where nothing does, because it wants a GPU and there is none.
        state: ``built``, ``missing``, ``altered`` or ``not wanted here``.
        reason: What is wrong and what cures it; empty where nothing is.
    """

    card: ModelCard
    provider: str
    state: str
    reason: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return what a program reads."""
        card = self.card
        return {
            "name": card.name,
            "file": card.file,
            "bytes": card.bytes,
            "sha256": card.sha256,
            "licence": card.licence,
            "source": f"{card.source.package} {card.source.version}",
            "provider": self.provider,
            "state": self.state,
            "reason": self.reason,
        }


def standings(directory: Path | None) -> list[Standing]:
    """Return how every pinned model stands, those that read pictures last.

    Args:
        directory: Where the built models lie, if not in their package.
    """
    has_gpu = has_gpu_wheel()
    runs_gpu = has_gpu and bool(gpu_names())
    rows = [_standing(card, directory, has_gpu=has_gpu, runs_gpu=runs_gpu) for card in manifest.load().models.values()]
    package = importlib.util.find_spec(_PICTURES_PACKAGE)
    pictures = manifest.load(PICTURES_PATH).models.values()
    if package is None or package.origin is None:
        cure = f"{_PICTURES_PACKAGE} is not installed: pip install carnet[pictures]"
        return rows + [Standing(card, _provider(card, runs_gpu=runs_gpu), UNWANTED, cure) for card in pictures]
    folder = Path(package.origin).parent / "models"
    return rows + [_standing(card, folder, has_gpu=has_gpu, runs_gpu=runs_gpu) for card in pictures]


def _standing(card: ModelCard, directory: Path | None, *, has_gpu: bool, runs_gpu: bool) -> Standing:
    """Return how one model stands; its file is read in full."""
    provider = _provider(card, runs_gpu=runs_gpu)
    try:
        manifest.verify(card, directory)
    except ArtifactError as error:
        if ((directory or manifest.ARTIFACTS_PATH) / card.file).exists():
            return Standing(card, provider, ALTERED, str(error))
        wanted = card.wanted != manifest.GPU or has_gpu
        return Standing(card, provider, MISSING if wanted else UNWANTED, str(error) if wanted else "for a GPU; `--all` builds it")
    return Standing(card, provider, BUILT)


def _provider(card: ModelCard, *, runs_gpu: bool) -> str:
    """Return what would run a model here."""
    if runs_gpu and card.name not in ON_CPU:
        return CUDA
    return "" if card.wanted == manifest.GPU else CPU


@models_app.command("list")
@guarded
def list_models(*, as_json: AsJson = False) -> None:
    """List the pinned models: file, size, licence, what would run each here, and whether it is built."""
    rows = standings(_directory())
    if as_json:
        _print_json([row.as_json() for row in rows])
    else:
        _print(listing(rows))


@models_app.command()
@guarded
def verify(*, as_json: AsJson = False) -> int:
    """Compare every file with its pinned digest; exit 1 if one is missing or is not the pinned one.

    A model that this machine does not want may be missing.
    """
    rows = standings(_directory())
    faults = [row for row in rows if row.state in FAULTS]
    if as_json:
        _print_json({"ok": not faults, "models": [row.as_json() for row in rows]})
    else:
        for row in rows:
            mark = "  " if row.state == UNWANTED else "✗ " if row in faults else "✓ "
            _print(Text.assemble((mark, _STYLES[row.state]), (f"{row.card.name}  ", "bold"), row.reason or row.state))
    return EXIT_FAILURE if faults else 0


@models_app.command()
@guarded
def build(
    names: Annotated[list[str] | None, typer.Argument(metavar="[MODELS]", help="Only these, made again; by default those missing.")] = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="Also those that only a GPU wants.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make the model files from their pinned packages; a file that is the pinned one is left alone.

    Needs the extra carnet[build]. What was made must have the pinned digest.
    """
    from models import build as building  # noqa: PLC0415 - only this command builds

    cards = building.chosen(manifest.load(), names or (), everything=everything)
    directory = _directory() or manifest.ARTIFACTS_PATH
    done = []
    with _bars(hidden=as_json) as bars:
        bar = bars.add_task("models", total=len(cards))
        for card in cards:
            bars.update(bar, description=card.name)
            done.append(building.build(card, directory, building.WHEELS_PATH, again=bool(names)))
            bars.advance(bar)
    if as_json:
        _print_json([{"name": card.name, "done": line} for card, line in zip(cards, done, strict=True)])
    else:
        for line in done:
            _print(Text(line))


@models_app.command()
@guarded
def bench(
    names: Annotated[list[str] | None, typer.Argument(metavar="[MODELS]", help="Only these; by default all that are built.")] = None,
    *,
    batches: Annotated[str, typer.Option(help="Sizes of batches, in texts.")] = "1,2,8,32,128",
    length: Annotated[int, typer.Option(min=1, max=256, help="Length of a text: pieces, bytes or characters.")] = 64,
    seconds: Annotated[float, typer.Option(min=0.0, help="Least time for each figure.")] = 1.0,
    threads: Annotated[int, typer.Option(min=1, help="Threads inside an operator on the CPU.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Measure how many texts a second each text model runs on this machine, by size of batch.

    The graph alone: without cutting texts into pieces and without reading what comes out. Models of pictures are not measured.
    """
    from console.model_speed import Speed, measure, plan, table  # noqa: PLC0415 - loads the runtime

    sizes = _sizes(batches)
    here = standings(_directory())
    steps = plan([row for row in here if row.state == BUILT], names or (), sizes)
    speeds: list[Speed] = []
    with _bars(hidden=as_json) as bars:
        bar = bars.add_task("figures", total=len(steps) * len(sizes))
        for card in steps:
            bars.update(bar, description=card.name)
            for speed in measure(card, sizes, length=length, seconds=seconds, threads=threads, directory=_directory()):
                speeds.append(speed)
                bars.advance(bar)
    if as_json:
        _print_json([speed.as_json() for speed in speeds])
    else:
        _print(table(speeds, threads))


def listing(rows: list[Standing]) -> Table:
    """Return the table of `carnet models list`."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for heading in ("model", "file", "bytes", "licence", "runs on", "sha256", "state"):
        table.add_column(heading, justify="right" if heading == "bytes" else "left", overflow="fold")
    for row in rows:
        card = row.card
        state = Text(row.state, style=_STYLES[row.state])
        digest = Text(card.sha256[:_DIGEST_CHARS], style="dim")
        table.add_row(Text(card.name, style="bold"), card.file, f"{card.bytes:,}", card.licence, _SHORT[row.provider], digest, state)
    return table


def _sizes(batches: str) -> list[int]:
    """Return sizes of batches, written as numbers between commas."""
    try:
        sizes = [int(each) for each in batches.split(",")]
    except ValueError:
        sizes = []
    if not sizes or min(sizes) < 1:
        raise ConfigurationError("--batches must be whole numbers from 1 on, with commas between: 1,8,32")
    return sizes


def _directory() -> Path | None:
    """Return where the built models lie, if the settings name a place."""
    from streams.settings import Settings  # noqa: PLC0415 - loads what only commands that run need

    return Settings.load().models.dir


def _bars(*, hidden: bool) -> Progress:
    """Return a progress bar on standard error that leaves nothing behind."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True), disable=hidden, transient=True)


def _print(shown: Any) -> None:
    screen = Console()
    (screen if screen.is_terminal else Console(width=_FILE_WIDTH)).print(shown, soft_wrap=isinstance(shown, Text))


def _print_json(fields: Any) -> None:
    sys.stdout.write(json.dumps(fields, ensure_ascii=False) + "\n")
