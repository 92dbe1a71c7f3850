"""Drafting from names alone: abbreviations, multiplexed and floating-point signals, and a reason for
whatever is left out.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import can
import pytest

from can_bridge import Known, load_profile
from can_bridge.cli import main
from can_bridge.dbc import read_wild_dbc
from can_bridge.drafting.observing import Pace
from can_bridge.drafting.words import with_corners, words_of
from can_bridge.drafting.writing import message_row
from can_bridge.recorder import Recorder
from can_bridge.recording import Recording
from can_bridge.transcript import Transcript, changes

HEAD = 'VERSION ""\n\nNS_ :\n\nBS_:\n\nBU_: X\n\n'
DBC = """BO_ 256 EngVeh: 8 X
 SG_ VEHSPD : 0|32@1- (1,0) [0|0] "km/h" X
 SG_ ENGSPD : 32|16@1+ (0.25,0) [0|0] "rpm" X
 SG_ BATT_U : 48|8@1+ (0.1,0) [0|0] "V" X
 SG_ RadarTmp : 56|8@1+ (1,0) [0|0] "degC" X

BO_ 257 TPMS: 8 X
 SG_ Sel M : 0|8@1+ (1,0) [0|0] "" X
 SG_ P_FL m0 : 8|8@1+ (2,0) [0|0] "kPa" X
 SG_ P_FR m1 : 8|8@1+ (2,0) [0|0] "kPa" X
 SG_ T_RL m2 : 8|8@1+ (1,-40) [0|0] "degC" X
 SG_ Ghost m3 : 8|8@1+ (1,0) [0|0] "" X

BO_ 258 Body: 4 X
 SG_ TIRE_PRESS_RL : 0|8@1+ (2,0) [0|0] "kPa" X
 SG_ SBELT_DRV_FSTND : 8|1@1+ (1,0) [0|0] "" X
 SG_ DR_AJAR_FL : 9|1@1+ (1,0) [0|0] "" X
 SG_ TempEngT : 16|8@1+ (1,0) [0|0] "V" X

BO_ 259 Absent: 8 X
 SG_ Odometer : 0|24@1+ (1,0) [0|0] "km" X
 SG_ Whatever : 24|8@1+ (1,0) [0|0] "" X

BO_ 260 RadarTrack: 8 X
 SG_ TrackSpeed : 0|16@1+ (0.01,0) [0|0] "km/h" X

VAL_ 258 DR_AJAR_FL 0 "Closed" 1 "Open" 2 "SNA" 3 "Invalid" ;
SIG_VALTYPE_ 256 VEHSPD : 1;
"""


def frames() -> Iterator[can.Message]:
    for step in range(400):
        at_s = step / 20
        speed = 60 + 50 * math.sin(at_s / 4)
        rows = {
            256: struct.pack("<fHBB", speed, int((800 + 25 * speed) * 4), 138, 20),
            257: bytes([step % 3, 60 if step % 3 == 2 else 115, 0, 0, 0, 0, 0, 0]),
            258: bytes([114, 1 | (2 if at_s > 15 else 0), step % 250, 0]),
            260: struct.pack("<HHHH", int(speed * 100), 0, 0, 0),
        }
        for key, data in rows.items():
            yield can.Message(
                arbitration_id=key, is_extended_id=False, data=data, timestamp=at_s + key * 1e-6
            )


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a drive, and the draft of it in `car`."""
    folder = tmp_path_factory.mktemp("draft")
    with Recorder(folder / "drive.log") as recorder:
        for frame in frames():
            recorder.write(frame)
    (folder / "wild.dbc").write_text(HEAD + DBC)
    arguments = ("--dbc", str(folder / "wild.dbc"), "--out", str(folder / "car"))
    assert main(["draft", str(folder / "drive.log"), *arguments]) == 0
    return folder


def test_a_raw_value_that_the_bits_cannot_have_is_not_taken_over(drafted: Path) -> None:
    """The DBC names four values of a door that has one bit; the loader refuses the other two."""
    door = load_profile(drafted / "car").sources["Vehicle.Cabin.Door.Row1.DriverSide.IsOpen"]
    assert (dict(door.choices), door.invalid) == ({0: False, 1: True}, frozenset())


def test_a_time_limit_is_never_longer_than_the_loader_takes() -> None:
    pace = Pace()
    for at_s in (0.0, 1.0, 900_000.0):
        pace.take(at_s)
    seen: Any = SimpleNamespace(pace=pace, finder=None)
    assert message_row(seen) == {"timeout_s": 86_400.0}


def test_abbreviated_names_are_recognized(drafted: Path) -> None:
    report = json.loads((drafted / "car/report.json").read_text())
    found = {f"{row['message']}.{row['signal']}": row["path"] for row in report["signals"]}
    axle = "Vehicle.Chassis.Axle."
    assert found == {
        "EngVeh.VEHSPD": "Vehicle.Speed",
        "EngVeh.ENGSPD": "Vehicle.Powertrain.CombustionEngine.Speed",
        "EngVeh.BATT_U": "Vehicle.LowVoltageBattery.CurrentVoltage",
        "TPMS.P_FL": f"{axle}Row1.Wheel.Left.Tire.Pressure",
        "TPMS.P_FR": f"{axle}Row1.Wheel.Right.Tire.Pressure",
        "TPMS.T_RL": f"{axle}Row2.Wheel.Left.Tire.Temperature",
        "Body.TIRE_PRESS_RL": f"{axle}Row2.Wheel.Left.Tire.Pressure",
        "Body.SBELT_DRV_FSTND": "Vehicle.Cabin.Seat.Row1.DriverSide.IsBelted",
        "Body.DR_AJAR_FL": "Vehicle.Cabin.Door.Row1.DriverSide.IsOpen",
    }


def test_every_signal_is_taken_or_left_out_for_a_reason(drafted: Path) -> None:
    report = json.loads((drafted / "car/report.json").read_text())
    taken = {f"{row['message']}.{row['signal']}" for row in report["signals"]}
    reasons = {row["signal"]: row["reason"] for row in report["rejected"]}
    every = {
        f"{message.name}.{signal.name}"
        for message in read_wild_dbc(drafted / "wild.dbc").messages
        for signal in message.signals
    }
    assert taken | set(reasons) == every
    assert all(reasons.values())
    assert reasons["TPMS.Ghost"] == "the name says nothing that is looked for"
    assert reasons["Absent.Whatever"] == "its message does not occur in the recording"
    assert reasons["RadarTrack.TrackSpeed"] == "the name of its message says 'radar'"
    text = (drafted / "car/report.md").read_text()
    assert not [name for name in every if name not in text]


def test_the_drafted_folder_reads_pages_and_floating_point_numbers(drafted: Path) -> None:
    profile = load_profile(drafted / "car")
    left = "Vehicle.Chassis.Axle.Row1.Wheel.Left.Tire.Pressure"
    assert profile.sources[left].limit_s == pytest.approx(0.75)  # five times every third frame
    last: dict[str, object] = {}
    with Recording(drafted / "drive.log", print) as recording:
        for change in changes(profile, recording.messages(), Transcript(profile)):
            assert isinstance(change.reading, Known), change
            last[change.path] = change.reading.value
    assert last[left] == 2.3
    assert last["Vehicle.Chassis.Axle.Row2.Wheel.Left.Tire.Temperature"] == 20.0
    assert last["Vehicle.Speed"] == pytest.approx(60 + 50 * math.sin(19.95 / 4), rel=1e-6)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("VEH_SPD", "vehicle speed"),
        ("VehSpd", "vehicle speed"),
        ("U_BATT", "voltage battery"),
        ("UBatt", "voltage battery"),
        ("BattVolt", "battery voltage"),
        ("TPMS_P", "tire pressure"),
        ("TirePres", "tire pressure"),
        ("TPMS_T", "tire temperature"),
        ("EngCoolantT", "engine coolant temperature"),
        ("T_OIL", "temperature oil"),
        ("N_Eng", "rpm engine"),
        ("FuelLvl", "fuel level"),
        ("DR_OPEN", "door open"),
        ("DR_BELT", "driver belt"),
        ("SBELT_DRV", "belt driver"),
        ("BrkPdl", "brake pedal"),
        ("ODO_TOT_DIST", "odometer total distance"),
        ("GEAR_P", "gear p"),
        ("Track_T", "track t"),
        ("U_Lat", "u lateral"),
    ],
)
def test_letters_and_short_forms_are_words_beside_the_right_ones(name: str, words: str) -> None:
    assert words_of(name) == tuple(words.split())


@pytest.mark.parametrize(
    ("name", "siblings", "words"),
    [
        ("TirePrsFL", "", "tire pressure front left"),
        ("DOOR_RR_AJAR", "", "door rear right open"),
        ("FL_LVL", "", "fuel level"),
        ("FL_LVL", "FR_LVL", "front left level"),
        ("LIGHT_FR", "", "light fr"),
        ("DOOR_LEFT_RR", "", "door left rr"),
    ],
)
def test_a_corner_alone_is_one_beside_a_wheel_or_a_door(
    name: str, siblings: str, words: str
) -> None:
    near = frozenset(words_of(name) + words_of(siblings))
    assert with_corners(words_of(name), near) == tuple(words.split())
