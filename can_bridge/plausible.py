"""can_bridge: a signal and those that it must agree with in, whether to doubt it out; pure."""

from __future__ import annotations

from collections.abc import Sequence

from can_bridge.readings import Value
from can_bridge.spec import PlausibleSpec

_LOOKS = 4  # within the time for which the signals may disagree


class Doubt:
    """One rule of [plausible].  It is looked at from time to time, not at every frame.

    The signal is doubted when it disagreed at every look during `hold_s`, and believed again at the
    first look at which it agrees, or at which there is nothing to compare.
    """

    __slots__ = ("_disagree_since", "period_s", "spec", "stands")

    def __init__(self, spec: PlausibleSpec) -> None:
        """No doubt yet."""
        self.spec = spec
        self.period_s = spec.hold_s / _LOOKS
        """Look at it so often."""
        self.stands = False
        """Whether the signal is not to be believed."""
        self._disagree_since: float | None = None

    def look(self, value: Value | None, near: Sequence[Value], now: float) -> bool:
        """Compare what is known of them, all numbers; returns whether `stands` has changed."""
        if not near or value is None or not self._disagree(value, near):
            self._disagree_since = None
        elif self._disagree_since is None:
            self._disagree_since = now
        since = self._disagree_since
        before, self.stands = self.stands, since is not None and now - since >= self.spec.hold_s
        return self.stands != before

    def _disagree(self, value: Value, near: Sequence[Value]) -> bool:
        spec = self.spec
        expected = spec.scale * sum(map(float, near)) / len(near)
        allowed = spec.absolute + spec.relative * abs(expected)
        return abs(float(value) - expected) > allowed
