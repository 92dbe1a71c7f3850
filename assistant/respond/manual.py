"""Respond: a question for the manual and what was found come in, a grounded answer goes out.

What answers is a quotation: a sentence, a row, or the steps of a procedure. The language model may
say it in other words (`phrase.py`) where that is checked; where nothing found covers enough of
the question, the answer is a refusal.
"""

import re

from assistant.events import (
    Answer,
    By,
    Facts,
    ManualEvidence,
    Outcome,
    Passage,
    PassageKind,
    Request,
    Term,
)
from assistant.measures import measure_of
from assistant.pieces import steps, without_references
from assistant.respond.asked import HOW_TO
from assistant.respond.choosing import Piece, choose
from assistant.respond.instructing import FORBIDS, PROHIBITS
from assistant.respond.lists import from_list
from assistant.respond.replies import Replies
from assistant.respond.tables import row_sentence, row_subject
from assistant.respond.warned import warnings_for
from assistant.respond.wordings import has, stems_of

TIE = 0.06  # rows whose worth differs by less differ only in conditions that were not asked for
NEAR = 0.15  # a piece that lacks only the form may stand this far behind
MAX_ROWS = 2
MANY_ROWS = 4  # more that fit equally well, each of another thing: nobody said which
FRAGMENT = "fragment"  # the interpreter's name for words without a question
# Goes on from a question that was not asked: where it was, it was completed.
GOES_ON = re.compile(r"\s*(?:and|or|but)\b", re.IGNORECASE)
NEVER = 2.0  # a share that nothing reaches
PERMISSION = "permission"  # the interpreter's name for "may I …"
# What permits or forbids, or says under which condition: the rest reads as a yes and is none.
ALLOWS = re.compile(
    r"\b(?:may|can|cannot|must|never|do not|does not|only|not|no|yes|allowed|permitted|suitable|"
    r"possible|forbidden|if|unless|at most|up to|maximum|highest|longest)\b",
    re.IGNORECASE,
)
FORBIDDING = frozenset({PassageKind.TEXT, PassageKind.WARNING})
PERMITS = re.compile(r"\b(?:may|can|allowed|permitted)\b")
NEGATES = re.compile(r"\b(?:no|not|never|cannot|only|forbidden)\b", re.IGNORECASE)  # says no itself
LEANS_BACK = re.compile(r"\b(?:it|them|this|these)\b")


def answer_manual(
    request: Request, facts: Facts, replies: Replies, min_coverage: float, max_words: int
) -> Answer:
    """The best piece of the manual as an answer, or a refusal."""
    if facts.hits.no_manual:
        return Answer(Outcome.REFUSED, By.TEMPLATE, replies.refuse["no_manual"])
    pieces = choose(request.text, request.name, facts.hits)
    if request.name == FRAGMENT:
        # No question, maybe not even meant for us: two telling words, and all of them, must fit.
        min_coverage = NEVER if GOES_ON.match(request.text) else 0.99
        pieces = [one for one in pieces if few_words_fit(facts.hits.terms, one.passage, one.kind)]
    pieces = _fitting(pieces, how_to=request.name == HOW_TO)
    if not pieces or pieces[0].held < min_coverage or not pieces[0].on_subject:
        return Answer(Outcome.REFUSED, By.TEMPLATE, replies.refuse["not_in_manual"])
    best = _procedure_of(pieces) if request.name == HOW_TO else pieces[0]
    if request.name == PERMISSION and not NEGATES.search(best.text):
        forbids = _prohibition(pieces, facts.hits.terms, best)
        if forbids is not None:
            return _forbidden(best, forbids)
    if request.name == PERMISSION and not ALLOWS.search(best.text):
        return Answer(Outcome.REFUSED, By.TEMPLATE, replies.refuse["not_in_manual"])
    if best.kind is PassageKind.TABLE:
        return _from_table(request, pieces, facts, replies, max_words)
    if best.kind is PassageKind.PROCEDURE:
        return from_procedure(best.passage, facts, replies)
    listed = from_list(best.passage, best.text, facts.hits.terms, replies, max_words)
    if listed is not None:
        return listed
    text = whole_warning(best.passage, best.text, max_words)
    evidence = evidence_of(best.passage, text)
    return Answer(Outcome.ANSWERED, By.QUOTE, without_references(text), (evidence,))


def whole_warning(passage: Passage, text: str, max_words: int) -> str:
    """All of a warning of which a part would be said: the danger, and what to do then."""
    whole = " ".join(passage.text.split())
    warns = passage.kind is PassageKind.WARNING and len(whole.split()) <= max_words
    return whole if warns else text


def few_words_fit(terms: tuple[Term, ...], passage: Passage, kind: PassageKind) -> bool:
    """Whether words without a question may be answered by a piece: two of them at least.

    Steps only where the title asks for them: "I smell petrol" wants none for an accident.
    """
    titled = stems_of(f"{passage.title} {passage.heading}")
    steps_fit = kind is not PassageKind.PROCEDURE or all(has(term, titled) for term in terms)
    return len(terms) > 1 and steps_fit


def _prohibition(pieces: list[Piece], terms: tuple[Term, ...], best: Piece) -> Piece | None:
    """What the same section forbids of what was asked: the same verb, and the thing or "it"."""
    verb, things = terms[0], terms[1:]
    for piece in pieces:
        same = piece.passage.section == best.passage.section and piece.kind in FORBIDDING
        if not same or piece.other or piece.text == best.text or not PROHIBITS.search(piece.text):
            continue
        own = stems_of(piece.text)
        follows = piece.passage == best.passage and LEANS_BACK.search(piece.text)
        if has(verb, own) and (follows or any(has(thing, own) for thing in things)):
            return piece
    return None


def _forbidden(best: Piece, forbids: Piece) -> Answer:
    """The prohibition, after what permits a part of it or says what "it" is."""
    said = [forbids]
    if PERMITS.search(best.text) or LEANS_BACK.search(forbids.text):
        said = [best, forbids] if best.text not in forbids.text else [forbids]
    text = " ".join(without_references(piece.text) for piece in said)
    return Answer(
        Outcome.ANSWERED,
        By.QUOTE,
        text,
        tuple(evidence_of(piece.passage, piece.text) for piece in said),
    )


def _from_table(
    request: Request, pieces: list[Piece], facts: Facts, replies: Replies, max_words: int
) -> Answer:
    best, measure = pieces[0], measure_of(request.text, request.name)
    figure = measure.figure if measure else None
    rows = [
        piece
        for piece in pieces
        if piece.kind is PassageKind.TABLE
        and piece.on_subject
        and piece.passage.section == best.passage.section
        and best.worth - piece.worth < TIE
    ]
    firsts = {piece.passage.row[0] for piece in rows}
    if len(rows) > MANY_ROWS and len(firsts) == len(rows) and not _singled_out(rows, facts):
        return Answer(Outcome.REFUSED, By.TEMPLATE, replies.refuse["not_in_manual"])
    # Rows that fit equally well are said in the table's own order: the usual case stands first.
    rows = sorted(rows, key=lambda piece: piece.passage.order)[:MAX_ROWS]
    said: list[str] = []
    evidence: list[ManualEvidence] = []
    before: tuple[tuple[str, str], ...] = ()
    for row in rows:
        cells = row.passage.row
        sentence = without_references(row_sentence(cells, facts.hits.terms, figure, before))
        if said and len(" ".join([*said, sentence]).split()) > max_words:
            break
        said.append(sentence)
        evidence.append(evidence_of(row.passage, row.text))
        before = cells
    return Answer(Outcome.ANSWERED, By.TABLE, " ".join(said), tuple(evidence))


def _singled_out(rows: list[Piece], facts: Facts) -> bool:
    """Whether a word of the question is in what one of the rows is about."""
    return any(
        has(term, stems_of(row_subject(piece.passage.row)))
        for piece in rows
        for term in facts.hits.terms
    )


def _fitting(pieces: list[Piece], *, how_to: bool) -> list[Piece]:
    """The pieces, from the first on that is on the subject and nearly as good as the best.

    The best one may do or be the opposite of what was asked. Of how a thing is done the best may
    only speak, and the same section say it less closely.
    """
    for number, piece in enumerate(pieces):
        same = how_to and piece.passage.section == pieces[0].passage.section
        # One step may say the figure with which all steps together are no answer.
        step = piece.passage == pieces[0].passage and piece.held >= pieces[0].held
        same = same or (step and pieces[0].worth - piece.worth < NEAR)
        if piece.on_subject and (same or pieces[0].worth - piece.worth < TIE):
            return pieces[number:]
    return pieces


def _procedure_of(pieces: list[Piece]) -> Piece:
    """The best piece, or the steps that its section gives for what it only speaks of."""
    best = pieces[0]
    if best.kind is not PassageKind.TEXT or FORBIDS.match(best.text):
        return best
    for piece in pieces:
        passage = piece.passage
        same = passage.section == best.passage.section and piece.on_subject
        if same and piece.kind is PassageKind.PROCEDURE:
            return piece
    return best


def from_procedure(passage: Passage, facts: Facts, replies: Replies) -> Answer:
    """All steps as text; spoken are how many there are and the first.

    The section's warnings are said before them, and those of other sections written as well.
    """
    all_steps = tuple(without_references(step) for step in steps(passage.text))
    own, elsewhere = warnings_for(passage, facts.hits)
    first, count = all_steps[0], len(all_steps)
    alone = count == 1
    opening = first if alone else replies.say["first_step"].format(count=count, step=first)
    spoken = [*map(_warning, (*elsewhere, *own)), opening]
    numbered = (f"{number}. {step}" for number, step in enumerate(all_steps, 1))
    warned = (evidence_of(one, one.text) for one in (*own, *elsewhere))
    return Answer(
        Outcome.ANSWERED,
        By.QUOTE,
        " ".join([*map(_warning, elsewhere), *numbered]),
        (evidence_of(passage, passage.text), *warned),
        " ".join(spoken),
        all_steps,
        0 if alone else 1,
    )


def _warning(passage: Passage) -> str:
    return without_references(" ".join(passage.text.split()))


def evidence_of(passage: Passage, quote: str) -> ManualEvidence:
    """A quotation from a passage."""
    return ManualEvidence(passage.section, passage.title, passage.page, quote)
