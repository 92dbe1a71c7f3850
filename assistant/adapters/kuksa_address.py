"""Adapter: the SPEC of a vehicle bus comes in, whether and where a broker of `kuksa.val` is goes out.

`kuksa:unix:PATH`, `kuksa:127.0.0.1:PORT` or `kuksa:[::1]:PORT`: nothing that leaves this machine.
"""

import ipaddress
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import UsageError

PREFIX = "kuksa:"
MAX_PORT = 65535


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """Where a broker listens."""

    target: str  # as gRPC writes it
    is_network: bool  # loopback, which the lock on the network would refuse


def is_broker(spec: str) -> bool:
    """Whether the SPEC names a broker and not a bus."""
    return spec.startswith(PREFIX)


def broker_address(spec: str) -> BrokerAddress:
    """Where the broker of a SPEC listens; UsageError for anything that is not on this machine."""
    place = spec.removeprefix(PREFIX)
    if place.startswith("unix:") and place != "unix:":
        return BrokerAddress(f"unix:{Path(place.removeprefix('unix:')).absolute()}", False)
    host, _, port = place.rpartition(":")
    try:
        address = ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))
        on_this_machine = address.is_loopback and 0 < int(port) <= MAX_PORT
    except ValueError:
        on_this_machine = False
    if not on_this_machine:
        raise UsageError(
            f"'{spec}' names no broker on this machine: expected kuksa:unix:PATH, "
            "kuksa:127.0.0.1:PORT or kuksa:[::1]:PORT."
        )
    return BrokerAddress(place, True)
