"""sim: a scenario and the time in, the car at that time and the frames of its ECUs out; no clock,
no bus, so that a scenario always happens the same way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sim.car import Car
from sim.ecus import values_of
from sim.faults import Faults
from sim.frame import FrameBuilder
from sim.physics import advance
from sim.scenario import Scenario, Step, apply_settings

STEP_S = 0.05


class World:
    """The car, its scenario and the faults in force."""

    def __init__(self, scenario: Scenario, builders: Sequence[FrameBuilder]) -> None:
        """The car as the scenario starts it; ScenarioError if a step names what is not there."""
        self.car = Car()
        apply_settings(self.car, scenario.start)
        advance(self.car, 0.0)  # what follows from the start, such as the gear
        self._faults = Faults(builders)
        for step in scenario.steps:
            for fault in step.faults:
                self._faults.check(fault)
        self._waiting = list(scenario.steps)
        self._ticks = 0
        self._counters = dict.fromkeys((builder.name for builder in builders), -1)

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
            advance(self.car, STEP_S)
            self._ticks += 1

    def _happen(self, step: Step) -> Step:
        apply_settings(self.car, step.settings)
        if step.clear_faults:
            self._faults.clear()
        for fault in step.faults:
            self._faults.add(fault)
        return step

    def frame(self, builder: FrameBuilder) -> bytes | None:
        """The next frame of a message; None when a fault keeps it from the bus."""
        counter = (self._counters[builder.name] + 1) % builder.counter_modulus
        self._counters[builder.name] = counter
        return self._faults.frame(builder, values_of(builder.name, self.car), counter)
