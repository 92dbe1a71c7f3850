"""can_bridge: a bus SPEC in, the open python-can bus out, unfiltered; for recording and replaying.

The bridge itself never uses this: it opens a bus through `bus`, which filters and cannot send.
"""

from __future__ import annotations

import logging
from typing import Any

import can

from can_bridge.bus import BusSpec
from can_bridge.errors import BusError

_BENCH_INTERFACES = frozenset({"unix", "virtual", "udp_multicast"})
_VIRTUAL_CAN = "vcan"


def open_raw_bus(spec: BusSpec) -> can.BusABC:
    """Open the bus; BusError when that cannot be done."""
    options: dict[str, Any] = {"interface": spec.interface, "channel": spec.channel}
    if spec.bitrate is not None:
        options["bitrate"] = spec.bitrate
    logging.getLogger("can").setLevel(logging.CRITICAL + 1)  # python-can logs what it also raises
    try:
        return can.Bus(**options)
    except can.CanInterfaceNotImplementedError as error:
        known = ", ".join(sorted(can.VALID_INTERFACES))
        raise BusError(
            f"the bus {spec} cannot be opened: python-can has no usable interface "
            f"'{spec.interface}' here; choose one of {known}"
        ) from error
    except (can.CanError, OSError, ValueError, TypeError, ImportError) as error:
        lines = str(error).strip().splitlines()
        reason = lines[0].rstrip(".") if lines else type(error).__name__
        hint = "" if ";" in reason else "; check that the channel exists"
        raise BusError(f"the bus {spec} cannot be opened: {reason}{hint}") from error


def has_no_car(spec: BusSpec) -> bool:
    """Whether the bus is one of a bench, to which no control unit of a car is wired."""
    if spec.interface == "socketcan":
        return spec.channel.startswith(_VIRTUAL_CAN)
    return spec.interface in _BENCH_INTERFACES
