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
