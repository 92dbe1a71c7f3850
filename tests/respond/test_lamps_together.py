"""Two lamps are lit: what the manual says of both together goes before what it says of each."""

from dataclasses import replace

import pytest

from assistant.events import Answer, By, Facts, Hits, Outcome
from assistant.respond.lamp_couplings import couplings
from assistant.respond.lamp_others import with_others
from assistant.respond.lamp_states import said_in
from tests import aster
from tests.lamps import LAMPS, ask
from tests.turns import REPLIES, known

BRAKES = {"BrakeSystem": "on", "ABS": "on"}
EMPTY = {"LowFuel": "on", "LowCharge": "on"}
KINDS = (
    "Can I continue with the {} on?",
    "May I drive on with the {}?",
    "Is the {} serious?",
    "What does the {} mean?",
    "How far can I go with the {} on?",
    "How fast may I drive with the {}?",
    "What should I do about the {}?",
    "Can I ignore the {}?",
    "Why is the {} on?",
)
# Every coupling of the manual: in whose section it stands -> with which lamp, and what it says.
COUPLED = {
    ("BrakeSystem", "ABS"): "Do not drive on in that case.",
    ("ABS", "BrakeSystem"): "stop at once and do not drive on",
    ("LowCharge", "LowFuel"): "refuel at once",
    ("ReducedPower", "HighVoltage"): "stop",
    ("OilLevel", "OilPressure"): "stop at once",
}


def test_the_couplings_of_the_manual_are_found_and_no_others() -> None:
    found = {}
    for lamp in LAMPS.values():
        said = said_in(p for p in aster.passages() if p.section == lamp.section)
        for coupling in couplings(said, [other for other in LAMPS.values() if other != lamp]):
            found[lamp.id, coupling.lamp.id] = " ".join(one.text for one in coupling.said)
    assert found.keys() == COUPLED.keys()
    assert all(COUPLED[pair] in text for pair, text in found.items())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("name", "lit", "told"),
    [
        ("ABS light", BRAKES, "together with the amber anti-lock brakes lamp, stop at once"),
        ("amber ABS lamp", BRAKES, "together with the amber anti-lock brakes lamp, stop at once"),
        ("tortoise lamp", {"ReducedPower": "on", "HighVoltage": "on"}, "comes on as well, stop"),
        ("oil level lamp", {"OilLevel": "on", "OilPressure": "on"}, "comes on, stop at once"),
    ],
)
def test_what_a_lamp_permits_alone_is_not_said_where_both_ask_to_stop(
    kind: str, name: str, lit: dict[str, str], told: str
) -> None:
    text = ask(kind.format(name), **lit).text
    assert told in text
    assert "may drive" not in text and "lamp is lit." in text


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["low fuel lamp", "low drive battery lamp"])
def test_what_holds_for_both_comes_before_what_holds_for_one(kind: str, name: str) -> None:
    text = ask(kind.format(name), **EMPTY).text
    at = text.index("are on together, refuel at once")
    assert "may drive on" not in text[:at]


@pytest.mark.parametrize("kind", KINDS)
def test_of_the_red_one_of_two_it_is_said_what_both_mean(kind: str) -> None:
    text = ask(kind.format("red brake lamp"), **BRAKES).text
    assert "distribution of the braking force has failed" in text
    assert "The amber anti-lock brakes lamp is lit." in text


def test_a_lamp_alone_is_answered_as_before() -> None:
    assert ask("Can I continue with the ABS light on?", ABS="on").text.startswith(
        "You may drive on carefully to a workshop."
    )


@pytest.mark.parametrize("kind", [*KINDS, "May I keep driving with the amber brake lamp?"])
def test_beside_an_amber_lamp_it_is_said_what_the_red_one_demands(kind: str) -> None:
    states = {"WasherFluid": "on", "OilPressure": "on"}
    text = ask(kind.format("washer fluid lamp"), **states).text
    assert text.startswith("The red engine oil pressure lamp is lit. Stop at once")
    assert "may drive" not in text


def test_beside_a_red_lamp_that_lets_drive_on_it_is_said_which_one_does_not() -> None:
    text = ask("Can I drive on with the seat belt lamp?", SeatBelt="on", OilPressure="on").text
    assert text.startswith("The red engine oil pressure lamp is lit. Stop at once")
    assert "may drive" not in text


def test_a_lamp_that_is_off_beside_one_that_asks_to_stop_is_named() -> None:
    text = ask("What does the ABS lamp mean?", OilPressure="on").text
    assert "Stop at once" in text and text.endswith("The anti-lock brakes lamp is not lit.")


def test_a_lamp_that_demands_nothing_is_not_told_of() -> None:
    alone = ask("What does the ABS lamp mean?", ABS="on").text
    assert ask("What does the ABS lamp mean?", ABS="on", ParkingBrake="on").text == alone


def test_of_a_red_lamp_that_the_manual_does_not_describe_it_is_said_that_it_is_lit() -> None:
    amber, red = LAMPS["WasherFluid"], replace(LAMPS["OilPressure"], section="")
    own = tuple(p for p in aster.passages() if p.section == amber.section)
    readings = ((amber.path, known("on")), (red.path, known("on")))
    cluster = Facts(readings=readings, lamps=((amber, "on"), (red, "on")), hits=Hits(own))
    facts = replace(cluster, readings=readings[:1], lamps=((amber, "on"),), cluster=cluster)
    answer = Answer(Outcome.ANSWERED, By.TEMPLATE, "You may drive on.")
    told = with_others(answer, facts, REPLIES).text
    assert told == "The red engine oil pressure lamp is lit. You may drive on."
