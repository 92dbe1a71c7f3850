"""Respond: a question and a part of a passage come in, whether it can be no answer goes out.

What a weight could outweigh and must not: a figure, a letter or a unit that was asked for and is
another one here, the measure of another thing, and the opposite of what was asked.
"""

import re

from assistant.events import PassageKind
from assistant.lexicon import stem
from assistant.respond.asked import HOW_TO, Part, Question
from assistant.respond.cases import other_case
from assistant.respond.closeness import other_measure
from assistant.respond.figures import lacks_key, of_other_units
from assistant.respond.opposites import UNDOING, opposed
from assistant.respond.wordings import has, stems_of

PERMISSIONS = frozenset({"permission", "allowed", "what_if"})
FIGURE = re.compile(r"\d[\d.,]+")  # what is said of another figure is another thing


def excluded(asked: Question, part: Part) -> bool:
    """Whether a rule says that a part does not answer, whatever words it holds."""
    return (
        lacks_key(asked.keys, part.named)
        or of_other_units(asked.figures, part.named)
        or opposed(asked.meant, part.passage.title, part.text, how_to=asked.ask == HOW_TO)
        or (part.kind is PassageKind.PROCEDURE and _no_steps(asked, part))
        or _lacks_figure(asked, part)
        or other_case(asked, part)
        or _of_another_measure(asked, part)
    )


def _no_steps(asked: Question, part: Part) -> bool:
    """Whether all steps together are no answer: they say no place and permit nothing, a figure
    stands in one of them, and they undo nothing that their title does not speak of.
    """
    if asked.ask in {"where", "permission"} or asked.measure is not None:
        return True
    titled = stems_of(f"{part.passage.title} {part.passage.heading}")
    undone = (term for term in asked.terms if UNDOING & set(map(stem, term.words)))
    return any(not has(term, titled) for term in undone)


def _lacks_figure(asked: Question, part: Part) -> bool:
    """Whether a figure of the question is not in the part; what may be done has bounds instead."""
    if asked.ask in PERMISSIONS:
        return False
    figured = [t for t in asked.terms if any(map(FIGURE.fullmatch, t.words))]
    told = stems_of(f"{part.named} {part.text}")
    return not all(has(term, told) for term in figured)


def _of_another_measure(asked: Question, part: Part) -> bool:
    """Whether a part has the measure only of something else: "nose weight" is no trailer's."""
    measure = asked.measure
    if measure is None:
        return False
    things = [term for term in asked.terms if term not in asked.measured]
    return bool(things and other_measure(asked, part.said)) or bool(
        measure.unlike.search(part.said)
    )
