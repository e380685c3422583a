"""The `carnet` command line: help of every command, exit codes, one-line errors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from console import cli
from schemas.errors import ConfigurationError, LedgerError, RetryableError

COMMANDS = [
    *("up", "down", "status", "topics create", "topics check", "feed", "watch", "scan", "verify", "demo", "version"),
    *("decide", "jurisdictions", "packs list", "packs verify", "packs diff", "totals", "mechanisms list", "review list", "incidents list"),
    *("prove", "replay", "export", "query"),
]
run = CliRunner()


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CARNET_KAFKA_BOOTSTRAP_SERVERS", raising=False)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_and_offers_json(command: str) -> None:
    answer = run.invoke(cli.app, [*command.split(), "--help"])
    assert answer.exit_code == 0
    assert "--json" in answer.output


def test_the_help_lists_every_command_and_the_exit_codes() -> None:
    answer = run.invoke(cli.app, ["--help"])
    assert all(command.split()[0] in answer.output for command in COMMANDS)
    assert "3 evidence altered" in " ".join(answer.output.split())


def test_an_unknown_option_is_a_usage_error() -> None:
    assert run.invoke(cli.app, ["status", "--no-such-option"]).exit_code == 2


@pytest.mark.parametrize(
    ("failure", "code", "line"),
    [
        (ConfigurationError("topic x is missing: make it"), 2, "carnet: topic x is missing: make it"),
        (RetryableError("no broker\nanswers"), 1, "carnet: no broker answers"),
        (LedgerError("torn"), 3, "carnet: ledger: torn"),
        (KeyboardInterrupt(), 130, ""),
        (PermissionError(13, "Permission denied", "/x/run.json"), 1, "carnet: /x/run.json: Permission denied"),
    ],
)
def test_a_failure_is_one_line_and_its_own_exit_code(failure: BaseException, code: int, line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_home: Path) -> list[str]:
        raise failure

    monkeypatch.setattr(cli.installation, "down", fail)
    answer = run.invoke(cli.app, ["down"])
    assert answer.exit_code == code
    assert answer.stderr.strip() == line


def test_version_is_a_line_or_an_object() -> None:
    plain, machine = run.invoke(cli.app, ["version"]), run.invoke(cli.app, ["version", "--json"])
    assert plain.output.split() == ["carnet", json.loads(machine.output)["version"]]


def test_down_where_nothing_runs_is_no_failure(tmp_path: Path) -> None:
    answer = run.invoke(cli.app, ["down", "--json", "--home", str(tmp_path)])
    assert (answer.exit_code, json.loads(answer.output)) == (0, {"stopped": []})


def test_more_workers_than_partitions_are_refused_before_anything_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARNET_TOPICS_PARTITIONS", "2")
    answer = run.invoke(cli.app, ["up", "--workers", "3", "--home", str(tmp_path / "home")])
    assert answer.exit_code == 2
    assert "3 workers for 2 partitions" in answer.stderr
    assert not (tmp_path / "home").exists()


def test_a_misspelt_setting_is_a_usage_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARNET_KAFKA_BOOTSTRAP_SERVER", "h:1")
    answer = run.invoke(cli.app, ["status", "--home", str(tmp_path)])
    assert answer.exit_code == 2
    assert "CARNET_KAFKA_BOOTSTRAP_SERVER is no setting" in answer.stderr


def test_a_bad_line_is_refused_before_the_first_record_is_sent(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    path.write_text('{"output": "fine"}\n{"outptu": "not"}\n', encoding="utf-8")
    answer = run.invoke(cli.app, ["feed", str(path), "--home", str(tmp_path)])
    assert answer.exit_code == 2
    assert "answers.jsonl line 2" in answer.stderr


def test_a_directory_that_is_no_export_is_refused(tmp_path: Path) -> None:
    (tmp_path / "checkpoint.vkey").write_text("x", encoding="utf-8")
    answer = run.invoke(cli.app, ["verify", str(tmp_path)])
    assert answer.exit_code == 2
    assert "no partition-N.entries" in answer.stderr


def test_a_shell_can_complete_the_commands() -> None:
    assert "--install-completion" in run.invoke(cli.app, ["--help"]).stdout
