"""A vehicle whose values must be asked for: the same readings, over OBD-II."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from can_bridge import Known, Reason, Unknown, VehicleProfile, load_profile
from can_bridge.vehicle import open_vehicle

VEHICLE = """
id = "any"
name = "Any"
[bus]
dbc = []
[diagnostics]
functional = 0x7DF
[[diagnostics.ecu]]
id = "ECM"
request = 0x7E0
response = 0x7E8
obd = true
"""
SIGNALS = """
[freshness]
minimum_s = 0.3
[polling]
every_s = 0.05
[signals]
"Vehicle.Speed" = { pid = 0x0D, unit = "km/h" }
"Vehicle.Rpm" = { pid = 0x0C, unit = "rpm", range = [0, 1000] }
"Vehicle.Voltage" = { pid = 0x42, unit = "V" }
"""
ANSWERS = {
    b"\x01\x00": bytes.fromhex("4100 00180000"),  # 0C, 0D
    b"\x01\x0c": bytes.fromhex("410C 1AF8"),
    b"\x01\x0d": bytes.fromhex("410D 32"),
}


@pytest.fixture
def any_car(tmp_path: Path) -> VehicleProfile:
    (tmp_path / "vehicle.toml").write_text(VEHICLE)
    (tmp_path / "signals.toml").write_text(SIGNALS)
    return load_profile(tmp_path)


@pytest.fixture
def bridge(bench: Any, ecus: Any, any_car: VehicleProfile) -> Iterator[Any]:
    bench.unit = bench.ecu(ecus["ECM"], ANSWERS)
    with open_vehicle(any_car, f"unix:{bench.channel}") as bridge:
        yield bridge


def wait_for(bridge: Any, path: str, expected: Any) -> bool:
    for _ in range(500):
        reading = bridge.read(path)
        if (reading.reason if isinstance(reading, Unknown) else reading.value) == expected:
            return True
        time.sleep(0.01)
    return False


def test_values_that_were_asked_for_are_readings_like_all_others(bridge: Any) -> None:
    assert bridge.wait_ready(5.0)
    speed = bridge.read("Vehicle.Speed")
    assert isinstance(speed, Known)
    assert (speed.value, speed.unit) == (50.0, "km/h")
    assert bridge.read("Vehicle.Rpm") == Unknown(Reason.OUT_OF_RANGE)


def test_a_value_that_the_car_does_not_have_is_not_available(bridge: Any) -> None:
    assert wait_for(bridge, "Vehicle.Voltage", Reason.NOT_AVAILABLE)


def test_a_unit_that_falls_silent_makes_its_values_stale(bench: Any, bridge: Any) -> None:
    assert wait_for(bridge, "Vehicle.Speed", 50.0)
    bench.unit.close()
    assert wait_for(bridge, "Vehicle.Speed", Reason.STALE)
