"""Respond: a question and a part of a passage come in, whether the part is of another matter goes
out.

Of another thing than the one asked about (the steps for an engine that is too hot are none for the
brakes), or of the same thing in good order when it was said to fail. What is next best is no better
than a refusal then, which may name the section of this one.
"""

import re

from assistant.events import PassageKind
from assistant.lexicon import words
from assistant.respond.asked import HOW_TO, Part, Question, things_of
from assistant.respond.forbidding import forbids_another
from assistant.respond.tables import row_subject
from assistant.respond.wordings import has, stems_of

HAS = "has"  # the interpreter's name for asking whether the car has a thing
HOW_LONG = re.compile(r"(?:and |so |but )?how long (?!is\b|are\b|was\b|were\b)")  # a time
EVENT = re.compile(r"\bwhat (?:do|should|must|can) (?:i|we) do\b|\bwhat (?:now|to do)\b")
SHORT = 3  # telling words of a question about an event that steps must all be about
FEW = 6  # telling words of a question whose every thing counts; a longer one tells a story
FAILS = re.compile(
    r"\b(?:won't|wouldn't|doesn't|don't|isn't|can't|cannot|will not|does not|do not|can not"
    r"|refuses? to|fails? to|stuck|jammed|leak(?:s|ing)?|losing|smoking|squeal\w*|rattl\w*"
    r"|not working|stopped working|doesnt|wont|cant)\b"
)
FAILING = re.compile(
    r"\b(?:not|cannot|fail\w*|fault\w*|stuck|jam\w*|no longer|nothing|without|damaged|broken|flat"
    r"|empty|only when|unless|dark|frozen|stops?|leak\w*|smok\w*|loss|loses?)\b",
    re.IGNORECASE,
)
WHY = re.compile(r"(?:so |and |but )?(?:why|how come)\b(?! not$)")
REASON = re.compile(
    r"\b(?:because|so that|therefore|otherwise|since|due to|owing to|causes?|caused|reasons?|if"
    r"|when|while|means?|until|unless|by itself|normal|no fault|protects?|prevents?|only)\b",
    re.IGNORECASE,
)
COLOURS = {
    "red": "red",
    "amber": "amber",
    "orange": "amber",
    "yellow": "amber",
    "green": "green",
    "blue": "blue",
    "white": "white",
}
LIGHTS = frozenset("lamp lamps light lights led leds telltale symbol ring".split())


def other_matter(asked: Question, part: Part) -> bool:
    """Whether a part is of another thing than the one asked about, or of it when it does not fail."""
    return (
        _lacks_the_thing(asked, part)
        or _lacks_the_failure(asked, part)
        or _lacks_the_colour(asked, part)
        or _has_one_word(asked, part)
        or _gives_no_reason(asked, part)
        or _lacks_what_it_may_have(asked, part)
        or forbids_another(asked, part)
    )


def _lacks_the_thing(asked: Question, part: Part) -> bool:
    """Whether a thing that the question names with an article is named nowhere around the part.

    Of sentences that are quoted only figures need that: others may call the thing as they like.
    """
    steps = part.kind is PassageKind.PROCEDURE
    if not (steps or asked.measure) or len(asked.terms) > FEW:
        return False
    told = stems_of(f"{part.named} {part.text} {part.passage.chapter}")
    if steps and len(asked.terms) <= SHORT and EVENT.search(asked.plain):
        return not all(has(t, told) for t in asked.terms if t.words[0] not in COLOURS)
    return any(not any(has(term, told) for term in run) for run in things_of(asked))


def _lacks_the_failure(asked: Question, part: Part) -> bool:
    """Whether something does not do what it should, and the part only says how it does it."""
    fails = FAILS.search(asked.plain)
    if len(asked.terms) > FEW or not fails or stems_of(fails[0]) & stems_of(part.text):
        return False
    return FAILING.search(f"{part.text} {part.passage.title} {part.passage.heading}") is None


def _lacks_the_colour(asked: Question, part: Part) -> bool:
    """Whether a light of a colour was asked about, and the part names no such colour."""
    said = {COLOURS[word] for word in asked.words & COLOURS.keys()}
    if not said or not asked.words & LIGHTS or len(asked.terms) > FEW:
        return False
    told = set(words(f"{part.text} {part.named}"))
    return not said & {COLOURS[word] for word in told & COLOURS.keys()}


def _has_one_word(asked: Question, part: Part) -> bool:
    """Whether one telling word is all that a question has, and the part's titles are of another.

    "Use the cooling for 10 minutes" is not how long something has to cool.
    """
    others = [term for term in asked.terms if term not in asked.measured]
    if len(others) != 1 or not (asked.ask == HOW_TO or HOW_LONG.match(asked.plain)):
        return False
    around = part.passage.heading if asked.measure else ""
    title = f"{part.passage.title} {around} {row_subject(part.passage.row)}"
    return not has(others[0], stems_of(title))


def _gives_no_reason(asked: Question, part: Part) -> bool:
    """Whether it was asked why something is so, and the part tells of no cause and no case."""
    return WHY.match(asked.plain) is not None and REASON.search(part.text) is None


def _lacks_what_it_may_have(asked: Question, part: Part) -> bool:
    """Whether it was asked if the car has a thing, and the part does not name all of that."""
    if asked.ask != HAS or asked.measure is not None:
        return False
    told = stems_of(f"{part.named} {part.text}")
    return not all(has(term, told) for term in asked.terms)
