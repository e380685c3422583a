"""The language model of py3langid as one ONNX graph that gives the same probabilities.

py3langid (BSD-3-Clause; after M. Lui and T. Baldwin, "langid.py", ACL 2012) walks an Aho-Corasick automaton over the bytes of a text,
counts the features that the states report, and scores each language as naive Bayes over log(1 + count), softened by the square root of
the length. No state of its automaton remembers more than six bytes, so the walk over a text is six table look-ups made for all
positions at once, and needs no loop.

The byte 0xFF never stands in UTF-8 and leads every state back to the root: it pads on both sides, and no mask is needed.
Imports ``onnx``: only the build needs this module.
"""

from __future__ import annotations

import io
import lzma
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import NodeProto, TensorProto, checker, helper, numpy_helper

from schemas.errors import ArtifactError

PADDING_BYTE = 0xFF
MEMORY_BYTES = 6  # how many bytes a state of the automaton remembers
_MEMBER = "py3langid/data/model.npz.xz"
_LICENCE = "py3langid-0.4.0.dist-info/licenses/LICENSE"
_OPSET = 17
_IR_VERSION = 10
_SLICE_TO_END = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Tables:
    """The model's arrays, cut down to the languages wanted.

    Attributes:
        columns: For each byte, its column in ``moves``; bytes that the automaton never tells apart share one.
        moves: Next state by row and column.
        rows: Row of each state; states that move alike share one.
        outputs: Feature that each state reports; ``len(weights) - 1`` is none.
        weights: Log-likelihood by feature and language; the last row is zero.
        priors: Log-prior of each language.
        licence: The licence text that must go where the weights go.
    """

    columns: npt.NDArray[np.int32]
    moves: npt.NDArray[np.int32]
    rows: npt.NDArray[np.int32]
    outputs: npt.NDArray[np.int32]
    weights: npt.NDArray[np.float16]
    priors: npt.NDArray[np.float64]
    licence: str


def read_tables(wheel: Path, labels: tuple[str, ...]) -> Tables:
    """Return the tables inside py3langid's wheel, with languages in the order of the labels.

    Raises:
        ArtifactError: The automaton is not one that six look-ups reproduce, or a label is missing or ambiguous.
    """
    with zipfile.ZipFile(wheel) as archive:
        arrays = np.load(io.BytesIO(lzma.decompress(archive.read(_MEMBER))), allow_pickle=False)
        licence = archive.read(_LICENCE).decode("utf-8")
    classes: list[str] = arrays["classes"].tolist()
    doubtful = [label for label in labels if classes.count(label) != 1]
    if doubtful:
        raise ArtifactError(f"{wheel.name} has not exactly one class for: {', '.join(doubtful)}")
    chosen = [classes.index(label) for label in labels]
    moves = arrays["nextmove"].reshape(-1, 256)
    rows, reported = arrays["nextmove_row"], arrays["out_feat"]
    if moves[:, PADDING_BYTE].any() or reported[0] >= 0:
        raise ArtifactError(f"{wheel.name}: the padding byte does not lead to a silent root")
    depth = _depth(moves, rows)
    if depth > MEMORY_BYTES:
        raise ArtifactError(f"{wheel.name}: a state remembers {depth} bytes, the graph {MEMORY_BYTES}")
    columns, of_byte = np.unique(moves, axis=1, return_inverse=True)
    weights = np.vstack([arrays["ptc"][:, chosen], np.zeros((1, len(labels)), np.float16)])
    return Tables(
        columns=of_byte.reshape(-1).astype(np.int32),
        moves=columns.astype(np.int32),
        rows=rows.astype(np.int32),
        outputs=np.where(reported < 0, len(weights) - 1, reported).astype(np.int32),
        weights=weights,
        priors=arrays["pc"][chosen].astype(np.float64),
        licence=licence,
    )


def build_graph(tables: Tables) -> bytes:
    """Return the ONNX model, the same bytes for the same tables.

    Input ``bytes``: uint8 ``[batch, time + 5]``, a text in UTF-8 with 5 padding bytes before it and any number after it.
    Output ``probabilities``: float64 ``[batch, labels]``. Sums are made in float64, so their order shows in no rounded score.
    """
    graph = _Graph()
    features = _walk(graph, tables)
    _score(graph, tables, features)
    proto = helper.make_graph(
        graph.nodes,
        "language",
        [helper.make_tensor_value_info("bytes", TensorProto.UINT8, ["batch", "padded_time"])],
        [helper.make_tensor_value_info("probabilities", TensorProto.DOUBLE, ["batch", len(tables.priors)])],
        graph.constants,
    )
    model = helper.make_model(proto, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR_VERSION)
    helper.set_model_props(model, {"licence": tables.licence})
    checker.check_model(model)
    serialized: bytes = model.SerializeToString(deterministic=True)
    return serialized


class _Graph:
    """Nodes and constants in the order in which they are written down."""

    def __init__(self) -> None:
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []

    def constant(self, name: str, values: npt.ArrayLike, dtype: npt.DTypeLike) -> str:
        """Add a constant and return its name."""
        self.constants.append(numpy_helper.from_array(np.asarray(values, dtype), name))
        return name

    def node(self, operator: str, inputs: list[str], output: str, **attributes: Any) -> str:
        """Add a node with one output and return the output's name."""
        self.nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output


def _walk(graph: _Graph, tables: Tables) -> str:
    """Add the six look-ups; return the feature reported at each position, int32 ``[batch, time]``."""
    width = tables.moves.shape[1]
    graph.constant("moves", tables.moves.reshape(-1), np.int32)
    graph.constant("row_starts", tables.rows * width, np.int32)
    graph.constant("outputs", tables.outputs, np.int32)
    graph.constant("columns", tables.columns, np.int32)
    graph.constant("time_axis", [1], np.int64)
    codes = graph.node("Cast", ["bytes"], "codes", to=TensorProto.INT32)
    columns = graph.node("Gather", ["columns", codes], "columns_read")
    row_start = graph.constant("root_row_start", tables.rows[0] * width, np.int32)
    state = ""
    for step in range(MEMORY_BYTES):
        last = MEMORY_BYTES - 1
        first = graph.constant(f"first_{step}", [step], np.int64)
        end = graph.constant(f"end_{step}", [_SLICE_TO_END if step == last else step - last], np.int64)
        column = graph.node("Slice", [columns, first, end, "time_axis"], f"column_{step}")
        cell = graph.node("Add", [row_start, column], f"cell_{step}")
        state = graph.node("Gather", ["moves", cell], f"state_{step}")
        if step < last:
            row_start = graph.node("Gather", ["row_starts", state], f"row_start_{step}")
    return graph.node("Gather", ["outputs", state], "features")


def _score(graph: _Graph, tables: Tables, features: str) -> None:
    """Add naive Bayes over log(1 + count): each occurrence of a feature that occurs c times weighs log(1 + c) / c."""
    graph.constant("label_axis", [2], np.int64)
    graph.constant("one", 1, np.float64)
    graph.constant("weights", tables.weights, np.float16)
    graph.constant("priors", tables.priors, np.float64)
    graph.constant("no_feature", len(tables.weights) - 1, np.int32)
    graph.constant("padding_code", PADDING_BYTE, np.int32)
    graph.constant("no_score", 0, np.float64)

    across = graph.node("Unsqueeze", [features, "time_axis"], "across")
    down = graph.node("Unsqueeze", [features, "label_axis"], "down")
    same = graph.node("Cast", [graph.node("Equal", [down, across], "same")], "same_count", to=TensorProto.FLOAT)
    counted = graph.node("ReduceSum", [same, "label_axis"], "counted", keepdims=0)
    count = graph.node("Cast", [counted], "count", to=TensorProto.DOUBLE)
    log_count = graph.node("Log", [graph.node("Add", [count, "one"], "count_and_one")], "log_count")
    share = graph.node("Unsqueeze", [graph.node("Div", [log_count, count], "share"), "time_axis"], "share_row")
    rows = graph.node("Cast", [graph.node("Gather", ["weights", features], "weights_read")], "weights_wide", to=TensorProto.DOUBLE)
    product = graph.node("MatMul", [share, rows], "product")
    likelihood = graph.node("Squeeze", [product, "time_axis"], "likelihood")
    scores = graph.node("Add", [likelihood, "priors"], "scores")

    # A text without any feature says nothing: all languages alike, as py3langid has it.
    live = graph.node("Cast", [graph.node("Less", [features, "no_feature"], "is_live")], "live", to=TensorProto.FLOAT)
    live_count = graph.node("ReduceSum", [live, "time_axis"], "live_count", keepdims=1)
    is_heard = graph.node("Cast", [live_count], "is_heard", to=TensorProto.BOOL)
    heard = graph.node("Where", [is_heard, scores, "no_score"], "heard")

    written = graph.node("Cast", [graph.node("Less", ["codes", "padding_code"], "is_text")], "text", to=TensorProto.FLOAT)
    length = graph.node(
        "Cast", [graph.node("ReduceSum", [written, "time_axis"], "text_bytes", keepdims=1)], "length", to=TensorProto.DOUBLE
    )
    softness = graph.node("Sqrt", [graph.node("Max", [length, "one"], "length_at_least_one")], "softness")
    graph.node("Softmax", [graph.node("Div", [heard, softness], "softened")], "probabilities", axis=1)


def _depth(moves: npt.NDArray[np.uint32], rows: npt.NDArray[np.uint16]) -> int:
    """Return the length of the longest shortest path from the root: how many bytes a state can depend on."""
    reached = np.zeros(len(rows), bool)
    reached[0] = True
    frontier = np.array([0])
    depth = -1
    while len(frontier):
        depth += 1
        following = np.unique(moves[rows[frontier]])
        frontier = following[~reached[following]]
        reached[frontier] = True
    return depth
