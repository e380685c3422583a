"""Entries and usage records as lines: CloudEvents for a bus, CSV for people."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from typing import Any, Final

from audit.checkpoint import LEDGER_NAME
from console.export_tables import TABLES, Head, Source, Used, rows, timestamp
from schemas.shapes import NAMESPACE

CLOUDEVENTS_NAME: Final = "events.jsonl"
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
_BYTE_ORDER_MARK: Final = "\ufeff"

CSV_HEADINGS: Final = {
    f"{table}.csv": (_BYTE_ORDER_MARK + ",".join(column.name for column in columns) + "\r\n").encode() for table, columns in TABLES.items()
}


def cloudevents_lines(source_name: str = LEDGER_NAME) -> Callable[[Source], Iterator[tuple[str, str]]]:
    """Return what turns an entry or a usage record into one CloudEvent (version 1.0.2, JSON format); a checkpoint has none.

    ``id``, ``source``, ``type`` and ``time`` are those of the Kafka record's headers, so that whoever gets both sees one of them twice.
    ``data`` has the rows of each table that the entry has.

    Args:
        source_name: Names the ledger.
    """

    def lines(source: Source) -> Iterator[tuple[str, str]]:
        if isinstance(source, Head):
            return
        tables: dict[str, list[dict[str, Any]]] = {}
        for table, row in rows(source):
            tables.setdefault(table, []).append(row)
        if isinstance(source, Used):
            record, ce_id, at_ms, subject = "UsageRecord", source.record.stream_id, source.record.closed_at_ms, source.record.stream_id
        else:
            entry = source.entry
            record, ce_id, at_ms = "AuditEntry", f"{entry.partition}:{entry.entry_index}", entry.decided_at_ms
            subject = entry.decision.delivery_id if entry.decision is not None else entry.kind
        attributes = {
            "specversion": "1.0",
            "id": ce_id,
            "source": source_name,
            "type": f"{NAMESPACE}.{record}",
            "subject": subject,
            "time": timestamp(at_ms),
            "datacontenttype": "application/json",
            "data": tables,
        }
        known = {name: value for name, value in attributes.items() if value is not None}
        yield CLOUDEVENTS_NAME, json.dumps(known, ensure_ascii=False, separators=(",", ":"))

    return lines


def csv_lines(source: Source) -> Iterator[tuple[str, str]]:
    """Yield the rows as lines of the file of their table (RFC 4180, UTF-8).

    A sender names streams and customers: a cell that a spreadsheet would take for a formula begins with an apostrophe.
    """
    for table, row in rows(source):
        line = io.StringIO()
        csv.writer(line, lineterminator="\r\n").writerow([_cell(value) for value in row.values()])
        yield f"{table}.csv", line.getvalue().removesuffix("\n")


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        plain = all(isinstance(item, str) for item in value)
        value = " ".join(value) if plain else json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return value
