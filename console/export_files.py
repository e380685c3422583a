"""What makes an export resumable: a small state file, and files of lines that are cut back to what it says before anything is added.

Files first, the state last: what a crash left behind the recorded sizes is dropped by the next run, so that no line is there twice.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final, Protocol

from console.export_tables import Source
from schemas.errors import ConfigurationError, LedgerError

STATE_NAME: Final = "export-state.json"
STATE_VERSION: Final = 1
_LOCK_NAME: Final = ".lock"


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a partition of the audit log was exported.

    Attributes:
        next_index: Index of the next entry.
        sha256: Digest of the entry before it, hex: a later run sees by it whether it is given the same ledger.
        frontier: Hashes of the tree over the entries before it, hex; only where a format needs them.
    """

    next_index: int
    sha256: str
    frontier: tuple[str, ...] = ()


@dataclass(slots=True)
class State:
    """What one format's directory holds.

    Attributes:
        format: Name of the format.
        audit: Partition → how far the audit log was exported.
        usage: Partition → next offset of the usage topic.
        sizes: File of lines → its size in bytes.
        parts: Table → its Parquet files, in order.
    """

    format: str
    audit: dict[int, Reached] = field(default_factory=dict)
    usage: dict[int, int] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    parts: dict[str, list[str]] = field(default_factory=dict)


class Writer(Protocol):
    """One format: takes what is new, and makes it durable when it is told to."""

    def write(self, source: Source) -> None:
        """Take an entry, a usage record or a checkpoint."""

    def commit(self, state: State) -> None:
        """Make everything that was taken durable, and say in the state what is there."""

    def close(self) -> None:
        """Let go of files, whether or not everything went well."""


def load_state(directory: Path, format_name: str) -> State:
    """Return the state of a directory; an empty one where nothing was exported yet.

    Raises:
        ConfigurationError: The state is not readable, of another version or of another format.
    """
    path = directory / STATE_NAME
    if not path.exists():
        return State(format_name)
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        found = State(
            fields["format"],
            {int(number): _reached(one) for number, one in fields["audit"].items()},
            {int(number): int(offset) for number, offset in fields["usage"].items()},
            {str(name): int(size) for name, size in fields["sizes"].items()},
            {str(table): [str(name) for name in names] for table, names in fields["parts"].items()},
        )
        known = fields["version"] == STATE_VERSION and found.format == format_name
    except (ValueError, KeyError, TypeError, AttributeError):
        known = False
    if not known:
        raise ConfigurationError(f"{path} is no state of an export of {format_name}: choose another directory")
    return found


def _reached(fields: Mapping[str, Any]) -> Reached:
    return Reached(int(fields["next_index"]), str(fields["sha256"]), tuple(map(str, fields["frontier"])))


def save_state(directory: Path, state: State) -> None:
    """Write the state; it is there whole or not at all."""
    path = directory / STATE_NAME
    draft = path.with_suffix(".draft")
    with draft.open("w", encoding="utf-8") as file:
        json.dump({"version": STATE_VERSION, **asdict(state)}, file, indent=1, sort_keys=True)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


@contextmanager
def alone(directory: Path) -> Iterator[None]:
    """Make the directory and keep other exports out of it.

    Raises:
        ConfigurationError: Another export writes there, or the directory cannot be written.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        lock = (directory / _LOCK_NAME).open("wb")
    except OSError as failure:
        raise ConfigurationError(f"{directory} cannot be written: {failure.strerror}") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConfigurationError(f"{directory}: another export is writing there") from None
        yield


class LineFiles:
    """Files of lines that grow; a file that is new begins with its heading.

    Args:
        directory: Where they lie.
        sizes: File → bytes of it that count; whatever follows is cut off before the first write.
        headings: File → what it begins with; such a file is made even if no line ever goes into it.
    """

    def __init__(self, directory: Path, sizes: Mapping[str, int], headings: Mapping[str, bytes] | None = None) -> None:
        self._directory = directory
        self._sizes = dict(sizes)
        self._headings = headings or {}
        self._open: dict[str, BinaryIO] = {}
        for name in {**self._sizes, **dict.fromkeys(self._headings)}:
            self._file(name)

    def append(self, name: str, line: str) -> None:
        """Add a line, given without its end."""
        self._file(name).write(line.encode("utf-8", "replace") + b"\n")

    def commit(self) -> dict[str, int]:
        """Make all lines durable; return the size of each file."""
        for name, file in self._open.items():
            file.flush()
            os.fsync(file.fileno())
            self._sizes[name] = file.tell()
        return dict(self._sizes)

    def close(self) -> None:
        """Close the files."""
        for file in self._open.values():
            file.close()
        self._open.clear()

    def _file(self, name: str) -> BinaryIO:
        file = self._open.get(name)
        if file is None:
            path, size = self._directory / name, self._sizes.get(name, 0)
            here = path.stat().st_size if path.exists() else 0
            if here < size:
                raise LedgerError(f"{path} has {here} of the {size} bytes that were exported: export anew to an empty directory")
            file = self._open[name] = path.open("r+b" if path.exists() else "w+b")
            file.truncate(size)
            file.seek(size)
            if size == 0:
                file.write(self._headings.get(name, b""))
        return file


class LineWriter:
    """A format of lines.

    Args:
        files: Where they go.
        lines: Entry or usage record → the lines that it is, each with its file.
    """

    def __init__(self, files: LineFiles, lines: Callable[[Source], Iterator[tuple[str, str]]]) -> None:
        self._files = files
        self._lines = lines

    def write(self, source: Source) -> None:
        """Write its lines."""
        for name, line in self._lines(source):
            self._files.append(name, line)

    def commit(self, state: State) -> None:
        """Make the lines durable."""
        state.sizes = self._files.commit()

    def close(self) -> None:
        """Close the files."""
        self._files.close()
