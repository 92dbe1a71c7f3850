"""sim: messages and the time in, which of them is sent next out; pure."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

from sim.frame import FrameBuilder

_FRAME_BITS, _STUFFED_FROM_BITS = 47, 34  # of an 11-bit frame without data (ISO 11898-1)
_MORE_BITS = 18  # of an identifier of 29 bits, after the 11
_STUFFING = 8  # bits per stuff bit, between the best case (none) and the worst (every 4)


def frame_seconds(data_bytes: int, extended: bool, bitrate: int) -> float:
    """How long a frame occupies the bus, with the stuff bits of an average one."""
    extra = 20 if extended else 0
    data_bits = data_bytes * 8
    stuffed = (_STUFFED_FROM_BITS + extra + data_bits) // _STUFFING
    return (_FRAME_BITS + extra + data_bits + stuffed) / bitrate


def rank(identifier: int, extended: bool) -> tuple[int, bool, int]:
    """The least one wins the bus (ISO 11898-1): the first 11 bits decide, then having no more."""
    return (identifier >> _MORE_BITS if extended else identifier, extended, identifier)


class Schedule:
    """When each cyclic message is due.  All are due once at the start, as after power-up."""

    def __init__(self, builders: Sequence[FrameBuilder], start_s: float) -> None:
        """Messages without a cycle time are never due."""
        self._builders = [builder for builder in builders if builder.cycle_s > 0]
        self._start_s = start_s
        self._due = [(start_s, index) for index in range(len(self._builders))]
        self._ready: list[tuple[tuple[int, bool, int], float, int]] = []  # due, by rank
        self._first = len(self._builders)

    @property
    def all_sent_once(self) -> bool:
        """Whether every message was due once."""
        return self._first == 0

    def next_due_s(self) -> float:
        """When the next message is due; infinity if none ever is."""
        if self._ready:
            return self._ready[0][1]
        return self._due[0][0] if self._due else float("inf")

    def first(self, now_s: float) -> FrameBuilder | None:
        """The message that wins the bus now: the one of the least rank of those that are due."""
        while self._due and self._due[0][0] <= now_s:
            due_s, index = heapq.heappop(self._due)
            builder = self._builders[index]
            heapq.heappush(self._ready, (rank(builder.identifier, builder.extended), due_s, index))
        return self._builders[self._ready[0][2]] if self._ready else None

    def take(self, now_s: float) -> FrameBuilder:
        """The message that wins the bus now, which is then due again a cycle after it was.

        One that is late by more than a cycle does not catch up: an ECU sends no bursts.
        """
        if self.first(now_s) is None:
            raise LookupError("no message is due")
        _, due_s, index = heapq.heappop(self._ready)
        builder = self._builders[index]
        if self._first:
            self._first -= 1
            following = self._start_s + builder.delay_s + builder.cycle_s
        else:
            following = due_s + builder.cycle_s
        if following <= now_s - builder.cycle_s:
            following = now_s + builder.cycle_s
        heapq.heappush(self._due, (following, index))
        return builder
