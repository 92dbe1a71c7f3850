"""Questions in drivers' words, answered from the whole manual of the Aster, without a model."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from assistant.adapters.sqlite_manual import SqliteManual
from assistant.adapters.sqlite_manual_file import build
from assistant.events import Answer, Outcome, RequestKind
from assistant.lookup.facts import Lookup
from assistant.respond.manual import answer_manual
from assistant.respond.verify import grounded
from tests import aster
from tests.turns import LEXICON, REPLIES, SETTINGS

WORDS = 30


@pytest.fixture(scope="module")
def manual(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteManual]:
    path = tmp_path_factory.mktemp("manual") / "aster.sqlite"
    build(path, aster.passages(), "test")
    opened = SqliteManual(path)
    opened.open()
    yield opened
    opened.close()


def ask(manual: SqliteManual, question: str, tyre_size: str | None = None) -> Answer:
    """The answer to a question that is for the manual."""
    car = aster.car()
    if tyre_size is not None:
        car = replace(car, tyre_size=tyre_size)
    request = aster.interpreter().interpret(question)
    assert request.kind is RequestKind.MANUAL
    facts = Lookup(car, manual, LEXICON, SETTINGS.lookup.passages).facts(request)
    return answer_manual(request, facts, REPLIES, SETTINGS.lookup.min_coverage, WORDS)


def said(manual: SqliteManual, question: str, tyre_size: str | None = None) -> str:
    answer = ask(manual, question, tyre_size)
    assert answer.outcome is Outcome.ANSWERED
    return answer.text.removeprefix("1. ")  # all steps of a procedure


# --- how a thing is done -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How do I close the bonnet?", "put the stay back into its clip"),
        ("How do I shut the bonnet again?", "put the stay back into its clip"),
        ("How do I open the bonnet?", "Pull the bonnet lever"),
        ("Which fuse do I check if the rear wiper is dead?", "F52"),
        ("Can I tow another car with this one?", "may not tow other vehicles"),
        ("What does a steady amber light on the charging socket mean?", "not fully plugged in"),
        ("How do I fold the back seats back up?", "Swing the backrest up"),
        ("How do I fold the rear seats down?", "Lower the rear head restraints"),
        ("How do I take the snow chains off?", "Take the chains off as soon as"),
        ("When should I take the snow chains off?", "Take the chains off as soon as"),
        ("How do I fit snow chains?", "Lay the chains over both front wheels"),
        ("How do I open the windows with the key?", "unlock button for 3 seconds: opens all"),
        ("How do I close the windows with the key?", "lock button for 3 seconds: closes all"),
        ("How do I lock the door with the emergency key?", "turn the blade towards the rear"),
        ("How do I lock the car by hand?", "turn the blade towards the rear"),
        ("How do I lock the car?", "Press the lock button once"),
        ("How do I turn stability control off?", "stability control button for 3 seconds"),
        ("How do I switch off ESC?", "stability control button for 3 seconds"),
        ("How do I turn off lane keeping?", "Hold the button with the lane symbol"),
        ("How do I turn off the alarm?", "Unlock the car with the key"),
        ("How do I release the parking brake?", "push the switch down"),
        ("How do I turn on the hazard lights?", "red triangle in the middle of the dashboard"),
        ("How do I jump start another car with mine?", "Do not use the Aster to jump start"),
        ("How do I jump start the car?", "Park the vehicles"),
    ],
)
def test_how_to_is_answered_by_what_does_that_and_not_the_opposite(
    manual: SqliteManual, question: str, expected: str
) -> None:
    assert expected in said(manual, question)


def test_where_the_triangle_is_is_not_where_the_switch_with_a_triangle_is(
    manual: SqliteManual,
) -> None:
    assert "inside of the tailgate" in said(manual, "Where is the warning triangle?")
    assert "middle of the dashboard" in said(manual, "Where is the hazard warning switch?")
    text = said(manual, "How far behind the car do I put the warning triangle?")
    assert "150 metres on motorways" in text


# --- tyre pressures ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "question",
    [
        "Tyre pressure with five people?",
        "Tyre pressure for five people and luggage?",
        "What tyre pressure do I need with a full load?",
    ],
)
def test_the_pressure_is_of_the_wheels_that_are_fitted(manual: SqliteManual, question: str) -> None:
    for size, own, other in (("R17", "rear 2.9", "3.0"), ("R18", "rear 3.0", "2.9")):
        text = said(manual, question, size)
        assert size in text
        assert own in text
        assert other not in text


def test_where_the_wheels_are_not_known_both_are_said_with_their_size(manual: SqliteManual) -> None:
    text = said(manual, "Tyre pressure for five people and luggage?", "")
    assert re.search(r"R17 .*2\.9 bar.*R18 .*3\.0 bar", text)


def test_wheels_that_were_asked_about_count_more_than_those_fitted(manual: SqliteManual) -> None:
    question = "Tyre pressure for the 18 inch wheels fully loaded?"
    assert "3.0 bar at the rear" in said(manual, question, "R17")


def test_without_a_load_the_usual_case_comes_first(manual: SqliteManual) -> None:
    text = said(manual, "What should the rear tyre pressure be?")
    assert text.startswith("215/60 R17 96H, up to 3 people: rear 2.3 bar")


# --- a figure is of the thing that was asked about -----------------------------------------------


@pytest.mark.parametrize(
    ("question", "figure"),
    [
        ("How heavy a trailer may I tow?", "1,250 kg"),
        ("Maximum trailer weight?", "1,250 kg"),
        ("How much may an unbraked trailer weigh?", "650 kg"),
        ("What's the nose weight?", "75 kg"),
        ("How much can I put on the roof?", "75 kg"),
        ("What's the roof load limit?", "75 kg"),
        ("What does the battery weigh?", "138 kg"),
        ("What's the gross vehicle weight?", "2,190 kg"),
        ("How wide is the car?", "1,830 mm"),
        ("How wide is the car with mirrors?", "2,075 mm"),
        ("How long is the car?", "4,465 mm"),
        ("What height do I need for the open tailgate?", "2,090 mm"),
        ("What's the power of the petrol engine?", "96 kW"),
        ("Power of the electric motor?", "75 kW"),
        ("Engine torque?", "220 Nm"),
        ("What's the engine size?", "1,499 cm³"),
        ("How many cylinders has the engine?", "3"),
        ("Idle speed?", "950 rpm"),
        ("How big is the drive battery?", "15.2 kWh"),
        ("What voltage is the drive battery?", "355 V"),
        ("What is the maximum charging power?", "6.6 kW"),
        ("How long does charging take at 6.6 kilowatts?", "2 h"),
        ("At what temperature can I charge?", "−20 °C to +45 °C"),
        ("How much washer fluid goes in?", "4.5 litres"),
        ("Which engine oil should I buy?", "0W-20"),
        ("What coolant do I need?", "OAT"),
        ("What bulb is in the front indicator?", "PY21W"),
        ("How many amps is the wiper fuse?", "30 A"),
        ("Fuse for the fuel pump?", "F16"),
        ("What fuse is the cigarette lighter?", "F44"),
        ("What size spanner for the wheel nuts?", "19 mm"),
        ("What size battery does my key take?", "CR2032"),
        ("How long are the wiper blades?", "mm"),
        ("Which wiper blade length on the driver's side?", "650 mm"),
        ("When is the air filter due?", "45,000 km"),
        ("When do I change the transmission oil?", "filled for life"),
        ("How often must I change the oil?", "15,000 km"),
        ("How often do I check the oil?", "1,500 km"),
        ("How often do I change the timing chain?", "maintenance-free"),
        ("How old may tyres be?", "years"),
        ("What is the max speed for winter tyres on 18 inch wheels?", "190 km/h"),
        ("Who do I call in an emergency?", "112"),
    ],
)
def test_a_figure_is_of_what_was_asked(manual: SqliteManual, question: str, figure: str) -> None:
    assert figure in said(manual, question)


@pytest.mark.parametrize(
    "question",
    [
        "How heavy is the tailgate?",
        "How much does the roof rack weigh?",
        "How heavy is the engine?",
        "How wide is the trailer?",
        "How wide is the garage door?",
        "What is the power of the loudspeaker?",
        "What is the power of the radio?",
        "Which fuse is it for the heated front windscreen?",
        "Which fuse is for the massage seats?",
        "How many litres does the front boot hold?",
        "What is the 60 to 100 km/h time?",
        "What's the minimum thickness for the brake pads?",
        "What torque for the cylinder head bolts?",
        "How thick must the brake pads be at least?",
        "What oil pressure is normal in bar when warm?",
        "Is there a way to switch on the heated seats in the back?",
        "How do I fit a dash cam?",
        "How do I close the convertible roof?",
    ],
)
def test_a_figure_or_steps_of_something_else_are_no_answer(
    manual: SqliteManual, question: str
) -> None:
    assert ask(manual, question).outcome is Outcome.REFUSED


@pytest.mark.parametrize(
    "question",
    [
        "What voltage is the drive battery?",
        "How much washer fluid goes in?",
        "What's the electric range in winter?",
        "Do the hazard lights work with the car off?",
        "Idle speed?",
        "What does the battery weigh?",
    ],
)
def test_what_no_gauge_shows_is_not_read_from_one(question: str) -> None:
    assert aster.interpreter().interpret(question).kind is RequestKind.MANUAL


# --- figures, keys and units that were asked for ------------------------------------------------


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What speed does V stand for?", "240 km/h"),
        ("What speed does H stand for?", "210 km/h"),
        ("How fast does it get to 100?", "8.6 s"),
        ("How fast can it go?", "195 km/h"),
        ("What does the car weigh?", "1,695 kg"),
        ("How long does charging take with 3.7 kilowatts?", "3 h(ours)? 50 min"),
        (
            "What pressure for the rear tyres with the family and luggage on 18 inch wheels?",
            "3.0 bar",
        ),
        ("How far away should I put the warning triangle on the motorway?", "150 metres"),
        ("How much washer fluid fits in?", "4.5 litres"),
        ("Where is the 12 volt battery?", "under the luggage floor"),
    ],
)
def test_a_figure_is_of_the_key_and_the_unit_that_were_asked_for(
    manual: SqliteManual, question: str, expected: str
) -> None:
    assert re.search(expected, said(manual, question))


@pytest.mark.parametrize(
    "question",
    [
        "How long does charging take at 50 kilowatts?",
        "How long does charging take at fifty kilowatts?",
        "How long does charging take at 22 kW?",
        "May I drive at 250?",
        "What speed does Q stand for?",
        "Can I sit in the car while it charges?",
    ],
)
def test_a_figure_of_another_unit_and_steps_for_another_thing_are_no_answer(
    manual: SqliteManual, question: str
) -> None:
    assert ask(manual, question).outcome is Outcome.REFUSED


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Can I tow a caravan of 1500 kilos?", "up to 1,250 kg"),
        (
            "Can I tow a trailer in the first 1000 kilometres?",
            "Do not tow a trailer during the first",
        ),
        ("Can I drive 150 km on the spare wheel?", "at most 80 km"),
        ("Can I drive with the spare at 100?", "80 km/h"),
    ],
)
def test_a_figure_beyond_a_limit_is_answered_by_the_limit(
    manual: SqliteManual, question: str, expected: str
) -> None:
    assert expected in said(manual, question)


# --- what must not be done ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Can I replace a 10 amp fuse with a 20 amp?", "Never replace a fuse with a stronger fuse"),
        ("May I open the battery coolant tank?", "The owner must not open it."),
        ("Can I put a rear facing child seat in the front?", "danger of death"),
        ("Can I charge at a rapid charger?", "cannot be charged"),
    ],
)
def test_a_permission_is_never_said_without_the_prohibition_beside_it(
    manual: SqliteManual, question: str, expected: str
) -> None:
    answer = ask(manual, question)
    assert expected in answer.text
    assert grounded(answer)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What do I do in case of fire?", "Stop, select P and switch the car off."),
        ("What do I do after an accident?", "Switch the hazard warning lamps on."),
        ("How do I precondition the car?", "Touch Charging"),
    ],
)
def test_what_to_do_is_found_under_what_has_happened(
    manual: SqliteManual, question: str, expected: str
) -> None:
    assert said(manual, question).startswith(expected)
