"""Lamps in drivers' words, and words of lamps that mean none."""

import pytest

from assistant.events import Known, ManualEvidence, RequestKind, SignalEvidence
from tests import aster
from tests.lamps import LAMPS, ask
from tests.turns import REPLIES

SPEED = {"Vehicle.Speed": Known(70.0, "km/h", 0.1)}


@pytest.mark.parametrize(
    ("question", "lamp"),
    [
        ("What does the petrol pump light mean?", "LowFuel"),
        ("What's the pump symbol?", "LowFuel"),
        ("Why is the petrol pump lit?", "LowFuel"),
        ("What does the red lamp with the lightning mean?", "HighVoltage"),
        ("What's the lightning symbol?", "HighVoltage"),
        ("There is a red lightning bolt.", "HighVoltage"),
        ("What does the red flash mean?", "HighVoltage"),
        ("A red oil can just came on.", "OilPressure"),
        ("What's the snowflake?", "Frost"),
        ("What's the horseshoe symbol with the exclamation mark?", "TyrePressure"),
        ("What does the oil lamp mean?", "OilLevel"),
        ("What does the brake light mean?", "ParkingBrake"),
        ("What does the engine oil light mean?", "OilPressure"),
    ],
)
def test_a_lamp_that_is_lit_is_found_in_the_drivers_words(question: str, lamp: str) -> None:
    answer = ask(question, **{lamp: "on"})
    sections = {e.section for e in answer.evidence if isinstance(e, ManualEvidence)}
    assert sections == {LAMPS[lamp].section}
    assert REPLIES.say["none_of_them"] not in answer.text


def test_of_lamps_that_are_called_the_same_the_lit_ones_are_meant() -> None:
    text = ask("The oil lamp is on, do I have to stop?", OilLevel="on", BulbFailure="flashing").text
    assert text.startswith("The amber engine oil level lamp is lit.")
    assert "check the oil level today" in text
    text = ask("What does the oil lamp mean?", OilLevel="on", OilPressure="on").text
    assert "Stop at once, switch the car off" in text
    text = ask("What does the oil lamp mean?").text
    assert text.startswith("The red engine oil pressure lamp means")


@pytest.mark.parametrize(
    "question",
    [
        "Are my brake lights on?",
        "Are my brake lights working?",
        "Is my brake light broken?",
        "Are the tail lights ok?",
    ],
)
def test_exterior_lights_are_no_lamps_of_the_display(question: str) -> None:
    assert aster.interpreter().interpret(question).kind is not RequestKind.WARNING


@pytest.mark.parametrize(
    ("question", "lamp"),
    [
        ("Are my brakes safe?", "BrakeSystem"),
        ("Are my brakes working?", "BrakeSystem"),
        ("Is my ABS working?", "ABS"),
        ("Is the airbag okay?", "Airbag"),
    ],
)
def test_whether_a_thing_is_well_its_lamp_tells(question: str, lamp: str) -> None:
    answer = ask(question)
    assert answer.text.startswith(f"The {LAMPS[lamp].name.lower()} lamp is not lit.")
    assert "top at once" not in answer.text
    assert "drive on" not in answer.text
    assert SignalEvidence(LAMPS[lamp].path, Known("off", None, 0.04)) in answer.evidence
    assert ask(question, **{lamp: "on"}).text.endswith(REPLIES.say["lamp_lit"])


def test_what_to_do_with_a_lamp_that_is_off_is_said_under_its_condition() -> None:
    text = ask("What does the brake system lamp mean?").text
    assert "While it is lit: Stop at once" in text
    text = ask("What does the brake system lamp mean?", BrakeSystem="on").text
    assert "While" not in text


def test_the_manuals_instruction_for_a_lamp_that_is_off_is_said_under_its_condition() -> None:
    question = "Does the brake pedal travel further than usual at once in a safe place?"
    assert (
        "Stop at once" not in ask(question).text or "While the brake system" in ask(question).text
    )


def test_a_reading_is_not_compared_with_what_holds_for_a_lamp_that_is_off() -> None:
    question = "What speed for the particulate filter am I allowed to drive now?"
    assert "between" not in ask(question, SPEED).text
    assert "80 to 120" not in ask("How fast am I allowed to drive?", SPEED).text


@pytest.mark.parametrize("question", ["What's lit up in front of me?", "What's on in the display?"])
def test_what_is_lit_names_all_lamps(question: str) -> None:
    text = ask(question, Frost="on", Ready="on", DippedBeam="on").text
    assert "frost warning" in text
    assert "ready to drive" in text
    assert "dipped beam" in text


def test_of_two_colours_no_lamp_is_picked() -> None:
    text = ask("What if a red lamp and an amber lamp come on together?", ParkingBrake="on").text
    assert "parking brake" not in text


def test_whether_a_steady_lamp_flashes_is_answered_with_its_state() -> None:
    answer = ask("Is the check engine light flashing?", CheckEngine="on")
    assert "dry grass" not in answer.text
    assert answer.text.endswith(REPLIES.say["lamp_lit"])
