"""can_bridge: recorded frames in, every change of a reading, at the time it happened, out.

The readings are those of VehicleState, the same as live.  A reading also changes when no frame comes:
it goes stale, or is doubted; VehicleState says when it must be looked at.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import can

from can_bridge.error_frames import ErrorFrames
from can_bridge.readings import Reading, Reason, Unknown
from can_bridge.recording import frame_key
from can_bridge.spec import POLLED, VehicleProfile
from can_bridge.state import VehicleState

_JUST_AFTER_S = 1e-6  # a limit holds up to and including its last moment
_WALL_CLOCK_S = 1e8  # larger times count from 1970, smaller ones from the start of the recording
_JUMP_S = 1.0  # times may be out of order by less, such as between two channels
_NOTHING = (Reason.NEVER_SEEN, Reason.INPUT_UNKNOWN)  # before the first frame
_OBD_RESPONSES = range(0x7E8, 0x7F0)
_OBD_CURRENT_DATA = 0x41


@dataclass(frozen=True, slots=True)
class Change:
    """A reading that differs from the one before."""

    at_s: float
    path: str
    reading: Reading


class Transcript:
    """Goes through frames once; holds one reading per path, whatever the length of the recording."""

    def __init__(self, profile: VehicleProfile, paths: Callable[[str], bool] | None = None) -> None:
        """With `paths` only those paths for which it is true."""
        self._published: list[tuple[str, Reading, float]] = []
        self._state = VehicleState(profile, self._published.append)
        self._frames = profile.frames
        self._errors = ErrorFrames()
        self._wanted = frozenset(p for p in profile.signals if paths is None or paths(p))
        self._told: set[str] = set()
        self._begun = False

    def counts(self) -> tuple[int, int]:
        """How many frames were accepted, and how many refused."""
        return self._state.counts()

    def feed(self, key: int, data: bytes, at_s: float) -> Iterator[Change]:
        """Take a frame; yields what became stale before it, and what it changed."""
        if not self._begun:  # the time before the first frame is not gone through
            self._begun = True
            self._state.sweep(at_s)
        yield from self._sweep(at_s)
        self._errors.data_came()
        if key in self._frames:  # as live, where no other frame is let in
            self._state.set_bus_off(0, False, at_s)
        self._state.feed(key, data, at_s)
        yield from self._changes()

    def error(self, identifier: int, data: bytes, at_s: float) -> Iterator[Change]:
        """Take an error frame; yields what became stale before it, and what became `bus_off`."""
        yield from self._sweep(at_s)
        if self._errors.take(identifier, data):
            self._state.set_bus_off(0, True, at_s)
        yield from self._changes()

    def end(self, at_s: float) -> Iterator[Change]:
        """What became stale up to the end of the recording."""
        yield from self._sweep(at_s)

    def _sweep(self, now_s: float) -> Iterator[Change]:
        state = self._state
        while (due_s := state.next_look_at) < now_s:
            just_after_s = max(due_s + _JUST_AFTER_S, math.nextafter(due_s, math.inf))
            state.sweep(just_after_s if state.silence_matters else now_s)
            yield from self._changes()

    def _changes(self) -> Iterator[Change]:
        published = [Change(at_s, path, reading) for path, reading, at_s in self._published]
        self._published.clear()
        for change in published:
            if change.path in self._wanted and not self._is_no_news(change):
                self._told.add(change.path)
                yield change

    def _is_no_news(self, change: Change) -> bool:
        """Whether nothing was known before either, of a path of which nothing was told yet."""
        unknown = isinstance(change.reading, Unknown) and change.reading.reason in _NOTHING
        return unknown and change.path not in self._told


def changes(
    profile: VehicleProfile,
    messages: Iterable[can.Message],
    transcript: Transcript,
    absolute: bool = False,
) -> Iterator[Change]:
    """Every change in a recording, with the times of the recording.

    Times that count from 1970 are given from the first frame on, unless `absolute`.  A recording
    whose clock jumps back is read on as if the time had gone by continuously.
    """
    clock = _Clock(absolute)
    for message in messages:
        now_s = clock.take(message.timestamp)
        if message.is_remote_frame:
            continue
        key, data = frame_key(message), bytes(message.data)
        told = (
            transcript.error(message.arbitration_id, data, now_s)
            if message.is_error_frame
            else transcript.feed(*_asked_for(profile, key, data), now_s)
        )
        for change in told:
            yield Change(clock.shown(change.at_s), change.path, change.reading)
    for change in transcript.end(clock.now_s):
        yield Change(clock.shown(change.at_s), change.path, change.reading)


def _asked_for(profile: VehicleProfile, key: int, data: bytes) -> tuple[int, bytes]:
    """An answer to OBD-II mode 01 as the polled frame that it is."""
    if not profile.polls or key not in _OBD_RESPONSES or len(data) < 3:  # noqa: PLR2004
        return key, data
    length, mode, pid = data[:3]
    if mode != _OBD_CURRENT_DATA or not 3 <= length < len(data):  # noqa: PLR2004
        return key, data
    return POLLED | pid, data[3 : 1 + length]


class _Clock:
    """The times of a file as times that never go back, and the way from those to the shown ones."""

    def __init__(self, absolute: bool) -> None:
        self._absolute = absolute
        self._zero_s: float | None = None
        self._shift_s = 0.0
        self.now_s = 0.0

    def take(self, timestamp_s: float) -> float:
        if self._zero_s is None:
            wall = timestamp_s >= _WALL_CLOCK_S and not self._absolute
            self._zero_s = timestamp_s if wall else 0.0
            self.now_s = timestamp_s
        now_s = timestamp_s + self._shift_s
        if now_s < self.now_s - _JUMP_S:
            self._shift_s = self.now_s - timestamp_s
        self.now_s = max(self.now_s, timestamp_s + self._shift_s)
        return self.now_s

    def shown(self, at_s: float) -> float:
        return round(at_s - self._shift_s - (self._zero_s or 0.0), 6)
