"""Evaluation: a question comes in; what three ways of making a sentence of the manual give goes out.

They are compared with Auriga's own way on the passages that its lookup finds: `GenerateAndVerify`
lets the model phrase freely and keeps what the last gate supports, `BestSentence` quotes what is
nearest in meaning, `SentenceByGrammar` lets the model decode under a grammar of the sentences found.
"""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from assistant.events import Passage, Piece, Request, RequestKind
from assistant.lookup.facts import Lookup
from assistant.ports import LanguageModel
from assistant.respond.verify import supported
from bench.evaluation.baselines import (
    MAX_TOKENS,
    RetrieveAndGenerate,
    attempt_of,
)
from bench.evaluation.scoring import MAX_WORDS, Attempt

SENTENCES = 12  # that the grammar offers: their text must fit into the prompt
CONTEXT_TOKENS = 2048
NONE = "I do not know."
CHOOSE = (
    "Answer the driver's question with the one sentence of the owner's manual that answers it. "
    f"If none does, say: {NONE}"
)


@dataclass(frozen=True, slots=True)
class GenerateAndVerify:
    """The model's own words, if a sentence of the passages supports them; else a refusal."""

    model: LanguageModel
    lookup: Lookup
    name: ClassVar[str] = "generate and verify"

    def attempt(self, text: str) -> Attempt:
        """What is left of what the model makes of a question."""
        began = time.monotonic()
        made = RetrieveAndGenerate(self.model, self.lookup).attempt(text)
        passages = _found(self.lookup, text)
        by = [p for p in passages if any(supported(made.text, one.text) for one in p.pieces)]
        said = made.text if by and made.answered else NONE
        return attempt_of(said, by or passages, time.monotonic() - began)


@dataclass(frozen=True, slots=True)
class BestSentence:
    """The sentence, row or step that is nearest to the question in meaning; it never refuses."""

    lookup: Lookup
    name: ClassVar[str] = "best sentence"

    def attempt(self, text: str) -> Attempt:
        """The sentence."""
        began = time.monotonic()
        passages = _found(self.lookup, text)
        pieces = _ranked(passages)
        said = pieces[0][1].text if pieces else ""
        cited = [pieces[0][0]] if pieces else []
        return attempt_of(said, cited, time.monotonic() - began)


@dataclass(frozen=True, slots=True)
class SentenceByGrammar:
    """The model's choice among the nearest sentences; it can say nothing else, but that none fits."""

    llama: Any  # llama_cpp.Llama
    lookup: Lookup
    name: ClassVar[str] = "sentence by grammar"

    def attempt(self, text: str) -> Attempt:
        """The sentence that it decoded."""
        began = time.monotonic()
        passages = _found(self.lookup, text)
        pieces = _ranked(passages)[:SENTENCES]
        said = self._decoded(text, [piece.text for _, piece in pieces])
        cited = [passage for passage, piece in pieces if piece.text == said]
        return attempt_of(said, cited or passages, time.monotonic() - began)

    def _decoded(self, question: str, sentences: Sequence[str]) -> str:
        from llama_cpp.llama_grammar import LlamaGrammar  # noqa: PLC0415  loads the library

        choices = " | ".join(_literal(sentence) for sentence in (*sentences, NONE))
        made = self.llama.create_chat_completion(
            messages=[
                {"role": "system", "content": CHOOSE},
                {"role": "user", "content": "\n".join([*sentences, f"Question: {question}"])},
            ],
            grammar=LlamaGrammar.from_string(f"root ::= {choices}", verbose=False),
            temperature=0.0,
            max_tokens=4 * MAX_TOKENS,
        )
        return str(made["choices"][0]["message"]["content"])


def open_llama(path: Path, threads: int) -> Any:
    """The model once more, for what the port does not offer."""
    from llama_cpp import Llama  # noqa: PLC0415  loads the library

    return Llama(str(path), n_ctx=CONTEXT_TOKENS, n_threads=threads, verbose=False)


def _found(lookup: Lookup, text: str) -> tuple[Passage, ...]:
    hits = lookup.facts(Request(RequestKind.MANUAL, "question", text)).hits
    return hits.passages


def _ranked(passages: Sequence[Passage]) -> list[tuple[Passage, Piece]]:
    """What can be said by itself and is short enough to be spoken, the nearest first."""
    every = [(passage, piece) for passage in passages for piece in passage.pieces]
    short = [(p, piece) for p, piece in every if len(piece.text.split()) <= MAX_WORDS]
    unique = {piece.text: (p, piece) for p, piece in reversed(short)}
    return sorted(unique.values(), key=lambda one: -one[1].cosine)


def _literal(sentence: str) -> str:
    """A sentence as a terminal of GBNF, which escapes as JSON does."""
    return json.dumps(sentence, ensure_ascii=False)
