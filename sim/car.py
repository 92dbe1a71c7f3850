"""sim: the whole state of the virtual car, as plain fields that a scenario may set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

WHEELS = ("front_left", "front_right", "rear_left", "rear_right")
DOORS = (*WHEELS, "boot", "bonnet")
SEATS = ("driver", "passenger", "rear_left", "rear_middle", "rear_right")
BUTTONS: Mapping[str, str] = {
    "voice": "VoiceButton",
    "phone": "PhoneButton",
    "volume_up": "VolumeUp",
    "volume_down": "VolumeDown",
    "view": "ViewButton",
    "ok": "OkButton",
    "left_paddle": "PaddleLeft",
    "right_paddle": "PaddleRight",
    "next_title": "NextTitle",
    "previous_title": "PreviousTitle",
    "cruise_set": "CruiseSet",
    "cruise_cancel": "CruiseCancel",
}
"""Key of the steering wheel -> its signal."""

DEFECTS = (
    "misfire",
    "catalyst",
    "thermostat",
    "oil_pump",
    "inverter",
    "isolation",
    "dcdc",
    "wheel_sensor",
    "airbag",
    "bulb",
    "camera",
)
_WIPER_MODES = ("Off", "Slow", "Medium", "Fast", "Interval", "RainSensor")
WORDS: Mapping[str, tuple[str, ...]] = {
    "system": ("Lock", "Off", "Acc", "On", "Start"),
    "selector": ("Park", "Reverse", "Neutral", "Drive", "B"),
    "drive_mode": ("Hybrid", "Electric", "Sport", "BatteryHold", "Snow"),
    "light_switch": ("Off", "Position", "Auto", "Beam"),
    "indicator": ("off", "left", "right", "hazard"),
    "wiper_front": _WIPER_MODES,
    "wiper_rear": _WIPER_MODES,
    "open": DOORS,
    "occupied": SEATS,
    "belted": SEATS,
    "defects": DEFECTS,
    "engine_lamp": ("off", "on", "flashing"),
    "child_locks": ("rear_left", "rear_right"),
    "buttons": tuple(BUTTONS),
}
"""Field of Car -> the words that it, or each item of its list, can be."""


@dataclass(slots=True)
class Car:
    """Aster, standing in a car park.  Units are in the names; percent is 0 to 100."""

    # what the driver does
    system: str = "On"  # of WORDS, as every text
    ready: bool = False
    was_ready: bool = False
    selector: str = "Park"
    target_speed_kmh: float = 0.0
    drive_mode: str = "Hybrid"
    kick_down: bool = False  # the accelerator is pressed past the stop at its end
    parking_brake: bool = True
    auto_hold: bool = False
    steering_degrees: float = 0.0
    cruise_enabled: bool = False
    cruise_active: bool = False
    cruise_set_kmh: float | None = None
    lane_keeping: bool = True
    front_assist: bool = True
    stability_control: bool = True
    voice_button: bool = False
    buttons: list[str] = field(default_factory=list)  # of BUTTONS: those that are pressed
    regeneration_level: float = 1.0  # 1 to 3
    open: list[str] = field(default_factory=list)  # of DOORS
    fuel_flap_open: bool = False
    locked: bool = False
    child_locks: list[str] = field(default_factory=list)
    passenger_airbag: bool = True
    windows_percent: dict[str, float] = field(default_factory=lambda: dict.fromkeys(WHEELS, 0.0))
    sunroof_percent: float = 0.0
    moving_percent: dict[str, float] = field(default_factory=dict)  # window or sunroof -> its goal
    occupied: list[str] = field(default_factory=lambda: ["driver"])  # of SEATS
    belted: list[str] = field(default_factory=lambda: ["driver"])
    light_switch: str = "Auto"
    main_beam: bool = False
    front_fog: bool = False
    rear_fog: bool = False
    indicator: str = "off"
    wiper_front: str = "Off"
    wiper_rear: str = "Off"
    target_driver_c: float = 21.0
    target_passenger_c: float = 21.0
    fan_percent: float = 30.0
    air_conditioning: bool = True
    recirculation: bool = False
    recirculation_s: float = 0.0
    front_defroster: bool = False
    rear_defroster: bool = False
    rear_defroster_s: float = 0.0
    seat_heating_driver_percent: float = 0.0
    seat_heating_passenger_percent: float = 0.0
    volume_percent: float = 35.0
    muted: bool = False

    # the world around
    outside_c: float = 18.0
    dark: bool = False
    rain_percent: float = 0.0
    slope_percent: float = 0.0  # of the road; uphill is positive
    trailer_kg: float = 0.0
    cable_connected: bool = False
    station_kw: float = 0.0
    charge_limit_percent: float = 100.0

    # where it is and where it goes
    latitude: float = 47.5512
    longitude: float = 9.6921
    altitude_m: float = 404.0
    heading_degrees: float = 75.0  # clockwise from north
    clock_min: float = 600.0  # after midnight
    route_km: float | None = None  # to the destination; none without guidance
    route_climb_m: float = 0.0
    route_kmh: float = 55.0  # what the navigation expects on average

    # motion
    speed_kmh: float = 0.0
    backwards: bool = False  # whether it moves that way
    acceleration: float = 0.0  # m/s²
    wheel_power_kw: float = 0.0
    engine_running: bool = False
    engine_rpm: float = 0.0
    engine_kw: float = 0.0
    gear: int = 0
    motor_kw: float = 0.0
    friction_kw: float = 0.0  # what the brake discs take
    odometer_km: float = 18_432.6
    trip_km: float = 0.0
    trip_min: float = 0.0
    trip_fuel_l: float = 0.0
    trip_kwh: float = 0.0

    # energy
    battery_percent: float = 68.0
    battery_kw: float = 0.0  # positive into the battery
    fuel_l: float = 31.0
    fuel_l_per_h: float = 0.0
    charging_kw: float = 0.0
    charging_s: float = 0.0
    voltage_v: float = 12.7
    low_voltage_ah: float = 51.0  # of 60
    hvac_kw: float = 0.0  # what heating and cooling draw

    # temperatures and fluids
    coolant_c: float = 18.0
    oil_c: float = 18.0
    battery_c: float = 20.0
    cabin_c: float = 20.0
    cooling_failed: bool = False
    oil_percent: float = 70.0
    washer_percent: float = 80.0

    # tyres: pressure at 20 °C, temperature of the air inside, and leaks
    tyre_cold_bar: dict[str, float] = field(
        default_factory=lambda: {wheel: 2.4 if "front" in wheel else 2.3 for wheel in WHEELS}
    )
    tyre_c: dict[str, float] = field(default_factory=lambda: dict.fromkeys(WHEELS, 18.0))
    leak_bar_per_min: dict[str, float] = field(default_factory=lambda: dict.fromkeys(WHEELS, 0.0))

    # service and lamps
    service_km: float = 8_600.0
    service_days: float = 210.0
    oil_condition_percent: float = 61.0
    brake_fluid_days: float = 420.0
    front_pads_percent: float = 72.0
    defects: list[str] = field(default_factory=list)  # of DEFECTS: what is broken
    engine_lamp: str = "off"  # what the stored trouble codes make of it
    lamps: dict[str, str] = field(default_factory=dict)  # telltale -> state, over the rules

    def tyre_bar(self, wheel: str) -> float:
        """Pressure above the air outside, from the gas law at constant volume."""
        absolute = (self.tyre_cold_bar[wheel] + 1.013) * (self.tyre_c[wheel] + 273.15) / 293.15
        return max(0.0, absolute - 1.013)
