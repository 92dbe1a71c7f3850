"""sim: the car in, the state of every telltale of the cluster out."""

from __future__ import annotations

from collections.abc import Callable

from sim.car import SEATS, WHEELS, Car

_PLACARD_BAR = {"front": 2.4, "rear": 2.3}  # 17-inch tyres, up to three people
_LOW_SHARE = 0.75
_LOW_FUEL_L, _LOW_BATTERY_PERCENT = 6.0, 10.0
_HOT_C, _COLD_C, _FROST_C = 118.0, 50.0, 4.0
_LOW_OIL_PERCENT, _LOW_WASHER_PERCENT, _LOW_VOLTAGE_V = 0.0, 12.0, 11.6
_SERVICE_KM, _SERVICE_DAYS = 500.0, 14.0

_NAMES = """
BrakeSystem OilPressure CoolantTemperature Charging12V HighVoltage PowerSteering Airbag SeatBelt
DoorOpen ParkingBrake CheckEngine ABS StabilityControl StabilityOff TyrePressure LowFuel
LowCharge ReducedPower ParticulateFilter OilLevel WasherFluid BulbFailure RearFog LaneKeeping
FrontAssist ServiceDue KeyBattery Frost Ready ChargeCable Indicators SideLights DippedBeam
MainBeam FrontFog CruiseControl ColdCoolant AutoHold
"""
NAMES = tuple(_NAMES.split())


def tyre_is_low(car: Car, wheel: str) -> bool:
    """Whether the tyre has lost a quarter of its stored pressure."""
    return car.tyre_bar(wheel) < _PLACARD_BAR[wheel.partition("_")[0]] * _LOW_SHARE


def dipped_beam(car: Car) -> bool:
    """Whether the dipped beam is lit."""
    return car.light_switch == "Beam" or (car.light_switch == "Auto" and car.dark)


def side_lights(car: Car) -> bool:
    """Whether the side lights are lit."""
    return dipped_beam(car) or car.light_switch == "Position"


_RULES: dict[str, Callable[[Car], bool]] = {
    "CoolantTemperature": lambda car: car.coolant_c > _HOT_C,
    "Charging12V": lambda car: car.voltage_v < _LOW_VOLTAGE_V,
    "SeatBelt": lambda car: any(s in car.occupied and s not in car.belted for s in SEATS),
    "DoorOpen": lambda car: bool(car.open),
    "ParkingBrake": lambda car: car.parking_brake,
    "StabilityOff": lambda car: not car.stability_control,
    "TyrePressure": lambda car: any(tyre_is_low(car, wheel) for wheel in WHEELS),
    "LowFuel": lambda car: car.fuel_l <= _LOW_FUEL_L,
    "LowCharge": lambda car: car.battery_percent <= _LOW_BATTERY_PERCENT,
    "OilLevel": lambda car: car.oil_percent <= _LOW_OIL_PERCENT,
    "WasherFluid": lambda car: car.washer_percent <= _LOW_WASHER_PERCENT,
    "RearFog": lambda car: car.rear_fog,
    "LaneKeeping": lambda car: not car.lane_keeping,
    "FrontAssist": lambda car: not car.front_assist,
    "ServiceDue": lambda car: car.service_km <= _SERVICE_KM or car.service_days <= _SERVICE_DAYS,
    "Frost": lambda car: car.outside_c <= _FROST_C,
    "Ready": lambda car: car.ready,
    "ChargeCable": lambda car: car.cable_connected,
    "SideLights": side_lights,
    "DippedBeam": dipped_beam,
    "MainBeam": lambda car: car.main_beam,
    "FrontFog": lambda car: car.front_fog,
    "CruiseControl": lambda car: car.cruise_active,
    "ColdCoolant": lambda car: car.engine_running and car.coolant_c < _COLD_C,
    "AutoHold": lambda car: car.auto_hold and car.ready and car.speed_kmh == 0,
}
_WITHOUT_IGNITION = {"ChargeCable", "SideLights", "Indicators"}
_FLASHING = {"Indicators": lambda car: car.indicator != "off"}


def lamp(car: Car, name: str) -> str:
    """`off`, `on` or `flashing`; a state that the scenario sets goes before the rules."""
    if name in car.lamps:
        return car.lamps[name]
    if car.system not in {"On", "Start"} and name not in _WITHOUT_IGNITION:
        return "off"
    if name in _FLASHING:
        return "flashing" if _FLASHING[name](car) else "off"
    rule = _RULES.get(name)
    return "on" if rule is not None and rule(car) else "off"
