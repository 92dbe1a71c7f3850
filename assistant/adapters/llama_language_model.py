"""Adapter: instructions and a text come in, the model's words go out, by llama.cpp.

The fixed part of the prompt stays in the model's cache: `Llama.generate` keeps the longest prefix
that two prompts share, and every prompt of a turn begins with the same instructions.
"""

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assistant.adapters.native_noise import muted_stderr
from assistant.cancel import CancelToken
from assistant.errors import LanguageModelError, ModelError

CONTEXT_TOKENS = 1024  # the instructions, a few passages and one sentence
# Stand for the two texts while the model's template is filled in.
INSTRUCTIONS, TEXT = "\ue000instructions\ue001", "\ue000text\ue001"
PLAIN = f"{INSTRUCTIONS}\n\n{TEXT}\n"  # for a model without a template


class LlamaLanguageModel:
    """The `LanguageModel` port over one GGUF file that was verified before."""

    def __init__(self, path: Path, threads: int, remedy: str = "name another file") -> None:
        """`remedy` is what helps where the file is no model."""
        self._path = path
        self._remedy = remedy
        self._threads = threads
        self._llama: Any = None
        self._template = PLAIN
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
        self._template = _template(self._llama)

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
        """The tokens of a prompt; the marks of a chat are those of the template alone.

        A manual or a question that holds "<|im_end|>" has these letters, not the token.
        """
        texts = {INSTRUCTIONS: instructions, TEXT: text}
        tokens: list[int] = []
        for part in re.split(f"({INSTRUCTIONS}|{TEXT})", self._template):
            plain = texts.get(part, part).encode()
            tokens += self._llama.tokenize(plain, add_bos=False, special=part not in texts)
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


def _template(llama: Any) -> str:
    """A conversation as the model's own template writes it, with marks where the texts stand."""
    from jinja2 import TemplateError  # noqa: PLC0415  llama_cpp brings it
    from llama_cpp.llama_chat_format import Jinja2ChatFormatter  # noqa: PLC0415

    template = llama.metadata.get("tokenizer.chat_template")
    if not template:
        return PLAIN
    end = llama.detokenize([llama.token_eos()], special=True).decode("utf-8", "ignore")
    start = llama.detokenize([llama.token_bos()], special=True).decode("utf-8", "ignore")
    fill = Jinja2ChatFormatter(template=template, eos_token=end, bos_token=start)
    messages: Any = [
        {"role": "system", "content": INSTRUCTIONS},
        {"role": "user", "content": TEXT},
    ]
    try:
        written = str(fill(messages=messages).prompt)
    except TemplateError:  # a template may refuse instructions
        return PLAIN
    return written if written.count(INSTRUCTIONS) == written.count(TEXT) == 1 else PLAIN
