"""Every fault again, in the simulator's own time: its reason comes within the signal's time limit."""

from __future__ import annotations

import can
import pytest

from can_bridge import Known, Reason, Unknown, VehicleProfile, find_vehicle, load_profile
from can_bridge.transcript import Change, Transcript, changes
from sim.clock import FastClock
from sim.fault import fault_from
from sim.frame import FrameBuilder
from sim.runner import Reports, Run, Runner
from sim.scenario import Scenario, Step
from sim.schedule import Schedule
from sim.vehicle_files import load_vehicle
from sim.world import World
from tests.sim.fault_table import ALL_TOGETHER, ALONE, ROWS, Row

FAULT_S, REPAIR_S, END_S = 3.0, 6.5, 9.0
TOGETHER = tuple(row for row in ROWS if row.tried == ALL_TOGETHER)
RUNS = [TOGETHER, *((row,) for row in ROWS if row.tried == ALONE)]
CAR = load_vehicle("aster")


@pytest.fixture(scope="module")
def aster() -> VehicleProfile:
    return load_profile(find_vehicle("aster"))


def latest_s(profile: VehicleProfile, path: str) -> float:
    """When the reason must be there: the last good frame may come a cycle after the fault began."""
    source = profile.sources.get(path)
    if source is None:
        return max(latest_s(profile, one) for one in profile.derived[path].inputs)
    frame = profile.frames[source.frame]
    limit_s = frame.limit_s if source.limit_s is None else source.limit_s
    return FAULT_S + limit_s + (frame.cycle_s or 0.0)


class Wire:
    """Keeps what is sent."""

    def __init__(self) -> None:
        self.sent: list[can.Message] = []

    def send(self, msg: can.Message) -> None:
        self.sent.append(msg)

    def recv(self, timeout: float | None) -> None:
        return None


def sent(rows: tuple[Row, ...]) -> list[can.Message]:
    """What the simulator sends while these faults are in force for a time."""
    builders = [FrameBuilder(message) for message in CAR.messages]
    steps = (
        Step(FAULT_S, "faults", {}, tuple(fault_from(row.table) for row in rows), False),
        Step(REPAIR_S, "repair", {}, (), clear_faults=True),
    )
    start = {"trip_km": 9.0, "trip_min": 10.0}
    world = World(Scenario("faults", "", start, steps), builders)
    wire, run = Wire(), Run(CAR.bitrate, seconds=END_S)
    silent = Reports(lambda: None, lambda step: None, lambda time_s, outcome: None)
    Runner(world, Schedule(builders, 0.0), None, wire, run).run(FastClock(), silent)
    return wire.sent


def told(profile: VehicleProfile, rows: tuple[Row, ...]) -> dict[str, list[Change]]:
    found: dict[str, list[Change]] = {row.path: [] for row in rows}
    for change in changes(profile, sent(rows), Transcript(profile, found.__contains__)):
        found[change.path].append(change)
    return found


@pytest.mark.parametrize("rows", RUNS, ids=lambda rows: "+".join({row.kind: 0 for row in rows}))
def test_the_reason_comes_within_the_time_limit_and_goes_with_the_fault(
    aster: VehicleProfile, rows: tuple[Row, ...]
) -> None:
    found = told(aster, rows)
    for row in rows:
        history = found[row.path]
        unknown = [change for change in history if isinstance(change.reading, Unknown)]
        assert isinstance(history[-1].reading, Known), row
        if not row.reason:
            assert not unknown, row
            continue
        first = unknown[0]
        assert first.reading == Unknown(Reason(row.reason)), row
        assert FAULT_S <= first.at_s <= latest_s(aster, row.path), row
