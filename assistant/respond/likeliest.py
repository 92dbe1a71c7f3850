"""Respond: a question that the rules found no answer to comes in, the likeliest answer goes out.

The likeliest piece of the manual is quoted where it is likely enough to answer; where it is not, the
refusal names the nearest section.
"""

import re
from dataclasses import dataclass

from assistant.events import (
    Answer,
    By,
    Facts,
    ManualEvidence,
    Outcome,
    PassageKind,
    Request,
    Term,
)
from assistant.measures import measure_of
from assistant.pieces import leans, without_references
from assistant.respond.asked import HOW_TO
from assistant.respond.instructing import FORBIDS, instructs
from assistant.respond.lists import from_list
from assistant.respond.manual import (
    ALLOWS,
    FRAGMENT,
    GOES_ON,
    PERMISSION,
    evidence_of,
    few_words_fit,
    from_procedure,
    whole_warning,
)
from assistant.respond.opposites import goes_that_way
from assistant.respond.replies import Replies
from assistant.respond.tables import row_sentence
from assistant.respond.weighing import Candidate, weighed
from assistant.respond.weights import Choosing

TIE = 0.7  # what is worth that much less may answer as well
NEAR = 0.3  # a cosine; what has a lower one is neither said nor offered for its meaning
ALL, HALF = 0.99, 0.5  # of the weight of the question's telling words


@dataclass(frozen=True, slots=True)
class Likely:
    """How the likeliest piece is found, and when it is not said."""

    choosing: Choosing
    min_confidence: float  # an answer less likely to be right is not given, 0 to 1
    max_words: int


def answer_likeliest(request: Request, facts: Facts, replies: Replies, likely: Likely) -> Answer:
    """The likeliest piece as an answer, or a refusal."""
    choice = weighed(request, facts.hits, likely.choosing)
    candidates = choice.candidates
    unsure = choice.likely < likely.min_confidence or choice.other_matter
    if not candidates or unsure or not _may_be_meant(request, candidates[0], facts.hits.terms):
        return _refusal(candidates, replies)
    best = _procedure_of(candidates) if request.name == HOW_TO else candidates[0]
    if best.kind is PassageKind.PROCEDURE:
        return from_procedure(best.passage, facts, replies)
    listed = from_list(best.passage, best.text, facts.hits.terms, replies, likely.max_words)
    return listed or _from_sentences(request, candidates, facts, likely.max_words)


def quotation(candidate: Candidate) -> Answer:
    """A sentence as an answer."""
    text = without_references(candidate.text)
    return Answer(
        Outcome.ANSWERED, By.QUOTE, text, (evidence_of(candidate.passage, candidate.text),)
    )


def _may_be_meant(request: Request, best: Candidate, terms: tuple[Term, ...]) -> bool:
    """Whether a piece has enough to do with the question, however far it is ahead of others.

    Words without a question, maybe not even meant for us, must fit as a whole, and how a thing is
    done is not answered by what only speaks of it. Whether it may be done is told by what permits.
    """
    if best.kind is best.passage.kind is PassageKind.TEXT and leans(best.text):
        return False  # nobody would know what "it" is
    if request.name == FRAGMENT and GOES_ON.match(request.text):
        return False
    if request.name == FRAGMENT:
        return few_words_fit(terms, best.passage, best.kind) and best.share > ALL
    tells = best.kind is PassageKind.PROCEDURE or FORBIDS.match(best.text) or instructs(best.text)
    if request.name == HOW_TO and not (tells and goes_that_way(request.text, best.text)):
        return False
    if request.name == PERMISSION and not ALLOWS.search(best.text):
        return False
    return best.share > HALF or best.features.get("piece", 0.0) > NEAR


def _refusal(candidates: tuple[Candidate, ...], replies: Replies) -> Answer:
    """That the manual does not say, and which of its sections is nearest, where one is near."""
    text = replies.refuse["not_in_manual"]
    if not candidates or candidates[0].features.get("passage", 0.0) < NEAR:
        return Answer(Outcome.REFUSED, By.TEMPLATE, text)
    nearest = candidates[0].passage
    offer = replies.say["nearest_section" if nearest.page else "nearest_section_without_page"]
    told = offer.format(section=nearest.section, title=nearest.title, page=nearest.page)
    evidence = ManualEvidence(nearest.section, nearest.title, nearest.page, "")
    return Answer(Outcome.REFUSED, By.TEMPLATE, f"{text} {told}", (evidence,))


def _from_sentences(
    request: Request, candidates: tuple[Candidate, ...], facts: Facts, max_words: int
) -> Answer:
    """The best sentence or row, and one that is hardly worse: they differ in a condition."""
    best, measure = candidates[0], measure_of(request.text, request.name)
    figure = measure.figure if measure else None
    said = {best: _sentence(best, facts.hits.terms, figure, max_words)}
    for other in candidates[1:]:
        if best.worth - other.worth > TIE:
            break
        same = other.passage.section == best.passage.section
        if not same or other.kind is PassageKind.PROCEDURE or other.text in best.text:
            continue
        sentence = _sentence(other, facts.hits.terms, figure, max_words)
        if len(f"{said[best]} {sentence}".split()) <= max_words and sentence != said[best]:
            said[other] = sentence
            break
    # In the manual's own order: the usual case stands first.
    told = sorted(said, key=lambda one: one.passage.order)
    by = By.TABLE if best.kind is PassageKind.TABLE else By.QUOTE
    text = " ".join(said[one] for one in told)
    return Answer(
        Outcome.ANSWERED,
        by,
        text,
        tuple(
            evidence_of(one.passage, whole_warning(one.passage, one.text, max_words))
            for one in told
        ),
    )


def _sentence(
    candidate: Candidate, terms: tuple[Term, ...], figure: re.Pattern[str] | None, max_words: int
) -> str:
    if candidate.kind is PassageKind.TABLE:
        return without_references(row_sentence(candidate.passage.row, terms, figure))
    return without_references(whole_warning(candidate.passage, candidate.text, max_words))


def _procedure_of(pieces: tuple[Candidate, ...]) -> Candidate:
    """The best piece, or the steps that its section gives for what it only speaks of."""
    best = pieces[0]
    tells = FORBIDS.match(best.text) or instructs(best.text)
    if best.kind is not PassageKind.TEXT or tells:
        return best
    for piece in pieces:
        passage = piece.passage
        same = passage.section == best.passage.section
        if same and piece.kind is PassageKind.PROCEDURE:
            return piece
    return best
