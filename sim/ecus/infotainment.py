"""sim: the car in, what the infotainment sends: sound, route and position out."""

from __future__ import annotations

from sim.car import Car
from sim.ecus.values import Values


def media(car: Car) -> Values:
    """IVI_Media."""
    return {"Volume": car.volume_percent, "Muted": car.muted}


def route(car: Car) -> Values:
    """IVI_Route."""
    guided = car.route_km is not None
    return {
        "GuidanceActive": guided,
        "RemainingDistance": car.route_km,
        "ElevationToClimb": car.route_climb_m if guided else None,
        "ArrivalTime": arrival_min(car),
    }


def arrival_min(car: Car) -> float | None:
    """Minutes after midnight when the destination is reached; None without one."""
    if car.route_km is None:
        return None
    return (car.clock_min + car.route_km / max(car.route_kmh, 1.0) * 60) % 1440


def position(car: Car) -> Values:
    """IVI_Position."""
    return {"Latitude": car.latitude, "Longitude": car.longitude}


def heading(car: Car) -> Values:
    """IVI_Heading."""
    return {"Heading": car.heading_degrees % 360, "Altitude": car.altitude_m}
