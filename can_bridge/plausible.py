"""can_bridge: a signal and those that it must agree with in, whether to doubt it out; pure."""

from __future__ import annotations

from collections.abc import Iterable

from can_bridge.readings import Known, Reading
from can_bridge.spec import PlausibleSpec

_LOOKS = 4  # within the time for which the signals may disagree


class Doubt:
    """One rule of [plausible].  It is looked at from time to time, not at every frame.

    A signal that once agreed is doubted when it disagreed at every look during `hold_s`; one that
    never did is doubted at once.  It is believed again at the first look at which it agrees.  Where
    there is nothing to compare, what was thought of it before stands.
    """

    __slots__ = ("_disagree_since", "agreed", "period_s", "spec", "stands")

    def __init__(self, spec: PlausibleSpec) -> None:
        """No doubt yet."""
        self.spec = spec
        self.period_s = spec.hold_s / _LOOKS
        """Look at it so often."""
        self.stands = False
        """Whether the signal is not to be believed."""
        self.agreed = False
        """Whether it has ever agreed."""
        self._disagree_since: float | None = None

    def look(self, reading: Reading, near: Iterable[Reading], now: float) -> bool:
        """Compare; returns whether `stands` has changed."""
        before, agrees = self.stands, self.agrees(reading, near)
        if agrees is None:
            if not before:
                self._disagree_since = None
            return False
        self.agreed |= agrees
        if agrees:
            self._disagree_since = None
        elif self._disagree_since is None:
            self._disagree_since = now
        since = self._disagree_since
        held = since is not None and now - since >= self.spec.hold_s
        self.stands = held or not self.agreed
        return self.stands != before

    def agrees(self, reading: Reading, near: Iterable[Reading]) -> bool | None:
        """Whether they agree now; None where there is nothing to compare."""
        others = [float(other.value) for other in near if isinstance(other, Known)]
        if not others or not isinstance(reading, Known):
            return None
        expected = self.spec.scale * sum(others) / len(others)
        allowed = self.spec.absolute + self.spec.relative * abs(expected)
        return abs(float(reading.value) - expected) <= allowed
