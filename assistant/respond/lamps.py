"""Respond: a question about warning lamps comes in with what is lit, a sentence goes out."""

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.events import (
    Answer,
    By,
    Evidence,
    Facts,
    Hits,
    Known,
    Outcome,
    PassageKind,
    Reading,
    Request,
    SignalEvidence,
    Telltale,
    Unknown,
)
from assistant.lexicon import stem, words
from assistant.pieces import without_references
from assistant.respond.choosing import choose
from assistant.respond.gauges import joined
from assistant.respond.lamp_actions import (
    RED,
    STEPS,
    Plan,
    asks_drive_on,
    asks_what_to_do,
    drive_on,
    plan_of,
    to_do,
    what_now,
    when_flashing,
)
from assistant.respond.lamp_conditions import is_bare
from assistant.respond.lamp_couplings import lamp_name
from assistant.respond.lamp_demands import (
    Demand,
    LitLamp,
    lit_lamps,
    quoted,
    said_of,
    to_be_told,
)
from assistant.respond.lamp_limits import with_topic
from assistant.respond.lamp_others import demanding_others, others_stop, with_others
from assistant.respond.lamp_states import ANY_STATE, FLASHING, STEADY, Said, said_in
from assistant.respond.lamp_together import with_together
from assistant.respond.replies import Replies

ANY = "any"
EVERY = "every"
WHAT_IF = "what_if"  # the interpreter's name for asking what to do in a case
SEVERAL = "several"  # the interpreter's name for lamps that the words fit equally
LIST = "list"  # the interpreter's name for a question about a lamp that it does not know
TELLING = 3.0  # weight of the words beside the lamp's name that make it another question
WELL = "state"  # the interpreter's name for asking whether a thing is well that a lamp warns of
STATE = {"fact", "has", WELL}  # asks whether it is lit, and nothing of what it means
LIT = {
    "off": "lamp_not_lit",
    "flashing": "lamp_flashing",
    "on": "lamp_lit",
}  # state -> what is said of it


ASKS_FLASHING = re.compile(r"\b(flash|blink|wink)", re.IGNORECASE)
STEADY_MEANS = re.compile(r"^A steady [a-z]+ means\b")
POINTED = 0.45  # share of the question's weight that a sentence must hold to be its answer


def answer_lamps(request: Request, facts: Facts, replies: Replies, max_words: int) -> Answer:
    """Say which lamps are lit, or what one lamp means, from its own section of the manual.

    A lamp whose state is unknown is never taken for one that is off.
    """
    answer = _answer(request, facts, replies, max_words)
    if request.slots["ask"] != LIST and not _withheld(request, facts):
        answer = with_topic(answer, request, facts, replies)
    return with_others(answer, facts, replies)


def _answer(request: Request, facts: Facts, replies: Replies, max_words: int) -> Answer:
    if not facts.readings:  # a colour that no lamp of this car has
        return Answer(Outcome.REFUSED, By.TEMPLATE, replies.refuse["not_reported"])
    single = len(facts.readings) == 1
    if single and isinstance(facts.readings[0][1], Unknown) and request.slots["ask"] in STATE:
        return _cannot_tell(facts, replies)
    if single and request.slots["ask"] == WELL and facts.hits.passages and _off(facts):
        return _well(facts, replies)
    one = len(facts.lamps) == 1 and request.slots["ask"] != LIST and not _withheld(request, facts)
    if facts.hits.passages and (single or one):
        return _with_unseen(_explained(request, facts, replies, max_words), facts, replies)
    if facts.lamps:
        return _with_unseen(_lit(request, facts, replies), facts, replies)
    if _unknown(facts):
        return _cannot_tell(facts, replies)
    # A lamp asked by name has no section to explain it where there is no manual.
    asked = request.slots["lamp"]
    answer = "lamp_not_lit" if single else "no_lamp_any" if asked == ANY else "no_lamp"
    answer = "no_lamp_all" if asked == EVERY else answer
    answer = "none_of_them" if asked == SEVERAL else answer
    answer = "no_lamp_flashing" if request.slots.get("state") and not single else answer
    evidence = tuple(SignalEvidence(path, reading) for path, reading in facts.readings)
    text = replies.say[answer].format(colour=asked)
    return Answer(Outcome.ANSWERED, By.TEMPLATE, text, evidence)


def _off(facts: Facts) -> bool:
    reading = facts.readings[0][1]
    return isinstance(reading, Known) and reading.value == "off"


def _withheld(request: Request, facts: Facts) -> bool:
    """Whether what a lamp permits may not be said: a worse one could be lit unseen."""
    red = any(lamp.severity == 0 for lamp, _ in facts.lamps)
    return "advice" in request.slots and bool(_unknown(facts)) and not red


def _lit(request: Request, facts: Facts, replies: Replies) -> Answer:
    """The names of the lamps that are lit, and what the sections of the most severe say to do."""
    lit = lit_lamps(facts)
    text = replies.say["lamps_lit"].format(list=joined(_listed(o.lamp, o.state) for o in lit))
    told = [] if _withheld(request, facts) else to_be_told(lit)
    if request.slots["ask"] == LIST or others_stop(facts):
        # Named, and not explained as if it were the one that was asked for, nor what it permits
        # said beside another that asks to stop; but for what asks to stop there is no time.
        told = [one for one in told if one.demand is Demand.STOP]
    pairs = [(one, one.instruction()) for one in told]
    pairs = [(one, chosen) for one, chosen in pairs if chosen]
    for one, chosen in pairs:
        text = f"{text} {_of_which(one, len(lit), said_of(chosen), replies)}"
    evidence: list[Evidence] = [each for _, chosen in pairs for each in quoted(chosen)]
    evidence += [_lamp_evidence(facts, one.lamp.path) for one in lit]
    return Answer(Outcome.ANSWERED, By.QUOTE if pairs else By.TEMPLATE, text, tuple(evidence))


def _of_which(one: LitLamp, lit: int, text: str, replies: Replies) -> str:
    """What the manual says of one of several lamps, with the name of that lamp."""
    if lit == 1:
        return text
    return replies.say["lamp_says"].format(name=lamp_name(one.lamp), text=text)


def _listed(lamp: Telltale, state: str) -> str:
    return f"{lamp.name.lower()}, {'flashing ' if state == FLASHING else ''}{lamp.colour}"


def _with_unseen(answer: Answer, facts: Facts, replies: Replies) -> Answer:
    """The answer, and that other lamps cannot be seen where that is so."""
    unknown = _unknown(facts)
    if len(facts.readings) == 1 or not unknown:
        return answer
    unseen = replies.say["other_lamps"].format(why=_why(unknown, replies))
    short = f"{answer.short} {unseen}" if answer.short else ""
    evidence = (*answer.evidence, *unknown)
    return replace(answer, text=f"{answer.text} {unseen}", short=short, evidence=evidence)


def _cannot_tell(facts: Facts, replies: Replies) -> Answer:
    pattern = "cannot_tell_lamp" if len(facts.readings) == 1 else "cannot_tell_lamps"
    text = replies.say[pattern].format(why=_why(_unknown(facts), replies))
    evidence = tuple(SignalEvidence(path, reading) for path, reading in facts.readings)
    return Answer(Outcome.REFUSED, By.TEMPLATE, text, evidence)


def _unknown(facts: Facts) -> tuple[SignalEvidence, ...]:
    return tuple(SignalEvidence(p, r) for p, r in facts.readings if isinstance(r, Unknown))


def _why(unknown: tuple[SignalEvidence, ...], replies: Replies) -> str:
    reading = unknown[0].reading
    assert isinstance(reading, Unknown)
    return replies.unknown[reading.reason.value]


def _explained(request: Request, facts: Facts, replies: Replies, max_words: int) -> Answer:
    """What the lamp means and what to do; for a lamp asked by name, also whether it is lit.

    Of a lamp that flashes nothing is said that holds for a steady one, and the other way round.
    """
    explained = _of_the_section(facts)
    asked = FLASHING if ASKS_FLASHING.search(request.text) else STEADY
    state = explained[0][1] if explained else asked
    said = said_in(facts.hits.passages)
    plan = _plan(request, said, state)
    chosen = _chosen(request, facts, said, max_words)
    chosen, with_steps = with_together(chosen, request, facts, said)
    plan = plan if with_steps else None
    if plan is not None:
        chosen = [one for one in chosen if not one.step]
    texts = [without_references(one.text) for one in chosen]
    evidence: list[Evidence] = list(quoted(chosen))
    evidence += [plan.evidence] if plan else []
    evidence += [_lamp_evidence(facts, lamp.path) for lamp, _ in explained]
    ends = []
    if len(facts.readings) == 1:
        path, reading = facts.readings[0]
        if not explained:
            evidence.append(SignalEvidence(path, reading))
            if plan is None:
                texts = _while_lit(texts, request, replies)
        elif explained[0][0].id != request.slots["lamp"] and said[0] not in chosen:
            # "The oil lamp", where another is lit than the one that is called so above all.
            texts.insert(0, _named(explained[0][0], state, replies))
        ends.append(_state(reading, facts, replies))
    elif explained and said[0] not in chosen:
        texts.insert(0, _named(explained[0][0], state, replies))
    if plan is None:
        text = " ".join([*texts, *ends])
        return Answer(Outcome.ANSWERED, By.QUOTE, text, tuple(evidence))
    return Answer(
        Outcome.ANSWERED,
        By.QUOTE,
        " ".join([*texts, plan.text(), *ends]),
        tuple(evidence),
        " ".join([*texts, plan.short(replies), *ends]),
        plan.steps,
        1,
    )


def _while_lit(texts: list[str], request: Request, replies: Replies) -> list[str]:
    """The sentences on a lamp that is off: what to do is under the condition that it is lit.

    Who asks what to do with the lamp lit has said so.
    """
    if "advice" in request.slots:
        return texts
    told = next((at for at, text in enumerate(texts) if is_bare(text)), None)
    if told is None:
        return texts
    return [*texts[:told], replies.say["while_lit"].format(text=texts[told]), *texts[told + 1 :]]


def _well(facts: Facts, replies: Replies) -> Answer:
    """That the lamp which warns of a thing is off, and what it would tell."""
    said = said_in(facts.hits.passages)[:1]
    path, reading = facts.readings[0]
    text = replies.say["lamp_named_off"].format(name=facts.hits.passages[0].title.lower())
    return Answer(
        Outcome.ANSWERED,
        By.QUOTE,
        f"{text} {said_of(said)}",
        (*quoted(said), SignalEvidence(path, reading)),
    )


def _plan(request: Request, said: Sequence[Said], state: str) -> Plan | None:
    """The steps, where it is asked what to do, or a lamp flashes that has steps for just that."""
    plan = plan_of(said, state)
    own = plan is not None and any(
        one.step and one.passage == plan.passage and one.state == FLASHING for one in said
    )
    return plan if asks_what_to_do(request) or (state == FLASHING and own) else None


def _chosen(request: Request, facts: Facts, said: Sequence[Said], max_words: int) -> list[Said]:
    """The sentences that answer, without the steps that go with them."""
    explained = _of_the_section(facts)
    asked = FLASHING if ASKS_FLASHING.search(request.text) else STEADY
    state = explained[0][1] if explained else asked
    chosen = when_flashing(request, said) if state == FLASHING else []
    if not chosen and asks_what_to_do(request):
        told = to_do(said, state)
        meaning = said[:1] if told and request.slots["ask"] == WHAT_IF else []
        chosen = list(dict.fromkeys([*meaning, *told]))
    chosen = chosen or _pointed(request, facts, said, state)
    if not chosen:
        lit = state if explained else ANY_STATE
        chosen = _cause(said, lit) or _opening(said, state, max_words)
    if any(lamp.severity == 0 for lamp, _ in explained) or RED.match(said[0].text):
        # What to do now is said even where that makes it longer, and where the driver sees a lamp
        # lit that the car reports to be off.
        chosen = list(dict.fromkeys([*chosen, *what_now(said, state)]))
    return chosen


def _named(lamp: Telltale, state: str, replies: Replies) -> str:
    """Which lamp is lit or flashes, where what is quoted of it does not say so."""
    name = lamp_name(lamp)
    pattern = "lamp_named_flashing" if state == FLASHING else "lamp_named"
    return replies.say[pattern].format(colour=lamp.colour, name=name)


def _of_the_section(facts: Facts) -> list[tuple[Telltale, str]]:
    """The lamps that are lit and that the passages are about."""
    section = facts.hits.passages[0].section
    return [(lamp, state) for lamp, state in facts.lamps if lamp.section == section]


def _state(reading: Reading, facts: Facts, replies: Replies) -> str:
    """Whether the lamp that was asked about is lit; by its name where others are told of as well."""
    if isinstance(reading, Unknown):
        why = replies.unknown[reading.reason.value]
        return replies.say["cannot_tell_lamp"].format(why=why)
    if not demanding_others(facts) and not any(one.together for one in lit_lamps(facts)):
        return replies.say[LIT[str(reading.value)]]
    if facts.lamps:
        return _named(*facts.lamps[0], replies)
    return replies.say["lamp_named_off"].format(name=facts.hits.passages[0].title.lower())


def _pointed(request: Request, facts: Facts, said: Sequence[Said], state: str) -> list[Said]:
    """The sentence that answers a question about more than the lamp's meaning, if there is one."""
    told = drive_on(said, state) if asks_drive_on(request) else []
    if told:
        demanded = [one for lamp in lit_lamps(facts) for one in lamp.instruction()]
        missing = [one for one in demanded if one.passage.section == told[0].passage.section]
        return sorted({*told, *missing}, key=said.index) if facts.lamps else told
    if request.slots["ask"] == "fact" and "state" in request.slots:
        return []  # whether it flashes is no question beyond the lamp
    name = {stem(word) for word in words(facts.hits.passages[0].title)}
    telling = tuple(
        term for term in facts.hits.terms if not any(stem(word) in name for word in term.words)
    )
    if sum(term.weight for term in telling) < TELLING:
        return []
    others = [one.text for one in said if not one.holds_for(state)]
    pieces = [
        piece
        for piece in choose(request.text, request.slots["ask"], Hits(facts.hits.passages, telling))
        if not any(text in piece.text for text in others)
    ]
    if not pieces or pieces[0].held < POINTED or pieces[0].passage.kind is PassageKind.TABLE:
        return []
    best = pieces[0].passage
    if best.kind is PassageKind.PROCEDURE:
        return [one for one in said if one.passage == best and one.step][:STEPS]
    return [Said(best, pieces[0].text)]


def _cause(said: Sequence[Said], state: str) -> list[Said]:
    """Of several causes that a section names at first, which one the lamp's state tells."""
    meant = [one for one in said if state and one.state == state and STEADY_MEANS.match(one.text)]
    return [said[0], meant[0]] if meant and " or " in said[0].text else []


def _opening(said: Sequence[Said], state: str, max_words: int) -> list[Said]:
    """The section's first sentences that hold, as many as fit."""
    told = [one for one in said if not (one.step or one.leads) and one.holds_for(state)]
    chosen: list[Said] = []
    count = 0
    for one in told:
        count += len(one.text.split())
        if chosen and count > max_words:
            return chosen
        chosen.append(one)
    return chosen


def _lamp_evidence(facts: Facts, path: str) -> SignalEvidence:
    return SignalEvidence(path, dict(facts.readings)[path])
