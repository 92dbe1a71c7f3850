"""can_bridge: an open bus in, readings of the vehicle out; the only file with a thread."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

import can

from can_bridge.bus import FrameSource, open_bus, parse_bus_spec
from can_bridge.readings import Reading
from can_bridge.spec import VehicleProfile
from can_bridge.state import VehicleState

_POLL_S = 0.2  # how long closing may wait for the thread
_RETRY_S = 0.5


class Bridge:
    """Receives in a thread of its own.  Its queue is that of the bus, which is bounded; work per
    frame is constant.
    """

    def __init__(
        self,
        profile: VehicleProfile,
        source: FrameSource,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Takes the source over; `start` begins to receive."""
        self.profile = profile
        self._source = source
        self._clock = clock
        self._state = VehicleState(profile)
        self._lock = threading.Lock()
        self._ready = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._receive, name="can_bridge", daemon=True)

    def start(self) -> None:
        """Begin to receive."""
        self._thread.start()

    def __enter__(self) -> Self:
        """The bridge, which receives already."""
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
        """Stop receiving and leave the bus; every reading is `bus_off` from then on."""
        if self._stop.is_set():
            return
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        self._source.close()
        with self._lock:
            self._state.bus_off = True

    def read(self, path: str) -> Reading:
        """The reading of one path, now; KeyError if the vehicle has no such signal."""
        with self._lock:
            return self._state.read(path, self._clock())

    def snapshot(self) -> dict[str, Reading]:
        """The readings of every path, taken at one moment."""
        with self._lock:
            return self._state.snapshot(self._clock())

    def wait_ready(self, timeout_s: float) -> bool:
        """Wait until every cyclic message was seen; False when the time is up before."""
        return self._ready.wait(timeout_s)

    def counts(self) -> tuple[int, int]:
        """How many frames were accepted, and how many refused."""
        with self._lock:
            return self._state.counts()

    def _receive(self) -> None:
        while not self._stop.is_set():
            try:
                frame = self._source.receive(_POLL_S)
            except can.CanError:
                self._set_bus_off(True)
                self._stop.wait(_RETRY_S)
                continue
            if frame is None:
                continue
            with self._lock:
                self._state.bus_off = False
                self._state.feed(frame.key, frame.data, frame.at_s)
                ready = self._state.ready
            if ready and not self._ready.is_set():
                self._ready.set()

    def _set_bus_off(self, value: bool) -> None:
        with self._lock:
            self._state.bus_off = value


def open_bridge(profile: VehicleProfile, spec: str) -> Bridge:
    """Open the bus of a SPEC and begin to receive.

    Raises SpecError for a malformed SPEC and BusError when the bus cannot be opened.
    """
    with contextlib.ExitStack() as cleanup:
        source = open_bus(parse_bus_spec(spec), profile.frames)
        cleanup.callback(source.close)
        bridge = Bridge(profile, source)
        bridge.start()
        cleanup.pop_all()
    return bridge
