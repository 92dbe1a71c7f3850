"""can_bridge: a PID of OBD-II mode 01 in, what its answer means out; a table, no bus.

Formulas are those of SAE J1979 (ISO 15031-5), mode 01: "show current data".  `first` and `count` say
which bytes of the answer hold the number (after the mode and the PID), most significant first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Pid:
    """One current value of mode 01."""

    number: int
    name: str
    length: int
    """Bytes that the answer has after mode and PID."""
    count: int
    """Bytes of the number."""
    factor: float
    offset: float
    unit: str
    low: float
    high: float
    first: int = 0
    """Where in the answer the number begins."""


_ROWS = (
    Pid(0x04, "calculated engine load", 1, 1, 100 / 255, 0, "%", 0, 100),
    Pid(0x05, "engine coolant temperature", 1, 1, 1, -40, "°C", -40, 215),
    Pid(0x0A, "fuel pressure (gauge)", 1, 1, 3, 0, "kPa", 0, 765),
    Pid(0x0B, "intake manifold pressure", 1, 1, 1, 0, "kPa", 0, 255),
    Pid(0x0C, "engine speed", 2, 2, 0.25, 0, "rpm", 0, 16383.75),
    Pid(0x0D, "vehicle speed", 1, 1, 1, 0, "km/h", 0, 255),
    Pid(0x0E, "timing advance", 1, 1, 0.5, -64, "degrees", -64, 63.5),
    Pid(0x0F, "intake air temperature", 1, 1, 1, -40, "°C", -40, 215),
    Pid(0x10, "mass air flow", 2, 2, 0.01, 0, "g/s", 0, 655.35),
    Pid(0x11, "throttle position", 1, 1, 100 / 255, 0, "%", 0, 100),
    Pid(0x1F, "time since engine start", 2, 2, 1, 0, "s", 0, 65535),
    Pid(0x21, "distance with the warning lamp on", 2, 2, 1, 0, "km", 0, 65535),
    Pid(0x2C, "commanded exhaust gas recirculation", 1, 1, 100 / 255, 0, "%", 0, 100),
    Pid(0x2F, "fuel level", 1, 1, 100 / 255, 0, "%", 0, 100),
    Pid(0x30, "warm-ups since codes cleared", 1, 1, 1, 0, "", 0, 255),
    Pid(0x31, "distance since codes cleared", 2, 2, 1, 0, "km", 0, 65535),
    Pid(0x33, "barometric pressure", 1, 1, 1, 0, "kPa", 0, 255),
    Pid(0x42, "control module voltage", 2, 2, 0.001, 0, "V", 0, 65.535),
    Pid(0x43, "absolute load", 2, 2, 100 / 255, 0, "%", 0, 25700),
    Pid(0x45, "relative throttle position", 1, 1, 100 / 255, 0, "%", 0, 100),
    Pid(0x46, "ambient air temperature", 1, 1, 1, -40, "°C", -40, 215),
    Pid(0x49, "accelerator pedal position D", 1, 1, 100 / 255, 0, "%", 0, 100),
    Pid(0x4C, "commanded throttle", 1, 1, 100 / 255, 0, "%", 0, 100),
    Pid(0x52, "ethanol in the fuel", 1, 1, 100 / 255, 0, "%", 0, 100),
    Pid(0x5A, "relative accelerator pedal position", 1, 1, 100 / 255, 0, "%", 0, 100),
    Pid(0x5B, "hybrid battery charge", 1, 1, 100 / 255, 0, "%", 0, 100),
    Pid(0x5C, "engine oil temperature", 1, 1, 1, -40, "°C", -40, 215),
    Pid(0x5E, "fuel rate", 2, 2, 0.05, 0, "l/h", 0, 3276.75),
    Pid(0x61, "demanded torque", 1, 1, 1, -125, "%", -125, 130),
    Pid(0x62, "actual torque", 1, 1, 1, -125, "%", -125, 130),
    Pid(0xA6, "odometer", 4, 4, 0.1, 0, "km", 0, 429496729.5),
)
PIDS: Mapping[int, Pid] = MappingProxyType({row.number: row for row in _ROWS})
"""PID -> meaning.  Bit fields (01, 03, 1C, the support maps 00, 20, 40 …) are no numbers, not here."""
