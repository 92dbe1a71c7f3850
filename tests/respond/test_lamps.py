"""Questions about warning lamps: what is lit, what it means, and what cannot be seen."""

import re

import pytest

from assistant.events import (
    Answer,
    By,
    Known,
    ManualEvidence,
    Outcome,
    Reason,
    SignalEvidence,
    Telltale,
    Unknown,
)
from assistant.pieces import sentences
from assistant.respond.lamp_states import said_in
from assistant.respond.verify import grounded
from tests import aster
from tests.lamps import LAMPS, ask
from tests.turns import REPLIES, known


def quotes(answer: Answer) -> list[ManualEvidence]:
    return [piece for piece in answer.evidence if isinstance(piece, ManualEvidence)]


@pytest.mark.parametrize("lamp", LAMPS.values(), ids=lambda lamp: str(lamp.id))
@pytest.mark.parametrize("state", ["on", "flashing"])
def test_the_meaning_of_every_lamp_is_quoted_from_its_own_section(
    lamp: Telltale, state: str
) -> None:
    answer = ask(f"What does the {lamp.name} lamp mean?", **{lamp.id: state})
    assert answer.outcome is Outcome.ANSWERED
    assert {quote.section for quote in quotes(answer)} == {lamp.section}
    assert all(quote.page for quote in quotes(answer))
    assert SignalEvidence(lamp.path, known(state)) in answer.evidence
    assert grounded(answer)


@pytest.mark.parametrize("lamp", LAMPS.values(), ids=lambda lamp: str(lamp.id))
def test_a_lamp_that_is_off_is_explained_and_said_to_be_off(lamp: Telltale) -> None:
    answer = ask(f"What does the {lamp.name} lamp mean?")
    assert quotes(answer)
    assert answer.text.endswith(REPLIES.say["lamp_not_lit"])


@pytest.mark.parametrize("lamp", LAMPS.values(), ids=lambda lamp: str(lamp.id))
def test_a_lamp_that_cannot_be_seen_is_never_said_to_be_off(lamp: Telltale) -> None:
    answer = ask(f"What does the {lamp.name} lamp mean?", **{lamp.id: Unknown(Reason.STALE)})
    assert REPLIES.say["lamp_not_lit"] not in answer.text


@pytest.mark.parametrize("colour", ["red", "amber"])
def test_one_lit_lamp_of_a_colour_is_explained(colour: str) -> None:
    for lamp in LAMPS.values():
        if lamp.colour == colour:
            answer = ask(f"What is that {colour} light?", **{lamp.id: "on"})
            assert {quote.section for quote in quotes(answer)} == {lamp.section}


def test_orange_is_amber() -> None:
    answer = ask("What is that orange light?", TyrePressure="on")
    assert {quote.section for quote in quotes(answer)} == {LAMPS["TyrePressure"].section}


def test_several_lit_lamps_are_named_with_their_colours() -> None:
    answer = ask("Is anything wrong?", OilPressure="on", TyrePressure="flashing")
    assert answer.by is By.QUOTE
    assert "engine oil pressure, red" in answer.text
    assert "amber" in answer.text
    assert "Stop" in answer.text
    assert {quote.section for quote in quotes(answer)} == {LAMPS["OilPressure"].section}


def test_a_green_lamp_is_no_warning() -> None:
    green = next(lamp for lamp in LAMPS.values() if lamp.colour == "green")
    assert ask("Is anything wrong?", **{green.id: "on"}).text == REPLIES.say["no_lamp_any"]


def test_no_lamp_is_said_only_when_all_of_them_are_seen_to_be_off() -> None:
    answer = ask("Is anything wrong?")
    assert answer.text == REPLIES.say["no_lamp_any"]
    asked = {lamp.path for lamp in LAMPS.values() if lamp.colour in {"red", "amber"}}
    assert {e.path for e in answer.evidence if isinstance(e, SignalEvidence)} == asked


@pytest.mark.parametrize(
    "lamp", [lamp for lamp in LAMPS.values() if lamp.colour in {"red", "amber"}], ids=str
)
def test_one_unknown_lamp_is_enough_not_to_call_all_well(lamp: Telltale) -> None:
    answer = ask("Is anything wrong?", **{lamp.id: Unknown(Reason.STALE)})
    assert answer.outcome is Outcome.REFUSED
    assert REPLIES.unknown["stale"] in answer.text


def test_a_lit_lamp_is_told_though_another_is_unknown() -> None:
    answer = ask("Is anything wrong?", OilPressure="on", TyrePressure=Unknown(Reason.STALE))
    assert {quote.section for quote in quotes(answer)} == {LAMPS["OilPressure"].section}


def test_no_lamp_of_a_colour() -> None:
    answer = ask("What is the red lamp?")
    assert answer.text == REPLIES.say["no_lamp"].format(colour="red")


@pytest.mark.parametrize("lamp", LAMPS.values(), ids=lambda lamp: str(lamp.id))
def test_the_section_of_every_lamp_bears_its_name(lamp: Telltale) -> None:
    own = [p for p in aster.passages() if p.section == lamp.section]
    assert own
    assert own[0].title.lower().replace("-", " ") == lamp.name.lower().replace("-", " ")


@pytest.mark.parametrize("lamp", LAMPS.values(), ids=lambda lamp: str(lamp.id))
def test_the_section_of_every_lamp_opens_with_a_text_to_quote(lamp: Telltale) -> None:
    own = [p for p in aster.passages() if p.section == lamp.section and p.kind == "text"]
    assert sentences(own[0].text)
    assert lamp.colour in own[0].text.lower()


def test_a_reading_of_a_lamp_is_what_the_evidence_holds() -> None:
    answer = ask("What does the coolant temperature lamp mean?", CoolantTemperature="on")
    readings = [e.reading for e in answer.evidence if isinstance(e, SignalEvidence)]
    assert readings == [Known("on", None, 0.04)]


# --- which lamp is meant -----------------------------------------------------------------------

HOT = {"CoolantTemperature": "on", "Ready": "on"}


@pytest.mark.parametrize(
    "question",
    [
        "Can I keep driving with this light on?",
        "Can I drive on with this lamp?",
        "What should I do about this light?",
        "Can I keep driving?",
        "Is it safe to carry on?",
    ],
)
def test_who_asks_what_to_do_hears_it_of_the_lamp_that_is_lit(question: str) -> None:
    answer = ask(question, **HOT)
    assert answer.text.startswith("The red coolant temperature lamp is lit. Stop in a safe place")
    assert {quote.section for quote in quotes(answer)} == {LAMPS["CoolantTemperature"].section}


def test_of_several_lamps_the_most_severe_decides_what_to_do() -> None:
    answer = ask("Can I keep driving with these lights on?", TyrePressure="on", BrakeSystem="on")
    assert {quote.section for quote in quotes(answer)} == {LAMPS["BrakeSystem"].section}


def test_without_a_warning_lamp_no_lamp_tells_what_to_do() -> None:
    answer = ask("Can I keep driving with this light on?", Ready="on")
    assert answer.text == REPLIES.say["no_lamp_any"]


@pytest.mark.parametrize("question", ["Are there any warnings?", "What is that red light?"])
def test_what_to_do_now_is_said_with_a_red_lamp(question: str) -> None:
    assert "Stop in a safe place" in ask(question, **HOT).text


def test_only_a_lamp_that_flashes_is_said_to_flash() -> None:
    question = "What's that flashing light?"
    assert ask(question, **HOT).text == REPLIES.say["no_lamp_flashing"]
    flashing = ask(question, Ready="on", CheckEngine="flashing")
    assert {quote.section for quote in quotes(flashing)} == {LAMPS["CheckEngine"].section}
    assert "misfiring" in flashing.text


def test_a_lamp_that_flashes_is_explained_as_flashing() -> None:
    assert "misfiring" in ask("What's the yellow light?", CheckEngine="flashing").text
    assert ask("Is the engine light flashing?", CheckEngine="flashing").text.endswith(
        REPLIES.say["lamp_flashing"]
    )


@pytest.mark.parametrize("lamp", LAMPS.values(), ids=lambda lamp: str(lamp.id))
def test_whether_a_lamp_is_lit_is_said_or_that_it_cannot_be_seen(lamp: Telltale) -> None:
    question = f"Is the {lamp.name} light on?"
    assert ask(question, **{lamp.id: "on"}).text.endswith(REPLIES.say["lamp_lit"])
    assert ask(question).text.endswith(REPLIES.say["lamp_not_lit"])
    unseen = ask(question, **{lamp.id: Unknown(Reason.STALE)})
    assert unseen.outcome is Outcome.REFUSED
    assert REPLIES.unknown["stale"] in unseen.text


def test_a_lamp_that_cannot_be_seen_is_explained_with_that() -> None:
    answer = ask("What does the brake light mean?", BrakeSystem=Unknown(Reason.STALE))
    assert quotes(answer)
    assert answer.text.endswith(f"{REPLIES.unknown['stale']}.")


def test_that_some_lamps_cannot_be_seen_is_said_beside_those_that_are_lit() -> None:
    dark = {name: Unknown(Reason.STALE) for name in ("WasherFluid", "Frost")}
    answer = ask("Which warning lamps are lit?", BrakeSystem="on", ABS="on", **dark)
    assert REPLIES.say["other_lamps"].format(why=REPLIES.unknown["stale"]) in answer.text
    assert SignalEvidence(LAMPS["Frost"].path, Unknown(Reason.STALE)) in answer.evidence


def test_lamps_that_the_words_fit_equally_are_named() -> None:
    assert ask("Are the fog lights on?").text == REPLIES.say["none_of_them"]
    assert "front fog" in ask("Are the fog lights on?", FrontFog="on").text


@pytest.mark.parametrize(
    "lamp", ["CheckEngine", "ReducedPower", "ParticulateFilter", "StabilityControl", "LowFuel"]
)
def test_a_lamp_that_flashes_is_not_given_the_permission_of_a_steady_one(lamp: str) -> None:
    answer = ask("Can I drive on?", **{lamp: "flashing"})
    assert re.search("flash", answer.text)
    assert not answer.text.startswith("You may drive on")


def test_a_steady_lamp_is_not_explained_as_flashing() -> None:
    answer = ask("Is the tyre light solid or flashing?", TyrePressure="on")
    assert not re.search("flash", answer.text)
    assert answer.text.endswith(REPLIES.say["lamp_lit"])


def test_nothing_is_permitted_while_worse_lamps_cannot_be_seen() -> None:
    red = {lamp.id: Unknown(Reason.STALE) for lamp in LAMPS.values() if lamp.severity == 0}
    answer = ask("Can I drive on?", OilLevel="on", **red)
    assert "may drive" not in answer.text
    assert REPLIES.unknown["stale"] in answer.text
    assert SignalEvidence(LAMPS["OilPressure"].path, Unknown(Reason.STALE)) in answer.evidence


def test_a_colour_that_no_lamp_has_is_no_lamp_that_is_off() -> None:
    answer = ask("What is the white light on the dash?")
    assert (answer.outcome, answer.text) == (Outcome.REFUSED, REPLIES.refuse["not_reported"])


@pytest.mark.parametrize("question", ["Should I stop?", "Do I have to stop right now?"])
def test_whether_to_stop_is_asked_of_the_lamps(question: str) -> None:
    assert "Stop" in ask(question, OilPressure="on").text
    assert ask(question).text == REPLIES.say["no_lamp_any"]


# --- what holds for the state in which a lamp is ------------------------------------------------


@pytest.mark.parametrize(
    "question",
    ["What is that red light?", "What does the parking brake lamp mean?", "May I drive on?"],
)
def test_what_is_said_under_if_the_lamp_flashes_is_not_said_of_a_steady_one(question: str) -> None:
    answer = ask(question, ParkingBrake="on", Ready="on")
    assert "Release the parking brake before you drive off." in answer.text
    assert "brakes cool" not in answer.text
    assert "Do not drive on" not in answer.text


def test_what_is_said_under_a_condition_is_said_with_it() -> None:
    answer = ask("May I drive on?", ParkingBrake="flashing")
    assert "could not be fully applied" in answer.text
    assert (
        "If the lamp flashes while you drive, the rear brakes may be dragging. Stop" in answer.text
    )
    assert grounded(answer)


@pytest.mark.parametrize("lamp", LAMPS.values(), ids=lambda lamp: str(lamp.id))
@pytest.mark.parametrize(
    "question", ["What is that light?", "What does the {} lamp mean?", "May I drive on?"]
)
def test_nothing_that_holds_for_the_other_state_is_said(lamp: Telltale, question: str) -> None:
    own = [p for p in aster.passages() if p.section == lamp.section]
    for state, other in (("on", "flashing"), ("flashing", "on")):
        answer = ask(question.format(lamp.name), **{lamp.id: state})
        wrong = [one.text for one in said_in(own) if one.state == other]
        assert not any(quote.quote in wrong for quote in quotes(answer))


@pytest.mark.parametrize("lamp", LAMPS.values(), ids=lambda lamp: str(lamp.id))
def test_a_lamp_that_flashes_is_named_and_then_explained(lamp: Telltale) -> None:
    answer = ask("What is that flashing light?", **{lamp.id: "flashing"})
    first = sentences(answer.text)[0]
    assert lamp.colour in first
    assert lamp.name.lower().removesuffix("s").replace("-", " ") in first.lower().replace("-", " ")
    assert quotes(answer)


def test_the_meaning_comes_before_when_a_lamp_flashes() -> None:
    answer = ask("Is anything wrong?", SeatBelt="flashing")
    assert answer.text.startswith("The red seat belt lamp means that somebody in the car is not")


def test_the_state_tells_which_of_several_causes_it_is() -> None:
    answer = ask("What is that yellow light?", KeyBattery="on")
    assert answer.text.endswith("A steady lamp means that the key battery is weak.")


def test_a_flashing_lamp_asks_for_the_steps_that_follow_it() -> None:
    answer = ask("What is that yellow light?", CheckEngine="flashing")
    assert "Take your foot off the accelerator." in answer.text
    assert grounded(answer)


# --- which lamps are lit ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "question", ["Which lamps are lit?", "What lights are on?", "How many lamps are lit right now?"]
)
def test_who_asks_which_lamps_are_lit_hears_all_of_them(question: str) -> None:
    answer = ask(question, Ready="on", MainBeam="on", OilPressure="flashing")
    assert answer.text.startswith(
        "Lit: engine oil pressure, flashing red, ready to drive, green and main beam, blue."
    )
    assert "Stop at once" in answer.text


def test_of_several_lamps_it_is_said_which_one_asks_for_what() -> None:
    said = ask("Which lights are on?", DoorOpen="on", ParkingBrake="on", Ready="on").text
    assert "ready to drive, green. For the door open lamp: Stop" in said
    assert "For the" not in ask("Which lights are on?", DoorOpen="on").text


def test_no_lamp_at_all_and_no_lamp_of_a_colour() -> None:
    assert ask("Which lamps are lit?").text == REPLIES.say["no_lamp_all"]
    assert ask("Which blue lamps are lit?").text == REPLIES.say["no_lamp"].format(colour="blue")
    assert "frost" in ask("Which amber lamps are lit?", Frost="on", MainBeam="on").text


@pytest.mark.parametrize("question", ["Is anything flashing?", "Is something flashing?"])
def test_whether_anything_flashes_is_asked_of_all_lamps(question: str) -> None:
    assert ask(question, Ready="on").text == REPLIES.say["no_lamp_flashing"]
    assert "charging cable" in ask(question, ChargeCable="flashing").text


@pytest.mark.parametrize(
    "question", ["What's wrong with the car?", "Is it safe to drive?", "Is the car safe to drive?"]
)
def test_what_is_wrong_is_asked_of_the_lamps_that_warn(question: str) -> None:
    assert "Stop at once" in ask(question, OilPressure="on").text
    assert ask(question, Ready="on").text == REPLIES.say["no_lamp_any"]


def test_of_a_red_lamp_it_is_said_what_to_do_even_where_the_car_reports_it_off() -> None:
    answer = ask("What does the red coolant temperature lamp mean?", Ready="on")
    assert "Stop in a safe place" in answer.text
    assert answer.text.endswith("It is not lit now.")


# --- what to do about a lamp --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "steps", "first"),
    [
        ("What should I do if the coolant lamp comes on?", 6, "Stop away from the traffic."),
        ("What if the particulate filter lamp comes on?", 4, "Select Sport mode"),
        ("What do I do about the tyre pressure light?", 5, "Look at all four tyres"),
        ("The engine light is flashing, what should I do?", 4, "Take your foot off"),
        ("What does a flashing engine lamp mean?", 4, "Take your foot off"),
        ("What should I do if the parking brake lamp flashes?", 4, "Keep the brake pedal"),
        ("What should I do if the oil pressure lamp flashes?", 6, "Stop in a safe place"),
    ],
)
def test_who_asks_what_to_do_gets_all_steps_of_the_lamp(
    question: str, steps: int, first: str
) -> None:
    answer = ask(question)
    assert len(answer.steps) == steps
    assert answer.step == 1
    assert answer.steps[0].startswith(first)
    assert f"There are {steps} steps. First: {first}" in answer.short
    assert all(step in answer.text for step in answer.steps)
    assert answer.short.endswith(REPLIES.say["lamp_not_lit"])
    assert grounded(answer)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("What should I do if the low fuel lamp comes on?", "Refuel at the next opportunity. You"),
        ("What if the low fuel lamp comes on?", "left in the tank. Refuel at the next"),
        ("What should I do if the washer fluid lamp comes on?", "Top up the washer fluid soon."),
        ("What should I do if the parking brake lamp comes on?", "Release the parking brake"),
        ("What if the particulate filter lamp comes on?", "cleaned by a longer drive. You may"),
    ],
)
def test_what_to_do_comes_before_whether_to_drive_on(question: str, told: str) -> None:
    assert told in ask(question).text


def test_steps_are_said_with_their_condition() -> None:
    short = ask("The parking brake light keeps blinking, what do I do?").short
    assert "after you have parked: There are 4 steps." in short
    assert "If the lamp flashes while you drive" in short


@pytest.mark.parametrize(
    ("question", "wrong"),
    [
        ("What should I do if the particulate filter lamp flashes?", "Sport mode"),
        ("What should I do if the tyre pressure lamp flashes?", "Look at all four"),
        ("What should I do if the engine lamp comes on?", "60 km/h"),
        ("What should I do if the parking brake lamp comes on?", "3 seconds"),
    ],
)
def test_the_steps_for_the_other_state_are_not_given(question: str, wrong: str) -> None:
    assert wrong not in ask(question).text


def test_who_asks_what_a_steady_lamp_means_hears_no_steps() -> None:
    assert not ask("What does the coolant temperature lamp mean?").steps
    assert not ask("Why is the coolant temperature lamp on?").steps


def test_that_other_lamps_cannot_be_seen_is_said_with_the_steps_too() -> None:
    answer = ask(
        "What should I do about this light?", OilPressure="on", Frost=Unknown(Reason.STALE)
    )
    unseen = REPLIES.say["other_lamps"].format(why=REPLIES.unknown["stale"])
    assert answer.text.endswith(unseen)
    assert answer.short.endswith(unseen)
