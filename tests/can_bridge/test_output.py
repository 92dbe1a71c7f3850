"""Standard streams that are full or closed, and recordings on a full disk."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import can
import pytest

from can_bridge.errors import RecordingError
from can_bridge.recorder import Recorder
from tests.can_bridge.conftest import ToyFolder
from tests.can_bridge.test_transcript import motion

ROOT = Path(__file__).resolve().parents[2]
FULL = Path("/dev/full")
SENTENCE = "standard output cannot be written (No space left on device)"


def through_shell(arguments: str, redirection: str) -> subprocess.CompletedProcess[str]:
    command = f"exec '{sys.executable}' -m {arguments} {redirection}"
    return subprocess.run(
        ["sh", "-c", command], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.fixture
def commands(tmp_path: Path, toy_folder: ToyFolder) -> dict[str, str]:
    """A command that prints, of each kind; a minute of a drive, which no buffer takes as a whole."""
    folder = toy_folder()
    file = tmp_path / "a.log"
    with Recorder(file) as recorder:
        for number in range(600):
            recorder.write(motion(number / 10, speed=number % 50))
    return {
        "decode": f"can_bridge decode {file} --vehicle {folder} --json",
        "check": f"can_bridge check {folder}",
        "monitor": f"can_bridge monitor --once --wait 0 --vehicle {folder} --bus unix:full",
        "set": f"can_bridge set --vehicle {folder}",
        "help": "can_bridge --help",
        "sim": "sim parked --bus unix:full --speed max --seconds 1",
    }


KINDS = ("decode", "check", "monitor", "set", "help", "sim")


@pytest.mark.parametrize("kind", KINDS)
def test_a_full_output_is_one_sentence(commands: dict[str, str], kind: str) -> None:
    done = through_shell(commands[kind], f">{FULL}")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert SENTENCE in done.stderr


@pytest.mark.parametrize("kind", ["decode", "monitor", "sim"])
def test_a_closed_output_is_none(commands: dict[str, str], kind: str) -> None:
    done = through_shell(commands[kind], ">&-")
    assert (done.returncode, done.stderr) == (0, "")


def test_all_streams_may_be_closed_and_errors_are_no_output(tmp_path: Path) -> None:
    said = tmp_path / "said"
    for errors in ("2>&-", f"2>{FULL}"):
        done = through_shell("can_bridge check nowhere", f"<&- >{said} {errors}")
        assert (done.returncode, said.read_text()) == (2, "")
    assert through_shell("can_bridge --help", "<&- >&- 2>&-").returncode == 0


def write(recorder: Recorder, frames: int) -> None:
    with recorder:
        for number in range(frames):
            recorder.write(can.Message(timestamp=number / 10, arbitration_id=1, data=bytes(8)))


@pytest.mark.parametrize("frames", [1, 20_000], ids=["at its end", "on the way"])
@pytest.mark.parametrize("suffix", [".log", ".csv", ".asc", ".blf", ".mf4"])
def test_a_recording_on_a_full_disk_is_one_sentence_that_counts_no_frame_too_few(
    tmp_path: Path, suffix: str, frames: int
) -> None:
    if suffix == ".mf4":
        pytest.importorskip("asammdf", reason="the extra mf4 is not installed")
        frames = 1  # it is written at its end alone
    file = tmp_path / f"a{suffix}"
    file.symlink_to(FULL)
    recorder = Recorder(file, overwrite=True)
    with pytest.raises(RecordingError, match="cannot be written any further") as caught:
        write(recorder, frames)
    assert str(caught.value).startswith(f"{file} cannot be written any further (No space left")
    assert recorder.summary.startswith("at most ") and recorder.summary.endswith(f" in {file}")
    assert recorder.count <= frames


def test_what_is_written_is_counted(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "a.log")
    assert not recorder.is_begun
    with recorder:
        recorder.write(motion(0.0))
    assert recorder.summary == f"1 frame in {recorder.file}"
