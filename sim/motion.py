"""sim: the car and a time step in, its speed and the power at its wheels a moment later out.

A point mass on a slope.  Speed and acceleration are those of the way that the car moves, which
`backwards` says.
"""

from __future__ import annotations

import math

from sim import power
from sim.car import Car
from sim.figures import Figures
from sim.gears import DRIVES

_GRAVITY, _AIR = 9.81, 1.2  # m/s², kg/m³
_STANDING_KMH = 0.05
_PULL, _GENTLE_PULL, _BRAKES = 2.2, 1.1, 3.0  # m/s²


def move(car: Car, step_s: float, figures: Figures) -> None:
    """Move the car on by a step: driven or braked, or rolling freely in Neutral."""
    if car.selector == "Neutral" and not car.parking_brake:
        _roll(car, step_s, figures)
    else:
        _drive(car, step_s, figures)


def _wanted_kmh(car: Car, figures: Figures) -> float:
    """What the driver, or the cruise control, wants to drive."""
    reverse = car.selector == "Reverse"
    if not car.ready or car.selector not in DRIVES or car.parking_brake or reverse != car.backwards:
        return 0.0
    if reverse:
        return min(car.target_speed_kmh, figures.reverse_limit_kmh)
    wanted = car.target_speed_kmh
    if car.cruise_active and car.cruise_set_kmh is not None:
        wanted = car.cruise_set_kmh
    top_kmh = figures.top_kmh if car.fuel_l > 0 else figures.electric_limit_kmh
    return min(wanted, figures.limp_kmh if "inverter" in car.defects else top_kmh)


def _drive(car: Car, step_s: float, figures: Figures) -> None:
    if not car.speed_kmh:
        car.backwards = car.selector == "Reverse"
    wanted = _wanted_kmh(car, figures)
    speed = car.speed_kmh / 3.6
    mass_kg = _mass_kg(car, figures)
    resistance = _against(car, speed, figures) + _of_slope(car, figures)
    most_kw = power.most_kw(car, figures)
    strongest = most_kw * 1000 / max(speed, 5.0) / mass_kg
    most = _GENTLE_PULL if car.drive_mode == "Snow" else _PULL
    pull = min(most, strongest - resistance / mass_kg)
    car.acceleration = min(max((wanted / 3.6 - speed) * 0.8, -_BRAKES), pull)
    car.speed_kmh = max(0.0, (speed + car.acceleration * step_s) * 3.6)
    halted = car.speed_kmh < _STANDING_KMH and wanted < _STANDING_KMH
    if halted or (not car.speed_kmh and car.acceleration < 0):  # held by the brakes
        car.speed_kmh = car.acceleration = 0.0
    force = mass_kg * car.acceleration + (resistance if car.speed_kmh else 0.0)
    # The speed has grown within the step, the power has not.
    car.wheel_power_kw = min(force * car.speed_kmh / 3600, most_kw)


def _roll(car: Car, step_s: float, figures: Figures) -> None:
    """Nothing but the road acts on the car."""
    car.wheel_power_kw = 0.0
    speed = car.speed_kmh / 3.6
    if not speed:
        car.backwards = car.slope_percent > 0
    force = -_of_slope(car, figures) - _against(car, speed, figures)
    car.acceleration = force / _mass_kg(car, figures)
    car.speed_kmh = max(0.0, (speed + car.acceleration * step_s) * 3.6)
    if not car.speed_kmh:
        car.acceleration = 0.0


def _mass_kg(car: Car, figures: Figures) -> float:
    return figures.mass_kg + car.trailer_kg


def _against(car: Car, speed: float, figures: Figures) -> float:
    """Force in N of tyres and air, which slows the car whichever way it moves, at `speed` in m/s."""
    slope = math.atan(car.slope_percent / 100)
    drag_m2 = figures.drag_m2 + (figures.trailer_drag_m2 if car.trailer_kg > 0 else 0.0)
    rolling = figures.rolling * _mass_kg(car, figures) * _GRAVITY * math.cos(slope)
    return rolling + _AIR / 2 * drag_m2 * speed**2


def _of_slope(car: Car, figures: Figures) -> float:
    """Force in N of the slope against the way that the car moves; negative where it helps."""
    uphill = -car.slope_percent if car.backwards else car.slope_percent
    return _mass_kg(car, figures) * _GRAVITY * math.sin(math.atan(uphill / 100))
