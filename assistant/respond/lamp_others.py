"""Respond: the answer on one lamp comes in, with what another that is lit as well demands it goes out.

Who asks about an amber lamp may not have seen the red one, and what holds for the amber one alone is
no answer while the red one asks to stop.
"""

from dataclasses import replace

from assistant.events import Answer, By, Facts, Outcome, SignalEvidence
from assistant.respond.lamp_couplings import lamp_name
from assistant.respond.lamp_demands import Demand, LitLamp, lit_lamps, quoted, said_of, to_be_told
from assistant.respond.lamp_states import FLASHING
from assistant.respond.replies import Replies


def with_others(answer: Answer, facts: Facts, replies: Replies) -> Answer:
    """The answer with the other lamps that are lit and demand more, or change what it means.

    What asks to stop is said first.
    """
    if answer.outcome is not Outcome.ANSWERED or facts.cluster is None:
        return answer
    demanding = demanding_others(facts)
    partners = {each.lamp.id for one in lit_lamps(facts) for each in one.together}
    partners -= {lamp.id for lamp, _ in facts.lamps}
    for one in reversed(lit_lamps(facts.cluster)):
        if one in demanding:
            answer = _with(answer, one, facts.cluster, replies)
        elif one.lamp.id in partners:
            answer = _with(answer, replace(one, said=(), together=()), facts.cluster, replies)
    return answer


def demanding_others(facts: Facts) -> list[LitLamp]:
    """The lamps that are lit, were not asked about and demand more than those that were."""
    if facts.cluster is None:
        return []
    asked = lit_lamps(facts)
    ids = {one.lamp.id for one in asked}
    # "None flashes" is the whole answer to what flashes.
    looked_at = {} if asked else dict(facts.readings)
    every = [one for one in lit_lamps(facts.cluster) if one.lamp.id not in ids]
    every = [one for one in every if one.lamp.path not in looked_at]
    return to_be_told([one for one in every if _demands_more(one, asked)])


def others_stop(facts: Facts) -> bool:
    """Whether a lamp that was not asked about asks to stop, and those that were do not."""
    return any(one.demand is Demand.STOP for one in demanding_others(facts))


def _demands_more(one: LitLamp, asked: list[LitLamp]) -> bool:
    """Whether a lamp asks to stop, or is red, and comes before all that were asked about.

    A red one that the manual has no section about may ask to stop.
    """
    if one.alone is not Demand.STOP and one.lamp.severity > 0:
        return False
    if one.alone is Demand.NONE and one.said:
        return False
    return all(one.rank < other.rank for other in asked)


def _with(answer: Answer, one: LitLamp, cluster: Facts, replies: Replies) -> Answer:
    """The answer with which lamp is lit as well, and what its section says to do."""
    pattern = "lamp_named_flashing" if one.state == FLASHING else "lamp_named"
    name = replies.say[pattern].format(colour=one.lamp.colour, name=lamp_name(one.lamp))
    quotes = [said for said in one.instruction() if said_of([said]) not in answer.text]
    text = " ".join([name, *([said_of(quotes)] if quotes else [])])
    reading = dict(cluster.readings)[one.lamp.path]
    first = one.demand is Demand.STOP or not quotes

    def joined(before: str) -> str:
        return f"{text} {before}" if first else f"{before} {text}"

    return replace(
        answer,
        by=By.QUOTE if quotes else answer.by,
        text=joined(answer.text),
        short=joined(answer.short) if answer.short else "",
        evidence=(*answer.evidence, *quoted(quotes), SignalEvidence(one.lamp.path, reading)),
    )
