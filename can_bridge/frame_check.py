"""can_bridge: the frames of one identifier in, whether each is valid and since when none was out;
pure, the time is passed in.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from can_bridge.checksum import ALGORITHMS
from can_bridge.readings import Reason
from can_bridge.spec import FrameSpec, Protection

NEVER = float("-inf")
_REMEMBERED = 64


class FrameCheck:
    """Accepts a frame only with the right length, checksum and counter.

    A frame that is refused does not end the last valid one, which holds until its limit has
    passed.  After that the reason is that of the refused frames if they still come, else `stale`.
    """

    __slots__ = (
        "_counter",
        "_counter_of",
        "_fault",
        "_fault_at",
        "_next",
        "_seen_at",
        "accepted",
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
        self._seen_at = NEVER
        self._fault = Reason.NEVER_SEEN
        self._fault_at = NEVER
        self._counter = 0
        self._counter_of = _counter_of(spec)
        self._next = _steps(spec.protection)

    @property
    def seen(self) -> bool:
        """Whether any frame came, valid or not."""
        return self._seen_at > NEVER

    def feed(self, data: bytes, now: float) -> Reason | None:
        """Take a frame; returns why it was refused, or None."""
        seen_at, self._seen_at = self._seen_at, now
        counter = self._counter_of(data)
        if counter is None:
            wrong_length = len(data) != self.spec.length
            return self._refuse(Reason.IMPLAUSIBLE if wrong_length else Reason.BAD_CHECKSUM, now)
        previous, self._counter = self._counter, counter
        # After a pause as long as the limit, and at the start, any counter begins again.
        if not self._next[counter - previous] and now - seen_at <= self.spec.limit_s:
            return self._refuse(Reason.BAD_COUNTER, now)
        self.valid_at = now
        self.accepted += 1
        return None

    def _refuse(self, fault: Reason, now: float) -> Reason:
        self._fault, self._fault_at = fault, now
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


def _counter_of(spec: FrameSpec) -> Callable[[bytes], int | None]:
    """A function: the counter of an intact frame, 0 if it has none, None if it is not intact.

    It depends on nothing but the bytes, and a message whose values stand still sends the same few
    frames over and over, one for each state of its counter.  So the last results are remembered.
    """
    length, protection = spec.length, spec.protection
    if protection is None:
        return lambda data: 0 if len(data) == length else None
    field, position, ids = protection.counter, protection.checksum_byte, protection.data_ids
    checksum = ALGORITHMS[protection.algorithm][0] if position is not None else None

    def counter_of(data: bytes) -> int | None:
        if len(data) != length:
            return None
        counter = 0 if field is None else field.extract(data)
        if position is None or checksum is None:
            return counter
        body = data[:position] + data[position + 1 :]
        return counter if checksum(body, ids, counter) == data[position] else None

    return lru_cache(_REMEMBERED)(counter_of)


def _steps(protection: Protection | None) -> tuple[bool, ...]:
    """Whether a counter may grow by that much; a negative index counts from the end, as it should."""
    if protection is None or protection.counter is None:
        return (True,)
    size = 1 << protection.counter.bits
    return tuple(1 <= step <= protection.max_step for step in range(size))
