"""Which runtime and which provider run a model, and what is refused."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from models.manifest import ARTIFACTS_PATH, Manifest, load
from models.session import CPU, CUDA, check_runtime, open_model
from schemas.errors import ArtifactError, DetectionError, ProviderError

GPU_HERE = CUDA in onnxruntime.get_available_providers()


@pytest.mark.parametrize("wheel", ["onnxruntime", "onnxruntime-gpu"])
def test_one_runtime_is_accepted_and_named(wheel: str) -> None:
    assert check_runtime(lambda name: name == wheel) == wheel


@pytest.mark.parametrize(("installed", "found"), [(True, "both are"), (False, "none is")])
def test_both_runtimes_or_none_are_refused_with_the_cure(installed: bool, found: str) -> None:
    with pytest.raises(ProviderError, match=found) as refusal:
        check_runtime(lambda _: installed)
    assert "pip uninstall -y onnxruntime onnxruntime-gpu" in str(refusal.value)
    assert "carnet[gpu]" in str(refusal.value)


def test_this_environment_has_exactly_one_runtime() -> None:
    assert check_runtime() in {"onnxruntime", "onnxruntime-gpu"}


def test_an_opened_model_carries_its_pin_and_the_provider_that_runs_it() -> None:
    manifest = load()
    model = open_model(manifest, "language", require_gpu=False)
    assert (model.name, model.sha256, model.labels) == ("language", manifest.card("language").sha256, manifest.card("language").labels)
    assert model.provider in {CPU, CUDA}


@pytest.mark.skipif(GPU_HERE, reason="says what happens where there is no GPU runtime")
def test_a_demanded_gpu_is_never_replaced_by_the_cpu() -> None:
    with pytest.raises(ProviderError, match="must run on a GPU"):
        open_model(load(), "language", require_gpu=True)


def test_labels_that_do_not_fit_the_output_are_refused() -> None:
    card = load().card("language")
    short = Manifest({"language": dataclasses.replace(card, labels=card.labels[1:])})
    with pytest.raises(ArtifactError, match="21 output columns, the manifest has 20 labels"):
        open_model(short, "language", require_gpu=False, directory=ARTIFACTS_PATH)


def test_a_pinned_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "language.onnx").write_bytes(b"not a graph")
    card = dataclasses.replace(load().card("language"), bytes=11, sha256=hashlib.sha256(b"not a graph").hexdigest())
    with pytest.raises(ArtifactError, match="does not load"):
        open_model(Manifest({"language": card}), "language", require_gpu=False, directory=tmp_path)


def test_a_failing_run_says_shapes_and_no_values() -> None:
    model = open_model(load(), "language", require_gpu=False)
    with pytest.raises(DetectionError, match=r"\(1, 2\)") as failure:
        model.run({"bytes": np.array([["secret", "value"]])})
    assert "secret" not in str(failure.value)
