"""Recordings: every format gives back what was written, and says where a file is broken."""

from __future__ import annotations

import gc
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import can
import pytest
from hypothesis import given
from hypothesis import strategies as st

from can_bridge.errors import RecordingError
from can_bridge.recorder import Recorder
from can_bridge.recording import FORMATS, Recording
from can_bridge.replayer import due_times

ROOT = Path(__file__).resolve().parents[2]
START_S = 1_700_000_000.0
RESOLUTION_S = {".log": 1e-6, ".asc": 2e-6, ".csv": 1e-6, ".blf": 1e-6, ".mf4": 1e-6}
TEXT_FORMATS = (".log", ".asc", ".csv")

IDENTIFIERS = st.one_of(
    st.tuples(st.integers(0, 0x7FF), st.just(False)),
    st.tuples(st.integers(0, 0x1FFFFFFF), st.just(True)),
)
FRAMES = st.lists(
    st.tuples(IDENTIFIERS, st.binary(max_size=8), st.integers(0, 2_000_000)),
    min_size=1,
    max_size=20,
)

Raw = tuple[int, bool, bytes]


def write(file: Path, frames: Iterable[can.Message]) -> None:
    with Recorder(file, overwrite=True) as recorder:
        for frame in frames:
            recorder.write(frame)


def read(file: Path) -> tuple[list[can.Message], list[str]]:
    warnings: list[str] = []
    with Recording(file, warnings.append) as recording:
        return list(recording.messages()), warnings


def refused(file: Path) -> str:
    """Why a file was refused, "" if it was read."""
    try:
        read(file)
    except RecordingError as error:
        return str(error)
    return ""


def message(key: tuple[int, bool], data: bytes, at_s: float) -> can.Message:
    return can.Message(
        arbitration_id=key[0],
        is_extended_id=key[1],
        data=data,
        timestamp=at_s,
        channel=0,
    )


def content(frames: Iterable[can.Message]) -> list[Raw]:
    return [(f.arbitration_id, f.is_extended_id, bytes(f.data)) for f in frames]


def some(count: int = 200) -> list[can.Message]:
    rng = random.Random(7)
    return [
        message((0x100 + n % 4, False), rng.randbytes(8), START_S + n * 0.01) for n in range(count)
    ]


@pytest.mark.parametrize("suffix", [".log", ".asc", ".csv", ".blf"])
@given(frames=FRAMES)
def test_a_recording_gives_back_what_was_written(
    tmp_path_factory: pytest.TempPathFactory,
    suffix: str,
    frames: list[tuple[tuple[int, bool], bytes, int]],
) -> None:
    at_s, written = START_S, []
    for key, data, step_us in frames:
        at_s += step_us / 1e6
        written.append(message(key, data, at_s))
    file = tmp_path_factory.getbasetemp() / f"trip{suffix}"
    write(file, written)
    found, warnings = read(file)
    assert not warnings
    assert content(found) == content(written)
    for was, now in zip(written, found, strict=True):
        was_s, now_s = was.timestamp - START_S, now.timestamp - found[0].timestamp
        assert now_s == pytest.approx(
            was_s - (written[0].timestamp - START_S), abs=2 * RESOLUTION_S[suffix]
        )


def test_mf4_gives_back_what_was_written(tmp_path: Path) -> None:
    pytest.importorskip("asammdf", reason="the extra mf4 is not installed")
    frames = some(50)
    frames[3].is_extended_id = True
    write(tmp_path / "a.mf4", frames)
    found, warnings = read(tmp_path / "a.mf4")
    assert not warnings
    assert content(found) == content(frames)
    assert found[-1].timestamp - found[0].timestamp == pytest.approx(0.49, abs=1e-5)


def test_long_frames_of_flexible_data_rate_come_back(tmp_path: Path) -> None:
    frame = can.Message(
        arbitration_id=0x20,
        is_extended_id=False,
        is_fd=True,
        data=bytes(range(64)),
        timestamp=START_S,
    )
    for suffix in (".log", ".asc", ".blf", ".csv"):
        write(tmp_path / f"a{suffix}", [frame])
        found, _ = read(tmp_path / f"a{suffix}")
        assert (found[0].is_fd, bytes(found[0].data)) == (True, bytes(range(64))), suffix


@pytest.mark.parametrize("suffix", TEXT_FORMATS)
def test_a_cut_off_text_yields_what_was_whole_and_a_warning(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"a{suffix}"
    write(file, some())
    whole = content(read(file)[0])
    for missing in (4, 9, 14):
        lines = file.read_bytes().rstrip().removesuffix(b"End TriggerBlock").rstrip()
        cut = tmp_path / f"cut{suffix}"
        cut.write_bytes(lines[:-missing])
        found, warnings = read(cut)
        assert content(found) == whole[:-1], missing
        assert len(warnings) == 1 and f"cut{suffix}, line " in warnings[0], warnings


@pytest.mark.parametrize("rest", [" 0.119", " 0.119000 1", " 0.119000 1  2E0    Rx  "])
def test_an_asc_that_ends_within_a_line_says_so(tmp_path: Path, rest: str) -> None:
    file = tmp_path / "a.asc"
    write(file, some(5))
    lines = [line for line in file.read_text().splitlines() if "TriggerBlock" not in line]
    file.write_text("\n".join((*lines, rest)))
    frames, warnings = read(file)
    assert len(frames) == 5 and len(warnings) == 1 and "cut off here" in warnings[0]
    file.write_text("\n".join((*lines, "End TriggerBlock")))
    assert read(file)[1] == []


def test_a_recording_tells_a_terminal_nothing_to_obey(tmp_path: Path) -> None:
    file = tmp_path / "a.log"
    file.write_text("\x1b]0;owned\x07 1 2\n")
    assert refused(file).isprintable()


def test_a_cut_off_blf_yields_what_was_whole_and_a_warning(tmp_path: Path) -> None:
    file = tmp_path / "a.blf"
    write(file, some(20_000))
    whole = content(read(file)[0])
    data = file.read_bytes()
    for size in (len(data) - 1, len(data) * 2 // 3, len(data) // 2):
        (tmp_path / "cut.blf").write_bytes(data[:size])
        found, warnings = read(tmp_path / "cut.blf")
        assert 0 < len(found) < len(whole) or size == len(data) - 1
        assert content(found) == whole[: len(found)]
        assert len(warnings) == 1 and "cut.blf, offset " in warnings[0]


@pytest.mark.parametrize("suffix", TEXT_FORMATS)
def test_only_what_has_no_end_is_called_cut_off(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"a{suffix}"
    write(file, some(20))
    lines = file.read_bytes().splitlines(keepends=True)
    bad = b"0.5 1  D8              Rx\n"
    for blank, rest in ((b"\n", lines[10:]), (b"\r\n \n\n", lines[10:]), (b"", []), (b"\n", [])):
        file.write_bytes(b"".join([*lines[:10], bad, blank, *rest]))
        assert f"{file}, line 11: " in refused(file) and "correct or remove" in refused(file)


@pytest.mark.parametrize("suffix", TEXT_FORMATS)
def test_a_byte_order_mark_and_blank_lines_mean_nothing(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"a{suffix}"
    write(file, some(20))
    whole, text = content(read(file)[0]), file.read_bytes()
    file.write_bytes(b"\xef\xbb\xbf" + text.replace(b"\n", b"\n\n") + b"\n\n")
    found, warnings = read(file)
    assert (content(found), warnings) == (whole, [])


@pytest.mark.parametrize(
    "line",
    [
        "  vcan0  0A0   [8]  B9 00 00 00 FA 00 00 00",
        " (1767225600.000000)  vcan0  0A0   [8]  B9 00 00 00 FA 00 00 00",
        " (2026-01-01 00:00:00.000246)  can1  18FEF100   [3]  FC 00 01",
        "  vcan0  RX - -  123   [2]  11 22",
    ],
)
def test_what_candump_shows_on_the_screen_is_recognized(tmp_path: Path, line: str) -> None:
    file = tmp_path / "a.log"
    file.write_text(f"{line}\n" * 3)
    assert f"{file}, line 1: " in refused(file) and "candump -L" in refused(file)


def test_a_cut_off_mf4_says_that_it_is(tmp_path: Path) -> None:
    pytest.importorskip("asammdf", reason="the extra mf4 is not installed")
    write(tmp_path / "a.mf4", some(300))
    whole, cut = (tmp_path / "a.mf4").read_bytes(), tmp_path / "cut.mf4"
    for size in (100, len(whole) // 2, len(whole) - 1):
        cut.write_bytes(whole[:size])
        assert f"{cut}, offset {size}: the recording ends here" in refused(cut)
        assert "it was cut off" in refused(cut)
    cut.write_bytes(whole[:70] + b"\xff" * 40 + whole[110:])
    assert "cut off" not in refused(cut) != ""


BROKEN: list[tuple[str, Callable[[list[str]], None], str]] = [
    (".log", lambda lines: lines.__setitem__(4, "(x) can0 100#00\n"), "line 5"),
    (".log", lambda lines: lines.__setitem__(4, "(1.0) can0 100#001\n"), "line 5"),
    (".log", lambda lines: lines.__setitem__(4, "(nan) can0 100#00\n"), "line 5"),
    (".log", lambda lines: lines.__setitem__(4, "(1.0) can0 FFF#00\n"), "line 5"),
    (".log", lambda lines: lines.__setitem__(4, "nothing\n"), "line 5"),
    (".csv", lambda lines: lines.__setitem__(4, "1,2\n"), "line 5"),
    (".csv", lambda lines: lines.__setitem__(0, "time;id;data\n"), "line 1"),
    (".asc", lambda lines: lines.__setitem__(6, "   0.02 1  100  Rx   d 8 00 01 0x\n"), "line 7"),
    (".asc", lambda lines: lines.__setitem__(6, "   0.02 1  100  Rx   d 8 00 01\n"), "line 7"),
]


@pytest.mark.parametrize(("suffix", "breaking", "place"), BROKEN)
def test_a_text_that_is_broken_in_the_middle_names_the_line(
    tmp_path: Path, suffix: str, breaking: Callable[[list[str]], None], place: str
) -> None:
    file = tmp_path / f"a{suffix}"
    write(file, some(20))
    lines = file.read_text().splitlines(keepends=True)
    breaking(lines)
    file.write_text("".join(lines))
    with pytest.raises(RecordingError) as caught:
        read(file)
    assert f"{file}, {place}: " in str(caught.value) and "\n" not in str(caught.value)


@given(data=st.binary(max_size=400), at=st.integers(0, 2_000))
def test_a_damaged_blf_ends_and_says_so(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, at: int
) -> None:
    folder = tmp_path_factory.getbasetemp()
    file = folder / "damaged.blf"
    write(file, some(300))
    whole = bytearray(file.read_bytes())
    at %= len(whole)
    whole[at : at + len(data)] = data
    file.write_bytes(bytes(whole))
    said = refused(file)
    assert "\n" not in said and (not said or "damaged.blf" in said)


@given(
    data=st.binary(min_size=1, max_size=300),
    suffix=st.sampled_from([".log", ".asc", ".csv", ".blf"]),
)
def test_any_bytes_are_a_recording_or_one_sentence(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, suffix: str
) -> None:
    file = tmp_path_factory.getbasetemp() / f"any{suffix}"
    file.write_bytes(data)
    assert "\n" not in refused(file)


@pytest.mark.parametrize("size", [1, 3, 4, 40, 71, 150])
def test_a_blf_that_was_cut_off_in_its_head_says_so(tmp_path: Path, size: int) -> None:
    file = tmp_path / "a.blf"
    with Recorder(file) as recorder:
        recorder.write(can.Message(timestamp=1.0, arbitration_id=1, data=bytes(8)))
    file.write_bytes(file.read_bytes()[:size])
    with pytest.raises(RecordingError, match="cut off here, before its first frame"):
        read(file)


def test_an_object_of_size_nothing_does_not_hold_up_a_blf(tmp_path: Path) -> None:
    file = tmp_path / "a.blf"
    with can.BLFWriter(file, compression_level=0) as writer:
        for frame in some(5):
            writer(frame)
    data = file.read_bytes()
    at = data.rindex(b"LOBJ")
    file.write_bytes(data[: at + 8] + bytes(4) + data[at + 12 :])
    with pytest.raises(RecordingError, match=r"a\.blf, offset"):
        read(file)


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("missing.log", "cannot be read"),
        ("empty.log", "is empty"),
        ("folder", "is a folder"),
        ("drive.txt", "no format of recordings; expected one of .log, .asc, .blf, .csv, .mf4"),
        ("blank.log", "holds no frame"),
        ("text.asc", "holds no frame"),
        ("text.blf", "offset"),
        ("text.mf4", "no MF4 recording"),
    ],
)
def test_what_is_no_recording_is_said_in_one_sentence(tmp_path: Path, name: str, part: str) -> None:
    (tmp_path / "folder").mkdir()
    for other, text in {"empty.log": "", "drive.txt": "x", "blank.log": "\n\n"}.items():
        (tmp_path / other).write_text(text)
    for suffix in (".asc", ".blf", ".mf4"):
        (tmp_path / f"text{suffix}").write_text("what a nice drive that was")
    with pytest.raises(RecordingError) as caught:
        read(tmp_path / name)
    assert part in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "action",
    [
        "Recorder(Path('b.mf4')).__enter__()",
        "list(Recording(Path('a.mf4'), print).__enter__().messages())",
    ],
)
def test_without_asammdf_the_extra_is_named(tmp_path: Path, action: str) -> None:
    (tmp_path / "a.mf4").write_bytes(b"MDF     4.10    ")
    # In a process of its own: here python-can has taken in what it found.
    code = (
        "import sys; sys.modules['asammdf'] = None\n"
        "from pathlib import Path\n"
        "from can_bridge.recorder import Recorder\nfrom can_bridge.recording import Recording\n"
        f"{action}"
    )
    path = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=path, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert "auriga[mf4]" in done.stderr.splitlines()[-1], done.stderr


def test_a_file_that_is_there_is_not_overwritten_unasked(tmp_path: Path) -> None:
    file = tmp_path / "a.log"
    file.write_text("dear to somebody")
    with pytest.raises(RecordingError, match="already there"), Recorder(file):
        pass
    assert file.read_text() == "dear to somebody"


def test_every_format_is_written_and_read() -> None:
    assert set(FORMATS) == set(RESOLUTION_S)


def test_a_replay_keeps_its_distances_at_any_speed() -> None:
    frames = [message((1, False), b"", at_s) for at_s in (5.0, 5.5, 5.4, 7.0, 90_000.0, 90_001.0)]
    assert [due for due, _ in due_times(frames, 1.0)] == pytest.approx([0, 0.5, 0.5, 2.1, 2.1, 3.1])
    assert [due for due, _ in due_times(frames, 10.0)][-1] == pytest.approx(0.31)
    assert {due for due, _ in due_times(frames, None)} == {0.0}


@pytest.mark.parametrize("suffix", FORMATS)
def test_whatever_is_damaged_is_said_in_one_sentence(
    tmp_path: Path, suffix: str, capfd: pytest.CaptureFixture[str]
) -> None:
    if suffix == ".mf4":
        pytest.importorskip("asammdf", reason="the extra mf4 is not installed")
    write(tmp_path / f"whole{suffix}", some(300))
    whole = (tmp_path / f"whole{suffix}").read_bytes()
    file = tmp_path / f"a{suffix}"
    said = set()
    for part in range(1, 12):
        at = len(whole) * part // 12
        for damaged in (whole[:at], whole[:at] + b"\xff" * 40 + whole[at + 40 :]):
            file.write_bytes(damaged)
            said.add(refused(file))
    gc.collect()
    assert len(said) > 1, "nothing was refused"
    assert not [sentence for sentence in said if "\n" in sentence]
    assert capfd.readouterr() == ("", "")
