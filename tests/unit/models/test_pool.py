"""A pool is ready when its sessions are warm, and another version takes over only between two ticks."""

from __future__ import annotations

import dataclasses
import hashlib
import shutil
import threading
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from models import pool as pools
from models.manifest import ARTIFACTS_PATH, Manifest, load
from models.pool import ModelPool, Wanted, text_shapes, warm_up
from models.session import CPU, CUDA, OnnxModel, open_model
from schemas.errors import ArtifactError, DetectionError, ProviderError

GPU_HERE = CUDA in onnxruntime.get_available_providers()
SMALL, LARGE = {"bytes": (1, 32)}, {"bytes": (4, 64)}


def wanted(directory: Path | None = None, **changes: object) -> Wanted:
    fields: dict[str, object] = {"name": "language", "shapes": (SMALL, LARGE), "on_cpu": True, "directory": directory}
    return Wanted(**{**fields, **changes})  # type: ignore[arg-type]


def another_version(folder: Path) -> Manifest:
    """Write the same graph with another byte behind it and return a manifest that pins that."""
    card = load().card("language")
    shutil.copy(ARTIFACTS_PATH / card.file, folder / "next.onnx")
    with (folder / "next.onnx").open("ab") as file:
        file.write(b"\x72\x02\x12\x00")  # an empty entry of the model's properties
    content = (folder / "next.onnx").read_bytes()
    changed = dataclasses.replace(card, file="next.onnx", sha256=hashlib.sha256(content).hexdigest(), bytes=len(content))
    return Manifest({"language": changed})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with the language model that may be changed."""
    card = load().card("language")
    (tmp_path / card.file).symlink_to(ARTIFACTS_PATH / card.file)
    return tmp_path


def test_a_pool_is_ready_only_when_every_session_has_been_warmed_up(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = ModelPool(wanted(sessions=3), lambda model: model)
    states: list[bool] = []
    warm = pools.warm_up
    monkeypatch.setattr(pools, "warm_up", lambda model, shapes: (states.append(pool.ready), warm(model, shapes)))
    assert not pool.ready
    assert not pool.sha256
    pool.open(load())
    assert states == [False, False, False]
    assert pool.ready
    assert pool.sha256 == load().card("language").sha256


def test_warming_up_runs_every_shape_once(monkeypatch: pytest.MonkeyPatch) -> None:
    model = open_model(load(), "language", require_gpu=False, on_cpu=True)
    seen: list[tuple[int, ...]] = []
    run = OnnxModel.run
    monkeypatch.setattr(OnnxModel, "run", lambda self, feeds: (seen.append(feeds["bytes"].shape), run(self, feeds))[1])
    warm_up(model, (SMALL, LARGE))
    assert seen == [(1, 32), (4, 64)]


def test_on_the_cpu_the_largest_shape_stands_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    warmed: list[object] = []
    monkeypatch.setattr(pools, "warm_up", lambda _model, shapes: warmed.append(list(shapes)))
    ModelPool(wanted(shapes=(LARGE, SMALL)), lambda model: model).open(load())
    assert warmed == [[LARGE]]


def test_a_shape_that_does_not_fit_the_model_is_found_before_the_pool_is_ready() -> None:
    pool = ModelPool(wanted(shapes=({"bytes": (1, 2, 3)},)), lambda model: model)
    with pytest.raises(DetectionError, match=r"\(1, 2, 3\)"):
        pool.open(load())
    assert not pool.ready


def test_each_thread_has_a_session_of_its_own_and_waits_where_none_is_free() -> None:
    pool = ModelPool(wanted(sessions=2), lambda model: model)
    pool.open(load())
    got: list[OnnxModel] = []

    def take_third() -> None:
        with pool.lease() as model:
            got.append(model)

    third = threading.Thread(target=take_third)
    with pool.lease() as first:
        with pool.lease() as second:
            assert first.session is not second.session
            third.start()
            third.join(0.2)
            assert got == []
        third.join(60)
        assert got == [second]


def test_a_session_comes_back_from_a_reader_that_failed() -> None:
    pool = ModelPool(wanted(), lambda model: model)
    pool.open(load())
    with pytest.raises(DetectionError), pool.lease() as model:
        model.run({"bytes": np.zeros((1,), np.uint8)})
    with pool.lease() as again:
        assert again is model


def test_a_new_version_takes_over_at_the_swap_and_records_name_the_version_that_ran(folder: Path) -> None:
    old = load().card("language").sha256
    pinned = another_version(folder)
    new = pinned.card("language").sha256
    pool = ModelPool(wanted(folder), lambda model: model)
    pool.open(load())
    recorded = []
    assert pool.reload(pinned)
    with pool.lease() as model:  # it waits; this tick goes on with what ran
        recorded.append(model.sha256)
    with pool.lease() as held:
        assert pool.swap()
        recorded.append(held.sha256)  # and so does who holds a session while it is exchanged
        assert held.run({"bytes": np.zeros((1, 8), np.uint8)})
    with pool.lease() as model:
        recorded.append(model.sha256)
    assert recorded == [old, old, new]
    assert pool.sha256 == new != old
    assert not pool.swap()


def test_what_is_made_of_a_session_is_made_again_for_the_new_version(folder: Path) -> None:
    pool = ModelPool(wanted(folder), lambda model: f"reader of {model.sha256}")
    pool.open(load())
    pinned = another_version(folder)
    pool.reload(pinned)
    pool.swap()
    with pool.lease() as reader:
        assert reader == f"reader of {pinned.card('language').sha256}"


def test_the_version_that_runs_is_not_opened_again() -> None:
    pool = ModelPool(wanted(), lambda model: model)
    pool.open(load())
    assert not pool.reload(load())
    assert not pool.swap()


def test_a_version_that_was_withdrawn_before_the_swap_never_runs(folder: Path) -> None:
    pool = ModelPool(wanted(folder), lambda model: model)
    pool.open(load())
    pool.reload(another_version(folder))
    assert not pool.reload(load())
    assert not pool.swap()
    assert pool.sha256 == load().card("language").sha256


def test_a_version_that_is_not_the_pinned_file_changes_nothing(folder: Path) -> None:
    pool = ModelPool(wanted(folder), lambda model: model)
    pool.open(load())
    pinned = another_version(folder)
    (folder / "next.onnx").write_bytes(b"another")
    with pytest.raises(ArtifactError, match=r"next\.onnx"):
        pool.reload(pinned)
    assert not pool.swap()
    with pool.lease() as model:
        assert model.sha256 == load().card("language").sha256


@pytest.mark.skipif(GPU_HERE, reason="says what happens where there is no GPU runtime")
def test_a_pool_that_must_have_a_gpu_never_becomes_ready_on_the_cpu() -> None:
    pool = ModelPool(wanted(require_gpu=True, on_cpu=False), lambda model: model)
    with pytest.raises(ProviderError, match="must run on a GPU"):
        pool.open(load())
    assert not pool.ready


def test_one_session_that_fell_back_refuses_the_whole_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def fall_back_at_the_second(manifest: Manifest, name: str, **_: object) -> OnnxModel:
        opened.append(CUDA if not opened else CPU)
        card = manifest.card(name)
        return dataclasses.replace(open_model(manifest, name, require_gpu=False, on_cpu=True), provider=opened[-1], sha256=card.sha256)

    monkeypatch.setattr(pools, "open_model", fall_back_at_the_second)
    pool = ModelPool(wanted(sessions=2, require_gpu=True), lambda model: model)
    with pytest.raises(ProviderError, match=f"runs on {CPU}"):
        pool.open(load())
    assert opened == [CUDA, CPU]
    assert not pool.ready


def test_a_pool_that_is_not_open_or_holds_nothing_is_refused() -> None:
    with pytest.raises(RuntimeError, match="not open"), ModelPool(wanted(), lambda model: model).lease():
        pass
    with pytest.raises(ValueError, match="0 sessions"):
        ModelPool(wanted(sessions=0), lambda model: model)


def test_the_shapes_of_a_text_model_are_every_length_in_every_power_of_two() -> None:
    shapes = text_shapes((16, 32), 2, 8)
    assert [shape["ids"] for shape in shapes] == [(2, 16), (4, 16), (8, 16), (2, 32), (4, 32), (8, 32)]
    assert all(shape["live"] == shape["ids"] and shape["form"][0] == shape["ids"][0] for shape in shapes)
