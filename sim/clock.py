"""sim: what time it is, and waiting: in real time, faster by a factor, or as fast as possible."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from selectors import EVENT_READ, DefaultSelector
from typing import Protocol

_SHORTEST_WAIT_S = 0.0002  # less than a frame's time on the bus
_LONGEST_WAIT_S = 0.25


class Clock(Protocol):
    """Time for a runner."""

    def now_s(self) -> float:
        """Seconds of the scenario since the start."""

    def wait(self, seconds: float) -> None:
        """Let so much time pass, or less when something arrives."""


class WallClock:
    """Real time, or a multiple of it; meanwhile whatever arrives is read."""

    def __init__(self, speed: float = 1.0) -> None:
        """It starts now."""
        self._speed = speed
        self._zero_s = time.monotonic()
        self._selector = DefaultSelector()

    def watch(self, descriptor: int, read: Callable[[], None]) -> None:
        """Call `read` when the descriptor has something."""
        self._selector.register(descriptor, EVENT_READ, read)

    def forget(self, descriptor: int) -> None:
        """Watch it no more."""
        self._selector.unregister(descriptor)

    def now_s(self) -> float:
        """Seconds of the scenario since the start."""
        return (time.monotonic() - self._zero_s) * self._speed

    def wait(self, seconds: float) -> None:
        """Let so much time of the scenario pass, or less when something arrives."""
        timeout_s = min(max(seconds / self._speed, 0.0), _LONGEST_WAIT_S)
        if timeout_s < _SHORTEST_WAIT_S and seconds > 0:
            timeout_s = _SHORTEST_WAIT_S
        if not self._selector.get_map():
            time.sleep(timeout_s)
            return
        for key, _ in self._selector.select(timeout_s):
            key.data()

    def close(self) -> None:
        """Watch nothing any more."""
        self._selector.close()


class FastClock:
    """A clock that jumps to the moment that is waited for."""

    def __init__(self) -> None:
        """It stands at 0."""
        self._now_s = 0.0

    def now_s(self) -> float:
        """Seconds of the scenario since the start."""
        return self._now_s

    def wait(self, seconds: float) -> None:
        """Be so much later at once."""
        self._now_s += seconds if 0 < seconds < math.inf else 0.0
