"""Respond: an answer from the manual comes in, said under the condition of the lamp that it is for.

"Stop at once and do not drive on" stands in the section of a lamp, and holds while that lamp is lit.
Where it is not, the sentence is never said without that; and what holds when some other lamp comes
on is no answer to how things are now.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from assistant.events import Answer, By, Facts, ManualEvidence, Outcome, Request, Telltale
from assistant.lexicon import stem, words
from assistant.respond.instructing import IMPERATIVE
from assistant.respond.lamp_actions import DO, DRIVE_ON
from assistant.respond.lamp_couplings import lamp_name
from assistant.respond.lamp_demands import STOPS
from assistant.respond.replies import Replies

OWN = re.compile(
    r"\b(?:lamps?|if|when|while|with|without|until|(?<!at )once|after)\b", re.IGNORECASE
)
CASE = re.compile(r"\b(?:if|when|while|with|(?<!at )once|after)\b", re.IGNORECASE)


def with_condition(answer: Answer, facts: Facts, replies: Replies) -> Answer:
    """The answer, under the condition of the lamp in whose section it stands."""
    if answer.by is not By.QUOTE or answer.steps or not is_bare(answer.text):
        return answer
    sections = {e.section for e in answer.evidence if isinstance(e, ManualEvidence)}
    lamp = next((lamp for lamp in facts.unlit if lamp.section in sections), None)
    if lamp is None or not lamp.warns:
        return answer
    pattern = replies.say["while_named_lit"]
    return replace(answer, text=pattern.format(name=lamp_name(lamp), text=answer.text))


def is_bare(text: str) -> bool:
    """Whether a text says what to do and not in which case."""
    return bool(instructs(text)) and not OWN.search(text)


def instructs(text: str) -> bool:
    """Whether a sentence says what to do, or that one may drive on."""
    return any(how.search(text) for how in (STOPS, DRIVE_ON, DO, IMPERATIVE))


def of_another_case(answer: Answer, request: Request, facts: Facts) -> bool:
    """Whether an answer on how things are now holds only with a lamp lit that is not.

    One that the question itself names is asked about in general.
    """
    if not request.beside or answer.outcome is not Outcome.ANSWERED:
        return False
    asked = {stem(word) for word in words(request.text)}
    return any(
        not asked & {stem(word) for word in words(lamp.name)} for lamp in _conditions(answer, facts)
    )


def _conditions(answer: Answer, facts: Facts) -> Iterator[Telltale]:
    """The lamps that are not lit and on which what is quoted depends."""
    quotes = [e for e in answer.evidence if isinstance(e, ManualEvidence)]
    for lamp in facts.unlit:
        named = f"{lamp_name(lamp)} lamp"
        for one in quotes:
            of_its_own = one.section == lamp.section and instructs(one.quote)
            if of_its_own or (named in one.quote.lower() and CASE.search(one.quote)):
                yield lamp
