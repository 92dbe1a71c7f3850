"""sim: the car and a time step in, the car a moment later out; deterministic, no clock.

Rough models with the figures of Aster: point mass on a slope, constant efficiencies, first-order
temperatures.
"""

from __future__ import annotations

import math

from sim import body, climate, energy, motion, power
from sim.car import WHEELS, Car
from sim.figures import ASTER, Figures
from sim.gears import DRIVES, FORWARDS

_GEARS = ((15, 115.0), (32, 62.0), (52, 43.0), (75, 32.0), (105, 26.0), (999, 21.5))
"""Up to this speed in km/h, rpm per km/h."""
_IDLE_RPM = 950.0
_KM_PER_DEGREE = 111.32


def advance(car: Car, step_s: float, figures: Figures = ASTER) -> None:
    """Move the car on by a short step (0.1 s or less)."""
    body.move(car, step_s)
    power.leave_electric_mode(car)
    motion.move(car, step_s, figures)
    power.split(car, figures)
    _turn(car)
    energy.flow(car, step_s, figures)
    energy.charge(car, step_s, figures)
    energy.low_voltage(car, step_s, figures)
    climate.warm(car, step_s, figures)
    _tyres(car, step_s)
    _count(car, step_s)
    _travel(car, step_s)


def _turn(car: Car) -> None:
    """The gear and how fast the engine turns in it."""
    car.gear = _gear(car) if car.speed_kmh > 0 else 0
    car.engine_rpm = 0.0
    if car.engine_running:
        index = max(car.gear, 1) - 1
        turns = car.speed_kmh * _GEARS[index][1] if car.selector in DRIVES else 0.0
        car.engine_rpm = max(_IDLE_RPM, turns)


def _gear(car: Car) -> int:
    if car.selector == "Reverse":
        return -1
    if car.selector not in FORWARDS:
        return 0
    return next(n for n, (top, _) in enumerate(_GEARS, 1) if car.speed_kmh < top)


def _tyres(car: Car, step_s: float) -> None:
    goal = car.outside_c + min(22.0, car.speed_kmh * 0.18)
    for wheel in WHEELS:
        car.tyre_c[wheel] = climate.toward(car.tyre_c[wheel], goal, step_s, 900.0)
        leak = car.leak_bar_per_min[wheel] * step_s / 60
        car.tyre_cold_bar[wheel] = max(0.0, car.tyre_cold_bar[wheel] - leak)


def _count(car: Car, step_s: float) -> None:
    distance_km = car.speed_kmh * step_s / 3600
    car.odometer_km += distance_km
    car.trip_km += distance_km
    car.service_km -= distance_km
    days = step_s / 86_400
    car.service_days -= days
    car.brake_fluid_days -= days
    if car.engine_running:
        worn = distance_km / 15_000 * 100
        car.oil_condition_percent = max(0.0, car.oil_condition_percent - worn)
    worn = car.friction_kw * step_s * 1e-7
    car.front_pads_percent = max(0.0, car.front_pads_percent - worn)
    if car.ready:
        car.trip_min += step_s / 60


def _travel(car: Car, step_s: float) -> None:
    """Time of day, position and route."""
    car.clock_min = (car.clock_min + step_s / 60) % 1440
    distance_km = car.speed_kmh * step_s / 3600
    if not distance_km:
        return
    forwards_km = -distance_km if car.backwards else distance_km
    course = math.radians(car.heading_degrees)
    north, east = math.cos(course) * forwards_km, math.sin(course) * forwards_km
    car.latitude += north / _KM_PER_DEGREE
    car.longitude += east / (_KM_PER_DEGREE * math.cos(math.radians(car.latitude)))
    climb_m = forwards_km * 1000 * math.sin(math.atan(car.slope_percent / 100))
    car.altitude_m += climb_m
    if car.route_km is not None:
        car.route_km = max(0.0, car.route_km - distance_km)
        car.route_climb_m = max(0.0, car.route_climb_m - max(0.0, climb_m))
