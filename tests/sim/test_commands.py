"""Commands to the virtual car: what its controllers obey, refuse and do not listen to."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from collections.abc import Callable

import can
import cantools
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.car import Car
from sim.commands import OBEY, REFUSALS, Controllers, Outcome
from sim.fault import Fault
from sim.frame import FrameBuilder
from sim.physics import advance
from sim.scenario import Scenario
from sim.vehicle_files import config_folder, load_vehicle
from sim.world import World
from tests.sim.command_frames import COMMANDS, command

StartSim = Callable[..., subprocess.Popen[str]]
ROOT = config_folder("vehicles").parents[1]
VEHICLE = load_vehicle("aster")
BUILDERS = [FrameBuilder(message) for message in VEHICLE.messages]

OBEYED = [
    # (message, request, value, field of the car, what it becomes)
    ("AUR_Climate", "TargetDriverRequest", 23.5, "target_driver_c", 23.5),
    ("AUR_Climate", "TargetPassengerRequest", 16.0, "target_passenger_c", 16.0),
    ("AUR_Climate", "FanSpeedRequest", 70, "fan_percent", 70),
    ("AUR_Climate", "AirConditioningRequest", "off", "air_conditioning", False),
    ("AUR_Climate", "RecirculationRequest", "on", "recirculation", True),
    ("AUR_Climate", "FrontDefrosterRequest", "on", "front_defroster", True),
    ("AUR_Climate", "RearDefrosterRequest", "on", "rear_defroster", True),
    ("AUR_Climate", "SeatHeatingDriverRequest", 50, "seat_heating_driver_percent", 50),
    ("AUR_Climate", "SeatHeatingPassengerRequest", 100, "seat_heating_passenger_percent", 100),
    ("AUR_Windows", "SunroofRequest", 40, "sunroof_percent", 40),
    ("AUR_Lights", "FrontFogRequest", "on", "front_fog", True),
    ("AUR_Lights", "RearFogRequest", "on", "rear_fog", True),
    ("AUR_Lights", "LightSwitchRequest", "Beam", "light_switch", "Beam"),
    ("AUR_Lights", "HazardRequest", "on", "indicator", "hazard"),
    ("AUR_Locks", "LockAllRequest", "lock", "locked", True),
    ("AUR_Wipers", "WiperFrontRequest", "Fast", "wiper_front", "Fast"),
    ("AUR_Wipers", "WiperRearRequest", "Interval", "wiper_rear", "Interval"),
    ("AUR_Media", "VolumeRequest", 12, "volume_percent", 12),
    ("AUR_Media", "MuteRequest", "on", "muted", True),
    ("AUR_DriveMode", "DriveModeRequest", "Snow", "drive_mode", "Snow"),
]
OFF, LIT = {"system": "Off"}, {"light_switch": "Beam"}
REFUSED = [
    # (message, request, value, fields of the car, a part of the reason)
    ("AUR_Climate", "TargetDriverRequest", 22.0, OFF, "switched off"),
    ("AUR_Climate", "TargetPassengerRequest", 22.0, OFF, "switched off"),
    ("AUR_Climate", "FanSpeedRequest", 50, OFF, "switched off"),
    ("AUR_Climate", "AirConditioningRequest", "on", OFF, "switched off"),
    ("AUR_Climate", "RecirculationRequest", "on", OFF, "switched off"),
    ("AUR_Climate", "FrontDefrosterRequest", "on", OFF, "switched off"),
    ("AUR_Climate", "RearDefrosterRequest", "on", OFF, "switched off"),
    ("AUR_Climate", "SeatHeatingDriverRequest", 50, OFF, "switched off"),
    ("AUR_Climate", "SeatHeatingPassengerRequest", 50, OFF, "switched off"),
    ("AUR_Climate", "RecirculationRequest", "on", {"front_defroster": True}, "fresh air"),
    ("AUR_Climate", "AirConditioningRequest", "off", {"front_defroster": True}, "dry air"),
    ("AUR_Climate", "SeatHeatingDriverRequest", 50, {"voltage_v": 11.2}, "12-volt"),
    ("AUR_Climate", "SeatHeatingPassengerRequest", 50, {"voltage_v": 11.2}, "12-volt"),
    ("AUR_Windows", "WindowFrontLeftRequest", 0, OFF, "switched off"),
    ("AUR_Windows", "WindowFrontRightRequest", 0, OFF, "switched off"),
    ("AUR_Windows", "WindowRearLeftRequest", 0, OFF, "switched off"),
    ("AUR_Windows", "WindowRearRightRequest", 0, OFF, "switched off"),
    ("AUR_Windows", "SunroofRequest", 0, OFF, "switched off"),
    ("AUR_Windows", "SunroofRequest", 10, {"speed_kmh": 121.0}, "120 km/h"),
    ("AUR_Lights", "FrontFogRequest", "on", OFF | LIT, "switched off"),
    ("AUR_Lights", "RearFogRequest", "on", OFF | LIT, "switched off"),
    ("AUR_Lights", "FrontFogRequest", "on", {}, "side lights"),
    ("AUR_Lights", "RearFogRequest", "on", {}, "side lights"),
    ("AUR_Lights", "LightSwitchRequest", "Off", {"dark": True, "speed_kmh": 30.0}, "dark"),
    ("AUR_Locks", "LockAllRequest", "unlock", {"locked": True, "speed_kmh": 6.0}, "5 km/h"),
    ("AUR_Locks", "LockAllRequest", "lock", {"open": ["boot"]}, "door"),
    ("AUR_Wipers", "WiperFrontRequest", "Slow", {"open": ["bonnet"]}, "bonnet"),
    ("AUR_DriveMode", "DriveModeRequest", "Sport", {"ready": False}, "not ready"),
    ("AUR_DriveMode", "DriveModeRequest", "Electric", {"battery_percent": 9.0}, "charge"),
    ("AUR_DriveMode", "DriveModeRequest", "Electric", {"speed_kmh": 140.0}, "135 km/h"),
]


def standing(**fields: object) -> Car:
    car = Car(ready=True)
    for name, value in fields.items():
        setattr(car, name, value)
    return car


def send(car: Car, name: str, data: bytes) -> list[Outcome]:
    return Controllers(VEHICLE.commands).receive(int(COMMANDS[name].frame_id), data, car, 0.0)


def test_every_field_of_every_command_has_a_controller() -> None:
    fields = {s.name for m in COMMANDS.values() for s in m.signals}
    assert {name for name in fields if not name.endswith(("_Cnt", "_Crc"))} == set(OBEY)
    assert {refusal.signal for refusal in REFUSALS} <= set(OBEY)


@pytest.mark.parametrize(("message", "request_", "value", "field", "becomes"), OBEYED)
def test_a_valid_request_is_obeyed(
    message: str, request_: str, value: float | str, field: str, becomes: object
) -> None:
    car = standing(light_switch="Position")
    assert getattr(car, field) != becomes
    (outcome,) = send(car, message, command(message, 5, **{request_: value}))
    assert (outcome.signal, outcome.outcome) == (request_, "obeyed")
    for _ in range(200):
        advance(car, 0.05)
    assert getattr(car, field) == becomes


def test_windows_take_their_time() -> None:
    car = standing()
    send(car, "AUR_Windows", command("AUR_Windows", 1, WindowRearLeftRequest=100))
    advance(car, 0.05)
    assert 0 < car.windows_percent["rear_left"] < 5
    for _ in range(100):
        advance(car, 0.05)
    assert car.windows_percent == {
        "front_left": 0.0,
        "front_right": 0.0,
        "rear_left": 100.0,
        "rear_right": 0.0,
    }


@pytest.mark.parametrize(("message", "request_", "value", "fields", "part"), REFUSED)
def test_some_requests_are_refused_and_nothing_changes(
    message: str, request_: str, value: float | str, fields: dict[str, object], part: str
) -> None:
    car = standing(**fields)
    before = dataclasses.asdict(car)
    (outcome,) = send(car, message, command(message, 5, **{request_: value}))
    assert outcome.outcome == "refused" and part in outcome.reason
    assert dataclasses.asdict(car) == before


def test_every_refusal_of_the_table_is_tested() -> None:
    tested = {(signal, part) for _, signal, _, _, part in REFUSED}
    for refusal in REFUSALS:
        assert any(s == refusal.signal and p in refusal.reason for s, p in tested), refusal


def test_one_frame_may_ask_for_several_things() -> None:
    car = standing()
    data = command("AUR_Climate", 0, TargetDriverRequest=25.0, FanSpeedRequest=10)
    assert [outcome.outcome for outcome in send(car, "AUR_Climate", data)] == ["obeyed"] * 2
    assert (car.target_driver_c, car.fan_percent, car.target_passenger_c) == (25.0, 10, 21.0)


@pytest.mark.parametrize("value", [15.5, 28.5, 100.0])
def test_a_value_out_of_range_is_refused(value: float) -> None:
    car = standing()
    (outcome,) = send(car, "AUR_Climate", command("AUR_Climate", 0, TargetDriverRequest=value))
    assert outcome.outcome == "refused" and car.target_driver_c == 21.0


def test_a_raw_value_without_a_word_is_refused() -> None:
    car = standing()
    (outcome,) = send(car, "AUR_Media", command("AUR_Media", 0, MuteRequest=2))
    assert outcome.outcome == "refused" and not car.muted


def test_frames_that_do_not_prove_themselves_are_not_listened_to() -> None:
    car = standing()
    controllers = Controllers(VEHICLE.commands)
    identifier = int(COMMANDS["AUR_Media"].frame_id)

    def reason(data: bytes) -> str:
        return controllers.receive(identifier, data, car, 0.0)[0].reason

    good = command("AUR_Media", 4, VolumeRequest=50)
    assert reason(bytes((good[0] ^ 1,)) + good[1:]) == "the checksum is wrong"
    assert reason(good[:2]) == reason(good + b"\0") == "the length is wrong"
    assert car.volume_percent == 35.0
    assert reason(good) == "" and car.volume_percent == 50
    car.volume_percent = 35.0
    assert reason(good) == "the counter is not new"
    assert reason(command("AUR_Media", 12, VolumeRequest=50)) == "the counter is not new"
    assert car.volume_percent == 35.0
    assert reason(command("AUR_Media", 13, VolumeRequest=50)) == "" and car.volume_percent == 50


def test_a_sender_that_starts_again_is_listened_to_after_a_pause() -> None:
    controllers = Controllers(VEHICLE.commands)
    identifier = int(COMMANDS["AUR_Media"].frame_id)

    def reason(counter: int, now_s: float) -> str:
        frame = command("AUR_Media", counter, VolumeRequest=50)
        return controllers.receive(identifier, frame, standing(), now_s)[0].reason

    assert reason(4, 10.0) == ""
    assert reason(4, 10.9) == "the counter is not new"
    assert reason(12, 11.8) == "the counter is not new"
    assert reason(12, 12.8) == ""
    assert reason(3, 14.0) == ""


def test_two_programs_that_ask_one_after_the_other_are_both_obeyed(start_sim: StartSim) -> None:
    process = start_sim("parked")
    path = "Vehicle.Cabin.Infotainment.Media.Volume"
    ask = [sys.executable, "-m", "can_bridge", "set", "--bus", "unix:test", "--json", path]
    told = []
    for value in ("12", "34"):
        outcome = ""
        for _ in range(5):  # on a busy machine the car's own frames may be late: then none is sent
            asked = subprocess.run(
                [*ask, value], cwd=ROOT, capture_output=True, text=True, check=False
            )
            outcome = json.loads(asked.stdout)["outcome"]
            if outcome != "refused":
                break
        assert outcome == "confirmed"
        assert process.stdout is not None
        line = json.loads(process.stdout.readline())
        while line["outcome"] != "obeyed":  # of a program that comes within the pause
            line = json.loads(process.stdout.readline())
        told.append(line["value"])
    assert told == [12, 34]


@given(data=st.binary(max_size=12), name=st.sampled_from(sorted(COMMANDS)))
def test_whatever_arrives_the_car_stays_a_car(data: bytes, name: str) -> None:
    car = standing()
    outcomes = send(car, name, data)
    assert outcomes == [] or {o.outcome for o in outcomes} <= {"obeyed", "refused", "ignored"}
    for field in dataclasses.fields(Car):
        kind = type(getattr(Car(), field.name))
        assert isinstance(getattr(car, field.name), kind | int | float)


@pytest.mark.parametrize("kind", ["silent", "bus_off", "ecu_reset"])
def test_an_ecu_that_is_not_there_does_not_obey(kind: str) -> None:
    world = World(Scenario("x", "", {}, ()), BUILDERS, Controllers(VEHICLE.commands))
    world.faults.add(Fault(kind, ecu="IVI"))
    identifier = int(COMMANDS["AUR_Media"].frame_id)
    assert world.receive(identifier, command("AUR_Media", 1, VolumeRequest=50)) == []
    assert world.car.volume_percent == 35.0
    world.faults.clear()
    assert world.receive(identifier, command("AUR_Media", 1, VolumeRequest=50))
    assert world.car.volume_percent == 50


def test_the_car_reports_what_it_did_in_another_message(start_sim: StartSim) -> None:
    process = start_sim("parked")
    database = cantools.database.load_file(config_folder("vehicles") / "aster" / "body.dbc")
    status = database.get_message_by_name("IVI_Media")
    with can.Bus(interface="unix", channel="test") as bus:
        bus.send(
            can.Message(
                arbitration_id=int(COMMANDS["AUR_Media"].frame_id),
                is_extended_id=False,
                data=command("AUR_Media", 0, VolumeRequest=77),
            )
        )
        while (message := bus.recv(10.0)) is not None:
            is_status = message.arbitration_id == status.frame_id
            if is_status and status.decode(message.data)["Volume"] == 77:
                break
        assert message is not None
    assert process.stdout is not None
    told = json.loads(process.stdout.readline())
    assert (told["command"], told["signal"], told["value"]) == ("AUR_Media", "VolumeRequest", 77)
    assert told["outcome"] == "obeyed"
