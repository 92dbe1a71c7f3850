"""Several lamps are lit: what may not be left out is said, the most severe first."""

import pytest

from assistant.respond.lamp_demands import Demand, LitLamp
from assistant.respond.lamp_states import said_in
from tests import aster
from tests.lamps import ask

SECTIONS = {
    lamp.id: tuple(p for p in aster.passages() if p.section == lamp.section)
    for lamp in aster.car().telltales
}


def lit(lamp: str, state: str) -> LitLamp:
    """A lamp of the Aster in a state."""
    telltale = next(each for each in aster.car().telltales if each.id == lamp)
    return LitLamp(telltale, state, SECTIONS[lamp], said_in(SECTIONS[lamp]))


@pytest.mark.parametrize(
    ("lamp", "state", "demand"),
    [
        ("BrakeSystem", "on", Demand.STOP),
        ("DoorOpen", "on", Demand.STOP),
        ("ParkingBrake", "flashing", Demand.STOP),
        ("ReducedPower", "flashing", Demand.STOP),
        ("ReducedPower", "on", Demand.LIMIT),
        ("Airbag", "on", Demand.LIMIT),
        ("SeatBelt", "on", Demand.LIMIT),
        ("TyrePressure", "on", Demand.LIMIT),
        ("OilLevel", "on", Demand.LIMIT),
        ("Frost", "on", Demand.LIMIT),
        ("ParkingBrake", "on", Demand.NONE),
        ("LowFuel", "on", Demand.NONE),
        ("LowFuel", "flashing", Demand.NONE),
        ("ServiceDue", "on", Demand.NONE),
        ("Ready", "on", Demand.NONE),
    ],
)
def test_what_a_lamp_demands_stands_in_its_section(lamp: str, state: str, demand: Demand) -> None:
    assert lit(lamp, state).demand is demand


@pytest.mark.parametrize("state", ["on", "flashing"])
@pytest.mark.parametrize("lamp", SECTIONS)
def test_an_instruction_holds_what_the_lamp_demands(lamp: str, state: str) -> None:
    one = lit(lamp, state)
    text = " ".join(said.text for said in one.instruction()).lower()
    if one.demand is Demand.STOP:
        assert "stop" in text or "not drive" in text


@pytest.mark.parametrize(
    "question", ["What are the red lamps?", "Is everything fine with the car?"]
)
def test_of_two_red_lamps_the_one_that_asks_to_stop_comes_first(question: str) -> None:
    text = ask(question, SeatBelt="on", DoorOpen="on").text
    assert text.index("Stop and close it.") < text.index("as soon as all belts are fastened")


def test_an_amber_lamp_that_asks_to_stop_is_not_lost_beside_others() -> None:
    states = {"StabilityControl": "flashing", "ReducedPower": "flashing", "KeyBattery": "flashing"}
    text = ask("What does the flashing orange lamp mean?", **states).text
    assert "leave the road and stop" in text
    text = ask("Can I drive on?", Airbag="on", **states).text
    assert "leave the road and stop" in text
    assert "carefully to the nearest workshop" in text


def test_of_a_coolant_lamp_that_flashes_beside_another_it_is_said_to_stop() -> None:
    text = ask("Can I carry on?", CoolantTemperature="flashing", TyrePressure="on").text
    assert "Stop in a safe place" in text
    assert "coolant level is too low" in text


def test_of_lamps_that_limit_driving_more_than_one_is_told() -> None:
    text = ask("Can I drive on?", CheckEngine="on", ReducedPower="on").text
    assert "For the engine lamp" in text
    assert "For the reduced power lamp" in text


def test_a_lamp_named_in_other_words_is_told_with_what_to_do_where_it_asks_to_stop() -> None:
    text = ask("What does the red lamp with the zigzag mean?", HighVoltage="on").text
    assert "Stop in a safe place, select P and switch the car off." in text
