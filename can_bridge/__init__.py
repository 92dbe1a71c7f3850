"""can_bridge: frames of a vehicle's CAN bus in, validated readings out; knows nothing of voice.

profile = load_profile(find_vehicle("aster"))
with open_bridge(profile, "unix:aster") as bridge:
    reading = bridge.read("Vehicle.Speed")      # Known(value, unit, age_s) or Unknown(reason)
"""

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
