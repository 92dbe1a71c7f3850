"""Respond: a question about warning lamps comes in with what is lit, a sentence goes out."""

import re

from assistant.events import (
    Answer,
    By,
    Evidence,
    Facts,
    Hits,
    Known,
    ManualEvidence,
    Outcome,
    Passage,
    PassageKind,
    Request,
    SignalEvidence,
    Unknown,
)
from assistant.lexicon import stem, words
from assistant.respond.choosing import choose
from assistant.respond.gauges import joined
from assistant.respond.quoting import sentences, steps, without_references
from assistant.respond.replies import Replies

ANY = "any"
LIST = "list"  # the interpreter's name for a question about a lamp that it does not know
TELLING = 3.0  # weight of the words beside the lamp's name that make it another question
# What is asked of a lamp again and again -> how its section says it; the first match counts.
TOLD = (
    (
        re.compile(r"\b(flash|blink|wink)", re.IGNORECASE),
        re.compile(r"\bflash(es|ing)\b.*\bmeans?\b|\bmeans?\b.*\bflash|^A flashing|flashes when"),
    ),
    (
        re.compile(
            r"\b(drive|driving|keep going|carry on|go on|continue|limp|get home|safe)\b",
            re.IGNORECASE,
        ),
        re.compile(r"^Stop\b|\bdrive on\b|\bdriv(e|ing|en)\b.*\bworkshop\b|do not drive"),
    ),
)
POINTED = 0.45  # share of the question's weight that a sentence must hold to be its answer


def answer_lamps(request: Request, facts: Facts, replies: Replies, max_words: int) -> Answer:
    """Say which lamps are lit, or what one lamp means, from its own section of the manual.

    A lamp whose state is unknown is never taken for one that is off.
    """
    asked = request.slots["lamp"]
    unknown = [r for _, r in facts.readings if isinstance(r, Unknown)]
    lit = tuple(_lamp_evidence(facts, lamp.path) for lamp, _ in facts.lamps)
    single = len(facts.readings) == 1
    explain = single or (len(facts.lamps) == 1 and request.slots["ask"] != LIST)
    if facts.hits.passages and explain:
        return _explained(request, facts, replies, max_words, asked_by_name=single)
    if facts.lamps:
        names = joined(f"{lamp.name.lower()}, {lamp.colour}" for lamp, _ in facts.lamps)
        text = replies.say["lamps_lit"].format(list=names)
        return Answer(Outcome.ANSWERED, By.TEMPLATE, text, lit)
    if unknown:
        why = replies.unknown[unknown[0].reason.value]
        text = replies.say["cannot_tell_lamps"].format(why=why)
        evidence = tuple(SignalEvidence(path, reading) for path, reading in facts.readings)
        return Answer(Outcome.REFUSED, By.TEMPLATE, text, evidence)
    # A lamp asked by name has no section to explain it where there is no manual.
    answer = "lamp_not_lit" if single else "no_lamp_any" if asked == ANY else "no_lamp"
    pattern = replies.say[answer]
    evidence = tuple(SignalEvidence(path, reading) for path, reading in facts.readings)
    return Answer(Outcome.ANSWERED, By.TEMPLATE, pattern.format(colour=asked), evidence)


def _explained(
    request: Request, facts: Facts, replies: Replies, max_words: int, *, asked_by_name: bool
) -> Answer:
    """What the lamp means and what to do; for a lamp asked by name, also that it is not lit."""
    chosen = _pointed(request, facts) or _opening(facts, max_words)
    text = " ".join(without_references(sentence) for _, sentence in chosen)
    evidence: list[Evidence] = [
        ManualEvidence(passage.section, passage.title, passage.page, sentence)
        for passage, sentence in chosen
    ]
    lamps = facts.lamps
    evidence += [_lamp_evidence(facts, lamp.path) for lamp, _ in lamps]
    if asked_by_name and not lamps:
        path, reading = facts.readings[0]
        evidence.append(SignalEvidence(path, reading))
        if isinstance(reading, Known):
            text = f"{text} {replies.say['lamp_not_lit']}"
    return Answer(Outcome.ANSWERED, By.QUOTE, text, tuple(evidence))


def _pointed(request: Request, facts: Facts) -> list[tuple[Passage, str]]:
    """The sentence that answers a question about more than the lamp's meaning, if there is one."""
    told = _told(request.text, facts)
    if told:
        return told
    name = {stem(word) for word in words(facts.hits.passages[0].title)}
    telling = tuple(
        term for term in facts.hits.terms if not any(stem(word) in name for word in term.words)
    )
    if sum(term.weight for term in telling) < TELLING:
        return []
    pieces = choose(request.text, request.slots["ask"], Hits(facts.hits.passages, telling))
    if not pieces or pieces[0].held < POINTED or pieces[0].passage.kind is PassageKind.TABLE:
        return []
    best = pieces[0]
    if best.passage.kind is PassageKind.PROCEDURE:
        return [(best.passage, step) for step in steps(best.passage.text)[:2]]
    return [(best.passage, best.text)]


def _told(question: str, facts: Facts) -> list[tuple[Passage, str]]:
    """The sentence that every lamp's section has for whether to drive on, and for flashing."""
    for asked, said in TOLD:
        if not asked.search(question):
            continue
        for passage in facts.hits.passages:
            # What introduces the steps of a procedure is a sentence like any other.
            text = passage.text.split("\n")[0]
            if passage.kind in {PassageKind.TEXT, PassageKind.PROCEDURE}:
                told = sentences(text)
                for number, sentence in enumerate(told):
                    if said.search(sentence):
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
