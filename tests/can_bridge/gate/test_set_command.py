"""`python -m can_bridge set`, as a process on the bus of the small car."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "can_bridge", "set", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_what_the_car_reports_is_confirmed(street: Any, tmp_path: Path) -> None:
    bus = ("--bus", f"unix:{street.channel}", "--vehicle", str(tmp_path))
    result = run("Vehicle.Window", "40", *bus)
    assert result.stdout == "confirmed: Vehicle.Window is now 40 %\n", result.stderr
    assert result.returncode == 0
    result = run("Vehicle.Lamp", "on", "--json", *bus)
    answer = json.loads(result.stdout)
    assert (answer["outcome"], answer["reason"], answer["requested"]) == (
        "confirmed",
        "reported",
        True,
    )


def test_a_number_between_two_steps_says_what_was_asked_for(street: Any, tmp_path: Path) -> None:
    bus = ("--bus", f"unix:{street.channel}", "--vehicle", str(tmp_path))
    answer = json.loads(run("Vehicle.Window", "40.3", "--json", *bus).stdout)
    assert answer["text"] == "Vehicle.Window is now 40.5 % (the step nearest to 40.3)"
    assert (answer["requested"], answer["asked"]) == (40.3, 40.5)


def test_what_is_refused_says_why_and_ends_with_1(street: Any, tmp_path: Path) -> None:
    bus = ("--bus", f"unix:{street.channel}", "--vehicle", str(tmp_path))
    result = run("Vehicle.Mode", "sport", *bus)
    assert result.returncode == 1
    assert result.stdout == ("refused: the lamp is off (Vehicle.Lamp is false); nothing was sent\n")
    assert run("Vehicle.Window", "wide", *bus).stdout.startswith("refused: expected a number")
    assert "not in the vehicle's commands.toml" in run("Vehicle.Speed", "3", *bus).stdout
    assert street.seen() == []


def test_without_a_path_it_lists_what_can_be_set(pod_folder: Any) -> None:
    lines = run("--vehicle", str(pod_folder())).stdout.splitlines()
    assert [line.split() for line in lines] == [
        ["Vehicle.Window", "0", "to", "80", "%"],
        ["Vehicle.Mode", "eco,", "sport"],
        ["Vehicle.Lamp", "true,", "false"],
        ["Vehicle.IsLocked", "true,", "false"],
    ]


def test_an_interrupted_request_that_was_sent_says_that_the_car_may_still_do_it(
    street: Any, tmp_path: Path
) -> None:
    street.car.obeys = False
    arguments = ("--bus", f"unix:{street.channel}", "--vehicle", str(tmp_path))
    command = [sys.executable, "-m", "can_bridge", "set", "Vehicle.Window", "40", *arguments]
    file = tmp_path / "commands.toml"
    file.write_text(file.read_text().replace("deadline_s = 1", "deadline_s = 60"))
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        while not street.car.asked:
            assert process.poll() is None, process.communicate()
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        out, said = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert said == (
        "can_bridge: Vehicle.Window was asked for and not yet confirmed; the car may still do it\n"
    )
