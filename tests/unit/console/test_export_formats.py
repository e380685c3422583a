"""Each format has what its specification demands, and says what the ledger says."""

from __future__ import annotations

import base64
import csv
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from audit.checkpoint import Verifier
from console.export import Format, Raw, export_to, from_ledger
from console.export_ocsf import ocsf_lines
from console.export_tables import TABLES, Leaf, Used, rows, timestamp
from console.query import ask, open_export
from schemas.codec import Codec
from schemas.records import AuditEntry, ModelUse, ReviewNote, ReviewOutcome, TotalsUse, UsageRecord
from streams.names import AUDIT
from tests.golden.ledger_example import DIRECTORY, VKEY, build, decision

CODEC = Codec.committed()
NOTE = ReviewNote("approve", "anna", "lawful_basis_confirmed", b"n" * 32, ("EMAIL_ADDRESS",), 4, b"h" * 32, 2, b"s" * 64, ())
OUTCOMES = (
    ReviewOutcome("s-1:4", "s-1:4:r", 8, 2, 0, b"c" * 32, is_last=False),
    ReviewOutcome("s-1:5", "s-1:5:r", 3, 0, 0, b"c" * 32, is_last=True),
)


def leaf(entry: AuditEntry) -> Leaf:
    return Leaf(entry, CODEC.encode(entry))


def reviewed(note: ReviewNote) -> Leaf:
    return leaf(AuditEntry("review", 0, 9, 1_795_000_000_000, "s-1", review=note))


def decided(**fields: Any) -> Leaf:
    entry = decision(0, 4, "s-1", 4, 8)
    assert entry.decision is not None
    return leaf(replace(entry, decision=replace(entry.decision, **fields)))


def ocsf(*sources: Leaf) -> list[dict[str, Any]]:
    return [json.loads(line) for source in sources for _, line in ocsf_lines("9.9")(source)]


def every_kind() -> Iterator[Leaf]:
    log = build(0)
    for value in log.entries:
        found = CODEC.decode(value)
        assert isinstance(found, AuditEntry)
        yield Leaf(found, value)
    yield reviewed(replace(NOTE, outcomes=OUTCOMES))
    yield reviewed(replace(NOTE, verdict="first_approve"))
    yield from (
        decided(action=action, error_code=code) for action, code in [("redact", ""), ("hold", "sequence_gap"), ("block", ""), ("x", "")]
    )


def test_every_row_has_the_columns_of_its_table_in_their_order() -> None:
    used = Used(0, 7, UsageRecord("u", "c", "SG", "dc", "r", "m", 1, 2, 3, 4, 5, 6, 7, 8))
    seen = set()
    for source in (*every_kind(), used):
        for table, row in rows(source):
            assert list(row) == [column.name for column in TABLES[table]]
            seen.add(table)
    assert seen == set(TABLES)


def test_a_row_of_usage_says_what_the_record_says() -> None:
    ((_, row),) = rows(Used(1, 7, UsageRecord("u", "c", "SG", "dc", "r", "m", 1, 2, 3, 4, 5, 6, 7, 8)))
    assert list(row.values()) == [1, 7, "u", "c", "SG", "dc", "r", "m", 1, 2, 3, 4, 5, 6, timestamp(7), timestamp(8)]


def test_times_are_rfc_3339_and_impossible_ones_are_absent() -> None:
    assert timestamp(1_795_000_000_123) == "2026-11-18T11:06:40.123Z"
    assert timestamp(-1) == "1969-12-31T23:59:59.999Z"
    assert timestamp(2**62) is None


def test_ocsf_findings_have_every_attribute_that_is_required() -> None:
    classes = set()
    for found in ocsf(*every_kind()):
        assert found["class_uid"] in {2003, 2004}
        assert found["category_uid"] == 2
        assert found["type_uid"] == found["class_uid"] * 100 + found["activity_id"]
        assert found["activity_id"] in {1, 2, 3}
        assert found["severity_id"] in range(5)
        assert isinstance(found["time"], int)
        assert re.fullmatch(r"1\.\d+\.\d+", found["metadata"]["version"])
        assert found["metadata"]["product"] == {"name": "Carnet", "vendor_name": "Carnet", "version": "9.9"}
        assert found["finding_info"]["uid"]
        assert found["finding_info"]["title"]
        if found["class_uid"] == 2003:
            assert found["compliance"]["standards"]
            assert found["compliance"]["status_id"] in {1, 2, 3}
        else:
            assert 0 <= found["confidence_score"] <= 100
            assert found["finding_info"]["analytic"]["type_id"] == 99
        classes.add(found["class_uid"])
    assert classes == {2003, 2004}


def test_each_ocsf_finding_has_an_identifier_of_its_own() -> None:
    found = ocsf(*(source for source in every_kind() if source.entry.entry_index not in {4, 9}))
    identifiers = [one["metadata"]["uid"] for one in found]
    assert len(set(identifiers)) == len(identifiers) > 50


@pytest.mark.parametrize(
    ("action", "error_code", "status", "severity"),
    [
        ("release", "", "Pass", "Informational"),
        ("label", "", "Pass", "Informational"),
        ("redact", "", "Fail", "Low"),
        ("hold", "", "Fail", "Medium"),
        ("hold", "sequence_gap", "Warning", "Medium"),
        ("block", "", "Fail", "High"),
        ("later", "", "Fail", "Unknown"),
    ],
)
def test_ocsf_says_how_grave_a_decision_is(action: str, error_code: str, status: str, severity: str) -> None:
    first = ocsf(decided(action=action, error_code=error_code))[0]
    assert (first["compliance"]["status"], first["severity"]) == (status, severity)


def test_a_review_closes_the_finding_of_what_it_answered() -> None:
    held = ocsf(decided(action="hold"))[0]
    closed = ocsf(reviewed(replace(NOTE, outcomes=OUTCOMES)))
    assert held["status"] == "New"
    assert [one["finding_info"]["uid"] for one in closed] == ["s-1:4", "s-1:5"]
    assert closed[0]["finding_info"]["uid"] == held["finding_info"]["uid"]
    assert {(one["activity_name"], one["status"], one["compliance"]["status"]) for one in closed} == {("Close", "Resolved", "Pass")}
    (waiting,) = ocsf(reviewed(replace(NOTE, verdict="first_approve")))
    assert (waiting["activity_name"], waiting["status"]) == ("Update", "In Progress")
    assert waiting["finding_info"]["uid_alt"] == held["finding_info"]["uid_alt"] == "0:4"


def test_cloudevents_have_the_attributes_of_the_kafka_headers(tmp_path: Path) -> None:
    export_to(from_ledger(DIRECTORY), tmp_path, Format.CLOUDEVENTS, codec=CODEC, origin="urn:ledger")
    lines = (tmp_path / "cloudevents" / "events.jsonl").read_text(encoding="utf-8").splitlines()
    found = [json.loads(line) for line in lines]
    assert len(found) == 50
    assert len({(one["source"], one["id"]) for one in found}) == 50
    for one in found:
        assert (one["specversion"], one["source"], one["type"]) == ("1.0", "urn:ledger", "carnet.v1.AuditEntry")
        assert one["datacontenttype"] == "application/json"
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", one["time"])
        assert one["subject"]
        assert set(one["data"]) <= set(TABLES)
        assert all(re.fullmatch(r"[a-z0-9]+", name) for name in one)  # CloudEvents 1.0.2, 3.1


def test_a_statement_carries_the_signed_checkpoint_and_counts_what_it_covers(tmp_path: Path) -> None:
    export_to(from_ledger(DIRECTORY), tmp_path, Format.IN_TOTO, codec=CODEC)
    lines = (tmp_path / "in-toto" / "statements.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 8
    released = 0
    for line in lines:
        statement = json.loads(line)
        assert statement["_type"] == "https://in-toto.io/Statement/v1"
        assert statement["predicateType"].startswith("https://")
        (subject,) = statement["subject"]
        note = base64.b64decode(subject["content"])
        assert subject["digest"] == {"sha256": hashlib.sha256(note).hexdigest()}
        predicate = statement["predicate"]
        partition = int(predicate["origin"].rpartition("/")[2])
        head = Verifier(VKEY).for_partition(partition).checkpoint(note.decode())
        assert (head.size, head.root.hex()) == (predicate["treeSize"], predicate["rootHash"])
        assert sum(predicate["entries"]["byKind"].values()) == predicate["entries"]["to"] - predicate["entries"]["from"]
        released += predicate["characters"]["released"]
    assert released == 2 * 4 * 5 * 10


def test_csv_opens_in_a_spreadsheet_and_no_cell_is_a_formula(tmp_path: Path) -> None:
    hostile = '=cmd|"/c calc"!A1\n@x'
    entry = decided(customer_id=hostile, rules=(), mechanisms=("-2", "b"), models=(ModelUse("m", "0", "CPU", "en", 0.5),))
    found = replace(entry.entry, entry_index=0)
    export_to([Raw(AUDIT, 0, 0, CODEC.encode(found))], tmp_path, Format.CSV, codec=CODEC)
    content = (tmp_path / "csv" / "decisions.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbfpartition,")
    with (tmp_path / "csv" / "decisions.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["customer_id"] == "'" + hostile
    assert row["mechanisms"] == "'-2 b"
    assert row["is_last"] == "false"
    assert json.loads(row["models"]) == [{"name": "m", "sha256": "0", "provider": "CPU", "label": "en", "score": 0.5}]
    assert json.loads(row["facts"]) == {"destination": "SG"}
    headings = {path.name for path in (tmp_path / "csv").glob("*.csv")}
    assert headings == {f"{table}.csv" for table in TABLES}


def test_parquet_keeps_lists_structures_and_times(tmp_path: Path) -> None:
    entry = decided(models=(ModelUse("m", "0", "CPU", "en", 0.5),), totals=(TotalsUse("cn/2026", 7),), obligations=("log", "count"))
    export_to([Raw(AUDIT, 0, 0, CODEC.encode(replace(entry.entry, entry_index=0)))], tmp_path, Format.PARQUET, codec=CODEC)
    database = open_export(tmp_path)
    sql = "SELECT models[1].provider, obligations, totals, decided_at, findings, entry_sha256 FROM decisions"
    ((provider, obligations, totals, decided_at, findings, digest),) = ask(database, sql).as_json()["rows"]
    assert (provider, obligations, json.loads(totals), findings) == ("CPU", ["log", "count"], {"cn/2026": 7}, 1)
    assert decided_at == "1970-01-01T00:00:01.004Z"
    assert digest == hashlib.sha256(CODEC.encode(replace(entry.entry, entry_index=0))).hexdigest()
    described = {table: [row[0:2] for row in ask(database, f"DESCRIBE {table}").rows] for table in TABLES}
    assert {table: [name for name, _ in found] for table, found in described.items()} == {
        table: [column.name for column in columns] for table, columns in TABLES.items()
    }


def test_the_document_names_every_table_and_column(pytestconfig: pytest.Config) -> None:
    text = (pytestconfig.rootpath / "docs" / "export.md").read_text(encoding="utf-8")
    for table, columns in TABLES.items():
        section = text.split(f"\n### `{table}`\n")[1].split("\n#")[0]
        for column in columns:
            assert f"| `{column.name}` | {column.type} | {column.meaning} |" in section
