"""sim: the car and a position of the selector in, why the car does not take it out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.car import Car

FORWARDS = frozenset({"Drive", "B"})
DRIVES = FORWARDS | {"Reverse"}
"""Positions in which the wheels are driven."""
_PARK_KMH, _TURN_KMH = 3.0, 7.0


def refusal(car: Car, settings: Mapping[str, Any]) -> str:
    """Why the car, with its speed as set, keeps its selector where it is; empty if it does not."""
    wanted = settings.get("selector", car.selector)
    if wanted == car.selector:
        return ""
    speed_kmh = settings.get("speed_kmh", car.speed_kmh)
    if wanted == "Park" and speed_kmh > _PARK_KMH:
        return f"above {_PARK_KMH:g} km/h the car does not shift to Park"
    turns = wanted in DRIVES and (wanted == "Reverse") != car.backwards
    if turns and speed_kmh > _TURN_KMH:
        way = "backwards" if car.backwards else "forwards"
        return f"above {_TURN_KMH:g} km/h {way} the car does not shift to {wanted}"
    return ""
