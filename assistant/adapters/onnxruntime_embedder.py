"""Adapter: texts come in, their vectors go out, by a sentence embedding model in ONNX Runtime."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant.adapters.wordpiece import Wordpiece, load_wordpiece
from assistant.errors import EmbedderError, ModelError
from assistant.events import Vectors
from assistant.ports import EmbedderTraits

DIMENSIONS = 384
MAX_TOKENS = 256  # what the model was trained on; it was made for sentences
SILENT = 4  # ONNX Runtime's level of logging: only what ends the process


class OnnxruntimeEmbedder:
    """The `Embedder` port over a graph made by `minilm_graph`, with `tokenizer.json` beside it."""

    def __init__(self, path: Path, threads: int, remedy: str = "name another file") -> None:
        """`remedy` is what helps where the file is no model."""
        self._path = path
        self._threads = threads
        self._remedy = remedy
        self._session: Any = None
        self._wordpiece: Wordpiece | None = None

    @property
    def traits(self) -> EmbedderTraits:
        """Its vectors, by the name of its file, which says how the weights are rounded."""
        return EmbedderTraits(self._path.stem, DIMENSIONS, MAX_TOKENS)

    def open(self) -> None:
        """Load the weights; raise ModelError when the files are none of such a model."""
        # Imported here: loading the library takes longer than most commands that need no model.
        import onnxruntime  # noqa: PLC0415

        wordpiece = load_wordpiece(self._path.with_name("tokenizer.json"))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.log_severity_level = SILENT
        options.enable_cpu_mem_arena = False  # one question at a time: memory is given back
        try:
            session = onnxruntime.InferenceSession(
                self._path, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # each of its errors is an Exception of its own
            raise ModelError(
                f"{self._path} is not a model that ONNX Runtime can load "
                f"({str(error).splitlines()[0]}); {self._remedy}."
            ) from error
        self._wordpiece, self._session = wordpiece, session

    def close(self) -> None:
        """Free the weights."""
        self._session = self._wordpiece = None

    def count(self, text: str) -> int:
        """How many tokens a text has; any number above `max_tokens` only says that it is more."""
        return len(self._tokens(text, MAX_TOKENS + 1))

    def embed(self, texts: Sequence[str]) -> Vectors:
        """The vectors of texts, each computed by itself."""
        vectors = np.empty((len(texts), DIMENSIONS), np.float32)
        for number, text in enumerate(texts):
            tokens = np.array(self._tokens(text, MAX_TOKENS), np.int64)
            try:
                vectors[number] = self._session.run(None, {"tokens": tokens})[0][0]
            except Exception as error:
                raise EmbedderError(f"ONNX Runtime failed: {error}.") from error
        return vectors

    def _tokens(self, text: str, limit: int) -> list[int]:
        if self._wordpiece is None:
            raise EmbedderError("The embedder is not open.")
        return self._wordpiece.tokens(text, limit)
