"""can_bridge: an open python-can bus in, its frames out, many at a time; a bus that is lost is
opened again.

Nothing can be sent through a FrameSource.  The bus that can be sent on is asked for by `sender`,
which is None unless it was opened for that.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Collection, Iterable
from operator import itemgetter
from typing import NamedTuple, Protocol

import can

from can_bridge.error_frames import BusHealth, ErrorFrames
from can_bridge.errors import BusError
from can_bridge.spec import EXTENDED
from can_bridge.unix_bus import RawFrame, UnixBus

_MAX_LAG_S = 10.0
_MOST = 256  # frames handed over at once, so that a flood does not keep anybody waiting
_STANDARD_MASK, _EXTENDED_MASK = 0x7FF, 0x1FFF_FFFF
_PASSED_OVER = 2 | 4  # flags of the unix bus: remote and error frames
_ERROR_FLAG = 4
_CALM_S = 5.0  # so long without an error frame, and the filters hide again what is not wanted


class Frame(NamedTuple):
    """A data frame as it came."""

    key: int
    """Identifier, with EXTENDED set for 29 bits."""
    data: bytes
    at_s: float
    """When it was sent or stamped, on the clock of time.monotonic()."""


class FrameSource(Protocol):
    """Where frames come from."""

    def receive(self, timeout_s: float) -> Collection[Frame]:
        """The data frames that wait, when there are some or the time is up; perhaps none.

        BusError or can.CanError when the bus failed; the next call tries to open it again.
        """

    def accept(self, keys: Iterable[int]) -> None:
        """From now on let these frames in, and no others."""

    @property
    def name(self) -> str:
        """What the bus is called on this machine, by whomever it is opened."""

    @property
    def sender(self) -> can.BusABC | None:
        """The open bus, for `can_bridge.transmit` alone; None if it is gone or receives only."""

    @property
    def health(self) -> BusHealth:
        """What its error frames have told."""

    def close(self) -> None:
        """Leave the bus."""


class BusReader:
    """A FrameSource on a python-can bus.

    Error frames are counted.  Two kinds mean that nothing can be relied on, and the bus is opened
    again: one that says bus-off, and so many in a row that no data frame comes through.  What came
    before them is handed out first.

    The filters of a driver hide the frames that would break such a row.  Where it seems to be one,
    they are opened, and the row is counted anew from when nothing waits that they had let in.
    Where python-can itself would filter for want of them, this does: to its filters an error frame
    is one of the identifier that stands for its kind.
    """

    def __init__(
        self,
        open_bus: Callable[[], can.BusABC],
        keys: Iterable[int],
        name: str = "",
    ) -> None:
        """`open_bus` opens a bus without filters; it is called at once."""
        self.name = name
        self._open = open_bus
        self._keys = frozenset(keys)
        self._filtering = threading.Lock()  # `accept` is called by other threads
        self._unfiltered = False
        """Whether the filters of the driver are open for a while."""
        self._bus: can.BusABC | None = open_bus()
        self._may_send = False
        self._errors = ErrorFrames(sees_all=not self._hide_others(self._bus))
        self._is_off = False
        self._error_at = 0.0

    def allow_sending(self) -> None:
        """Let `sender` hand the bus out."""
        self._may_send = True

    @property
    def sender(self) -> can.BusABC | None:
        """See FrameSource."""
        return self._bus if self._may_send else None

    @property
    def health(self) -> BusHealth:
        """See FrameSource."""
        return self._errors.health

    def accept(self, keys: Iterable[int]) -> None:
        """See FrameSource."""
        with self._filtering:
            self._keys = frozenset(keys)
            if self._bus is not None and not self._unfiltered:
                self._hide_others(self._bus)

    def receive(self, timeout_s: float) -> Collection[Frame]:
        """See FrameSource."""
        bus = self._bus
        if bus is None:
            bus = self._bus = self._open()
            with self._filtering:
                self._errors.see(all_frames=not self._hide_others(bus))
        try:
            frames = () if self._is_off else self._read_any(bus, timeout_s)
            if self._is_off and not frames:
                raise can.CanOperationError("its controller is off the bus")
            return frames
        except (can.CanError, OSError, ValueError) as error:  # ValueError: closed in between
            self._leave()
            raise BusError(f"the bus was lost: {error}; waiting for its return") from error

    def _read_any(self, bus: can.BusABC, timeout_s: float) -> Collection[Frame]:
        if isinstance(bus, UnixBus):
            return self._read_unix(bus, timeout_s)
        return self._read(bus, timeout_s)

    def _read_unix(self, bus: UnixBus, timeout_s: float) -> Collection[Frame]:
        """Frames of our own bus, without a can.Message for each, which costs more than the rest."""
        raw = bus.receive_raw(timeout_s, _MOST)
        frames, passed_over = self._wanted(raw)
        if passed_over and any(flags & _ERROR_FLAG for _, _, flags, _ in raw):
            before = self._before_bus_off(raw)
            return frames if before is None else self._wanted(before)[0]
        if len(raw) > passed_over:
            self._errors.data_came()
        return frames

    def _wanted(self, raw: Iterable[RawFrame]) -> tuple[list[Frame], int]:
        """The data frames that are let in, and how many were none at all."""
        frames, passed_over = [], 0
        now_s, wall_s = time.monotonic(), time.time()
        keys = self._keys  # as they are now: `accept` may have been called while this waited
        for stamp, key, flags, data in raw:
            if flags & _PASSED_OVER:
                passed_over += 1
            elif key in keys:
                frames.append(Frame(key, data, now_s - _lag_s(stamp, wall_s)))
        return frames, passed_over

    def _before_bus_off(self, raw: Iterable[RawFrame]) -> list[RawFrame] | None:
        """Take the error frames; what came before the bus was off, None if it is not."""
        ordered = sorted(raw, key=itemgetter(0))  # of each peer they are, but there may be several
        for number, (_, key, flags, data) in enumerate(ordered):
            if not flags & _PASSED_OVER:
                self._errors.data_came()
            elif flags & _ERROR_FLAG and self._errors.take(key, data):
                self._is_off = True
                return ordered[:number]
        return None

    def _read(self, bus: can.BusABC, timeout_s: float) -> Collection[Frame]:
        if self._unfiltered and time.monotonic() - self._error_at > _CALM_S:
            self._filter(bus, True)
        message = bus.recv(timeout_s)
        if message is None and bus.state is can.BusState.ERROR:
            raise can.CanOperationError("its controller reports an error state")
        frames: list[Frame] = []
        taken = 0
        while message is not None:
            taken += 1
            if message.is_error_frame:
                if self._take_error(bus, message):
                    return frames
            elif not message.is_remote_frame:
                self._errors.data_came()
                key = message.arbitration_id | (EXTENDED if message.is_extended_id else 0)
                if key in self._keys:
                    at_s = time.monotonic() - _lag_s(message.timestamp, time.time())
                    frames.append(Frame(key, bytes(message.data), at_s))
            if taken == _MOST:
                return frames
            message = bus.recv(0.0)
        if self._unfiltered and not self._errors.sees_all:
            self._errors.count_anew(
                all_frames=True
            )  # what was let in by the filters is gone through
        return frames

    def _take_error(self, bus: can.BusABC, message: can.Message) -> bool:
        """Whether the bus is off."""
        self._error_at = time.monotonic()
        self._is_off = self._errors.take(message.arbitration_id, bytes(message.data))
        if self._errors.is_row_long and not self._errors.sees_all and not self._unfiltered:
            self._filter(bus, False)
        return self._is_off

    def _filter(self, bus: can.BusABC, wanted: bool) -> None:
        """Hide what is not wanted, or nothing."""
        with self._filtering:
            self._unfiltered = not wanted
            self._errors.count_anew(all_frames=False)
            if wanted:
                self._hide_others(bus)
            else:
                bus.set_filters(None)

    def _hide_others(self, bus: can.BusABC) -> bool:
        """Let the driver hide what is not wanted; whether it does."""
        if type(bus)._apply_filters is can.BusABC._apply_filters:  # python-can's hook for drivers
            return False
        bus.set_filters(filters_of(self._keys))
        if getattr(bus, "_is_filtered", True):  # so do they call it, those that may refuse
            return True
        bus.set_filters(None)
        return False

    def _leave(self) -> None:
        bus, self._bus = self._bus, None
        self._is_off = self._unfiltered = False
        if bus is not None:
            with contextlib.suppress(can.CanError, OSError):
                bus.shutdown()

    def close(self) -> None:
        """See FrameSource."""
        self._leave()


def _lag_s(stamp_s: float, wall_s: float) -> float:
    """How long the frame waited in a queue; 0 for a stamp from a clock that is not the wall's.

    So it is when the wall's clock was set in between: a frame never comes from the future.
    """
    lag_s = wall_s - stamp_s
    return lag_s if 0.0 < lag_s < _MAX_LAG_S else 0.0


def filters_of(keys: Iterable[int]) -> list[can.typechecking.CanFilter]:
    """One python-can filter for each key; those of a driver let every error frame through."""
    return [_filter(key) for key in keys]


def _filter(key: int) -> can.typechecking.CanFilter:
    extended = bool(key & EXTENDED)
    mask = _EXTENDED_MASK if extended else _STANDARD_MASK
    return {"can_id": key & ~EXTENDED, "can_mask": mask, "extended": extended}
