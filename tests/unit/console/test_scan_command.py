"""`carnet scan`: the same bytes whether a text comes whole or in pieces, offsets in code points, no text in the output."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from console import cli
from console.documents import Document, parse_documents, read_documents
from console.samples.compose import answers_path
from console.scan import BATCH_TEXTS, new_scanner, scan_documents
from detectors.scanner import Scanner
from schemas.errors import ConfigurationError


@pytest.fixture(scope="module")
def scanner() -> Scanner:
    return new_scanner()


@pytest.mark.parametrize("chunk_chars", [1, 5, 64])
def test_texts_streamed_in_pieces_give_the_same_bytes_as_whole_ones(scanner: Scanner, chunk_chars: int) -> None:
    documents = list(read_documents(str(answers_path())))[::6]
    documents.append(Document("long", "\n".join(document.text for document in documents)))
    documents.append(Document("empty", ""))
    whole = [scanned.as_line() for scanned in scan_documents(documents, scanner)]
    assert [scanned.as_line() for scanned in scan_documents(documents, scanner, chunk_chars)] == whole
    assert sum(len(json.loads(line)["findings"]) for line in whole) > 20


def test_offsets_count_code_points_and_findings_are_in_order(scanner: Scanner) -> None:
    text = "😀😀 写信到 ann@example.com 或 bob@example.org"
    [scanned] = scan_documents([Document("d", text)], scanner)
    findings = json.loads(scanned.as_line())["findings"]
    mails = [text[found["start"] : found["end"]] for found in findings if found["type"] == "EMAIL_ADDRESS"]
    assert mails == ["ann@example.com", "bob@example.org"]
    assert findings == sorted(findings, key=lambda found: (found["start"], found["end"], found["type"]))
    assert "ann" not in scanned.as_line()


def test_more_texts_than_a_batch_come_out_once_each_in_their_order(scanner: Scanner) -> None:
    documents = [Document(str(number), f"mail a{number}@example.com") for number in range(2 * BATCH_TEXTS + 1)]
    scanned = list(scan_documents(documents, scanner))
    assert [each.document.id for each in scanned] == [document.id for document in documents]
    assert all(any(found.entity_type == "EMAIL_ADDRESS" for found in each.findings) for each in scanned)


def test_a_line_is_read_by_text_or_output_and_named_by_id_or_number() -> None:
    lines = ['{"text": "a", "id": "x"}', "", '{"output": "b"}', '{"text": "c", "output": "d", "id": 5}']
    assert list(parse_documents(lines, "f")) == [Document("x", "a"), Document("3", "b"), Document("5", "c")]


@pytest.mark.parametrize("line", ["{", "[]", '{"id": "SECRET"}', '{"text": ["SECRET"]}'])
def test_a_line_without_text_is_refused_by_place(line: str) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        list(parse_documents(["", line], "texts.jsonl"))
    assert "texts.jsonl line 2" in str(refusal.value)
    assert "SECRET" not in str(refusal.value)


def test_standard_input_is_a_dash() -> None:
    assert list(read_documents("-", io.StringIO('{"text": "a"}\n'))) == [Document("1", "a")]


def test_the_command_prints_one_line_each_and_a_missing_file_is_a_usage_error(
    scanner: Scanner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.scan.new_scanner", lambda _countries: scanner)
    path = tmp_path / "texts.jsonl"
    path.write_text('{"text": "mail ann@example.com"}\n{"text": "nothing"}\n', encoding="utf-8")
    answer = CliRunner().invoke(cli.app, ["scan", str(path), "--json"])
    assert [json.loads(line)["id"] for line in answer.stdout.splitlines()] == ["1", "2"]
    assert CliRunner().invoke(cli.app, ["scan", str(tmp_path / "none.jsonl")]).exit_code == 2
    table = CliRunner().invoke(cli.app, ["scan", str(path)])
    assert "EMAIL_ADDRESS" in table.stdout
    assert "ann@example.com" not in table.stdout
