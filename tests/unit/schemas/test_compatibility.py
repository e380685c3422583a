"""The gate for new schema versions: what it lets through, what it names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from schemas import compatibility
from schemas.compatibility import check_directory, check_pair, check_schema
from schemas.records import AuditEntry, TokenChunk
from schemas.shapes import schema_file

CHUNK = schema_file(TokenChunk).read_text(encoding="utf-8")


def changed(text: str, field: str | None = None, **entry: Any) -> str:
    """A schema with one field replaced, removed (no entry) or added (no such field)."""
    schema = json.loads(text)
    names = [known["name"] for known in schema["fields"]]
    place = names.index(field) if field in names else len(names)
    schema["fields"][place : place + 1] = [{"name": field, "doc": "A field."} | entry] if entry else []
    return json.dumps(schema)


def test_a_new_field_with_a_default_is_let_through() -> None:
    assert check_pair(CHUNK, changed(CHUNK, "finish", type=["null", "string"], default=None)) == ()


def test_a_new_field_without_a_default_cannot_read_old_records() -> None:
    problems = check_pair(CHUNK, changed(CHUNK, "finish", type="string"))
    assert [problem.partition(":")[0] for problem in problems] == ["not backward compatible"]


def test_a_removed_field_without_a_default_leaves_old_readers_behind() -> None:
    problems = check_pair(CHUNK, changed(CHUNK, "token_count"))
    assert [problem.partition(":")[0] for problem in problems] == ["not forward compatible"]


def test_another_type_is_refused_both_ways() -> None:
    problems = check_pair(CHUNK, changed(CHUNK, "sequence", type="string"))
    assert {problem.partition(":")[0] for problem in problems} == {"not backward compatible", "not forward compatible"}


def test_a_new_kind_of_evidence_is_refused_as_long_as_old_readers_exist() -> None:
    older = schema_file(AuditEntry).read_text(encoding="utf-8")
    newer = older.replace('"review"]', '"review", "rumour"]')
    assert newer != older
    assert [problem.partition(":")[0] for problem in check_pair(older, newer)] == ["not forward compatible"]


@pytest.mark.parametrize("text", ["{", '{"type": "rumour"}', '{"type": "record", "name": "A", "fields": [{"name": "b", "type": "c"}]}'])
def test_a_schema_that_does_not_parse_is_named(text: str) -> None:
    (problem,) = check_schema(text)
    assert problem.startswith("does not parse")


def test_a_field_without_a_doc_is_named_with_its_place() -> None:
    inner = {"type": "record", "name": "Inner", "doc": "An inner record.", "fields": [{"name": "size", "type": "long"}]}
    schema = {"type": "record", "name": "Outer", "fields": [{"name": "many", "doc": "Many.", "type": {"type": "array", "items": inner}}]}
    assert check_schema(json.dumps(schema)) == ("Outer has no doc", "Outer.many: Inner.size has no doc")


def test_a_folder_is_checked_file_by_file_and_version_after_version(tmp_path: Path) -> None:
    (tmp_path / "token_chunk.v1.avsc").write_text(CHUNK, encoding="utf-8")
    (tmp_path / "token_chunk.v2.avsc").write_text(changed(CHUNK, "finish", type=["null", "string"], default=None), encoding="utf-8")
    assert check_directory(tmp_path) == ()
    (tmp_path / "token_chunk.v10.avsc").write_text(changed(CHUNK, "token_count"), encoding="utf-8")
    (tmp_path / "Chunk.avsc").write_text(CHUNK, encoding="utf-8")
    problems = check_directory(tmp_path)
    assert [problem.partition(":")[0] for problem in problems] == ["Chunk.avsc", "token_chunk"]
    assert problems[1].startswith("token_chunk: v10 after v2: not forward compatible")


def test_the_command_fails_on_a_problem(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(compatibility, "check_directory", lambda: ("token_chunk: v2 after v1: not backward compatible: x",))
    assert compatibility.main() == 1
    assert capsys.readouterr().out == "token_chunk: v2 after v1: not backward compatible: x\n"
