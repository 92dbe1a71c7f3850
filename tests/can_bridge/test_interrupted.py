"""Ctrl-C, SIGTERM and SIGHUP while a command of `can_bridge` runs, as a process."""

from __future__ import annotations

import argparse
import fcntl
import json
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import IO

import pytest

from can_bridge.bridge import Bridge
from can_bridge.cli import main
from can_bridge.recorder import Recorder
from can_bridge.unix_bus import channel_path
from tests.can_bridge.conftest import ToyFolder
from tests.can_bridge.test_transcript import motion

ROOT = Path(__file__).resolve().parents[2]
END_S = 60.0
PAGE = 4096
STOPPED = "can_bridge: stopped before it was done\n"
Spawn = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def spawn() -> Iterator[Spawn]:
    """Starts a command; all of them end with the test."""
    running: list[subprocess.Popen[str]] = []

    def start(*arguments: str | Path) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "can_bridge", *map(str, arguments)]
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        running.append(process)
        return process

    yield start
    for process in running:
        with process:
            process.kill()


def on_the_bus(process: subprocess.Popen[str], channel: str) -> subprocess.Popen[str]:
    """Wait until a command has joined the bus, where it hears nothing and waits."""
    folder = channel_path(channel)
    while not (folder.is_dir() and any(folder.glob(f"{process.pid}-*"))):
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    return process


def stop(process: subprocess.Popen[str], number: int = signal.SIGINT) -> tuple[int, str]:
    process.send_signal(number)
    _, said = process.communicate(timeout=END_S)
    return process.returncode, said


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_what_would_end_by_itself_says_that_it_did_not_get_done(
    spawn: Spawn, toy_folder: ToyFolder, number: int, code: int
) -> None:
    car = ("--vehicle", toy_folder(), "--bus", "unix:quiet")
    process = on_the_bus(spawn("monitor", "--once", "--wait", "60", *car), "quiet")
    assert stop(process, number) == (code, STOPPED)


def test_what_runs_until_it_is_stopped_has_done_its_work(
    spawn: Spawn, toy_folder: ToyFolder
) -> None:
    process = on_the_bus(
        spawn("monitor", "--vehicle", toy_folder(), "--bus", "unix:quiet"), "quiet"
    )
    assert stop(process) == (0, "")


def waiting(pipe: IO[str]) -> int:
    """How many bytes a pipe holds."""
    return int.from_bytes(fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)), sys.byteorder)


def test_a_long_output_that_is_interrupted_is_not_whole(
    spawn: Spawn, toy_folder: ToyFolder, tmp_path: Path
) -> None:
    with Recorder(tmp_path / "a.log") as recorder:
        for number in range(20_000):
            recorder.write(motion(number / 10, speed=number % 50))
    process = spawn("decode", tmp_path / "a.log", "--vehicle", toy_folder(), "--json")
    assert process.stdout is not None
    held = -1
    while held < PAGE or held != waiting(process.stdout):  # no more comes: it is within a write
        assert process.poll() is None, process.communicate()
        held = waiting(process.stdout)
        time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    out, said = process.communicate(timeout=END_S)
    assert (process.returncode, said) == (130, STOPPED)
    speeds = [line for line in out.splitlines() if "Vehicle.Speed" in line]
    times = [json.loads(line)["t"] for line in speeds[:-1]]  # the last may be cut off
    assert len(times) > 10
    assert times == sorted(set(times))  # nothing was written twice


def test_a_request_that_was_not_sent_is_said_to_be_none_at_whatever_moment(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(_name: str) -> Path:
        signal.raise_signal(signal.SIGINT)
        raise AssertionError

    monkeypatch.setattr("can_bridge.commands.set_value.find_vehicle", stopped)
    assert main(["set", "Vehicle.Speed", "0"]) == 130
    assert capsys.readouterr().err.endswith("; nothing was sent\n")


def test_a_request_that_has_ended_is_not_said_to_be_unsent(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], toy_folder: ToyFolder
) -> None:
    close = Bridge.close

    def stopped(bridge: Bridge) -> None:
        close(bridge)
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Bridge, "close", stopped)
    words = ["set", "Vehicle.Speed", "0", "--vehicle", str(toy_folder()), "--bus", "virtual:ended"]
    assert main(words) == 130
    assert "stopped, when it had ended: refused: Vehicle.Speed" in capsys.readouterr().err


def test_what_is_said_of_a_request_holds_while_its_outcome_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def asked(options: argparse.Namespace) -> int:
        options.request = SimpleNamespace(so_far="it was sent")
        signal.raise_signal(signal.SIGINT)
        raise AssertionError

    monkeypatch.setattr("can_bridge.commands.set_value.run", asked)
    assert main(["set", "Vehicle.Speed", "0"]) == 130
    assert capsys.readouterr().err == "can_bridge: it was sent\n"


def test_a_replay_waits_for_any_distance_of_frames(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    naps: list[float] = []

    def nap(seconds: float) -> None:
        naps.append(seconds)
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr("can_bridge.commands.replay.time.sleep", nap)
    file = tmp_path / "a.log"
    with Recorder(file) as recorder:
        for number in range(2):
            recorder.write(motion(number * 10.0))
    assert main(["replay", str(file), "--bus", "virtual:far", "--speed", "1e-300"]) == 130
    assert len(naps) == 1 and 0 < naps[0] <= 86_400


def test_a_request_that_waits_for_the_car_was_not_sent(spawn: Spawn) -> None:
    request = ("set", "Vehicle.Cabin.Sunroof.Position", "0", "--wait", "60", "--bus", "unix:quiet")
    process = on_the_bus(spawn(*request), "quiet")
    said = "can_bridge: stopped before it was done; nothing was sent\n"
    assert stop(process) == (130, said)
