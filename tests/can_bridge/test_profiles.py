"""The profiles of real cars: what they say of recorded frames."""

from __future__ import annotations

from pathlib import Path

import pytest

from can_bridge import Known, Unknown, find_vehicle, load_profile
from can_bridge.lint import lint
from can_bridge.obd_pids import PIDS
from can_bridge.recording import Recording
from can_bridge.spec import POLLED
from can_bridge.state import VehicleState
from can_bridge.transcript import Transcript, changes
from tests.can_bridge.drive import Drive, speed_kmh

PACIFICA = "opendbc:chrysler_pacifica_2017_hybrid_generated.dbc"


def test_a_pacifica_speaks(tmp_path: Path) -> None:
    """Frames made with the package's DBC by cantools' rules, read by our profile."""
    pytest.importorskip("opendbc", reason="the extra pacifica is not installed")
    profile = load_profile(find_vehicle("pacifica"))
    truths = {
        "ESP_8.Vehicle_Speed": lambda t: 511.9921875 if t > 4 else speed_kmh(t),
        "ESP_8.COUNTER": lambda t: round(t * 10) % 16,
        "ECM_1.ENGINE_RPM": lambda t: 1500.0,
        "ECM_1.COUNTER": lambda t: round(t * 10) % 16,
        "ESP_6.WHEEL_SPEED_FL": lambda t: 8191.5 if t > 4 else 100.0,
        "GEAR.PRNDL": lambda t: 1 if t < 2 else 4,
        "GEAR.COUNTER": lambda t: round(t * 10) % 16,
        "ORC_1.SEATBELT_DRIVER_UNLATCHED": lambda t: float(t < 2),
        "BCM_1.DOOR_OPEN_FL": lambda t: float(t > 2),
    }
    file = Drive(PACIFICA, truths, others=0).record(tmp_path / "drive.log", seconds=5)
    found: dict[str, list[object]] = {}
    with Recording(file, print) as recording:
        for change in changes(profile, recording.messages(), Transcript(profile)):
            reading = change.reading
            said = reading.value if isinstance(reading, Known) else str(reading.reason)
            found.setdefault(change.path, []).append(said)
    assert found["Vehicle.Speed"][0] == pytest.approx(60.0, abs=0.1)
    assert found["Vehicle.Speed"][-1] == "not_available"
    wheel = "Vehicle.Chassis.Axle.Row1.Wheel.Left.AngularSpeed"
    assert found[wheel] == [600.0, "not_available"]
    assert found["Vehicle.Powertrain.CombustionEngine.Speed"] == [1500.0]
    assert found["Vehicle.Powertrain.Transmission.SelectedGear"] == ["park", "drive"]
    assert found["Vehicle.Cabin.Seat.Row1.DriverSide.IsBelted"] == [False, True]
    assert found["Vehicle.Cabin.Door.Row1.DriverSide.IsOpen"] == [False, True]


def test_the_pacifica_can_be_used_and_cannot_send() -> None:
    pytest.importorskip("opendbc", reason="the extra pacifica is not installed")
    folder = find_vehicle("pacifica")
    assert {finding.level for finding in lint(folder)} == {"warning"}
    assert not list(folder.glob("*.dbc"))
    assert not list(folder.glob("commands.toml"))


def test_any_car_with_obd_gives_readings_of_what_it_answers() -> None:
    profile = load_profile(find_vehicle("obd2"))
    assert {POLLED | pid for pid in profile.polls} == set(profile.frames)
    state = VehicleState(profile)
    state.feed(POLLED | 0x0D, bytes([88]), 10.0)
    state.feed(POLLED | 0x0C, bytes([0x1A, 0xF8]), 10.0)
    state.feed(POLLED | 0x05, bytes([0xFF]), 10.0)
    assert state.read("Vehicle.Speed", 10.5) == Known(88.0, "km/h", 0.5)
    engine = "Vehicle.Powertrain.CombustionEngine"
    assert state.read(f"{engine}.Speed", 10.0) == Known(1726.0, "rpm", 0.0)
    assert isinstance(state.read(f"{engine}.EngineCoolant.Temperature", 10.0), Unknown)
    assert isinstance(state.read("Vehicle.Speed", 20.0), Unknown)


@pytest.mark.parametrize("pid", PIDS.values(), ids=lambda pid: f"0x{pid.number:02X}")
def test_every_pid_reaches_from_its_lowest_to_its_highest_value(pid: object) -> None:
    row = PIDS[pid.number]  # type: ignore[attr-defined]
    assert row.first + row.count <= row.length
    assert row.low == pytest.approx(row.offset)
    top = ((1 << 8 * row.count) - 1) * row.factor + row.offset
    assert row.high == pytest.approx(top, rel=1e-6)
