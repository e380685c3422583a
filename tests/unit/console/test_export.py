"""An export adds what is new, once, whatever happened in between; and refuses a ledger that is not the one it began with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain, pairwise
from pathlib import Path

import pytest

from console import export as exporting
from console.export import WITH_USAGE, Format, Raw, export_to, from_ledger, from_topics
from console.export_files import STATE_NAME, alone
from console.query import ask, open_export
from console.readers import Message
from schemas.codec import Codec
from schemas.errors import ConfigurationError, LedgerError
from schemas.records import UsageRecord
from streams.names import AUDIT, CHECKPOINTS, USAGE
from tests.golden.ledger_example import DIRECTORY, OTHER_KEY, Log, build, decision

CODEC = Codec.committed()
SECOND_OPEN = 1_795_000_000_000


def raws(*logs: Log, entries: int | None = None) -> Iterator[Raw]:
    """Yield logs as their topics have them, each up to a number of entries, with the checkpoints that were signed by then."""
    for log in logs:
        end = len(log.entries) if entries is None else entries
        for index, value in enumerate(log.entries[:end]):
            yield Raw(AUDIT, log.partition, index, value)
        for size, note in zip(log.sizes, log.checkpoints, strict=True):
            if size <= end:
                yield Raw(CHECKPOINTS, log.partition, size, note.encode())


def usage(partition: int, *offsets: int) -> Iterator[Raw]:
    for offset in offsets:
        record = UsageRecord(f"u-{offset}", "c-1", "SG", "dc", "r", "m", 2, 3, 10, 6, 3, 1, SECOND_OPEN, SECOND_OPEN + 1)
        yield Raw(USAGE, partition, offset, CODEC.encode(record))


def write(found: Iterator[Raw], directory: Path, chosen: Format) -> exporting.Summary:
    return export_to(found, directory, chosen, codec=CODEC)


def contents(directory: Path, chosen: Format) -> dict[str, object]:
    """Return what an export says, without how it was cut into parts."""
    if chosen is Format.PARQUET:
        database = open_export(directory)
        tables = ("decisions", "findings", "rules", "stamps", "dead_letters", "usage")
        return {table: ask(database, f"SELECT * FROM {table} ORDER BY ALL").rows for table in tables}  # noqa: S608
    place = directory / chosen
    return {path.name: path.read_bytes() for path in place.iterdir() if path.name != STATE_NAME}


@pytest.mark.parametrize("chosen", list(Format))
@pytest.mark.parametrize("cut", [1, 6, 31, 62])
def test_two_exports_in_a_row_say_what_one_says(chosen: Format, cut: int, tmp_path: Path) -> None:
    log = build(0)
    write(raws(log), tmp_path / "once", chosen)
    first = write(raws(log, entries=cut), tmp_path / "twice", chosen)
    second = write(raws(log), tmp_path / "twice", chosen)
    assert first.entries == cut
    if chosen is not Format.IN_TOTO:  # a statement needs its checkpoint: entries behind the last one are read again
        assert second.entries == len(log.entries) - cut
    assert second.next_index == {0: len(log.entries)}
    assert contents(tmp_path / "twice", chosen) == contents(tmp_path / "once", chosen)


@pytest.mark.parametrize("chosen", list(Format))
def test_an_export_without_anything_new_changes_nothing(chosen: Format, tmp_path: Path) -> None:
    write(raws(build(0), build(1)), tmp_path, chosen)
    before = {path: path.read_bytes() for path in sorted(tmp_path.rglob("*")) if path.is_file()}
    assert write(raws(build(0), build(1)), tmp_path, chosen).entries == 0
    assert {path: path.read_bytes() for path in sorted(tmp_path.rglob("*")) if path.is_file()} == before


@pytest.mark.parametrize("chosen", list(Format))
def test_what_a_crash_left_is_dropped_by_the_next_export(chosen: Format, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = build(0)
    write(raws(log), tmp_path / "once", chosen)
    write(raws(log, entries=19), tmp_path / "crashed", chosen)

    def die(_place: Path, _state: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(exporting, "save_state", die)  # the files are written, the state is not
        with pytest.raises(KeyboardInterrupt):
            write(raws(log), tmp_path / "crashed", chosen)
    write(raws(log), tmp_path / "crashed", chosen)
    assert contents(tmp_path / "crashed", chosen) == contents(tmp_path / "once", chosen)


@pytest.mark.parametrize("chosen", list(Format))
def test_a_long_export_is_made_durable_on_the_way(chosen: Format, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = build(0)
    write(raws(log), tmp_path / "once", chosen)
    monkeypatch.setattr(exporting, "COMMIT_SOURCES", 7)

    def broken() -> Iterator[Raw]:
        yield from raws(log, entries=40)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(broken(), tmp_path / "pieces", chosen)
    assert (tmp_path / "pieces" / chosen / STATE_NAME).exists()
    write(raws(log), tmp_path / "pieces", chosen)
    assert contents(tmp_path / "pieces", chosen) == contents(tmp_path / "once", chosen)


def test_usage_goes_on_behind_its_last_offset(tmp_path: Path) -> None:
    assert write(usage(1, 0, 3), tmp_path, Format.PARQUET).usage == 2
    assert write(usage(1, 0, 3, 4, 9), tmp_path, Format.PARQUET).usage == 2
    rows = ask(open_export(tmp_path), "SELECT usage_offset, characters, opened_at FROM usage ORDER BY ALL")
    assert [row[:2] for row in rows.rows] == [(0, 10), (3, 10), (4, 10), (9, 10)]
    assert rows.as_json()["rows"][0][2] == "2026-11-18T11:06:40.000Z"


class Topics:
    """Stands at the beginning of topics, as a reader does."""

    def __init__(self, found: Iterator[Raw]) -> None:
        self._found = found

    def until_now(self) -> Iterator[Message]:
        for raw in self._found:
            yield Message(raw.topic, raw.partition, raw.offset, SECOND_OPEN, None, raw.value)


def test_topics_give_what_the_ledger_gives_and_usage_beside_it(tmp_path: Path) -> None:
    logs = build(0, ticks=4), build(1, ticks=4)
    for chosen in Format:
        found = Topics(chain(usage(1, 0, 3), raws(*logs)))
        summary = write(from_topics(found), tmp_path / "topics", chosen)  # type: ignore[arg-type]
        assert summary.usage == (2 if chosen in WITH_USAGE else None)
        write(from_ledger(DIRECTORY), tmp_path / "ledger", chosen)
    for chosen in (Format.OCSF, Format.IN_TOTO):
        assert contents(tmp_path / "topics", chosen) == contents(tmp_path / "ledger", chosen)


def test_an_exported_ledger_has_no_usage_and_the_summary_says_so(tmp_path: Path) -> None:
    summary = write(from_ledger(DIRECTORY), tmp_path, Format.CSV)
    assert (summary.entries, summary.usage, summary.next_index) == (50, None, {0: 25, 1: 25})


@pytest.mark.parametrize("chosen", list(Format))
def test_another_ledger_is_refused_and_what_is_there_stays(chosen: Format, tmp_path: Path) -> None:
    log = build(0)
    write(raws(log), tmp_path, chosen)
    before = contents(tmp_path, chosen)
    other = build(0, streams=4)
    with pytest.raises(LedgerError, match="another ledger"):
        write(raws(other), tmp_path, chosen)
    with pytest.raises(LedgerError, match="another ledger"):
        write(raws(log, entries=30), tmp_path, chosen)
    with pytest.raises(LedgerError, match="another ledger"):
        write(raws(build(1)), tmp_path, chosen)
    write(raws(log), tmp_path, chosen)
    assert contents(tmp_path, chosen) == before


def test_a_missing_a_foreign_and_a_damaged_entry_are_refused(tmp_path: Path) -> None:
    found = list(raws(build(0)))
    for number, damaged in enumerate(
        (
            [*found[:5], *found[6:]],
            [*found[:5], Raw(AUDIT, 0, 5, build(1).entries[5]), *found[6:]],
            [*found[:5], Raw(AUDIT, 0, 5, found[5].value[:-1]), *found[6:]],
        )
    ):
        with pytest.raises(LedgerError, match="partition 0: entry 5 was expected"):
            write(iter(damaged), tmp_path / str(number), Format.CLOUDEVENTS)


def test_a_log_whose_beginning_is_gone_is_exported_and_says_so(tmp_path: Path) -> None:
    late = list(raws(build(0)))[19:]
    assert write(iter(late), tmp_path, Format.OCSF).begins_at == {0: 19}
    with pytest.raises(LedgerError, match="from the first entry on"):
        write(iter(late), tmp_path, Format.IN_TOTO)


def test_a_statement_is_made_only_of_entries_that_give_the_signed_root(tmp_path: Path) -> None:
    log, other = build(0), build(0, streams=5, ticks=9, key=OTHER_KEY)
    changed = Raw(AUDIT, 0, 3, CODEC.encode(decision(0, 3, "s-3", 0, 6, action="hold")))
    altered = [changed if raw.offset == 3 else raw for raw in raws(log)]
    with pytest.raises(LedgerError, match="is not that of the entries"):
        write(iter(altered), tmp_path / "altered", Format.IN_TOTO)
    torn = Raw(CHECKPOINTS, 0, 0, b"no note")
    with pytest.raises(LedgerError, match="a checkpoint that is none"):
        write(iter([torn, *raws(other)]), tmp_path / "torn", Format.IN_TOTO)


def test_statements_tile_the_log_even_where_checkpoints_are_rarer_than_stamps(tmp_path: Path) -> None:
    log = build(0)
    kept = {log.sizes[0], log.sizes[4], log.sizes[-1]}
    found = [raw for raw in raws(log) if raw.topic == AUDIT or raw.offset in kept]
    write(iter(found[-3:] + found[:-3]), tmp_path / "first", Format.IN_TOTO)  # checkpoints read before the entries
    write(iter(found), tmp_path / "last", Format.IN_TOTO)
    lines = (tmp_path / "last" / "in-toto" / "statements.jsonl").read_bytes()
    assert (tmp_path / "first" / "in-toto" / "statements.jsonl").read_bytes() == lines
    spans = [json.loads(line)["predicate"]["entries"] for line in lines.splitlines()]
    assert [span["to"] for span in spans] == sorted(kept)
    assert spans[0]["from"] == 0
    assert all(one["to"] == two["from"] for one, two in pairwise(spans))
    assert sum(sum(span["byKind"].values()) for span in spans) == len(log.entries)


def test_two_exports_at_once_do_not_share_a_directory(tmp_path: Path) -> None:
    with alone(tmp_path / "csv"), pytest.raises(ConfigurationError, match="another export"):
        write(raws(build(0)), tmp_path, Format.CSV)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"version": 9}', '{"version": 1, "format": "ocsf", "audit": [], "usage": {}}'])
def test_a_state_that_is_none_is_refused(content: str, tmp_path: Path) -> None:
    (tmp_path / "csv").mkdir()
    (tmp_path / "csv" / STATE_NAME).write_text(content, encoding="utf-8")
    with pytest.raises(ConfigurationError, match="is no state of an export of csv"):
        write(raws(build(0)), tmp_path, Format.CSV)


def test_a_file_that_lost_its_end_is_refused(tmp_path: Path) -> None:
    write(raws(build(0)), tmp_path, Format.OCSF)
    path = tmp_path / "ocsf" / "findings.jsonl"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(LedgerError, match="bytes that were exported"):
        write(raws(build(0)), tmp_path, Format.OCSF)


def test_a_directory_that_is_no_ledger_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no exported ledger"):
        write(from_ledger(tmp_path), tmp_path / "out", Format.CSV)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        write(from_ledger(tmp_path / "none"), tmp_path / "out", Format.CSV)


def test_a_path_that_duckdb_reads_as_a_pattern_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="pattern"):
        write(raws(build(0)), tmp_path / "a[1]", Format.PARQUET)
