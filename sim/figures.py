"""sim: the constants of the car, from the owner's manual and from what such a car usually has."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figures:
    """Constants of the car."""

    mass_kg: float = 1_770.0
    drag_m2: float = 0.72
    """Drag coefficient times front area."""
    rolling: float = 0.011
    system_kw: float = 150.0
    petrol_kw: float = 96.0
    motor_kw: float = 75.0
    top_kmh: float = 195.0
    electric_limit_kmh: float = 135.0
    reverse_limit_kmh: float = 30.0
    usable_kwh: float = 12.8
    tank_l: float = 42.0
    onboard_charger_kw: float = 6.6
    charge_efficiency: float = 0.89
    drive_efficiency: float = 0.86
    litres_per_kwh: float = 0.33
    idle_l_per_h: float = 0.6
    regeneration_kw: float = 40.0
    trailer_drag_m2: float = 1.1
    limp_kw: float = 40.0
    """What is left when the inverter has a fault, up to `limp_kmh`."""
    limp_kmh: float = 80.0
    low_voltage_ah: float = 60.0
    cabin_kj_per_k: float = 60.0
    cabin_kw_per_k: float = 0.06
    """Heat that is lost through windows and fresh air."""
    heater_kw: float = 5.0
    cooler_kw: float = 3.5
    electric_kwh_per_km: float = 0.2065
    """12.8 kWh for 62 km."""
    fuel_l_per_km: float = 0.055


ASTER = Figures()
