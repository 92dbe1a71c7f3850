"""Respond: a question that lamps may decide comes in with what is lit, their answer or none goes out.

Where a lamp is lit whose section forbids or limits driving, that is said before any figure of the
manual or reading of the car. Why the car is as it is, a lamp that is lit tells where its section
speaks of just that.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.events import (
    Answer,
    By,
    Facts,
    Outcome,
    Request,
    RequestKind,
    SignalEvidence,
    Term,
)
from assistant.lexicon import stem, words
from assistant.pieces import leans
from assistant.respond.lamp_couplings import lamp_name
from assistant.respond.lamp_demands import CASE, Demand, LitLamp, lit_lamps, quoted, said_of
from assistant.respond.lamp_states import FLASHING, Said
from assistant.respond.lamps import answer_lamps
from assistant.respond.replies import Replies
from assistant.respond.wordings import has, stems_of

CAUSE = "cause"  # the interpreter's name for asking why the car is as it is
PICTURE = "picture"  # and for a symbol that was described
GAUGE = "gauge"  # and for a gauge whose lamps warn of what it shows
LIMITS = "limits"  # and for asking about driving in some way that has limits of its own
SURELY = 2  # words of a question that a lamp must forbid if it does not ask to stop
FIRST = 2  # lamps that are named before what was asked
URGENT = re.compile(r"\bstop (?:at once|soon|in a safe place)\b", re.IGNORECASE)
# Asks of a reading whether it is well, or what follows from it.
JUDGES = re.compile(
    r"\b(?:serious|bad|dangerous|urgent|safe|ok|okay|all right|alright|fine|worry|worried|problem|"
    r"need to|have to|must|should|start|drive|go on|carry on|make it|reach|red|symbol|lamp|circle|exclamation|sign|warning)\b",
    re.IGNORECASE,
)
PERMITS = re.compile(r"\b(?:may|can)\b(?! not)", re.IGNORECASE)
FORBIDS = re.compile(r"\b(?:do|may|must) not\b|\bnever\b", re.IGNORECASE)
# Asks more of a reading than its value: whether it holds for the car as it is.
AS_IT_IS = re.compile(
    r"\b(?:safe|safely|ok|okay|allowed|may|wise|like (?:this|that)|with (?:this|that))\b",
    re.I,
)


def answer_lamps_first(
    request: Request, facts: Facts, replies: Replies, max_words: int
) -> Answer | None:
    """What the lamps that are lit answer; None where none decides."""
    if request.of_lamps is None or facts.of_lamps is None or not facts.of_lamps.lamps:
        return None
    lit = lit_lamps(facts.of_lamps)
    about = request.of_lamps.slots["about"]
    if about == GAUGE:
        return None
    if about == PICTURE:
        deciding = lit
    elif about == CAUSE:
        deciding = _concerned(facts.of_lamps, lit)
    else:
        reading = request.kind is RequestKind.VEHICLE and not AS_IT_IS.search(request.text)
        deciding = _demanding(lit, Demand.STOP if reading or about == LIMITS else Demand.LIMIT)
    if not deciding:
        return None
    return answer_lamps(request.of_lamps, _only(facts.of_lamps, deciding), replies, max_words)


def _demanding(lit: Sequence[LitLamp], enough: Demand) -> list[LitLamp]:
    """The lamps that forbid or limit driving; none where not even one demands enough."""
    if all(one.demand > enough for one in lit):
        return []
    return [one for one in lit if one.demand is not Demand.NONE]


def _concerned(facts: Facts, lit: Sequence[LitLamp]) -> list[LitLamp]:
    """The lamp of which one sentence holds all that the question tells, or that bears its name."""
    telling = [term for term in facts.hits.terms if term.weight > 0]
    if not telling:
        return []
    speaking = [one for one in lit if any(_holds(said.text, telling) for said in one.said)]
    named = [one for one in lit if one.demand is not Demand.NONE and _named(one, telling)]
    return (speaking or named)[:1]


def _holds(text: str, telling: Sequence[Term]) -> bool:
    # "Slow" is what "more slowly" tells of.
    adverbs = (word.removesuffix("ly") for word in words(text) if word.endswith("ly"))
    stems = stems_of(text) | {stem(word) for word in adverbs}
    return all(has(term, stems) for term in telling)


def _named(one: LitLamp, telling: Sequence[Term]) -> bool:
    name = {stem(word) for word in words(one.lamp.name)}
    return any(stem(term.words[0]) in name for term in telling)


def _only(facts: Facts, lamps: Sequence[LitLamp]) -> Facts:
    """What is known of just these lamps; of those that cannot be seen it stays unknown."""
    passages = tuple(passage for one in lamps for passage in one.passages)
    lit = tuple((one.lamp, one.state) for one in lamps)
    return replace(facts, lamps=lit, hits=replace(facts.hits, passages=passages))


def with_stops(answer: Answer, request: Request, facts: Facts, replies: Replies) -> Answer:
    """An answer after what a lamp that is lit asks for if it asks to stop: a red or a flashing one.

    Before whatever the manual says, and before a reading whose question asks for a judgement.  In a
    car that stands, a lamp that asks for no safe place to stop at ("Stop and close it") only where
    its section forbids what the question asks to do.
    """
    reading = request.kind is RequestKind.VEHICLE and not JUDGES.search(request.text)
    if facts.cluster is None or reading:
        return answer
    told = {one.path for one in answer.evidence if isinstance(one, SignalEvidence)}
    lit = [
        one
        for one in lit_lamps(facts.cluster)
        if (one.lamp.severity == 0 or one.state == FLASHING) and one.lamp.path not in told
    ]
    demands = [(one, _demand(one, facts)) for one in lit]
    for one, demand in reversed([(one, said) for one, said in demands if said][:FIRST]):
        answer = _after(answer, _demanded(one, demand, facts.cluster, replies))
    return answer


def _demand(one: LitLamp, facts: Facts) -> list[Said]:
    """What a lamp has said before the answer; nothing of one that does not concern it."""
    stops = one.demand is Demand.STOP
    forbidden = _forbidden(one, facts.hits.terms, 1 if stops else SURELY)
    instruction = one.instruction() if stops else []
    urgent = any(URGENT.search(said.text) for said in instruction)
    if forbidden or urgent or (stops and not facts.standing):
        return list(dict.fromkeys([*instruction, *forbidden]))
    return []


def _forbidden(one: LitLamp, terms: Sequence[Term], enough: int) -> list[Said]:
    """What a lamp's section forbids of what a question speaks of: so many of its telling words."""
    telling = [term for term in terms if term.weight > 0]
    return [
        said
        for said in one.said
        if said.holds_for(one.state)
        and FORBIDS.search(said.text)
        and sum(has(term, stems_of(said.text)) for term in telling) >= enough
        and not (said.step or leans(said.text) or CASE.search(said.text))
        and not PERMITS.search(said.text)
    ]


def _demanded(one: LitLamp, demand: Sequence[Said], facts: Facts, replies: Replies) -> Answer:
    """That a lamp is lit, and what it asks for."""
    pattern = "lamp_named_flashing" if one.state == FLASHING else "lamp_named"
    named = replies.say[pattern].format(colour=one.lamp.colour, name=lamp_name(one.lamp))
    lit = [SignalEvidence(path, r) for path, r in facts.readings if path == one.lamp.path]
    text = f"{named} {said_of(demand)}"
    return Answer(Outcome.ANSWERED, By.QUOTE, text, (*lit, *quoted(demand)))


def _after(answer: Answer, first: Answer) -> Answer:
    return replace(
        answer,
        text=f"{first.text} {answer.text}",
        short=f"{first.text} {answer.short}" if answer.short else "",
        evidence=(*first.evidence, *answer.evidence),
    )


def with_demands(answer: Answer, facts: Facts, replies: Replies) -> Answer:
    """A reading that a lit lamp warns of, with what that lamp asks for where it asks to stop."""
    if answer.outcome is not Outcome.ANSWERED or facts.of_lamps is None:
        return answer
    for one in lit_lamps(facts.of_lamps):
        if one.demand is Demand.STOP:
            answer = _with_demand(answer, one, facts.of_lamps, replies)
    return answer


def _with_demand(answer: Answer, one: LitLamp, facts: Facts, replies: Replies) -> Answer:
    demanded, lamp = one.instruction(), one.lamp
    said, evidence = [answer.text], list(answer.evidence)
    if not any(isinstance(e, SignalEvidence) and e.path == lamp.path for e in evidence):
        pattern = "lamp_named_flashing" if one.state == FLASHING else "lamp_named"
        said.append(replies.say[pattern].format(colour=lamp.colour, name=lamp_name(lamp)))
        evidence += [SignalEvidence(path, r) for path, r in facts.readings if path == lamp.path]
    said.append(said_of(demanded))
    return replace(answer, text=" ".join(said), evidence=(*evidence, *quoted(demanded)))


def followed_by(answer: Answer, reading: Answer, replies: Replies, units: str) -> Answer:
    """The answer of the lamps and then the reading that was asked for, where there is one."""
    if reading.outcome is not Outcome.ANSWERED:
        return answer
    told = replies.spelled(reading.text, units)
    short = f"{answer.short} {told}" if answer.short else ""
    evidence = (*answer.evidence, *reading.evidence)
    return replace(answer, text=f"{answer.text} {told}", short=short, evidence=evidence)
