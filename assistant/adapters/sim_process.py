"""Adapter: a scenario comes in, a simulated car on a bus of its own goes out, as a child process.

The assistant never imports the simulator: it starts `python -m sim` and talks to it over the bus
alone. The child ends when its standard input closes, so it cannot outlive us.
"""

import os
import select
import subprocess
import sys
import time
from pathlib import Path

from assistant.errors import AurigaError, BusError, UsageError

READY_S = 60.0  # a cold start of Python on a busy machine; a child that dies is seen at once
STOP_S = 3.0
ROOT = Path(__file__).resolve().parents[2]


class SimProcess:
    """A simulated car; a context manager."""

    def __init__(self, scenario: str, vehicle: Path, bus: str, start_at_s: float = 0.0) -> None:
        self._command = [sys.executable, "-m", "sim", scenario, "--vehicle", str(vehicle)]
        self._command += ["--bus", bus, "--control", "stdin", "--start-at", str(start_at_s)]
        self._process: subprocess.Popen[bytes] | None = None
        self._unread = b""

    @property
    def process_id(self) -> int | None:
        """Of the child, None where there is none."""
        return self._process.pid if self._process else None

    def __enter__(self) -> "SimProcess":
        """Start it and wait until every cyclic message was sent; raise BusError with its reason."""
        self._process = subprocess.Popen(
            self._command,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for us; we end the child
        )
        try:
            self._await_ready()
        except BaseException:
            self._process.kill()  # it would read the end of its input only after its start
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for stream in (process.stdout, process.stderr):
            assert stream is not None
            stream.close()

    def steps(self) -> list[str]:
        """The lines that the scenario printed since the last look; never waits."""
        assert self._process is not None and self._process.stdout is not None
        descriptor = self._process.stdout.fileno()
        out, self._unread = self._unread, b""
        while select.select([descriptor], [], [], 0)[0]:
            piece = os.read(descriptor, 65536)
            if not piece:
                break
            out += piece
        return out.decode("utf-8", "replace").splitlines()

    def _await_ready(self) -> None:
        process = self._process
        assert process is not None and process.stdout is not None and process.stderr is not None
        deadline = time.monotonic() + READY_S
        seen = b""
        while b"ready\n" not in seen:
            left = deadline - time.monotonic()
            if left <= 0:
                raise BusError(f"The simulator was not ready within {READY_S:.0f} s.")
            if select.select([process.stdout], [], [], left)[0]:
                piece = os.read(process.stdout.fileno(), 4096)
                if not piece:
                    raise _ended(process)
                seen += piece
        self._unread = seen.partition(b"ready\n")[2]  # steps may have come with it


def _ended(process: "subprocess.Popen[bytes]") -> AurigaError:
    """What the simulator said at its early end; 2 is its code for a wrong scenario or vehicle."""
    assert process.stderr is not None
    reason = process.stderr.read().decode("utf-8", "replace").strip().removeprefix("sim: ")
    kind = UsageError if process.wait(STOP_S) == UsageError.exit_code else BusError
    return kind(reason or "The simulator ended before it was ready.")
