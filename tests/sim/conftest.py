"""Fixtures: a short folder for sockets, and simulations as child processes that always end."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
StartSim = Callable[..., subprocess.Popen[str]]


@pytest.fixture(autouse=True)
def runtime_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of its own for sockets, short enough for their paths."""
    folder = Path(tempfile.mkdtemp(prefix="au"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def start_sim() -> Iterator[StartSim]:
    """Starts `python -m sim`, waits for `ready`, and ends it after the test."""
    running: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "sim", *arguments, "--bus", "unix:test", "--control", "stdin"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        assert process.stdout is not None
        first = process.stdout.readline()
        assert first == "ready\n", process.communicate(timeout=10)
        return process

    yield start
    for process in running:
        with process:  # closes its streams and waits
            process.kill()
