"""Questions about the car: what it reports is said, and of the rest that it is unknown."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.cancel import CancelToken
from assistant.events import (
    Answer,
    By,
    DerivedEvidence,
    Facts,
    Known,
    Outcome,
    Reading,
    Reason,
    Request,
    RequestKind,
    SignalEvidence,
    Unknown,
)
from assistant.interpret.gauges import NamedGauge
from assistant.respond.gauges import evidence_of, joined
from assistant.respond.verify import grounded
from tests import aster
from tests.turns import REPLIES, Build

GAUGES = {named.gauge.name: named for named in aster.interpreter().gauges}
DOORS = "Vehicle.Cabin.Door."
UNKNOWN = Unknown(Reason.STALE)


def answer(name: str, readings: dict[str, Reading]) -> Answer:
    gauge = GAUGES[name].gauge
    asked = Request(RequestKind.VEHICLE, name, "?", paths=tuple(readings), gauge=gauge)
    facts = Facts(readings=tuple(readings.items()))
    return Build().responder.respond(asked, facts, CancelToken())


def everywhere(name: str, reading: Reading) -> dict[str, Reading]:
    return {path.path: reading for path in GAUGES[name].gauge.paths}


def cases() -> list[tuple[str, str, Known]]:
    signals = aster.profile().signals
    return [
        (named.gauge.name, path.path, reading)
        for named in GAUGES.values()
        for path in named.gauge.paths
        for reading in aster.values(signals[path.path])
    ]


@pytest.mark.parametrize("named", GAUGES.values(), ids=lambda named: str(named.gauge.name))
def test_every_value_of_every_gauge_can_be_said(named: NamedGauge) -> None:
    for name, path, reading in cases():
        if name == named.gauge.name:
            said = answer(name, {path: reading})
            assert said.outcome is Outcome.ANSWERED, (path, reading, said)
            assert said.text.endswith(".")
            assert "{" not in said.text
            assert "None" not in said.text
            assert said.text[0].isupper() or not said.text[0].isalpha()
            assert grounded(said)


@pytest.mark.parametrize("reason", Reason)
def test_an_unknown_reading_is_said_as_such_with_its_reason(reason: Reason) -> None:
    for name, named in GAUGES.items():
        said = answer(name, everywhere(name, Unknown(reason)))
        assert said.outcome is Outcome.REFUSED
        assert said.by is By.TEMPLATE
        assert said.text == f"I can't tell {named.gauge.called}: {REPLIES.unknown[reason.value]}."
        assert len(said.evidence) == len(named.gauge.paths)


@pytest.mark.parametrize(
    "name", [name for name, named in GAUGES.items() if len(named.gauge.paths) > 1]
)
def test_where_one_of_several_is_unknown_the_answer_says_which(name: str) -> None:
    gauge = GAUGES[name].gauge
    signals = aster.profile().signals
    for unknown in gauge.paths:
        readings: dict[str, Reading] = {
            path.path: aster.values(signals[path.path])[0] for path in gauge.paths
        }
        readings[unknown.path] = UNKNOWN
        said = answer(name, readings)
        assert f"I can't tell {unknown.label}." in said.text
        assert SignalEvidence(unknown.path, UNKNOWN) in said.evidence


COOLANT = "Vehicle.Powertrain.CombustionEngine.EngineCoolant.Temperature"
HOT_LAMP = "Vehicle.Cabin.Cluster.Telltale.CoolantTemperature"


@pytest.mark.parametrize("state", ["on", "flashing"])
def test_a_lamp_of_the_gauge_that_is_lit_is_told(state: str) -> None:
    hot, lamp = Known(120.0, "°C", 0.1), Known(state, None, 0.1)
    said = answer("coolant_temperature", {COOLANT: hot, HOT_LAMP: lamp})
    assert said.text == "The coolant is at 120 °C. The coolant temperature lamp is lit."
    assert said.evidence == (SignalEvidence(COOLANT, hot), SignalEvidence(HOT_LAMP, lamp))


def test_the_lamp_of_a_gauge_is_told_though_its_value_is_unknown() -> None:
    said = answer("coolant_temperature", {COOLANT: UNKNOWN, HOT_LAMP: Known("on", None, 0.1)})
    assert said.outcome is Outcome.ANSWERED
    assert said.text.endswith("The coolant temperature lamp is lit.")
    assert said.text.startswith("I can't tell the coolant temperature")


@pytest.mark.parametrize("lamp", [Known("off", None, 0.1), UNKNOWN])
def test_a_lamp_that_is_off_or_unknown_is_not_told_of_a_gauge(lamp: Reading) -> None:
    said = answer("coolant_temperature", {COOLANT: Known(90.0, "°C", 0.1), HOT_LAMP: lamp})
    assert said.text == "The coolant is at 90 °C."


SEATS = {path.place: path.path for path in GAUGES["unbelted"].gauge.given}
UNBELTED = {path.place: path.path for path in GAUGES["unbelted"].gauge.paths}


def buckled(taken: dict[str, Reading]) -> Answer:
    """Whether those on the given seats are buckled up; nobody is known to be unbelted."""
    readings = {UNBELTED[place]: Known(False, None, 0.1) for place in taken}
    return answer("unbelted", {**readings, **{SEATS[place]: r for place, r in taken.items()}})


TAKEN, EMPTY = Known(True, None, 0.1), Known(False, None, 0.1)
REAR = [place for place in SEATS if place.startswith("rear")]


@pytest.mark.parametrize(
    ("places", "text"),
    [
        (REAR, "No rear seat is taken."),
        (list(SEATS), "No seat is taken."),
        (["rear left"], "The rear left seat is empty."),
    ],
)
def test_where_nobody_sits_nobody_is_said_to_be_buckled_up(places: list[str], text: str) -> None:
    said = buckled(dict.fromkeys(places, EMPTY))
    assert (said.outcome, said.text) == (Outcome.ANSWERED, text)
    assert {SignalEvidence(SEATS[place], EMPTY) for place in places} < set(said.evidence)


def test_a_seat_is_called_empty_or_taken_only_where_that_is_known() -> None:
    said = buckled({**dict.fromkeys(REAR, EMPTY), "rear left": TAKEN})
    assert said.text == "Everybody on the rear seats is buckled up."
    said = buckled({**dict.fromkeys(REAR, EMPTY), "rear left": UNKNOWN})
    assert said.outcome is Outcome.REFUSED
    assert said.text.startswith("I can't tell who is not buckled up: ")
    assert SignalEvidence(SEATS["rear left"], UNKNOWN) in said.evidence


def open_doors(*open_paths: str, unknown: tuple[str, ...] = ()) -> Answer:
    readings: dict[str, Reading] = {}
    for path in GAUGES["doors"].gauge.paths:
        is_open = Known(path.path in open_paths, None, 0.1)
        readings[path.path] = UNKNOWN if path.path in unknown else is_open
    return answer("doors", readings)


DOOR_PATHS = [path.path for path in GAUGES["doors"].gauge.paths]


@given(
    st.lists(
        st.sampled_from(["open", "closed", "unknown"]),
        min_size=len(DOOR_PATHS),
        max_size=len(DOOR_PATHS),
    )
)
def test_closed_is_never_said_of_all_while_one_is_open_or_unknown(states: list[str]) -> None:
    given_states = dict(zip(DOOR_PATHS, states, strict=True))
    said = open_doors(
        *(path for path, state in given_states.items() if state == "open"),
        unknown=tuple(path for path, state in given_states.items() if state == "unknown"),
    )
    labels = {path.path: path.label for path in GAUGES["doors"].gauge.paths}
    known = {state for state in states if state != "unknown"}
    if not known:
        assert said.outcome is Outcome.REFUSED
        return
    all_closed = "all" in said.text.lower().split() and "closed" in said.text
    assert all_closed == (set(states) == {"closed"})
    if all_closed:
        return
    named = {path for path, label in labels.items() if label in said.text.lower()}
    assert named == {path for path, state in given_states.items() if state != "closed"}


def test_the_unit_is_said_once() -> None:
    readings = everywhere("tyre_pressure", Known(2.38, "bar", 0.1))
    assert answer("tyre_pressure", readings).text == (
        "Front left 2.4, front right 2.4, rear left 2.4 and rear right 2.4 bar."
    )


@pytest.mark.parametrize(("celsius", "text"), [(-0.4, "0 °C"), (0.4, "0 °C"), (-0.6, "-1 °C")])
def test_a_temperature_around_zero_is_answered(celsius: float, text: str) -> None:
    readings = everywhere("outside_temperature", Known(celsius, "°C", 0.1))
    said = answer("outside_temperature", readings)
    assert said.outcome is Outcome.ANSWERED
    assert text in said.text


def test_a_derived_value_names_its_sources() -> None:
    reading = Known(508.0, "km", 0.1, ("Vehicle.A", "Vehicle.B"))
    assert evidence_of("Vehicle.Powertrain.Range", reading) == DerivedEvidence(
        "Powertrain.Range", reading
    )
    assert evidence_of("Vehicle.Speed", UNKNOWN) == SignalEvidence("Vehicle.Speed", UNKNOWN)


@pytest.mark.parametrize(
    ("parts", "text"),
    [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_a_list_is_joined_as_it_is_said(parts: list[str], text: str) -> None:
    assert joined(parts) == text


def test_the_names_of_the_gauges_are_their_own() -> None:
    names = [named.gauge.name for named in aster.interpreter().gauges]
    assert not [a for a, b in itertools.pairwise(sorted(names)) if a == b]
