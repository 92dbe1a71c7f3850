"""Respond: an answer to a follow-up comes in, whether it answers what the follow-up added goes out.

"And in winter?" after a question about tyre pressures makes a question of which most words are
those of the one before. What answers that one well enough must not be said once more.
"""

import re

from assistant.events import Answer, By, Facts, ManualEvidence, Outcome, Request, RequestKind
from assistant.lexicon import stem
from assistant.measures import measure_of
from assistant.memory import Memory
from assistant.respond.wordings import has, stems_of

WHY = re.compile(r"^why\b")
# What gives a reason; the sentence must stand where the earlier answer does.
REASON = re.compile(
    r"\b(?:because|so that|otherwise|in order to|prevents?|to avoid|protects?|or else)\b",
    re.IGNORECASE,
)
MOST = 0.5  # share of the weight of what was added that the answer must hold


def is_about_what_was_added(request: Request, answer: Answer, facts: Facts, memory: Memory) -> bool:
    """Whether an answer holds what the follow-up added, and is not the earlier answer again."""
    if answer.outcome is not Outcome.ANSWERED or request.kind is not RequestKind.MANUAL:
        return True  # a reading is of the signal that was asked for
    quoted = [e for e in answer.evidence if isinstance(e, ManualEvidence)]
    if WHY.match(request.text):
        return _gives_reason(quoted, memory) and not _again(answer, memory)
    stems = _told(facts, quoted)
    added = [term for term in facts.hits.terms if term.words[0] in request.added]
    if not _keeps_matter(request, facts, stems):
        return False
    total = sum(term.weight for term in added)
    # Nothing but "without": it must be another answer.
    held = sum(t.weight for t in added if has(t, stems)) / total if total else MOST
    return held == 1.0 or (held >= MOST and not _again(answer, memory))


def _gives_reason(quoted: list[ManualEvidence], memory: Memory) -> bool:
    """Whether a reason is given, and of what was said before."""
    cited = memory.base.cited if memory.base else ()
    same = {piece.section for piece in quoted} <= {piece.section for piece in cited}
    return same and any(REASON.search(piece.quote) for piece in quoted)


def _keeps_matter(request: Request, facts: Facts, stems: frozenset[str]) -> bool:
    """Whether what the earlier question was about is spoken of at all.

    How much of it was asked is answered by a figure and need not be named.
    """
    measure = measure_of(request.text, request.name)
    figured = measure.answered if measure else frozenset()
    kept = [
        term
        for term in facts.hits.terms
        if term.words[0] not in request.added and not any(stem(w) in figured for w in term.words)
    ]
    return not kept or any(has(term, stems) for term in kept)


def _told(facts: Facts, quoted: list[ManualEvidence]) -> frozenset[str]:
    """The stems of what is quoted, of its titles and of the headings around it."""
    texts = {piece.quote for piece in quoted}
    around = [p for p in facts.hits.passages if any(text in p.text for text in texts)]
    told = [f"{piece.quote} {piece.title}" for piece in quoted]
    told += [" ".join([p.heading, *(head for head, _ in p.row)]) for p in around]
    return stems_of(" ".join(told))


def _again(answer: Answer, memory: Memory) -> bool:
    """Whether it says what the question before was answered."""
    before = memory.base
    if before is None:
        return False
    if answer.text == before.answer.text:
        return True
    # Two columns of one row are two answers.
    quotes = {e.quote for e in answer.evidence if isinstance(e, ManualEvidence)}
    return answer.by is not By.TABLE and quotes <= set(before.told)
