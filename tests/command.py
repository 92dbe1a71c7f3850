"""The real command in a process of its own, and whether it left something behind."""

import contextlib
import json
import os
import subprocess
import sys
import time
import uuid
import wave
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from assistant.events import SAMPLE_RATE, Samples

ROOT = Path(__file__).resolve().parents[1]
MARK = "AURIGA_TEST_MARK"
LONG_S = 120.0  # nothing takes this long but a hang
END_S = 5.0  # how long a child may take to see that its parent is gone


@dataclass(frozen=True)
class Result:
    """How a command ended."""

    code: int
    out: str
    error: str

    @property
    def turns(self) -> list[dict[str, Any]]:
        """The turns of --json."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def sentence(self) -> str:
        """The only line on stderr; fails when there is none or more, or a traceback."""
        lines = self.error.strip().splitlines()
        assert len(lines) == 1, self.error
        assert lines[0].startswith("auriga: "), self.error
        return lines[0].removeprefix("auriga: ")


@dataclass(frozen=True)
class Auriga:
    """Runs `auriga` with a data folder and a configuration folder of its own."""

    home: Path
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """What the command sees."""
        folders = {"XDG_DATA_HOME": self.home / "data", "XDG_CONFIG_HOME": self.home / "config"}
        return {**os.environ, **{key: str(path) for key, path in folders.items()}, **self.extra}

    def command(self, *words: object) -> list[str]:
        """What is executed."""
        return [sys.executable, "-m", "assistant", *map(str, words)]

    def __call__(self, *words: object, **options: Any) -> Result:
        """Run a command to its end; no process of it may be left."""
        with self.start(*words, **options) as process:
            out, error = process.communicate(timeout=LONG_S)
        return Result(process.returncode, out or "", error or "")

    @contextlib.contextmanager
    def start(self, *words: object, **options: Any) -> Iterator["subprocess.Popen[str]"]:
        """A running command; afterwards it has ended, and so have its children."""
        mark = uuid.uuid4().hex
        settings: dict[str, Any] = {
            "cwd": ROOT,
            "env": {**self.environment, MARK: mark},
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
            "text": True,
            **options,
        }
        process = subprocess.Popen(self.command(*words), **settings)
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
            process.communicate()
        deadline = time.monotonic() + END_S
        while (left := processes(mark)) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not left, f"left behind: {left}"


def processes(mark: str) -> dict[int, str]:
    """The running processes that carry a mark in their environment."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if f"{MARK}={mark}".encode() in (folder / "environ").read_bytes():
                found[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ")
    return found


def write_wav(path: Path, sound: Samples, rate: int = SAMPLE_RATE, channels: int = 1) -> Path:
    """A 16-bit WAV; several channels all hold the same."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.repeat(sound, channels).tobytes())
    return path


def read_wav(path: Path) -> tuple[Samples, int]:
    """The samples and the rate of a mono 16-bit WAV."""
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        sound = np.frombuffer(file.readframes(file.getnframes()), np.int16)
        return sound, file.getframerate()
