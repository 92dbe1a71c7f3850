"""sim: a field of the car in, the least and the greatest number that it can be set to out."""

from __future__ import annotations

import math
from collections.abc import Mapping

from sim.figures import ASTER

Limits = tuple[float, float]

_OF_FIELD: Mapping[str, Limits] = {
    "slope_percent": (-50.0, 50.0),
    "fuel_l": (0.0, ASTER.tank_l),
    "low_voltage_ah": (0.0, ASTER.low_voltage_ah),
    "voltage_v": (0.0, 20.0),
    "regeneration_level": (1.0, 3.0),
    "latitude": (-90.0, 90.0),
    "longitude": (-180.0, 180.0),
    "altitude_m": (-500.0, 9_000.0),
    "heading_degrees": (0.0, 360.0),
    "steering_degrees": (-900.0, 900.0),
    "clock_min": (0.0, 1_440.0),
    "service_km": (-math.inf, math.inf),  # below 0: overdue
}
_OF_UNIT: Mapping[str, Limits] = {
    "percent": (0.0, 100.0),
    "c": (-60.0, 150.0),
    "kmh": (0.0, ASTER.top_kmh),
    "bar": (0.0, 10.0),
    "kg": (0.0, 5_000.0),
    "km": (0.0, math.inf),
    "l": (0.0, math.inf),
    "s": (0.0, math.inf),
    "min": (0.0, math.inf),
    "rpm": (0.0, 10_000.0),
}
"""The last word of a field's name, which is its unit."""


def limits_of(field: str) -> Limits:
    """From where to where; infinite where the field has no limit."""
    unit = field.rpartition("_")[2]
    return _OF_FIELD.get(field) or _OF_UNIT.get(unit, (-math.inf, math.inf))


def limited(field: str, value: float) -> float:
    """The value, or the limit that it is beyond."""
    low, high = limits_of(field)
    return min(max(value, low), high)
