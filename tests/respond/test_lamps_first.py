"""Questions about driving now: where a lamp is lit that forbids or limits it, that is said first."""

import pytest

from assistant.events import Known, Outcome, Reason, Unknown
from tests.lamps import ask
from tests.turns import REPLIES

RANGE = {"Vehicle.Powertrain.Range": Known(606.0, "km", 0.1)}
STOP = "Stop in a safe place, and let the engine cool down."


@pytest.mark.parametrize(
    "question",
    [
        "How fast can I go?",
        "How fast may I drive now?",
        "How far can I still drive?",
        "Can I get home?",
        "Can I drive to a workshop?",
        "Can I make it to the garage?",
        "Am I good to go?",
        "May I go on driving?",
        "Can I continue to the next exit?",
        "Can I drive on electric now?",
        "May I overtake?",
        "Can we still drive home like this?",
        "Am I allowed to go on the motorway?",
        "Is it dangerous to go on?",
        "What should I do?",
    ],
)
def test_of_a_lamp_that_asks_to_stop_that_is_said_first(question: str) -> None:
    answer = ask(question, RANGE, CoolantTemperature="on")
    assert answer.text.startswith(f"The red coolant temperature lamp is lit. {STOP}")


@pytest.mark.parametrize("question", ["How far can I drive?", "How far can I still go?"])
def test_the_range_comes_after_what_a_lamp_asks_for(question: str) -> None:
    text = ask(question, RANGE, CoolantTemperature="on").text
    assert text.index(STOP) < text.index("606 km")
    assert ask(question, RANGE).text.startswith("606 km")
    assert ask(question, RANGE, Frost="on").text.startswith("606 km")
    assert ask(question, RANGE, LowFuel="on").text.startswith("606 km")


@pytest.mark.parametrize(
    "question",
    [
        "How fast may I drive now?",
        "How fast can I go?",
        "How fast may I go with the light on?",
        "Can I go on the motorway?",
    ],
)
def test_how_fast_is_answered_with_the_speed_that_the_lamps_section_gives(question: str) -> None:
    text = ask(question, TyrePressure="on").text
    assert "do not drive on if one tyre is flat" in text
    assert "no more than 80 km/h" in text


def test_how_far_with_a_tyre_that_lost_air_is_answered_with_the_lamp_and_the_range() -> None:
    text = ask("How far can I go with this tyre?", RANGE, TyrePressure="on").text
    assert text.index("do not drive far") < text.index("606 km")


@pytest.mark.parametrize("question", ["May I overtake?", "Can I overtake with this lamp on?"])
def test_what_one_lamp_forbids_is_said_beside_what_another_allows(question: str) -> None:
    text = ask(question, CheckEngine="on", ReducedPower="on").text
    assert "do not overtake" in text


def test_beside_a_lamp_that_asks_to_stop_nothing_is_said_that_allows_more() -> None:
    text = ask("How fast may I drive?", BrakeSystem="on", TyrePressure="flashing").text
    assert "do not drive on" in text
    assert "80 km/h" not in text


def test_where_no_lamp_limits_driving_the_question_is_answered_as_ever() -> None:
    for lamp in ("ParkingBrake", "ServiceDue", "LowFuel"):
        assert "lamp" not in ask("How fast can I go?", **{lamp: "on"}).text
    assert ask("May I overtake?").text == REPLIES.refuse["beyond"]
    assert ask("Can I drive to the garage?").text == REPLIES.say["no_lamp_any"]
    assert ask("May I go on driving?").text == REPLIES.say["no_lamp_any"]


def test_what_to_do_without_a_lamp_is_not_understood() -> None:
    assert ask("What should I do?").outcome is Outcome.REFUSED


@pytest.mark.parametrize(
    "question",
    ["Can I drive with snow chains?", "How do I go on the motorway with a trailer?"],
)
def test_a_question_about_something_else_is_not_taken_by_the_lamps(question: str) -> None:
    with_lamp = ask(question, CoolantTemperature="on").text
    assert with_lamp.endswith(ask(question).text)


SPEED, HOW_TO = "Vehicle.Speed", "How do I set the clock?"


@pytest.mark.parametrize("speed", [Known(60.0, "km/h", 0.1), Unknown(Reason.STALE)])
def test_what_a_red_lamp_asks_for_is_said_before_the_manual(speed: Known | Unknown) -> None:
    usual = ask(HOW_TO, {SPEED: speed})
    answer = ask(HOW_TO, {SPEED: speed}, CoolantTemperature="on")
    assert answer.text == f"The red coolant temperature lamp is lit. {STOP} {usual.text}"
    assert answer.outcome is usual.outcome
    for lamp in ("ParkingBrake", "LowFuel", "CheckEngine", "Ready"):
        assert ask(HOW_TO, {SPEED: speed}, **{lamp: "on"}).text == usual.text


def test_in_a_car_that_stands_what_can_be_mended_at_once_is_not() -> None:
    standing, driving = ({SPEED: Known(value, "km/h", 0.1)} for value in (0.0, 60.0))
    assert ask(HOW_TO, standing, DoorOpen="on").text == ask(HOW_TO, standing).text
    assert "door open lamp is lit" in ask(HOW_TO, driving, DoorOpen="on").text


def test_what_the_lamps_section_forbids_of_what_was_asked_is_said_too() -> None:
    charging = ask("How do I charge the car?", {SPEED: Known(0.0, "km/h", 0.1)}, HighVoltage="on")
    assert charging.text.startswith("The red high-voltage system lamp is lit.")
    assert "do not charge the car" in charging.text


def test_a_reading_is_said_alone_where_nothing_else_was_asked() -> None:
    driving = {SPEED: Known(60.0, "km/h", 0.1)}
    assert ask("How fast am I going?", driving, BrakeSystem="on").text == "60 km/h."
    judged = ask("Are the brake lights on, is that bad?", driving, BrakeSystem="on").text
    assert "Stop at once" in judged


def test_of_lamps_that_people_call_the_same_the_lit_one_is_meant() -> None:
    question = "Can I drive on with the battery light?"
    assert "petrol engine takes over" in ask(question, LowCharge="on").text
    assert "Stop soon in a safe place" in ask(question, Charging12V="on").text


@pytest.mark.parametrize("question", ["How serious is it?", "Is it bad?", "How urgent is this?"])
def test_how_serious_it_is_the_lit_lamp_tells(question: str) -> None:
    assert STOP in ask(question, CoolantTemperature="on").text
    assert ask(question).text == REPLIES.say["no_lamp_any"]


@pytest.mark.parametrize("speed", [0.0, 60.0])
def test_a_red_lamp_that_forbids_what_was_asked_says_so(speed: float) -> None:
    moving = {SPEED: Known(speed, "km/h", 0.1)}
    question = "Can I put a child seat in the front if I switch the airbag off?"
    assert "Do not fit a child seat" in ask(question, moving, Airbag="on").text
    assert "airbag" not in ask(HOW_TO, moving, Airbag="on").text
    assert "do not charge" in ask("How do I start a charge?", moving, HighVoltage="flashing").text


def test_a_red_sign_is_not_answered_by_a_gauge_alone() -> None:
    question = "I see a red exclamation mark, did I leave the handbrake on?"
    released = {"Vehicle.Chassis.ParkingBrake.IsEngaged": Known(value=False, unit=None, age_s=0.1)}
    assert "do not drive on" in ask(question, released, BrakeSystem="on").text
