"""sim: the car and a time step in, the car a moment later out; deterministic, no clock.

Rough models with the figures of Aster: point mass on a slope, constant efficiencies, first-order
temperatures.
"""

from __future__ import annotations

import math

from sim import body, climate, energy
from sim.car import WHEELS, Car
from sim.figures import ASTER, Figures

_GRAVITY, _AIR = 9.81, 1.2  # m/s², kg/m³
_GEARS = ((15, 115.0), (32, 62.0), (52, 43.0), (75, 32.0), (105, 26.0), (999, 21.5))
"""Up to this speed in km/h, rpm per km/h."""
_STANDING_KMH, _SLOW_KMH, _LITTLE_KW = 0.05, 10.0, 4.0
_FORWARDS = frozenset({"Drive", "B"})
_PULL, _GENTLE_PULL, _BRAKES = 2.2, 1.1, 3.0  # m/s²
_ELECTRIC_PERCENT = 10.0  # at this charge Electric mode ends
_KM_PER_DEGREE = 111.32


def advance(car: Car, step_s: float, figures: Figures = ASTER) -> None:
    """Move the car on by a short step (0.1 s or less)."""
    body.move(car, step_s)
    _drive(car, step_s, figures)
    _power_split(car, figures)
    energy.flow(car, step_s, figures)
    energy.charge(car, step_s, figures)
    energy.low_voltage(car, step_s, figures)
    climate.warm(car, step_s, figures)
    _tyres(car, step_s)
    _count(car, step_s)
    _travel(car, step_s)


def _wanted_kmh(car: Car, figures: Figures) -> float:
    """What the driver, or the cruise control, wants to drive."""
    if not car.ready or car.selector not in {*_FORWARDS, "Reverse"} or car.parking_brake:
        return 0.0
    wanted = car.target_speed_kmh
    if car.cruise_active and car.cruise_set_kmh is not None:
        wanted = car.cruise_set_kmh
    return min(wanted, figures.limp_kmh) if "inverter" in car.defects else wanted


def _drive(car: Car, step_s: float, figures: Figures) -> None:
    wanted = _wanted_kmh(car, figures)
    speed = car.speed_kmh / 3.6
    mass_kg = figures.mass_kg + car.trailer_kg
    resistance = _resistance(car, speed, mass_kg, figures)
    power_kw = figures.limp_kw if "inverter" in car.defects else figures.system_kw
    strongest = power_kw * 1000 / max(speed, 5.0) / mass_kg
    most = _GENTLE_PULL if car.drive_mode == "Snow" else _PULL
    pull = min(most, strongest - resistance / mass_kg)
    car.acceleration = min(max((wanted / 3.6 - speed) * 0.8, -_BRAKES), pull)
    car.speed_kmh = max(0.0, (speed + car.acceleration * step_s) * 3.6)
    if car.speed_kmh < _STANDING_KMH and wanted < _STANDING_KMH:
        car.speed_kmh = car.acceleration = 0.0
    force = mass_kg * car.acceleration + (resistance if car.speed_kmh else 0.0)
    car.wheel_power_kw = force * car.speed_kmh / 3600


def _resistance(car: Car, speed: float, mass_kg: float, figures: Figures) -> float:
    """Force in N against the car at `speed` in m/s; negative where it rolls downhill by itself."""
    slope = math.atan(car.slope_percent / 100)
    drag_m2 = figures.drag_m2 + (figures.trailer_drag_m2 if car.trailer_kg > 0 else 0.0)
    weight = mass_kg * _GRAVITY
    rolling = figures.rolling * weight * math.cos(slope)
    return rolling + weight * math.sin(slope) + _AIR / 2 * drag_m2 * speed**2


def _power_split(car: Car, figures: Figures) -> None:
    power = car.wheel_power_kw
    if car.drive_mode == "Electric" and car.battery_percent <= _ELECTRIC_PERCENT:
        car.drive_mode = "Hybrid"
    electric = _is_electric(car, power, figures)
    if not car.ready:
        car.engine_running = False
    elif car.engine_running:  # once on it stays on until the car is slow and needs little
        little = power < _LITTLE_KW or car.speed_kmh < _SLOW_KMH
        car.engine_running = not (electric and little)
    else:
        car.engine_running = not electric
    if car.fuel_l <= 0.0:
        car.engine_running = False
    strongest_kw = energy.regeneration_kw(car, figures)
    car.engine_kw = max(0.0, power) if car.engine_running else 0.0
    car.motor_kw = max(power, -strongest_kw) if power < 0 or not car.engine_running else 0.0
    car.friction_kw = max(0.0, -power - strongest_kw)
    car.gear = _gear(car) if car.speed_kmh > 0 else 0
    car.engine_rpm = 0.0
    if car.engine_running:
        index = max(car.gear, 1) - 1
        car.engine_rpm = max(950.0, car.speed_kmh * _GEARS[index][1])


def _is_electric(car: Car, power_kw: float, figures: Figures) -> bool:
    """Whether the motor alone would do."""
    alone = car.drive_mode == "Electric"
    return (
        car.battery_percent > (_ELECTRIC_PERCENT if alone else energy.RESERVE_PERCENT)
        and car.drive_mode in {"Electric", "Hybrid", "Snow"}
        and car.speed_kmh < figures.electric_limit_kmh
        and power_kw < figures.motor_kw * (1.0 if alone else 0.6)
    )


def _gear(car: Car) -> int:
    if car.selector == "Reverse":
        return -1
    if car.selector not in _FORWARDS:
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
    course = math.radians(car.heading_degrees)
    north = math.cos(course) * distance_km * (-1 if car.selector == "Reverse" else 1)
    east = math.sin(course) * distance_km * (-1 if car.selector == "Reverse" else 1)
    car.latitude += north / _KM_PER_DEGREE
    car.longitude += east / (_KM_PER_DEGREE * math.cos(math.radians(car.latitude)))
    climb_m = distance_km * 1000 * math.sin(math.atan(car.slope_percent / 100))
    car.altitude_m += climb_m
    if car.route_km is not None:
        car.route_km = max(0.0, car.route_km - distance_km)
        car.route_climb_m = max(0.0, car.route_climb_m - max(0.0, climb_m))
