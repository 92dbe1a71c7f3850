"""Folders that this user may not enter or write: one sentence, and the exit code of what it is."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WITHOUT_ROOTS_RIGHTS = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
SUNROOF = "Vehicle.Cabin.Sunroof.Position"


@pytest.fixture
def closed() -> Iterator[Path]:
    """A folder that may be neither entered nor written, with one inside of it."""
    with tempfile.TemporaryDirectory(prefix="au") as folder:
        path = Path(folder) / "closed"
        (path / "run").mkdir(parents=True)
        path.chmod(0)
        yield path
        path.chmod(0o700)


def run(runtime: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    command = [*(WITHOUT_ROOTS_RIGHTS if os.getuid() == 0 else ()), sys.executable, "-m"]
    return subprocess.run(
        [*command, *map(str, words)],
        cwd=ROOT,
        env={**os.environ, "XDG_RUNTIME_DIR": str(runtime), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
        check=False,
    )


@pytest.mark.parametrize(
    "words",
    [
        ("can_bridge", "monitor", "--once"),
        ("can_bridge", "set", SUNROOF, "0"),
        ("can_bridge", "diagnose"),
        ("can_bridge", "serve"),
        ("sim", "parked", "--seconds", "0.1"),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_a_runtime_folder_that_may_not_be_written(closed: Path, words: tuple[str, ...]) -> None:
    result = run(closed, *words)
    assert (result.returncode, result.stdout) == (4, "")
    assert result.stderr.count("\n") == 1
    assert f"{closed}/auriga cannot be used (Permission denied); make it" in result.stderr


def test_a_runtime_folder_that_may_not_be_looked_at_is_like_none(closed: Path) -> None:
    bus = f"unix:{closed.parent}/bus"
    result = run(closed / "run", "can_bridge", "monitor", "--once", "--wait", "0.1", "--bus", bus)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("monitor", "--once", "--vehicle", "{}/car"), "{}/car cannot be read"),
        (("check", "{}/car"), "{}/car cannot be read"),
        (("decode", "{}/a.log"), "{}/a.log cannot be read"),
        (("record", "{}/a.log", "--bus", "virtual:x"), "{}/a.log cannot be written"),
        (
            ("draft", "{}/a.log", "--dbc", "{}/a.dbc", "--out", "{}/car", "--name", "My car"),
            "{}/car cannot be used",
        ),
        (("serve", "--bus", "virtual:x"), "{}/auriga/kuksa.sock cannot be made"),
    ],
    ids=lambda words: words[0] if isinstance(words, tuple) else "",
)
def test_files_where_this_user_may_not_look(
    closed: Path, words: tuple[str, ...], sentence: str
) -> None:
    result = run(closed, "can_bridge", *(word.format(closed) for word in words))
    assert result.returncode == 2 and result.stderr.count("\n") == 1, result.stderr
    assert sentence.format(closed) in result.stderr and "; " in result.stderr


def test_a_simulated_vehicle_where_this_user_may_not_look(closed: Path) -> None:
    result = run(closed.parent, "sim", "parked", "--vehicle", closed / "car")
    assert result.returncode == 2 and result.stderr.count("\n") == 1
    assert f"{closed}/car/vehicle.toml cannot be read (Permission denied)" in result.stderr
