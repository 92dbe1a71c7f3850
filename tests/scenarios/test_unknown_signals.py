"""Every scenario, asked in its own time: what is unknown is said to be, and the rest is as on the bus.

The frames of the simulator, the readings that the bridge makes of them, and the assistant's text
stages, all in this process and without a clock.
"""

from __future__ import annotations

from functools import cache

import can
import pytest

from assistant.cancel import CancelToken
from assistant.events import (
    Answer,
    DerivedEvidence,
    Known,
    Outcome,
    Reading,
    Reason,
    SignalEvidence,
    Unknown,
)
from assistant.lookup.facts import Lookup
from assistant.settings import CONFIG
from can_bridge import Known as BridgeKnown
from can_bridge.state import VehicleState
from sim.clock import FastClock
from sim.frame import FrameBuilder
from sim.runner import Reports, Run, Runner
from sim.scenario import load_scenario
from sim.schedule import Schedule
from sim.vehicle_files import load_vehicle
from sim.world import World
from tests import aster
from tests.fakes import FakeManual, FakeVehicle
from tests.turns import LEXICON, REPLIES, Build

SCENARIOS = sorted(path.stem for path in (CONFIG / "scenarios").glob("*.toml"))
LISTENED_S = 6.0  # longer than every time limit
MOMENTS_S = (6.0, 20.0)
QUESTIONS = (
    "how fast am i going",
    "how much petrol is left",
    "how far can i drive",
    "what is the tyre pressure",
    "which tyre is low",
    "is any door open",
    "is everybody buckled up",
    "how hot is the coolant",
    "how long until the car is charged",
    "what was the consumption over the last 50 km",
    "how much charge is left",
    "how cold is it outside",
    "which gear am i in",
    "when do we arrive",
    "is my seat heating on",
)


class Listener:
    """In place of a bus: what comes after a time is taken as the bridge takes it."""

    def __init__(self, from_s: float) -> None:
        self.state = VehicleState(aster.profile())
        self._from_s = from_s

    def send(self, msg: can.Message) -> None:
        if msg.timestamp >= self._from_s:
            self.state.feed(msg.arbitration_id, bytes(msg.data), msg.timestamp)
            if self.state.next_look_at < msg.timestamp:
                self.state.sweep(msg.timestamp)

    def recv(self, timeout: float | None) -> None:
        return None


@cache
def on_the_bus(scenario: str, at_s: float) -> dict[str, Reading]:
    """What the bridge knows at this time of a scenario, after it has listened for a while."""
    car = load_vehicle("aster")
    builders = [FrameBuilder(message) for message in car.messages]
    world = World(load_scenario(scenario), builders)
    listener = Listener(at_s - LISTENED_S)
    silent = Reports(lambda: None, lambda step: None, lambda time_s, outcome: None)
    run = Run(car.bitrate, seconds=at_s)
    Runner(world, Schedule(builders, 0.0), None, listener, run).run(FastClock(), silent)
    listener.state.sweep(at_s)
    return {
        path: Known(reading.value, reading.unit, reading.age_s, reading.sources)
        if isinstance(reading, BridgeKnown)
        else Unknown(Reason(reading.reason.value))
        for path, reading in listener.state.snapshot(at_s).items()
    }


def asked(question: str, readings: dict[str, Reading]) -> tuple[tuple[str, ...], Answer]:
    """Which paths a question asks about, and the answer."""
    vehicle: FakeVehicle = aster.car(**readings)
    request = aster.interpreter().interpret(question)
    facts = Lookup(vehicle, FakeManual(), LEXICON, 8).facts(request)
    return request.paths, Build().responder.respond(request, facts, CancelToken())


@pytest.mark.parametrize("at_s", MOMENTS_S)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_what_is_unknown_is_said_to_be_and_the_rest_is_as_on_the_bus(
    scenario: str, at_s: float
) -> None:
    readings = on_the_bus(scenario, at_s)
    for question in QUESTIONS:
        paths, answer = asked(question, readings)
        assert paths, question
        unknown = [r for path in paths if isinstance(r := readings[path], Unknown)]
        assert (answer.outcome is Outcome.REFUSED) == (len(unknown) == len(paths)), question
        assert ("I can't tell" in answer.text) == bool(unknown), (question, answer.text)
        if len(unknown) == len(paths):
            assert REPLIES.unknown[unknown[0].reason.value] in answer.text
        said = [e for e in answer.evidence if isinstance(e, SignalEvidence | DerivedEvidence)]
        assert [evidence.reading for evidence in said] == [readings[path] for path in paths]


def test_some_of_it_is_known_in_every_scenario_and_in_one_a_control_unit_is_silent() -> None:
    for scenario in SCENARIOS:
        assert isinstance(on_the_bus(scenario, MOMENTS_S[1])["Vehicle.Speed"], Known), scenario
    fuel = on_the_bus("ecu_dropout", MOMENTS_S[1])["Vehicle.Powertrain.FuelSystem.RelativeLevel"]
    assert isinstance(fuel, Unknown)
