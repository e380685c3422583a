"""``carnet export``: the ledger and the usage records in formats that other tools read; only what is new is added."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple

import typer
from rich.console import Console

from audit import store
from audit.checkpoint import LEDGER_NAME
from audit.entries import EntryReader
from console import installation
from console.exits import guarded
from console.export_attestations import FILE_NAME as STATEMENTS
from console.export_attestations import AttestationWriter
from console.export_files import LineFiles, LineWriter, Reached, State, Writer, alone, load_state, save_state
from console.export_formats import CLOUDEVENTS_NAME, CSV_HEADINGS, cloudevents_lines, csv_lines
from console.export_ocsf import FILE_NAME as OCSF_NAME
from console.export_ocsf import ocsf_lines
from console.export_parquet import ParquetWriter
from console.export_tables import Head, Leaf, Source, Used
from schemas.codec import Codec
from schemas.errors import ConfigurationError, LedgerError, SchemaError
from schemas.records import UsageRecord
from streams.codecs import build_codec
from streams.names import AUDIT, CHECKPOINTS, USAGE
from streams.settings import Settings

if TYPE_CHECKING:
    from console.readers import TopicReader

EXPORTED_TOPICS: Final = (AUDIT, CHECKPOINTS, USAGE)
COMMIT_SOURCES: Final = 200_000
DEFAULT_HOME: Final = Path(".carnet")


class Format(StrEnum):
    """What can be written."""

    OCSF = "ocsf"
    CLOUDEVENTS = "cloudevents"
    PARQUET = "parquet"
    IN_TOTO = "in-toto"
    CSV = "csv"


WITH_USAGE: Final = frozenset({Format.CLOUDEVENTS, Format.PARQUET, Format.CSV})


class Raw(NamedTuple):
    """A value as a topic or an exported ledger has it; the offset is that of its topic, -1 where there is none."""

    topic: str
    partition: int
    offset: int
    value: bytes


@dataclass(slots=True)
class Summary:
    """What an export added.

    Attributes:
        format: Name of the format.
        directory: Where the format's files are.
        entries: Audit entries that were added.
        usage: Usage records that were added; None where the source has none to offer, or the format no place for them.
        begins_at: Partition → index of its first entry, where that is not 0: the log before it was gone already.
        next_index: Partition → index of the next entry.
        sizes: File of lines → bytes.
        parts: Table → how many Parquet files.
    """

    format: str
    directory: str
    entries: int = 0
    usage: int | None = None
    begins_at: dict[int, int] = field(default_factory=dict)
    next_index: dict[int, int] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    parts: dict[str, int] = field(default_factory=dict)


def from_ledger(directory: Path) -> Iterator[Raw]:
    """Yield what an exported ledger has: entries and checkpoints, no usage.

    Raises:
        ConfigurationError: It is no exported ledger.
        LedgerError: A file of it is damaged.
    """
    try:
        numbers = store.partitions(directory)
    except OSError as failure:
        raise ConfigurationError(f"{directory} cannot be read: {failure.strerror}") from None
    if not numbers:
        raise ConfigurationError(f"{directory} is no exported ledger: no partition-N.entries (carnet verify --export makes one)")
    for number in numbers:
        for note in store.read_checkpoints(directory, number):
            yield Raw(CHECKPOINTS, number, -1, note.encode())
        for value in store.read_entries(directory, number):
            yield Raw(AUDIT, number, -1, value)


def from_topics(reader: TopicReader) -> Iterator[Raw]:
    """Yield what the topics have up to their present end.

    Args:
        reader: Stands at the beginning of ``EXPORTED_TOPICS``.
    """
    for message in reader.until_now():
        yield Raw(message.topic, message.partition, message.offset, message.value or b"")


def export_to(found: Iterable[Raw], directory: Path, chosen: Format, *, codec: Codec, origin: str = LEDGER_NAME) -> Summary:
    """Add to a directory what is new since the last export of this format, and remember how far that was.

    Args:
        found: Entries in the order of their partition, usage records in that of theirs.
        directory: Each format has its own directory in it.
        chosen: Which one is written.
        codec: Knows the schema ids.
        origin: Name of the ledger.

    Raises:
        ConfigurationError: The directory cannot be used, or DuckDB is missing.
        LedgerError: An entry cannot be read or is missing, or the ledger is another one than last time.
    """
    place = directory / chosen
    with alone(place):
        state = load_state(place, chosen)
        with closing(_writer(place, chosen, state, origin)) as writer:
            course, summary = _Course(state, codec), Summary(str(chosen), str(place))
            since = 0
            for raw in found:
                if raw.topic == USAGE and chosen not in WITH_USAGE:
                    continue
                source = course.take(raw)
                if source is None:
                    continue
                writer.write(source)
                summary.entries += isinstance(source, Leaf)
                if isinstance(source, Used):
                    summary.usage = (summary.usage or 0) + 1
                since += 1
                if since == COMMIT_SOURCES:
                    since = 0
                    _commit(place, state, course, writer)
            course.check_met()
            _commit(place, state, course, writer)
        summary.begins_at = course.begins_at
        summary.next_index = {number: reached.next_index for number, reached in sorted(state.audit.items())}
        summary.sizes = state.sizes
        summary.parts = {table: len(names) for table, names in state.parts.items()}
        return summary


def _commit(place: Path, state: State, course: _Course, writer: Writer) -> None:
    state.audit, state.usage = dict(course.audit), dict(course.usage)
    writer.commit(state)
    save_state(place, state)


def _writer(place: Path, chosen: Format, state: State, origin: str) -> Writer:
    if chosen is Format.PARQUET:
        return ParquetWriter(place, state)
    if chosen is Format.IN_TOTO:
        return AttestationWriter(LineFiles(place, state.sizes, {STATEMENTS: b""}), state)
    if chosen is Format.CSV:
        return LineWriter(LineFiles(place, state.sizes, CSV_HEADINGS), csv_lines)
    if chosen is Format.OCSF:
        return LineWriter(LineFiles(place, state.sizes, {OCSF_NAME: b""}), ocsf_lines(_own_version()))
    return LineWriter(LineFiles(place, state.sizes, {CLOUDEVENTS_NAME: b""}), cloudevents_lines(origin))


def _own_version() -> str:
    try:
        return version("carnet")
    except PackageNotFoundError:
        return "unknown"  # run from a checkout that is not installed


class _Course:
    """Tells what is new, and that nothing is missing in between."""

    def __init__(self, state: State, codec: Codec) -> None:
        self.audit = dict(state.audit)
        self.usage = dict(state.usage)
        self.begins_at: dict[int, int] = {}
        self._unmet = set(self.audit)
        self._codec = codec
        self._readers: dict[int, EntryReader] = {}

    def take(self, raw: Raw) -> Source | None:
        """Return what a value is; None if it was exported already."""
        if raw.topic == CHECKPOINTS:
            return Head(raw.partition, raw.value.decode("utf-8", "replace"))
        if raw.topic == USAGE:
            return self._take_usage(raw)
        number = raw.partition
        reader = self._readers.get(number)
        if reader is None:
            reader = self._readers[number] = EntryReader(number, self._codec)
        reached = self.audit.get(number)
        index = reader.claimed_index(raw.value)
        if reached is not None and index is not None and index < reached.next_index:
            self._meet(number, index, raw, reached)
            return None
        entry = reader.decode(raw.value)
        expected = None if reached is None else reached.next_index
        if entry is None or entry.entry_index != index or (expected is not None and index != expected):
            raise LedgerError(f"partition {number}: entry {expected or 0} was expected and is not there: carnet verify says what is wrong")
        if expected is None and index:
            self.begins_at[number] = index
        leaf = Leaf(entry, raw.value)
        self.audit[number] = Reached(index + 1, leaf.sha256)
        self._unmet.discard(number)
        return leaf

    def check_met(self) -> None:
        """Refuse a ledger that ends before what was exported already.

        Raises:
            LedgerError: Of a partition neither the newest exported entry nor the one after it was there.
        """
        for number in sorted(self._unmet):
            index = self.audit[number].next_index - 1
            raise LedgerError(f"partition {number}: ends before entry {index}, which was exported: another ledger, or cut off")

    def _meet(self, number: int, index: int, raw: Raw, reached: Reached) -> None:
        if index == reached.next_index - 1 and number in self._unmet:
            self._unmet.discard(number)
            if sha256(raw.value).hexdigest() != reached.sha256:
                raise LedgerError(f"partition {number}: entry {index} is not the one that was exported: another ledger, or altered")

    def _take_usage(self, raw: Raw) -> Used | None:
        if raw.offset < self.usage.get(raw.partition, 0):
            return None
        self.usage[raw.partition] = raw.offset + 1
        try:
            record = self._codec.decode(raw.value)
        except SchemaError:
            record = None
        if not isinstance(record, UsageRecord):
            raise LedgerError(f"{USAGE}, partition {raw.partition}: the value at offset {raw.offset} is no usage record")
        return Used(raw.partition, raw.offset, record)


@guarded
def export(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Where to; each format has its own directory in it.")],
    *,
    chosen: Annotated[Format, typer.Option("--format", help="What to write.")] = Format.PARQUET,
    ledger: Annotated[Path | None, typer.Option("--from", help="An exported ledger; without it the topics are read.")] = None,
    home: Annotated[Path, typer.Option(help="Where broker, logs and keys are kept.")] = DEFAULT_HOME,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Write decisions, findings, reviews and usage for other tools; a later call adds what is new. No text, no values."""
    settings = Settings.load()
    codec, origin = build_codec(settings), settings.audit.origin
    if ledger is not None:
        summary = export_to(from_ledger(ledger), directory, chosen, codec=codec, origin=origin)
    else:
        from console.readers import TopicReader  # noqa: PLC0415 - the broker's client is not needed for an exported ledger

        servers = installation.bootstrap_servers(home, settings)
        topics = EXPORTED_TOPICS if chosen is Format.IN_TOTO else (AUDIT, USAGE)
        with TopicReader(servers, topics, from_end=False, properties=settings.kafka.properties) as reader:
            summary = export_to(from_topics(reader), directory, chosen, codec=codec, origin=origin)
        if chosen in WITH_USAGE:
            summary.usage = summary.usage or 0
    if as_json:
        sys.stdout.write(json.dumps(asdict(summary)) + "\n")
    else:
        _show(summary)


def _show(summary: Summary) -> None:
    screen = Console()
    reason = "an exported ledger has none" if summary.format in WITH_USAGE else "they are no part of this format"
    usage = f"no usage records ({reason})" if summary.usage is None else f"{summary.usage:,} usage records"
    line = f"{summary.format}: {summary.entries:,} entries and {usage} added to {summary.directory}"
    screen.print(line, highlight=False, markup=False, soft_wrap=True)
    for number, index in summary.begins_at.items():
        line = f"partition {number} begins at entry {index:,}: what was before is gone from the log"
        screen.print(line, style="yellow", highlight=False, soft_wrap=True)
