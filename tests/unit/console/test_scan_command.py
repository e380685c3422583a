"""`carnet scan`: the same bytes whether a text comes whole or in pieces, offsets in code points, no text in the output."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from console import cli
from console.documents import Document, parse_documents, read_documents, request_text
from console.samples.compose import answers_path
from console.scan import BATCH_TEXTS, new_engine, new_scanner, scan_documents
from console.scan_run import ScanOptions, run_scan
from detectors.analyzer import Engine
from detectors.scanner import Scanner
from schemas.errors import ConfigurationError
from streams.settings import Settings

MIXED = (
    "Our adviser Maria Keller writes from maria.keller@harbourpost.org, or call +44 20 7946 0958 before Friday.\n"
    "我的手机号是13812345678，身份证号码是11010519491231002X，请尽快联系我。\n"
    "The card 4111 1111 1111 1111 and the account GB29 NWBK 6016 1331 9268 19 belong to the same person.\n"
    "服务器地址是192.168.10.24，邮箱zhang@quarrydesk.com，银行卡号6222021234567890128。王建国在上海工作。\n"
    "NRIC S1234567D, passport H12345678; see https://docs.harbourpost.org/a?b=1 for more.\n"
)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return new_engine()


@pytest.fixture(scope="module")
def scanner(engine: Engine) -> Scanner:
    return new_scanner(engine)


@pytest.fixture
def carnet_scan(engine: Engine, scanner: Scanner, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Return the command with detectors that are loaded already; it gives the lines on standard output."""
    monkeypatch.setattr("console.scan_run.new_engine", lambda _detect, _models: engine)
    monkeypatch.setattr("console.scan_run.new_scanner", lambda _engine: scanner)

    def run(*words: str, code: int = 0) -> list[str]:
        answer = CliRunner().invoke(cli.app, ["scan", *words])
        assert answer.exit_code == code, answer.output
        return answer.stdout.splitlines()

    return run


@pytest.fixture
def lines(tmp_path: Path) -> Callable[..., str]:
    """Write documents as JSON lines; the path comes back."""

    def write(*documents: dict[str, object]) -> str:
        path = tmp_path / "texts.jsonl"
        path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in documents), encoding="utf-8")
        return str(path)

    return write


@pytest.mark.parametrize("chunk_chars", [1, 5, 64])
def test_texts_streamed_in_pieces_give_the_same_bytes_as_whole_ones(scanner: Scanner, chunk_chars: int) -> None:
    documents = list(read_documents(str(answers_path())))[::6]
    documents.append(Document("long", "\n".join(document.text for document in documents)))
    documents.append(Document("empty", ""))
    whole = [scanned.as_line() for scanned in scan_documents(documents, scanner)]
    assert [scanned.as_line() for scanned in scan_documents(documents, scanner, chunk_chars)] == whole
    assert sum(len(json.loads(line)["findings"]) for line in whole) > 20


@pytest.mark.parametrize("more", [(), ("--explain", "--redact"), ("--countries", "all", "--threshold", "0.2")])
def test_the_command_prints_the_same_lines_for_chunks_of_one_and_five_and_the_whole(
    carnet_scan: Callable[..., list[str]], lines: Callable[..., str], more: tuple[str, ...]
) -> None:
    path = lines({"id": "mixed", "text": MIXED * 4, "request_text": "write to zhang@quarrydesk.com"}, {"text": MIXED[::-1]})
    whole = carnet_scan(path, "--json", *more)
    assert len(json.loads(whole[0])["findings"]) > 40
    for chunk in ("1", "5"):
        assert carnet_scan(path, "--json", "--chunk", chunk, *more) == whole


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


def test_a_line_may_say_what_was_asked_which_sources_there_were_and_where_it_goes() -> None:
    native = {"output": "a", "request_text": "b", "domestic_sources": [{"text": "c"}, {"digest": "00"}], "destination": "sg"}
    asked = {"output": "a", "instruction": "b"}
    found = list(parse_documents([json.dumps(native), json.dumps(asked)], "f"))
    assert found == [Document("1", "a", "b", ("c",), opaque=True, destination="SG"), Document("2", "a", "b")]


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        '{"id": "SECRET"}',
        '{"text": ["SECRET"]}',
        '{"text": "SECRET\\ud83d"}',
        '{"text": "SECRET", "destination": 5}',
        '{"text": "SECRET", "domestic_sources": "SECRET"}',
        '{"text": "SECRET", "request_text": ["SECRET"]}',
    ],
)
def test_a_line_without_text_is_refused_by_place(line: str) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        list(parse_documents(["", line], "texts.jsonl"))
    assert "texts.jsonl line 2" in str(refusal.value)
    assert "SECRET" not in str(refusal.value)


def test_standard_input_is_a_dash() -> None:
    assert list(read_documents("-", io.StringIO('{"text": "a"}\n'))) == [Document("1", "a")]


def test_a_plain_text_is_one_document_with_the_offsets_of_the_file(tmp_path: Path) -> None:
    written = "first line\r\nsecond: bob@quarrydesk.com\r\n"
    for name in ("letter.txt", "letter"):
        path = tmp_path / name
        path.write_bytes(written.encode())
        assert list(read_documents(str(path))) == [Document(name, written)]
    assert list(read_documents("-", io.StringIO("\n\na plain line"))) == [Document("standard input", "\n\na plain line")]
    assert [each.text for each in read_documents("-", io.StringIO('{"text": "a"}'), plain=True)] == ['{"text": "a"}']


def test_the_request_is_a_file_if_there_is_one_of_that_name_and_else_the_words_themselves(tmp_path: Path) -> None:
    path = tmp_path / "request.txt"
    path.write_text("from the file", encoding="utf-8")
    assert request_text(str(path)) == "from the file"
    assert request_text("from the words") == "from the words"
    assert request_text("long " * 5_000) == "long " * 5_000


def test_the_command_prints_one_line_each_and_a_missing_file_is_a_usage_error(
    carnet_scan: Callable[..., list[str]], lines: Callable[..., str], tmp_path: Path
) -> None:
    path = lines({"text": "mail ann@example.com"}, {"text": "nothing"})
    assert [json.loads(line)["id"] for line in carnet_scan(path, "--json")] == ["1", "2"]
    carnet_scan(str(tmp_path / "none.jsonl"), code=2)
    table = "\n".join(carnet_scan(path, "--explain"))
    assert "EMAIL_ADDRESS" in table
    assert "nothing found" in table
    assert "ann@example.com" not in table


def test_a_finding_has_whose_people_carry_it_its_category_and_where_the_value_came_from(
    carnet_scan: Callable[..., list[str]], lines: Callable[..., str]
) -> None:
    text = "我的手机号是13812345678，身份证号码是11010519491231002X，邮箱 zhang@quarrydesk.com。"
    path = lines({"text": text, "request_text": "my mail is zhang@quarrydesk.com", "domestic_sources": [{"text": "11010519491231002X"}]})
    findings = {each["type"]: each for each in json.loads(carnet_scan(path, "--json")[0])["findings"]}
    wanted = {
        "CN_MOBILE_NUMBER": ("CN", "contact", "unmatched"),
        "CN_RESIDENT_ID": ("CN", "gov_id", "domestic_source"),
        "EMAIL_ADDRESS": (None, "contact", "foreign_echo"),
    }
    seen = {name: (findings[name]["jurisdiction"], findings[name]["category"], findings[name]["provenance"]) for name in wanted}
    assert seen == wanted


def test_the_request_of_the_option_counts_for_lines_that_have_none(
    carnet_scan: Callable[..., list[str]], lines: Callable[..., str]
) -> None:
    path = lines({"text": "mail ann@quarrydesk.com"}, {"text": "mail ann@quarrydesk.com", "request_text": "hello"})
    found = carnet_scan(path, "--json", "--types", "EMAIL_ADDRESS", "--request", "I am ann@quarrydesk.com")
    assert [json.loads(line)["findings"][0]["provenance"] for line in found] == ["foreign_echo", "unmatched"]
    [first, _] = carnet_scan(lines({"text": "mail ann@quarrydesk.com"}, {"text": ""}), "--json")
    assert "provenance" not in first


def test_a_redacted_text_keeps_all_but_the_values(carnet_scan: Callable[..., list[str]], lines: Callable[..., str]) -> None:
    path = lines({"text": "写信到 ann@quarrydesk.com，谢谢"})
    assert carnet_scan(path, "--redact", "--types", "EMAIL_ADDRESS") == ["写信到 <EMAIL_ADDRESS>，谢谢"]
    line = json.loads(carnet_scan(path, "--redact", "--json", "--types", "EMAIL_ADDRESS")[0])
    [redaction] = line["redactions"]
    assert line["text"][redaction["start"] : redaction["end"]] == "<EMAIL_ADDRESS>"


def test_types_are_filtered_by_name_and_by_shell_pattern(carnet_scan: Callable[..., list[str]], lines: Callable[..., str]) -> None:
    path = lines({"text": MIXED})

    def types(given: str) -> set[str]:
        return {each["type"] for each in json.loads(carnet_scan(path, "--json", "--types", given)[0])["findings"]}

    assert types("EMAIL_ADDRESS") == {"EMAIL_ADDRESS"}
    assert types("cn_*") >= {"CN_MOBILE_NUMBER", "CN_RESIDENT_ID"}
    assert {name[:3] for name in types("cn_*")} == {"CN_"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--types", "EMAIL"), "EMAIL_ADDRESS"),
        (("--countries", "cn,xx"), "XX is no country"),
        (("--language", "klingon"), "klingon is not known"),
        (("--destination", "Mars"), "MARS is no country"),
        (("--show",), "--show"),
        (("--show", "--json"), "--show"),
        (("--redact", "--explain"), "--json"),
    ],
)
def test_options_that_cannot_be_followed_are_usage_errors(
    carnet_scan: Callable[..., list[str]], lines: Callable[..., str], words: tuple[str, ...], said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    path = lines({"text": "mail ann@quarrydesk.com"})
    answer = CliRunner().invoke(cli.app, ["scan", path, *words])
    assert answer.exit_code == 2
    assert said in answer.stderr + capfd.readouterr().err
    assert carnet_scan(path, "--json")


def test_values_are_shown_on_a_terminal_when_asked_for_and_only_then(
    carnet_scan: Callable[..., list[str]], lines: Callable[..., str]
) -> None:
    del carnet_scan  # the detectors are loaded
    path = lines({"text": "我的邮箱是 ann@quarrydesk.com\n谢谢"})
    for show in (True, False):
        terminal = Console(file=io.StringIO(), force_terminal=True, width=200)
        run_scan(ScanOptions(path, show=show, types="EMAIL_ADDRESS"), Settings.load(), terminal, lambda _text: None)
        printed = terminal.file.getvalue()  # type: ignore[attr-defined]
        assert ("ann@quarrydesk.com" in printed) is show
        assert "EMAIL_ADDRESS" in printed
