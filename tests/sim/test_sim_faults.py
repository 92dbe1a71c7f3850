"""Faults of a real simulation, over a real bus, and the reasons that the bridge gives for them."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from can_bridge import (
    Bridge,
    Known,
    Reading,
    Reason,
    Unknown,
    VehicleProfile,
    find_vehicle,
    load_profile,
    open_bridge,
)

StartSim = Callable[..., subprocess.Popen[str]]
PATIENCE_S = 20.0
SPEED = "Vehicle.Speed"
FUEL = "Vehicle.Powertrain.FuelSystem.AbsoluteLevel"
DOORS = "Vehicle.Derived.OpenDoors"

FAULTS = {
    # path: (fault of its message, reason)
    FUEL: ('kind = "silent", ecu = "EMU"', Reason.STALE),
    "Vehicle.Powertrain.Range": ('kind = "silent", ecu = "EMU"', Reason.INPUT_UNKNOWN),
    "Vehicle.Chassis.SteeringWheel.Angle": (
        'kind = "silent", message = "EPS_Steering"',
        Reason.STALE,
    ),
    SPEED: (
        'kind = "sna", message = "ESC_Speed", signal = "VehicleSpeed"',
        Reason.NOT_AVAILABLE,
    ),
    DOORS: (
        'kind = "sna", message = "BCM_Doors", signal = "DoorRearLeft"',
        Reason.INPUT_UNKNOWN,
    ),
    "Vehicle.Exterior.AirTemperature": (
        'kind = "raw", message = "HVC_Climate", signal = "OutsideTemperature", raw = 254',
        Reason.OUT_OF_RANGE,
    ),
    "Vehicle.Powertrain.CombustionEngine.Speed": (
        'kind = "freeze_counter", message = "ECM_Engine"',
        Reason.BAD_COUNTER,
    ),
    "Vehicle.Powertrain.Transmission.SelectedGear": (
        'kind = "bad_checksum", message = "HCU_Drive"',
        Reason.BAD_CHECKSUM,
    ),
    "Vehicle.ADAS.CruiseControl.IsActive": (
        'kind = "wrong_length", message = "ADA_Status", length = 3',
        Reason.IMPLAUSIBLE,
    ),
}


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


def test_every_fault_has_its_reason_and_ends_with_the_fault(
    start_sim: StartSim, aster: VehicleProfile, tmp_path: Path
) -> None:
    scenario = tmp_path / "faults.toml"
    faults = ", ".join(f"{{ {fault} }}" for fault, _ in FAULTS.values())
    scenario.write_text(
        f"[[step]]\nat_s = 1.5\nname = 'faults'\nfaults = [{faults}]\n"
        "[[step]]\nat_s = 6.5\nname = 'repair'\nclear_faults = true\n"
    )
    healthy: dict[str, Reason | None] = dict.fromkeys(FAULTS)
    faulty: dict[str, Reason | None] = {path: reason for path, (_, reason) in FAULTS.items()}
    with open_bridge(aster, "unix:test") as bridge:
        start_sim(str(scenario))
        assert reasons(bridge, healthy) == healthy
        assert reasons(bridge, faulty) == faulty
        assert reasons(bridge, healthy) == healthy


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
        assert unknown == {"Vehicle.Powertrain.TractionBattery.Charging.TimeToComplete"}
        speed = readings[SPEED]
        assert isinstance(speed, Known) and speed.value == pytest.approx(120, abs=1)
        assert bridge.counts()[1] == 0


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
