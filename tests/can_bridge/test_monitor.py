"""`python -m can_bridge monitor`: its lines, its exit codes and its end."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from can_bridge import Known, Reading, Reason, Unknown
from can_bridge.monitor import json_lines, table

ROOT = Path(__file__).resolve().parents[2]
ToyFolder = Callable[..., Path]
END_S = 10.0

READINGS: Mapping[str, Reading] = {
    "Vehicle.Speed": Known(88.0, "km/h", 0.0404),
    "Vehicle.Door": Known(True, None, 0.1),
    "Vehicle.Fuel": Unknown(Reason.STALE),
    "Vehicle.Derived.Open": Known("boot", None, 0.1, ("Vehicle.Boot",)),
}


def monitor(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "can_bridge", "monitor", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_json_lines() -> None:
    assert [json.loads(line) for line in json_lines(READINGS).splitlines()] == [
        {"path": "Vehicle.Speed", "value": 88.0, "unit": "km/h", "age_ms": 40},
        {"path": "Vehicle.Door", "value": True, "unit": None, "age_ms": 100},
        {"path": "Vehicle.Fuel", "unknown": "stale"},
        {
            "path": "Vehicle.Derived.Open",
            "value": "boot",
            "unit": None,
            "age_ms": 100,
            "from": ["Vehicle.Boot"],
        },
    ]


def test_table() -> None:
    head, speed, door, fuel, _ = (line.split() for line in table(READINGS).splitlines())
    assert head == ["path", "value", "unit", "age", "validity"]
    assert speed == ["Speed", "88", "km/h", "0.0", "s", "known"]
    assert door == ["Door", "yes", "0.1", "s", "known"]
    assert fuel == ["Fuel", "-", "-", "stale"]
    assert "Fuel" not in table(READINGS, "speed")


def test_once_on_a_silent_bus(toy_folder: ToyFolder) -> None:
    vehicle = str(toy_folder())
    result = monitor("--vehicle", vehicle, "--bus", "unix:quiet", "--once", "--json", "--wait", "0")
    assert result.returncode == 0, result.stderr
    entries = [json.loads(line) for line in result.stdout.splitlines()]
    assert {entry["unknown"] for entry in entries} == {"never_seen", "input_unknown"}


@pytest.mark.parametrize(
    ("arguments", "code", "part"),
    [
        (["--bus", "unix"], 2, "interface:channel"),
        (["--bus", "nothing:here"], 4, "cannot be opened"),
        (["--vehicle", "none"], 2, "there is no vehicle 'none'"),
        (["--wait", "soon"], 2, "--wait"),
        (["--wait", "1e308"], 2, "not above 31622400"),
    ],
)
def test_errors_are_one_sentence_and_an_exit_code(
    arguments: list[str], code: int, part: str
) -> None:
    result = monitor("--once", *arguments)
    assert result.returncode == code
    assert part in result.stderr and "Traceback" not in result.stderr
    assert result.stdout == ""


def test_an_interrupt_ends_the_live_table(toy_folder: ToyFolder) -> None:
    command = [sys.executable, "-m", "can_bridge", "monitor", "--bus", "unix:live"]
    with subprocess.Popen(
        [*command, "--vehicle", str(toy_folder())],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline().startswith("path")
        process.send_signal(signal.SIGINT)
        assert process.wait(END_S) == 0
        assert process.stderr.read() == ""
