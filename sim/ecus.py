"""sim: the car in, the physical values of each message out: what each ECU knows and sends."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sim.car import WHEELS, Car
from sim.frame import Physical
from sim.lamps import NAMES, dipped_beam, lamp, side_lights, tyre_is_low
from sim.physics import ASTER

Values = dict[str, Physical]
_SUFFIX = {w: "".join(part.title() for part in w.split("_")) for w in WHEELS}
_SEATS = {
    "driver": "Driver",
    "passenger": "Passenger",
    "rear_left": "RearLeft",
    "rear_middle": "RearMiddle",
    "rear_right": "RearRight",
}
_MOVING_KMH = 0.5
_OIL_CLASSES = ((-20, "CriticallyLow"), (0, "Low"), (100, "Normal"), (110, "High"))
_TRIP_FROM_KM = 0.3  # an average over less says nothing


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
    }


def temperatures(car: Car) -> Values:
    """ECM_Temperatures."""
    level = next((name for top, name in _OIL_CLASSES if car.oil_percent <= top), "CriticallyHigh")
    return {
        "CoolantTemperature": car.coolant_c,
        "OilTemperature": car.oil_c,
        "OilLevelPercent": car.oil_percent,
        "OilLevel": level,
        "OilPressure": min(5.5, 1.2 + car.engine_rpm / 900) if car.engine_running else 0.0,
    }


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
    hours = None
    if car.charging_kw > 0:
        rate_kw = min(car.station_kw, ASTER.onboard_charger_kw) * ASTER.charge_efficiency
        hours = room / 100 * ASTER.usable_kwh / rate_kw
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
    return "Initialising" if car.station_kw > 0 else "Waiting"


def speed(car: Car) -> Values:
    """ESC_Speed."""
    return {
        "VehicleSpeed": car.speed_kmh,
        "Moving": car.speed_kmh > _MOVING_KMH,
        "LongitudinalAcceleration": car.acceleration,
        "BrakePedal": min(100.0, -30 * car.acceleration) if car.acceleration < -0.4 else 0.0,  # noqa: PLR2004
    }


def wheels(car: Car) -> Values:
    """ESC_Wheels."""
    return {f"WheelSpeed{suffix}": car.speed_kmh for suffix in _SUFFIX.values()}


def stability(car: Car) -> Values:
    """ESC_Status."""
    return {
        "AbsActive": False,
        "EscActive": lamp(car, "StabilityControl") == "flashing",
        "EscEnabled": car.stability_control,
        "BrakeFluidLow": lamp(car, "BrakeSystem") == "on",
        "AutoHold": lamp(car, "AutoHold") == "on",
    }


def steering(car: Car) -> Values:
    """EPS_Steering."""
    return {"SteeringAngle": car.steering_degrees}


def tyre_pressures(car: Car) -> Values:
    """TPM_Pressures."""
    values: Values = {f"Pressure{s}": car.tyre_bar(wheel) for wheel, s in _SUFFIX.items()}
    return values | {f"Low{s}": tyre_is_low(car, wheel) for wheel, s in _SUFFIX.items()}


def tyre_temperatures(car: Car) -> Values:
    """TPM_Temperatures."""
    return {f"Temperature{s}": car.tyre_c[wheel] for wheel, s in _SUFFIX.items()}


def parking_brake(car: Car) -> Values:
    """EPB_Status."""
    return {"ParkingBrake": car.parking_brake}


def assistance(car: Car) -> Values:
    """ADA_Status."""
    return {
        "CruiseEnabled": car.cruise_enabled,
        "CruiseActive": car.cruise_active,
        "CruiseSetSpeed": car.cruise_set_kmh,
        "LaneKeeping": car.lane_keeping,
        "FrontAssist": car.front_assist,
    }


def doors(car: Car) -> Values:
    """BCM_Doors."""
    values: Values = {f"Door{s}": wheel in car.open for wheel, s in _SUFFIX.items()}
    values |= {f"Lock{s}": car.locked for s in _SUFFIX.values()}
    return values | {
        "Boot": "boot" in car.open,
        "Bonnet": "bonnet" in car.open,
        "FuelFlap": car.fuel_flap_open,
        "LockBoot": car.locked,
    }


def windows(car: Car) -> Values:
    """BCM_Windows."""
    values: Values = {f"Window{s}": car.windows_percent[wheel] for wheel, s in _SUFFIX.items()}
    return values | {"Sunroof": car.sunroof_percent}


def lights(car: Car) -> Values:
    """BCM_Lights."""
    awake = car.system in {"On", "Start"}
    return {
        "LightSwitch": car.light_switch,
        "SideLight": side_lights(car),
        "DippedBeam": dipped_beam(car) and awake,
        "MainBeam": car.main_beam,
        "FrontFog": car.front_fog,
        "RearFog": car.rear_fog,
        "DaytimeRunning": awake and not dipped_beam(car),
        "IndicatorLeft": car.indicator in {"left", "hazard"},
        "IndicatorRight": car.indicator in {"right", "hazard"},
        "Hazard": car.indicator == "hazard",
        "BrakeLight": car.acceleration < -0.4,  # noqa: PLR2004
        "ReversingLight": awake and car.selector == "Reverse",
    }


def wipers(car: Car) -> Values:
    """BCM_Wipers."""
    return {
        "WiperFront": car.wiper_front,
        "WiperRear": car.wiper_rear,
        "WasherLevel": car.washer_percent,
        "RainIntensity": car.rain_percent,
    }


def power(car: Car) -> Values:
    """BCM_Power."""
    return {"SystemState": car.system, "BatteryVoltage": car.voltage_v}


def belts(car: Car) -> Values:
    """SRS_Belts."""
    values: Values = {f"Belt{name}": seat in car.belted for seat, name in _SEATS.items()}
    return values | {f"Seat{name}": seat in car.occupied for seat, name in _SEATS.items()}


def telltales(car: Car) -> Values:
    """ICL_Telltales1 and ICL_Telltales2."""
    return {name: lamp(car, name) for name in NAMES}


def distance(car: Car) -> Values:
    """ICL_Distance."""
    return {"Odometer": car.odometer_km, "TripDistance": car.trip_km, "TripTime": car.trip_min}


def averages(car: Car) -> Values:
    """ICL_Averages."""
    if car.trip_km < _TRIP_FROM_KM:
        return dict.fromkeys(("AverageConsumption", "AverageElectricConsumption", "AverageSpeed"))
    return {
        "AverageConsumption": car.trip_fuel_l / car.trip_km * 100,
        "AverageElectricConsumption": max(0.0, car.trip_kwh) / car.trip_km * 100,
        "AverageSpeed": car.trip_km / car.trip_min * 60 if car.trip_min else None,
    }


def service(car: Car) -> Values:
    """ICL_Service."""
    return {"DistanceToService": car.service_km, "DaysToService": car.service_days}


def climate(car: Car) -> Values:
    """HVC_Climate."""
    return {
        "TargetDriver": car.target_driver_c,
        "TargetPassenger": car.target_passenger_c,
        "FanSpeed": car.fan_percent,
        "CabinTemperature": car.cabin_c,
        "OutsideTemperature": car.outside_c,
        "AirConditioning": car.air_conditioning,
        "Recirculation": car.recirculation,
        "FrontDefroster": car.front_defroster,
        "RearDefroster": car.rear_defroster,
        "SeatHeatingDriver": car.seat_heating_driver_percent,
        "SeatHeatingPassenger": car.seat_heating_passenger_percent,
    }


def buttons(car: Car) -> Values:
    """SWM_Buttons."""
    return {
        "VoiceButton": car.voice_button,
        "PhoneButton": False,
        "VolumeUp": False,
        "VolumeDown": False,
    }


OUTPUTS: Mapping[str, Callable[[Car], Values]] = {
    "ECM_Engine": engine,
    "HCU_Drive": drive,
    "ECM_Temperatures": temperatures,
    "EMU_Fuel": fuel,
    "EMU_Battery": battery,
    "EMU_Charging": charging,
    "ESC_Speed": speed,
    "ESC_Wheels": wheels,
    "ESC_Status": stability,
    "EPS_Steering": steering,
    "TPM_Pressures": tyre_pressures,
    "TPM_Temperatures": tyre_temperatures,
    "EPB_Status": parking_brake,
    "ADA_Status": assistance,
    "BCM_Doors": doors,
    "BCM_Windows": windows,
    "BCM_Lights": lights,
    "BCM_Wipers": wipers,
    "BCM_Power": power,
    "SRS_Belts": belts,
    "ICL_Telltales1": telltales,
    "ICL_Telltales2": telltales,
    "ICL_Distance": distance,
    "ICL_Averages": averages,
    "ICL_Service": service,
    "HVC_Climate": climate,
    "SWM_Buttons": buttons,
}
"""Message of the DBC -> what its ECU sends; a message that is not here is sent as not available."""


def values_of(message: str, car: Car) -> Values:
    """The physical values of a message."""
    output = OUTPUTS.get(message)
    return output(car) if output is not None else {}
