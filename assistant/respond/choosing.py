"""Respond: passages and the words of a question come in, the pieces that answer it go out.

A piece is one sentence, one row of a table or one procedure. It is worth the share of the
question's telling words that it holds; a word that only its section's title holds counts in part,
since the title says what all of the section is about.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.events import Hits, Passage, PassageKind, Term
from assistant.lexicon import stem, words
from assistant.respond.quoting import leans, sentences

CONTEXT = 0.7  # what a word is worth that only title, heading or chapter hold
RANK_SHARE = 0.25  # of the retriever's own order in a piece's worth
MEASURED = re.compile(r"\d")
PLACE = re.compile(r"\b(in|on|under|behind|at|between|below|above|beside|next to|inside)\b")
MEANS = re.compile(r"\b(means?|shows?|reports?|tells?|asks?)\b")
QUANTITY = re.compile(
    r"\bhow (much|many|long|far|fast|big|large|heavy|tall|wide|deep|high|tight|often|low|hot|cold)\b"
    r"|\bwhat('s| is| are)? (the )?(\w+ ){0,3}(pressure|capacity|speed|weight|torque|size|limit|"
    r"distance|power|range|voltage|interval|temperature|width|height|length)\b|\bmaximum\b|\bmost\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Something that may be said, and how well it fits the question."""

    passage: Passage
    text: str  # a sentence, a row as text, or a whole procedure
    held: float  # share of the question's weight in the piece itself, 0 to 1
    worth: float


def choose(question: str, ask: str, hits: Hits) -> list[Piece]:
    """All pieces of the passages, best first."""
    total = sum(term.weight for term in hits.terms) or 1.0
    top = hits.passages[0].score or 1.0 if hits.passages else 1.0
    quantity = QUANTITY.search(question) is not None
    found = []
    for passage in hits.passages:
        around = _stems(f"{passage.title} {passage.heading}")
        for text in _pieces(passage):
            own = _stems(text)
            held = sum(term.weight for term in hits.terms if _has(term, own)) / total
            context = sum(
                term.weight
                for term in hits.terms
                if not _has(term, own) and _has(term, around)
            )
            worth = held + CONTEXT * context / total + RANK_SHARE * passage.score / top
            worth += _fit(ask, passage.kind, text, quantity=quantity)
            found.append(Piece(passage, text, held + context / total, worth))
    found.sort(key=lambda piece: -piece.worth)
    return found


def _pieces(passage: Passage) -> Iterator[str]:
    if passage.kind in {PassageKind.TABLE, PassageKind.PROCEDURE}:
        yield passage.text
        return
    before = ""
    for sentence in sentences(passage.text):
        yield f"{before} {sentence}" if before and leans(sentence) else sentence
        before = sentence


def _fit(ask: str, kind: PassageKind, text: str, *, quantity: bool) -> float:
    """How well the form of a piece fits the form of the question."""
    if ask == "how_to":
        return {PassageKind.PROCEDURE: 0.3, PassageKind.TABLE: -0.2}.get(kind, 0.0)
    fit = 0.0
    if kind is PassageKind.WARNING:
        fit -= 0.1
    if kind is PassageKind.PROCEDURE:
        fit -= 0.15
    if quantity:
        fit += 0.2 if MEASURED.search(text) else -0.1
    if ask == "where":
        fit += 0.15 if PLACE.search(text) and kind is not PassageKind.TABLE else 0.0
    if ask == "meaning":
        fit += 0.15 if MEANS.search(text) else 0.0
    return fit


def _stems(text: str) -> frozenset[str]:
    found = set()
    for word in words(text):
        found.add(stem(word.removesuffix("'s")))
        found.update(stem(part) for part in re.findall(r"[a-z]+|\d+", word))
    return frozenset(found)


def _has(term: Term, stems: frozenset[str]) -> bool:
    return any(all(stem(part) in stems for part in words(word)) for word in term.words)
