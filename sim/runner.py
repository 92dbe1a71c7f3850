"""sim: a world and a bus in, frames on the bus at their times out; the only file with a clock."""

from __future__ import annotations

import os
import selectors
import time
from collections.abc import Callable
from dataclasses import dataclass

import can

from sim.errors import BusUnavailable
from sim.frame import FrameBuilder
from sim.scenario import Step
from sim.schedule import Schedule, frame_seconds
from sim.world import World

_SHORTEST_WAIT_S = 0.0002  # less than a frame's time on the bus
_LONGEST_WAIT_S = 0.25


@dataclass(frozen=True, slots=True)
class Run:
    """How a simulation is run."""

    bitrate: int
    start_at_s: float = 0.0
    """The scenario begins here; what happens before happens at once."""
    seconds: float = float("inf")
    """End after this time."""
    control: int | None = None
    """Descriptor that ends the run when it is closed."""


@dataclass(frozen=True, slots=True)
class Reports:
    """What the runner tells."""

    ready: Callable[[], None]
    """Every cyclic message was sent once."""
    step: Callable[[Step], None]


class Runner:
    """Sends the frames of a world in real time."""

    def __init__(self, world: World, schedule: Schedule, bus: can.BusABC, run: Run) -> None:
        """Nothing is sent yet."""
        self._world = world
        self._schedule = schedule
        self._bus = bus
        self._run = run
        self._ended = False
        self._ready = False
        self._early: list[Step] = []
        self._wire_free_s = 0.0
        self._selector = selectors.DefaultSelector()
        self._watch()

    def _watch(self) -> None:
        try:
            descriptor = self._bus.fileno()
        except NotImplementedError:
            descriptor = -1
        if descriptor >= 0:
            self._selector.register(descriptor, selectors.EVENT_READ, self._drain)
        if self._run.control is not None:
            self._selector.register(self._run.control, selectors.EVENT_READ, self._listen)

    def run(self, reports: Reports) -> None:
        """Send until the time is up or the control is closed; BusUnavailable if the bus fails."""
        zero_s = time.monotonic()
        try:
            while not self._ended:
                now_s = time.monotonic() - zero_s
                if now_s >= self._run.seconds:
                    return
                self._advance(now_s, reports)
                self._wait(max(self._schedule.next_due_s(), self._wire_free_s) - now_s)
        except can.CanError as error:
            raise BusUnavailable(f"the bus does not take frames any more: {error}") from error
        finally:
            self._selector.close()

    def _advance(self, now_s: float, reports: Reports) -> None:
        for step in self._world.run_to(self._run.start_at_s + now_s):
            if self._ready:
                reports.step(step)
            else:
                self._early.append(step)
        if self._schedule.next_due_s() <= now_s and self._wire_free_s <= now_s:
            self._send(self._schedule.take(now_s), now_s)
        if not self._ready and self._schedule.all_sent_once:
            self._ready = True
            reports.ready()
            for step in self._early:
                reports.step(step)

    def _send(self, builder: FrameBuilder, now_s: float) -> None:
        data = self._world.frame(builder)
        if data is None:
            return
        self._bus.send(
            can.Message(
                arbitration_id=builder.identifier,
                is_extended_id=builder.extended,
                data=data,
            )
        )
        occupied_s = frame_seconds(len(data), builder.extended, self._run.bitrate)
        self._wire_free_s = max(now_s, self._wire_free_s) + occupied_s

    def _wait(self, seconds: float) -> None:
        timeout_s = min(max(seconds, 0.0), _LONGEST_WAIT_S)
        if timeout_s < _SHORTEST_WAIT_S and seconds > 0:
            timeout_s = _SHORTEST_WAIT_S
        if not self._selector.get_map():
            time.sleep(timeout_s)
            return
        for key, _ in self._selector.select(timeout_s):
            key.data()

    def _drain(self) -> None:
        self._bus.recv(0)

    def _listen(self) -> None:
        assert self._run.control is not None
        if not os.read(self._run.control, 4096):
            self._ended = True
