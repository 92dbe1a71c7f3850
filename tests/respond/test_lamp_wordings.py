"""What drivers say of lamps, and which lamps and which sentences it leads to."""

from types import MappingProxyType

import pytest

from assistant.events import (
    Answer,
    By,
    Facts,
    Hits,
    Outcome,
    PassageKind,
    Reason,
    Request,
    RequestKind,
    Unknown,
)
from assistant.respond.manual import evidence_of, from_procedure
from assistant.respond.todo import with_what_to_do
from tests import aster
from tests.lamps import LAMPS, ask
from tests.turns import REPLIES

WRONG_FUEL = tuple(p for p in aster.passages() if p.section == "2.13")
DO_NOT_START = "Do not start the car and do not switch it on."


@pytest.mark.parametrize(
    "question",
    [
        "What lamps are lit just now?",
        "What lights are showing at present?",
        "Which lamps are on in front of me?",
        "Are any lamps lit?",
    ],
)
def test_asked_for_lamps_those_that_only_inform_are_told_too(question: str) -> None:
    text = ask(question, Ready="on", DippedBeam="on").text
    assert text == "Lit: ready to drive, green and dipped beam, green."


@pytest.mark.parametrize("question", ["What warning lamps are on?", "Any warning lights on?"])
def test_asked_for_warnings_those_that_only_inform_are_not_told(question: str) -> None:
    assert ask(question, Ready="on").text == REPLIES.say["no_lamp_any"]


@pytest.mark.parametrize(
    "question", ["Is the charging light flashing?", "What is the charge lamp?"]
)
def test_the_charging_light_is_the_one_that_is_lit(question: str) -> None:
    assert "means that the car is charging" in ask(question, ChargeCable="flashing").text
    assert "12-volt battery is no longer being charged" in ask(question, Charging12V="on").text


def test_both_charging_lights_are_told_where_both_are_lit() -> None:
    text = ask("Is the charging light on?", Charging12V="on", ChargeCable="on").text
    assert "12-volt charging system, red" in text and "charging cable connected, green" in text


def test_where_the_fog_lamp_is_may_be_said_after_it() -> None:
    assert "rear fog lamp is switched on" in ask("Are the fog lights on at the back?").text
    assert "front fog lamps are switched on" in ask("Are the fog lights on at the front?").text


@pytest.mark.parametrize(
    "question", ["Can I still charge the car with this red light?", "Is it safe to charge it now?"]
)
def test_of_charging_it_is_said_what_the_section_forbids(question: str) -> None:
    text = ask(f"{question} The high-voltage lamp is on.", HighVoltage="on").text
    assert "do not charge the car" in text


@pytest.mark.parametrize("how", ["how long", "how far"])
def test_of_a_lamp_that_lets_drive_a_little_it_is_said_for_how_long(how: str) -> None:
    text = ask(f"{how} may I drive with the red battery lamp?", Charging12V="on").text
    assert "for about 10 minutes at most" in text


def test_what_cannot_be_seen_is_one_lamp_or_several() -> None:
    unseen = Unknown(Reason.STALE)
    one = ask("Is the ABS lamp on?", ABS=unseen).text
    assert one == "I can't see whether it is lit: the car has stopped reporting it."
    every = ask("Which lamps are on?", **dict.fromkeys(LAMPS, unseen)).text
    assert every == "I can't see which lamps are lit: the car has stopped reporting it."


def asked(text: str, answer: Answer) -> Answer:
    """The answer where it is asked with these words, and the wrong fuel is what was found."""
    request = Request(RequestKind.MANUAL, "fact", text, MappingProxyType({}))
    return with_what_to_do(answer, request, Facts(hits=Hits(WRONG_FUEL)))


def test_asked_what_now_it_is_said_what_must_not_be_done() -> None:
    text = WRONG_FUEL[0].text.partition(" Do not")[0]
    evidence = (evidence_of(WRONG_FUEL[0], text),)
    quote = Answer(Outcome.ANSWERED, By.QUOTE, text, evidence)
    assert asked("I filled in diesel, what now?", quote).text == f"{text} {DO_NOT_START}"
    assert asked("Is diesel the wrong fuel?", quote) == quote


def test_asked_what_to_do_it_is_said_before_the_steps() -> None:
    steps = next(p for p in WRONG_FUEL if p.kind is PassageKind.PROCEDURE)
    answer = from_procedure(steps, Facts(hits=Hits(WRONG_FUEL)), REPLIES)
    told = asked("I filled in the wrong fuel, what should I do?", answer)
    assert told.text.startswith(DO_NOT_START) and told.short.startswith(DO_NOT_START)
