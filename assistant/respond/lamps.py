"""Respond: a question about warning lamps comes in with what is lit, a sentence goes out."""

import re
from dataclasses import dataclass, replace

from assistant.events import (
    Answer,
    By,
    Evidence,
    Facts,
    Hits,
    ManualEvidence,
    Outcome,
    Passage,
    PassageKind,
    Reading,
    Request,
    SignalEvidence,
    Telltale,
    Unknown,
)
from assistant.lexicon import stem, words
from assistant.respond.choosing import choose
from assistant.respond.gauges import joined
from assistant.respond.quoting import sentences, steps, without_references
from assistant.respond.replies import Replies

ANY = "any"
SEVERAL = "several"  # the interpreter's name for lamps that the words fit equally
LIST = "list"  # the interpreter's name for a question about a lamp that it does not know
TELLING = 3.0  # weight of the words beside the lamp's name that make it another question
STATE = {"fact", "has"}  # asks whether it is lit, and nothing of what it means
LIT = {
    "off": "lamp_not_lit",
    "flashing": "lamp_flashing",
    "on": "lamp_lit",
}  # state -> what is said of it


@dataclass(frozen=True, slots=True)
class _Told:
    """Something that is asked of lamps again and again, and how their sections say it."""

    asks: re.Pattern[str]
    said: re.Pattern[str]


FLASHES = _Told(
    re.compile(r"\b(flash|blink|wink)", re.IGNORECASE),
    re.compile(r"\bflash"),
)
DRIVE_ON = _Told(
    re.compile(
        r"\b(drive|driving|keep going|carry on|go on(?! (the|a|my)\b)|continue|limp|get home|safe|"
        r"dangerous|what now|(do|should|must|can) (I|we) do)\b",
        re.IGNORECASE,
    ),
    re.compile(r"^Stop\b|\bdrive on\b|\bdriv(e|ing|en)\b.*\bworkshop\b|do not drive"),
)
POINTED = 0.45  # share of the question's weight that a sentence must hold to be its answer


def answer_lamps(request: Request, facts: Facts, replies: Replies, max_words: int) -> Answer:
    """Say which lamps are lit, or what one lamp means, from its own section of the manual.

    A lamp whose state is unknown is never taken for one that is off.
    """
    if not facts.readings:  # a colour that no lamp of this car has
        return Answer(Outcome.REFUSED, By.TEMPLATE, replies.refuse["not_reported"])
    single = len(facts.readings) == 1
    if single and isinstance(facts.readings[0][1], Unknown) and request.slots["ask"] in STATE:
        return _cannot_tell(facts, replies)
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
    answer = "none_of_them" if asked == SEVERAL else answer
    answer = "no_lamp_flashing" if request.slots.get("state") and not single else answer
    evidence = tuple(SignalEvidence(path, reading) for path, reading in facts.readings)
    text = replies.say[answer].format(colour=asked)
    return Answer(Outcome.ANSWERED, By.TEMPLATE, text, evidence)


def _withheld(request: Request, facts: Facts) -> bool:
    """Whether what a lamp permits may not be said: a worse one could be lit unseen."""
    red = any(lamp.severity == 0 for lamp, _ in facts.lamps)
    return "advice" in request.slots and bool(_unknown(facts)) and not red


def _lit(request: Request, facts: Facts, replies: Replies) -> Answer:
    """The names of the lamps that are lit, and what the section of the most severe says to do."""
    names = joined(f"{lamp.name.lower()}, {lamp.colour}" for lamp, _ in facts.lamps)
    text = replies.say["lamps_lit"].format(list=names)
    told: list[tuple[Passage, str]] = []
    if facts.hits.passages and request.slots["ask"] != LIST and not _withheld(request, facts):
        flashes = any(state == "flashing" for _, state in _of_the_section(facts))
        told = (_told(FLASHES, facts) if flashes else []) or _told(DRIVE_ON, facts)[:1]
    said = " ".join([text, *(without_references(sentence) for _, sentence in told)])
    lit = (_lamp_evidence(facts, lamp.path) for lamp, _ in facts.lamps)
    by = By.QUOTE if told else By.TEMPLATE
    return Answer(Outcome.ANSWERED, by, said, (*_quoted(told), *lit))


def _with_unseen(answer: Answer, facts: Facts, replies: Replies) -> Answer:
    """The answer, and that other lamps cannot be seen where that is so."""
    unknown = _unknown(facts)
    if len(facts.readings) == 1 or not unknown:
        return answer
    text = f"{answer.text} {replies.say['other_lamps'].format(why=_why(unknown, replies))}"
    return replace(answer, text=text, evidence=(*answer.evidence, *unknown))


def _cannot_tell(facts: Facts, replies: Replies) -> Answer:
    text = replies.say["cannot_tell_lamps"].format(why=_why(_unknown(facts), replies))
    evidence = tuple(SignalEvidence(path, reading) for path, reading in facts.readings)
    return Answer(Outcome.REFUSED, By.TEMPLATE, text, evidence)


def _unknown(facts: Facts) -> tuple[SignalEvidence, ...]:
    return tuple(SignalEvidence(p, r) for p, r in facts.readings if isinstance(r, Unknown))


def _why(unknown: tuple[SignalEvidence, ...], replies: Replies) -> str:
    reading = unknown[0].reading
    assert isinstance(reading, Unknown)
    return replies.unknown[reading.reason.value]


def _explained(request: Request, facts: Facts, replies: Replies, max_words: int) -> Answer:
    """What the lamp means and what to do; for a lamp asked by name, also whether it is lit."""
    explained = _of_the_section(facts)
    flashes = any(state == "flashing" for _, state in explained)
    # Of a lamp that flashes nothing is said that holds for a steady one, and the other way round.
    chosen = _told(FLASHES, facts) if flashes else []
    chosen = chosen or _pointed(request, facts, steady=bool(explained) and not flashes)
    chosen = chosen or _opening(facts, max_words)
    if any(lamp.severity == 0 for lamp, _ in explained):
        # What to do now is said even where that makes it longer.
        chosen = list(dict.fromkeys([*chosen, *_told(DRIVE_ON, facts)[:1]]))
    text = " ".join(without_references(sentence) for _, sentence in chosen)
    evidence: list[Evidence] = list(_quoted(chosen))
    evidence += [_lamp_evidence(facts, lamp.path) for lamp, _ in explained]
    if len(facts.readings) == 1:
        path, reading = facts.readings[0]
        if not explained:
            evidence.append(SignalEvidence(path, reading))
        text = f"{text} {_state(reading, replies)}"
    return Answer(Outcome.ANSWERED, By.QUOTE, text, tuple(evidence))


def _of_the_section(facts: Facts) -> list[tuple[Telltale, str]]:
    """The lamps that are lit and that the passages are about."""
    section = facts.hits.passages[0].section
    return [(lamp, state) for lamp, state in facts.lamps if lamp.section == section]


def _quoted(chosen: list[tuple[Passage, str]]) -> tuple[ManualEvidence, ...]:
    return tuple(
        ManualEvidence(passage.section, passage.title, passage.page, sentence)
        for passage, sentence in chosen
    )


def _state(reading: Reading, replies: Replies) -> str:
    if isinstance(reading, Unknown):
        why = replies.unknown[reading.reason.value]
        return replies.say["cannot_tell_lamps"].format(why=why)
    return replies.say[LIT[str(reading.value)]]


def _pointed(request: Request, facts: Facts, *, steady: bool) -> list[tuple[Passage, str]]:
    """The sentence that answers a question about more than the lamp's meaning, if there is one."""
    for asked in (DRIVE_ON,) if steady else (FLASHES, DRIVE_ON):
        told = _told(asked, facts) if asked.asks.search(request.text) else []
        if told:
            return told
    name = {stem(word) for word in words(facts.hits.passages[0].title)}
    telling = tuple(
        term for term in facts.hits.terms if not any(stem(word) in name for word in term.words)
    )
    if sum(term.weight for term in telling) < TELLING:
        return []
    pieces = choose(request.text, request.slots["ask"], Hits(facts.hits.passages, telling))
    if steady:
        pieces = [piece for piece in pieces if not FLASHES.said.search(piece.text)]
    if not pieces or pieces[0].held < POINTED or pieces[0].passage.kind is PassageKind.TABLE:
        return []
    best = pieces[0]
    if best.passage.kind is PassageKind.PROCEDURE:
        return [(best.passage, step) for step in steps(best.passage.text)[:2]]
    return [(best.passage, best.text)]


def _told(wanted: "_Told", facts: Facts) -> list[tuple[Passage, str]]:
    """The sentence that every lamp's section has for whether to drive on, or for flashing."""
    for passage in facts.hits.passages:
        # What introduces the steps of a procedure is a sentence like any other.
        text = passage.text.split("\n")[0]
        if passage.kind in {PassageKind.TEXT, PassageKind.PROCEDURE}:
            told = sentences(text)
            for number, sentence in enumerate(told):
                if wanted.said.search(sentence):
                    # What to do about it stands in the next sentence.
                    both = told[number : number + 2]
                    return [(passage, one) for one in both if not one.endswith(":")]
    return []


def _opening(facts: Facts, max_words: int) -> list[tuple[Passage, str]]:
    """The section's first sentences, as many as fit."""
    chosen: list[tuple[Passage, str]] = []
    count = 0
    for passage in facts.hits.passages:
        if passage.kind is not PassageKind.TEXT:
            continue
        for sentence in sentences(passage.text):
            size = len(sentence.split())
            if chosen and count + size > max_words:
                return chosen
            chosen.append((passage, sentence))
            count += size
    return chosen


def _lamp_evidence(facts: Facts, path: str) -> SignalEvidence:
    return SignalEvidence(path, dict(facts.readings)[path])
