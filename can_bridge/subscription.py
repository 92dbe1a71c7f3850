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
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from types import TracebackType
from typing import Self

from can_bridge.state import Change

_path = itemgetter(0)  # of a Change


def _sleep_on() -> None:
    """Whoever calls `take` is woken without this."""


class Subscription:
    """The newest changes of some paths, in order; a full queue loses its oldest.

    The newest change of each path is never lost, so that who was slow knows the present in the end.
    """

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
        self._changes: deque[Change] = deque()
        self._waiting: Counter[str] | None = None
        """Path -> how many of its changes are in the queue; counted only once it has overflowed."""
        self._kept: dict[str, Change] = {}
        """The newest change of each path that has none in the queue any more; older than all there."""
        self._lost = 0
        self._arrived = threading.Condition()
        self._closed = False

    def put(self, changes: Sequence[Change]) -> bool:
        """Take what concerns it; returns whether the queue was empty before.  Never waits."""
        paths = self.paths
        chosen = [change for change in changes if change[0] in paths]
        if not chosen:
            return False
        with self._arrived:
            was_empty = not self._changes
            self._changes.extend(chosen)
            if self._waiting is not None:
                self._waiting.update(map(_path, chosen))
            elif len(self._changes) > self._size:
                self._waiting = Counter(map(_path, self._changes))
            if self._waiting is not None:
                self._make_room(self._waiting)
            self._arrived.notify()
        return was_empty

    def _make_room(self, waiting: Counter[str]) -> None:
        while len(self._changes) > self._size:
            oldest = self._changes.popleft()
            path = oldest[0]
            waiting[path] -= 1
            self._lost += self._kept.pop(path, None) is not None
            if waiting[path]:
                self._lost += 1
            else:
                self._kept[path] = oldest

    def take(self, timeout_s: float) -> tuple[list[Change], int]:
        """What changed since the last call, oldest first, and how many older changes were lost.

        Waits for a change until the time is up; then the list is empty.
        """
        with self._arrived:
            self._arrived.wait_for(lambda: self._changes or self._closed, timeout_s)
            waiting: Mapping[str, int] = self._waiting or {}
            outdated = [path for path in self._kept if waiting.get(path)]
            for path in outdated:
                del self._kept[path]
            changes, lost = [*self._kept.values(), *self._changes], self._lost + len(outdated)
            self._changes.clear()
            self._waiting = None
            self._kept.clear()
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
