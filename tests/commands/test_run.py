"""`auriga run`: keys that are read as they come."""

import os
import pty
import termios
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from assistant.commands.run import keys


@dataclass(frozen=True)
class Terminal:
    """Both ends of a terminal whose inner end is our standard input."""

    outer: int
    inner: int

    @property
    def is_canonical(self) -> bool:
        """Whether it waits for whole lines."""
        return bool(termios.tcgetattr(self.inner)[3] & termios.ICANON)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    outer, inner = pty.openpty()

    class Input:
        def fileno(self) -> int:
            return inner

    monkeypatch.setattr("sys.stdin", Input())
    yield Terminal(outer, inner)
    os.close(outer)
    os.close(inner)


def pressed(next_key: Any, count: int) -> str:
    found = ""
    while len(found) < count:
        found += next_key() or ""
    return found


def test_a_key_that_was_pressed_too_early_is_not_lost(terminal: Terminal) -> None:
    os.write(terminal.outer, b"xy")
    with keys() as next_key:
        assert pressed(next_key, 2) == "xy"
        assert next_key() is None


def test_keys_are_read_without_a_new_line_and_the_terminal_is_given_back(
    terminal: Terminal,
) -> None:
    with keys() as next_key:
        assert not terminal.is_canonical
        os.write(terminal.outer, b"a")
        assert pressed(next_key, 1) == "a"
    assert terminal.is_canonical


def test_a_terminal_that_was_closed_is_the_end_of_the_input() -> None:
    """Its inner end is hung up, as when its window is closed."""
    outer, inner = pty.openpty()

    class Input:
        def fileno(self) -> int:
            return inner

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdin", Input())
        with keys() as next_key:
            os.close(outer)
            assert next_key() == ""
    os.close(inner)
