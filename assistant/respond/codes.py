"""Respond: stored trouble codes come in beside what the lamps say, a sentence goes out.

How urgent a code is, and what to do now, is said by the lamps that are lit and their sections of
the manual: a code by itself only says what a control unit found.
"""

from collections.abc import Sequence
from dataclasses import replace

from assistant.events import (
    Answer,
    By,
    CodeEvidence,
    Facts,
    Outcome,
    Request,
    TroubleCode,
    TroubleCodes,
)
from assistant.respond.gauges import joined
from assistant.respond.lamps import answer_lamps
from assistant.respond.replies import Replies

TOLD = 2  # codes in one answer; who wants more reads them
CONFIRMED = "confirmed"
NOT_STORED = "not_stored"  # the status of a code that was asked for by name


def answer_codes(request: Request, facts: Facts, replies: Replies, max_words: int) -> Answer:
    """Say which codes are stored, confirmed ones first, and what the lit lamps ask for.

    What a red lamp asks for comes before all codes. That none is stored is said only where every
    control unit that the car's files list has said so, and of those alone.
    """
    codes = facts.codes
    assert codes is not None
    if not codes.asked:
        return Answer(Outcome.REFUSED, By.TEMPLATE, replies.refuse["not_reported"])
    named = request.slots.get("code", "")
    found = [one for one in codes.codes if not named or one.code == named]
    if not found and codes.unread:
        return Answer(Outcome.REFUSED, By.TEMPLATE, _unread(codes, replies))
    if not found and named:
        text = replies.say["code_not_stored"].format(code=named)
        return Answer(Outcome.ANSWERED, By.TEMPLATE, text, (CodeEvidence(named, NOT_STORED),))
    lamps = answer_lamps(request, facts, replies, max_words)
    if not found:
        return _beside(lamps, replies.say["no_code"], (), facts)
    text, evidence = _told(found, replies)
    if codes.unread:
        text = f"{text} {_unread(codes, replies)}"
    return _beside(lamps, text, evidence, facts)


def with_codes(answer: Answer, facts: Facts, replies: Replies) -> Answer:
    """What was said of a lit lamp, and the codes that are stored, where it is asked why."""
    codes = facts.codes.codes if facts.codes else ()
    if not codes or not facts.lamps or answer.outcome is not Outcome.ANSWERED:
        return answer
    text, evidence = _told(codes, replies)
    return _beside(answer, text, evidence, facts)


def _told(codes: Sequence[TroubleCode], replies: Replies) -> tuple[str, tuple[CodeEvidence, ...]]:
    told = sorted(codes, key=lambda one: one.status != CONFIRMED)[:TOLD]
    listed = "; ".join(_said(one, replies) for one in told)
    text = replies.say["code_stored" if len(told) == 1 else "codes_stored"].format(list=listed)
    if len(codes) > len(told):
        text = f"{text} {replies.say['list_goes_on']}"
    return text, tuple(CodeEvidence(one.code, one.status, _meaning(one)) for one in told)


def _said(code: TroubleCode, replies: Replies) -> str:
    pattern = "code" if code.status == CONFIRMED else "code_pending"
    meaning = _meaning(code)
    if meaning[1:2].islower():  # within a sentence
        meaning = meaning[0].lower() + meaning[1:]
    return replies.say[pattern].format(code=code.code, meaning=meaning)


def _meaning(code: TroubleCode) -> str:
    return code.meaning or code.area


def _beside(lamps: Answer, text: str, evidence: tuple[CodeEvidence, ...], facts: Facts) -> Answer:
    """A sentence about codes and what the lamps say, be it that they cannot be seen."""
    if not facts.readings:  # a car without lamps that could say anything
        return Answer(Outcome.ANSWERED, By.TEMPLATE, text, evidence)
    urgent = any(lamp.severity == 0 for lamp, _ in facts.lamps)

    def both(said: str) -> str:
        return f"{said} {text}" if urgent else f"{text} {said}"

    return replace(
        lamps,
        outcome=Outcome.ANSWERED,
        text=both(lamps.text),
        short=both(lamps.short) if lamps.short else "",
        evidence=(*evidence, *lamps.evidence),
    )


def _unread(codes: TroubleCodes, replies: Replies) -> str:
    return replies.say["codes_unread"].format(units=joined(codes.unread))
