"""Respond: a question and a part of a passage come in, whether the part is of another case goes out.

A part may hold most words of a question and still be about another condition, place, order or
figure: "with the front wheels raised" is not "with all wheels on the ground".
"""

import re

from assistant.events import PassageKind, Term
from assistant.lexicon import stem, words
from assistant.respond.asked import Part, Question
from assistant.respond.forbidding import forbids_under_a_condition
from assistant.respond.instructing import FORBIDS
from assistant.respond.wordings import has, holding, stems_of

PERMISSIONS = frozenset({"permission", "allowed", "has"})
NORM = "norm"  # the interpreter's name for asking how a thing should be
_UNDER = r"(?:with|without|during|after|before)"
OWN_CONDITION = re.compile(
    rf"{_UNDER} (?:the |a |an |any |all )?(?:[a-z0-9-]+ ?){{1,6}}?"
    r"(?:,|\.|$|(?= the aster\b)|(?= (?:may|must|can|is|are|needs?)\b))",
    re.IGNORECASE,
)
ASKED_CONDITION = re.compile(
    rf"\b{_UNDER} ((?:(?!(?:with|without|at|in|for|is|are|do|may|can|i|we)\b)[a-z0-9'-]+ ?)+)"
)
NUMBER = re.compile(r"(?<![\w.,/-])\d[\d.,]*(?![\w/-])")
AT_SPEED = re.compile(
    r"\b(?:drive|driving|go|going|do|doing) (?:at |over |with )?\d+(?: km/h| kph| mph)?"
    r"(?: (?:with|on|in|while|when|and)\b|$)"
)
SPEED = re.compile(r"\d\s?km/h")
COMPARES = re.compile(
    r"\b(?:stronger|larger|bigger|higher|smaller|weaker|heavier|more|less|other|another)\b"
)
WHICH = re.compile(r"(?:and |so )?(?:which|what) ([a-z]+)")
WHICH_FIRST = re.compile(
    r"^(?:and |so )?(?:(?:which|what)\b.*\bfirst\b|(?:in )?(?:which|what) order\b)"
)
IN_ORDER = re.compile(r"\b(?:first|then|last|order|before|after)\b", re.IGNORECASE)
LAMP_COMES_ON = re.compile(r"\b(?:lamp|light)s?\b[^.]* (?:comes? on|flash\w*|means?)\b")
# States in which the same part of a car is not at once.
RAISED = frozenset(map(stem, ("raised", "lifted")))
DOWN = frozenset(map(stem, ("down", "ground", "lowered")))
FRONT = frozenset({"front", "passenger", "driver", "beside"})
REAR = frozenset({"rear", "back", "behind"})
SIDES = frozenset({"front", "rear", "left", "right"})
EVERY = frozenset({"all", "four", "both", "every"})
PLACES = (("front", "rear"), ("left", "right"), ("inside", "outside"), ("driver", "passenger"))
# How a child's seat faces is no place.
FACING = re.compile(
    r"\b(?:rear|forward|front|back|rearward|backward)s?[- ]facing\b"
    r"|\bfacing (?:backwards?|forwards?|rearwards?)\b"
)


def other_case(asked: Question, part: Part) -> bool:
    """Whether a part is of another condition, figure, place or order than was asked for."""
    return (
        part.text.endswith(":")  # announces what is not part of it
        or _other_condition(asked, part)
        or _lacks_any_number(asked, part)
        or _lacks_the_order(asked, part)
        or _only_warns(asked, part)
        or _other_state(asked, part)
        or (asked.ask in PERMISSIONS and other_place(asked, part))
    )


def _other_condition(asked: Question, part: Part) -> bool:
    """Whether a part states a condition of its own, and not the one that was asked for.

    Steps are for a condition that was asked for where their title or one of them speaks of it.
    """
    if part.kind is not PassageKind.PROCEDURE and not OWN_CONDITION.match(part.text):
        return forbids_under_a_condition(asked, part)
    found = ASKED_CONDITION.finditer(asked.plain)
    wanted = [terms for terms in (holding(asked.terms, match[1]) for match in found) if terms]
    lines = [f"{part.text} {part.passage.title}"]
    if part.kind is PassageKind.PROCEDURE:
        lines = [part.passage.title, *part.text.split("\n")]
    return not all(any(_holds(line, terms) for line in lines) for terms in wanted)


def _holds(text: str, terms: tuple[Term, ...]) -> bool:
    own = stems_of(text)
    return all(has(term, own) for term in terms)


def _lacks_any_number(asked: Question, part: Part) -> bool:
    """Whether it was asked if a figure is allowed, and the part holds none at all.

    What forbids a stronger fuse needs no figure.
    """
    if asked.ask not in PERMISSIONS or not NUMBER.search(asked.question):
        return False
    if FORBIDS.match(part.text) and COMPARES.search(part.text):
        return False
    if AT_SPEED.search(asked.plain):
        return SPEED.search(part.said) is None
    return not any(character.isdigit() for character in part.said)


def _lacks_the_order(asked: Question, part: Part) -> bool:
    """Whether it was asked which comes first, and the part does not say so, or of another thing."""
    if not WHICH_FIRST.match(asked.plain):
        return False
    if part.kind is PassageKind.PROCEDURE or not IN_ORDER.search(part.text):
        return True
    which = WHICH.match(asked.plain)
    return which is not None and not _holds(part.text, holding(asked.terms, which[1]))


def _only_warns(asked: Question, part: Part) -> bool:
    """Whether it was asked how a thing should be, and the part says when a lamp warns of it."""
    return asked.ask == NORM and LAMP_COMES_ON.search(part.text) is not None


def _other_state(asked: Question, part: Part) -> bool:
    """Whether a thing was said to be up or down and the part speaks only of the other."""
    told = stems_of(part.text)
    said = frozenset(map(stem, asked.words))
    return any(
        one & said and not other & said and other & told and not one & told
        for one, other in ((RAISED, DOWN), (DOWN, RAISED))
    )


def other_place(asked: Question, part: Part) -> bool:
    """Whether a place was asked for and the part speaks of another one alone."""
    said = set(words(FACING.sub(" ", asked.question.lower())))
    told = set(words(FACING.sub(" ", part.text.lower())))
    if FRONT & said and not REAR & said and "rear" in told and not FRONT & told:
        return True
    if REAR & said and not FRONT & said and "front" in told and not REAR & told:
        return True
    if EVERY & said and not EVERY & told and SIDES & told:
        return not SIDES & said
    return any(
        one in said and other not in said and other in told and one not in told
        for pair in PLACES
        for one, other in (pair, pair[::-1])
    )
