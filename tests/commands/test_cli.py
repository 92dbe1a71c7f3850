"""The command line: wrong words, wrong files and missing parts are one sentence and an exit code."""

import errno
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.cli import COMMANDS
from assistant.settings import CONFIG
from tests import aster
from tests.audio import PulseServer
from tests.command import ROOT
from tests.commands.conftest import QUICK, Run
from tests.turns import REPLIES


@pytest.fixture
def car(tmp_path: Path) -> Callable[[str, bytes, bytes], Path]:
    """A copy of the Aster in which one file is changed."""

    def change(name: str, old: bytes, new: bytes) -> Path:
        target = tmp_path / "car"
        shutil.copytree(aster.FOLDER, target)
        content = (target / name).read_bytes()
        assert old in content
        (target / name).write_bytes(content.replace(old, new, 1))
        return target

    return change


# --- words -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ([], "COMMAND"),
        (["sing"], "sing"),
        (["ask"], "Give one question"),
        (["ask", "a", "b"], "b"),
        (["ask", "a", "--wav", "b.wav"], "Give one question"),
        (["ask", "a", "--keep"], "--keep"),
        (["ask", "a", "--at", "-5"], "--at"),
        (["ask", "a", "--at", "nan"], "--at"),
        (["ask", "a", "--at", "inf"], "--at"),
        (["ask", "a", "--at", "soon"], "expected seconds from 0 to 3600, found 'soon'"),
        (["ask", "a", "--scenario", "parked", "--at", "1e300"], "found '1e300'"),
        (["ask", "a", "--scenario", "parked", "--at", "86400000"], "found '86400000'"),
        (["run", "--at", "3601"], "found '3601'"),
        (["ask", "a", "--at", "5"], "name one with --scenario"),
        (["ask", "a", "--scenario", "parked", "--bus", "unix:x"], "leave --bus out"),
        (["ask", "a", "--batch"], "--batch"),
        (["ask", "--batch", "/nowhere/questions.txt"], "/nowhere/questions.txt"),
        (["ask", "a", "--config", "/nowhere/config.toml"], "/nowhere/config.toml"),
        (["ask", "a", "--vehicle", "nope"], "aster"),
        (["ask", "a", "--vehicle", ""], "aster"),
        (["ask", "a", "--bus", ""], "--bus names no bus"),
        (["ask", "a", "--bus", "unix:a/b/../c"], "unix:a/b/../c"),
        (["ask", "a", "--bus", "unix:" + "x" * 300], "unix:xxx"),
        (["ask", "a", "--scenario", "nope"], "parked"),
        (["ask", "a", "--scenario", ""], "scenario"),
        (["ask", "a", "--scenario", "parked", "--vehicle", "nope"], "aster"),
        (["say", ""], "empty"),
        (["say", "  "], "empty"),
        (["models"], "ACTION"),
        (["models", "eat"], "eat"),
        (["models", "add", "nope", "/dev/null"], "vosk-en"),
        (["models", "add", "vosk-en", "/nope"], "/nope"),
        (
            ["models", "fetch", "moonshine-tiny-en", "nope"],
            "it has: all-minilm-l6-v2, moonshine-tiny-en",
        ),
        (["manual", "build", "a.md"], "--vehicle"),
        (["manual", "paginate", "/nowhere"], "/nowhere"),
        (["bench"], "NAME"),
    ],
    ids=str,
)
def test_wrong_words_are_one_sentence_and_exit_code_2(
    run: Run, quick: Path, words: list[str], named: str
) -> None:
    ran = run(*words)
    assert ran.code == 2
    assert ran.out == ""
    assert named in ran.sentence


@pytest.mark.parametrize("words", [[], ["ask"], ["models", "fetch"], ["manual", "build"]])
def test_every_command_has_help(words: list[str]) -> None:
    command = [sys.executable, "-m", "assistant", *words, "--help"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("usage: auriga")
    assert done.stderr == ""


def test_the_help_names_every_command() -> None:
    command = [sys.executable, "-m", "assistant", "--help"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    for module in COMMANDS:
        assert re.search(rf"\b{module.__name__.rpartition('.')[2]}\b", done.stdout)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("nothing = 1\n", "nothing"),
        ("[hear]\nendpoint_ms = 0\n", "hear.endpoint_ms"),
        ("threads = 'two'\n", "threads"),
        ("language = 'xx'\n", "xx"),
        ("[[[\n", "config.toml"),
    ],
)
def test_wrong_settings_are_named(run: Run, quick: Path, text: str, named: str) -> None:
    quick.write_text(text if text.startswith("[[[") else text + (QUICK if "[" not in text else ""))
    ran = run("ask", "hello", "--bus", "unix:nobody")
    assert ran.code == 2
    assert named in ran.sentence


def test_the_bus_folder_of_a_run_that_was_killed_is_removed_by_the_next(
    run: Run, quick: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    gone = subprocess.Popen(["true"])
    gone.wait()
    left, used = (tmp_path / f"auriga-bus-{pid}-x" for pid in (gone.pid, os.getppid()))
    for folder in (left, used):
        folder.mkdir()
        (folder / "socket").touch()
    assert run("ask", "How fast am I going?", "--scenario", "parked").code == 0
    assert not left.exists()
    assert used.exists()


def test_no_place_for_temporary_files_is_told(
    run: Run, quick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none() -> str:
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found in [...]")

    monkeypatch.setattr("assistant.commands.scenario.gettempdir", none)
    ran = run("ask", "hello", "--scenario", "parked")
    assert ran.code == 2
    assert "folder for temporary files (none can be written); set TMPDIR" in ran.sentence


def test_an_installation_that_lacks_a_library_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "numpy.py").write_text("raise ImportError('no numpy here')")
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    command = [sys.executable, "-m", "assistant", "models", "list"]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "auriga: it cannot start (no numpy here); install it again.\n"


def test_an_output_that_was_closed_is_no_traceback(home: Path) -> None:
    errors = home.parent / "errors"
    command = f"exec '{sys.executable}' -m assistant models list <&- >&- 2>'{errors}'"
    done = subprocess.run(["sh", "-c", command], cwd=ROOT, check=False)
    assert (done.returncode, errors.read_text()) == (0, "")


# --- the vehicle -------------------------------------------------------------------------------


def test_a_vehicle_without_a_manual_is_read_all_the_same(
    run: Run, quick: Path, tmp_path: Path
) -> None:
    car = shutil.copytree(aster.FOLDER, tmp_path / "car", ignore=shutil.ignore_patterns("manual"))
    (tmp_path / "questions.txt").write_text("How fast am I going?\nWhere is the jack?\n")
    words = ("--vehicle", str(car), "--scenario", "highway", "--json")
    ran = run("ask", "--batch", str(tmp_path / "questions.txt"), *words)
    assert ran.code == 0, ran.error
    speed, jack = (json.loads(line)["answer"] for line in ran.out.splitlines())
    assert speed["text"].endswith("km/h.")
    assert (jack["outcome"], jack["text"]) == ("refused", REPLIES.refuse["no_manual"])


@pytest.mark.parametrize(
    ("name", "old", "new", "named"),
    [
        ("body.dbc", b"BO_ ", b"BO_ x ", "body.dbc"),
        ("body.dbc", b"BU_:", b"\x00\xff", "body.dbc"),
        ("signals.toml", b'signal = "VehicleSpeed"', b'signal = "Velocity"', "Velocity"),
        ("signals.toml", b"[signals]", b"[signals", "signals.toml"),
        ("vehicle.toml", b'"body.dbc"', b'"missing.dbc"', "missing.dbc"),
        ("vehicle.toml", b"id =", b"\xff", "vehicle.toml"),
        ("vehicle.toml", b'id = "', b'id = "../../', "is no id of a vehicle"),
    ],
)
@pytest.mark.parametrize("scenario", [[], ["--scenario", "parked"]], ids=["bus", "simulated"])
def test_a_vehicle_that_is_wrong_is_named(
    run: Run,
    quick: Path,
    car: Callable[[str, bytes, bytes], Path],
    name: str,
    old: bytes,
    new: bytes,
    named: str,
    scenario: list[str],
) -> None:
    folder = car(name, old, new)
    ran = run("ask", "hello", "--vehicle", folder, *scenario)
    assert ran.code == 2
    assert named in ran.sentence


@pytest.mark.parametrize("bus", ["nope:x", "socketcan:nocan9"])
def test_a_bus_that_cannot_be_opened_is_exit_code_4(run: Run, quick: Path, bus: str) -> None:
    ran = run("ask", "hello", "--bus", bus)
    assert ran.code == 4
    assert bus[:12] in ran.sentence


# --- the manual --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "named"),
    [
        ("empty.md", b"", "holds no text"),
        ("binary.md", bytes(range(256)), "is not text"),
        ("nul.md", b"# A\n\nb\x00c\n", "is binary"),
        ("manual.pdf", b"%PDF-1.7", "page 1"),
        ("manual.docx", b"PK", "Markdown"),
        ("missing.md", None, "cannot be read"),
        ("folder.md", b"/", "cannot be read"),
    ],
)
def test_a_file_that_is_no_manual_is_one_sentence(
    run: Run, tmp_path: Path, name: str, content: bytes | None, named: str
) -> None:
    path = tmp_path / name
    if content == b"/":
        path.mkdir()
    elif content is not None:
        path.write_bytes(content)
    ran = run("manual", "build", path, "--vehicle", "aster")
    assert ran.code == 2
    assert named in ran.sentence
    assert name in ran.sentence


def test_a_manual_of_ones_own_is_built(run: Run, tmp_path: Path, home: Path) -> None:
    path = tmp_path / "mine.md"
    path.write_text("# 1 A\n\n<!-- page 7 -->\n\n## 1.1 B\n\nThe zeppelin is in the boot.\n")
    ran = run("manual", "build", path, "--vehicle", "aster")
    assert (ran.code, ran.error) == (0, "")
    assert ran.out.startswith("1 passages in ")
    assert list((home / "data" / "auriga" / "manuals").glob("aster-*.sqlite"))
    assert "take the place" in ran.out


def test_a_page_and_a_section_can_be_shown(run: Run) -> None:
    page = run("manual", "show", "92", "--vehicle", "aster")
    assert page.code == 0
    assert "11 Wheels and tyres › 11.3 Tyre pressures, page 92" in page.out
    assert "[table] Tyre size: 215/60 R17 96H; Load: Full load; Front (bar): 2.6" in page.out
    section = run("manual", "show", "11.3", "--vehicle", "aster", "--json")
    shown = [json.loads(line) for line in section.out.splitlines()]
    assert {passage["section"] for passage in shown} == {"11.3"}
    assert {passage["page"] for passage in shown} == {"91", "92", "93"}


def test_what_is_not_in_the_manual_cannot_be_shown(run: Run) -> None:
    ran = run("manual", "show", "999", "--vehicle", "aster")
    assert ran.code == 2
    assert "no page or section '999'; it has pages i to" in ran.sentence


def test_words_can_be_searched(run: Run) -> None:
    ran = run("manual", "search", "tread", "depth", "--limit", "3", "--vehicle", "aster", "--json")
    found = [json.loads(line) for line in ran.out.splitlines()]
    assert len(found) == 3
    assert found[0]["title"] == "Tread depth"
    nothing = run("manual", "search", "zeppelin", "--vehicle", "aster")
    assert (nothing.code, nothing.out) == (0, "nothing in the manual holds these words\n")


def test_what_is_odd_in_a_manual_is_noted(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "mine.txt"
    path.write_text("RAD\n\n" + "Das Rad ist nicht mit der Nabe zu lösen, wenn es heiß ist. " * 9)
    ran = run("manual", "build", path, "--vehicle", "aster")
    assert ran.code == 0
    assert (
        ran.error
        == "auriga: note: mine.txt is in German; questions are understood in English only.\n"
    )


def test_the_vehicles_own_manual_is_brought_back(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "mine.md"
    path.write_text("# 1 A\n\n<!-- page 7 -->\n\n## 1.1 B\n\nThe zeppelin is in the boot.\n")
    run("manual", "build", path, "--vehicle", "aster")
    assert run("manual", "build", "--vehicle", "aster").code == 0
    ran = run("ask", "where is the zeppelin", "--bus", "unix:nobody")
    assert "page 7" not in ran.out


def test_a_manual_of_ones_own_answers(run: Run, quick: Path, tmp_path: Path) -> None:
    path = tmp_path / "mine.md"
    path.write_text("# 1 A\n\n<!-- page 7 -->\n\n## 1.1 B\n\nThe zeppelin is in the boot.\n")
    run("manual", "build", path, "--vehicle", "aster")
    ran = run("ask", "where is the zeppelin", "--bus", "unix:nobody")
    assert ran.code == 0
    assert "manual 1.1 B, page 7: The zeppelin is in the boot." in ran.out


def test_the_pages_of_the_aster_manual_are_right(run: Run) -> None:
    ran = run("manual", "paginate", aster.FOLDER / "manual", "--check")
    assert (ran.code, ran.error) == (0, "")


def test_pages_that_are_wrong_are_found_and_not_written_by_a_check(
    run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "a.md"
    path.write_text("# 1 A\n\nText.\n")
    ran = run("manual", "paginate", tmp_path, "--check")
    assert ran.code == 2
    assert "page marks" in ran.sentence
    assert path.read_text() == "# 1 A\n\nText.\n"
    assert run("manual", "paginate", tmp_path).code == 0
    assert path.read_text().startswith("<!-- page 1 -->")
    assert run("manual", "paginate", tmp_path, "--check").code == 0


def test_a_folder_with_a_binary_file_is_not_paginated(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"\xff\xfe\x00")
    ran = run("manual", "paginate", tmp_path)
    assert ran.code == 2
    assert "is not text" in ran.sentence


# --- what else ---------------------------------------------------------------------------------


def test_a_question_without_words_is_a_completed_turn(run: Run, quick: Path) -> None:
    ran = run("ask", "", "--bus", "unix:nobody")
    assert (ran.code, ran.error) == (0, "")
    assert REPLIES.refuse["nothing_heard"] in ran.out


def test_a_car_that_says_nothing_is_told(run: Run, quick: Path) -> None:
    quick.write_text(QUICK + "[vehicle_bus]\nready_timeout_s = 0\n")
    ran = run("ask", "how fast am I going", "--bus", "unix:nobody")
    assert ran.code == 0
    assert "I can't tell the speed: the car has not reported it." in ran.out


def test_a_demo_that_has_no_place_is_one_sentence(run: Run, tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_text("")
    ran = run("demo", "--out", place)
    assert ran.code == 2
    assert str(place) in ran.sentence
    assert "space" not in ran.sentence


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (errno.ENOSPC, "No space left on device); free some space"),
        (errno.EDQUOT, "free some space"),
        (errno.EROFS, "Read-only file system); make it usable or name another place"),
        (errno.ENOTDIR, "Not a directory); make it usable or name another place"),
        (errno.EACCES, "Permission denied); make it usable or name another place"),
    ],
)
def test_what_the_system_refuses_is_told_with_its_true_reason(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, number: int, advice: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number), "/some/place")

    monkeypatch.setattr(Path, "mkdir", refuse)
    ran = run("demo", "--out", tmp_path / "demo")
    assert ran.code == 2
    assert ran.sentence.startswith("/some/place cannot be ")
    assert advice in ran.sentence


@pytest.mark.parametrize(
    "locale",
    [
        "ascii",
        pytest.param("latin-1", marks=pytest.mark.slow),
        pytest.param("ascii:strict", marks=pytest.mark.slow),
    ],
)
def test_json_is_utf_8_and_text_is_text_whatever_the_locale(
    quick: Path, home: Path, locale: str
) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": locale, "LC_ALL": "C"}
    command = [sys.executable, "-m", "assistant", "ask", "how warm is it — outside", "--bus"]
    command += ["unix:nobody", "--config", str(quick)]
    for options in ([], ["--json"]):
        done = subprocess.run(
            [*command, *options], cwd=ROOT, env=environment, capture_output=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout.decode("utf-8"))["heard"] == "how warm is it — outside"


def test_without_sound_devices_run_is_exit_code_5(quick: Path, tmp_path: Path) -> None:
    pytest.importorskip("sounddevice", reason="sounddevice is missing", exc_type=ImportError)
    server = PulseServer(tmp_path)  # never started
    server.configure()
    done = subprocess.run(
        [sys.executable, "-m", "assistant", "run"],
        cwd=ROOT,
        env={**os.environ, **server.environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 5
    assert done.stderr.startswith("auriga: there is no microphone")
    assert len(done.stderr.splitlines()) == 1


def test_every_scenario_and_vehicle_that_is_there_can_be_named() -> None:
    assert (CONFIG / "vehicles" / "aster" / "vehicle.toml").is_file()
    assert len(list((CONFIG / "scenarios").glob("*.toml"))) >= 10


# --- output that cannot be written -------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "redirection", "code", "told"),
    [
        ("--help", ">/dev/full", 2, "the output cannot be written"),
        ("--version", ">/dev/full", 2, "the output cannot be written"),
        ("ask --help", "| true", 0, ""),
        ("--version", "| true", 0, ""),
        ("ask x --vehicle nope", "2>/dev/full", 2, ""),
        ("ask x --vehicle nope", ">/dev/full", 2, "There is no vehicle 'nope'"),
    ],
)
def test_an_output_that_takes_no_more_is_one_sentence_or_none(
    words: str, redirection: str, code: int, told: str
) -> None:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONUNBUFFERED"}
    done = subprocess.run(
        ["bash", "-c", f"'{sys.executable}' -m assistant {words} {redirection}; exit $PIPESTATUS"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert done.stderr.count("\n") == bool(told)
    assert told in done.stderr


def test_what_waits_to_be_printed_beside_an_error_is_no_error_of_its_own(
    tmp_path: Path,
) -> None:
    model = tmp_path / "auriga" / "models" / "vosk-en"
    model.mkdir(parents=True)
    (model / "receipt.json").write_text("{}")
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONUNBUFFERED"}
    done = subprocess.run(
        ["bash", "-c", f"'{sys.executable}' -m assistant models list | true; exit $PIPESTATUS"],
        cwd=ROOT,
        env={**environment, "XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr.count("\n")) == (3, 1), done.stderr
