"""What every Embedder does, on the fake and on ONNX Runtime with the real weights."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from assistant.adapters.onnxruntime_embedder import OnnxruntimeEmbedder
from assistant.errors import EmbedderError, ModelError
from assistant.ports import Embedder
from tests.fakes import FakeEmbedder

TEXTS = ["The spare tyre is under the floor.", "", "20 °C, ½ ß 🚗 汽车 \x00 \u0301", "[SEP] ##a"]

COMPARED = [
    "This is an example sentence",
    "Each sentence is converted",
    "How do I open the trunk with my foot?",
    "Hands-free tailgate: move your foot under the rear bumper to open it.",
]
# Of a forward pass in numpy, in 32 bits, over the published weights: 1 and 2, 1 and 3, …
COSINES = [0.4046, 0.0812, 0.0904, 0.0784, -0.0295, 0.5482]


class EmbedderContract:
    """Override `embedder` (open)."""

    def test_a_text_becomes_a_direction(self, embedder: Embedder) -> None:
        vectors = embedder.embed(TEXTS)
        assert vectors.shape == (len(TEXTS), embedder.traits.dimensions)
        assert vectors.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-3)

    def test_no_texts_have_no_vectors(self, embedder: Embedder) -> None:
        assert embedder.embed([]).shape == (0, embedder.traits.dimensions)

    def test_a_vector_does_not_depend_on_the_others(self, embedder: Embedder) -> None:
        together = embedder.embed(TEXTS)
        for row, text in zip(together, TEXTS, strict=True):
            np.testing.assert_array_equal(embedder.embed([text])[0], row)

    def test_what_means_the_same_is_nearer(self, embedder: Embedder) -> None:
        tyre, wheel, radio = embedder.embed(
            ["Where is the spare tyre?", "Where is the spare tire?", "The radio has six presets."]
        )
        assert tyre @ wheel > tyre @ radio

    def test_more_words_are_more_tokens(self, embedder: Embedder) -> None:
        assert 0 < embedder.count("") < embedder.count("tyre") < embedder.count("tyre and wheel")

    def test_the_end_of_a_long_text_is_not_looked_at(self, embedder: Embedder) -> None:
        long = "tyre " * embedder.traits.max_tokens
        assert embedder.count(long) > embedder.traits.max_tokens
        first, second = embedder.embed([long, f"{long} radio"])
        np.testing.assert_array_equal(first, second)

    def test_it_may_be_closed_twice_and_opened_again(self, embedder: Embedder) -> None:
        before = embedder.embed(TEXTS)
        embedder.close()
        embedder.close()
        with pytest.raises(EmbedderError, match="not open"):
            embedder.embed(TEXTS)
        embedder.open()
        np.testing.assert_array_equal(embedder.embed(TEXTS), before)


class TestFakeEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self) -> FakeEmbedder:
        embedder = FakeEmbedder()
        embedder.open()
        return embedder


class TestOnnxruntimeEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self, model_path: Callable[[str], Path]) -> Iterator[OnnxruntimeEmbedder]:
        pytest.importorskip("onnxruntime", reason="onnxruntime is missing")
        embedder = OnnxruntimeEmbedder(model_path("all-minilm-l6-v2"), threads=1)
        embedder.open()
        yield embedder
        embedder.close()

    def test_its_cosines_are_those_of_the_weights_in_full(
        self, embedder: OnnxruntimeEmbedder
    ) -> None:
        vectors = embedder.embed(COMPARED)
        found = (vectors @ vectors.T)[np.triu_indices(len(COMPARED), 1)]
        np.testing.assert_allclose(found, COSINES, atol=0.03)

    def test_it_knows_what_drivers_call_things(self, embedder: OnnxruntimeEmbedder) -> None:
        asked, boot, oil = embedder.embed(
            [
                "how do I open the trunk with my foot",
                "Hands-free tailgate: move your foot under the rear bumper to open it.",
                "Engine oil: use only oil of the stated grade.",
            ]
        )
        assert asked @ boot > asked @ oil + 0.2


@pytest.mark.parametrize("content", [None, b"", b"ONNX", b"\x08\x0a" * 99])
def test_a_file_that_is_no_model_is_named(
    tmp_path: Path,
    model_path: Callable[[str], Path],
    content: bytes | None,
    capfd: pytest.CaptureFixture[str],
) -> None:
    pytest.importorskip("onnxruntime", reason="onnxruntime is missing")
    shutil.copy(model_path("all-minilm-l6-v2").with_name("tokenizer.json"), tmp_path)
    path = tmp_path / "weights.onnx"
    if content is not None:
        path.write_bytes(content)
    embedder = OnnxruntimeEmbedder(path, threads=1)
    with pytest.raises(ModelError, match=r"weights\.onnx"):
        embedder.open()
    embedder.close()
    assert capfd.readouterr() == ("", "")
