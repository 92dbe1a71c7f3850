"""can_bridge: a path and a value in, one outcome out; the only way by which the car is asked to act.

with open_bridge(profile, "unix:aster", may_send=True) as bridge, open_gate(bridge) as gate:
    outcome = gate.set("Vehicle.Cabin.Sunroof.Position", 0)      # confirmed, refused or failed

What may be asked, when, how often and how its success is told is in the vehicle's commands.toml.
Nothing is queued: a command that cannot be sent now is refused, and one whose deadline has passed
is never sent.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Protocol, Self

from can_bridge.bridge import Bridge
from can_bridge.command_frame import build_frame, raw_value
from can_bridge.command_rules import Attempt, Cause, Outcome, Pace, Read, decide, refuse
from can_bridge.errors import LedgerError, TransmitError, shown
from can_bridge.ledger import Ledger, Turn
from can_bridge.readings import Value
from can_bridge.spec import CommandFrame, CommandSpec
from can_bridge.transmit import Transmitter

_LOOK_S = 0.02  # how often a command under way looks at the readings


class Sender(Protocol):
    """Puts a frame on the bus."""

    def send(self, key: int, data: bytes) -> None:
        """TransmitError when it cannot be sent."""


class Turns(Protocol):
    """Whose turn it is, and what was sent before; see Ledger."""

    def turn(self, frame: CommandFrame) -> AbstractContextManager[Turn | None]:
        """The turn to send a message; None while another command has it.  LedgerError."""


class Gate:
    """Asks the car, one command per message at a time; any thread may call it.

    Whatever another gate has sent counts as if this one had, if they have the same ledger.
    """

    def __init__(
        self,
        commands: Mapping[str, CommandSpec],
        read: Read,
        sender: Sender,
        turns: Turns,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`read` gives the readings of `clock`'s time; `sender` sends the frames of `commands`."""
        self.commands = commands
        self.sends = 0
        """How many frames it has sent, or has begun to send."""
        self._read = read
        self._sender = sender
        self._turns = turns
        self._clock = clock
        self._closed = threading.Event()

    def __enter__(self) -> Self:
        """The gate."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """Nothing is sent from now on; commands under way fail."""
        self._closed.set()

    def set(self, path: str, value: Value) -> Outcome:
        """Ask for a value, and wait until the car reports it or the deadline has passed.

        What is no path and no value, whatever its type, is refused like one that is not listed.
        """
        command = self._command(path)
        if command is None:
            text = f"{_name(path)} is not in the vehicle's commands.toml"
            return refuse(path, value, Cause.NOT_LISTED, text)
        if self._closed.is_set():
            return refuse(path, value, Cause.CLOSED, "the gate is closed")
        try:
            with self._turns.turn(command.frame) as turn:
                if turn is not None:
                    return self._set(command, value, turn)
        except LedgerError as error:
            return refuse(path, value, Cause.NO_LEDGER, str(error))
        text = f"another command of {command.frame.name} is under way"
        return refuse(path, value, Cause.BUSY, text)

    def _command(self, path: object) -> CommandSpec | None:
        return self.commands.get(path) if isinstance(path, str) else None

    def _set(self, command: CommandSpec, value: Value, turn: Turn) -> Outcome:
        verdict = decide(command, value, self._read)
        if verdict is not None:
            return verdict
        now = self._clock()
        pace = Pace(command.frame, turn.times)
        if not pace.allows_within(now, command.deadline_s):
            text = f"{command.frame.name} was sent {command.frame.per_minute} times in a minute"
            return refuse(command.path, value, Cause.TOO_SOON, text)
        attempt = Attempt(command, value, pace, now)
        while True:
            step = attempt.step(self._clock(), self._read)
            if isinstance(step, Outcome):
                return step
            if self._closed.is_set():
                return attempt.fail(Cause.CLOSED, "the gate was closed")
            if step:
                try:
                    self._send(attempt, turn)
                except LedgerError as error:
                    return attempt.fail(Cause.NO_LEDGER, str(error))
                except TransmitError as error:
                    return attempt.fail(Cause.BUS_OFF, str(error))
            else:
                self._closed.wait(_LOOK_S)

    def _send(self, attempt: Attempt, turn: Turn) -> None:
        command = attempt.command
        raw = raw_value(command, attempt.value)
        assert raw is not None  # `decide` has refused every other value
        now = self._clock()
        if not attempt.may_send(now):
            return  # this thread was held up; the next step ends or repeats it
        data = build_frame(command, raw, turn.note(now))
        attempt.sending(now)
        self.sends += 1
        self._sender.send(command.frame.key, data)
        attempt.sent(self._clock())


def _name(path: object) -> str:
    return path if isinstance(path, str) else shown(path)


def open_gate(bridge: Bridge) -> Gate:
    """The gate of a vehicle, on the buses of a bridge that was opened with `may_send`.

    With no commands.toml it refuses everything and sends nothing.  Any number may be open, here and in
    other processes of this user: they take turns, and the limits hold for all of them together.
    """
    commands = bridge.profile.commands
    routes = {command.frame.key: (command.frame.bus,) for command in commands.values()}
    ledger = Ledger(bridge.bus_name)
    return Gate(commands, bridge.read, Transmitter(bridge.sender, routes), ledger)
