"""can_bridge: the frames of one identifier in, whether each is valid and since when none was out;
pure, the time is passed in.
"""

from __future__ import annotations

from can_bridge.readings import Reason
from can_bridge.spec import FrameSpec, Protection

NEVER = float("-inf")


class FrameCheck:
    """Accepts a frame only with the right length, checksum and counter.

    A frame that is refused does not end the last valid one, which holds until its limit has
    passed.  After that the reason is that of the refused frames if they still come, else `stale`.
    """

    __slots__ = (
        "_fault",
        "_fault_at",
        "accepted",
        "counter",
        "follows",
        "refused",
        "spec",
        "valid_at",
    )

    def __init__(self, spec: FrameSpec) -> None:
        """Nothing was seen yet."""
        self.spec = spec
        self.valid_at = NEVER
        """When the newest valid frame came."""
        self.accepted = 0
        self.refused = 0
        self._fault = Reason.NEVER_SEEN
        self._fault_at = NEVER
        self.counter = 0
        """Of the newest intact frame."""
        self.follows = _steps(spec.protection)

    @property
    def seen_at(self) -> float:
        """When the newest frame came, valid or not."""
        return max(self.valid_at, self._fault_at)

    @property
    def seen(self) -> bool:
        """Whether any frame came, valid or not."""
        return self.seen_at > NEVER

    def feed(self, data: bytes, now: float) -> Reason | None:
        """Take a frame; returns why it was refused, or None."""
        if len(data) != self.spec.length:
            return self.refuse(Reason.IMPLAUSIBLE, now)
        protection, counter = self.spec.protection, 0
        if protection is not None:
            if protection.counter is not None:
                counter = protection.counter.extract(data)
            if not protection.checksum_is_right(data, counter):
                return self.refuse(Reason.BAD_CHECKSUM, now)
        previous, self.counter = self.counter, counter
        # After a pause as long as the limit, and at the start, any counter begins again.
        if not self.follows[counter - previous] and now - self.seen_at <= self.spec.limit_s:
            return self.refuse(Reason.BAD_COUNTER, now)
        self.valid_at = now
        self.accepted += 1
        return None

    def refuse(self, fault: Reason, now: float) -> Reason:
        """Count a frame that is not accepted, for that reason."""
        self._fault = fault
        self._fault_at = now
        self.refused += 1
        return fault

    def reason(self, now: float, limit_s: float) -> Reason | None:
        """Why there is no valid frame younger than the limit; None when there is one."""
        if now - self.valid_at <= limit_s:
            return None
        if now - self._fault_at <= limit_s:
            return self._fault
        return Reason.STALE if self.seen else Reason.NEVER_SEEN

    def changes_at(self, now: float, limit_s: float) -> float | None:
        """When `reason` will be another one if no frame comes until then; None for never."""
        for at in (self.valid_at, self._fault_at):
            if now - at <= limit_s:
                return at + limit_s
        return None

    def age_s(self, now: float) -> float:
        """How old the newest valid frame is."""
        return max(0.0, now - self.valid_at)


def _steps(protection: Protection | None) -> tuple[bool, ...]:
    """Whether a counter may grow by that much; a negative index counts from the end, as it should."""
    if protection is None or protection.counter is None:
        return (True,)
    size = 1 << protection.counter.bits
    return tuple(1 <= step <= protection.max_step for step in range(size))
