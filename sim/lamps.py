"""sim: the car in, the state of every telltale of the cluster out."""

from __future__ import annotations

from collections.abc import Callable

from sim.car import SEATS, WHEELS, Car

_PLACARD_BAR = {"front": 2.4, "rear": 2.3}  # 17-inch tyres, up to three people
_LOW_SHARE = 0.75
_LOW_FUEL_L, _LOW_BATTERY_PERCENT = 6.0, 10.0
HOT_C, LOW_VOLTAGE_V = 118.0, 11.6
_COLD_C, _FROST_C = 50.0, 4.0
_LOW_OIL_PERCENT, _LOW_WASHER_PERCENT = 0.0, 12.0
_BELT_CHIME_KMH, _FEEBLE_BATTERY_C = 20.0, -15.0
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


def fog_lamp(car: Car, switch: bool) -> bool:
    """Whether a fog lamp is lit whose switch is set so."""
    return switch and side_lights(car)


def unbelted(car: Car) -> bool:
    """Whether somebody sits without a belt."""
    return any(seat in car.occupied and seat not in car.belted for seat in SEATS)


def _defect(*names: str) -> Callable[[Car], bool]:
    return lambda car: any(name in car.defects for name in names)


_RULES: dict[str, Callable[[Car], bool]] = {
    "CoolantTemperature": lambda car: car.coolant_c > HOT_C,
    "Charging12V": lambda car: car.voltage_v < LOW_VOLTAGE_V or "dcdc" in car.defects,
    "SeatBelt": unbelted,
    "OilPressure": _defect("oil_pump"),
    "HighVoltage": _defect("isolation"),
    "Airbag": _defect("airbag"),
    "ABS": _defect("wheel_sensor"),
    "StabilityControl": _defect("wheel_sensor"),
    "BulbFailure": _defect("bulb"),
    "ReducedPower": lambda car: "inverter" in car.defects or car.battery_c < _FEEBLE_BATTERY_C,
    "CheckEngine": lambda car: car.engine_lamp != "off",
    "DoorOpen": lambda car: bool(car.open),
    "ParkingBrake": lambda car: car.parking_brake,
    "StabilityOff": lambda car: not car.stability_control,
    "TyrePressure": lambda car: any(tyre_is_low(car, wheel) for wheel in WHEELS),
    "LowFuel": lambda car: car.fuel_l <= _LOW_FUEL_L,
    "LowCharge": lambda car: car.battery_percent <= _LOW_BATTERY_PERCENT,
    "OilLevel": lambda car: car.oil_percent <= _LOW_OIL_PERCENT,
    "WasherFluid": lambda car: car.washer_percent <= _LOW_WASHER_PERCENT,
    "RearFog": lambda car: fog_lamp(car, car.rear_fog),
    "LaneKeeping": lambda car: not car.lane_keeping or "camera" in car.defects,
    "FrontAssist": lambda car: not car.front_assist or "camera" in car.defects,
    "ServiceDue": lambda car: car.service_km <= _SERVICE_KM or car.service_days <= _SERVICE_DAYS,
    "Frost": lambda car: car.outside_c <= _FROST_C,
    "Ready": lambda car: car.ready,
    "ChargeCable": lambda car: car.cable_connected,
    "SideLights": side_lights,
    "DippedBeam": dipped_beam,
    "MainBeam": lambda car: car.main_beam,
    "FrontFog": lambda car: fog_lamp(car, car.front_fog),
    "CruiseControl": lambda car: car.cruise_active,
    "ColdCoolant": lambda car: car.engine_running and car.coolant_c < _COLD_C,
    "AutoHold": lambda car: car.auto_hold and car.ready and car.speed_kmh == 0,
}
_WITHOUT_IGNITION = {"ChargeCable", "SideLights", "Indicators"}
_FLASHING: dict[str, Callable[[Car], bool]] = {
    "Indicators": lambda car: car.indicator != "off",
    "CheckEngine": lambda car: car.engine_lamp == "flashing",
    "SeatBelt": lambda car: unbelted(car) and car.speed_kmh >= _BELT_CHIME_KMH,
    "ChargeCable": lambda car: car.cable_connected and car.charging_kw > 0,
}


def lamp(car: Car, name: str) -> str:
    """`off`, `on` or `flashing`; a state that the scenario sets goes before the rules."""
    if name in car.lamps:
        return car.lamps[name]
    if car.system not in {"On", "Start"} and name not in _WITHOUT_IGNITION:
        return "off"
    if name in _FLASHING and _FLASHING[name](car):
        return "flashing"
    rule = _RULES.get(name)
    return "on" if rule is not None and rule(car) else "off"
