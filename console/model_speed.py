"""How many texts a second a model runs on this machine, by size of batch."""

from __future__ import annotations

import statistics
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from rich.table import Table

from console.models import ON_CPU, Standing
from models import manifest
from models.form import WIDTH as FORM_WIDTH
from models.manifest import ModelCard
from models.session import CPU, open_model
from schemas.errors import ConfigurationError

Feeds = dict[str, npt.NDArray[Any]]

_SEED = 19
_RUNS_MIN = 3
_SHARE_QUIET = 0.9
_UNITS = {"language": "bytes", "chinese": "characters"}  # of the others: pieces
_IDS_START, _IDS_END = 4, 200_000  # of the 250,037 pieces that the text model knows; the first four are no text
_HAN = (0x4E00, 0x9FA6)


@dataclass(frozen=True, slots=True)
class Speed:
    """A figure.

    Attributes:
        model: Name.
        provider: What ran it.
        unit: What a text's length is counted in.
        length: Of each text.
        batch: How many texts ran at a time.
        texts_s: Texts a second, by the median time of a run.
        texts_cpu_s: The same for each second that this process had a core: what else runs on the machine counts less.
    """

    model: str
    provider: str
    unit: str
    length: int
    batch: int
    texts_s: float
    texts_cpu_s: float

    def as_json(self) -> dict[str, Any]:
        """Return what a program reads."""
        return {
            "model": self.model,
            "provider": self.provider,
            "length": self.length,
            "unit": self.unit,
            "batch": self.batch,
            "texts_s": round(self.texts_s, 1),
            "texts_cpu_s": round(self.texts_cpu_s, 1),
        }


def plan(built: Sequence[Standing], names: Collection[str], sizes: Sequence[int]) -> list[ModelCard]:
    """Return the models to be measured.

    Raises:
        ConfigurationError: A named model is not built or reads no text, or nothing is left.
    """
    cards = {row.card.name: row.card for row in built if not row.card.name.startswith("picture_")}
    unknown = [name for name in names if name not in cards]
    if unknown or not cards or not sizes:
        raise ConfigurationError(f"no text model of this name is built: {', '.join(unknown) or 'none at all'} (carnet models list)")
    return [cards[name] for name in names] if names else list(cards.values())


def measure(card: ModelCard, sizes: Sequence[int], *, length: int, seconds: float, threads: int, directory: Path | None) -> Iterator[Speed]:
    """Yield one figure for each size of batch, after a run that does not count.

    Args:
        card: The model.
        sizes: Of batches, in texts.
        length: Of each text, in the model's unit.
        seconds: Least time for each figure; at least three runs count.
        threads: Inside an operator.
        directory: Where the built models lie, if not in their package.
    """
    model = open_model(manifest.load(), card.name, require_gpu=False, directory=directory, threads=threads, on_cpu=card.name in ON_CPU)
    for batch in sizes:
        feeds = sample(card.name, batch, length)
        model.run(feeds)
        times: list[float] = []
        core_times: list[float] = []
        while len(times) < _RUNS_MIN or sum(times) < seconds:
            start, core_start = time.perf_counter(), time.process_time()
            model.run(feeds)
            times.append(time.perf_counter() - start)
            core_times.append(time.process_time() - core_start)
        rates = [batch / statistics.median(each) for each in (times, core_times)]
        yield Speed(card.name, model.provider, _UNITS.get(card.name, "pieces"), length, batch, *rates)


def sample(name: str, batch: int, length: int) -> Feeds:
    """Return texts without padding, as a model reads them; always the same."""
    random = np.random.default_rng(_SEED)
    if name == "language":
        return {"bytes": random.integers(ord("a"), ord("z") + 1, (batch, length)).astype(np.uint8)}
    if name == "chinese":
        return {"code_points": random.integers(*_HAN, (length, batch)).astype(np.int32)}
    return {
        "ids": random.integers(_IDS_START, _IDS_END, (batch, length)).astype(np.int32),
        "live": np.ones((batch, length), np.int32),
        "form": np.zeros((batch, FORM_WIDTH), np.float32),
    }


def table(speeds: Sequence[Speed], threads: int) -> Table:
    """Return the table of `carnet models bench`: a row for each model, a column for each size of batch, texts a second."""
    sizes = list(dict.fromkeys(speed.batch for speed in speeds))
    shown = Table(
        title=f"texts a second; {threads} thread(s) on a CPU", title_justify="left", title_style="dim", box=None, header_style="dim"
    )
    for heading in ("model", "runs on", "length of a text"):
        shown.add_column(heading)
    for size in sizes:
        shown.add_column(f"batch {size:,}", justify="right")
    rows: dict[tuple[str, str, str], dict[int, float]] = {}
    for speed in speeds:
        key = (speed.model, speed.provider.removesuffix("ExecutionProvider"), f"{speed.length} {speed.unit}")
        rows.setdefault(key, {})[speed.batch] = speed.texts_s
    share = min((speed.texts_s / speed.texts_cpu_s for speed in speeds if speed.provider == CPU), default=1.0)
    if threads == 1 and share < _SHARE_QUIET:
        shown.caption = f"This machine was busy: at times this process had {share:.0%} of a core (--json has figures by core second)."
        shown.caption_justify = "left"
    for key, figures in rows.items():
        shown.add_row(*key, *(f"{figures[size]:,.0f}" for size in sizes))
    return shown
