"""sim: one ECU as a tester sees it."""

from __future__ import annotations

from dataclasses import dataclass, field

from sim.car import Car
from sim.trouble import TroubleMemory

REJECT_SERVICE, REJECT_SUBFUNCTION, REJECT_LENGTH = 0x11, 0x12, 0x13
REJECT_CONDITIONS, REJECT_RANGE = 0x22, 0x31
"""Reasons of a negative response (ISO 14229-1, annex A)."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where an ECU listens and answers, as vehicle.toml says."""

    ecu: str
    name: str
    request: int
    response: int
    obd: bool = False


@dataclass(frozen=True, slots=True)
class Diagnostics:
    """The addresses of vehicle.toml and what the ECUs say of themselves."""

    functional: int
    """Who asks here asks every ECU that knows OBD-II."""
    addresses: tuple[Address, ...]
    texts: dict[str, dict[str, str]]
    """ECU -> its texts."""


@dataclass(frozen=True, slots=True)
class Unit:
    """An ECU, what it says of itself, and the car that it is in."""

    address: Address
    car: Car
    memory: TroubleMemory
    texts: dict[str, str] = field(default_factory=dict)
    """`vin`, `serial`, `part`, `software`, `system` and `calibration`."""

    def text(self, key: str) -> bytes:
        """A text in ASCII."""
        return self.texts.get(key, "").encode("ascii", "replace")


def negative(service: int, reason: int) -> bytes:
    """A negative response."""
    return bytes((0x7F, service, reason))
