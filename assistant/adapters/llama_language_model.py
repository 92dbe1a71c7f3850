"""Adapter: instructions and a text come in, the model's words go out, by llama.cpp.

The fixed part of the prompt stays in the model's cache: `Llama.generate` keeps the longest prefix
that two prompts share, and every prompt of a turn begins with the same instructions.
"""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assistant.adapters.native_noise import muted_stderr
from assistant.cancel import CancelToken
from assistant.errors import LanguageModelError, ModelError

CONTEXT_TOKENS = 1024  # the instructions, a few passages and one sentence


class LlamaLanguageModel:
    """The `LanguageModel` port over one GGUF file that was verified before."""

    def __init__(self, path: Path, threads: int, remedy: str = "name another file") -> None:
        """`remedy` is what helps where the file is no model."""
        self._path = path
        self._remedy = remedy
        self._threads = threads
        self._llama: Any = None
        self._format: Any = None
        self._busy = threading.Lock()

    def open(self) -> None:
        """Load the weights; raise ModelError when the file is none that llama.cpp takes."""
        # Imported here: loading the library takes longer than most commands that need no model.
        from llama_cpp import Llama  # noqa: PLC0415

        try:
            self._llama = Llama(
                model_path=str(self._path),
                n_ctx=CONTEXT_TOKENS,
                n_batch=CONTEXT_TOKENS,
                n_threads=self._threads,
                n_threads_batch=self._threads,
                verbose=False,
            )
        except (ValueError, OSError, RuntimeError) as error:
            raise ModelError(
                f"{self._path} is not a GGUF model that llama.cpp can load; {self._remedy}"
            ) from error
        self._format = _chat_format(self._llama)

    def close(self) -> None:
        """Free the weights."""
        with self._busy:
            if self._llama is not None:
                self._llama.close()
                self._llama = None

    def generate(
        self, instructions: str, text: str, max_tokens: int, cancel: CancelToken
    ) -> Iterator[str]:
        """Yield the greedy continuation in pieces of whole characters."""
        with self._busy:
            if self._llama is None:
                raise LanguageModelError("The language model is not open.")
            try:
                yield from self._pieces(self._prompt(instructions, text), max_tokens, cancel)
            except (ValueError, RuntimeError, IndexError) as error:
                raise LanguageModelError(f"llama.cpp failed: {error}.") from error

    def _pieces(self, tokens: list[int], max_tokens: int, cancel: CancelToken) -> Iterator[str]:
        llama = self._llama
        room = CONTEXT_TOKENS - len(tokens) - 1
        if room < 1:
            raise LanguageModelError(
                f"The prompt has {len(tokens)} tokens, at most {CONTEXT_TOKENS - 2} fit."
            )
        pending = b""
        for count, token in enumerate(llama.generate(tokens, temp=0.0, repeat_penalty=1.0), 1):
            if cancel.cancelled or self._ends(token):
                return
            pending += llama.detokenize([token])
            try:
                piece = pending.decode("utf-8")
            except UnicodeDecodeError:
                continue  # a character of several bytes is not complete yet
            pending = b""
            yield piece
            if count >= min(max_tokens, room):
                return

    def _ends(self, token: int) -> bool:
        import llama_cpp  # noqa: PLC0415

        return bool(llama_cpp.llama_vocab_is_eog(self._llama._model.vocab, token))

    def _prompt(self, instructions: str, text: str) -> list[int]:
        if self._format is None:
            prompt = f"{instructions}\n\n{text}\n"
        else:
            messages = [
                {"role": "system", "content": instructions},
                {"role": "user", "content": text},
            ]
            prompt = self._format(messages=messages).prompt
        tokens: list[int] = self._llama.tokenize(prompt.encode(), add_bos=False, special=True)
        return tokens


def quantize(source: Path, result: Path, kind: str) -> None:
    """Rewrite weights with llama.cpp's own quantizer, e.g. to "Q4_0"; raise ModelError."""
    import ctypes  # noqa: PLC0415  like llama_cpp: only a fetch needs it

    import llama_cpp  # noqa: PLC0415

    parameters = llama_cpp.llama_model_quantize_default_params()
    parameters.ftype = getattr(llama_cpp, f"LLAMA_FTYPE_MOSTLY_{kind}")
    parameters.allow_requantize = True
    with muted_stderr():  # llama.cpp reports every tensor
        failed = llama_cpp.llama_model_quantize(
            str(source).encode(), str(result).encode(), ctypes.byref(parameters)
        )
    if failed:
        raise ModelError(f"llama.cpp could not rewrite {source.name} as {kind}.")


def _chat_format(llama: Any) -> Any:
    """How the model's own template writes a conversation; None where it has none."""
    from llama_cpp.llama_chat_format import Jinja2ChatFormatter  # noqa: PLC0415

    template = llama.metadata.get("tokenizer.chat_template")
    if not template:
        return None
    end = llama.detokenize([llama.token_eos()], special=True).decode("utf-8", "ignore")
    start = llama.detokenize([llama.token_bos()], special=True).decode("utf-8", "ignore")
    return Jinja2ChatFormatter(template=template, eos_token=end, bos_token=start)
