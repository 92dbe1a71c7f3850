"""The parts of an assistant are opened side by side, and closed again whatever happens."""

import os
import signal
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest

from assistant import app
from assistant.errors import ModelError

LONG_S = 60.0


@dataclass
class Scripted:
    """A part that calls something when it is opened."""

    opening: Callable[[], object]
    did: list[str] = field(default_factory=list)

    def open(self) -> None:
        self.opening()
        self.did.append("opened")

    def close(self) -> None:
        self.did.append("closed")


def open_and_close(*parts: Scripted) -> None:
    with ExitStack() as stack, app.opening(stack) as begin:
        begin(*parts)


def test_no_part_is_closed_while_it_is_opened_because_another_is_broken() -> None:
    go_on = threading.Event()

    def fail() -> None:
        go_on.set()
        raise ModelError("It is broken.")

    broken, slow = Scripted(fail), Scripted(lambda: go_on.wait(LONG_S))
    with pytest.raises(ModelError):
        open_and_close(broken, slow)
    assert (broken.did, slow.did) == (["closed"], ["opened", "closed"])


def test_ctrl_c_does_not_wait_for_an_engine_that_takes_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    left, end = threading.Event(), threading.Event()
    monkeypatch.setattr(app, "leave_thread", left.set)
    quick = Scripted(lambda: None)

    def interrupted() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        end.wait(LONG_S)

    slow = Scripted(interrupted)
    try:
        with pytest.raises(KeyboardInterrupt):
            open_and_close(quick, slow)
        assert left.is_set()
        assert (quick.did, slow.did) == (["opened", "closed"], [])
    finally:
        end.set()


def test_what_was_begun_is_opened_and_closed_when_the_car_cannot_be_read() -> None:
    part = Scripted(lambda: None)

    def read_the_car() -> None:
        raise ModelError("The car is broken.")

    def start() -> None:
        with ExitStack() as stack, app.opening(stack) as begin:
            begin(part, None)
            read_the_car()

    with pytest.raises(ModelError):
        start()
    assert part.did == ["opened", "closed"]
