"""Faults of a real simulation, over a real bus, and the reasons that the bridge gives for them."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from can_bridge import (
    Bridge,
    ControllerState,
    Known,
    Reading,
    Reason,
    Unknown,
    VehicleProfile,
    find_vehicle,
    load_profile,
    open_bridge,
)
from sim.fault import KINDS
from sim.scenario import load_scenario
from tests.sim.fault_table import ALL_TOGETHER, ALONE, ROOT, ROWS, Row, page

StartSim = Callable[..., subprocess.Popen[str]]
PATIENCE_S = 20.0
SPEED = "Vehicle.Speed"
DOORS = "Vehicle.Derived.OpenDoors"


@pytest.fixture(scope="module")
def aster() -> VehicleProfile:
    return load_profile(find_vehicle("aster"))


def wait_for(bridge: Bridge, path: str, wanted: Callable[[Reading], bool]) -> Reading:
    """The first reading that is wanted, or the last one when patience ends."""
    end = time.monotonic() + PATIENCE_S
    while True:
        reading = bridge.read(path)
        if wanted(reading) or time.monotonic() > end:
            return reading
        time.sleep(0.02)


def reasons(bridge: Bridge, wanted: dict[str, Reason | None]) -> dict[str, Reason | None]:
    """Why each path is unknown (None: it is known), once that is as wanted or patience ends."""
    end = time.monotonic() + PATIENCE_S
    while True:
        readings = bridge.snapshot()
        found = {path: getattr(readings[path], "reason", None) for path in wanted}
        if found == wanted or time.monotonic() > end:
            return found
        time.sleep(0.02)


def scenario_of(folder: Path, rows: list[Row], from_s: float, until_s: float) -> str:
    """A scenario in which these faults are in force for some time."""
    faults = ", ".join(f"{{ {row.fault} }}" for row in rows)
    file = folder / "faults.toml"
    file.write_text(
        "[start]\ntrip_km = 9.0\ntrip_min = 10.0\n"
        f"[[step]]\nat_s = {from_s}\nname = 'faults'\nfaults = [{faults}]\n"
        f"[[step]]\nat_s = {until_s}\nname = 'repair'\nclear_faults = true\n"
    )
    return str(file)


def test_every_fault_has_its_reason_and_ends_with_the_fault(
    start_sim: StartSim, aster: VehicleProfile, tmp_path: Path
) -> None:
    rows = [row for row in ROWS if row.tried == ALL_TOGETHER]
    healthy: dict[str, Reason | None] = {row.path: None for row in rows}
    faulty = {row.path: Reason(row.reason) if row.reason else None for row in rows}
    with open_bridge(aster, "unix:test") as bridge:
        start_sim(scenario_of(tmp_path, rows, 1.5, 6.5))
        assert reasons(bridge, healthy) == healthy
        assert reasons(bridge, faulty) == faulty
        assert reasons(bridge, healthy) == healthy


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.tried == ALONE], ids=lambda row: row.kind
)
def test_a_fault_that_strikes_much_has_its_reason_and_ends(
    start_sim: StartSim, aster: VehicleProfile, tmp_path: Path, row: Row
) -> None:
    healthy: dict[str, Reason | None] = {row.path: None}
    faulty = {row.path: Reason(row.reason) if row.reason else None}
    with open_bridge(aster, "unix:test") as bridge:
        start_sim(scenario_of(tmp_path, [row], 1.0, 4.5))
        assert reasons(bridge, healthy) == healthy
        assert reasons(bridge, faulty) == faulty
        assert reasons(bridge, healthy) == healthy


def test_every_kind_of_fault_is_in_the_table_and_the_table_is_in_the_docs() -> None:
    assert {row.kind for row in ROWS} == set(KINDS)
    assert (ROOT / "docs" / "faults.md").read_text("utf-8") == page()


def test_a_healthy_car_is_known_and_every_frame_is_accepted(
    start_sim: StartSim, aster: VehicleProfile
) -> None:
    """The two sides, which share no code, agree on every bit, counter and checksum."""
    with open_bridge(aster, "unix:test") as bridge:
        start_sim("highway")
        assert bridge.wait_ready(PATIENCE_S)
        wait_for(bridge, "Vehicle.Derived.AnyTyreLow", lambda r: isinstance(r, Known))
        readings = bridge.snapshot()
        unknown = {path for path, reading in readings.items() if isinstance(reading, Unknown)}
        # No time to full while nothing charges, and no consumption before there was a distance.
        assert unknown == {
            "Vehicle.Powertrain.TractionBattery.Charging.TimeToComplete",
            "Vehicle.Derived.FuelConsumptionLast50Km",
        }
        speed = readings[SPEED]
        assert isinstance(speed, Known) and speed.value == pytest.approx(120, abs=1)
        assert bridge.counts()[1] == 0


EXPECTED = {
    name: {p: r for e in load_scenario(name).expectations for p, r in e.unknown.items()}
    for name in sorted(path.stem for path in (ROOT / "config" / "scenarios").glob("*.toml"))
}


@pytest.mark.parametrize("name", [name for name, unknown in EXPECTED.items() if unknown])
def test_what_a_scenario_says_is_unknown_is_so_with_its_reason(
    start_sim: StartSim, aster: VehicleProfile, name: str
) -> None:
    expected: dict[str, Reason | None] = {p: Reason(r) for p, r in EXPECTED[name].items()}
    with open_bridge(aster, "unix:test") as bridge:
        start_sim(name)
        assert reasons(bridge, expected) == expected


def test_without_a_simulation_nothing_is_known(aster: VehicleProfile) -> None:
    with open_bridge(aster, "unix:test") as bridge:
        assert not bridge.wait_ready(0.05)
        assert bridge.read(SPEED) == Unknown(Reason.NEVER_SEEN)


def test_when_the_simulation_ends_its_last_values_do_not_stay(
    start_sim: StartSim, aster: VehicleProfile
) -> None:
    with open_bridge(aster, "unix:test") as bridge:
        process = start_sim("parked")
        assert bridge.wait_ready(PATIENCE_S)
        process.kill()
        stale = Unknown(Reason.STALE)
        assert wait_for(bridge, SPEED, lambda r: r == stale) == stale


def test_steps_are_seen_by_the_bridge(start_sim: StartSim, aster: VehicleProfile) -> None:
    with open_bridge(aster, "unix:test") as bridge:
        process = start_sim("demo_drive", "--start-at", "7")
        assert bridge.wait_ready(PATIENCE_S)
        assert process.stdout is not None
        names = [json.loads(process.stdout.readline())["step"] for _ in range(2)]
        assert names == ["parked with the front left door open", "the door is closed"]
        closed = wait_for(bridge, DOORS, lambda r: isinstance(r, Known) and r.value == "")
        assert isinstance(closed, Known) and closed.value == ""


def monitored(*arguments: str) -> list[dict[str, object]]:
    """What `python -m can_bridge monitor --once --json` prints."""
    command = [sys.executable, "-m", "can_bridge", "monitor", "--bus", "unix:test", *arguments]
    shown = subprocess.run(
        [*command, "--once", "--json"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [json.loads(line) for line in shown.stdout.splitlines()]


def control(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(line + "\n")
    process.stdin.flush()
    assert "ok" in json.loads(process.stdout.readline())


def test_the_monitor_shows_what_a_fault_made_of_a_signal_and_of_the_bus(
    start_sim: StartSim, aster: VehicleProfile
) -> None:
    process = start_sim("highway")
    control(process, "fault implausible message=ESC_Speed signal=VehicleSpeed")
    control(process, "fault error_frames share=0.2 state=passive")
    with open_bridge(aster, "unix:test") as bridge:
        doubted = Unknown(Reason.IMPLAUSIBLE)
        assert wait_for(bridge, SPEED, lambda reading: reading == doubted) == doubted
        end = time.monotonic() + PATIENCE_S
        while not bridge.health()[0].error_frames and time.monotonic() < end:
            time.sleep(0.02)
        assert bridge.health()[0].state is ControllerState.PASSIVE
    for _ in range(5):  # on a busy machine the frames of a moment may be late
        speed, *buses = monitored("--filter", "Vehicle.Speed", "--wait", "5")
        if buses and speed.get("unknown") == "implausible":
            break
    assert speed == {"path": SPEED, "unknown": "implausible"}
    (bus,) = buses
    assert (bus["bus"], bus["state"]) == ("unix:test", "error_passive")


def test_a_glance_at_the_monitor_does_not_believe_a_frozen_frame(start_sim: StartSim) -> None:
    """The first frame that it sees cannot tell that its counter stands still."""
    process = start_sim("highway")
    control(process, "fault freeze message=ICL_Telltales1")
    path = "Vehicle.Cabin.Cluster.Telltale.LowFuel"
    (lamp,) = monitored("--filter", path, "--wait", "20")
    assert lamp == {"path": path, "unknown": "bad_counter"}
