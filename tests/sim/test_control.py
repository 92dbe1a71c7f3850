"""Live control of the simulator: lines on standard input, on a socket, and keys of a terminal."""

from __future__ import annotations

import itertools
import json
import os
import pty
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.control import CONTROL_WORDS, Control
from sim.diagnostics import obd
from sim.diagnostics.unit import Address, Unit
from sim.errors import ScenarioError
from sim.fault import KINDS
from sim.frame import FrameBuilder
from sim.inputs import KEYS
from sim.limits import limited
from sim.scenario import Scenario
from sim.settings import FIELDS, is_number_field
from sim.vehicle_files import load_vehicle
from sim.world import World

StartSim = Callable[..., subprocess.Popen[str]]
ROOT = Path(__file__).resolve().parents[2]
BUILDERS = [FrameBuilder(message) for message in load_vehicle("aster").messages]
END_S = 20.0


def control() -> tuple[World, Control]:
    world = World(Scenario("x", "", {}, ()), BUILDERS)
    return world, Control(world)


def told(process: subprocess.Popen[str], *lines: str) -> list[dict[str, Any]]:
    """What the process answers to these lines."""
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write("".join(f"{line}\n" for line in lines))
    process.stdin.flush()
    return [json.loads(process.stdout.readline()) for _ in lines]


def test_lines_steer_the_car_while_it_runs(start_sim: StartSim) -> None:
    process = start_sim("parked")
    answers = told(
        process,
        "start",
        "gear D",
        "speed 60",
        "door boot open",
        "set outside_c=-3.5 dark=true lamps={Frost='flashing'}",
        "set battery_percent 41",
        "press voice",
        "fault sna message=ESC_Speed signal=VehicleSpeed",
        "faults",
        "clear",
        "get selector target_speed_kmh open buttons battery_percent",
    )
    assert all(set(answer) == {"t", "ok"} for answer in answers), answers
    assert answers[8]["ok"] == "sna ESC_Speed VehicleSpeed"
    assert answers[-1]["ok"] == (
        "selector is Drive, target_speed_kmh is 60, open is ['boot'], buttons is ['voice'], "
        "battery_percent is 41"
    )


def test_what_cannot_be_done_is_said_in_a_sentence_and_it_goes_on(start_sim: StartSim) -> None:
    process = start_sim("parked")
    wrong = {
        "fly": "there is no command 'fly'",
        "sped 30": "did you mean 'speed'",
        "speed fast": "target_speed_kmh",
        "speed": "a speed in km/h",
        "gear X": "selector",
        "door window open": "front_left",
        "set speed=3": "'speed'",
        "set ready": "key=value",
        "set ready=1": "ready",
        "set target_speed_kmh=inf": "target_speed_kmh",
        "set target_speed_kmh=nan": "target_speed_kmh",
        "get nothing": "'nothing'",
        "press horn": "buttons",
        "fault": "say fault and its kind",
        "fault magic": "silent",
        "fault silent": "an ecu or a message",
        "fault silent ecu=XYZ": "ECM",
        "fault wrong_length message=ESC_Speed length=-1": "length",
        "fault sna message=ESC_Speed signal=Sped": "VehicleSpeed",
        "fault babble step=3": "takes no 'step'",
    }
    for line, answer in zip(wrong, told(process, *wrong), strict=True):
        assert set(answer) == {"t", "error"}, line
        assert wrong[line] in answer["error"] and "\n" not in answer["error"]
    assert told(process, "get ready")[0]["ok"] == "ready is False"
    assert process.poll() is None


@pytest.mark.parametrize(
    ("line", "becomes"),
    [("open=boot", ["boot"]), ("open=boot,bonnet", ["boot", "bonnet"]), ("open=", [])],
)
def test_a_list_may_be_words(line: str, becomes: list[str]) -> None:
    world, commander = control()
    world.car.open = ["front_left"]
    commander.answer(f"set {line}")
    assert world.car.open == becomes


def test_quit_ends_it(start_sim: StartSim) -> None:
    process = start_sim("parked")
    assert told(process, "quit")[0]["ok"] == "the simulation ends"
    assert process.wait(END_S) == 0


@given(st.text(max_size=60))
def test_no_line_disturbs_the_control(line: str) -> None:
    world, commander = control()
    reply = commander.reply(line)
    assert reply == "" or set(json.loads(reply)) in ({"t", "ok"}, {"t", "error"})
    assert all(world.frame(builder) is not None for builder in BUILDERS) or world.faults.all


@given(st.sampled_from(sorted(CONTROL_WORDS)), st.lists(st.text(max_size=12), max_size=3))
def test_no_rest_of_a_line_disturbs_the_control(word: str, rest: list[str]) -> None:
    world, commander = control()
    assert commander.reply(" ".join((word, *rest)))
    for builder in BUILDERS:
        world.frame(builder)


NUMBERS = [name for name in FIELDS if is_number_field(name) and name != "gear"]  # a whole one


@given(
    settings=st.dictionaries(
        st.sampled_from(NUMBERS),
        st.floats(-1e8, 1e8) | st.sampled_from([0.0, -1.0, 1e-9, 100.0]),
        min_size=1,
        max_size=8,
    ),
    gear=st.sampled_from("PRNDB"),
)
def test_no_number_brings_the_car_to_a_stop(settings: dict[str, float], gear: str) -> None:
    world, commander = control()
    for line in ("start", f"gear {gear}", "speed 50"):
        commander.answer(line)
    commander.change({field: limited(field, value) for field, value in settings.items()})
    unit = Unit(Address("ECM", "engine control", 0x7E0, 0x7E8, True), world.car, world.memory)
    for second in range(3):
        for _ in world.run_to(second + 0.5):
            pass
        for builder in BUILDERS:
            world.frame(builder)
        for pid in range(256):
            obd.answer(bytes((1, pid)), unit)


def test_help_names_every_word_and_every_fault() -> None:
    _, commander = control()
    assert all(word in commander.answer("help") for word in CONTROL_WORDS)
    assert all(kind in commander.answer("help fault") for kind in KINDS)
    assert "Reverse" in commander.answer("help selector")


def test_every_key_stands_for_a_line_that_is_understood() -> None:
    _, commander = control()
    for line in KEYS.values():
        commander.answer(line)


def test_every_kind_of_fault_can_be_put_in_force_by_a_line() -> None:
    needs = {
        "target": "message=ESC_Speed",
        "message": "message=ESC_Speed",
        "signal": "signal=VehicleSpeed",
        "ecu": "ecu=BCM",
        "seconds": "seconds=1",
        "length": "length=3",
        "raw": "raw=7",
    }
    for kind, known in KINDS.items():
        world, commander = control()
        if kind == "out_of_range":
            needs |= {"message": "message=ICL_Averages", "signal": "signal=AverageSpeed"}
        commander.answer(" ".join(("fault", kind, *(needs[key] for key in known.needs))))
        assert [fault.kind for fault in world.faults.all] == [kind]
        needs |= {"message": "message=ESC_Speed", "signal": "signal=VehicleSpeed"}


SPEED = "message=ESC_Speed signal=VehicleSpeed"


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ("set outside_c=nan", "from -60 to 150"),
        (f"set outside_c={'9' * 5000}", "outside_c"),
        (f"set gear=0x{'f' * 5000}", "gear"),
        ("set gear=true", "gear"),
        (f"set lamps={'[' * 5000}", "lamps"),
        (f"set open={'[' * 5000}", "open"),
        ("set leak_bar_per_min={rear_left=nan}", "leak_bar_per_min"),
        ("set rain_percent=101", "from 0 to 100"),
        ("set coolant_c=900", "from -60 to 150"),
        ("set speed_kmh=196", "from 0 to 195"),
        ("set fuel_l=43", "from 0 to 42"),
        ("speed +nan", "target_speed_kmh"),
        (f"speed +0x{'f' * 5000}", "target_speed_kmh"),
        (f"fault implausible {SPEED} value=nan", "value"),
        (f"fault implausible {SPEED} value=-inf", "value"),
        (f"fault implausible {SPEED} value={'9' * 5000}", "value"),
        (f"fault raw {SPEED} raw={'9' * 5000}", "raw"),
        (f"fault raw {SPEED} raw=0x{'f' * 5000}", "raw"),
        (f"fault raw {SPEED} raw=65536", "from 0 to 65535"),
        ("fault delay message=ESC_Speed seconds=inf", "seconds"),
        ("fault wrong_length message=ESC_Speed length=9", "length"),
        ("fault error_frames state=[1]", "state"),
        ("fault silent ecu=", "ecu"),
        ("fault silent kind=drop ecu=EMU", "stands first"),
        (f"fault {'x' * 5000}", "there is no fault kind"),
    ],
    ids=lambda text: text[:40],
)
def test_whatever_a_line_holds_is_answered_with_one_sentence(line: str, part: str) -> None:
    world, commander = control()
    answer = json.loads(commander.reply(line))
    assert part in answer["error"] and "\n" not in answer["error"] and len(answer["error"]) < 600
    assert world.faults.all == []
    for _ in world.run_to(1.0):
        pass
    assert all(world.frame(builder) for builder in BUILDERS)


@pytest.mark.parametrize(
    "order", list(itertools.permutations(["wrong_length", "bad_checksum", "corrupt"]))
)
def test_a_frame_without_bytes_passes_the_other_faults(order: tuple[str, ...]) -> None:
    world, commander = control()
    for kind in order:
        length = " length=0" if kind == "wrong_length" else ""
        for builder in BUILDERS:
            if kind == "bad_checksum" and not builder.has_checksum:
                continue
            commander.answer(f"fault {kind} message={builder.name}{length}")
    assert {world.frame(builder) for builder in BUILDERS} == {b""}


def test_the_selector_stays_where_it_is_at_speed() -> None:
    world, commander = control()
    for line in ("start", "gear D", "set speed_kmh=60 target_speed_kmh=60"):
        commander.answer(line)
    for line in ("gear R", "gear P", "set selector=Reverse"):
        with pytest.raises(ScenarioError, match="does not shift to"):
            commander.answer(line)
    assert world.car.selector == "Drive" and not world.car.parking_brake
    commander.answer("gear N")
    commander.answer("gear D")
    commander.answer("set speed_kmh=0 target_speed_kmh=0 selector=Park")
    assert world.car.selector == "Park"


@pytest.mark.parametrize("words", [["--speed", "max"], ["--write", "x.log"]])
def test_control_that_would_be_ignored_is_refused(words: list[str], tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "sim", "parked", "--bus", "unix:test", "--control", "-", *words],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    assert (result.returncode, result.stdout) == (2, "")
    assert words[0] in result.stderr and result.stderr.count("\n") == 1
    assert not (tmp_path / "x.log").exists()


def test_a_signal_that_is_never_out_of_range_is_refused() -> None:
    _, commander = control()
    with pytest.raises(ScenarioError, match="has a meaning"):
        commander.answer("fault out_of_range message=BCM_Doors signal=Boot")


def test_a_socket_takes_lines_of_several_people(tmp_path: Path, runtime_folder: Path) -> None:
    path = runtime_folder / "control"
    command = [sys.executable, "-m", "sim", "parked", "--bus", "unix:test", "--control", str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        with _client(path) as first, _client(path) as second:
            assert "error" in _asked(first, "nonsense")
            assert "ok" in _asked(second, "speed 30")
            assert _asked(first, "get target_speed_kmh")["ok"] == "target_speed_kmh is 30"
        again = subprocess.run(
            command, check=False, cwd=ROOT, capture_output=True, text=True, timeout=60
        )
        assert again.returncode == 2 and "belongs to a running simulation" in again.stderr
        with _client(path) as third:
            assert "ok" in _asked(third, "quit")
        assert process.wait(END_S) == 0
    assert not path.exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_leaves_no_socket(runtime_folder: Path, number: signal.Signals) -> None:
    path = runtime_folder / "control"
    command = [sys.executable, "-m", "sim", "parked", "--bus", "unix:test", "--control", str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        assert path.is_socket()
        process.send_signal(number)
        assert process.wait(END_S) == 0
    assert not path.exists()


def test_lines_that_wait_already_are_answered_after_ready() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "sim", "parked", "--bus", "unix:test", "--control", "-"],
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
        input="get ready\n",
        timeout=60,
    )
    assert result.returncode == 0
    first, second = result.stdout.splitlines()
    assert first == "ready" and json.loads(second)["ok"] == "ready is False"


def _client(path: Path) -> socket.socket:
    client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    client.settimeout(END_S)
    client.connect(str(path))
    return client


def _asked(client: socket.socket, line: str) -> dict[str, Any]:
    client.sendall(f"{line}\n".encode())
    answer: dict[str, Any] = json.loads(client.makefile("r").readline())
    return answer


def test_keys_of_a_terminal_steer_it_and_the_terminal_is_as_before() -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "sim", "parked", "--bus", "unix:test", "--control", "keys"]
    with subprocess.Popen(command, cwd=ROOT, stdin=theirs, stdout=theirs) as process:
        assert "ready" in _shown(ours, "ready")
        before = os.write(ours, b"5")
        assert before == 1 and "open is ['boot']" in _shown(ours, "boot")
        os.write(ours, b":get outside_c\n")
        assert "outside_c is 18.0" in _shown(ours, "outside_c is")
        os.write(ours, b"q")
        assert process.wait(END_S) == 0
    os.close(theirs)
    os.close(ours)


def _shown(descriptor: int, wanted: str) -> str:
    """What a terminal shows until the wanted text is there."""
    shown, end = "", time.monotonic() + END_S
    while wanted not in shown and time.monotonic() < end:
        if select.select([descriptor], [], [], 0.1)[0]:
            shown += os.read(descriptor, 4096).decode()
    return shown


def test_keys_without_a_terminal_are_refused() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "sim", "parked", "--bus", "unix:test", "--control", "keys"],
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
    )
    assert result.returncode == 2 and "keys need a terminal" in result.stderr
