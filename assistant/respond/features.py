"""Respond: a question and a part of a passage come in, what may tell whether it answers goes out.

Each feature is a number of about 0 to 1 with a name; how much each counts is fitted on question
sets (`config/intents/<language>/choosing.toml`, `python -m bench.fitting`). A form of question and
a kind of part are joined in one feature, since steps answer "how do I" and rows answer "how much".
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from assistant.events import Passage, PassageKind, Piece, Term
from assistant.lexicon import words
from assistant.respond.asked import HOW_TO, Part, Question, title_for
from assistant.respond.choosing import MEANS, PLACE, weigh
from assistant.respond.closeness import closeness
from assistant.respond.instructing import FORBIDS, IMPERATIVE, instructs
from assistant.respond.tables import row_subject
from assistant.respond.wordings import has, neighbours_kept, share_asked, stems_of

Features = dict[str, float]

WHY = re.compile(r"\b(because|so that|therefore|since|due to|causes?|if)\b")
HOW_MUCH = re.compile(
    r"\bhow (?!do|can|could|would|should|to|am|are|is|does|s\b|come)[a-z]+", re.IGNORECASE
)
DIGIT = re.compile(r"\d")
ALIKE = 0.6  # a cosine of questions that ask the same in other words
LONG = 60  # words; a longer part counts as this long
FORMS = {  # the interpreter's names for how something is asked -> the form that features know
    HOW_TO: "how_to",
    "where": "where",
    "permission": "may",
    "allowed": "may",
    "has": "may",
    "what_if": "what_if",
    "meaning": "what",
    "definition": "what",
    "how_often": "figure",
    "fragment": "fragment",
}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What of the other parts and passages one part is compared with."""

    best_piece: float  # the highest cosine of all pieces
    best_passage: float
    of_section: float  # the highest cosine of the section's passages
    best_asked: float  # how near the nearest example question is that the manual answers
    asked_of_section: float  # the nearest of those that the section answers
    rank: float  # the retriever's worth of the passage, of the best one's, 0 to 1


def features(asked: Question, part: Part, piece: Piece, around: Surroundings) -> Features:
    """All features of a part that are not 0."""
    own, title = stems_of(part.text), title_for(part.passage, part.text)
    ruling = weigh(asked, part, 0.0)
    titled = stems_of(title)
    found = {
        "piece": piece.cosine,
        "piece_behind": around.best_piece - piece.cosine,
        **_asked(piece, around),
        "passage": part.passage.cosine,
        "passage_behind": around.best_passage - part.passage.cosine,
        "section_behind": around.best_passage - around.of_section,
        "rank": around.rank,
        "ruled": float(ruling.on_subject),
        "ruled_worth": ruling.worth,
        f"{_kind(part)}:long": min(len(words(part.text)), LONG) / LONG,
        f"{_kind(part)}:piece": piece.cosine,
        "opens": float(part.opens),
        "step": float(part.step),
        **_words(asked, own, titled),
        "title": share_asked(asked.terms, title),
        "nothing_else": share_asked(asked.terms, part.said),
        "beside": neighbours_kept(asked.question, part.text, asked.terms),
        "closeness": closeness(asked, part),
        "other_place": float(_other_place(asked, part)),
        **_row(asked, part),
        **_lamps(asked, part),
        **_forms(asked, part),
    }
    return {name: value for name, value in found.items() if value}


def _asked(piece: Piece, around: Surroundings) -> Features:
    """How near the example questions are that it answers; nothing where there are none."""
    if not around.best_asked:
        return {}
    return {
        "asked": piece.asked,
        "asked_behind": around.best_asked - piece.asked,
        "asked_best": float(piece.asked >= around.best_asked),
        "asked_section_behind": around.best_asked - around.asked_of_section,
        "asked_alike": max(0.0, piece.asked - ALIKE),
    }


def _words(asked: Question, own: frozenset[str], titled: frozenset[str]) -> Features:
    """What share of the question's telling words stands in the part, and around it alone."""
    held = [term for term in asked.terms if has(term, own)]
    context = [term for term in asked.terms if term not in held and has(term, titled)]
    missing = [term for term in asked.terms if term not in held and term not in context]
    heaviest = max((term.weight for term in asked.terms), default=0.0) or 1.0
    last = asked.terms[-1:]
    return {
        "held": _weight(held) / asked.total,
        "context": _weight(context) / asked.total,
        "missing": max((term.weight for term in missing), default=0.0) / heaviest,
        "last": float(bool(last) and last[0] not in missing),
    }


PLACES = (("front", "rear"), ("left", "right"), ("inside", "outside"), ("driver", "passenger"))
LAMPS = re.compile(
    r"\b(lamps?|lights?|telltales?|symbols?|icons?|warnings?|indicators?|dash|flash(?:es|ing)?|blink(?:s|ing)?)\b",
    re.I,
)
COLOURS = ("red", "amber", "yellow", "orange", "green", "blue", "white")


def _other_place(asked: Question, part: Part) -> bool:
    """Whether a place was asked for and the part speaks of the opposite one alone."""
    said, told = asked.words, frozenset(words(part.text))
    return any(
        one in said and other not in said and other in told and one not in told
        for pair in PLACES
        for one, other in (pair, pair[::-1])
    )


def _row(asked: Question, part: Part) -> Features:
    if not part.passage.row:
        return {}
    heads = " ".join(head for head, _ in part.passage.row)
    return {
        "row_subject": share_asked(asked.terms, row_subject(part.passage.row)),
        "row_heads": share_asked(asked.terms, heads),
        "row_held": max(share_asked(asked.terms, cell) for _, cell in part.passage.row),
    }


def _lamps(asked: Question, part: Part) -> Features:
    """Lamps have sections and tables of their own."""
    said = bool(LAMPS.search(asked.question))
    heads = " ".join(head for head, _ in part.passage.row)
    told = bool(LAMPS.search(f"{part.passage.title} {part.passage.chapter} {heads}"))
    found = {f"lamps:{said:d}{told:d}": 1.0}
    colours = {c for c in COLOURS if c in asked.words}
    if colours & {"yellow", "orange", "amber"}:
        colours |= {"amber"}
    own = {c for c in COLOURS if c in words(part.text)}
    if colours and own:
        found["colour"] = 1.0 if colours & own else -1.0
    for state in ("flash", "steady"):
        if state in asked.question.lower() or (
            state == "flash" and "blink" in asked.question.lower()
        ):
            found[f"{state}"] = 1.0 if state in part.text.lower() else 0.0
    return found


def _weight(terms: list[Term]) -> float:
    return sum(term.weight for term in terms)


def _forms(asked: Question, part: Part) -> Features:
    """How the form of the part meets the form of the question."""
    form, kind, text = form_of(asked), _kind(part), part.text
    found = {f"{form}:{kind}": 1.0}
    if asked.measure is not None:
        found["figured" if asked.measure.figure.search(part.said) else "no_figure"] = 1.0
    elif DIGIT.search(part.said):
        found[f"{form}:digit"] = 1.0
    marks = {
        "imperative": IMPERATIVE.match(text),
        "instructs": instructs(text),
        "forbids": FORBIDS.match(text),
        "place": PLACE.search(text),
        "means": MEANS.search(text),
        "why": WHY.search(text),
    }
    return found | {f"{form}:{name}": 1.0 for name, there in marks.items() if there}


def form_of(asked: Question) -> str:
    """The form of a question: a figure is asked for where a measure is."""
    if asked.measure is not None or HOW_MUCH.search(asked.question):
        return "figure"
    return FORMS.get(asked.ask, "fact")


def _kind(part: Part) -> str:
    if part.kind is PassageKind.PROCEDURE:
        return "steps"
    return "step" if part.step else part.kind.value


def sections_best(
    passages: tuple[Passage, ...], nearness: Callable[[Passage], float]
) -> dict[str, float]:
    """The highest nearness of each section's passages."""
    best: dict[str, float] = {}
    for passage in passages:
        best[passage.section] = max(nearness(passage), best.get(passage.section, -1.0))
    return best


def asked_of(passage: Passage) -> float:
    """How near the nearest example question is that a passage answers."""
    return max((piece.asked for piece in passage.pieces), default=0.0)
