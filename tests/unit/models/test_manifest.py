"""A model that is not pinned, or is not what was pinned, is not loaded."""

from __future__ import annotations

import dataclasses
import hashlib
import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from models.manifest import MANIFEST_PATH, ModelCard, load, verify
from schemas.errors import ArtifactError


def written(folder: Path, tree: Any) -> Path:
    path = folder / "manifest.yaml"
    path.write_text(yaml.safe_dump(tree, allow_unicode=True), encoding="utf-8")
    return path


def committed() -> dict[str, Any]:
    tree: dict[str, Any] = yaml.safe_load(MANIFEST_PATH.read_text(encoding="utf-8"))
    return tree


@pytest.fixture
def pinned(tmp_path: Path) -> ModelCard:
    """Return a card whose file lies in the test's folder."""
    (tmp_path / "small.onnx").write_bytes(b"weights")
    card = load().card("language")
    return dataclasses.replace(card, file="small.onnx", bytes=7, sha256=hashlib.sha256(b"weights").hexdigest())


def test_the_committed_manifest_tells_source_licence_and_labels_of_the_language_model() -> None:
    card = load().card("language")
    assert card.licence == "BSD-3-Clause"
    assert (card.source.package, card.source.version) == ("py3langid", "0.4.0")
    assert {"zh", "yue", "wuu", "en", "zxx"} <= set(card.labels)
    assert card.data_card
    assert card.evaluation


def test_a_model_that_is_not_pinned_is_refused_by_name() -> None:
    with pytest.raises(ArtifactError, match=r"horoscope is not in the manifest, which has: language"):
        load().card("horoscope")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sha256", "0" * 63),
        ("sha256", "G" * 64),
        ("bytes", "7"),
        ("bytes", True),
        ("bytes", -1),
        ("labels", []),
        ("labels", ["en", "en"]),
        ("labels", ["en", False]),
        ("labels", "en"),
        ("licence", ""),
        ("licence", None),
        ("file", "../outside.onnx"),
        ("source", {"package": "py3langid"}),
        ("source", "py3langid"),
        ("wanted", "sometimes"),
        ("wanted", ["gpu"]),
        ("wanted", None),
    ],
)
def test_a_field_of_the_wrong_shape_is_refused(tmp_path: Path, field: str, value: object) -> None:
    tree = committed()
    tree["models"]["language"][field] = value
    with pytest.raises(ArtifactError, match="language"):
        load(written(tmp_path, tree))


@pytest.mark.parametrize("field", ["file", "sha256", "bytes", "labels", "licence", "source", "data_card", "evaluation"])
def test_a_missing_field_is_refused_by_name(tmp_path: Path, field: str) -> None:
    tree = committed()
    del tree["models"]["language"][field]
    with pytest.raises(ArtifactError, match=field):
        load(written(tmp_path, tree))


def test_a_model_is_wanted_everywhere_unless_the_manifest_says_otherwise(tmp_path: Path) -> None:
    tree = committed()
    tree["models"]["chinese"]["wanted"] = "gpu"
    models = load(written(tmp_path, tree)).models
    assert (models["language"].wanted, models["chinese"].wanted) == ("always", "gpu")


def test_an_unknown_field_is_refused_by_name(tmp_path: Path) -> None:
    tree = committed()
    tree["models"]["language"]["treshold"] = 0.5
    with pytest.raises(ArtifactError, match="treshold"):
        load(written(tmp_path, tree))


@pytest.mark.parametrize("text", ["models: [", "[]", "models: {}", "models: []", "other: {}", ""])
def test_a_file_that_is_no_manifest_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "manifest.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ArtifactError, match=r"manifest\.yaml"):
        load(path)


def test_a_manifest_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="cannot be read"):
        load(tmp_path / "absent.yaml")


def test_the_pinned_file_is_accepted(tmp_path: Path, pinned: ModelCard) -> None:
    assert verify(pinned, tmp_path) == tmp_path / "small.onnx"


def test_a_missing_file_is_refused_with_the_cure(tmp_path: Path, pinned: ModelCard) -> None:
    (tmp_path / "small.onnx").unlink()
    with pytest.raises(ArtifactError, match=r"small\.onnx is missing: run `make models`"):
        verify(pinned, tmp_path)


def test_a_file_that_changes_after_it_was_accepted_is_refused_with_the_cure(tmp_path: Path, pinned: ModelCard) -> None:
    path = verify(pinned, tmp_path)
    path.write_bytes(b"Weights")
    os.utime(path, ns=(1, 1))
    with pytest.raises(ArtifactError, match=r"run `make models`"):
        verify(pinned, tmp_path)


def test_a_wrong_size_in_the_manifest_is_noticed(tmp_path: Path, pinned: ModelCard) -> None:
    with pytest.raises(ArtifactError, match="7 bytes"):
        verify(dataclasses.replace(pinned, bytes=8), tmp_path)
