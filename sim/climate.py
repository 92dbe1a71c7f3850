"""sim: the car and a time step in, its temperatures and the power of the climate control out."""

from __future__ import annotations

from sim.car import Car
from sim.figures import Figures

_THERMOSTAT_C, _STUCK_THERMOSTAT_C, _WARM_C = 92.0, 68.0, 50.0
_STRONG_KW, _C_PER_KW = 50.0, 0.25  # above this the coolant gets warmer
_SMALLEST_FAN = 30.0  # percent that carries all the heat
_COOLING_PER_KW = 2.5


def toward(value: float, goal: float, step_s: float, time_s: float) -> float:
    """The value after a step, with a time constant."""
    return value + (goal - value) * min(1.0, step_s / time_s)


def warm(car: Car, step_s: float, figures: Figures) -> None:
    """Coolant, oil, drive battery and cabin."""
    _coolant(car, step_s)
    car.oil_c = toward(car.oil_c, car.coolant_c + 4 * car.engine_running, step_s, 240.0)
    warmer = car.outside_c + (6.0 if car.charging_kw > 0 or car.speed_kmh > 0 else 0.0)
    car.battery_c = toward(car.battery_c, warmer, step_s, 7_200.0)
    heat = heat_kw(car, figures)
    from_engine = heat > 0 and car.coolant_c > _WARM_C
    drawn = heat if heat >= 0 else -heat / _COOLING_PER_KW
    car.hvac_kw = 0.0 if from_engine else drawn
    lost_kw = figures.cabin_kw_per_k * (car.cabin_c - car.outside_c)
    car.cabin_c += (heat - lost_kw) * step_s / figures.cabin_kj_per_k


def _coolant(car: Car, step_s: float) -> None:
    if car.engine_running and car.cooling_failed:
        car.coolant_c = min(130.0, car.coolant_c + step_s * (0.25 + car.engine_kw * 0.012))
    elif car.engine_running:
        goal = _STUCK_THERMOSTAT_C if "thermostat" in car.defects else _THERMOSTAT_C
        goal += max(0.0, car.engine_kw - _STRONG_KW) * _C_PER_KW
        car.coolant_c = toward(car.coolant_c, goal, step_s, 150.0)
    else:
        car.coolant_c = toward(car.coolant_c, car.outside_c, step_s, 5_400.0)


def heat_kw(car: Car, figures: Figures) -> float:
    """What the climate control brings into the cabin; negative while it cools."""
    if not car.ready or car.fan_percent <= 0:
        return 0.0
    goal = (car.target_driver_c + car.target_passenger_c) / 2
    wanted = figures.cabin_kw_per_k * (goal - car.outside_c) + 0.5 * (goal - car.cabin_c)
    least = -figures.cooler_kw if car.air_conditioning else 0.0
    return min(max(wanted, least), figures.heater_kw) * min(1.0, car.fan_percent / _SMALLEST_FAN)
