"""can_bridge: frames of a vehicle's CAN bus in, validated readings out; knows nothing of voice.

profile = load_profile(find_vehicle("aster"))
with open_bridge(profile, "unix:aster") as bridge:
    reading = bridge.read("Vehicle.Speed")      # Known(value, unit, age_s) or Unknown(reason)

A name is imported when it is first used, so that `python -m can_bridge` may hold signals back before
any library is imported (can_bridge.stop).
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from can_bridge.bridge import Bridge, open_bridge
    from can_bridge.bus import BusSpec, parse_bus_spec
    from can_bridge.error_frames import BusHealth, ControllerState
    from can_bridge.errors import BridgeError, BusError, ProfileError, SpecError
    from can_bridge.profile import find_vehicle, load_profile
    from can_bridge.readings import Known, Reading, Reason, Unknown, Value
    from can_bridge.spec import SignalSpec, TelltaleSpec, TyrePlacard, Tyres, VehicleProfile

__all__ = [
    "Bridge",
    "BridgeError",
    "BusError",
    "BusHealth",
    "BusSpec",
    "ControllerState",
    "Known",
    "ProfileError",
    "Reading",
    "Reason",
    "SignalSpec",
    "SpecError",
    "TelltaleSpec",
    "TyrePlacard",
    "Tyres",
    "Unknown",
    "Value",
    "VehicleProfile",
    "find_vehicle",
    "load_profile",
    "open_bridge",
    "parse_bus_spec",
]

_HOMES = {
    "bridge": ("Bridge", "open_bridge"),
    "bus": ("BusSpec", "parse_bus_spec"),
    "error_frames": ("BusHealth", "ControllerState"),
    "errors": ("BridgeError", "BusError", "ProfileError", "SpecError"),
    "profile": ("find_vehicle", "load_profile"),
    "readings": ("Known", "Reading", "Reason", "Unknown", "Value"),
    "spec": ("SignalSpec", "TelltaleSpec", "TyrePlacard", "Tyres", "VehicleProfile"),
}
"""Module -> the names that it gives."""

if not TYPE_CHECKING:  # or else the type checker would take any name for one of ours

    def __getattr__(name):
        """Import what is asked for (PEP 562)."""
        for home, names in _HOMES.items():
            if name in names:
                return getattr(import_module(f"{__name__}.{home}"), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
