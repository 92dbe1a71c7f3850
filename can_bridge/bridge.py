"""can_bridge: open buses in, readings of the vehicle out; the only file with threads."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Collection, Iterable
from types import TracebackType
from typing import Self

import can

from can_bridge.bus import open_bus, parse_bus_specs
from can_bridge.error_frames import BusHealth
from can_bridge.errors import BusError
from can_bridge.frame_source import Frame, FrameSource
from can_bridge.listeners import FrameQueue
from can_bridge.profile_buses import check_specs
from can_bridge.readings import Reading
from can_bridge.spec import VehicleProfile
from can_bridge.state import Change, VehicleState
from can_bridge.subscription import Subscription

_POLL_S = 0.2  # how long closing may wait for a thread
_RETRY_S = 0.5
_GATHER_S = 0.002  # frames that come in so short a time are taken together: waking up costs more
_LATE_S = 0.002  # a deadline is looked at so long after it, when it surely has passed


class Bridge:
    """Receives from each bus in a thread of its own; a message may come from any of them.

    The queue of a thread is that of its bus, which is bounded; work per frame is constant.
    """

    def __init__(
        self,
        profile: VehicleProfile,
        *sources: FrameSource,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Takes the sources over; `start` begins to receive."""
        self.profile = profile
        self._sources = sources
        self._clock = clock
        self._changes: list[Change] = []
        self._state = VehicleState(profile, self._changes.append, len(sources))
        self._lock = threading.Lock()
        self._ready = threading.Event()
        self._stop = threading.Event()
        self._queues: tuple[FrameQueue, ...] = ()
        self._companions: tuple[Callable[[], None], ...] = ()
        self._subscriptions: tuple[Subscription, ...] = ()
        self._threads = [
            threading.Thread(
                target=self._receive, args=(bus,), name=f"can_bridge {bus}", daemon=True
            )
            for bus in range(len(sources))
        ]

    def start(self) -> None:
        """Begin to receive."""
        for thread in self._threads:
            thread.start()

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
        """Stop receiving and leave the buses; every reading is `bus_off` from then on."""
        if self._stop.is_set():
            return
        for companion in self._companions:
            companion()
        self._stop.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join()
        for source in self._sources:
            source.close()
        for bus in range(len(self._sources)):
            self._lose(bus)

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

    def health(self) -> tuple[BusHealth, ...]:
        """What the error frames of each bus have told, in the order of the buses."""
        return tuple(source.health for source in self._sources)

    def listen(self, keys: Iterable[int], size: int = 64) -> FrameQueue:
        """Every frame of these identifiers from now on, from any bus, as it came.

        The receive filters let them in from now on; close the queue to end that.  The frames are
        not decoded here, and a full queue loses its oldest: see FrameQueue.
        """
        queue = FrameQueue(keys, size, self._leave)
        with self._lock:
            self._queues += (queue,)
        self._let_in()
        return queue

    def _leave(self, queue: FrameQueue) -> None:
        with self._lock:
            self._queues = tuple(other for other in self._queues if other is not queue)
        self._let_in()

    def _let_in(self) -> None:
        keys = set(self.profile.frames).union(*(queue.keys for queue in self._queues))
        for source in self._sources:
            source.accept(keys)

    def bus_name(self, bus: int) -> str:
        """What the bus of that number is called on this machine, as for `sender`."""
        return self._source(bus).name

    def sender(self, bus: int) -> can.BusABC | None:
        """The open bus of that number, to send on: for `can_bridge.transmit` alone.

        A bridge of one bus has all buses of the vehicle on it.

        None if the bridge was opened to receive only, and while the bus is gone.  Ask anew for
        every frame, since a bus that comes back is another object.
        """
        return self._source(bus).sender

    def _source(self, bus: int) -> FrameSource:
        return self._sources[bus if len(self._sources) > 1 else 0]

    def feed(self, key: int, data: bytes | None) -> None:
        """Take the answer to a PID (`POLLED | pid`) as a frame that came now.

        None: the car has no such value, and its signals are `not_available`.
        """
        if data is not None:
            self._take((Frame(key, data, self._clock()),), None)
            return
        with self._lock:
            self._state.set_absent(key, self._clock())
            woken = self._deliver()
        self._tell(woken)

    def on_close(self, close: Callable[[], None]) -> None:
        """Call this first when the bridge is closed: for what lives on it."""
        self._companions += (close,)

    def subscribe(
        self,
        paths: Iterable[str] | None = None,
        size: int = 1024,
        wake: Callable[[], None] | None = None,
    ) -> Subscription:
        """Every change of these paths (None for all) from now on; see Subscription.

        It begins with the present reading of each.  A change is another value, or another reason
        why there is none: a control unit that falls silent is told within the time limit of its
        signals.  The age in a published reading is that at the moment of the change.
        KeyError if the vehicle has no such signal.
        """
        chosen = tuple(self.profile.signals if paths is None else paths)
        subscription = Subscription(chosen, size, self._unsubscribe, wake)
        with self._lock:
            now = self._clock()
            subscription.put([(path, self._state.read(path, now), now) for path in chosen])
            self._subscriptions += (subscription,)
        return subscription

    @property
    def subscribers(self) -> int:
        """How many subscriptions are open."""
        return len(self._subscriptions)

    def _unsubscribe(self, subscription: Subscription) -> None:
        with self._lock:
            self._subscriptions = tuple(s for s in self._subscriptions if s is not subscription)

    def _receive(self, bus: int) -> None:
        source = self._sources[bus]
        while not self._stop.is_set():
            silent_s = self._state.next_look_at - self._clock()
            try:
                frames = source.receive(min(max(silent_s + _LATE_S, 0.0), _POLL_S))
            except (BusError, can.CanError):
                self._lose(bus)
                self._stop.wait(_RETRY_S)
                continue
            self._take(frames, bus)
            if frames:
                time.sleep(_GATHER_S)

    def _take(self, frames: Collection[Frame], bus: int | None) -> None:
        for queue in self._queues:
            for frame in frames:
                if frame.key in queue.keys:
                    queue.put(frame)
        state = self._state
        with self._lock:
            now = self._clock()
            if frames and bus is not None:
                state.set_bus_off(bus, False, now)
            state.feed_all(frames, bus)
            if state.next_look_at < now:
                state.sweep(now)
            woken = self._deliver()
        self._tell(woken)

    def _lose(self, bus: int) -> None:
        with self._lock:
            self._state.set_bus_off(bus, True, self._clock())
            woken = self._deliver()
        self._tell(woken)

    def _tell(self, woken: Iterable[Subscription]) -> None:
        for subscription in woken:
            subscription.wake()
        if self._state.ready and not self._ready.is_set():
            self._ready.set()

    def _deliver(self) -> list[Subscription]:
        """Hand the changes out; returns who must be woken, which is done without the lock."""
        if not self._changes:
            return []
        woken = [
            subscription for subscription in self._subscriptions if subscription.put(self._changes)
        ]
        self._changes.clear()
        return woken


def open_bridge(profile: VehicleProfile, spec: str, may_send: bool = False) -> Bridge:
    """Open the bus of a SPEC and begin to receive; several SPECs are separated by commas.

    Raises SpecError for a malformed SPEC, or when it is not clear which is which of the profile's
    buses, and BusError when a bus cannot be opened.
    """
    specs = parse_bus_specs(spec)
    check_specs(profile.buses, specs, may_send)
    with contextlib.ExitStack() as cleanup:
        sources = []
        for bus in specs:
            source = open_bus(bus, profile.frames, may_send)
            cleanup.callback(source.close)
            sources.append(source)
        bridge = Bridge(profile, *sources)
        bridge.start()
        cleanup.pop_all()
    return bridge
