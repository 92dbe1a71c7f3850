"""Respond: a lamp that the manual has no section about comes in with what the manual says on the question.

A carmaker's manual may list its lamps in a table, by their pictures. What is quoted from there may be
about another lamp than the one that is lit, so it is said of that one only where it names it.
"""

from dataclasses import replace

from assistant.events import Answer, Facts, ManualEvidence, Outcome, Telltale
from assistant.respond.replies import Replies
from assistant.respond.wordings import stems_of

COMMON = stems_of("lamp light warning system indicator the of and or")


def with_state(said: Answer, state: Answer, facts: Facts, replies: Replies) -> Answer:
    """What the manual says and how the lamp is: a lamp that is lit goes first, and in any case."""
    if not facts.lamps:
        if said.outcome is not Outcome.ANSWERED:
            return said
        text = f"{said.text} {state.text}"
        short = f"{said.short} {state.text}" if said.short else ""
    elif said.outcome is Outcome.ANSWERED and any(_names(said, lamp) for lamp, _ in facts.lamps):
        text = f"{state.text} {said.text}"
        short = f"{state.text} {said.short}" if said.short else ""
    else:
        return replace(state, text=f"{state.text} {replies.refuse['not_in_manual']}")
    evidence = (*state.evidence, *said.evidence)
    return replace(said, text=text, short=short, evidence=evidence)


def _names(answer: Answer, lamp: Telltale) -> bool:
    """Whether what is quoted holds all telling words of a lamp's name."""
    cited = [one for one in answer.evidence if isinstance(one, ManualEvidence)]
    said = stems_of(" ".join(f"{one.title} {one.quote}" for one in cited))
    return stems_of(lamp.name) - COMMON <= said
