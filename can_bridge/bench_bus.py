"""can_bridge: a bus SPEC in, whether replaying on it is safe out."""

from __future__ import annotations

from can_bridge.bus import BusSpec

_BENCH_INTERFACES = frozenset({"unix", "virtual", "udp_multicast"})
_VIRTUAL_CAN = "vcan"


def has_no_car(spec: BusSpec) -> bool:
    """Whether the bus is one of a bench, to which no control unit of a car is wired."""
    if spec.interface == "socketcan":
        return spec.channel.startswith(_VIRTUAL_CAN)
    return spec.interface in _BENCH_INTERFACES
