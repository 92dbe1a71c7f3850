"""can_bridge: a path and a value in, one outcome out; the only way by which the car is asked to act.

with open_bridge(profile, "unix:aster", may_send=True) as bridge, open_gate(bridge) as gate:
    outcome = gate.set("Vehicle.Cabin.Sunroof.Position", 0)      # confirmed, refused or failed

What may be asked, when, how often and how its success is told is in the vehicle's commands.toml.
Nothing is queued: a command that cannot be sent now is refused, and one whose deadline has passed
is never sent.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Protocol, Self

from can_bridge.bridge import Bridge
from can_bridge.command_frame import build_frame, raw_value
from can_bridge.command_rules import Attempt, Cause, Outcome, Pace, Read, decide, refuse
from can_bridge.errors import TransmitError, shown
from can_bridge.readings import Value
from can_bridge.spec import CommandFrame, CommandSpec
from can_bridge.transmit import Transmitter

_LOOK_S = 0.02  # how often a command under way looks at the readings


class Sender(Protocol):
    """Puts a frame on the bus."""

    def send(self, key: int, data: bytes) -> None:
        """TransmitError when it cannot be sent."""


class Gate:
    """Asks the car, one command per message at a time; any thread may call it."""

    def __init__(
        self,
        commands: Mapping[str, CommandSpec],
        read: Read,
        sender: Sender,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`read` gives the readings of `clock`'s time; `sender` sends the frames of `commands`."""
        self.commands = commands
        self._read = read
        self._sender = sender
        self._clock = clock
        self._closed = threading.Event()
        frames = {command.frame.key: command.frame for command in commands.values()}
        self._lanes = {key: _Lane(frame) for key, frame in frames.items()}

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
        lane = self._lanes[command.frame.key]
        if not lane.lock.acquire(blocking=False):
            text = f"another command of {command.frame.name} is under way"
            return refuse(path, value, Cause.BUSY, text)
        try:
            return self._set(command, value, lane)
        finally:
            lane.lock.release()

    def _command(self, path: object) -> CommandSpec | None:
        return self.commands.get(path) if isinstance(path, str) else None

    def _set(self, command: CommandSpec, value: Value, lane: _Lane) -> Outcome:
        verdict = decide(command, value, self._read)
        if verdict is not None:
            return verdict
        now = self._clock()
        if not lane.pace.allows_within(now, command.deadline_s):
            text = f"{command.frame.name} was sent {command.frame.per_minute} times in a minute"
            return refuse(command.path, value, Cause.TOO_SOON, text)
        attempt = Attempt(command, value, lane.pace, now)
        while True:
            step = attempt.step(self._clock(), self._read)
            if isinstance(step, Outcome):
                return step
            if self._closed.is_set():
                return attempt.fail(Cause.CLOSED, "the gate was closed")
            if step:
                try:
                    self._send(attempt, lane)
                except TransmitError as error:
                    return attempt.fail(Cause.BUS_OFF, str(error))
            else:
                self._closed.wait(_LOOK_S)

    def _send(self, attempt: Attempt, lane: _Lane) -> None:
        command = attempt.command
        raw = raw_value(command, attempt.value)
        assert raw is not None  # `decide` has refused every other value
        data = build_frame(command, raw, lane.next_counter())
        now = self._clock()
        if now >= attempt.deadline or not lane.pace.allows(now):
            return  # this thread was held up; the next step ends or repeats it
        lane.pace.note(now)
        self._sender.send(command.frame.key, data)
        attempt.sent(self._clock())


class _Lane:
    """What the commands of one message share: their turn, their pace and their counter."""

    def __init__(self, frame: CommandFrame) -> None:
        self.lock = threading.Lock()
        self.pace = Pace(frame)
        self._counter = random.randrange(256)  # anywhere, since the receiver may remember the last

    def next_counter(self) -> int:
        self._counter += 1
        return self._counter


def _name(path: object) -> str:
    return path if isinstance(path, str) else shown(path)


def open_gate(bridge: Bridge) -> Gate:
    """The gate of a vehicle, on the buses of a bridge that was opened with `may_send`.

    With no commands.toml it refuses everything and sends nothing.
    """
    commands = bridge.profile.commands
    routes = {command.frame.key: (command.frame.bus,) for command in commands.values()}
    return Gate(commands, bridge.read, Transmitter(bridge.sender, routes))
