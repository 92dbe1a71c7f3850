"""Error frames in recordings: their kind is kept where the format can hold it, and else it is said."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import can
import pytest

from can_bridge import Known, VehicleProfile
from can_bridge.errors import RecordingError
from can_bridge.recorder import Recorder
from can_bridge.recording import FORMATS, Recording
from can_bridge.transcript import Change, Transcript, changes
from tests.can_bridge.test_recording_commands import bridge
from tests.can_bridge.test_transcript import motion

BUS_OFF, PASSIVE, PROTOCOL = 0x40, 0x04, 0x88
KINDS = {BUS_OFF: bytes(8), PASSIVE: b"\0\x10" + bytes(6), PROTOCOL: bytes(8)}
START_S = 1_700_000_000.0


def error(kind: int, at_s: float) -> can.Message:
    return can.Message(
        arbitration_id=kind,
        is_error_frame=True,
        data=KINDS.get(kind, b""),
        timestamp=START_S + at_s,
        channel="vcan0",
    )


def drive() -> list[can.Message]:
    """A drive with three bus-offs, and other errors."""
    frames: list[can.Message] = []
    for step in range(60):
        frame = motion(step / 10, speed=step)
        frame.timestamp += START_S
        frames.append(frame)
        if step % 20 == 10:
            frames += [error(kind, step / 10 + 0.05) for kind in (PROTOCOL, PASSIVE, BUS_OFF)]
    return frames


def write(file: Path, frames: list[can.Message]) -> str:
    """What is said at the end."""
    with Recorder(file) as recorder:
        for frame in frames:
            recorder.write(frame)
    return recorder.summary


def read(file: Path) -> list[can.Message]:
    with Recording(file, print) as recording:
        return list(recording.messages())


def told(toy: VehicleProfile, messages: list[can.Message]) -> list[Change]:
    return list(changes(toy, messages, Transcript(toy)))


@pytest.mark.parametrize("suffix", [suffix for suffix in FORMATS if suffix != ".asc"])
def test_a_recording_keeps_the_kinds_of_error_frames(
    tmp_path: Path, toy: VehicleProfile, suffix: str
) -> None:
    if suffix == ".mf4":
        pytest.importorskip("asammdf", reason="the extra mf4 is not installed")
    frames = drive()
    file = tmp_path / f"a{suffix}"
    assert write(file, frames) == f"{len(frames)} frames in {file}"
    back = read(file)
    kinds = [(m.arbitration_id, bytes(m.data)) for m in back if m.is_error_frame]
    assert kinds == [(kind, KINDS[kind]) for kind in (PROTOCOL, PASSIVE, BUS_OFF)] * 3
    found, expected = told(toy, back), told(toy, frames)
    assert [(c.path, c.reading) for c in found] == [(c.path, c.reading) for c in expected]
    assert [c.at_s for c in found] == pytest.approx([c.at_s for c in expected], abs=3e-6)
    assert sum("bus_off" in str(change.reading) for change in found) > 3


def test_an_asc_says_what_it_cannot_hold(tmp_path: Path, toy: VehicleProfile) -> None:
    file = tmp_path / "a.asc"
    said = write(file, drive())
    assert said.startswith(f"69 frames in {file}; 9 error frames were written without the kind")
    assert ".log, .blf, .csv, .mf4" in said
    back = read(file)
    assert sum(message.is_error_frame for message in back) == 9
    assert not any("bus_off" in str(change.reading) for change in told(toy, back))


def test_an_asc_without_error_frames_says_nothing_of_them(tmp_path: Path) -> None:
    file = tmp_path / "a.asc"
    assert write(file, [motion(1.0)]) == f"1 frame in {file}"


def test_what_candump_writes_of_an_error_frame_is_read(tmp_path: Path) -> None:
    """Without direction, as `candump -L` has it; a channel is a part of it as of any frame."""
    file = tmp_path / "a.log"
    file.write_text(
        "(1.000000) can0 20000004#0010000000000000\n"
        "(2.000000) can1 20000040#0000000000000000\n"
        "(3.000000) can0 00000040#0102\n"
    )
    back = [(m.channel, m.is_error_frame, m.arbitration_id, bytes(m.data)) for m in read(file)]
    assert back == [
        ("can0", True, PASSIVE, KINDS[PASSIVE]),
        ("can1", True, BUS_OFF, KINDS[BUS_OFF]),
        ("can0", False, 0x40, b"\1\2"),
    ]


def test_an_error_frame_without_a_kind_is_one_in_a_candump_too(tmp_path: Path) -> None:
    file = tmp_path / "a.log"
    write(file, [error(0, 1.0)])
    with can.CanutilsLogReader(file) as reader:  # and so for python-can
        assert [message.is_error_frame for message in reader] == [True]
    assert [message.is_error_frame for message in read(file)] == [True]


@pytest.mark.parametrize("data", ["00100", "0010000000000000FF", "R", "0x"])
def test_data_that_no_error_frame_has_is_refused_with_its_line(tmp_path: Path, data: str) -> None:
    file = tmp_path / "a.log"
    good = "(1.000000) can0 20000004#0010000000000000\n"
    file.write_text(f"{good}(1.000000) can0 20000004#{data}\n{good}")
    with pytest.raises(RecordingError, match=r"line 2: .* is no frame of this format"):
        read(file)


def test_the_last_frame_is_not_cut_off_by_an_error_frame_of_its_identifier(tmp_path: Path) -> None:
    file = tmp_path / "a.log"
    file.write_text("(1.000000) can0 20000040#0000000000000000\n(2.000000) can0 040#0102")
    assert [message.arbitration_id for message in read(file)] == [0x40, 0x40]


def test_a_bus_off_ends_with_a_frame_that_is_let_in_live_too(toy: VehicleProfile) -> None:
    other = can.Message(arbitration_id=0x555, timestamp=START_S + 0.3, is_extended_id=False)
    frames = [motion(0.0, speed=10), motion(0.4, speed=20)]
    for frame in frames:
        frame.timestamp += START_S
    errors = [error(BUS_OFF, 0.1), error(PROTOCOL, 0.2), other, error(PROTOCOL, 0.35)]
    found = told(toy, [frames[0], *errors, frames[1]])
    ends = {c.at_s for c in found if c.path == "Vehicle.Speed" and isinstance(c.reading, Known)}
    assert ends == {0.0, 0.4}


@pytest.mark.skipif(not shutil.which("log2asc"), reason="log2asc (can-utils) is not installed")
def test_can_utils_take_what_is_recorded(tmp_path: Path) -> None:
    file = tmp_path / "a.log"
    write(file, drive())
    result = subprocess.run(
        ["log2asc", "-I", file, "vcan0"], capture_output=True, text=True, check=True, timeout=60
    )
    assert result.stdout.count("ErrorFrame") == 9
    assert sum(" Rx " in line for line in result.stdout.splitlines()) == 60


def test_a_replay_says_how_many_error_frames_are_left_out(tmp_path: Path) -> None:
    file = tmp_path / "a.blf"
    write(file, drive())
    result = bridge("replay", file, "--bus", "unix:errors", "--speed", "max")
    assert (result.returncode, result.stderr) == (
        0,
        "60 frames sent; 9 error frames left out, since only a bus's own controller makes them\n",
    )
