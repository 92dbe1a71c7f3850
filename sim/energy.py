"""sim: the car and a time step in, its fuel and the charge of both batteries out."""

from __future__ import annotations

import math

from sim import lamps
from sim.car import Car
from sim.figures import Figures
from sim.gears import DRIVES

RESERVE_PERCENT = 14.0
"""What Hybrid mode keeps in the drive battery."""
_CHARGING_C = (-20.0, 45.0)
_FROST_SHARE = 0.75  # of the charging power below 0 °C
_LAST_SHARE, _TAPER_PERCENT = 0.2, 4.0  # of the power at 100 %, and per share more below it
_COMPUTERS_KW = 0.35
_CHARGED_V = 14.2
_READY_FROM_V, _READY_UNTIL_V = 11.0, 10.5
_EMPTY_SHARE = 0.2  # below this the voltage of the 12-volt battery breaks down
_ASLEEP_A, _AWAKE_A, _HAZARD_A, _REAR_WINDOW_A, _SEAT_A = 0.02, 12.0, 4.0, 15.0, 5.0
_BEAM_A, _SIDE_LIGHTS_A = 8.0, 2.2  # each with all the lamps that are lit with it


def regeneration_kw(car: Car, figures: Figures) -> float:
    """How strongly the motor may slow the car: weaker when the battery is full, cold or hot."""
    if not car.ready or car.selector not in DRIVES:
        return 0.0
    full = min(1.0, max(0.0, (100.0 - car.battery_percent) / 5.0))
    cold = min(1.0, max(0.1, (car.battery_c + 15.0) / 20.0))
    hot = min(1.0, max(0.1, (55.0 - car.battery_c) / 10.0))
    return figures.regeneration_kw * full * min(cold, hot)


def flow(car: Car, step_s: float, figures: Figures) -> None:
    """Fuel that is burnt, and power from and into the drive battery."""
    hours = step_s / 3600
    idle = figures.idle_l_per_h if car.engine_running else 0.0
    car.fuel_l_per_h = idle + car.engine_kw * figures.litres_per_kwh
    burnt = min(car.fuel_l, car.fuel_l_per_h * hours)
    car.fuel_l -= burnt
    car.trip_fuel_l += burnt
    if not car.ready:
        car.battery_kw = 0.0
        return
    if car.motor_kw >= 0:
        drawn = car.motor_kw / figures.drive_efficiency
    else:
        drawn = car.motor_kw * figures.drive_efficiency
    car.battery_kw = -(drawn + _COMPUTERS_KW + car.hvac_kw)
    keeps = car.engine_running and car.motor_kw <= 0  # the motor is not needed for the wheels
    if keeps and car.battery_percent < RESERVE_PERCENT:  # the engine keeps a reserve
        car.battery_kw = 2.0
    _store(car, car.battery_kw * hours, figures)
    car.trip_kwh -= car.battery_kw * hours


def _store(car: Car, energy_kwh: float, figures: Figures) -> None:
    percent = car.battery_percent + energy_kwh / figures.usable_kwh * 100
    car.battery_percent = min(max(percent, 0.0), 100.0)


def may_charge(car: Car) -> bool:
    """Whether nothing but the charge limit keeps the car from charging."""
    low_c, high_c = _CHARGING_C
    return (
        car.cable_connected
        and car.selector == "Park"
        and not car.speed_kmh
        and low_c <= car.outside_c <= high_c
        and car.voltage_v >= _READY_UNTIL_V
    )


def charge(car: Car, step_s: float, figures: Figures) -> None:
    """Energy from the mains: full power first, less and less at the end, less in frost."""
    possible = may_charge(car)
    room = car.charge_limit_percent - car.battery_percent
    car.charging_s = car.charging_s + step_s if possible else 0.0
    if not possible or room <= 0 or car.station_kw <= 0 or car.charging_s < 2:  # noqa: PLR2004
        car.charging_kw = 0.0
        return
    taper = min(1.0, _taper(car.battery_percent))
    car.charging_kw = _full_charging_kw(car, figures) * taper
    car.battery_kw = car.charging_kw * figures.charge_efficiency
    _store(car, min(car.battery_kw * step_s / 3600, room / 100 * figures.usable_kwh), figures)


def _taper(percent: float) -> float:
    """The share of the charging power at this charge; more than 1 is 1."""
    return _LAST_SHARE + (100.0 - percent) / _TAPER_PERCENT


def _full_charging_kw(car: Car, figures: Figures) -> float:
    """From the mains, before the end of the charge."""
    frost = _FROST_SHARE if car.battery_c < 0 else 1.0
    return min(car.station_kw, figures.onboard_charger_kw) * frost


def hours_to_limit(car: Car, figures: Figures) -> float | None:
    """How long the car will charge at its present temperature; none while it does not charge."""
    if car.charging_kw <= 0:
        return None
    low, high = car.battery_percent, max(car.battery_percent, car.charge_limit_percent)
    slowed = 100.0 - (1.0 - _LAST_SHARE) * _TAPER_PERCENT  # from here on the taper acts
    full_percent = max(0.0, min(high, slowed) - low)
    shares = _taper(max(low, slowed)) / _taper(max(high, slowed))
    # Where the rate falls in a straight line with the charge, the time is a logarithm.
    rate_kw = _full_charging_kw(car, figures) * figures.charge_efficiency
    percent = full_percent + _TAPER_PERCENT * math.log(shares)
    return percent / 100 * figures.usable_kwh / rate_kw


def low_voltage(car: Car, step_s: float, figures: Figures) -> None:
    """The 12-volt battery: charged by the drive battery while the car is ready, drained else."""
    source = (car.ready or car.charging_kw > 0) and "dcdc" not in car.defects
    if source:
        room_ah = figures.low_voltage_ah - car.low_voltage_ah
        car.low_voltage_ah += min(20.0 * step_s / 3600, max(0.0, room_ah))
    else:
        drained_ah = _load_a(car) * step_s / 3600
        car.low_voltage_ah = max(0.0, car.low_voltage_ah - drained_ah)
    goal = _CHARGED_V if source else resting_v(car.low_voltage_ah / figures.low_voltage_ah)
    car.voltage_v += (goal - car.voltage_v) * min(1.0, step_s)
    if not source and car.voltage_v < _READY_UNTIL_V:
        car.ready = False
    if car.ready and not car.was_ready and resting_v(_share(car, figures)) < _READY_FROM_V:
        car.ready = False
    car.was_ready = car.ready


def _share(car: Car, figures: Figures) -> float:
    return car.low_voltage_ah / figures.low_voltage_ah


def resting_v(share: float) -> float:
    """Voltage of the 12-volt battery that is charged to this share (0 to 1)."""
    if share >= _EMPTY_SHARE:
        return 11.4 + 1.4 * share
    return 6.0 + (11.4 + 1.4 * _EMPTY_SHARE - 6.0) * share / _EMPTY_SHARE


def _load_a(car: Car) -> float:
    hazard = _HAZARD_A if car.indicator == "hazard" else 0.0
    awake = car.system in {"Acc", "On", "Start"}
    beam = car.light_switch == "Beam" or (awake and lamps.dipped_beam(car))
    lights = _BEAM_A if beam else _SIDE_LIGHTS_A if car.light_switch == "Position" else 0.0
    if not awake:
        return _ASLEEP_A + hazard + lights
    seats = (car.seat_heating_driver_percent + car.seat_heating_passenger_percent) / 100 * _SEAT_A
    rear_window = _REAR_WINDOW_A if car.rear_defroster else 0.0
    return _AWAKE_A + hazard + lights + seats + rear_window + 0.15 * car.fan_percent
