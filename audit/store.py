"""A ledger as files, for an auditor without a broker: a directory with two files for each partition.

``partition-N.entries``: the line ``carnet-entries/1``, then each entry as a length (4 bytes, big-endian) and its bytes.
``partition-N.checkpoints``: one JSON string a line, each a signed note; the lines are in log order.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from schemas.errors import LedgerError

ENTRIES_HEADER = b"carnet-entries/1\n"
ENTRY_BYTES_MAX = 16 << 20

_LENGTH_BYTES = 4
_NAME = re.compile(r"partition-(0|[1-9][0-9]{0,8})\.(entries|checkpoints)")


def entries_path(directory: Path, partition: int) -> Path:
    """Return where the entries of a partition lie."""
    return directory / f"partition-{partition}.entries"


def checkpoints_path(directory: Path, partition: int) -> Path:
    """Return where the checkpoints of a partition lie."""
    return directory / f"partition-{partition}.checkpoints"


def partitions(directory: Path) -> tuple[int, ...]:
    """Return the partitions of which a directory has entries or checkpoints, in order."""
    return tuple(sorted({int(match[1]) for path in directory.iterdir() if (match := _NAME.fullmatch(path.name))}))


def write_partition(directory: Path, partition: int, entries: Iterable[bytes], checkpoints: Iterable[str]) -> int:
    """Write a partition's log, entry by entry; return how many entries that were.

    Raises:
        LedgerError: an entry is larger than ``ENTRY_BYTES_MAX``.
        OSError: the files cannot be written.
    """
    directory.mkdir(parents=True, exist_ok=True)
    count = 0
    with entries_path(directory, partition).open("wb") as file:
        file.write(ENTRIES_HEADER)
        for entry in entries:
            if len(entry) > ENTRY_BYTES_MAX:
                raise LedgerError(f"partition {partition}: entry {count} of {len(entry)} bytes, at most {ENTRY_BYTES_MAX}")
            file.write(len(entry).to_bytes(_LENGTH_BYTES, "big"))
            file.write(entry)
            count += 1
    with checkpoints_path(directory, partition).open("w", encoding="utf-8") as lines:
        for note in checkpoints:
            lines.write(json.dumps(note, ensure_ascii=False) + "\n")
    return count


def read_entries(directory: Path, partition: int) -> Iterator[bytes]:
    """Yield the entries of a partition without holding more than one.

    Raises:
        LedgerError: there is no file, it does not begin as it should, or ends inside an entry.
        OSError: the file cannot be read.
    """
    if not entries_path(directory, partition).exists():
        raise LedgerError(f"partition {partition}: no entries file")
    with entries_path(directory, partition).open("rb") as file:
        at = len(ENTRIES_HEADER)
        if file.read(at) != ENTRIES_HEADER:
            raise LedgerError(f"partition {partition}: no entries file of version 1")
        while length_bytes := file.read(_LENGTH_BYTES):
            length = int.from_bytes(length_bytes, "big")
            if len(length_bytes) < _LENGTH_BYTES or length > ENTRY_BYTES_MAX:
                raise LedgerError(f"partition {partition}: no length of an entry at byte {at}")
            entry = file.read(length)
            if len(entry) < length:
                raise LedgerError(f"partition {partition}: the file ends inside the entry at byte {at}")
            yield entry
            at += _LENGTH_BYTES + length


def read_checkpoints(directory: Path, partition: int) -> Iterator[str]:
    """Yield the notes of a partition; a damaged line comes as it stands and will not verify. No file means no checkpoints."""
    path = checkpoints_path(directory, partition)
    if not path.exists():
        return
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            try:
                note = json.loads(line)
            except ValueError:
                note = line
            yield note if isinstance(note, str) else line
