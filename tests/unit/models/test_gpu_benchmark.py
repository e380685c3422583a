"""The GPU benchmark measures or says that it did not, and its bound runs say what plain runs say."""

from __future__ import annotations

import numpy as np
import onnxruntime
import pytest

from benchmarks import gpu
from models.manifest import load
from models.session import CPU, CUDA, OnnxModel, open_model

GPU_HERE = CUDA in onnxruntime.get_available_providers()


@pytest.fixture(scope="module")
def text_model() -> OnnxModel:
    return open_model(load(), "text_int8", require_gpu=False, on_cpu=True)


def no_figures(*_: object) -> list[gpu.Figure]:
    pytest.fail("something was measured")


@pytest.mark.skipif(GPU_HERE, reason="says what happens where there is no GPU runtime")
def test_without_the_runtime_for_gpus_it_says_so_measures_nothing_and_ends_well(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(gpu, "measure", no_figures)
    assert gpu.main([]) == 0
    said = capsys.readouterr().out
    assert said.startswith("No GPU was found, so nothing was measured: ")
    assert "carnet[gpu]" in said
    assert "texts/s" not in said


def test_with_the_runtime_but_without_a_device_it_says_so_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(gpu, "measure", no_figures)
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: [CUDA, CPU])
    monkeypatch.setattr(gpu, "gpu_names", lambda: ())
    assert gpu.main([]) == 0
    assert capsys.readouterr().out == "No GPU was found, so nothing was measured: the NVIDIA driver is not there or finds no device.\n"


def test_bound_buffers_give_what_a_plain_run_gives_and_take_new_texts(text_model: OnnxModel) -> None:
    feeds = gpu.sample(2, 16)
    bound = gpu.Bound(onnxruntime, text_model.session, feeds, device="cpu")
    for _ in range(2):
        for ours, theirs in zip(bound.run(), text_model.run(feeds), strict=True):
            assert np.array_equal(ours, theirs)
        feeds["ids"][:] = feeds["ids"][:, ::-1].copy()


def test_without_cuda_no_memory_is_said_to_be_pinned() -> None:
    if GPU_HERE:
        pytest.skip("there may be pinned memory here")
    assert gpu.pinned(onnxruntime, gpu.sample(1, 16)) is None


def test_tokens_are_texts_times_their_length() -> None:
    table = gpu.table([gpu.Figure(gpu.PLAIN, 32, 8, 250.0)])
    assert [list(column.cells) for column in table.columns] == [["32"], ["8"], [gpu.PLAIN], ["250"], ["8,000"]]
