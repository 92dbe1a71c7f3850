"""kuksa: snapshots of the readings in, a bounded queue of changes for each subscriber out.

One thread compares snapshots at a fixed period, while there is a subscriber.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from can_bridge.readings import Known, Reading

Change = tuple[str, Reading, float]
"""A path, its new reading, and when it was so, on the monotonic clock."""
_PERIOD_S = 0.05


class Subscription(Protocol):
    """The newest changes of some paths, in order, beginning with the present readings."""

    def take(self, timeout_s: float) -> tuple[list[Change], int]:
        """What changed since the last call, and how many older changes were lost.

        Waits for a change until the time is up or the subscription is closed.
        """

    def close(self) -> None:
        """Take no more changes, and wake who waits; may be called again."""


Subscribe = Callable[[Sequence[str], int], Subscription]
"""Paths and the size of the queue -> the subscription."""


class SnapshotFeed:
    """Subscriptions over a function that gives all readings of one moment."""

    def __init__(
        self, snapshot: Callable[[], Mapping[str, Reading]], period_s: float = _PERIOD_S
    ) -> None:
        self._snapshot = snapshot
        self._period_s = period_s
        self._last = dict(snapshot())
        self._queues: tuple[_Queue, ...] = ()
        self._changed = threading.Condition()
        self._stop = False
        self._thread = threading.Thread(target=self._run, name="kuksa feed", daemon=True)
        self._thread.start()

    def subscribe(self, paths: Sequence[str], size: int) -> Subscription:
        """Changes of these paths from now on; a full queue loses its oldest."""
        queue = _Queue(paths, size, self._leave)
        with self._changed:
            self._compare()
            now = time.monotonic()
            queue.put([(path, self._last[path], now) for path in paths])
            self._queues += (queue,)
            self._changed.notify()
        return queue

    def close(self) -> None:
        """End the thread and every subscription."""
        with self._changed:
            self._stop = True
            self._changed.notify()
            queues = self._queues
        self._thread.join()
        for queue in queues:
            queue.close()

    def _leave(self, queue: _Queue) -> None:
        with self._changed:
            self._queues = tuple(other for other in self._queues if other is not queue)

    def _run(self) -> None:
        with self._changed:
            while not self._stop:
                if self._queues:
                    self._compare()
                self._changed.wait(self._period_s if self._queues else None)

    def _compare(self) -> None:
        now = time.monotonic()
        readings = self._snapshot()
        changes = [
            (path, reading, now)
            for path, reading in readings.items()
            if _differ(reading, self._last[path])
        ]
        self._last.update(readings)
        if changes:
            for queue in self._queues:
                queue.put(changes)


def _differ(one: Reading, other: Reading) -> bool:
    """Whether the value or its reason differs; the age does not count."""
    if isinstance(one, Known) and isinstance(other, Known):
        return one.value != other.value
    return one != other


class _Queue:
    def __init__(self, paths: Iterable[str], size: int, leave: Callable[[_Queue], None]) -> None:
        self._paths = frozenset(paths)
        self._changes: deque[Change] = deque(maxlen=max(size, len(self._paths)))
        self._leave = leave
        self._lost = 0
        self._arrived = threading.Condition()
        self._closed = False

    def put(self, changes: Sequence[Change]) -> None:
        chosen = [change for change in changes if change[0] in self._paths]
        with self._arrived:
            before = len(self._changes)
            self._changes.extend(chosen)
            self._lost += before + len(chosen) - len(self._changes)
            self._arrived.notify()

    def take(self, timeout_s: float) -> tuple[list[Change], int]:
        with self._arrived:
            self._arrived.wait_for(lambda: self._changes or self._closed, timeout_s)
            changes, lost = list(self._changes), self._lost
            self._changes.clear()
            self._lost = 0
        return changes, lost

    def close(self) -> None:
        with self._arrived:
            if self._closed:
                return
            self._closed = True
            self._arrived.notify_all()
        self._leave(self)
