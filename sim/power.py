"""sim: the car and the power at its wheels in, what engine and motor each give out."""

from __future__ import annotations

from sim import energy
from sim.car import Car
from sim.climate import heat_kw
from sim.figures import Figures

_ELECTRIC_PERCENT = 10.0  # at this charge Electric mode ends
_EMPTYING_PERCENT = 0.5  # below this charge the drive battery gives less and less
_SLOW_KMH, _LITTLE_KW = 10.0, 4.0
_HYBRID_SHARE = 0.6  # of the motor's power: above it the engine starts in Hybrid mode
_HELD_KMH = 0.5  # how exactly a driver holds a speed
_HEATING_C = -10.0  # below this the motor's battery alone does not heat the cabin
_BATTERY_C = (-15.0, 55.0)  # in which the drive battery can give full power


def leave_electric_mode(car: Car) -> None:
    """Change to Hybrid mode when the charge for Electric mode is used up."""
    if car.drive_mode == "Electric" and car.battery_percent <= _ELECTRIC_PERCENT:
        car.drive_mode = "Hybrid"


def most_kw(car: Car, figures: Figures) -> float:
    """What engine and motor may give with what is left in tank and battery."""
    petrol_kw = figures.petrol_kw if car.fuel_l > 0 and not _on_the_motor(car, figures) else 0.0
    motor_kw = figures.motor_kw * min(1.0, max(0.0, car.battery_percent) / _EMPTYING_PERCENT)
    limit_kw = figures.limp_kw if "inverter" in car.defects else figures.system_kw
    return min(limit_kw, petrol_kw + motor_kw)


def split(car: Car, figures: Figures) -> None:
    """Start or stop the engine, and share the power at the wheels between it, motor and brakes."""
    power_kw = car.wheel_power_kw
    car.engine_running = car.ready and car.fuel_l > 0 and _needs_engine(car, figures)
    strongest_kw = energy.regeneration_kw(car, figures)
    car.engine_kw = min(max(0.0, power_kw), figures.petrol_kw) if car.engine_running else 0.0
    car.motor_kw = max(power_kw - car.engine_kw, -strongest_kw)
    car.friction_kw = max(0.0, -power_kw - strongest_kw)


def _on_the_motor(car: Car, figures: Figures) -> bool:
    """Whether the drive mode and the moment leave the driving to the motor alone."""
    return car.drive_mode == "Electric" and not _wants_engine(car, figures)


def _wants_engine(car: Car, figures: Figures) -> bool:
    """Whether something starts the engine in every drive mode, until it has gone."""
    coldest_c, hottest_c = _BATTERY_C
    return (
        car.kick_down
        or car.speed_kmh > figures.electric_limit_kmh + _HELD_KMH
        or (car.outside_c < _HEATING_C and heat_kw(car, figures) > 0)
        or not coldest_c <= car.battery_c <= hottest_c
    )


def _needs_engine(car: Car, figures: Figures) -> bool:
    power_kw = car.wheel_power_kw
    if _wants_engine(car, figures):
        return True
    if car.drive_mode == "Electric":
        # More than the motor's is left of a moment ago, when there was a reason for the engine.
        return power_kw > figures.motor_kw
    electric = (
        car.drive_mode in {"Hybrid", "Snow"}
        and car.battery_percent > energy.RESERVE_PERCENT
        and power_kw < figures.motor_kw * _HYBRID_SHARE
    )
    if car.engine_running:  # once on it stays on until the car is slow and needs little
        little = power_kw < _LITTLE_KW or car.speed_kmh < _SLOW_KMH
        return not (electric and little)
    return not electric
