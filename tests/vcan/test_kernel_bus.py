"""The car and the bridge on a CAN bus of the kernel, and what Debian's can-utils see of them.

`make vcan-test` runs these in a guest where this kernel has no vcan.  An emulated machine on a busy one
may be a hundred times as slow: everything is waited for long, and what the car's own time limits may
refuse there, since its frames come late, is asked for again.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from can_bridge import Known, Reason, Unknown, find_vehicle, load_profile, open_bridge
from can_bridge.diagnostics import Timing, open_diagnostics
from can_bridge.errors import DiagnosticError

KERNEL_BUS = "vcan0"
SPEC = f"socketcan:{KERNEL_BUS}"
ROOT = Path(__file__).resolve().parents[2]
LONG_S = 300.0
PATIENT_S = 5.0  # an answer that the car gave up comes no more: it is asked anew

pytestmark = pytest.mark.skipif(
    not Path("/sys/class/net", KERNEL_BUS).exists(),
    reason=f"this kernel has no {KERNEL_BUS}: `make vcan-test` runs this in a guest",
)


@contextlib.contextmanager
def driving(scenario: str = "highway") -> Iterator[None]:
    """A simulated car that drives on the kernel's bus."""
    command = [sys.executable, "-m", "sim", scenario, "--vehicle", "aster", "--bus", SPEC]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield
        process.terminate()


def awaited(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + LONG_S
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True


def told(*words: str) -> list[dict[str, object]]:
    """What a command of the bridge prints as JSON lines, once it has heard the car."""
    command = [sys.executable, "-m", "can_bridge", *words, "--bus", SPEC, "--json"]
    shown = subprocess.run(
        [*command, "--wait", f"{LONG_S:g}"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    return [json.loads(line) for line in shown.stdout.splitlines()]


def test_the_bridge_reads_the_car() -> None:
    readings: dict[object, dict[str, object]] = {}

    def speed_is_known() -> bool:
        readings.update((line["path"], line) for line in told("monitor", "--once"))
        return "value" in readings["Vehicle.Speed"]

    with driving():
        assert awaited(speed_is_known), readings
    assert readings["Vehicle.Speed"]["value"] == pytest.approx(120, abs=8)
    assert readings["Vehicle.Speed"]["unit"] == "km/h"


def test_the_car_obeys_a_command() -> None:
    path = "Vehicle.Cabin.HVAC.Station.Row1.Driver.Temperature"
    answers: list[dict[str, object]] = []

    def obeyed() -> bool:
        answers.extend(told("set", path, "24"))
        return answers[-1]["outcome"] == "confirmed"

    with driving():
        assert awaited(obeyed), answers
    assert any(answer["frames"] for answer in answers), answers


def test_a_control_unit_says_who_it_is() -> None:
    patient = Timing(
        answer_s=PATIENT_S, pending_s=PATIENT_S, gap_s=PATIENT_S, window_s=PATIENT_S,
        total_s=PATIENT_S,
    )  # fmt: skip
    vins: list[str | None] = []

    def known() -> bool:
        # The car's own limits for a long answer may run out there: it is asked again.
        with contextlib.suppress(DiagnosticError):
            vins.append(diagnostics.identify("TPM").vin)
        return vins[-1:] == ["AURAS1PH2TA004711"]

    # A slow machine is kept busy enough by the car: the bridge decodes nothing here.
    deaf = replace(
        load_profile(find_vehicle("aster")),
        signals={}, frames={}, sources={}, derived={}, plausible=(),
    )  # fmt: skip
    with (
        driving("parked"),
        open_bridge(deaf, SPEC, may_send=True) as bridge,
        open_diagnostics(bridge, patient) as diagnostics,
    ):
        assert awaited(known), vins


@pytest.mark.skipif(not shutil.which("candump"), reason="candump (can-utils) is not installed")
def test_candump_shows_its_traffic() -> None:
    with driving():
        shown = subprocess.run(
            ["candump", "-n", "100", KERNEL_BUS],
            capture_output=True, text=True, check=True, timeout=LONG_S,
        )  # fmt: skip
    lines = [line.split() for line in shown.stdout.splitlines()]
    assert len(lines) == 100
    profile = load_profile(find_vehicle("aster"))
    ours = {f"{key:03X}" for key in profile.frames}
    assert {line[1] for line in lines} <= ours
    assert len({line[1] for line in lines}) > 5


@pytest.mark.skipif(not shutil.which("ip"), reason="ip (iproute2) is not installed")
def test_an_interface_that_goes_down_and_comes_back() -> None:
    with open_bridge(load_profile(find_vehicle("aster")), SPEC) as bridge:
        known = lambda: isinstance(bridge.read("Vehicle.Speed"), Known)  # noqa: E731
        with driving():
            assert awaited(known)
        subprocess.run(["ip", "link", "set", KERNEL_BUS, "down"], check=True)
        try:
            assert awaited(lambda: bridge.read("Vehicle.Speed") == Unknown(Reason.BUS_OFF))
        finally:
            subprocess.run(["ip", "link", "set", KERNEL_BUS, "up"], check=True)
        with driving():  # another: a car that cannot send any more ends
            assert awaited(known)
