"""sim: the car and a time step in, the car a moment later out; deterministic, no clock.

Rough models with the figures of Aster: point mass, constant efficiencies, first-order temperatures.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.car import WHEELS, Car


@dataclass(frozen=True, slots=True)
class Figures:
    """Constants of the car."""

    mass_kg: float = 1_770.0
    drag_m2: float = 0.72
    """Drag coefficient times front area."""
    rolling: float = 0.011
    system_kw: float = 150.0
    motor_kw: float = 75.0
    electric_limit_kmh: float = 135.0
    usable_kwh: float = 12.8
    tank_l: float = 42.0
    onboard_charger_kw: float = 6.6
    charge_efficiency: float = 0.89
    drive_efficiency: float = 0.86
    litres_per_kwh: float = 0.33
    idle_l_per_h: float = 0.6
    electric_kwh_per_km: float = 0.2065
    """12.8 kWh for 62 km."""
    fuel_l_per_km: float = 0.055


ASTER = Figures()
_GEARS = ((15, 115.0), (32, 62.0), (52, 43.0), (75, 32.0), (105, 26.0), (999, 21.5))
"""Up to this speed in km/h, rpm per km/h."""
_STANDING_KMH, _SLOW_KMH, _LITTLE_KW = 0.05, 10.0, 4.0
_RESERVE_PERCENT = 14.0  # what the hybrid mode keeps in the drive battery


def advance(car: Car, step_s: float, figures: Figures = ASTER) -> None:
    """Move the car on by a short step (0.1 s or less)."""
    _drive(car, step_s, figures)
    _power_split(car, figures)
    _energy(car, step_s, figures)
    _charge(car, step_s, figures)
    _temperatures(car, step_s)
    _tyres(car, step_s)
    _count(car, step_s)


def _drive(car: Car, step_s: float, figures: Figures) -> None:
    moving = car.ready and car.selector in {"Drive", "B", "Reverse"} and not car.parking_brake
    wanted = car.target_speed_kmh if moving else 0.0
    if moving and car.cruise_active and car.cruise_set_kmh is not None:
        wanted = car.cruise_set_kmh
    speed = car.speed_kmh / 3.6
    resistance = figures.rolling * figures.mass_kg * 9.81 + 0.6 * figures.drag_m2 * speed**2
    strongest = figures.system_kw * 1000 / max(speed, 5.0) / figures.mass_kg
    pull = min(2.2, strongest - resistance / figures.mass_kg)
    car.acceleration = min(max((wanted / 3.6 - speed) * 0.8, -3.0), pull)
    car.speed_kmh = max(0.0, (speed + car.acceleration * step_s) * 3.6)
    if car.speed_kmh < _STANDING_KMH and wanted < _STANDING_KMH:
        car.speed_kmh = car.acceleration = 0.0
    force = figures.mass_kg * car.acceleration + (resistance if car.speed_kmh else 0.0)
    car.wheel_power_kw = force * car.speed_kmh / 3600


def _power_split(car: Car, figures: Figures) -> None:
    power = car.wheel_power_kw
    electric = (
        car.battery_percent > (2.0 if car.drive_mode == "Electric" else _RESERVE_PERCENT)
        and car.drive_mode in {"Electric", "Hybrid"}
        and car.speed_kmh < figures.electric_limit_kmh
        and power < figures.motor_kw * (1.0 if car.drive_mode == "Electric" else 0.6)
    )
    if not car.ready:
        car.engine_running = False
    elif car.engine_running:  # once on it stays on until the car is slow and needs little
        little = power < _LITTLE_KW or car.speed_kmh < _SLOW_KMH
        car.engine_running = not (electric and little)
    else:
        car.engine_running = not electric
    if car.fuel_l <= 0.0:
        car.engine_running = False
    car.engine_kw = max(0.0, power) if car.engine_running else 0.0
    car.motor_kw = max(power, -40.0) if power < 0 or not car.engine_running else 0.0
    car.gear = _gear(car) if car.speed_kmh > 0 else 0
    car.engine_rpm = 0.0
    if car.engine_running:
        index = max(car.gear, 1) - 1
        car.engine_rpm = max(950.0, car.speed_kmh * _GEARS[index][1])


def _gear(car: Car) -> int:
    if car.selector == "Reverse":
        return -1
    if car.selector not in {"Drive", "B"}:
        return 0
    return next(n for n, (top, _) in enumerate(_GEARS, 1) if car.speed_kmh < top)


def _energy(car: Car, step_s: float, figures: Figures) -> None:
    hours = step_s / 3600
    idle = figures.idle_l_per_h if car.engine_running else 0.0
    car.fuel_l_per_h = idle + car.engine_kw * figures.litres_per_kwh
    burnt = min(car.fuel_l, car.fuel_l_per_h * hours)
    car.fuel_l -= burnt
    car.trip_fuel_l += burnt
    supply = 0.0
    if car.ready:
        supply = 0.35 + 0.02 * abs(car.target_driver_c - car.cabin_c) * (car.fan_percent > 0)
    if car.motor_kw >= 0:
        drawn = car.motor_kw / figures.drive_efficiency
    else:
        drawn = car.motor_kw * figures.drive_efficiency
    car.battery_kw = -(drawn + supply)
    if car.engine_running and car.battery_percent < _RESERVE_PERCENT:  # the engine keeps a reserve
        car.battery_kw = 2.0
    if not car.ready:
        car.battery_kw = 0.0
    _store(car, car.battery_kw * hours, figures)
    car.trip_kwh -= car.battery_kw * hours
    car.voltage_v += ((14.2 if car.ready or car.charging_kw > 0 else 12.6) - car.voltage_v) * step_s


def _store(car: Car, energy_kwh: float, figures: Figures) -> None:
    percent = car.battery_percent + energy_kwh / figures.usable_kwh * 100
    car.battery_percent = min(max(percent, 0.0), 100.0)


def _charge(car: Car, step_s: float, figures: Figures) -> None:
    possible = car.cable_connected and car.selector == "Park" and not car.speed_kmh
    room = car.charge_limit_percent - car.battery_percent
    car.charging_s = car.charging_s + step_s if possible else 0.0
    if not possible or room <= 0 or car.station_kw <= 0 or car.charging_s < 2:  # noqa: PLR2004
        car.charging_kw = 0.0
        return
    taper = min(1.0, 0.2 + (100.0 - car.battery_percent) / 4.0)
    car.charging_kw = min(car.station_kw, figures.onboard_charger_kw) * taper
    car.battery_kw = car.charging_kw * figures.charge_efficiency
    _store(car, min(car.battery_kw * step_s / 3600, room / 100 * figures.usable_kwh), figures)


def _toward(value: float, goal: float, step_s: float, time_s: float) -> float:
    return value + (goal - value) * min(1.0, step_s / time_s)


def _temperatures(car: Car, step_s: float) -> None:
    if car.engine_running and car.cooling_failed:
        car.coolant_c = min(130.0, car.coolant_c + step_s * (0.25 + car.engine_kw * 0.012))
    elif car.engine_running:
        car.coolant_c = _toward(car.coolant_c, 92.0, step_s, 150.0)
    else:
        car.coolant_c = _toward(car.coolant_c, car.outside_c, step_s, 5_400.0)
    car.oil_c = _toward(car.oil_c, car.coolant_c + 4 * car.engine_running, step_s, 240.0)
    warm = car.outside_c + (6.0 if car.charging_kw > 0 or car.speed_kmh > 0 else 0.0)
    car.battery_c = _toward(car.battery_c, warm, step_s, 7_200.0)
    if car.ready and car.fan_percent > 0:
        car.cabin_c = _toward(car.cabin_c, car.target_driver_c, step_s, 18_000 / car.fan_percent)
    else:
        car.cabin_c = _toward(car.cabin_c, car.outside_c, step_s, 3_600.0)


def _tyres(car: Car, step_s: float) -> None:
    goal = car.outside_c + min(22.0, car.speed_kmh * 0.18)
    for wheel in WHEELS:
        car.tyre_c[wheel] = _toward(car.tyre_c[wheel], goal, step_s, 900.0)
        leak = car.leak_bar_per_min[wheel] * step_s / 60
        car.tyre_cold_bar[wheel] = max(0.0, car.tyre_cold_bar[wheel] - leak)


def _count(car: Car, step_s: float) -> None:
    distance_km = car.speed_kmh * step_s / 3600
    car.odometer_km += distance_km
    car.trip_km += distance_km
    car.service_km -= distance_km
    if car.ready:
        car.trip_min += step_s / 60
