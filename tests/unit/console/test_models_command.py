"""`carnet models`: what is pinned, whether the files are that, and how fast they run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from console import cli
from console import models as command
from console.model_speed import Speed, table
from models.manifest import ARTIFACTS_PATH, load
from models.session import CPU, CUDA

run = CliRunner()


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder, named in the settings, with every model but the one for GPUs."""
    for card in load().models.values():
        if card.wanted == "always":
            (tmp_path / card.file).symlink_to(ARTIFACTS_PATH / card.file)
    monkeypatch.setenv("CARNET_MODELS_DIR", str(tmp_path))
    monkeypatch.setattr(command, "has_gpu_wheel", lambda: False)
    return tmp_path


def asked(*words: str, code: int = 0) -> Any:
    answer = run.invoke(cli.app, ["models", *words, "--json"])
    assert answer.exit_code == code, answer.output
    return json.loads(answer.stdout)


@pytest.mark.parametrize("words", [["list"], ["verify"], ["build"], ["bench"]])
def test_every_command_of_models_explains_itself_and_offers_json(words: list[str]) -> None:
    answer = run.invoke(cli.app, ["models", *words, "--help"])
    assert answer.exit_code == 0
    assert "--json" in answer.output


@pytest.mark.usefixtures("built")
def test_the_list_has_every_pinned_model_with_licence_size_and_state() -> None:
    rows = {row["name"]: row for row in asked("list")}
    assert {"language", "chinese", "text_int8", "text_fp16", "picture_lines", "picture_turn", "picture_text"} == set(rows)
    assert (rows["language"]["licence"], rows["language"]["state"], rows["language"]["provider"]) == ("BSD-3-Clause", "built", CPU)
    assert (rows["text_fp16"]["state"], rows["text_fp16"]["provider"]) == ("not wanted here", "")
    assert rows["chinese"]["bytes"] == load().card("chinese").bytes


@pytest.mark.usefixtures("built")
def test_the_table_shows_the_digest_short() -> None:
    shown = run.invoke(cli.app, ["models", "list"]).stdout
    digest = load().card("language").sha256
    assert digest[:12] in shown
    assert digest not in shown


@pytest.mark.usefixtures("built")
def test_on_a_gpu_the_models_of_whole_numbers_stay_on_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "has_gpu_wheel", lambda: True)
    monkeypatch.setattr(command, "gpu_names", lambda: ("One",))
    providers = {row["name"]: row["provider"] for row in asked("list")}
    assert providers["text_fp16"] == providers["language"] == CUDA
    assert providers["text_int8"] == providers["chinese"] == CPU


@pytest.mark.usefixtures("built")
def test_a_model_that_only_a_gpu_wants_may_be_missing_without_one() -> None:
    assert asked("verify")["ok"]


@pytest.mark.usefixtures("built")
def test_where_the_runtime_for_gpus_is_installed_its_model_must_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "has_gpu_wheel", lambda: True)
    answer = run.invoke(cli.app, ["models", "verify"])
    assert answer.exit_code == 1
    assert "text.fp16.onnx is missing: run `python -m models.build --all`" in " ".join(answer.stdout.split())


def test_an_altered_file_fails_with_both_digests_and_the_cure(built: Path) -> None:
    (built / "language.onnx").unlink()
    (built / "language.onnx").write_bytes(b"another")
    answer = run.invoke(cli.app, ["models", "verify"])
    assert answer.exit_code == 1
    said = " ".join(answer.stdout.split())
    assert load().card("language").sha256 in said
    assert "run `make models`" in said
    assert {row["name"]: row["state"] for row in asked("verify", code=1)["models"]}["language"] == "altered"


def test_a_missing_file_fails(built: Path) -> None:
    (built / "chinese.onnx").unlink()
    found = asked("verify", code=1)
    assert not found["ok"]
    assert [row["name"] for row in found["models"] if row["state"] == "missing"] == ["chinese"]


@pytest.mark.usefixtures("built")
def test_build_leaves_pinned_files_alone_and_the_model_for_gpus_out() -> None:
    done = {row["name"]: row["done"] for row in asked("build")}
    assert done["language"] == "language.onnx: is the pinned one"
    assert "text_fp16" not in done


@pytest.mark.usefixtures("built")
def test_bench_gives_a_figure_for_each_model_and_size_of_batch() -> None:
    rows = asked("bench", "language", "chinese", "--batches", "1,4", "--length", "16", "--seconds", "0")
    assert [(row["model"], row["batch"], row["unit"]) for row in rows] == [
        ("language", 1, "bytes"),
        ("language", 4, "bytes"),
        ("chinese", 1, "characters"),
        ("chinese", 4, "characters"),
    ]
    assert all(row["texts_s"] > 0 and row["texts_cpu_s"] > 0 and row["provider"] == CPU for row in rows)


@pytest.mark.usefixtures("built")
def test_bench_shows_a_table_with_a_column_for_each_size_of_batch() -> None:
    answer = run.invoke(cli.app, ["models", "bench", "text_int8", "--batches", "2,4", "--length", "16", "--seconds", "0"])
    assert answer.exit_code == 0
    assert "batch 2" in answer.stdout
    assert "batch 4" in answer.stdout
    assert "16 pieces" in answer.stdout


@pytest.mark.parametrize(("texts_cpu_s", "busy"), [(100.0, False), (400.0, True)])
def test_figures_of_a_busy_machine_say_so(texts_cpu_s: float, busy: bool) -> None:
    shown = table([Speed("text_int8", CPU, "pieces", 64, 8, 100.0, texts_cpu_s)], threads=1)
    assert ("had 25% of a core" in str(shown.caption)) == busy


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("words", [["text_fp16"], ["picture_text"], ["horoscope"], ["--batches", "0"], ["--batches", "many"]])
def test_what_cannot_be_measured_is_a_usage_error(words: list[str]) -> None:
    assert run.invoke(cli.app, ["models", "bench", *words]).exit_code == 2


def test_where_nothing_is_built_there_is_nothing_to_measure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARNET_MODELS_DIR", str(tmp_path))
    answer = run.invoke(cli.app, ["models", "bench"])
    assert answer.exit_code == 2
    assert "carnet models list" in answer.stderr


@pytest.mark.usefixtures("built")
def test_pictures_without_their_package_are_not_wanted_and_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command.importlib.util, "find_spec", lambda _name: None)
    rows = {row["name"]: row for row in asked("verify")["models"]}
    assert rows["picture_text"]["state"] == "not wanted here"
    assert "pip install carnet[pictures]" in rows["picture_text"]["reason"]
