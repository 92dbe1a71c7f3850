"""Evaluation: a question comes in, what the bare language model makes of it goes out.

Two systems to compare with, on the assistant's own model: `ModelAlone` is asked without a manual,
`RetrieveAndGenerate` with the passages found, and neither is verified. Neither sees the car.
"""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

from assistant.cancel import CancelToken
from assistant.contract import evidence_json
from assistant.errors import LanguageModelError
from assistant.events import By, ManualEvidence, Outcome, Passage, Request, RequestKind
from assistant.lookup.facts import Lookup
from assistant.ports import LanguageModel
from assistant.speak.wording import spoken
from bench.evaluation.scoring import MAX_WORDS, Attempt

ALONE = "model alone"
RETRIEVING = "retrieve and generate"
INSTRUCTIONS = (
    "You are the assistant in a car. Answer the driver's question in one short sentence. "
    "If you do not know the answer, say: I do not know."
)
WITH_MANUAL = f"{INSTRUCTIONS} Use the pages of the owner's manual that are given."
MAX_TOKENS = 60  # 30 words and a little
PROMPT_PASSAGES = 4
PROMPT_CHARACTERS = 2000  # about 500 tokens of the 1024 that the model is opened with
# The model refuses in its own words, and there is no code that would refuse for it.
REFUSAL = re.compile(
    r"\b(?:(?:I|we) (?:do not|don't|cannot|can't|am not|am unable)|I'm (?:not|unable|sorry)|sorry|"
    r"no information|not (?:mentioned|stated|specified|provided|given|known)|"
    r"(?:does not|doesn't) (?:say|mention|state|specify|provide))\b",
    re.IGNORECASE,
)


class Baseline(Protocol):
    """A system that answers a text."""

    name: ClassVar[str]

    def attempt(self, text: str) -> Attempt:
        """What it makes of a question."""


@dataclass(frozen=True, slots=True)
class ModelAlone:
    """The language model without the manual."""

    model: LanguageModel
    name: ClassVar[str] = ALONE

    def attempt(self, text: str) -> Attempt:
        """What it makes of a question."""
        began = time.monotonic()
        answer = _generate(self.model, INSTRUCTIONS, f"Question: {text}\nAnswer:")
        return attempt_of(answer, (), time.monotonic() - began)


@dataclass(frozen=True, slots=True)
class RetrieveAndGenerate:
    """The language model with the best passages in its prompt; it cites them all."""

    model: LanguageModel
    lookup: Lookup
    name: ClassVar[str] = RETRIEVING

    def attempt(self, text: str) -> Attempt:
        """What it makes of a question."""
        began = time.monotonic()
        hits = self.lookup.facts(Request(RequestKind.MANUAL, "question", text)).hits
        passages = fitting(hits.passages)
        pages = "\n".join(f"{passage.title}: {passage.text}" for passage in passages)
        prompt = f"Manual:\n{pages}\n\nQuestion: {text}\nAnswer:"
        answer = _generate(self.model, WITH_MANUAL, prompt)
        return attempt_of(answer, passages, time.monotonic() - began)


def fitting(passages: Sequence[Passage]) -> tuple[Passage, ...]:
    """The first few, as far as they fit into the prompt."""
    left, taken = PROMPT_CHARACTERS, []
    for passage in passages[:PROMPT_PASSAGES]:
        left -= len(passage.title) + len(passage.text) + 3
        if left < 0:
            break
        taken.append(passage)
    return tuple(taken)


def _generate(model: LanguageModel, instructions: str, prompt: str) -> str | None:
    """The model's first line, without the sentences that go beyond what may be spoken.

    None where the model fails, as at a prompt of numbers alone that has too many tokens.
    """
    try:
        text = "".join(model.generate(instructions, prompt, MAX_TOKENS, CancelToken())).strip()
    except LanguageModelError:
        return None
    sentences = re.split(r"(?<=[.!?])\s+", text.split("\n", 1)[0].strip())
    kept = sentences[:1]
    for sentence in sentences[1:]:
        if len(" ".join([*kept, sentence]).split()) > MAX_WORDS:
            break
        kept.append(sentence)
    return " ".join(kept)


def attempt_of(text: str | None, passages: Sequence[Passage], took_s: float) -> Attempt:
    """What a system said, by what, as the scoring takes it; None: it failed."""
    outcome = Outcome.ANSWERED
    if text is None:
        outcome, text = Outcome.FAILED, ""
    elif not text or REFUSAL.search(text):
        outcome = Outcome.REFUSED
    cited = [ManualEvidence(p.section, p.title, p.page, p.text) for p in passages]
    return Attempt(
        outcome=outcome,
        by=By.MODEL.value,
        text=text,
        spoken=spoken(text),
        evidence=tuple(evidence_json(piece) for piece in cited),
        passages=tuple((passage.section, passage.page) for passage in passages),
        kind="manual",
        heard="",
        took_s=took_s,
    )
