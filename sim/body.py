"""sim: the car and a time step in, what its body control does by itself out."""

from __future__ import annotations

from sim.car import Car

_WINDOW_PERCENT_PER_S = 25.0
_LOCK_KMH, _STABILITY_KMH = 15.0, 50.0
_RECIRCULATION_S, _COLD_RECIRCULATION_S, _COLD_C = 1_200.0, 300.0, 5.0
_REAR_WINDOW_S, _FROSTY_REAR_WINDOW_S, _FROSTY_C = 600.0, 900.0, -10.0


def move(car: Car, step_s: float) -> None:
    """Windows on their way, automatic locking, and what switches itself off."""
    for part, goal in list(car.moving_percent.items()):
        if _moved(car, part, goal, _WINDOW_PERCENT_PER_S * step_s):
            del car.moving_percent[part]
    if car.speed_kmh >= _LOCK_KMH and not car.open:
        car.locked = True
    if car.speed_kmh >= _STABILITY_KMH:
        car.stability_control = True
    car.recirculation_s = car.recirculation_s + step_s if car.recirculation else 0.0
    cold = car.outside_c < _COLD_C
    if car.recirculation_s > (_COLD_RECIRCULATION_S if cold else _RECIRCULATION_S):
        car.recirculation = False
    car.rear_defroster_s = car.rear_defroster_s + step_s if car.rear_defroster else 0.0
    frosty = car.outside_c < _FROSTY_C
    if car.rear_defroster_s > (_FROSTY_REAR_WINDOW_S if frosty else _REAR_WINDOW_S):
        car.rear_defroster = False


def _moved(car: Car, part: str, goal: float, most: float) -> bool:
    """Move a window or the sunroof towards its goal; whether it is there."""
    present = car.sunroof_percent if part == "sunroof" else car.windows_percent[part]
    present += min(max(goal - present, -most), most)
    if part == "sunroof":
        car.sunroof_percent = present
    else:
        car.windows_percent[part] = present
    return present == goal
