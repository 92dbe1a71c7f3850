"""`record`, `replay`, `decode` and `check` as processes, and a drive that is replayed from its own
recording.
"""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import can
import pytest

from can_bridge import Known, load_profile
from can_bridge.cli import main
from can_bridge.lint import lint
from can_bridge.recording import Recording
from can_bridge.stop import SIGNALS
from can_bridge.transcript import Change, Transcript, changes
from tests.can_bridge.conftest import ToyFolder
from tests.can_bridge.test_transcript import motion

ROOT = Path(__file__).resolve().parents[2]
END_S = 60.0
SIM_S = 4

Here = Callable[..., tuple[int, str, str]]
Spawn = Callable[..., subprocess.Popen[str]]


def bridge(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "can_bridge", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=END_S,
        check=False,
    )


@pytest.fixture
def spawn() -> Iterator[Spawn]:
    """Starts processes, and ends those that are left."""
    running: list[subprocess.Popen[str]] = []

    def start(module: str, *arguments: str | Path) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *map(str, arguments)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()


@pytest.fixture
def here(capsys: pytest.CaptureFixture[str]) -> Iterator[Here]:
    """Runs a command in this process, which is quicker: exit code, stdout, stderr."""
    before = {number: signal.getsignal(number) for number in SIGNALS}

    def run(*arguments: str) -> tuple[int, str, str]:
        try:
            code = main(arguments)
        except SystemExit as error:
            code = int(error.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    yield run
    for number, handler in before.items():
        signal.signal(number, handler)


def recorder(spawn: Spawn, file: Path, bus: str) -> subprocess.Popen[str]:
    process = spawn("can_bridge", "record", file, "--bus", bus)
    assert process.stderr is not None
    assert process.stderr.readline().startswith("recording")
    return process


def end(process: subprocess.Popen[str], number: int = signal.SIGINT) -> str:
    process.send_signal(number)
    _, said = process.communicate(timeout=END_S)
    assert process.returncode == 0
    return said


def frames_of(file: Path) -> list[tuple[int, bytes]]:
    with Recording(file, print) as recording:
        return [(m.arbitration_id, bytes(m.data)) for m in recording.messages()]


def write(file: Path, frames: list[can.Message]) -> Path:
    with can.CanutilsLogWriter(file) as writer:
        for frame in frames:
            writer(frame)
    return file


@pytest.mark.parametrize("suffix", [".log", ".asc", ".blf", ".csv"])
def test_what_is_replayed_is_what_is_recorded(tmp_path: Path, spawn: Spawn, suffix: str) -> None:
    original = write(tmp_path / "a.log", [motion(n / 10, speed=n) for n in range(50)])
    copy = tmp_path / f"b{suffix}"
    recording = recorder(spawn, copy, "unix:copy")
    result = bridge("replay", original, "--bus", "unix:copy", "--speed", "100")
    assert (result.returncode, result.stderr) == (0, "50 frames sent\n")
    assert end(recording) == f"50 frames in {copy}\n"
    assert frames_of(copy) == frames_of(original)


def test_a_drive_is_replayed_from_its_own_recording_with_identical_readings(
    tmp_path: Path, spawn: Spawn
) -> None:
    """The simulator drives; what was recorded is replayed and recorded again: the same readings."""
    first, second = tmp_path / "first.log", tmp_path / "second.blf"
    recording = recorder(spawn, first, "unix:first")
    with can.Bus(interface="unix", channel="first") as bus:
        sim = spawn("sim", "city", "--bus", "unix:first", "--seconds", str(SIM_S))
        live = list(received(bus, sim))
    end(recording)
    again = recorder(spawn, second, "unix:second")
    assert bridge("replay", first, "--bus", "unix:second").returncode == 0
    end(again)
    assert len(frames_of(first)) > 500
    assert frames_of(second) == frames_of(first)
    decoded = said(bridge("decode", first, "--json").stdout)
    replayed = said(bridge("decode", second, "--json").stdout)
    assert len(decoded) > 100
    assert replayed == decoded
    aster = load_profile(ROOT / "config/vehicles/aster")
    assert values(changes(aster, live, Transcript(aster))) == decoded


def values(found: Iterable[Change]) -> dict[str, list[object]]:
    """Path -> every value or reason, one after the other."""
    by_path: dict[str, list[object]] = {}
    for change in found:
        reading = change.reading
        value = reading.value if isinstance(reading, Known) else f"?{reading.reason}"
        by_path.setdefault(change.path, []).append(value)
    return by_path


def received(bus: can.BusABC, sender: subprocess.Popen[str]) -> Iterator[can.Message]:
    """What comes until the sender has ended and nothing waits any more."""
    while True:
        message = bus.recv(0.2)
        if message is not None:
            yield message
        elif sender.poll() is not None:
            return


def said(lines: str) -> dict[str, list[object]]:
    """Path -> every value or reason that `decode --json` printed."""
    found: dict[str, list[object]] = {}
    for entry in map(json.loads, lines.splitlines()):
        value = entry["value"] if "value" in entry else f"?{entry['unknown']}"
        found.setdefault(entry["path"], []).append(value)
    return found


def test_decode_prints_one_json_line_per_change(tmp_path: Path, toy_folder: ToyFolder) -> None:
    file = write(tmp_path / "a.log", [motion(0.0), motion(0.1, speed=60), motion(9.0, speed=60)])
    result = bridge("decode", file, "--vehicle", toy_folder(), "--json", "--filter", "speed")
    assert result.returncode == 0, result.stderr
    assert [json.loads(line) for line in result.stdout.splitlines()] == [
        {"t": 0.0, "path": "Vehicle.Speed", "value": 50.0, "unit": "km/h"},
        {"t": 0.1, "path": "Vehicle.Speed", "value": 60.0, "unit": "km/h"},
        {"t": pytest.approx(0.6, abs=1e-5), "path": "Vehicle.Speed", "unknown": "stale"},
        {"t": 9.0, "path": "Vehicle.Speed", "value": 60.0, "unit": "km/h"},
    ]


@pytest.mark.usefixtures("here")  # gives the signals back
@pytest.mark.parametrize("locale", ["ascii", "latin-1"])
def test_json_is_utf_8_and_a_table_is_text_whatever_the_locale(
    tmp_path: Path,
    toy_folder: ToyFolder,
    monkeypatch: pytest.MonkeyPatch,
    locale: str,
) -> None:
    folder = toy_folder(signals=('unit = "km/h"', 'unit = "°C"'))
    file = write(tmp_path / "a.log", [motion(0.0)])
    words = ("decode", str(file), "--vehicle", str(folder), "--filter", "speed")
    for options, encoding, found in (([], locale, "C"), (["--json"], "utf-8", '"°C"')):
        out = io.TextIOWrapper(io.BytesIO(), encoding=locale)
        monkeypatch.setattr(sys, "stdout", out)
        assert main([*words, *options]) == 0
        out.flush()
        assert found in out.buffer.getvalue().decode(encoding)  # type: ignore[attr-defined]


def test_decode_says_the_same_as_the_state_itself(tmp_path: Path, toy_folder: ToyFolder) -> None:
    file = write(tmp_path / "a.log", [motion(n / 10, speed=n % 7) for n in range(100)])
    profile = load_profile(toy_folder())
    with Recording(file, print) as recording:
        expected = [c.path for c in changes(profile, recording.messages(), Transcript(profile))]
    lines = bridge("decode", file, "--vehicle", tmp_path, "--json").stdout.splitlines()
    assert [json.loads(line)["path"] for line in lines] == expected


def test_decode_as_a_table(tmp_path: Path, toy_folder: ToyFolder) -> None:
    file = write(tmp_path / "a.log", [motion(0.0), motion(3.0)])
    lines = bridge(
        "decode", file, "--vehicle", toy_folder(), "--filter", "speed"
    ).stdout.splitlines()
    assert [line.split() for line in lines] == [
        ["t", "path", "value", "unit"],
        ["0.000000", "Vehicle.Speed", "50", "km/h"],
        ["0.500001", "Vehicle.Speed", "-", "stale"],
        ["3.000000", "Vehicle.Speed", "50", "km/h"],
    ]


def test_decode_by_a_dbc_alone(tmp_path: Path, toy_folder: ToyFolder) -> None:
    file = write(tmp_path / "a.log", [motion(0.0, gear=7), motion(0.1)])
    dbc = toy_folder() / "toy.dbc"
    result = bridge("decode", file, "--dbc", dbc, "--json")
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert {"t": 0.0, "path": "Motion.Speed", "value": 50.0, "unit": "km/h"} in found
    assert {"t": 0.0, "path": "Motion.Gear", "unknown": "not_available"} in found
    assert {"t": 0.1, "path": "Motion.Gear", "value": "DriveForward", "unit": None} in found


def test_decode_into_a_closed_pipe_ends_quietly(tmp_path: Path, toy_folder: ToyFolder) -> None:
    file = write(tmp_path / "a.log", [motion(n / 10, speed=n % 50) for n in range(20_000)])
    with subprocess.Popen(
        [sys.executable, "-m", "can_bridge", "decode", file, "--vehicle", toy_folder(), "--json"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(END_S) == 0
        assert process.stderr.read() == ""


def test_an_interrupted_recording_is_whole(tmp_path: Path, spawn: Spawn) -> None:
    file = tmp_path / "a.asc"
    recording = recorder(spawn, file, "unix:once")
    with can.Bus(interface="unix", channel="once") as bus:
        for number in range(3):
            bus.send(motion(number / 10))
    assert end(recording, signal.SIGHUP) == f"3 frames in {file}\n"
    assert file.read_text().endswith("End TriggerBlock\n")


@pytest.mark.parametrize(
    ("arguments", "code", "part"),
    [
        (["replay", "FILE", "--bus", "socketcan:can0"], 2, "may be the bus of a car"),
        (["replay", "FILE", "--bus", "unix:a", "--speed", "0"], 2, "--speed: expected a factor"),
        (["replay", "FILE", "--bus", "unix:a", "--speed", "nan"], 2, "above 0, or max"),
        (["replay", "FILE", "--bus", "unix:a", "--speed", "-1"], 2, "found '-1'"),
        (["record", "new.log", "--seconds", "-1"], 2, "a time in seconds, not below 0"),
        (["replay", "missing.log", "--bus", "unix:a"], 2, "cannot be read"),
        (["record", "FILE", "--bus", "unix:a"], 2, "already there"),
        (["record", "/nowhere/a.log", "--bus", "unix:a"], 2, "cannot be written"),
        (["record", "a.txt", "--bus", "unix:a"], 2, "no format of recordings"),
        (["record", "new.log", "--bus", "nothing:here"], 4, "cannot be opened"),
        (["decode", "FILE", "--vehicle", "aster", "--dbc", "x.dbc"], 2, "leave one of them out"),
        (["decode", "FILE", "--vehicle", "none"], 2, "there is no vehicle 'none'"),
        (["decode"], 2, "RECORDING"),
        (["fly"], 2, "fly"),
    ],
)
def test_errors_are_one_sentence_and_an_exit_code(
    here: Here, tmp_path: Path, arguments: list[str], code: int, part: str
) -> None:
    file = write(tmp_path / "a.log", [motion(0.0)])
    found, printed, said = here(*(str(file) if word == "FILE" else word for word in arguments))
    assert (found, printed) == (code, "")
    assert part in said and len(said.splitlines()) == 1


@pytest.mark.parametrize("command", ["monitor", "record", "replay", "decode", "draft", "check"])
def test_help_shows_examples(here: Here, command: str) -> None:
    code, printed, _ = here(command, "--help")
    assert code == 0 and f"python -m can_bridge {command}" in printed


def test_check_of_a_good_folder_says_nothing_wrong() -> None:
    result = bridge("check", "aster")
    assert result.returncode == 0
    assert result.stdout.endswith("can be used: no error, no warning\n")


@pytest.mark.parametrize(
    ("change", "level", "place", "part"),
    [
        (
            {"signals": ('"Speed", unit', '"Sped", unit')},
            "error",
            "signals.toml, line 8",
            "did you",
        ),
        ({"dbc": ("SG_ Speed :", "SG_ ")}, "error", "toy.dbc", "line 9"),
        ({"vehicle": ('id = "toy"', "id = 7")}, "error", "vehicle.toml, line 2", "a text"),
        ({"signals": ("Vehicle.Door", "vehicle.door")}, "warning", "line 10", "not named as VSS"),
        ({"signals": ('unit = "bar", ', "")}, "warning", "line 13", "without a unit"),
        (
            {"signals": ('unit = "km/h"', 'unit = "mph"')},
            "warning",
            "line 8",
            "gives Speed in km/h",
        ),
        (
            {"dbc": ('"bar"', '"kPa"')},
            "warning",
            "line 13",
            "is in bar, and the DBC gives Pressure",
        ),
        ({"signals": ('unit = "bar"', 'unit = "%"')}, "warning", "line 13", "is in %, and the DBC"),
        ({"dbc": ("[0|5]", "[90|95]")}, "warning", "line 13", "none of the values that its bits"),
        ({"dbc": ("BO_ 257 1000", "BO_ 257 0")}, "warning", "signals.toml", "no cycle time"),
        ({"signals": ('counter = "Cnt", ', "")}, "warning", "line 6", "and no counter"),
        ({"signals": ("Motion = {", "#")}, "warning", "signals.toml", "does not use"),
    ],
)
def test_check_names_file_and_line(
    toy_folder: ToyFolder, change: dict[str, tuple[str, str]], level: str, place: str, part: str
) -> None:
    found = [str(finding) for finding in lint(toy_folder(**change))]
    assert any(level in line and place in line and part in line for line in found), found


@pytest.mark.parametrize(
    "change",
    [
        {"signals": ('unit = "km/h"', 'unit = "kph"')},
        {"dbc": ('"km/h"', '"KMPH"')},
        {"dbc": ('"km/h"', '"knots"')},
        {"dbc": ('"km/h"', '""')},
        {"signals": ('unit = "km/h"', 'unit = "furlong/h"')},
        {"signals": ('unit = "km/h"', 'unit = "mph", scale = 0.621371')},
        {"signals": ('unit = "km/h"', 'unit = "mph", scale = 1')},
        {"signals": ('unit = "km/h"', 'unit = "mph", shift = 0')},
    ],
)
def test_check_says_nothing_of_a_unit_that_is_the_same_or_explained(
    toy_folder: ToyFolder, change: dict[str, tuple[str, str]]
) -> None:
    assert not [
        str(finding) for finding in lint(toy_folder(**change)) if "DBC gives" in str(finding)
    ]


def test_check_prints_findings_and_an_exit_code(toy_folder: ToyFolder) -> None:
    good = bridge("check", toy_folder(), "--json")
    assert good.returncode == 0
    levels = {json.loads(line)["level"] for line in good.stdout.splitlines()}
    assert levels == {"warning"}
    folder = toy_folder(vehicle=('id = "toy"', "id = 7"))
    bad = bridge("check", folder)
    assert (bad.returncode, bad.stderr) == (2, "")
    assert bad.stdout.startswith(f"{folder}/vehicle.toml, line 2: error: id: expected a text")


def test_check_can_be_strict(toy_folder: ToyFolder) -> None:
    assert bridge("check", toy_folder(), "--strict").returncode == 2


@pytest.mark.slow
def test_a_whole_scenario_is_replayed_with_identical_readings(tmp_path: Path, spawn: Spawn) -> None:
    """The whole drive in which a control unit drops out, in real time: its readings live from the
    replay, stale ones included, are those of the recording.
    """
    original = tmp_path / "drive.log"
    sim = spawn("sim", "ecu_dropout", "--write", original)
    sim.communicate(timeout=10 * END_S)
    with can.Bus(interface="unix", channel="again") as bus:
        replay = spawn("can_bridge", "replay", original, "--bus", "unix:again")
        live = list(received(bus, replay))
    assert [(m.arbitration_id, bytes(m.data)) for m in live] == frames_of(original)
    aster = load_profile(ROOT / "config/vehicles/aster")
    with Recording(original, print) as recording:
        recorded = values(changes(aster, recording.messages(), Transcript(aster)))
    assert any("?stale" in found for found in recorded.values())
    assert values(changes(aster, live, Transcript(aster))) == recorded
