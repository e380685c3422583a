"""Several sessions of one model, ready before the first is used, and exchanged for another version between two ticks.

What a session is wrapped into (a reader with its tokenizer, say) is made anew for each version, so tokenizer, labels and the digest that
goes on record are always those of the file that ran: an audit entry from before an exchange keeps naming the version before it.
"""

from __future__ import annotations

import math
import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from models.form import WIDTH as FORM_WIDTH
from models.manifest import Manifest
from models.session import CUDA, OnnxModel, blank, open_model
from schemas.errors import ProviderError

T = TypeVar("T")
Shape = Mapping[str, Sequence[int]]  # of each input, by its name


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a pool opens.

    Attributes:
        name: A model of the manifest.
        sessions: How many are opened of it. A CPU session runs on one thread, so as many as there are threads that read.
        shapes: What the reader runs. Before it counts as ready a session on a GPU, which chooses kernels and memory by shape, has run each
            once; one on the CPU has run the largest: after that no other shape is slower the first time (measured, docs/models.md).
        require_gpu: Refuse anything but CUDA.
        directory: Where the files lie, if not in the package.
        on_cpu: Run on the CPU whatever is installed.
    """

    name: str
    sessions: int = 1
    shapes: tuple[Shape, ...] = ()
    require_gpu: bool = False
    directory: Path | None = None
    on_cpu: bool = False


@dataclass(frozen=True, slots=True)
class _Version(Generic[T]):
    """The sessions of one version of a model, and those of them that nobody uses."""

    sha256: str
    members: tuple[T, ...]
    free: queue.SimpleQueue[T]


class ModelPool(Generic[T]):
    """Hands out sessions of one model.

    Args:
        wanted: What is opened.
        make: What a session is wrapped into; called once for each session.
    """

    def __init__(self, wanted: Wanted, make: Callable[[OnnxModel], T]) -> None:
        if wanted.sessions < 1:
            raise ValueError(f"a pool of {wanted.name} with {wanted.sessions} sessions runs nothing")
        self._wanted = wanted
        self._make = make
        self._lock = threading.Lock()
        self._current: _Version[T] | None = None
        self._next: _Version[T] | None = None

    @property
    def ready(self) -> bool:
        """Whether every session of the pool is open and warm."""
        return self._current is not None

    @property
    def sha256(self) -> str:
        """The digest of the version that is handed out; empty before the pool is ready."""
        return self._current.sha256 if self._current else ""

    def open(self, manifest: Manifest) -> None:
        """Open and warm up all sessions; the pool is ready when this returns.

        Raises:
            ArtifactError: The file is missing or not the pinned one.
            ProviderError: Not exactly one runtime is installed, or the GPU demanded does not run the model.
            DetectionError: A shape does not fit the model.
        """
        version = self._opened(manifest)
        with self._lock:
            self._current, self._next = version, None

    def reload(self, manifest: Manifest) -> bool:
        """Open what a manifest pins now beside what runs and tell whether it is another version; ``swap`` takes it into use.

        May run in a thread of its own: nothing of what runs changes, and if it fails nothing has changed. Two versions take twice the
        memory until the exchange. A version that waits is replaced, or dropped where the manifest pins what runs already.

        Raises:
            ArtifactError, ProviderError, DetectionError: As ``open``.
        """
        pinned = manifest.card(self._wanted.name).sha256
        if pinned == self.sha256:
            with self._lock:
                self._next = None
            return False
        version = self._opened(manifest)
        with self._lock:
            self._next = version
        return True

    def swap(self) -> bool:
        """Take the version that waits into use, between two ticks, and tell whether there was one.

        Whoever holds a session goes on with it; the old version is let go of with the last of them.
        """
        with self._lock:
            if self._next is None:
                return False
            self._current, self._next = self._next, None
            return True

    @contextmanager
    def lease(self) -> Iterator[T]:
        """Hand out one session to one thread, waiting until one is free.

        Raises:
            RuntimeError: The pool is not open.
        """
        version = self._current
        if version is None:
            raise RuntimeError(f"the pool of {self._wanted.name} is not open")
        member = version.free.get()
        try:
            yield member
        finally:
            version.free.put(member)

    def _opened(self, manifest: Manifest) -> _Version[T]:
        """Return all sessions of the version that is pinned, each wrapped and warm."""
        wanted = self._wanted
        free: queue.SimpleQueue[T] = queue.SimpleQueue()
        members = []
        for _ in range(wanted.sessions):
            model = open_model(manifest, wanted.name, require_gpu=wanted.require_gpu, directory=wanted.directory, on_cpu=wanted.on_cpu)
            if wanted.require_gpu and model.provider != CUDA:  # one session of many could still have fallen back
                raise ProviderError(f"model {wanted.name} must run on a GPU and a session of its pool runs on {model.provider}")
            warm_up(model, wanted.shapes if model.provider == CUDA else _largest(wanted.shapes))
            members.append(self._make(model))
        for member in members:
            free.put(member)
        return _Version(manifest.card(wanted.name).sha256, tuple(members), free)


def warm_up(model: OnnxModel, shapes: Iterable[Shape]) -> None:
    """Run a model once in each shape.

    Raises:
        DetectionError: A shape does not fit the model.
    """
    declared = model.session.get_inputs()
    for shape in shapes:
        model.run({each.name: blank(each, shape[each.name]) for each in declared})


def _largest(shapes: Sequence[Shape]) -> Sequence[Shape]:
    """Return the shape with the most numbers, or none of none."""
    return [max(shapes, key=lambda shape: sum(map(math.prod, shape.values())))] if shapes else ()


def text_shapes(pieces: Iterable[int], rows_min: int, rows_max: int) -> tuple[Shape, ...]:
    """Return the shapes of a text model that is read in these lengths, in batches of powers of two.

    Args:
        pieces: Lengths of rows.
        rows_min: The smallest batch, a power of two.
        rows_max: The largest.
    """
    rows = []
    while rows_min <= rows_max:
        rows.append(rows_min)
        rows_min *= 2
    return tuple({"ids": (row, length), "live": (row, length), "form": (row, FORM_WIDTH)} for length in pieces for row in rows)
