"""sim: the car in, what the ECUs of the body, the cluster and the wheel send out."""

from __future__ import annotations

from sim.car import BUTTONS, Car
from sim.ecus.values import SUFFIX, Values
from sim.lamps import NAMES, dipped_beam, fog_lamp, lamp, side_lights

_SEATS = {
    "driver": "Driver",
    "passenger": "Passenger",
    "rear_left": "RearLeft",
    "rear_middle": "RearMiddle",
    "rear_right": "RearRight",
}
_TRIP_FROM_KM = 0.3  # an average over less says nothing


def doors(car: Car) -> Values:
    """BCM_Doors."""
    values: Values = {f"Door{s}": wheel in car.open for wheel, s in SUFFIX.items()}
    values |= {f"Lock{s}": car.locked for s in SUFFIX.values()}
    return values | {
        "Boot": "boot" in car.open,
        "Bonnet": "bonnet" in car.open,
        "FuelFlap": car.fuel_flap_open,
        "LockBoot": car.locked,
        "ChildLockRearLeft": "rear_left" in car.child_locks,
        "ChildLockRearRight": "rear_right" in car.child_locks,
        "Trailer": car.trailer_kg > 0,
    }


def windows(car: Car) -> Values:
    """BCM_Windows."""
    values: Values = {f"Window{s}": car.windows_percent[wheel] for wheel, s in SUFFIX.items()}
    return values | {"Sunroof": car.sunroof_percent}


def lights(car: Car) -> Values:
    """BCM_Lights."""
    awake = car.system in {"On", "Start"}
    return {
        "LightSwitch": car.light_switch,
        "SideLight": side_lights(car),
        "DippedBeam": dipped_beam(car) and awake,
        "MainBeam": car.main_beam,
        "FrontFog": fog_lamp(car, car.front_fog),
        "RearFog": fog_lamp(car, car.rear_fog),
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
    values |= {f"Seat{name}": seat in car.occupied for seat, name in _SEATS.items()}
    return values | {"PassengerAirbag": car.passenger_airbag}


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
    return {
        "DistanceToService": car.service_km,
        "DaysToService": car.service_days,
        "OilCondition": car.oil_condition_percent,
        "DaysToBrakeFluid": car.brake_fluid_days,
        "BrakePadsFront": car.front_pads_percent,
    }


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
    values: Values = {name: word in car.buttons for word, name in BUTTONS.items()}
    return values | {"VoiceButton": car.voice_button or "voice" in car.buttons}
