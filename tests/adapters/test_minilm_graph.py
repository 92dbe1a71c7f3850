"""The graph computes what the weights say, on an encoder small enough to compute by hand."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.adapters.minilm_graph import Weights, build_graph
from assistant.errors import ModelError

WIDTH, HEADS, INNER, WORDS, LAYERS = 32, 4, 64, 20, 2
CONFIG = {
    "hidden_act": "gelu",
    "position_embedding_type": "absolute",
    "num_hidden_layers": LAYERS,
    "num_attention_heads": HEADS,
    "hidden_size": WIDTH,
    "layer_norm_eps": 1e-12,
}


def small() -> dict[str, Weights]:
    """The weights of a small encoder."""
    random = np.random.default_rng(7)

    def some(*shape: int) -> Weights:
        return random.normal(0, 0.3, shape).astype(np.float32)

    weights = {
        "embeddings.word_embeddings.weight": some(WORDS, WIDTH),
        "embeddings.position_embeddings.weight": some(16, WIDTH),
        "embeddings.token_type_embeddings.weight": some(2, WIDTH),
    }
    shapes = {
        "attention.self.query": (WIDTH, WIDTH), "attention.self.key": (WIDTH, WIDTH),
        "attention.self.value": (WIDTH, WIDTH), "attention.output.dense": (WIDTH, WIDTH),
        "intermediate.dense": (INNER, WIDTH), "output.dense": (WIDTH, INNER),
    }  # fmt: skip
    norms = ["embeddings.LayerNorm"]
    for layer in range(LAYERS):
        start = f"encoder.layer.{layer}."
        for name, shape in shapes.items():
            weights[f"{start}{name}.weight"] = some(*shape)
            weights[f"{start}{name}.bias"] = some(shape[0])
        norms += [f"{start}attention.output.LayerNorm", f"{start}output.LayerNorm"]
    for name in norms:
        weights[f"{name}.weight"], weights[f"{name}.bias"] = 1 + some(WIDTH), some(WIDTH)
    return weights


def by_hand(weights: dict[str, Weights], tokens: list[int]) -> Weights:
    """The forward pass in numpy."""

    def dense(x: Weights, name: str) -> Weights:
        return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]

    def norm(x: Weights, name: str) -> Weights:
        x = (x - x.mean(1, keepdims=True)) / x.std(1, keepdims=True)
        return x * weights[f"{name}.weight"] + weights[f"{name}.bias"]

    def heads(x: Weights) -> Weights:
        return x.reshape(len(tokens), HEADS, -1).transpose(1, 0, 2)

    gelu = np.vectorize(lambda value: value * 0.5 * (1 + math.erf(value / math.sqrt(2))))
    x = weights["embeddings.word_embeddings.weight"][tokens]
    x = x + weights["embeddings.position_embeddings.weight"][: len(tokens)]
    x = norm(x + weights["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for layer in range(LAYERS):
        own = f"encoder.layer.{layer}."
        q, k, v = (heads(dense(x, f"{own}attention.self.{n}")) for n in ("query", "key", "value"))
        shares = np.exp(q @ k.transpose(0, 2, 1) / math.sqrt(WIDTH // HEADS))
        shares /= shares.sum(2, keepdims=True)
        seen = (shares @ v).transpose(1, 0, 2).reshape(len(tokens), WIDTH)
        x = norm(
            x + dense(seen, f"{own}attention.output.dense"), f"{own}attention.output.LayerNorm"
        )
        wide = gelu(dense(x, f"{own}intermediate.dense"))
        x = norm(x + dense(wide, f"{own}output.dense"), f"{own}output.LayerNorm")
    mean = x.mean(0)
    vector: Weights = mean / np.linalg.norm(mean)
    return vector


@pytest.fixture
def source(tmp_path: Path) -> Path:
    numpy_file = pytest.importorskip("safetensors.numpy", reason="safetensors is missing")
    numpy_file.save_file(small(), tmp_path / "model.safetensors")
    (tmp_path / "config.json").write_text(json.dumps(CONFIG))
    return tmp_path / "model.safetensors"


@pytest.mark.parametrize("tokens", [[3], [1, 2, 3, 4, 5], list(range(16))])
def test_the_graph_computes_the_encoder(source: Path, tokens: list[int]) -> None:
    runtime = pytest.importorskip("onnxruntime", reason="onnxruntime is missing")
    path = source.with_name("small.onnx")
    build_graph(source, path)
    session = runtime.InferenceSession(path, providers=["CPUExecutionProvider"])
    (vector,) = session.run(None, {"tokens": np.array(tokens, np.int64)})
    assert vector.shape == (1, WIDTH)
    assert float(vector[0] @ by_hand(small(), tokens)) > 0.99


def test_the_same_weights_make_the_same_file(source: Path) -> None:
    first, second = source.with_name("1.onnx"), source.with_name("2.onnx")
    build_graph(source, first)
    build_graph(source, second)
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize(
    "change",
    [
        {"hidden_act": "relu"},
        {"position_embedding_type": "relative"},
        {"num_hidden_layers": 3},
        None,
    ],
)
def test_weights_of_another_kind_are_named(source: Path, change: dict[str, Any] | None) -> None:
    config = source.with_name("config.json")
    config.write_text("{" if change is None else json.dumps({**CONFIG, **change}))
    with pytest.raises(ModelError, match=r"model\.safetensors"):
        build_graph(source, source.with_name("x.onnx"))
    assert not source.with_name("x.onnx").exists()


@pytest.mark.parametrize("content", [b"", b"\xff" * 64])
def test_a_file_that_holds_no_weights_is_named(source: Path, content: bytes) -> None:
    source.write_bytes(content)
    with pytest.raises(ModelError, match=r"model\.safetensors"):
        build_graph(source, source.with_name("x.onnx"))
