"""``carnet replay``: makes every decision of the logs anew and says whether entries and deliveries are the same bytes."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from console import installation
from console.exits import EXIT_ALTERED, guarded
from console.readers import SILENCE_S, Message, TopicReader
from schemas.errors import ConfigurationError, RetryableError
from streams.compared import DIFFERS, IDENTICAL, PartitionReport
from streams.differences import CAUSES, Difference
from streams.names import AUDIT, DELIVERIES, INFERENCE, MECHANISMS, REVIEWS
from streams.replay import PartitionLog, Replay
from streams.tick import Control, Inbound

DIFFERENCES_SHOWN: Final = 20
NAMES_SHOWN: Final = 10
_POLL_S: Final = 0.5
_WORDS: Final = {
    IDENTICAL: Text("identical", style="green"),
    "identical_as_far_as_provable": Text("identical as far as can be proven", style="yellow"),
    DIFFERS: Text("differs", style="bold red"),
}


class PartitionReader(TopicReader):
    """One partition of one topic, from its first record on.

    Attributes:
        first: Offset of the first record that the topic still has.
    """

    def __init__(self, servers: str, topic: str, number: int, properties: Mapping[str, str] | None = None) -> None:
        """Connect.

        Raises:
            RetryableError: No broker answers.
            ConfigurationError: The topic or the partition is missing.
        """
        self._number = number
        super().__init__(servers, (topic,), from_end=False, properties=properties)
        self.first = int(self._consumer.position(self.partitions[0]))

    def _numbers(self, topic: str) -> list[int]:
        numbers = super()._numbers(topic)
        if self._number not in numbers:
            raise ConfigurationError(f"topic {topic} has partitions 0 to {numbers[-1]}, no {self._number}")
        return [self._number]

    def messages(self) -> Iterator[Message]:
        """Yield what is there when the first is asked for; the pauses between two may be long.

        Raises:
            RetryableError: The broker went silent before the end was reached.
        """
        (end,) = self.ends().values()
        asked = time.monotonic()
        while int(self._consumer.position(self.partitions[0])) < end:
            for message in self.poll(_POLL_S):
                if message.offset < end:
                    yield message
                asked = time.monotonic()  # deciding takes time, too: only what is waited for is the broker's silence
            if time.monotonic() - asked > SILENCE_S:
                raise RetryableError(f"the broker sent nothing for {SILENCE_S:.0f} s before the end of the log was reached: carnet status")


def replay_partition(servers: str, number: int, replaying: Replay, properties: Mapping[str, str] | None = None) -> PartitionReport:
    """Replay one partition from the topics, in one pass, up to the last stamp that is there.

    Raises:
        RetryableError: No broker answers, or it went silent.
    """
    with (
        PartitionReader(servers, AUDIT, number, properties) as entries,
        PartitionReader(servers, INFERENCE, number, properties) as inbound,
        PartitionReader(servers, REVIEWS, number, properties) as reviews,
        PartitionReader(servers, DELIVERIES, number, properties) as deliveries,
    ):
        log = PartitionLog(
            _values(entries.messages()),
            _inbound(inbound.messages()),
            _inbound(reviews.messages()),
            _values(deliveries.messages()),
            is_delivered_whole=deliveries.first == 0,
        )
        return replaying.partition(number, log)


def _values(messages: Iterable[Message]) -> Iterator[bytes]:
    return (message.value or b"" for message in messages)


def _inbound(messages: Iterable[Message]) -> Iterator[Inbound]:
    return (Inbound(message.offset, message.timestamp_ms, message.key, message.value) for message in messages)


def as_json(reports: Sequence[PartitionReport]) -> dict[str, Any]:
    """Return what ``carnet replay --json`` prints."""
    return {"verdict": verdict(reports), "partitions": [report.as_json() for report in reports]}


def verdict(reports: Sequence[PartitionReport]) -> str:
    """Return the verdict over all partitions: the worst of theirs."""
    found = {report.verdict for report in reports}
    return next((word for word in (DIFFERS, "identical_as_far_as_provable") if word in found), IDENTICAL)


def reports_table(reports: Sequence[PartitionReport]) -> RenderableType:
    """Return the table that people read, and below it what differs and what cannot be proven."""
    table = Table(box=None, padding=(0, 3, 0, 0))
    for heading in ("partition", "ticks", "entries", "the same", "deliveries", "the same", "not provable"):
        table.add_column(heading, justify="right")
    table.add_column("verdict")
    for report in reports:
        unproven = report.skipped + report.skipped_deliveries + report.gone_deliveries
        counts = (report.ticks, report.entries, report.entries_same, report.deliveries, report.deliveries_same, unproven)
        table.add_row(str(report.partition), *(f"{count:,}" for count in counts), _WORDS[report.verdict])
    return Group(table, *(line for report in reports for line in _lines(report)))


def _lines(report: PartitionReport) -> Iterator[Text]:
    where = f"partition {report.partition}"
    for one in report.differences[:DIFFERENCES_SHOWN]:
        yield Text(f"{where} {_line(one)}", style="red")
    if report.different > DIFFERENCES_SHOWN:
        yield Text(f"{where}: {report.different:,} records differ, all together", style="red")
    for hole in report.holes:
        offsets = f"offsets {hole.offset_from} to {hole.offset_to - 1}" if hole.offset_to >= 0 else "no stamp"
        yield Text(f"{where}: entries {hole.entry_from} to {hole.entry_to} ({offsets}) cannot be made anew: {hole.reason}", style="yellow")
    if report.unproven:
        shown = ", ".join(sorted(report.unproven)[:NAMES_SHOWN])
        more = f" and {len(report.unproven) - NAMES_SHOWN} more" if len(report.unproven) > NAMES_SHOWN else ""
        yield Text(f"{where}: streams that are not whole in the log: {shown}{more}", style="yellow")
    if not report.has_keys:
        yield Text(f"{where}: without the value key keyed digests, commitments and redacted places were not compared", style="yellow")


def _line(one: Difference) -> str:
    """Return a difference in a line: where, what, why."""
    stream = f", stream {one.stream_id}" if one.stream_id else ""
    segment = f", segment {one.segment_index}" if one.segment_index >= 0 else ""
    kind = "delivery of entry" if one.topic == DELIVERIES else "entry"
    if one.what != "differs":
        what = "is in the log and was not made anew" if one.what == "only_recorded" else "was made anew and is not in the log"
    else:
        shown = next((field for field in one.fields if "sha256" not in field.path), one.fields[0])
        what = f"{shown.path or 'bytes'}: {shown.recorded} in the log, {shown.replayed} anew"
    return f"{kind} {one.entry_index}{stream}{segment}: {what} ({CAUSES[one.cause]})"


@guarded
def replay(
    home: Annotated[Path, typer.Option(help="Where broker, logs and keys are kept.")] = Path(".carnet"),
    *,
    partition: Annotated[list[int] | None, typer.Option(metavar="N", help="Only this partition; may be given again.")] = None,
    keys: Annotated[Path | None, typer.Option(metavar="DIR", help="Where value.bin is; by default the installation's keys.")] = None,
    print_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> int:
    """Make every decision in the logs anew, with the rules and models of this installation, and compare byte for byte."""
    from streams.pipeline import load_equipment  # noqa: PLC0415 - loads what only commands that run need
    from streams.recorded import build_remaking, read_keys  # noqa: PLC0415
    from streams.settings import Settings  # noqa: PLC0415

    settings = Settings.load()
    servers, properties = installation.bootstrap_servers(home, settings), settings.kafka.properties
    with TopicReader(servers, (MECHANISMS,), from_end=False, properties=properties) as reader:
        partitions = len(reader.partitions)
        documents = [Control(one.topic, one.partition, one.key or b"", one.value) for one in reader.until_now()]
    found = read_keys(keys or installation.keys_directory(home, settings))
    if keys is not None and found is None:
        raise ConfigurationError(f"no value.bin in {keys}")
    remaking = build_remaking(settings, partitions, load_equipment(settings), found, documents=documents)
    numbers = sorted(set(partition)) if partition else range(partitions)
    reports = [replay_partition(servers, number, Replay(remaking), properties) for number in numbers]
    if print_json:
        sys.stdout.write(json.dumps(as_json(reports)) + "\n")
    else:
        Console().print(reports_table(reports))
    return EXIT_ALTERED if verdict(reports) == DIFFERS else 0
