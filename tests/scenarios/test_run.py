"""`auriga run` on a terminal and a sound server: the first key, and a server that goes away."""

import os
import pty
import signal
import subprocess
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from assistant.commands.run import INVITATION
from tests.audio import PulseServer, pulse_server
from tests.command import LONG_S, Auriga


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[PulseServer]:
    """A sound server that a test may harm."""
    with pulse_server(tmp_path) as server:
        yield server


@dataclass(frozen=True)
class Bench:
    """A running `auriga run` and the terminal in front of it."""

    process: "subprocess.Popen[str]"
    keyboard: int

    def press(self, key: str) -> None:
        os.write(self.keyboard, key.encode())

    def wait_for(self, line: str) -> None:
        assert self.process.stdout is not None
        for found in self.process.stdout:
            if line in found:
                return
        raise AssertionError(self.process.communicate())

    def end(self) -> tuple[int, str]:
        _, error = self.process.communicate(timeout=LONG_S)
        return self.process.returncode, error

    @property
    def reads_keys(self) -> bool:
        return not termios.tcgetattr(self.keyboard)[3] & termios.ICANON


@contextmanager
def bench(auriga: Auriga) -> Iterator[Bench]:
    outer, inner = pty.openpty()
    try:
        with auriga.start("run", "--bus", "unix:nobody", stdin=inner) as process:
            yield Bench(process, outer)
    finally:
        os.close(outer)
        os.close(inner)


def test_the_first_key_counts_however_early_it_is(quick: Auriga, own_server: PulseServer) -> None:
    with bench(quick) as running:
        running.press("x")
        running.wait_for(INVITATION)
        assert running.reads_keys
        running.wait_for("listening …")
        running.press("q")
        assert running.end() == (0, "")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "frozen"])
def test_a_sound_server_that_goes_away_in_a_turn_ends_the_loop(
    quick: Auriga, own_server: PulseServer, number: signal.Signals
) -> None:
    with bench(quick) as running:
        running.wait_for(INVITATION)
        running.press("x")
        running.wait_for("listening …")
        own_server.send(number)
        code, error = running.end()
    assert code == 5
    assert error == "auriga: the microphone 'default' went away; connect it and start again\n"
