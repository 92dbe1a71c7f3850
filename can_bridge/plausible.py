"""can_bridge: a signal and those that it must agree with in, whether to doubt it out; pure."""

from __future__ import annotations

from collections.abc import Sequence

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

    def look(self, value: float | None, near: Sequence[float], now: float) -> bool:
        """Compare what is known of them; returns whether `stands` has changed."""
        before, agrees = self.stands, self.agrees(value, near)
        if agrees and self.agreed and not before:  # as nearly always
            self._disagree_since = None
            return False
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

    def agrees(self, value: float | None, near: Sequence[float]) -> bool | None:
        """Whether they agree now; None where there is nothing to compare."""
        if value is None or not near:
            return None
        spec = self.spec
        expected = spec.scale * sum(near) / len(near)
        return abs(value - expected) <= spec.absolute + spec.relative * abs(expected)
