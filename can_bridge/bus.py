"""can_bridge: a bus SPEC in, an open receive-only bus out."""

from __future__ import annotations

import contextlib
import logging
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import can

from can_bridge.errors import BusError, SpecError
from can_bridge.spec import EXTENDED

_SPEC = re.compile(r"(?P<interface>[a-z0-9_]+):(?P<channel>[^@]+)(?:@(?P<bitrate>\d+))?")
_MAX_LAG_S = 10.0
_STANDARD_MASK, _EXTENDED_MASK = 0x7FF, 0x1FFF_FFFF


@dataclass(frozen=True, slots=True)
class BusSpec:
    """Which bus: python-can's interface and channel, and its bit rate if the SPEC gives one."""

    interface: str
    channel: str
    bitrate: int | None = None

    def __str__(self) -> str:
        """The SPEC itself."""
        return f"{self.interface}:{self.channel}" + (f"@{self.bitrate}" if self.bitrate else "")


@dataclass(frozen=True, slots=True)
class Frame:
    """A data frame as it came."""

    key: int
    """Identifier, with EXTENDED set for 29 bits."""
    data: bytes
    at_s: float
    """When it was sent or stamped, on the clock of time.monotonic()."""


class FrameSource(Protocol):
    """Where frames come from."""

    def receive(self, timeout_s: float) -> Frame | None:
        """The next data frame, or None when the time is up; can.CanError when the bus failed."""

    def close(self) -> None:
        """Leave the bus."""


def parse_bus_spec(text: str) -> BusSpec:
    """Read `interface:channel[@bitrate]`; SpecError when it is none."""
    match = _SPEC.fullmatch(text)
    if match is None:
        raise SpecError(
            f"'{text}' names no bus; expected interface:channel[@bitrate], "
            f"such as unix:aster or socketcan:can0@500000"
        )
    bitrate = match["bitrate"]
    return BusSpec(match["interface"], match["channel"], int(bitrate) if bitrate else None)


class ReceiveOnlyBus:
    """A python-can bus with which nothing can be sent."""

    def __init__(self, bus: can.BusABC) -> None:
        """Takes the bus over, and closes it in `close`."""
        self._bus = bus

    def receive(self, timeout_s: float) -> Frame | None:
        """See FrameSource; frames that carry no data are passed over."""
        message = self._bus.recv(timeout_s)
        if message is None or message.is_error_frame or message.is_remote_frame:
            return None
        key = message.arbitration_id | (EXTENDED if message.is_extended_id else 0)
        return Frame(key, bytes(message.data), time.monotonic() - _lag_s(message.timestamp))

    def close(self) -> None:
        """Leave the bus."""
        self._bus.shutdown()


def _lag_s(timestamp: float) -> float:
    """How long the frame waited in a queue; 0 for a stamp from a clock that is not the wall's."""
    lag_s = time.time() - timestamp
    return lag_s if 0.0 < lag_s < _MAX_LAG_S else 0.0


def open_bus(spec: BusSpec, keys: Iterable[int]) -> ReceiveOnlyBus:
    """Open the bus and let only these frames in; BusError when it cannot be opened."""
    options: dict[str, Any] = {"interface": spec.interface, "channel": spec.channel}
    if spec.bitrate is not None:
        options["bitrate"] = spec.bitrate
    filters = [_filter(key) for key in keys]
    try:
        with _quiet():
            return ReceiveOnlyBus(can.Bus(can_filters=filters, **options))
    except can.CanInterfaceNotImplementedError as error:
        known = ", ".join(sorted(can.VALID_INTERFACES))
        raise BusError(
            f"the bus {spec} cannot be opened: python-can has no usable interface "
            f"'{spec.interface}' here; choose one of {known}"
        ) from error
    except (can.CanError, OSError, ValueError, TypeError, ImportError) as error:
        reason = _first_line(error)
        hint = "" if ";" in reason else "; check that the channel exists"
        raise BusError(f"the bus {spec} cannot be opened: {reason}{hint}") from error


def _filter(key: int) -> can.typechecking.CanFilter:
    extended = bool(key & EXTENDED)
    mask = _EXTENDED_MASK if extended else _STANDARD_MASK
    return {"can_id": key & ~EXTENDED, "can_mask": mask, "extended": extended}


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__


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
