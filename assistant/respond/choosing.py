"""Respond: passages and the words of a question come in, the pieces that rules choose go out.

A piece is one sentence, one row of a table or one procedure. It is worth the share of the
question's telling words that it holds; a word that only its section's title holds counts in part,
since the title says what all of the section is about. To that comes how well its form fits the
form of the question: steps for "how do I", a length in time for "how long does it take".
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.events import Hits, Passage, PassageKind, Term
from assistant.lexicon import stem
from assistant.measures import measure_of
from assistant.pieces import leans, sentences, steps, without_references
from assistant.respond.asked import HOW_TO, Part, Question, title_for
from assistant.respond.cases import other_case
from assistant.respond.closeness import MEASURE_NOUNS, closeness, other_measure
from assistant.respond.figures import (
    asked_figures,
    asked_keys,
    lacks_key,
    limits,
    names_figure,
    of_other_units,
)
from assistant.respond.instructing import (
    FORBIDS,
    HALF,
    IMPERATIVE,
    forbids_that,
    instructs,
    repeats,
)
from assistant.respond.matters import other_matter
from assistant.respond.opposites import UNDOING, goes_that_way, opposed, undoes
from assistant.respond.wordings import has, neighbours, share_asked, stems_of

CONTEXT = 0.7  # what a word is worth that only title, heading or chapter hold
TITLED = 0.3  # for a title of which every telling word was asked for
PROCEDURE = 0.55  # a procedure that its title and steps fit less is another one
IN_STEP = 0.5  # what a word is worth to a procedure that only one of its steps holds
RANK_SHARE = 0.25  # of the retriever's own order in a piece's worth
PLACES = frozenset("front rear left right middle centre second third upper lower".split())
PLACE = re.compile(r"\b(in|on|under|behind|at|between|below|above|beside|next to|inside)\b")
MEANS = re.compile(r"\b(means?|shows?|reports?|tells?|asks?)\b")
FIGURE = re.compile(r"\d[\d.,]+")  # what is said of another figure is another thing
MOVES = frozenset({"drive", "go", "driving", "travel"})  # is what a speed or a distance is of
PERMISSIONS = {"permission", "allowed", "what_if"}
# A sentence that only says where something is described answers nothing.
EVENT = re.compile(r"\b(?:what (?:do|should|must|can) (?:i|we) do|what to do)\b", re.IGNORECASE)
POINTER = re.compile(r"\b(is|are) (described|explained|listed|shown) in \d")
# A condition without what follows from it is a heading's item, not a sentence.
CONDITION = re.compile(r"^(If|When|While|Unless)\b[^,]*$")
ENOUGH = 0.55  # a piece that holds this share is on the subject whatever it lacks
MOST = 0.7  # the same for "how do I …" answered by a sentence
ALL_BUT = 0.85  # the same for "is there a …": half a name names another thing
HEAVIEST = 0.9  # terms of at least this share of the heaviest one's weight say what it is about

LAMP_HEAD = re.compile(r"(warning )?(lamp|light|telltale|symbol)s?$", re.IGNORECASE)
LAMP_WORDS = frozenset(
    "lamp lamps light lights telltale telltales symbol symbols icon icons warning warnings bulb bulbs".split()
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Something that may be said, and how well it fits the question."""

    passage: Passage
    kind: PassageKind  # the passage's own; a single step of a procedure is text
    text: str  # a sentence, a step, a row as text, or a whole procedure
    held: float  # share of the question's weight in the piece and its titles, 0 to 1
    on_subject: bool  # holds the words that say most what the question is about
    worth: float
    other: bool = False  # is of another case, or of another matter


def choose(question: str, ask: str, hits: Hits) -> list[Piece]:
    """All pieces of the passages, best first."""
    asked = question_of(question, ask, hits)
    top = max((passage.score for passage in hits.passages), default=0.0) or 1.0
    starts = openings(hits.passages)
    found = []
    for passage in hits.passages:
        rank = RANK_SHARE * passage.score / top
        for number, (kind, text) in enumerate(_pieces(asked, passage)):
            part = Part(passage, kind, text, passage.order in starts and not number)
            # What is of another key or unit answers nothing, and hides nothing that does.
            if not (lacks_key(asked.keys, part.named) or of_other_units(asked.figures, part.named)):
                found.append(weigh(asked, part, rank))
    # Of pieces that fit equally well the earlier is said: a section begins with what is general.
    found.sort(key=lambda piece: (-round(piece.worth, 2), piece.passage.order))
    return found


def question_of(question: str, ask: str, hits: Hits) -> Question:
    """What is compared with every piece."""
    return Question(
        ask,
        hits.terms,
        sum(term.weight for term in hits.terms) or 1.0,
        measure_of(question, ask),
        question,
        hits.tyre_size,
        asked_figures(_in_digits(question, hits.terms)),
        asked_keys(question),
    )


def _in_digits(question: str, terms: tuple[Term, ...]) -> str:
    """The question with the numbers that were said as words in digits."""
    for term in terms:
        digits = next((word for word in term.words if word.isdigit()), "")
        if digits and term.words[0].isalpha():
            question = re.sub(rf"\b{term.words[0]}\b", digits, question, flags=re.IGNORECASE)
    return question


def openings(passages: tuple[Passage, ...]) -> set[int]:
    """The passages that a section begins with, by their order."""
    first: dict[str, int] = {}
    for passage in passages:
        if passage.kind is PassageKind.TEXT:
            first[passage.section] = min(passage.order, first.get(passage.section, passage.order))
    return set(first.values())


def weigh(asked: Question, part: Part, rank: float) -> Piece:
    """What the rules say of a part; `rank` is what its place among what was found is worth."""
    passage = part.passage
    own, around = stems_of(part.text), stems_of(title_for(passage, part.text))
    in_title = {term: has(term, around) for term in asked.terms}
    in_text = {term: has(term, own) for term in asked.terms}
    figured = asked.measure is not None and bool(asked.measure.figure.search(part.said))
    if figured:
        in_text |= _answered(asked, passage.title, own, in_text, in_title)
    if asked.ask in PERMISSIONS:
        in_text |= _bounded(asked, part, in_text, in_title)
    held = sum(term.weight for term, there in in_text.items() if there)
    context = sum(t.weight for t in asked.terms if in_title[t] and not in_text[t])
    if asked.ask == HOW_TO and part.kind is PassageKind.PROCEDURE:
        # What a procedure is for stands in its title; a step may name anything.
        titled = sum(term.weight for term, there in in_title.items() if there)
        share = (titled + IN_STEP * (held + context - titled)) / asked.total
        # One word may be another thing's: "lock the car" asks for no child lock.
        event = EVENT.search(asked.question) and _begins(passage.title, asked.terms)
        whole = event or share_asked(asked.terms, passage.title) == 1.0
        narrow = len(asked.terms) == 1 and not whole
        # Without what is done, only the steps of the thing itself: "open" a bonnet under "Bonnet".
        verb = asked.terms[0] if asked.terms else None
        done = verb is None or in_title[verb] or in_text[verb]
        other = not done and share_asked(asked.terms, passage.title) < HALF
        on_subject = share >= PROCEDURE and not narrow and not other
    else:
        share = (held + CONTEXT * context) / asked.total
        # Who asks how long, how heavy or how many is not answered without such a figure.
        on_subject = _on_subject(asked, in_text, in_title) and (asked.measure is None or figured)
    other = other_case(asked, part) or other_matter(asked, part)
    on_subject = on_subject and not other and not _misses(asked, part, in_text, in_title)
    worth = share + rank + TITLED * share_asked(asked.terms, passage.title)
    worth += _fit(asked, part) + closeness(asked, part)
    if asked.ask == "definition" and part.opens and any(in_title.values()):
        worth += 0.3  # a section begins by saying what its subject is
    share = (held + context) / asked.total
    return Piece(passage, part.kind, part.text, share, on_subject, worth, other)


def _begins(title: str, terms: tuple[Term, ...]) -> bool:
    """Whether the first word of a title was asked for: "Accidents and the …" after an accident."""
    return any(has(term, stems_of(title.partition(" ")[0])) for term in terms)


def _answered(
    asked: Question,
    title: str,
    own: frozenset[str],
    in_text: dict[Term, bool],
    in_title: dict[Term, bool],
) -> dict[Term, bool]:
    """The terms that a figure answers, where the text speaks of something else that was asked.

    "1,250 kg" answers the "heavy" of "how heavy a trailer"; of nothing but "how heavy" it does not.
    """
    titled = share_asked(asked.terms, title) >= HALF
    others = [term for term in asked.terms if term not in asked.measured]
    if not any(in_text[term] or (titled and in_title[term]) for term in others):
        return {}
    # "1,000 m" in a row of weights is no width.
    nouns = MEASURE_NOUNS & own
    if nouns and not any(has(term, nouns) for term in asked.measured):
        return {}
    return dict.fromkeys(asked.measured, True)


def _bounded(
    asked: Question, part: Part, in_text: dict[Term, bool], in_title: dict[Term, bool]
) -> dict[Term, bool]:
    """The figures that a text answers by a limit of the same unit, where it is of the same thing.

    Whether a caravan of 1,500 kg may be towed is answered by "a trailer of up to 1,250 kg".
    """
    figures = [t for t in asked.terms if any(names_figure(asked.figures, w) for w in t.words)]
    things = [t for t in asked.terms if t not in figures and not MOVES & set(t.words)]
    if not things or not all(in_text[term] or in_title[term] for term in things):
        return {}
    if not limits(asked.figures, asked.question, part.said):
        return {}
    return {t: True for t in asked.terms if t in figures or MOVES & set(t.words)}


def lists_lamps(asked: Question, part: Part) -> bool:
    """Whether a part is a row of a table of lamps, and no lamp was asked about.

    Such a row says what a lamp would mean, and nothing of the car as it is.
    """
    heads = (head for head, _ in part.passage.row)
    return not asked.words & LAMP_WORDS and any(LAMP_HEAD.match(head) for head in heads)


def _misses(
    asked: Question, part: Part, in_text: dict[Term, bool], in_title: dict[Term, bool]
) -> bool:
    """Whether a piece, whatever words it holds, is no answer to this form of question."""
    passage, how_to = part.passage, asked.ask == HOW_TO
    lamps = lists_lamps(asked, part)
    # Steps say no place and permit nothing, and a figure stands in one of them.
    no_steps = asked.ask in {"where", "permission"} or asked.measure
    all_steps = part.kind is PassageKind.PROCEDURE and no_steps
    if lamps or all_steps or opposed(asked.meant, passage.title, part.text, how_to=how_to):
        return True
    if asked.ask not in PERMISSIONS and any(
        not in_text[term] | in_title[term] and any(map(FIGURE.fullmatch, term.words))
        for term in asked.terms
    ):
        return True
    if _lacks_what_tells_apart(asked, part, in_text, in_title):
        return True
    # "Nose weight" is no weight of a trailer, and what a roof may carry not what a rack weighs.
    things = [term for term in asked.terms if term not in asked.measured]
    titled = share_asked(asked.terms, passage.title) >= HALF
    about = titled or any(in_text[term] for term in things)
    if asked.measure and passage.row and things and not about:
        return True
    if (things and other_measure(asked, part.said)) or (
        asked.measure and asked.measure.unlike.search(part.said)
    ):
        return True
    return how_to and not _tells_how(asked, part, in_text, in_title)


def _tells_how(
    asked: Question, part: Part, in_text: dict[Term, bool], in_title: dict[Term, bool]
) -> bool:
    """Whether a piece tells how what was asked is done."""
    steps_all = part.kind is PassageKind.PROCEDURE
    if steps_all and not undoes(asked.question, f"{part.passage.title}. {part.text}"):
        return False
    if not steps_all and not goes_that_way(asked.question, part.text):
        return False
    undone = [term for term in asked.terms if UNDOING & set(map(stem, term.words))]
    if steps_all:
        # Steps that do a thing tell how it is undone only where their title says so.
        return all(in_title[term] for term in undone)
    if not all(in_text[term] or in_title[term] for term in undone):
        return False
    if part.kind is PassageKind.TABLE:
        (_, first), *others = part.passage.row
        return instructs(first) or any(
            instructs(cell) for head, cell in others if head.lower().startswith("how")
        )
    told = any(IMPERATIVE.match(sentence) for sentence in sentences(part.text))
    if not (told or instructs(part.text)) or repeats(part.text, asked.terms):
        return False
    if FORBIDS.match(part.text) and not forbids_that(part.text, asked.terms):
        return False
    verb, *things = asked.terms
    # What is opened, shut or changed stands next to that: a door is no tailgate.
    most = HEAVIEST * max((term.weight for term in things), default=0.0)
    if things and things[0].weight >= most and not (in_text[things[0]] or in_title[things[0]]):
        return False
    return not part.step or (in_text[verb] and (not things or any(in_text[t] for t in things)))


def _lacks_what_tells_apart(
    asked: Question, part: Part, in_text: dict[Term, bool], in_title: dict[Term, bool]
) -> bool:
    """Whether a thing is there but not the word before it, which says which of them was asked for.

    A row is short, and every word of it counts: "wipers, windscreen" is no heated windscreen. In
    what tells a figure a place counts: a front boot is another than "the luggage compartment"; and
    what the measure is of: "0.3 bar" of warm tyres is no oil pressure.
    """
    every = part.kind is PassageKind.TABLE
    pairs = neighbours(asked.question, asked.terms)
    told = {thing for which, thing in pairs if in_text[which] or in_title[which]}
    return any(
        in_text[thing] and thing not in told
        for which, thing in pairs
        if not names_figure((), which.words[0])  # "17 inch front tyres" are no tyres of an inch
        if every
        or (asked.measure and PLACES & set(which.words))
        or (thing in asked.measured and which not in asked.measured)
    )


def _on_subject(asked: Question, in_text: dict[Term, bool], in_title: dict[Term, bool]) -> bool:
    """Whether a piece holds enough of the question, or at least its most telling words."""
    held = {term for term in asked.terms if in_text[term] or in_title[term]}
    share = sum(term.weight for term in held) / asked.total
    # The last telling word is mostly the thing itself: of "rear seat screens" the screens.
    if asked.terms and asked.terms[-1] not in held and share < ALL_BUT:
        return False
    enough = {"has": ALL_BUT, "how_to": MOST, "permission": MOST}.get(asked.ask, ENOUGH)
    if sum(term.weight for term in held) / asked.total >= enough:
        return True
    heaviest = max((term.weight for term in asked.terms), default=0.0)
    return all(t in held for t in asked.terms if t.weight >= HEAVIEST * heaviest)


def _fit(asked: Question, part: Part) -> float:
    """How well the form of a piece fits the form of the question."""
    kind, text = part.kind, part.text
    if asked.ask == HOW_TO:
        if kind is PassageKind.PROCEDURE:
            return 0.35
        told = [cell for _, cell in part.passage.row] or [text]
        return 0.2 if kind is not PassageKind.WARNING and any(map(IMPERATIVE.match, told)) else 0.0
    fit = {PassageKind.WARNING: -0.1, PassageKind.PROCEDURE: -0.2}.get(kind, 0.0)
    if asked.ask in PERMISSIONS and not asked.measure and FORBIDS.match(text):
        fit += 0.25  # what must not be done comes first
    if asked.measure is not None:
        fit += 0.35 if asked.measure.figure.search(part.said) else -0.15
    if asked.ask == "where":
        fit += 0.2 if kind is not PassageKind.TABLE and PLACE.search(text) else -0.1
    if asked.ask == "meaning" and MEANS.search(text):
        fit += 0.15
    return fit


def _pieces(asked: Question, passage: Passage) -> Iterator[tuple[PassageKind, str]]:
    kind, how_to = passage.kind, asked.ask == HOW_TO
    if kind in {PassageKind.TABLE, PassageKind.PROCEDURE}:
        yield kind, passage.text
        if kind is PassageKind.PROCEDURE and (how_to or asked.measure or "when" in asked.words):
            yield from ((PassageKind.TEXT, step) for step in steps(passage.text))
        return
    before = ""
    for sentence in sentences(passage.text):
        if POINTER.search(sentence) or CONDITION.match(without_references(sentence)):
            continue
        if not (before and leans(sentence)):
            yield kind, sentence
        # Of a thing that the text before only spoke of, an instruction says how.
        told = how_to and instructs(sentence) and not instructs(before)
        if before and (told or leans(sentence)):
            yield kind, f"{before} {sentence}"
        before = sentence
