"""The simulator as a process: what it prints, how it ends, and what it leaves behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import can
import pytest

ROOT = Path(__file__).resolve().parents[2]
StartSim = Callable[..., subprocess.Popen[str]]
END_S = 10.0


def sim(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sim", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def children(pid: int) -> str:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text()


def test_a_bus_without_its_library_is_one_sentence() -> None:
    result = sim("demo_drive", "--bus", "kvaser:0")
    assert (result.returncode, result.stderr.count("\n")) == (4, 1), result.stderr
    assert result.stderr.startswith("sim: the bus kvaser:0 cannot be opened: ")


def test_ready_comes_first_and_every_step_is_a_line_of_json() -> None:
    result = sim("demo_drive", "--bus", "unix:test", "--start-at", "57.5", "--seconds", "1")
    assert result.returncode == 0, result.stderr
    first, *lines = result.stdout.splitlines()
    assert first == "ready"
    steps = [json.loads(line) for line in lines]
    assert steps[0] == {"t": 0.0, "step": "parked with the front left door open"}
    assert steps[-1] == {"t": 58.0, "step": "brakes to a halt"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--start-at", "1e300"], "expected seconds from 0 to 86400, found '1e300'"),
        (["--start-at", "nan"], "found 'nan'"),
        (["--seconds", "long"], "expected a number from 0 on, found 'long'"),
        (["--speed", "0"], "expected a number above 0 or max, found '0'"),
        (["--sped", "1"], "--sped"),
    ],
)
def test_wrong_words_are_one_sentence_at_once(words: list[str], told: str) -> None:
    result = sim("parked", "--bus", "unix:test", *words)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("sim: ") and told in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_at_once(start_sim: StartSim, number: signal.Signals) -> None:
    process = start_sim("parked")
    assert children(process.pid) == ""
    process.send_signal(number)
    assert process.wait(END_S) == 0
    assert process.communicate() == ("", "")


def test_closing_its_input_ends_it(start_sim: StartSim) -> None:
    process = start_sim("parked")
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(END_S) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_it_leaves_no_socket(
    start_sim: StartSim, runtime_folder: Path, number: signal.Signals
) -> None:
    process = start_sim("parked")
    folder = runtime_folder / "auriga" / "test"
    assert len([path for path in folder.iterdir() if path.is_socket()]) == 1
    process.send_signal(number)
    process.wait(END_S)
    assert [path for path in folder.iterdir() if path.is_socket()] == []


def test_a_killed_one_does_not_block_the_next(start_sim: StartSim) -> None:
    first = start_sim("parked")
    first.kill()
    first.wait(END_S)
    start_sim("parked")
    with can.Bus(interface="unix", channel="test") as bus:
        assert bus.recv(END_S) is not None


def test_it_stops_when_nobody_reads_its_steps() -> None:
    read_end, write_end = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-m", "sim", "demo_drive", "--bus", "unix:test", "--start-at", "40"],
        cwd=ROOT,
        stdout=write_end,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(write_end)
    os.close(read_end)
    assert process.wait(END_S) == 0
    assert process.stderr is not None and "Traceback" not in process.stderr.read()
    process.stderr.close()


@pytest.mark.parametrize(
    ("arguments", "code", "part"),
    [
        (["nowhere"], 2, "there is no scenario 'nowhere'"),
        (["parked", "--vehicle", "none"], 2, "there is no vehicle 'none'"),
        (["parked", "--bus", "unix"], 2, "names no bus"),
        (["parked", "--bus", "nothing:here"], 4, "cannot be opened"),
        (["parked", "--seconds", "soon"], 2, "--seconds"),
        (["parked", "--bus", "unix:one", "--write", "a.log"], 2, "leave one out"),
        (["parked", "--bus", "unix:one@0"], 2, "expected 10000 to 1000000 bit/s"),
        (["parked", "--bus", "unix:one@99999999999999999999"], 2, "expected 10000 to 1000000"),
    ],
)
def test_what_cannot_be_run_is_said(arguments: list[str], code: int, part: str) -> None:
    result = sim(*arguments)
    assert result.returncode == code
    assert part in result.stderr
    assert result.stdout == "" and "Traceback" not in result.stderr
