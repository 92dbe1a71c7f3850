"""can_bridge: the odometer and a tank in, what 100 km of the last distance took out; pure."""

from __future__ import annotations

from collections import deque

from can_bridge.readings import Reason

_SAMPLES = 50  # kept over the distance
_REFILLED = 1.0  # a tank that holds so much more than it did was filled, it did not slosh


class Consumption:
    """Used per 100 km over the last `distance_km`.

    It is not available before the car has driven so far, and again after refuelling or when the
    odometer leaves its course, since what was used in between is not known.
    """

    def __init__(self, distance_km: float, tank: bool) -> None:
        """`tank`: what is left is told, not what was used since some time."""
        self._distance_km = distance_km
        self._tank = tank
        self._samples: deque[tuple[float, float]] = deque()  # odometer in km, used

    def take(self, odometer_km: float, amount: float) -> float | Reason:
        """The consumption with these newest values; the same values again change nothing."""
        used = -amount if self._tank else amount
        samples = self._samples
        if samples and self._broken(odometer_km, used):
            samples.clear()
        step_km = self._distance_km / _SAMPLES
        if not samples or odometer_km - samples[-1][0] >= step_km:
            samples.append((odometer_km, used))
        while len(samples) > 1 and odometer_km - samples[1][0] >= self._distance_km:
            samples.popleft()
        driven_km = odometer_km - samples[0][0]
        if driven_km < self._distance_km:
            return Reason.NOT_AVAILABLE
        return max(0.0, round(100 * (used - samples[0][1]) / driven_km, 3))

    def _broken(self, odometer_km: float, used: float) -> bool:
        last_km, last_used = self._samples[-1]
        back, jump = odometer_km < last_km, odometer_km - last_km > self._distance_km
        return back or jump or used < last_used - _REFILLED


def most_consumed(amount: float, distance_km: float) -> float:
    """The highest consumption that can be told of an amount that changes by so much at most."""
    return round(100 * amount / distance_km, 3)
