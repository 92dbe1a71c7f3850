"""Disturbed from outside: Ctrl-C, killed processes, full disks, readers that go away."""

import contextlib
import os
import resource
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.command import LONG_S, MARK, ROOT, Auriga, processes, read_wav

SENTENCE = "auriga: interrupted."


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """A conversation of many questions."""
    path = tmp_path / "many.txt"
    path.write_text("what is the tyre pressure\n" * 4000)
    return path


def wait_for(process: "subprocess.Popen[str]", word: str) -> str:
    """Read lines until one holds the word; fails when the output ends before."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if word in line:
            return line
    raise AssertionError("".join(lines))


def children(process: "subprocess.Popen[str]", word: str) -> list[int]:
    """The processes of a command whose command line holds a word, as soon as there is one."""
    mark = (Path(f"/proc/{process.pid}/environ").read_bytes()).partition(f"{MARK}=".encode())[2]
    deadline = time.monotonic() + LONG_S
    while time.monotonic() < deadline and process.poll() is None:
        found = processes(mark[:32].decode())
        numbers = [number for number, line in found.items() if word in line]
        if numbers:
            return numbers
        time.sleep(0.02)
    raise AssertionError(f"there is no {word}")


@contextlib.contextmanager
def drained(process: "subprocess.Popen[str]") -> Iterator[None]:
    """Read on what is printed, so that the command does not wait for us."""
    assert process.stdout is not None
    reader = threading.Thread(target=process.stdout.read)
    reader.start()
    yield
    reader.join(LONG_S)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
@pytest.mark.parametrize("spoken", [False, True], ids=["text", "spoken"])
def test_an_interruption_in_a_turn_ends_everything(
    quick: Auriga, tmp_path: Path, many: Path, number: signal.Signals, spoken: bool
) -> None:
    words = ["ask", "--batch", many, "--keep", "--scenario", "city"]
    words += ["--say", tmp_path / "reply.wav"] if spoken else []
    with quick.start(*words) as process:
        wait_for(process, "heard")
        process.send_signal(number)
        with drained(process):
            assert process.stderr is not None
            error = process.stderr.read()
            assert process.wait(LONG_S) == 130
    assert error.split("\n") == ["", SENTENCE, ""]


def handles_signals(process: "subprocess.Popen[str]") -> bool:
    """Whether our own handler stands: Python by itself leaves SIGTERM alone."""
    for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("SigCgt:"):
            return bool(int(line.split()[1], 16) >> (signal.SIGTERM - 1) & 1)
    return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_an_interruption_while_libraries_are_imported_is_not_lost(
    quick: Auriga, number: signal.Signals
) -> None:
    with quick.start("ask", "hello", "--scenario", "city") as process:
        while process.poll() is None and not handles_signals(process):
            time.sleep(0.001)
        process.send_signal(number)
        out, error = process.communicate(timeout=LONG_S)
    assert (process.returncode, out, error) == (130, "", f"\n{SENTENCE}\n")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP], ids=["Ctrl-C", "SIGHUP"])
def test_an_interruption_while_the_car_starts_ends_everything(
    quick: Auriga, tmp_path: Path, number: signal.Signals
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    there = replace(quick, extra={**quick.extra, "TMPDIR": str(folder)})
    with there.start("ask", "hello", "--scenario", "city") as process:
        children(process, "-m sim")
        assert list(folder.iterdir())
        process.send_signal(number)
        _, error = process.communicate(timeout=LONG_S)
    assert process.returncode == 130
    assert error.split("\n") == ["", SENTENCE, ""]
    assert not list(folder.iterdir())


def test_an_interruption_of_the_demo_ends_everything(quick: Auriga, tmp_path: Path) -> None:
    with quick.start("demo", "--out", tmp_path / "demo") as process:
        wait_for(process, "The driver asks")
        process.send_signal(signal.SIGINT)
        with drained(process):
            assert process.stderr is not None
            error = process.stderr.read()
            assert process.wait(LONG_S) == 130
    assert error.split("\n") == ["", SENTENCE, ""]


def test_a_killed_command_takes_its_children_along(quick: Auriga, tmp_path: Path) -> None:
    with quick.start("demo", "--out", tmp_path / "demo") as process:
        children(process, "piper_process")
        children(process, "-m sim")
        process.kill()
        process.communicate(timeout=LONG_S)  # start() checks that nothing is left
    assert process.returncode == -signal.SIGKILL


def test_a_voice_that_is_killed_is_started_again(quick: Auriga, tmp_path: Path, many: Path) -> None:
    many.write_text("what is the tyre pressure\n" * 6)
    reply = tmp_path / "reply.wav"
    words = ["ask", "--batch", many, "--keep", "--scenario", "city", "--say", reply]
    with quick.start(*words) as process:
        wait_for(process, "says")
        (first,) = children(process, "piper_process")
        os.kill(first, signal.SIGKILL)
        with drained(process):
            assert process.stderr is not None
            error = process.stderr.read()
            assert process.wait(LONG_S) in {0, 1}
    assert "Traceback" not in error
    assert all(line.startswith("auriga: ") for line in error.splitlines())
    sound, rate = read_wav(reply)
    assert len(sound) / rate > 14.0  # more than two answers, so those after it were spoken


def test_a_reader_that_goes_away_ends_it_quietly(quick: Auriga, many: Path) -> None:
    with quick.start("ask", "--batch", many, "--keep", "--scenario", "city") as process:
        wait_for(process, "says")
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == ""
        assert process.wait(LONG_S) == 0


@pytest.mark.parametrize("options", [[], ["--json"]], ids=["text", "json"])
def test_an_output_that_cannot_be_written_is_one_sentence(
    quick: Auriga, options: list[str]
) -> None:
    with Path("/dev/full").open("w") as full:
        result = quick("ask", "tyre pressure", "--scenario", "parked", *options, stdout=full)
    assert result.code == 2
    assert "No space left" in result.sentence


def small_files() -> None:
    """Let this process write no file beyond 20 kB, as if the disk were full."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))


def test_a_reply_for_which_there_is_no_room_is_one_sentence(quick: Auriga, tmp_path: Path) -> None:
    quick("ask", "hello", "--bus", "unix:nobody")  # the manual is built by now
    words = ["ask", "how fast am i going", "--scenario", "parked", "--say", tmp_path / "reply.wav"]
    result = quick(*words, "--json", preexec_fn=small_files)
    assert result.code == 2
    assert "no room to write" in result.sentence
    assert "reply.wav" in result.sentence
    assert not (tmp_path / "reply.wav").exists()


def test_a_manual_for_which_there_is_no_room_is_one_sentence(
    auriga: Auriga, quick: Auriga, tmp_path: Path
) -> None:
    (tmp_path / "data" / "auriga").mkdir(parents=True)
    models = (auriga.home / "data" / "auriga" / "models").resolve()
    (tmp_path / "data" / "auriga" / "models").symlink_to(models)
    result = Auriga(tmp_path, quick.extra)("ask", "hello", preexec_fn=small_files)
    assert result.code == 2
    assert "free some space" in result.sentence
    assert not list(tmp_path.rglob("*.part*"))


@pytest.mark.parametrize(
    "place", ["/dev/full", "/proc/reply.wav", "/nowhere/reply.wav", "/"], ids=str
)
def test_a_reply_that_cannot_be_written_is_one_sentence(quick: Auriga, place: str) -> None:
    words = ["ask", "how fast am i going", "--scenario", "parked", "--json"]
    result = quick(*words, "--say", place)
    assert result.code == 2
    assert place in result.sentence


def test_two_commands_at_once_do_not_disturb_each_other(quick: Auriga) -> None:
    with (
        quick.start("ask", "how fast am i going", "--scenario", "highway") as one,
        quick.start("ask", "how fast am i going", "--scenario", "parked") as other,
    ):
        first, _ = one.communicate(timeout=LONG_S)
        second, _ = other.communicate(timeout=LONG_S)
    assert "120 km/h" in first
    assert "standing still" in second


def test_it_runs_from_any_folder(quick: Auriga, tmp_path: Path) -> None:
    result = quick(
        "ask",
        "how fast am i going",
        "--scenario",
        "highway",
        cwd=tmp_path,
        env={**quick.environment, "PYTHONPATH": str(ROOT)},
    )
    assert (result.code, result.error) == (0, "")
    assert "120 km/h" in result.out


def test_the_words_of_the_driver_are_in_no_log(quick: Auriga, tmp_path: Path) -> None:
    quick("ask", "my secret question about pineapples", "--bus", "unix:nobody")
    held = [
        path
        for path in quick.home.rglob("*")
        if path.is_file() and "models" not in path.parts and b"pineapple" in path.read_bytes()
    ]
    assert held == []
