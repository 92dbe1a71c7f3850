"""Respond: an answer to "what now" comes in, it goes out with what must not be done at once.

That diesel is the wrong fuel is no answer to "I filled in diesel, what now": the section's next
sentence, not to start the car, is. Of steps it stands in the paragraph before them.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from assistant.events import (
    Answer,
    By,
    Facts,
    ManualEvidence,
    Outcome,
    Passage,
    PassageKind,
    Request,
)
from assistant.pieces import sentences, without_references
from assistant.respond.instructing import FORBIDS
from assistant.respond.manual import evidence_of

WHAT_NOW = re.compile(
    r"\b(?:what (?:should|do|must|can|shall) (?:I|we) do(?! (?:to|for|with)\b)|what now|what next)\b",
    re.IGNORECASE,
)


def with_what_to_do(answer: Answer, request: Request, facts: Facts) -> Answer:
    """The answer with the prohibition that goes with what it quotes, where it is asked what to do."""
    if answer.outcome is not Outcome.ANSWERED or answer.by is not By.QUOTE:
        return answer
    if not WHAT_NOW.search(request.text):
        return answer
    quoted = next((one for one in answer.evidence if isinstance(one, ManualEvidence)), None)
    passages = sorted((*facts.hits.passages, *facts.hits.further), key=lambda one: one.order)
    found = next(_forbidding(quoted, passages), None) if quoted else None
    if found is None or without_references(found[1]) in answer.text:
        return answer
    passage, sentence = found
    said = without_references(sentence)
    steps = bool(answer.steps)
    return replace(
        answer,
        text=f"{said} {answer.text}" if steps else f"{answer.text} {said}",
        short=f"{said} {answer.short}" if answer.short else "",
        evidence=(*answer.evidence, evidence_of(passage, sentence)),
    )


def _forbidding(quoted: ManualEvidence, passages: list[Passage]) -> Iterator[tuple[Passage, str]]:
    """The prohibitions right after what is quoted, or in the paragraph right before the steps."""
    for number, passage in enumerate(passages):
        if passage.section != quoted.section:
            continue
        before = passages[number - 1] if number else passage
        if passage.kind is PassageKind.PROCEDURE and passage.text == quoted.quote:
            if before.section == passage.section and before.kind is PassageKind.TEXT:
                yield from ((before, s) for s in sentences(before.text) if FORBIDS.match(s))
        elif passage.kind is PassageKind.TEXT:
            told = sentences(passage.text)
            at = next((n for n, one in enumerate(told) if one == quoted.quote), None)
            if at is not None:
                yield from ((passage, one) for one in told[at + 1 : at + 2] if FORBIDS.match(one))
