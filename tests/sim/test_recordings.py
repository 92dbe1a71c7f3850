"""Recordings that the simulator writes as fast as possible, read back by python-can."""

from __future__ import annotations

import itertools
import re
import signal
import subprocess
import sys
from pathlib import Path

import can
import pytest

from sim.recording import ENDINGS, ZERO_S, Recording
from sim.schedule import frame_seconds
from sim.vehicle_files import load_vehicle

ROOT = Path(__file__).resolve().parents[2]


def write(
    file: Path, *arguments: str, scenario: str = "demo_drive"
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sim", scenario, "--write", str(file), *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def frames(file: Path) -> list[tuple[float, int, bytes]]:
    """Seconds since the first frame, identifier and bytes."""
    with can.LogReader(file) as reader:
        read = [(m.timestamp, m.arbitration_id, bytes(m.data)) for m in reader]
    return [(at - read[0][0], identifier, data) for at, identifier, data in read]


def test_a_recording_has_the_times_of_the_scenario(tmp_path: Path) -> None:
    file = tmp_path / "drive.log"
    result = write(file, "--seconds", "20")
    assert (result.returncode, result.stderr) == (0, "")
    found = frames(file)
    vehicle = load_vehicle("aster")
    speed = next(m for m in vehicle.messages if m.name == "ESC_Speed")
    times = [at for at, identifier, _ in found if identifier == speed.frame_id]
    assert len(times) == pytest.approx(20.0 / 0.02, abs=3)
    assert found[-1][0] == pytest.approx(20.0, abs=0.1)
    shortest = min(b[0] - a[0] for a, b in itertools.pairwise(found))
    assert shortest >= frame_seconds(2, False, vehicle.bitrate) - 2e-6  # one after the other


def test_the_same_seed_writes_the_same_file(tmp_path: Path) -> None:
    first, second, other = (tmp_path / f"{name}.log" for name in "abc")
    for file, seed in ((first, "7"), (second, "7"), (other, "8")):
        write(file, "--seconds", "12", "--seed", seed, "--noise", "1", "--start-at", "20")
    assert first.read_bytes() == second.read_bytes()
    assert first.read_bytes() != other.read_bytes()


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_kind_of_recording_holds_the_same_frames(tmp_path: Path, ending: str) -> None:
    file, other = tmp_path / f"drive{ending}", tmp_path / "other.log"
    assert write(file, "--seconds", "3").returncode == 0
    write(other, "--seconds", "3")
    assert [f[1:] for f in frames(file)] == [f[1:] for f in frames(other)]


def test_an_asc_file_begins_at_the_date_of_the_scenario_and_is_the_same_each_time(
    tmp_path: Path,
) -> None:
    """python-can's writer puts the date of today into its first line."""
    files = [tmp_path / "a.asc", tmp_path / "b.asc"]
    for file in files:
        with Recording(file) as recording:
            recording.send(can.Message(timestamp=0.0, arbitration_id=1, data=b"\1"))
            recording.send(can.Message(timestamp=1.5, arbitration_id=1, data=b"\2"))
    with can.ASCReader(files[0], relative_timestamp=False) as reader:
        assert [message.timestamp for message in reader] == [ZERO_S, ZERO_S + 1.5]
    assert files[0].read_bytes() == files[1].read_bytes()


OFF_THE_BUS = """
[[step]]
at_s = 0.5
name = "the receiver goes off the bus"
faults = [{ kind = "error_frames", share = 0.2, state = "bus_off" }]
"""
LOSSES = {
    ".asc": "written without the kind, which ASC cannot hold",
    ".trc": "left out, which TRC cannot hold",
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_error_frames_keep_their_kind_or_it_is_said(tmp_path: Path, ending: str) -> None:
    scenario, file = tmp_path / "errors.toml", tmp_path / f"drive{ending}"
    scenario.write_text(OFF_THE_BUS)
    result = write(file, "--seconds", "2", scenario=str(scenario))
    assert result.returncode == 0
    if ending in LOSSES:
        said = rf"sim: (\d+) error frames were {LOSSES[ending]}; write a \.log, .* to keep it\n"
        match = re.fullmatch(said, result.stderr)
        assert match is not None, result.stderr
        assert int(match[1]) > 5
        return
    assert result.stderr == ""
    if ending == ".log":  # python-can's reader does not know the flag
        assert file.read_text().count(" 20000040#0000000000000000") > 5
        return
    with can.LogReader(file) as reader:
        assert sum(m.is_error_frame and m.arbitration_id == 0x40 for m in reader) > 5


def test_without_an_end_it_is_the_whole_scenario(tmp_path: Path) -> None:
    file = tmp_path / "drive.log"
    result = write(file)
    assert '"step": "the end of the drive"' in result.stdout
    assert frames(file)[-1][0] == pytest.approx(90.0, abs=0.5)


@pytest.mark.parametrize(("name", "part"), [("drive.mp3", "no kind"), ("no/drive.log", "written")])
def test_what_cannot_be_written_is_said(tmp_path: Path, name: str, part: str) -> None:
    result = write(tmp_path / name)
    assert result.returncode == 2 and part in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("seconds", ["0.1", "20"], ids=["at its end", "on the way"])
@pytest.mark.parametrize("ending", [".log", ".csv", ".asc", ".blf", ".trc"])
def test_a_full_disk_is_one_sentence(tmp_path: Path, ending: str, seconds: str) -> None:
    file = tmp_path / f"drive{ending}"
    file.symlink_to("/dev/full")
    result = write(file, "--seconds", seconds)
    assert (result.returncode, result.stderr.count("\n")) == (2, 1), result.stderr
    assert result.stderr.startswith(f"sim: {file} cannot be written")
    assert "No space left on device" in result.stderr
    assert ending == ".asc" or "at most " in result.stderr  # its first line did not fit


def test_what_is_interrupted_is_said_with_what_there_is(tmp_path: Path) -> None:
    file = tmp_path / "drive.log"
    command = [sys.executable, "-m", "sim", "parked", "--write", str(file), "--seconds", "1e8"]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    match = re.fullmatch(
        rf"sim: stopped before it was done; at least (\d+) frames are in {re.escape(str(file))}\n",
        said,
    )
    assert match is not None, said
    assert 0 <= len(file.read_text().splitlines()) - int(match[1]) <= 1
