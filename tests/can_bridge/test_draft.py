"""Drafting a vehicle from a recording and a DBC: what is found is right, and nothing else is claimed."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import can
import pytest

from can_bridge import Known, load_profile
from can_bridge.checksum import ALGORITHMS
from can_bridge.cli import main
from can_bridge.recorder import Recorder
from can_bridge.recording import Recording
from can_bridge.transcript import Transcript, changes
from tests.can_bridge.conftest import DBC
from tests.can_bridge.drive import Drive, Truth, speed_kmh

pytest.importorskip("opendbc", reason="the extra pacifica is not installed")
ROOT = Path(__file__).resolve().parents[2]
AXLE, DOOR = "Vehicle.Chassis.Axle.", "Vehicle.Cabin.Door."
GEAR = "Vehicle.Powertrain.Transmission.SelectedGear"
RPM = "Vehicle.Powertrain.CombustionEngine.Speed"
ANGLE = "Vehicle.Chassis.SteeringWheel.Angle"


def rpm(at_s: float) -> float:
    return 800 + 25 * speed_kmh(at_s)


def angle(at_s: float) -> float:
    return 30 * math.sin(at_s)


def opened(at_s: float) -> float:
    return float(at_s > 15)


def mph(at_s: float) -> float:
    return speed_kmh(at_s) / 1.609344


def wheels(message: str, names: str, truth: Truth = speed_kmh) -> dict[str, Truth]:
    return {f"{message}.{name}": truth for name in names.split()}


CORNERS = ("Row1.Wheel.Left", "Row1.Wheel.Right", "Row2.Wheel.Left", "Row2.Wheel.Right")
DOORS = ("Row1.DriverSide", "Row1.PassengerSide", "Row2.DriverSide", "Row2.PassengerSide")
FOUR_WHEELS = {f"{AXLE}{corner}.Speed" for corner in CORNERS}
FOUR_DOORS = {f"{DOOR}{door}.IsOpen" for door in DOORS}

Car = tuple[dict[str, Truth], set[str]]

CARS: Mapping[str, Car] = {
    "opendbc:toyota_nodsu_pt_generated": (
        {
            **wheels("WHEEL_SPEEDS", "WHEEL_SPEED_FL WHEEL_SPEED_FR WHEEL_SPEED_RL WHEEL_SPEED_RR"),
            "SPEED.SPEED": speed_kmh,
            "ENGINE_RPM.RPM": rpm,
            "STEER_ANGLE_SENSOR.STEER_ANGLE": angle,
            "GEAR_PACKET.GEAR": lambda t: 32 if t < 5 else 0,
            "GEAR_PACKET.SPORT_GEAR": lambda t: 0,
            "GEAR_PACKET.SPORT_GEAR_ON": lambda t: 0,
            "GEAR_PACKET.SPORT_ON": lambda t: 0,
            "GEAR_PACKET.B_GEAR_ENGAGED": lambda t: 0,
            "GEAR_PACKET.DRIVE_ENGAGED": lambda t: 1,
            **wheels(
                "BODY_CONTROL_STATE", "DOOR_OPEN_FL DOOR_OPEN_FR DOOR_OPEN_RL DOOR_OPEN_RR", opened
            ),
            "BODY_CONTROL_STATE.SEATBELT_DRIVER_UNLATCHED": lambda t: 0,
            "BODY_CONTROL_STATE.PARKING_BRAKE": lambda t: float(t < 2),
            "BLINKERS_STATE.TURN_SIGNALS": lambda t: 1 if 3 < t < 6 else 2 if 8 < t < 9 else 3,
            "BLINKERS_STATE.HAZARD_LIGHT": lambda t: 0,
        },
        {
            *FOUR_WHEELS,
            *FOUR_DOORS,
            "Vehicle.Speed",
            RPM,
            ANGLE,
            GEAR,
            "Vehicle.Cabin.Seat.Row1.DriverSide.IsBelted",
            "Vehicle.Chassis.ParkingBrake.IsEngaged",
            "Vehicle.Body.Lights.DirectionIndicator.Left.IsSignaling",
            "Vehicle.Body.Lights.DirectionIndicator.Right.IsSignaling",
            "Vehicle.Body.Lights.Hazard.IsSignaling",
        },
    ),
    "opendbc:vw_mqb.dbc": (
        {
            **wheels(
                "ESP_19",
                "ESP_VL_Radgeschw_02 ESP_VR_Radgeschw_02 ESP_HL_Radgeschw_02 ESP_HR_Radgeschw_02",
            ),
            "ESP_21.ESP_v_Signal": speed_kmh,
            "Motor_12.MO_Drehzahl_01": rpm,
            "Motor_07.MO_Kuehlmittel_Temp": lambda t: 87,
            "Motor_07.MO_Oel_Temp": lambda t: 95,
            "Kombi_02.KBI_Kilometerstand": lambda t: 123456,
            "Kombi_02.KBI_Aussen_Temp_gef": lambda t: 11.5,
            "Getriebe_11.GE_Fahrstufe": lambda t: 5 if t < 5 else 8,
        },
        {
            *FOUR_WHEELS,
            "Vehicle.Speed",
            RPM,
            GEAR,
            "Vehicle.Powertrain.CombustionEngine.EngineCoolant.Temperature",
            "Vehicle.Powertrain.CombustionEngine.EngineOil.Temperature",
            "Vehicle.TraveledDistance",
            "Vehicle.Exterior.AirTemperature",
        },
    ),
    "opendbc:gm_global_a_lowspeed_1818125.dbc": (
        {
            **wheels(
                "Tire_Pressure_Sensors_LS", "TireLFPrs TireRFPrs TireLRPrs TireRRPrs", lambda t: 240
            ),
            "Analog_Values_Slow_LS.EngCltTmp": lambda t: 88,
            "Vehicle_Odo_LS.VehOdo": lambda t: 54321 + t / 60,
            "Engine_Information_1_LS.EngSpd": rpm,
        },
        {
            *(f"{AXLE}{corner}.Tire.Pressure" for corner in CORNERS),
            "Vehicle.Powertrain.CombustionEngine.EngineCoolant.Temperature",
            "Vehicle.TraveledDistance",
            RPM,
        },
    ),
    "opendbc:tesla_can.dbc": (
        {
            "ESP_B.ESP_vehicleSpeed": speed_kmh,
            "DI_torque2.DI_vehicleSpeed": mph,
            "DI_torque2.DI_gear": lambda t: 1 if t < 5 else 4,
            "BODY_R1.AirTemp_Outsd": lambda t: 7.5,
        },
        {"Vehicle.Speed", GEAR, "Vehicle.Exterior.AirTemperature"},
    ),
    "opendbc:chrysler_pacifica_2017_hybrid_generated.dbc": (
        {
            "ESP_8.Vehicle_Speed": lambda t: 511.9921875 if 4 < t < 6 else speed_kmh(t),
            "ECM_1.ENGINE_RPM": rpm,
            "STEERING.STEERING_ANGLE": angle,
            "GEAR.PRNDL": lambda t: 1 if t < 5 else 4,
            **wheels("BCM_1", "DOOR_OPEN_FL DOOR_OPEN_FR DOOR_OPEN_RL DOOR_OPEN_RR", opened),
            "BCM_1.DOOR_OPEN_TRUNK": opened,
            "BCM_1.TURN_LIGHT_LEFT": lambda t: float(int(t) % 4 == 0),
            "BCM_1.TURN_LIGHT_RIGHT": lambda t: 0,
            "BCM_1.HIGH_BEAM_DISPLAY": lambda t: 0,
            "ORC_1.SEATBELT_DRIVER_UNLATCHED": lambda t: float(t < 3),
        },
        {
            *FOUR_DOORS,
            "Vehicle.Speed",
            RPM,
            ANGLE,
            GEAR,
            "Vehicle.Body.Trunk.Rear.IsOpen",
            "Vehicle.Body.Lights.DirectionIndicator.Left.IsSignaling",
            "Vehicle.Body.Lights.DirectionIndicator.Right.IsSignaling",
            "Vehicle.Body.Lights.Beam.High.IsOn",
            "Vehicle.Cabin.Seat.Row1.DriverSide.IsBelted",
        },
    ),
}


def draft(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "can_bridge", "draft", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def readings(recording: Path, folder: Path) -> dict[str, list[tuple[float, object]]]:
    profile = load_profile(folder)
    found: dict[str, list[tuple[float, object]]] = {}
    with Recording(recording, print) as opened_recording:
        for change in changes(profile, opened_recording.messages(), Transcript(profile)):
            reading = change.reading
            value = reading.value if isinstance(reading, Known) else reading.reason.value
            found.setdefault(change.path, []).append((change.at_s, value))
    return found


@pytest.fixture(scope="module", params=sorted(CARS))
def drafted(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path, Car]:
    """The recording, the drafted folder and the truth of one car."""
    folder = tmp_path_factory.mktemp("car")
    truths, paths = CARS[request.param]
    recording = Drive(request.param, truths, others=0).record(folder / "drive.log")
    result = draft(recording, "--dbc", request.param, "--out", folder / "out")
    assert result.returncode == 0, result.stderr
    return recording, folder / "out", (truths, paths)


def test_every_known_signal_is_found_and_nothing_false(drafted: tuple[Path, Path, Car]) -> None:
    _, folder, (truths, paths) = drafted
    report = json.loads((folder / "report.json").read_text())
    named = {f"{row['message']}.{row['signal']}": row["path"] for row in report["signals"]}
    assert {row["path"] for row in report["signals"]} >= paths
    assert {name for name in named if name not in truths} == set(), named


def test_the_draft_gives_readings_without_code(drafted: tuple[Path, Path, Car]) -> None:
    recording, folder, (_, paths) = drafted
    found = readings(recording, folder)
    assert set(found) >= paths
    if "Vehicle.Speed" in paths:
        for at_s, value in found["Vehicle.Speed"]:
            if not isinstance(value, str):
                assert value == pytest.approx(speed_kmh(at_s), abs=1.0)
    if GEAR in paths:
        assert [value for _, value in found[GEAR]] in (["park", "drive"], ["drive", "sport"])
    for path in paths & FOUR_DOORS:
        assert [value for _, value in found[path]] == [False, True]


def drive_of(folder: Path, name: str, truths: Mapping[str, Truth], **options: float) -> Path:
    return Drive(name, truths, others=0).record(folder / "drive.log", **options)


def test_all_ones_is_not_a_speed(tmp_path: Path) -> None:
    name = "opendbc:chrysler_pacifica_2017_hybrid_generated.dbc"
    truths, _ = CARS[name]
    recording = drive_of(tmp_path, name, {"ESP_8.Vehicle_Speed": truths["ESP_8.Vehicle_Speed"]})
    assert draft(recording, "--dbc", name, "--out", tmp_path / "out").returncode == 0
    values = readings(recording, tmp_path / "out")["Vehicle.Speed"]
    assert [value for at_s, value in values if 4.1 < at_s < 6] in ([], ["not_available"])
    assert "not_available" in [value for _, value in values]
    assert max(value for _, value in values if not isinstance(value, str)) < 120


def test_belts_that_are_unlatched_are_not_fastened(tmp_path: Path) -> None:
    name = "opendbc:chrysler_pacifica_2017_hybrid_generated.dbc"
    recording = drive_of(
        tmp_path, name, {"ORC_1.SEATBELT_DRIVER_UNLATCHED": lambda t: float(t < 3)}
    )
    draft(recording, "--dbc", name, "--out", tmp_path / "out")
    found = readings(recording, tmp_path / "out")["Vehicle.Cabin.Seat.Row1.DriverSide.IsBelted"]
    assert [value for _, value in found] == [False, True]


def test_two_that_contradict_each_other_are_both_left_out(tmp_path: Path) -> None:
    name = "opendbc:toyota_nodsu_pt_generated"
    recording = drive_of(
        tmp_path,
        name,
        {
            "BRAKE_MODULE.BRAKE_PRESSED": lambda t: float(int(t) % 2),
            "BRAKE_2.BRAKE_PRESSED": lambda t: float(int(t + 1) % 2),
        },
    )
    draft(recording, "--dbc", name, "--out", tmp_path / "out")
    report = json.loads((tmp_path / "out/report.json").read_text())
    assert "Vehicle.Chassis.Brake.IsPedalPressed" not in {row["path"] for row in report["signals"]}
    reasons = {row["signal"]: row["reason"] for row in report["rejected"]}
    assert "fits as well and has other values" in reasons["BRAKE_2.BRAKE_PRESSED"]


def test_a_speed_that_the_wheels_contradict_is_left_out(tmp_path: Path) -> None:
    name = "opendbc:toyota_nodsu_pt_generated"
    truths = {**CARS[name][0], "SPEED.SPEED": lambda t: speed_kmh(t) / 1.6}
    recording = drive_of(tmp_path, name, truths)
    draft(recording, "--dbc", name, "--out", tmp_path / "out")
    report = (tmp_path / "out/report.md").read_text()
    assert "Vehicle.Speed |" not in report
    assert "SPEED.SPEED (Vehicle.Speed): it contradicts the wheel speeds" in report


def test_values_that_cannot_be_are_not_claimed(tmp_path: Path) -> None:
    name = "opendbc:toyota_nodsu_pt_generated"
    recording = drive_of(tmp_path, name, {"SPEED.SPEED": lambda t: 400 + t})
    draft(recording, "--dbc", name, "--out", tmp_path / "out")
    assert "outside of what is plausible" in (tmp_path / "out/report.md").read_text()


def protected_frames(algorithm: str, wrong: int = -1) -> Iterator[can.Message]:
    """Frames of the toy car's Motion: checksum, counter, speed."""
    function, ids = ALGORITHMS[algorithm]
    for number in range(400):
        counter = number % 16
        raw = int(speed_kmh(number / 20) * 100)
        body = bytes([counter, raw & 0xFF, raw >> 8, 0, 0, 0, 0])
        checksum = function(body, (0x1234,) * ids, counter) ^ (number == wrong)
        yield can.Message(
            arbitration_id=256,
            is_extended_id=False,
            data=bytes([checksum]) + body,
            timestamp=number / 20,
        )


def drafted_toy(tmp_path: Path, frames: Iterator[can.Message]) -> dict[str, dict[str, object]]:
    with Recorder(tmp_path / "drive.log") as recorder:
        for frame in frames:
            recorder.write(frame)
    (tmp_path / "toy.dbc").write_text(DBC.replace("SG_ Speed", "SG_ VehicleSpeed"))
    out = tmp_path / "out"
    result = draft(tmp_path / "drive.log", "--dbc", tmp_path / "toy.dbc", "--out", out, "--json")
    assert result.returncode == 0, result.stderr
    assert "not_available" not in str(readings(tmp_path / "drive.log", out))
    found: dict[str, dict[str, object]] = json.loads(result.stdout)["protected"]
    return found


@pytest.mark.parametrize("algorithm", ["xor8", "sum8", "crc8_sae_j1850", "crc8_autosar"])
def test_a_counter_and_a_checksum_that_were_always_right_are_used(
    tmp_path: Path, algorithm: str
) -> None:
    found = drafted_toy(tmp_path, protected_frames(algorithm))
    assert found == {"Motion": {"counter": "Cnt", "checksum": "Crc", "algorithm": algorithm}}


def test_a_checksum_with_a_data_id_is_found_with_one_that_acts_alike(tmp_path: Path) -> None:
    found = drafted_toy(tmp_path, protected_frames("crc8_autosar_p1"))
    assert found["Motion"]["algorithm"] == "crc8_autosar_p1"
    frames = load_profile(tmp_path / "out").frames[256]
    assert frames.protection is not None
    for frame in protected_frames("crc8_autosar_p1"):
        assert frames.protection.checksum_is_right(bytes(frame.data), 0)


def test_a_checksum_that_was_wrong_once_is_none(tmp_path: Path) -> None:
    assert drafted_toy(tmp_path, protected_frames("xor8", wrong=200)) == {
        "Motion": {"counter": "Cnt"}
    }


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    recording = drive_of(tmp_path, "opendbc:vw_mqb.dbc", {"ESP_21.ESP_v_Signal": speed_kmh})
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    arguments = (recording, "--dbc", "opendbc:vw_mqb.dbc", "--out", out)
    result = draft(*arguments)
    assert result.returncode == 2 and "is not empty" in result.stderr
    assert [path.name for path in out.iterdir()] == ["mine.txt"]
    assert draft(*arguments, "--force").returncode == 0
    assert (out / "mine.txt").read_text() == "mine"
    assert "Vehicle.Speed" in load_profile(out).signals


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["--dbc", "missing.dbc"], "missing.dbc cannot be read"),
        (["--dbc", "opendbc:vw_pq.dbc"], "no frame of"),
        (["--dbc", str(ROOT / "README.md")], "holds no message"),
        ([], "--dbc"),
    ],
)
def test_errors_are_one_sentence(tmp_path: Path, arguments: list[str], part: str) -> None:
    file = tmp_path / "drive.log"
    file.write_text("(1.0) can0 7FF#00\n")
    result = draft(file, "--out", tmp_path / "out", *arguments)
    assert result.returncode == 2
    assert part in result.stderr and len(result.stderr.splitlines()) == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["--name", "\x01"], "a name that can be printed"),
        (["--name", " "], "a name that can be printed"),
        (["--out", "/", "--force"], "/ is no folder for a vehicle"),
        (["--out", "line\nbreak"], "a name that can be printed"),
    ],
    ids=["control", "blank", "root", "break"],
)
def test_what_no_vehicle_can_be_called_is_refused_before_anything_is_written(
    tmp_path: Path, arguments: list[str], part: str
) -> None:
    recording = drive_of(tmp_path, "opendbc:vw_mqb.dbc", {"ESP_21.ESP_v_Signal": speed_kmh})
    before = sorted(tmp_path.iterdir())
    words = ["--out", "out", *arguments]
    words = [str(tmp_path / word) if word in ("out", "line\nbreak") else word for word in words]
    result = draft(recording, "--dbc", "opendbc:vw_mqb.dbc", *words)
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert part in result.stderr
    assert sorted(tmp_path.iterdir()) == before
    assert not Path("/vehicle.toml").exists()


@pytest.mark.parametrize("is_new", [True, False])
def test_a_draft_that_cannot_be_used_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any, is_new: bool
) -> None:
    recording = drive_of(tmp_path, "opendbc:vw_mqb.dbc", {"ESP_21.ESP_v_Signal": speed_kmh})
    out = tmp_path / "out"
    if not is_new:
        out.mkdir()
    monkeypatch.setattr("can_bridge.commands.draft.signals_toml", lambda *_: "no = toml =")
    assert main(["draft", str(recording), "--dbc", "opendbc:vw_mqb.dbc", "--out", str(out)]) == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert f"the draft cannot be used, and is not written: {out / 'signals.toml'}" in said
    assert out.exists() is not is_new
    assert is_new or list(out.iterdir()) == []
