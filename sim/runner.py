"""sim: a world, a clock and a bus in, frames on the bus at their times out."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import can

from sim.clock import Clock
from sim.commands import Outcome
from sim.diagnostics.servers import Servers
from sim.errors import BusUnavailable
from sim.frame import FrameBuilder
from sim.scenario import Step
from sim.schedule import Schedule, frame_seconds, rank
from sim.world import World

_TRANSFER_S = 0.001  # how often a diagnostic transfer is looked after
_POLL_S = 0.02  # how often a bus is looked at that cannot say when a frame is there
_MOST_AT_ONCE = 64
_BABBLE = bytes(8)


@dataclass(frozen=True, slots=True)
class Run:
    """How a simulation is run."""

    bitrate: int
    start_at_s: float = 0.0
    """The scenario begins here; what happens before happens at once."""
    seconds: float = float("inf")
    """End after this time."""


@dataclass(frozen=True, slots=True)
class Reports:
    """What the runner tells."""

    ready: Callable[[], None]
    """Every cyclic message was sent once."""
    step: Callable[[Step], None]
    outcome: Callable[[float, Outcome], None]
    """Time, and what became of a command."""


class Bus(Protocol):
    """As much of python-can's bus as is used here."""

    def send(self, msg: can.Message) -> None:
        """Put a frame on the bus."""

    def recv(self, timeout: float | None) -> can.Message | None:
        """A frame from the bus, if there is one."""


class Runner:
    """Sends the frames of a world, one after the other as a bus has them."""

    def __init__(
        self, world: World, schedule: Schedule, servers: Servers | None, bus: Bus, run: Run
    ) -> None:
        """Nothing is sent yet."""
        self._world = world
        self._schedule = schedule
        self._servers = servers
        self._bus = bus
        self._run = run
        self._ready = False
        self._early: list[Step] = []
        self._late: list[tuple[float, int, FrameBuilder, bytes]] = []  # delayed by a fault
        self._number = 0
        self._wire_free_s = 0.0
        self.ended = False
        """Set it to end the run."""

    def run(self, clock: Clock, reports: Reports, polled: bool = False) -> None:
        """Send until the time is up or it was ended; BusUnavailable if the bus fails.

        `polled`: nobody calls `receive` when a frame has arrived.
        """
        self._reports = reports
        try:
            while not self.ended:
                now_s = clock.now_s()
                if now_s >= self._run.seconds:
                    return
                if polled:
                    self.receive()
                self._advance(now_s)
                wait_s = self._next_s(now_s) - now_s
                clock.wait(min(wait_s, _POLL_S) if polled else wait_s)
        except can.CanError as error:
            raise BusUnavailable(f"the bus does not take frames any more: {error}") from error

    def receive(self) -> None:
        """Take what the bus has."""
        for _ in range(_MOST_AT_ONCE):
            message = self._bus.recv(0)
            if message is None:
                return
            if message.is_error_frame or message.is_remote_frame:
                continue
            data = bytes(message.data)
            for outcome in self._world.receive(message.arbitration_id, data):
                self._reports.outcome(self._world.time_s, outcome)
            if self._servers is not None:
                silent = self._world.silent
                self._servers.receive(message.arbitration_id, data, silent)

    def _advance(self, now_s: float) -> None:
        for step in self._world.run_to(self._run.start_at_s + now_s):
            if self._ready:
                self._reports.step(step)
            else:
                self._early.append(step)
        if self._servers is not None and self._servers.busy:
            self._servers.process(self._world.silent)
        if self._wire_free_s <= now_s:
            self._send_one(now_s)
        if not self._ready and self._schedule.all_sent_once:
            self._ready = True
            self._reports.ready()
            for step in self._early:
                self._reports.step(step)

    def _next_s(self, now_s: float) -> float:
        """When there is something to do."""
        next_s = self._schedule.next_due_s()
        if self._late:
            next_s = min(next_s, self._late[0][0])
        if self._world.faults.babbling is not None or self._outbox:
            next_s = now_s
        if self._servers is not None and self._servers.busy:
            next_s = min(next_s, now_s + _TRANSFER_S)
        return max(next_s, self._wire_free_s)

    @property
    def _outbox(self) -> bool:
        return self._servers is not None and bool(self._servers.outbox)

    def _send_one(self, now_s: float) -> None:
        """Send the frame that wins the bus: the one with the lowest identifier."""
        due = self._schedule.first(now_s)
        error = self._world.faults.destroyed() if due is not None else None
        if error is not None:  # the frame stays due, and is tried again
            self._put_error(*error, now_s)
            return
        babbling = self._world.faults.babbling
        if babbling is not None and (
            due is None or rank(*babbling) <= rank(due.identifier, due.extended)
        ):
            self._put(*babbling, _BABBLE, now_s)
        elif due is not None:
            self._send(self._schedule.take(now_s), now_s)
        elif self._late and self._late[0][0] <= now_s:
            _, _, builder, data = heapq.heappop(self._late)
            if self._world.faults.delay_s(builder):  # what was under way when it ended is lost
                self._put(builder.identifier, builder.extended, data, now_s)
        elif self._servers is not None and self._servers.outbox:
            identifier, data = self._servers.outbox.popleft()
            self._put(identifier, identifier > 0x7FF, data, now_s)  # noqa: PLR2004

    def _send(self, builder: FrameBuilder, now_s: float) -> None:
        data = self._world.frame(builder)
        if data is None:
            return
        delay_s = self._world.faults.delay_s(builder)
        if delay_s:
            self._number += 1
            heapq.heappush(self._late, (now_s + delay_s, self._number, builder, data))
        else:
            self._put(builder.identifier, builder.extended, data, now_s)

    def _put(self, identifier: int, extended: bool, data: bytes, now_s: float) -> None:
        message = can.Message(
            timestamp=now_s, arbitration_id=identifier, is_extended_id=extended, data=data
        )
        self._bus.send(message)
        occupied_s = frame_seconds(len(data), extended, self._run.bitrate)
        self._wire_free_s = max(now_s, self._wire_free_s) + occupied_s

    def _put_error(self, identifier: int, data: bytes, now_s: float) -> None:
        message = can.Message(
            timestamp=now_s,
            arbitration_id=identifier,
            is_extended_id=False,
            is_error_frame=True,
            data=data,
        )
        self._bus.send(message)
        occupied_s = frame_seconds(len(data), False, self._run.bitrate)
        self._wire_free_s = max(now_s, self._wire_free_s) + occupied_s
