"""can_bridge: the frames of one identifier in, the newest valid one and the last fault out; pure,
the time is passed in.
"""

from __future__ import annotations

from can_bridge.readings import Reason
from can_bridge.spec import FrameSpec


class FrameCheck:
    """Accepts a frame only with the right length, checksum and counter.

    A frame that is refused does not replace the last valid one, which holds until its limit has
    passed.  After that the reason is that of the refused frames if they still come, else `stale`.
    """

    __slots__ = (
        "_counter",
        "_fault",
        "_fault_at",
        "_seen_at",
        "accepted",
        "refused",
        "spec",
        "valid",
    )

    def __init__(self, spec: FrameSpec) -> None:
        """Nothing was seen yet."""
        self.spec = spec
        self.valid: tuple[bytes, float] | None = None
        """The newest valid frame, and when it came."""
        self.accepted = 0
        self.refused = 0
        self._counter: int | None = None
        self._seen_at: float | None = None
        self._fault: Reason | None = None
        self._fault_at = 0.0

    @property
    def seen(self) -> bool:
        """Whether any frame came, valid or not."""
        return self._seen_at is not None

    def feed(self, data: bytes, now: float) -> Reason | None:
        """Take a frame; returns why it was refused, or None."""
        fault = self._fault_of(data, now)
        self._seen_at = now
        if fault is None:
            self.valid = (data, now)
            self.accepted += 1
        else:
            self._fault, self._fault_at = fault, now
            self.refused += 1
        return fault

    def _fault_of(self, data: bytes, now: float) -> Reason | None:
        if len(data) != self.spec.length:
            return Reason.IMPLAUSIBLE
        protection = self.spec.protection
        if protection is None:
            return None
        counter = 0 if protection.counter is None else protection.counter.extract(data)
        if not protection.checksum_is_right(data, counter):
            return Reason.BAD_CHECKSUM
        if protection.counter is None:
            return None
        previous, self._counter = self._counter, counter
        if previous is None or self._paused(now):
            return None
        step = (counter - previous) % (1 << protection.counter.bits)
        return None if 1 <= step <= protection.max_step else Reason.BAD_COUNTER

    def _paused(self, now: float) -> bool:
        return self._seen_at is None or now - self._seen_at > self.spec.limit_s

    def current(self, now: float) -> tuple[bytes, float] | Reason:
        """The newest valid frame and its age, or why there is none now."""
        limit_s = self.spec.limit_s
        if self.valid is not None:
            data, at = self.valid
            age_s = max(0.0, now - at)
            if age_s <= limit_s:
                return data, age_s
        if self._fault is not None and now - self._fault_at <= limit_s:
            return self._fault
        return Reason.NEVER_SEEN if self._seen_at is None else Reason.STALE
