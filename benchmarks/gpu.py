"""How many texts and tokens a second the text model reads on a GPU, beside the CPU of the same machine in the same run.

Method: ``text_fp16`` on CUDA and ``text_int8`` on the CPU, batches of random pieces without padding. On the GPU four ways are measured: a
plain run; buffers bound once on the device (I/O binding); the same filled from pinned memory; and a CUDA graph on top, replayed for each
fixed shape. Every time holds the copies in and out. Figures are medians after runs that do not count. The probabilities of the GPU are
compared with those of the same graph on the CPU. A way that this runtime does not offer is left out, and a line says so.

Where there is no GPU the script says so, measures nothing, and exits 0.
Run: ``python -m benchmarks.gpu [--batches 1,32] [--lengths 32,64]``.
"""

from __future__ import annotations

import argparse
import importlib
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.table import Table

from models.devices import gpu_names
from models.form import WIDTH as FORM_WIDTH
from models.manifest import load, verify
from models.session import CPU, CUDA, check_runtime, open_model
from schemas.errors import CarnetError, ProviderError

Feeds = dict[str, npt.NDArray[Any]]

BATCHES = (1, 2, 4, 8, 16, 32, 64, 128, 256)
LENGTHS = (16, 32, 64, 128, 256)
PLAIN, BOUND, PINNED, GRAPH = "plain run", "I/O binding", "pinned", "pinned, CUDA graph"
CPU_BATCH_MAX = 32  # what the pipeline gives the CPU at most
WARM_UPS = 3  # the first run of a graph captures it
RUNS_MIN = 5
SEED = 19
IDS_START, IDS_END = 4, 200_000


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: what ran how, in which shape, and how many texts a second it read."""

    way: str
    length: int
    batch: int
    texts_s: float


class Bound:
    """One shape of a session with all its buffers bound once.

    Args:
        runtime: The module ``onnxruntime``.
        session: Of the text model.
        feeds: What is read; the host buffers that are copied in at every run.
        device: Where the bound buffers lie: ``cuda``, or ``cpu``.
        graph: Number of the CUDA graph that this shape is captured in; None: none.
    """

    def __init__(self, runtime: Any, session: Any, feeds: Feeds, *, device: str, graph: int | None = None) -> None:
        self._session = session
        self._feeds = feeds
        self._binding = session.io_binding()
        self._inputs = {name: runtime.OrtValue.ortvalue_from_numpy(array.copy(), device, 0) for name, array in feeds.items()}
        sizes = dict(zip(("batch", "time"), feeds["ids"].shape, strict=True))
        self._outputs = []
        for name, value in self._inputs.items():
            self._binding.bind_ortvalue_input(name, value)
        for each in session.get_outputs():
            shape = [sizes.get(size, size) for size in each.shape]
            value = runtime.OrtValue.ortvalue_from_shape_and_type(shape, np.float32, device, 0)
            self._binding.bind_ortvalue_output(each.name, value)
            self._outputs.append(value)
        self._options = runtime.RunOptions()
        if graph is not None:
            self._options.add_run_config_entry("gpu_graph_id", str(graph))

    def run(self) -> list[npt.NDArray[Any]]:
        """Copy in, run, copy out."""
        for name, array in self._feeds.items():
            self._inputs[name].update_inplace(array)
        self._session.run_with_iobinding(self._binding, self._options)
        return [value.numpy() for value in self._outputs]


def reason_for_no_gpu() -> str:
    """Return why nothing can run on a GPU here; empty where something can."""
    try:
        wheel = check_runtime()
    except ProviderError as refusal:
        return str(refusal)
    if CUDA not in importlib.import_module("onnxruntime").get_available_providers():
        return f"{wheel} is installed, which knows no CUDA: pip install carnet[gpu] instead"
    return "" if gpu_names() else "the NVIDIA driver is not there or finds no device"


def sample(batch: int, length: int) -> Feeds:
    """Return texts of random pieces, without padding; always the same."""
    random = np.random.default_rng(SEED)
    return {
        "ids": random.integers(IDS_START, IDS_END, (batch, length)).astype(np.int32),
        "live": np.ones((batch, length), np.int32),
        "form": np.zeros((batch, FORM_WIDTH), np.float32),
    }


def texts_a_second(run: Callable[[], object], batch: int, seconds: float) -> float:
    """Return how many texts a second a run reads, by the median of at least five that take so many seconds together."""
    for _ in range(WARM_UPS):
        run()
    times: list[float] = []
    while len(times) < RUNS_MIN or sum(times) < seconds:
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return batch / statistics.median(times)


def cuda_session(runtime: Any, *, graphs: bool) -> Any:
    """Return a session of the model for GPUs in which no operator may fall back to the CPU."""
    options = runtime.SessionOptions()
    options.log_severity_level = 3
    options.add_session_config_entry("session.disable_cpu_ep_fallback", "1")
    runtime.preload_dlls()
    provider = {"use_tf32": "0", **({"enable_cuda_graph": "1"} if graphs else {})}
    session = runtime.InferenceSession(str(verify(load().card("text_fp16"))), options, providers=[(CUDA, provider)])
    if session.get_providers()[0] != CUDA:
        raise ProviderError(f"text_fp16 runs on {session.get_providers()[0]}, not on {CUDA}")
    return session


def pinned(runtime: Any, feeds: Feeds) -> tuple[Feeds, list[Any]] | None:
    """Return the same texts in memory that the CUDA allocator pinned, and what owns it; None where the runtime offers none."""
    try:
        kind = importlib.import_module("onnxruntime.capi._pybind_state").OrtDeviceMemoryType.HOST_ACCESSIBLE
        (device, *_) = (each for each in runtime.get_ep_devices() if each.ep_name == CUDA)
        memory = device.memory_info(kind)
        owners = {
            name: runtime.OrtValue.ortvalue_from_shape_and_type(list(array.shape), array.dtype.type, memory_info=memory)
            for name, array in feeds.items()
        }
        views = {name: owner.numpy() for name, owner in owners.items()}
    except Exception:  # noqa: BLE001  what an older runtime, or one without such memory, raises is documented nowhere
        return None
    for name, view in views.items():
        if view.ctypes.data != owners[name].data_ptr():  # a copy lies in ordinary memory
            return None
        view[...] = feeds[name]
    return views, list(owners.values())


def measure(batches: Sequence[int], lengths: Sequence[int], seconds: float, threads: int, say: Callable[[str], None]) -> list[Figure]:
    """Return all figures of this machine.

    Raises:
        CarnetError: A model is not built, or the GPU does not run it.
    """
    runtime = importlib.import_module("onnxruntime")
    on_cpu = open_model(load(), "text_int8", require_gpu=False, on_cpu=True, threads=threads)
    same_on_cpu = open_model(load(), "text_fp16", require_gpu=False, on_cpu=True)
    plain = cuda_session(runtime, graphs=False)
    graphs, figures, apart = _graphs(runtime, say), [], 0.0
    for number, (length, batch) in enumerate((length, batch) for length in lengths for batch in batches):
        feeds = sample(batch, length)
        host = pinned(runtime, feeds)
        if host is None and not number:
            say("pinned memory is not offered by this runtime: its rows are from ordinary memory and left out")
        ways: list[tuple[str, Callable[[], Any]]] = [
            (PLAIN, lambda feeds=feeds: plain.run(None, feeds)),  # type: ignore[misc]
            (BOUND, Bound(runtime, plain, feeds, device="cuda").run),
        ]
        if host is not None:
            ways.append((PINNED, Bound(runtime, plain, host[0], device="cuda").run))
        if graphs is not None:
            name = GRAPH if host is not None else "CUDA graph"
            ways.append((name, Bound(runtime, graphs, host[0] if host else feeds, device="cuda", graph=number + 1).run))
        expected = same_on_cpu.run(feeds)[0] if batch <= CPU_BATCH_MAX else None
        for way, run in ways:
            try:
                figures.append(Figure(way, length, batch, texts_a_second(run, batch, seconds)))
                if expected is not None:
                    apart = max(apart, float(np.abs(run()[0] - expected).max()))
            except Exception as error:  # noqa: BLE001  one way that fails must not hide the others
                say(f"{way}, {batch} x {length}: failed with {type(error).__name__}, no figure")
        if batch <= CPU_BATCH_MAX:
            run_cpu = lambda feeds=feeds: on_cpu.run(feeds)  # noqa: E731
            figures.append(Figure(f"CPU int8, {threads} thread(s)", length, batch, texts_a_second(run_cpu, batch, seconds)))
    say(f"the GPU's probabilities of domains are at most {apart:.4f} from those of the same graph on the CPU")
    return figures


def _graphs(runtime: Any, say: Callable[[str], None]) -> Any:
    """Return a session that captures CUDA graphs; None where the runtime refuses."""
    try:
        return cuda_session(runtime, graphs=True)
    except Exception as error:  # noqa: BLE001  the runtime's exceptions share no public base but this one
        say(f"CUDA graphs are refused for this model ({type(error).__name__}): left out")
        return None


def table(figures: Sequence[Figure]) -> Table:
    """Return the table: a row for each way, length and size of batch."""
    shown = Table(box=None, header_style="dim")
    for heading in ("pieces", "batch", "way", "texts/s", "tokens/s"):
        shown.add_column(heading, justify="left" if heading == "way" else "right")
    for figure in figures:
        tokens = figure.texts_s * figure.length
        shown.add_row(f"{figure.length}", f"{figure.batch}", figure.way, f"{figure.texts_s:,.0f}", f"{tokens:,.0f}")
    return shown


def main(arguments: list[str] | None = None) -> int:
    """Measure, or say why nothing was measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gpu", description="The text model on a GPU beside the CPU.")
    parser.add_argument("--batches", default=",".join(map(str, BATCHES)), help="texts at a time")
    parser.add_argument("--lengths", default=",".join(map(str, LENGTHS)), help="pieces of a text")
    parser.add_argument("--seconds", type=float, default=0.5, help="least time for each figure")
    parser.add_argument("--threads", type=int, default=1, help="of the CPU beside it")
    options = parser.parse_args(arguments)
    batches, lengths = ([int(each) for each in text.split(",")] for text in (options.batches, options.lengths))
    screen = Console(width=120)
    reason = reason_for_no_gpu()
    if reason:
        print(f"No GPU was found, so nothing was measured: {reason}.")
        return 0
    runtime = importlib.import_module("onnxruntime")
    screen.print(f"{', '.join(gpu_names())}; onnxruntime {runtime.__version__}; beside it {CPU}")
    try:
        figures = measure(batches, lengths, options.seconds, options.threads, screen.print)
    except CarnetError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    screen.print(table(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
