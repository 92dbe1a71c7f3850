"""can_bridge: frames of some identifiers in, a bounded queue of them out to another thread.

For what is no reading, such as the responses to diagnostic requests:

    with bridge.listen([0x7E8, 0x7E9]) as queue:
        frame = queue.get(0.5)                 # a Frame, or None when the time is up
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self

from can_bridge.frame_source import Frame


class FrameQueue:
    """The newest frames of some identifiers, in order; a full queue loses its oldest."""

    def __init__(self, keys: Iterable[int], size: int, leave: Callable[[FrameQueue], None]) -> None:
        """`leave` is called once, by `close`."""
        self.keys = frozenset(keys)
        self.lost = 0
        """How many frames nobody fetched in time."""
        self._leave = leave
        self._frames: deque[Frame] = deque(maxlen=size)
        self._arrived = threading.Condition()
        self._closed = False

    def put(self, frame: Frame) -> None:
        """Take a frame; never waits."""
        with self._arrived:
            self.lost += len(self._frames) == self._frames.maxlen
            self._frames.append(frame)
            self._arrived.notify()

    def get(self, timeout_s: float) -> Frame | None:
        """The oldest frame, or None when the time is up."""
        with self._arrived:
            self._arrived.wait_for(lambda: self._frames or self._closed, timeout_s)
            return self._frames.popleft() if self._frames else None

    def clear(self) -> None:
        """Forget what waits, such as answers that came too late."""
        with self._arrived:
            self._frames.clear()

    def close(self) -> None:
        """Take no more frames, and wake who waits; may be called again."""
        with self._arrived:
            if self._closed:
                return
            self._closed = True
            self._arrived.notify_all()
        self._leave(self)

    def __enter__(self) -> Self:
        """The queue."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()
