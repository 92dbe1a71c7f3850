"""sim: a scenario and the time in, the car at that time and the frames of its ECUs out; no clock,
no bus, so that a scenario always happens the same way.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sim import gears
from sim.car import Car
from sim.commands import Controllers, Outcome
from sim.ecus import values_of
from sim.errors import ScenarioError
from sim.fault import Fault
from sim.faults import Faults
from sim.frame import FrameBuilder
from sim.noise import Noise
from sim.physics import advance
from sim.scenario import Scenario, Step, apply_settings, value_at
from sim.trouble import TroubleMemory

STEP_S = 0.05
_LOOK_EVERY = 10  # steps between two looks at the trouble codes
_DEAD_V = 8.0  # below this no ECU wakes up


class World:
    """The car, its scenario and the faults in force."""

    def __init__(
        self,
        scenario: Scenario,
        builders: Sequence[FrameBuilder],
        controllers: Controllers | None = None,
        noise: Noise | None = None,
    ) -> None:
        """The car as the scenario starts it; ScenarioError if a step names what is not there."""
        self.car = Car()
        apply_settings(self.car, scenario.start)
        if "backwards" not in scenario.start:
            self.car.backwards = self.car.selector == "Reverse"
        self.car.was_ready = self.car.ready  # what runs already need not be started
        advance(self.car, 0.0)  # what follows from the start, such as the gear
        self.memory = TroubleMemory()
        self._controllers = controllers or Controllers(())
        self._noise = noise or Noise()
        self.faults = Faults(builders, self._noise.seed)
        for step in scenario.steps:
            self._check(step)
        self._waiting = list(scenario.steps)
        self._profile = scenario.profile
        self._ticks = 0
        self._counters = dict.fromkeys((builder.name for builder in builders), -1)
        self._ecus = {builder.name: builder.sender for builder in builders}

    def _check(self, step: Step) -> None:
        """ScenarioError, with the place of the step, if the vehicle lacks what its faults name."""
        try:
            for fault in step.faults:
                self.faults.check(fault)
        except ScenarioError as error:
            raise ScenarioError(f"{step.place}: {error}" if step.place else str(error)) from error

    @property
    def time_s(self) -> float:
        """Time since the start of the scenario."""
        return self._ticks * STEP_S

    def run_to(self, time_s: float) -> Iterator[Step]:
        """Let time pass; yields the steps as they happen."""
        while True:
            while self._waiting and self._waiting[0].at_s <= self.time_s + STEP_S / 2:
                yield self._happen(self._waiting.pop(0))
            if self.time_s + STEP_S > time_s:
                return
            self._follow_profile()
            advance(self.car, STEP_S)
            self._ticks += 1
            if self._ticks % _LOOK_EVERY == 0:
                self.memory.look(self.car, self.silent, STEP_S * _LOOK_EVERY)
            for fault in self.faults.end(self.time_s):
                self._restart(fault)

    def _follow_profile(self) -> None:
        for field, points in self._profile.items():
            value = value_at(points, self.time_s)
            if value is not None:
                setattr(self.car, field, value)

    def _restart(self, fault: Fault) -> None:
        """An ECU that starts again begins its counters anew."""
        for name, ecu in self._ecus.items():
            if ecu == fault.ecu:
                self._counters[name] = -1

    def _happen(self, step: Step) -> Step:
        refused = gears.refusal(self.car, step.settings)
        kept = {"selector": self.car.selector} if refused else {}
        apply_settings(self.car, {**step.settings, **kept})
        if step.clear_faults:
            self.faults.clear()
        for fault in step.faults:
            self.faults.add(fault, self.time_s)
        return dataclasses.replace(step, refused=refused) if refused else step

    def change(self, settings: Mapping[str, Any]) -> None:
        """Set fields of the car that were checked before; ScenarioError if the car refuses one."""
        refused = gears.refusal(self.car, settings)
        if refused:
            raise ScenarioError(f"{refused}; slow down first")
        apply_settings(self.car, settings)

    @property
    def silent(self) -> frozenset[str]:
        """ECUs that neither send nor hear."""
        if self.car.voltage_v < _DEAD_V:
            return frozenset(self._ecus.values())
        return self.faults.silent_ecus

    def receive(self, identifier: int, data: bytes) -> list[Outcome]:
        """A frame from outside; what the controller that it is for made of it."""
        if identifier not in self._controllers.identifiers:
            return []
        if self._controllers.controller(identifier) in self.silent:
            return []
        return self._controllers.receive(identifier, data, self.car, self.time_s)

    def frame(self, builder: FrameBuilder) -> bytes | None:
        """The next frame of a message; None when a fault keeps it from the bus."""
        if self.car.voltage_v < _DEAD_V:
            return None
        counter = (self._counters[builder.name] + 1) % builder.counter_modulus
        self._counters[builder.name] = counter
        values = self._noise.heard(builder.name, values_of(builder.name, self.car))
        return self.faults.frame(builder, values, counter)
