"""Adapter room: a sentence embedding model's weights come in, an ONNX graph of 8-bit weights goes out.

The weights are a BERT encoder's as sentence-transformers keeps them (`model.safetensors`, with
`config.json` beside it). The graph takes the token ids of one text, int64 [tokens], and gives its
vector, float32 [dimensions], the mean over the tokens, of length 1. One text at a time needs no
padding and no mask, and how a text is rounded does not depend on what is computed beside it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.errors import ModelError

Weights = npt.NDArray[np.float32]

OPSET = 20  # the first with Gelu
IR_VERSION = 10
# Of 127: processors without 8-bit dot products add two products of an activation (8 bits, unsigned)
# and a weight in 16 bits, and would cut the sum off above 2 * 255 * 64.
LARGEST_WEIGHT = 64
LARGEST_WORD = 127  # the table of words is only looked up


@dataclass(frozen=True, slots=True)
class _Shape:
    layers: int
    heads: int
    width: int
    epsilon: float


@dataclass(slots=True)
class _Graph:
    """The nodes and weights so far; every `add…` returns the name of what it made."""

    nodes: list[Any] = field(default_factory=list)
    weights: list[Any] = field(default_factory=list)

    def add(self, operator: str, inputs: Sequence[str], **attributes: Any) -> str:
        """A node with one output."""
        (name,) = self.add_all(operator, inputs, 1, **attributes)
        return name

    def add_all(
        self, operator: str, inputs: Sequence[str], outputs: int, **attributes: Any
    ) -> list[str]:
        """A node with several outputs."""
        from onnx import helper  # noqa: PLC0415  only a fetch needs it

        names = [f"{operator}_{len(self.nodes)}_{number}" for number in range(outputs)]
        self.nodes.append(helper.make_node(operator, inputs, names, **attributes))
        return names

    def constant(self, values: npt.ArrayLike, kind: npt.DTypeLike = np.float32) -> str:
        """Weights, or any other fixed array."""
        from onnx import numpy_helper  # noqa: PLC0415

        name = f"constant_{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.asarray(values, kind), name))
        return name

    def linear(self, x: str, matrix: Weights, bias: Weights) -> str:
        """Multiply: x [n, in] · matrix [in, out] + bias, the weights in 8 bits with a scale per column."""
        weights, scale = _rounded(matrix, LARGEST_WEIGHT, axis=0)
        quantized, x_scale, x_zero = self.add_all("DynamicQuantizeLinear", [x], 3)
        zero = self.constant(0, np.int8)
        held = self.constant(weights, np.int8)
        product = self.add("MatMulInteger", [quantized, held, x_zero, zero])
        scaled = self.add("Mul", [x_scale, self.constant(scale)])
        out = self.add("Mul", [self.add("Cast", [product], to=1), scaled])
        return self.add("Add", [out, self.constant(bias)])

    def norm(self, x: str, scale: Weights, bias: Weights, epsilon: float) -> str:
        """Layer normalization over the last axis."""
        inputs = [x, self.constant(scale), self.constant(bias)]
        return self.add("LayerNormalization", inputs, axis=-1, epsilon=epsilon)


def build_graph(source: Path, result: Path) -> None:
    """Write `result` from `source`; raise ModelError where the weights are of another kind."""
    import onnx  # noqa: PLC0415
    from onnx import helper  # noqa: PLC0415
    from safetensors import SafetensorError  # noqa: PLC0415
    from safetensors.numpy import load_file  # noqa: PLC0415

    try:
        weights = load_file(source)
        shape = _shape(json.loads((source.parent / "config.json").read_text("utf-8")))
        graph = _Graph()
        out = _encoder(graph, weights, shape)
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise ModelError(f"{source} holds no BERT encoder that is understood: {error}.") from error
    made = helper.make_graph(
        [*graph.nodes, helper.make_node("Identity", [out], ["vector"])],
        "sentence embedding",
        [helper.make_tensor_value_info("tokens", onnx.TensorProto.INT64, ["n"])],
        [helper.make_tensor_value_info("vector", onnx.TensorProto.FLOAT, [1, shape.width])],
        graph.weights,
    )
    opsets = [helper.make_opsetid("", OPSET)]
    model = helper.make_model(made, opset_imports=opsets, ir_version=IR_VERSION)
    result.write_bytes(model.SerializeToString(deterministic=True))


def _shape(config: dict[str, Any]) -> _Shape:
    if config["hidden_act"] != "gelu" or config["position_embedding_type"] != "absolute":
        raise ValueError("its activation or its positions are of another kind")
    return _Shape(
        layers=config["num_hidden_layers"],
        heads=config["num_attention_heads"],
        width=config["hidden_size"],
        epsilon=config["layer_norm_eps"],
    )


def _encoder(graph: _Graph, weights: dict[str, Weights], shape: _Shape) -> str:
    x = _embeddings(graph, weights, shape)
    for layer in range(shape.layers):
        start = f"encoder.layer.{layer}."
        own = {key.removeprefix(start): w for key, w in weights.items() if key.startswith(start)}
        x = _layer(graph, x, own, shape)
    mean = graph.add("ReduceMean", [x, graph.constant([0], np.int64)], keepdims=1)
    return graph.add("LpNormalization", [mean], axis=-1, p=2)


def _embeddings(graph: _Graph, weights: dict[str, Weights], shape: _Shape) -> str:
    words, scale = _rounded(weights["embeddings.word_embeddings.weight"], LARGEST_WORD, axis=1)
    held = graph.add("Gather", [graph.constant(words, np.int8), "tokens"])
    scaled = graph.add("Gather", [graph.constant(scale), "tokens"])
    word = graph.add("Mul", [graph.add("Cast", [held], to=1), scaled])
    # Every token is of the first type: its vector is added to all positions beforehand.
    positions = weights["embeddings.position_embeddings.weight"]
    positions = positions + weights["embeddings.token_type_embeddings.weight"][0]
    length = graph.add("Shape", ["tokens"])
    first = graph.add("Slice", [graph.constant(positions), graph.constant([0], np.int64), length])
    name = "embeddings.LayerNorm"
    return graph.norm(
        graph.add("Add", [word, first]),
        weights[f"{name}.weight"],
        weights[f"{name}.bias"],
        shape.epsilon,
    )


def _layer(graph: _Graph, x: str, own: dict[str, Weights], shape: _Shape) -> str:
    attended = _closed(graph, (_attention(graph, x, own, shape), x), own, "attention.output", shape)
    wide = graph.add("Gelu", [graph.linear(attended, *_dense(own, "intermediate.dense"))])
    return _closed(graph, (wide, attended), own, "output", shape)


def _closed(
    graph: _Graph, x: tuple[str, str], own: dict[str, Weights], name: str, shape: _Shape
) -> str:
    """The end of half a layer: a dense layer on x[0], what came in (x[1]) added, normalized."""
    out = graph.add("Add", [graph.linear(x[0], *_dense(own, f"{name}.dense")), x[1]])
    norm = own[f"{name}.LayerNorm.weight"], own[f"{name}.LayerNorm.bias"]
    return graph.norm(out, *norm, shape.epsilon)


def _attention(graph: _Graph, x: str, own: dict[str, Weights], shape: _Shape) -> str:
    """Self-attention of every token to all others, before the output's dense layer."""
    size = shape.width // shape.heads
    parts = [_dense(own, f"attention.self.{name}") for name in ("query", "key", "value")]
    # The scores' division by the root of a head's size is done on the query's weights.
    parts[0] = (parts[0][0] / np.sqrt(size), parts[0][1] / np.sqrt(size))
    joined = graph.linear(
        x, np.concatenate([p[0] for p in parts], 1), np.concatenate([p[1] for p in parts])
    )
    split = graph.add_all("Split", [joined], 3, axis=-1, num_outputs=3)
    heads = graph.constant([-1, shape.heads, size], np.int64)
    query, key, value = (graph.add("Reshape", [part, heads]) for part in split)
    scores = graph.add(
        "MatMul",
        [
            graph.add("Transpose", [query], perm=[1, 0, 2]),
            graph.add("Transpose", [key], perm=[1, 2, 0]),
        ],
    )
    shares = graph.add("Softmax", [scores], axis=-1)
    seen = graph.add("MatMul", [shares, graph.add("Transpose", [value], perm=[1, 0, 2])])
    seen = graph.add("Transpose", [seen], perm=[1, 0, 2])
    return graph.add("Reshape", [seen, graph.constant([-1, shape.width], np.int64)])


def _dense(own: dict[str, Weights], name: str) -> tuple[Weights, Weights]:
    return own[f"{name}.weight"].T, own[f"{name}.bias"]


def _rounded(matrix: Weights, largest: int, axis: int) -> tuple[npt.NDArray[np.int8], Weights]:
    """Whole numbers up to `largest`, and the scale of each column (axis 0) or row (axis 1)."""
    scale = np.abs(matrix).max(axis, keepdims=True) / largest
    scale[scale == 0] = 1.0
    return np.rint(matrix / scale).astype(np.int8), scale.astype(np.float32)
