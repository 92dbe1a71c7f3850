"""Respond: a question about driving and the lamps that are lit come in, the limit they set goes out.

"How fast may I go?" is not answered by "you may drive on": the section of a lamp says how fast, and
that of another that is lit as well may forbid to overtake. What a lamp demands is said first, by
`lamps.py`; here the sentence about what was asked is added.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.events import Answer, Facts, Outcome, PassageKind, Request, RequestKind
from assistant.pieces import sentences, without_references
from assistant.respond.lamp_couplings import lamp_name
from assistant.respond.lamp_demands import Demand, LitLamp, lit_lamps, quoted
from assistant.respond.lamp_others import others_stop
from assistant.respond.lamp_states import Said
from assistant.respond.replies import Replies

# What may be asked of driving, and how sections speak of it, the most telling way first.
TOPICS = (
    (
        re.compile(r"\b(?:how fast|how quick(?:ly)?|speed|fast(?:er)?|motorway|highway)\b", re.I),
        (
            re.compile(r"\bdrive\b.*\b(?:no more than|at most|up to|below) \d+ ?km/h", re.I),
            re.compile(r"\bdo not drive fast\b", re.I),
            re.compile(r"\b(?:slow down|drive more slowly)\b", re.I),
        ),
    ),
    (
        re.compile(r"\b(?:stop|pull over)\b", re.I),
        (re.compile(r"^Stop\b|\bstop at the next\b"),),
    ),
    (
        re.compile(r"\b(?:overtake|overtaking|pass)\b", re.I),
        (re.compile(r"\bovertake\b", re.I),),
    ),
    (
        re.compile(r"\bhow (?:far|long|much (?:further|farther))\b", re.I),
        (
            re.compile(r"\bdo not drive far\b|\bdo not drive fast and do not drive far\b", re.I),
            re.compile(r"\bdrive on only as far\b|\bwithin \d+ km\b", re.I),
        ),
    ),
    (
        re.compile(r"\belectric(?:ally|ity)?\b", re.I),
        (re.compile(r"\bElectric mode\b"),),
    ),
    (
        re.compile(r"\b(?:I|we) (?:still |just )?(?:charge|plug)\b|\bto (?:charge|plug)\b", re.I),
        (re.compile(r"\bdo not charge\b", re.I), re.compile(r"^Charge\b")),
    ),
)
FORBIDS = re.compile(r"\b(?:not|only)\b")


def with_topic(answer: Answer, request: Request, facts: Facts, replies: Replies) -> Answer:
    """The answer with what a section says of how fast, how far or overtaking, where that is asked."""
    if answer.outcome is not Outcome.ANSWERED or request.kind is not RequestKind.WARNING:
        return answer
    lit = lit_lamps(facts)
    stops = [one for one in lit if one.demand is Demand.STOP]
    stopping = bool(stops) or others_stop(facts)
    for asks, says in TOPICS:
        if not asks.search(request.text):
            continue
        every = (pair for way in says for one in stops or lit for pair in _saying(one, way))
        # Where one lamp asks to stop, what it or another leaves free is no answer.
        found = next((pair for pair in every if not stopping or FORBIDS.search(pair[1].text)), None)
        if found is None or without_references(found[1].text) in answer.text:
            continue
        one, said = found
        text = without_references(said.text)
        named = replies.say["lamp_says"].format(name=lamp_name(one.lamp), text="")
        if len(lit) > 1 and _last_named(answer.text, lit, replies) != named:
            text = f"{named}{text}"
        short = f"{answer.short} {text}" if answer.short else ""
        evidence = (*answer.evidence, *quoted([said]))
        answer = replace(answer, text=f"{answer.text} {text}", short=short, evidence=evidence)
    return answer


def _last_named(text: str, lit: Sequence[LitLamp], replies: Replies) -> str:
    """Of which lamp the answer speaks at its end."""
    names = [replies.say["lamp_says"].format(name=lamp_name(one.lamp), text="") for one in lit]
    return max(names, key=text.rfind)


def _saying(one: LitLamp, way: re.Pattern[str]) -> Iterator[tuple[LitLamp, Said]]:
    """The sentences of a lamp's section that speak of it."""
    boxes = [
        Said(passage, text)
        for passage in one.passages
        if passage.kind is PassageKind.WARNING
        for text in sentences(passage.text)
    ]
    for said in (*one.said, *boxes):
        if said.holds_for(one.state) and not said.leads and way.search(said.text):
            yield one, said
