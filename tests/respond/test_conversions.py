"""Figures in the driver's units: converted in code, and cited as derived."""

from dataclasses import replace

import pytest

from assistant.cancel import CancelToken
from assistant.events import (
    Answer,
    By,
    DerivedEvidence,
    Facts,
    Known,
    ManualEvidence,
    Outcome,
    SignalEvidence,
)
from assistant.lookup.facts import Lookup
from assistant.respond.conversions import REGIONS, UNITS, in_units, with_units
from assistant.respond.verify import grounded
from assistant.settings import UNITS as CHOICES
from tests import aster
from tests.fakes import FakeManual
from tests.turns import LEXICON, Build, known

PRESSURE = "Vehicle.Chassis.Axle.Row1.Wheel.Left.Tire.Pressure"


def quoted(text: str) -> Answer:
    evidence = (ManualEvidence("11.3", "Tyre pressures", "88", text),)
    return Answer(Outcome.ANSWERED, By.QUOTE, text, evidence)


def ask(text: str, units: str = "car") -> Answer:
    car = aster.car(
        Vehicle__Speed=known(120.0, "km/h"),
        Vehicle__Exterior__AirTemperature=known(-5.0, "°C"),
        **{PRESSURE.replace(".", "__"): known(2.3, "bar")},
    )
    request = aster.interpreter().interpret(text)
    facts = Lookup(car, FakeManual(aster.passages()), LEXICON, 12).facts(request)
    responder = replace(Build().responder, units=units)
    answer = responder.respond(request, facts, CancelToken())
    assert grounded(answer)
    return answer


@pytest.mark.parametrize(
    ("text", "units", "said"),
    [
        ("What's the front left tyre pressure?", "us", "33 psi"),
        ("What's the front left tyre pressure?", "metric", "2.3 bar"),
        ("What's the front left tyre pressure in psi?", "car", "33 psi"),
        ("What's the front left tyre pressure in kilopascals?", "us", "230 kPa"),
        ("How fast am I going?", "uk", "75 mph"),
        ("How fast am I going in kilometres per hour?", "us", "120 km/h"),
        ("How cold is it outside?", "us", "23 °F"),
        ("How cold is it outside?", "uk", "-5 °C"),
        ("What's the outside temperature in Fahrenheit?", "car", "23 °F"),
    ],
)
def test_what_the_car_reports_is_said_in_the_drivers_unit(text: str, units: str, said: str) -> None:
    assert said in ask(text, units).text


def test_a_converted_reading_is_derived_and_the_cars_own_is_cited_too() -> None:
    answer = ask("What's the front left tyre pressure?", "us")
    derived = [piece for piece in answer.evidence if isinstance(piece, DerivedEvidence)]
    assert [piece.reading.sources for piece in derived] == [(PRESSURE,)]
    assert derived[0].reading.value == pytest.approx(33.359, abs=1e-3)
    assert SignalEvidence(PRESSURE, known(2.3, "bar")) in answer.evidence


def test_a_car_that_stands_still_does_so_in_every_unit() -> None:
    facts = Facts(readings=(("Vehicle.Speed", Known(0.0, "km/h", 0.1)),))
    assert in_units(facts, REGIONS["us"]) == facts


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Front 2.3 bar.", "Front 2.3 bar (about 33 psi)."),
        ("At 80 to 120 km/h.", "At 80 to 120 km/h (about 50 to 75 mph)."),
        ("Every 15,000 km or 12 months.", "Every 15,000 km (about 9,321 miles) or 12 months."),
        ("Between −20 °C and more.", "Between −20 °C (about -4 °F) and more."),
        ("Hotter than 118 °C or so.", "Hotter than 118 °C (about 244 °F) or so."),
        ("It uses 5.0 l/100 km.", "It uses 5.0 l/100 km (about 47 US mpg)."),
        ("It holds 4.1 l.", "It holds 4.1 l (about 1.1 US gallons)."),
        ("Tighten to 140 Nm.", "Tighten to 140 Nm (about 103 pound-feet)."),
    ],
)
def test_a_manuals_figure_stays_and_the_drivers_stands_behind_it(text: str, said: str) -> None:
    answer = with_units(quoted(text), REGIONS["us"])
    assert answer.text == said
    assert grounded(answer)
    assert any(
        isinstance(piece, DerivedEvidence) and piece.reading.sources == ("section 11.3",)
        for piece in answer.evidence
    )


@pytest.mark.parametrize(
    "text",
    [
        "It rises by 10 °C.",
        "Set it 5 °C warmer.",
        "18 kWh/100 km in winter.",
        "A 12-volt battery of 60 Ah.",
        "Section 8.12 says more.",
        "2.3 bar (33 psi) cold.",
        "Wait 5 minutes.",
    ],
)
def test_what_is_no_figure_of_a_measure_stays(text: str) -> None:
    assert with_units(quoted(text), REGIONS["us"]) == quoted(text)


def test_the_more_litres_the_fewer_miles() -> None:
    text = with_units(quoted("It uses 4 to 6 l/100 km."), REGIONS["us"]).text
    assert text == "It uses 4 to 6 l/100 km (about 39 to 59 US mpg)."


def test_a_region_spells_the_cars_answers_its_own_way() -> None:
    question = "What's the front left tyre pressure?"
    assert ask(question, "us").text == "33 psi in the front left tire."
    assert ask(question, "uk").text == "33 psi in the front left tyre."


def test_steps_and_what_is_spoken_of_them_are_converted_too() -> None:
    answer = replace(quoted("One. Two at 2 bar."), short="One.", steps=("One.", "Two at 2 bar."))
    assert with_units(answer, ("psi",)).steps == ("One.", "Two at 2 bar (about 29 psi).")


def test_a_refusal_and_the_cars_own_units_stay_as_they_are() -> None:
    refusal = Answer(Outcome.REFUSED, By.TEMPLATE, "Not above 2 bar.")
    assert with_units(refusal, REGIONS["us"]) == refusal
    assert with_units(quoted("2 bar"), REGIONS["car"]) == quoted("2 bar")


def test_every_region_is_a_setting_and_names_units_that_there_are() -> None:
    assert set(REGIONS) == set(CHOICES)
    for wanted in REGIONS.values():
        assert set(wanted) <= set(UNITS)
