"""can_bridge: a bus SPEC in, an open bus out; receive-only unless it was asked for otherwise."""

from __future__ import annotations

import contextlib
import logging
import re
import traceback
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import can

from can_bridge.errors import BusError, SpecError, first_line, shown
from can_bridge.frame_source import BusReader
from can_bridge.spec import BITRATES
from can_bridge.unix_bus import CHANNEL, channel_path, is_channel

_SPEC = re.compile(r"(?P<interface>[a-z0-9_]+):(?P<channel>[^@]+)(?:@(?P<bitrate>\d+))?")

_MOST_DIGITS = 9

_BETWEEN = re.compile(r",(?=[a-z0-9_]+:)")

LISTEN_ONLY: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "cantact": {"monitor": True},
        "kvaser": {"driver_mode": False},  # DRIVER_MODE_SILENT
        "nixnet": {"listen_only": True},
        "pcan": {"state": can.BusState.PASSIVE},
        "seeedstudio": {"operation_mode": "silent"},
        "slcan": {"listen_only": True},
        "systec": {"state": can.BusState.PASSIVE},
        "vector": {"listen_only": True},
    }
)
"""What python-can calls it where the driver can be told to send nothing, not even acknowledgements.

SocketCAN has it too, as a property of the interface: `ip link set can0 type can listen-only on`.
"""


@dataclass(frozen=True, slots=True)
class BusSpec:
    """Which bus: python-can's interface and channel, and its bit rate if the SPEC gives one."""

    interface: str
    channel: str
    bitrate: int | None = None

    def __str__(self) -> str:
        """The SPEC itself."""
        return f"{self.interface}:{self.channel}" + (f"@{self.bitrate}" if self.bitrate else "")


def parse_bus_spec(text: str) -> BusSpec:
    """Read `interface:channel[@bitrate]`; SpecError when it is none."""
    match = _SPEC.fullmatch(text)
    if match is None:
        raise SpecError(
            f"'{text}' names no bus; expected interface:channel[@bitrate], "
            f"such as unix:aster or socketcan:can0@500000"
        )
    if match["interface"] == "unix" and not is_channel(match["channel"]):
        raise SpecError(f"'{text}' names no bus: a channel of unix is {CHANNEL}")
    return BusSpec(match["interface"], match["channel"], _bitrate(text, match["bitrate"]))


def _bitrate(text: str, digits: str | None) -> int | None:
    """As in vehicle.toml."""
    if digits is None:
        return None
    lowest, highest = BITRATES
    bitrate = int(digits) if len(digits) <= _MOST_DIGITS else highest + 1
    if not lowest <= bitrate <= highest:
        raise SpecError(
            f"{shown(text)} has no bit rate that a bus can have; expected {lowest} to {highest} bit/s "
            f"after the @, such as socketcan:can0@500000"
        )
    return bitrate


def parse_bus_specs(text: str) -> tuple[BusSpec, ...]:
    """Read one SPEC, or several with commas between them; SpecError when one is none or there twice.

    A comma belongs to the channel, as in `vector:0,1`, unless an interface follows it.
    """
    specs = tuple(parse_bus_spec(part) for part in _BETWEEN.split(text))
    names = [bus_name(spec) for spec in specs]
    for number, spec in enumerate(specs):
        if names[number] in names[:number]:
            raise SpecError(f"the bus {spec} is given twice; name each bus once")
    return specs


def parse_single_bus(text: str) -> BusSpec:
    """Read one SPEC; SpecError when it is none or there are several."""
    specs = parse_bus_specs(text)
    if len(specs) > 1:
        raise SpecError(
            f"this takes one bus at a time, and {', '.join(map(str, specs))} are given; run it once "
            f"for each"
        )
    return specs[0]


def open_bus(spec: BusSpec, keys: Iterable[int], may_send: bool = False) -> BusReader:
    """Open the bus and let only these frames in; BusError when it cannot be opened.

    Without `may_send` its `sender` stays None, and the driver is told to listen only where
    python-can has an option for that.
    """
    reader = BusReader(lambda: open_python_can(spec, may_send), keys, bus_name(spec))
    if may_send:
        reader.allow_sending()
    return reader


def bus_name(spec: BusSpec) -> str:
    """The same for every SPEC of a bus: without its bit rate, and with the folder of a unix bus."""
    channel = channel_path(spec.channel) if spec.interface == "unix" else spec.channel
    return f"{spec.interface}:{channel}"


def open_python_can(spec: BusSpec, may_send: bool) -> can.BusABC:
    """The bus itself, without filters; BusError when it cannot be opened."""
    options: dict[str, Any] = {"interface": spec.interface, "channel": spec.channel}
    if spec.bitrate is not None:
        options["bitrate"] = spec.bitrate
    if not may_send:
        options |= LISTEN_ONLY.get(spec.interface, {})
    with _quiet():
        try:
            return can.Bus(**options)
        except Exception as error:  # whatever an interface throws: a missing library, a NameError
            traceback.clear_frames(error.__traceback__)  # a half-opened bus complains when it goes
            raise BusError(f"the bus {spec} cannot be opened: {_reason(spec, error)}") from error


def _reason(spec: BusSpec, error: Exception) -> str:
    """Why, and what to do."""
    if isinstance(error, can.CanInterfaceNotImplementedError):
        if spec.interface in can.VALID_INTERFACES:
            return (
                f"python-can's interface '{spec.interface}' is not usable here "
                f"({first_line(error)}); install its driver and its Python package"
            )
        known = ", ".join(sorted(can.VALID_INTERFACES))
        return f"python-can has no interface '{spec.interface}'; choose one of {known}"
    if isinstance(error, ImportError | NameError):
        return (
            f"the library of python-can's interface '{spec.interface}' is missing "
            f"({first_line(error)}); install its driver"
        )
    reason = first_line(error)
    return reason if ";" in reason else f"{reason}; check that the channel exists"


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """python-can logs what it also raises."""
    logger = logging.getLogger("can")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)
