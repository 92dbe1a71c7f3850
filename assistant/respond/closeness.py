"""Respond: a question and a part of a passage come in, how closely it names what was asked goes out.

Many pieces hold the words of a question. Closer are those that hold them side by side, that say to
be for what was asked, and whose figures are of the thing, the case and the car that was asked about.
"""

import re

from assistant.events import PassageKind
from assistant.lexicon import stem, words
from assistant.respond.asked import HOW_TO, Part, Question, title_for
from assistant.respond.instructing import says_what_for
from assistant.respond.tables import row_subject
from assistant.respond.wordings import TOLD, has, neighbours_kept, share_asked, stems_of

NAMED = 0.3  # for a row whose subject was asked for in every word
BESIDE = 0.2  # where words that were asked for side by side stand so
FOR_IT = 0.35  # for a sentence that says to be for what was asked
LATE = 0.25  # off, where a figure comes before any word that was asked for
MODIFIED = 0.2  # off, where the measure is one of something else
A_STEP = 0.15  # off, for a single step of a procedure for something else
PARTICLES = frozenset({"off", "on", "up", "down"})
PARTICLE = 0.05  # where the text turns, folds or puts a thing the same way
SPECIAL = 0.3  # off, for a figure of a special case that nobody asked about
CASE = re.compile(r"(?:With|Without|For|In|During|After) (?:a |an |the )?([a-z]{4,})")
OTHER_WHEELS = 0.3  # off, for wheels of a size that the car has not
WHEELS = re.compile(r"(?:\bR ?(?=\d\d\b)|\b(?=\d\d-inch))(\d\d)")
WHEEL_SIZE = re.compile(r"r?(1[3-9]|2[0-4])", re.IGNORECASE)  # as a driver says it
MEASURE_NOUNS = frozenset(
    map(stem, "weight speed length width height depth power torque voltage capacity".split())
)
EXTENT = frozenset("highest maximum minimum permitted greatest lowest total rated nominal".split())


def closeness(asked: Question, part: Part) -> float:
    """How closely a piece names what was asked, beyond holding its words."""
    title = title_for(part.passage, part.text)
    worth = BESIDE * neighbours_kept(asked.question, part.text, asked.terms)
    worth += BESIDE / 2 * neighbours_kept(asked.question, title, asked.terms)
    if part.kind is PassageKind.TABLE and asked.measure:
        worth += NAMED * share_asked(asked.terms, row_subject(part.passage.row))
    if asked.words & PARTICLES & set(words(part.text)):
        worth += PARTICLE
    if asked.ask == HOW_TO and says_what_for(part.text, asked.terms):
        worth += FOR_IT
    case = CASE.match(part.text) if asked.measure else None
    if case and not _is_asked(asked, case[1]):
        worth -= SPECIAL
    if _for_other_wheels(asked, part.text):
        worth -= OTHER_WHEELS
    if part.step and asked.ask == HOW_TO:
        worth -= A_STEP
    if part.kind is not PassageKind.TABLE and _of_another_thing(asked, part.said):
        worth -= LATE
    if other_measure(asked, part.said):
        worth -= MODIFIED
    return worth


def _for_other_wheels(asked: Question, text: str) -> bool:
    """Whether a text is about wheels of a size that the car has not, and nobody asked about."""
    named = any(WHEEL_SIZE.fullmatch(word) for term in asked.terms for word in term.words)
    if named or not asked.tyre_size:
        return False
    sizes = set(WHEELS.findall(text))
    return bool(sizes) and not any(size in asked.tyre_size for size in sizes)


def _of_another_thing(asked: Question, text: str) -> bool:
    """Whether every figure of a text comes before, and not beside, all words that were asked for.

    "The payload of 495 kg is for luggage and a trailer" is not how heavy a trailer may be.
    """
    figures = list(asked.measure.figure.finditer(text)) if asked.measure else []
    upto = [
        stems_of(text[: match.end()] + " ".join(text[match.end() :].split()[:2]))
        for match in figures
    ]
    return bool(upto) and not any(has(term, told) for told in upto for term in asked.terms)


def other_measure(asked: Question, text: str) -> bool:
    """Whether a text has the measure that was asked for only of something else: "nose weight"."""
    nouns = {stem(part) for term in asked.measured for part in term.words} & MEASURE_NOUNS
    told = words(text)
    places = [at for at, word in enumerate(told) if stem(word) in nouns]
    return bool(places) and all(_owned(asked, told, at) for at in places)


def _owned(asked: Question, told: list[str], at: int) -> bool:
    """Whether the word there is some other thing's: "nose weight", "width of the tyre"."""
    before = told[at - 1] if at else ""
    if (
        len(before) >= TOLD
        and before.isalpha()
        and not (before in EXTENT or _is_asked(asked, before))
    ):
        return True
    if told[at + 1 : at + 2] != ["of"]:
        return False
    owner = [word for word in told[at + 2 : at + 5] if len(word) >= TOLD]
    return bool(owner) and not any(_is_asked(asked, word) for word in owner)


def _is_asked(asked: Question, word: str) -> bool:
    return any(has(term, stems_of(word)) for term in asked.terms)
