"""The diagnostics client against the simulated Aster, whose control units share no code with it."""

from __future__ import annotations

import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from can_bridge import Known, find_vehicle, load_profile, open_bridge
from can_bridge.bridge import Bridge
from can_bridge.diagnostics import Diagnostics, open_diagnostics

ROOT = Path(__file__).resolve().parents[3]
ASTER = load_profile(find_vehicle("aster"))
Start = Callable[..., tuple[Bridge, Diagnostics]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a scenario; gives the bridge and the client on its bus."""
    channel = uuid.uuid4().hex[:8]
    running: list[subprocess.Popen[str]] = []
    opened: list[Bridge] = []

    def begin(scenario: str, *more: str) -> tuple[Bridge, Diagnostics]:
        command = [sys.executable, "-m", "sim", scenario, "--bus", f"unix:{channel}", *more]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        running.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        bridge = open_bridge(ASTER, f"unix:{channel}", may_send=True)
        opened.append(bridge)
        return bridge, open_diagnostics(bridge)

    yield begin
    for bridge in opened:
        bridge.close()
    for process in running:
        with process:
            process.kill()


def codes(client: Diagnostics, ecu: str, wanted: str) -> dict[str, tuple[bool, bool]]:
    """Code -> (confirmed, warning lamp), once `wanted` is confirmed: a fault ripens for some seconds."""
    found: dict[str, tuple[bool, bool]] = {}
    for _ in range(100):
        found = {c.trouble.code: (c.confirmed, c.warning_lamp) for c in client.codes(ecu)}
        if found.get(wanted, (False, False))[0]:
            break
        time.sleep(0.1)
    return found


def test_every_control_unit_says_who_it_is_and_the_same_vin(start: Start) -> None:
    _, client = start("parked")
    report = client.report()
    assert report.problems == ()
    assert ASTER.diagnostics is not None
    assert [one.ecu for one in report.identities] == [ecu.id for ecu in ASTER.diagnostics.ecus]
    assert {one.vin for one in report.identities} == {report.vin}
    assert report.vin is not None and len(report.vin) == 17 and report.vin.startswith("AUR")
    assert all(one.serial_number and one.software for one in report.identities)
    assert report.codes == report.obd.codes == ()
    assert set(report.obd.names) == {"ECM", "HCU"}


def test_obd_and_readings_say_the_same_of_the_car(start: Start) -> None:
    bridge, client = start("highway")
    assert bridge.wait_ready(10.0)
    values = {(value.ecu, value.pid): value.value for value in client.values()}
    pairs = {
        0x0D: "Vehicle.Speed",
        0x05: "Vehicle.Powertrain.CombustionEngine.EngineCoolant.Temperature",
        0x46: "Vehicle.Exterior.AirTemperature",
        0x42: "Vehicle.LowVoltageBattery.CurrentVoltage",
    }
    for pid, path in pairs.items():
        reading = bridge.read(path)
        assert isinstance(reading, Known)
        assert values["ECM", pid] == pytest.approx(reading.value, abs=1.5)
    rpm = bridge.read("Vehicle.Powertrain.CombustionEngine.Speed")
    assert isinstance(rpm, Known)
    assert values["ECM", 0x0C] == pytest.approx(rpm.value, rel=0.05)


def test_an_overheating_engine_has_stored_why(start: Start) -> None:
    _, client = start("overheating")
    found = codes(client, "ECM", "P0217")
    assert found["P0217"] == (True, True)
    assert found["P2600"][1] is False


def test_a_low_tyre_is_a_code_of_the_maker_without_a_text(start: Start) -> None:
    _, client = start("low_tyre")
    assert set(codes(client, "TPM", "C1501")) == {"C1501"}
    (stored,) = client.codes("TPM")
    assert stored.trouble.text is None
    assert stored.trouble.structure == "chassis, maker-specific"


def test_supported_codes_are_more_than_stored_ones(start: Start) -> None:
    _, client = start("parked")
    supported = {code.trouble.code for code in client.supported_codes("ECM")}
    assert {"P0217", "P0301", "P0562"} <= supported
    assert client.codes("ECM") == ()
