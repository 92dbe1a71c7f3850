"""Aster's commands against the simulated car: what it obeys is confirmed, what is unsafe never leaves."""

from __future__ import annotations

import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import can
import pytest

from can_bridge import Bridge, Known, find_vehicle, load_profile, open_bridge
from can_bridge.command_rules import Cause, Result
from can_bridge.gate import Gate, open_gate

ROOT = Path(__file__).resolve().parents[3]
ASTER = load_profile(find_vehicle("aster"))
COMMAND_FRAMES = {command.frame.key for command in ASTER.commands.values()}
HVAC = "Vehicle.Cabin.HVAC"
DOOR = "Vehicle.Cabin.Door"
LIGHTS = "Vehicle.Body.Lights"

IN_A_PARKED_CAR: list[tuple[str, Any]] = [
    (f"{HVAC}.Station.Row1.Driver.Temperature", 24.5),
    (f"{HVAC}.Station.Row1.Passenger.Temperature", 18),
    (f"{HVAC}.Station.Row1.Driver.FanSpeed", 60),
    (f"{HVAC}.IsRecirculationActive", True),
    (f"{HVAC}.IsAirConditioningActive", False),
    (f"{HVAC}.IsFrontDefrosterActive", True),
    (f"{HVAC}.IsRearDefrosterActive", True),
    ("Vehicle.Cabin.Seat.Row1.DriverSide.Heating", 50),
    (f"{DOOR}.Row1.DriverSide.Window.Position", 20),
    (f"{DOOR}.Row1.PassengerSide.Window.Position", 20),
    (f"{DOOR}.Row2.DriverSide.Window.Position", 20),
    (f"{DOOR}.Row2.PassengerSide.Window.Position", 20),
    ("Vehicle.Cabin.Sunroof.Position", 20),
    (f"{LIGHTS}.LightSwitch", "beam"),
    (f"{LIGHTS}.Fog.Front.IsOn", True),
    (f"{LIGHTS}.Fog.Rear.IsOn", True),
    (f"{LIGHTS}.Hazard.IsSignaling", True),
    (f"{DOOR}.IsLocked", True),
    (f"{DOOR}.IsLocked", False),
    ("Vehicle.Body.Windshield.Front.Wiping.Mode", "slow"),
    ("Vehicle.Body.Windshield.Rear.Wiping.Mode", "interval"),
    ("Vehicle.Cabin.Infotainment.Media.Volume", 33),
    ("Vehicle.Cabin.Infotainment.Media.IsMuted", True),
]
REFUSED_IN_A_PARKED_CAR: list[tuple[str, Any]] = [
    ("Vehicle.Powertrain.DriveMode", "sport"),
    ("Vehicle.Cabin.Seat.Row1.PassengerSide.Heating", 50),
]
REFUSED_ON_THE_MOTORWAY: list[tuple[str, Any]] = [
    (f"{DOOR}.IsLocked", False),
    ("Vehicle.Cabin.Sunroof.Position", 50),
    (f"{LIGHTS}.LightSwitch", "off"),
]


class Drive:
    """The simulator with a scenario, a bridge and a gate, and a witness of what we send."""

    def __init__(self, scenario: str) -> None:
        self._channel = uuid.uuid4().hex[:8]
        command = [sys.executable, "-m", "sim", scenario, "--bus", f"unix:{self._channel}"]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"
        self.bridge: Bridge = open_bridge(ASTER, f"unix:{self._channel}", may_send=True)
        self.gate: Gate = open_gate(self.bridge)
        assert self.bridge.wait_ready(10.0)
        self._witness = can.Bus(interface="unix", channel=self._channel)
        self._sent: set[int] = set()
        self._notifier = can.Notifier(self._witness, [self._see])

    def _see(self, message: can.Message) -> None:
        if message.arbitration_id in COMMAND_FRAMES:
            self._sent.add(message.arbitration_id)

    def sent_up_to(self, key: int) -> set[int]:
        """Identifiers of the command frames up to one of `key`: frames of one sender keep their order."""
        for _ in range(500):
            if key in self._sent:
                break
            time.sleep(0.01)
        return set(self._sent)

    def close(self) -> None:
        self._notifier.stop()
        self._witness.shutdown()
        self.gate.close()
        self.bridge.close()
        self._process.kill()
        self._process.communicate()


@pytest.fixture
def parked() -> Iterator[Drive]:
    drive = Drive("parked")
    yield drive
    drive.close()


@pytest.fixture
def motorway() -> Iterator[Drive]:
    drive = Drive("highway")
    yield drive
    drive.close()


def test_a_parked_car_obeys_and_reports(parked: Drive) -> None:
    for path, value in IN_A_PARKED_CAR:
        outcome = parked.gate.set(path, value)
        assert outcome.result is Result.CONFIRMED, outcome.text
        for name in ASTER.commands[path].confirm:
            reading = parked.bridge.read(name)
            assert isinstance(reading, Known)
            assert reading.value == pytest.approx(value, abs=2) or reading.value == value
    for path, value in REFUSED_IN_A_PARKED_CAR:
        outcome = parked.gate.set(path, value)
        assert (outcome.result, outcome.cause) == (Result.REFUSED, Cause.INTERLOCK), outcome.text


def test_what_is_unsafe_at_speed_never_leaves(motorway: Drive) -> None:
    for path, value in REFUSED_ON_THE_MOTORWAY:
        outcome = motorway.gate.set(path, value)
        assert (outcome.result, outcome.cause) == (Result.REFUSED, Cause.INTERLOCK), outcome.text
    outcome = motorway.gate.set("Vehicle.Powertrain.DriveMode", "sport")
    assert outcome.result is Result.CONFIRMED, outcome.text
    key = ASTER.commands["Vehicle.Powertrain.DriveMode"].frame.key
    assert motorway.sent_up_to(key) == {key}


def test_every_command_of_aster_is_tried_here() -> None:
    tried = {path for path, _ in IN_A_PARKED_CAR + REFUSED_IN_A_PARKED_CAR}
    assert tried == set(ASTER.commands)
