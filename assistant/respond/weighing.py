"""Respond: passages and a question come in, what of them may answer it goes out, likeliest first.

For questions that share too few words with the manual for the rules of `choosing.py`. A candidate
is one piece of a passage. It is worth the weighted sum of its features; how likely the best one
answers at all is told by its features and its lead. The weights are fitted on question sets
(`weights.py`); what a rule can exclude is excluded before (`excluding.py`).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.events import Hits, Passage, PassageKind, Request
from assistant.pieces import pieces_of
from assistant.respond.asked import Part, Question
from assistant.respond.choosing import lists_lamps, openings, question_of
from assistant.respond.excluding import excluded
from assistant.respond.features import (
    Features,
    Surroundings,
    asked_of,
    features,
    form_of,
    sections_best,
)
from assistant.respond.matters import other_matter
from assistant.respond.weights import Choosing, Weights, probability, total

ALONE = 5.0  # the lead of a candidate that has no rival
ALL = 0.99
MANY = 8  # telling words; about what the longest questions have


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """Something that may be said, and how well it fits the question."""

    passage: Passage
    kind: PassageKind  # the passage's own; a single step of a procedure is text
    text: str  # a sentence, a step, a row as text, or a whole procedure
    features: Features
    worth: float

    @property
    def share(self) -> float:
        """The share of the question's weight that it and its titles hold, 0 to 1."""
        return self.features.get("held", 0.0) + self.features.get("context", 0.0)


@dataclass(frozen=True, slots=True)
class Choice:
    """All candidates, best first, and how likely the best one answers."""

    candidates: tuple[Candidate, ...]
    likely: float  # 0 to 1
    other_matter: bool = False  # the best one is of another thing than the one asked about


def weighed(request: Request, hits: Hits, choosing: Choosing) -> Choice:
    """Weigh all pieces of the passages."""
    asked = question_of(request.text, request.name, hits)
    meaning = any(passage.cosine for passage in hits.passages)
    weights = choosing.weights(meaning=meaning, examples=hits.examples)
    candidates = ranked(asked, hits, weights)
    if not candidates:
        return Choice((), 0.0)
    best = candidates[0]
    part = Part(best.passage, best.kind, best.text, opens=False)
    likely = probability(lead(asked, candidates, hits), weights.right)
    return Choice(candidates, likely, other_matter(asked, part))


def ranked(asked: Question, hits: Hits, weights: Weights) -> tuple[Candidate, ...]:
    """The candidates, best first; of those that fit equally well the earlier is first."""
    found = [
        Candidate(part.passage, part.kind, part.text, own, total(own, weights.worth))
        for part, own in _weighable(asked, hits)
    ]
    found.sort(key=lambda candidate: (-round(candidate.worth, 3), candidate.passage.order))
    return tuple(found)


def lead(asked: Question, candidates: tuple[Candidate, ...], hits: Hits) -> Features:
    """What tells whether the best candidate answers: its own features, and its lead."""
    best, *others = candidates
    section = best.passage.section
    rivals = [other for other in others if other.passage.section != section]
    shares = [math.exp(candidate.worth - best.worth) for candidate in candidates]
    of_section = (
        share
        for candidate, share in zip(candidates, shares, strict=True)
        if candidate.passage.section == section
    )
    return {
        **{name: value for name, value in best.features.items() if ":" not in name},
        f"form:{form_of(asked)}": 1.0,
        "worth": best.worth,
        "lead": best.worth - others[0].worth if others else ALONE,
        "lead_of_section": best.worth - rivals[0].worth if rivals else ALONE,
        "share": 1 / sum(shares),
        "share_of_section": sum(of_section) / sum(shares),
        "told": best.share,
        "told_all": float(best.share > ALL),
        "terms": len(asked.terms) / MANY,
        "covered": max(candidate.passage.coverage for candidate in candidates),
        "unanswered": hits.unanswered,
        "unanswered_nearer": max(0.0, hits.unanswered - best.features.get("asked", 0.0)),
    }


def _weighable(asked: Question, hits: Hits) -> Iterator[tuple[Part, Features]]:
    """Each piece that no rule excludes, with its features."""
    passages = (*hits.passages, *hits.further)
    top = max((passage.score for passage in passages), default=0.0) or 1.0
    sections, starts = sections_best(passages, lambda one: one.cosine), openings(passages)
    asked_sections = sections_best(passages, asked_of)
    best_piece = max((piece.cosine for p in passages for piece in p.pieces), default=0.0)
    best_passage = max((passage.cosine for passage in passages), default=0.0)
    best_asked = max(asked_sections.values(), default=0.0)
    for passage in passages:
        around = Surroundings(
            best_piece,
            best_passage,
            sections[passage.section],
            best_asked,
            asked_sections[passage.section],
            passage.score / top,
        )
        for number, piece in enumerate(passage.pieces or pieces_of(passage)):
            opens = passage.order in starts and not number
            part = Part(passage, piece.kind, piece.text, opens)
            if not (lists_lamps(asked, part) or excluded(asked, part)):
                yield part, features(asked, part, piece, around)
