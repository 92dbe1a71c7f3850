"""sim: the car in, what brakes, steering, tyres and assistance send out."""

from __future__ import annotations

from sim.car import Car
from sim.ecus.values import SUFFIX, Values
from sim.lamps import lamp, tyre_is_low

_MOVING_KMH = 0.5


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
    speeds: Values = {f"WheelSpeed{suffix}": car.speed_kmh for suffix in SUFFIX.values()}
    return speeds | {"WheelSpeedFrontLeft": None} if "wheel_sensor" in car.defects else speeds


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
    values: Values = {f"Pressure{s}": car.tyre_bar(wheel) for wheel, s in SUFFIX.items()}
    return values | {f"Low{s}": tyre_is_low(car, wheel) for wheel, s in SUFFIX.items()}


def tyre_temperatures(car: Car) -> Values:
    """TPM_Temperatures."""
    return {f"Temperature{s}": car.tyre_c[wheel] for wheel, s in SUFFIX.items()}


def parking_brake(car: Car) -> Values:
    """EPB_Status."""
    return {"ParkingBrake": car.parking_brake}


def assistance(car: Car) -> Values:
    """ADA_Status."""
    return {
        "CruiseEnabled": car.cruise_enabled,
        "CruiseActive": car.cruise_active,
        "CruiseSetSpeed": car.cruise_set_kmh,
        "LaneKeeping": car.lane_keeping and "camera" not in car.defects,
        "FrontAssist": car.front_assist and "camera" not in car.defects,
    }
