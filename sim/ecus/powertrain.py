"""sim: the car in, what the ECUs of the drive send out."""

from __future__ import annotations

from sim.car import Car
from sim.ecus.values import Values
from sim.energy import hours_to_limit, may_charge
from sim.figures import ASTER

_OIL_CLASSES = ((-20, "CriticallyLow"), (0, "Low"), (100, "Normal"), (110, "High"))


def engine(car: Car) -> Values:
    """ECM_Engine."""
    rotation = car.engine_rpm * 2 * 3.14159 / 60
    return {
        "EngineSpeed": car.engine_rpm,
        "EngineRunning": car.engine_running,
        "EngineTorque": car.engine_kw * 1000 / rotation if rotation else 0.0,
        "ThrottlePosition": min(100.0, car.engine_kw / 0.96) if car.engine_running else 0.0,
    }


def drive(car: Car) -> Values:
    """HCU_Drive."""
    return {
        "SelectedGear": car.selector,
        "CurrentGear": car.gear,
        "ReadyToDrive": car.ready,
        "DriveMode": car.drive_mode,
        "MotorSpeed": car.speed_kmh * 70,
        "MotorPower": car.motor_kw,
        "RegenerationLevel": car.regeneration_level,
    }


def temperatures(car: Car) -> Values:
    """ECM_Temperatures."""
    level = next((name for top, name in _OIL_CLASSES if car.oil_percent <= top), "CriticallyHigh")
    return {
        "CoolantTemperature": car.coolant_c,
        "OilTemperature": car.oil_c,
        "OilLevelPercent": car.oil_percent,
        "OilLevel": level,
        "OilPressure": _oil_bar(car),
    }


def _oil_bar(car: Car) -> float:
    if not car.engine_running:
        return 0.0
    return 0.25 if "oil_pump" in car.defects else min(5.5, 1.2 + car.engine_rpm / 900)


def fuel(car: Car) -> Values:
    """EMU_Fuel."""
    per_100_km = car.fuel_l_per_h / car.speed_kmh * 100 if car.speed_kmh > 3 else None  # noqa: PLR2004
    return {
        "FuelLevelPercent": car.fuel_l / ASTER.tank_l * 100,
        "FuelLevelLitres": car.fuel_l,
        "FuelRange": car.fuel_l / ASTER.fuel_l_per_km,
        "InstantConsumption": per_100_km,
    }


def battery(car: Car) -> Values:
    """EMU_Battery."""
    energy_kwh = car.battery_percent / 100 * ASTER.usable_kwh
    cold = 1.3 if car.outside_c < 0 else 1.0
    return {
        "StateOfCharge": car.battery_percent,
        "BatteryEnergy": energy_kwh,
        "ElectricRange": energy_kwh / (ASTER.electric_kwh_per_km * cold),
        "BatteryPower": car.battery_kw,
        "BatteryTemperature": car.battery_c,
    }


def charging(car: Car) -> Values:
    """EMU_Charging."""
    room = max(0.0, car.charge_limit_percent - car.battery_percent)
    hours = hours_to_limit(car, ASTER)
    return {
        "CableConnected": car.cable_connected,
        "CableLocked": car.charging_kw > 0,
        "FlapOpen": car.cable_connected,
        "Charging": car.charging_kw > 0,
        "ChargingState": _charging_state(car, room),
        "ChargingPower": car.charging_kw,
        "TimeToFull": None if hours is None else hours * 60,
        "ChargeLimit": car.charge_limit_percent,
    }


def _charging_state(car: Car, room: float) -> str:
    if not car.cable_connected:
        return "Idle"
    if room <= 0:
        return "Complete"
    if car.charging_kw > 0:
        return "Charging"
    return "Initialising" if car.station_kw > 0 and may_charge(car) else "Waiting"
