"""can_bridge: changes of readings in, a bounded queue of them out to another thread.

    with bridge.subscribe(["Vehicle.Speed"]) as speed:
        while True:
            changes, lost = speed.take(1.0)
            for path, reading, at_s in changes: ...

Who has a loop of his own gives `wake`, which is called whenever something was put into an empty
queue, and takes it from there, such as `wake=lambda: loop.call_soon_threadsafe(event.set)`.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import Self

from can_bridge.state import Change


def _sleep_on() -> None:
    """Whoever calls `take` is woken without this."""


class Subscription:
    """The newest changes of some paths, in order; a full queue loses its oldest."""

    def __init__(
        self,
        paths: Iterable[str],
        size: int,
        leave: Callable[[Subscription], None],
        wake: Callable[[], None] | None = None,
    ) -> None:
        """At least one change of each path can wait.  `leave` is called once, by `close`."""
        self.paths = frozenset(paths)
        self.wake = wake or _sleep_on
        """Is called in a thread of the bridge, so it must return at once."""
        self._size = max(size, len(self.paths))
        self._leave = leave
        self._changes: deque[Change] = deque(maxlen=self._size)
        self._lost = 0
        self._arrived = threading.Condition()
        self._closed = False

    def put(self, changes: Sequence[Change]) -> bool:
        """Take what concerns it; returns whether the queue was empty before.  Never waits."""
        chosen = [change for change in changes if change[0] in self.paths]
        if not chosen:
            return False
        with self._arrived:
            was_empty = not self._changes
            self._lost += max(0, len(self._changes) + len(chosen) - self._size)
            self._changes.extend(chosen)
            self._arrived.notify()
        return was_empty

    def take(self, timeout_s: float) -> tuple[list[Change], int]:
        """What changed since the last call, oldest first, and how many older changes were lost.

        Waits for a change until the time is up; then the list is empty.
        """
        with self._arrived:
            self._arrived.wait_for(lambda: self._changes or self._closed, timeout_s)
            changes, lost = list(self._changes), self._lost
            self._changes.clear()
            self._lost = 0
        return changes, lost

    def close(self) -> None:
        """Take no more changes, and wake who waits; may be called again."""
        with self._arrived:
            if self._closed:
                return
            self._closed = True
            self._arrived.notify_all()
        self._leave(self)

    def __enter__(self) -> Self:
        """The subscription."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()
