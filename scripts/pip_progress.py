"""Runs `pip install` and says in a few lines how far it is; the whole output goes to a log file.

Usage: pip_progress.py FILE PIP-ARGUMENT…, where FILE is what the packages are counted in. On a
terminal one line is written over and over, elsewhere a new line now and then.
"""

import re
import subprocess
import sys
import time
from pathlib import Path

LOG = Path(".venv/install.log")
BUILD_CONSTRAINTS = "requirements-build.lock"
EVERY_S = 20.0  # between lines where there is no terminal
TAIL = 40  # lines of the log that are shown after a failure

PACKAGE = re.compile(r"^(?:Collecting|Requirement already satisfied:) ([A-Za-z0-9._-]+)==")
BUILDING = re.compile(r"^\s*Building (?:editable|wheel) for (\S+)")
COMPILED = re.compile(r"^\s*\[(\d+)/(\d+)\]")
INSTALLING = re.compile(r"^\s*Installing collected packages: (.*)")


class Display:
    """What a person sees."""

    def __init__(self) -> None:
        self._terminal = sys.stdout.isatty()
        self._shown = 0.0
        self._began = time.monotonic()
        self._last = ""

    def passing(self, text: str) -> None:
        """A state that the next one replaces."""
        now = time.monotonic()
        line = f"  {text}, {now - self._began:.0f} s"
        if self._terminal:
            print(f"\r{line:<78.78}", end="", flush=True)
        elif now - self._shown >= EVERY_S:
            print(line, flush=True)
        else:
            return
        self._shown = now

    def lasting(self, text: str) -> None:
        """A line that stays; the same one twice is shown once."""
        if text != self._last:
            print(f"\r  {text:<76}" if self._terminal else f"  {text}", flush=True)
        self._last = text


def main(counted: Path, arguments: list[str]) -> int:
    """Run pip; return its exit code."""
    total = len(re.findall(r"^[A-Za-z0-9._-]+==", counted.read_text("utf-8"), re.MULTILINE))
    command = [sys.executable, "-m", "pip", "install", "--verbose", "--no-input"]
    command += ["--disable-pip-version-check", "--build-constraint", BUILD_CONSTRAINTS, *arguments]
    display, seen = Display(), 0
    with (
        LOG.open("a", encoding="utf-8") as log,
        subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        ) as pip,
    ):
        assert pip.stdout is not None
        for line in pip.stdout:
            log.write(line)
            if match := PACKAGE.match(line):
                seen = min(seen + 1, total)
                display.passing(f"package {seen} of {total}: {match[1]}")
            elif match := COMPILED.match(line):
                display.passing(f"compiling llama.cpp: {match[1]} of {match[2]} files")
            elif match := BUILDING.match(line):
                display.lasting(f"building {match[1]} …")
            elif (match := INSTALLING.match(line)) and total:
                display.passing(f"writing {len(match[1].split(','))} packages")
    if pip.returncode == 0:
        display.lasting("installed this project" if total == 0 else f"installed {total} packages")
        return 0
    print("\n" + "".join(LOG.read_text("utf-8").splitlines(keepends=True)[-TAIL:]), file=sys.stderr)
    print(f"auriga: pip could not install {counted}; all it said is in {LOG}.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
