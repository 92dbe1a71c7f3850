"""Adapter: a vehicle's folder and a bus come in, readings of the car go out, through can_bridge."""

import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import can_bridge
from assistant.adapters.can_bridge_files import VehicleFiles
from assistant.errors import BusError, UsageError
from assistant.events import Known, Reading, Reason, Telltale, Unknown
from assistant.ports import Signal


class CanBridgeVehicle:
    """The `Vehicle` port over can_bridge; receives only."""

    def __init__(self, folder: Path, bus: str, ready_timeout_s: float) -> None:
        self._files = VehicleFiles(folder)
        self._bus = bus
        self._ready_timeout_s = ready_timeout_s
        self._bridge: can_bridge.Bridge | None = None
        self._stack = ExitStack()
        self._opened_s = 0.0
        self._ready = False

    def open(self) -> None:
        """Load the profile and open the bus."""
        profile = self._files.profile
        try:
            bridge = can_bridge.open_bridge(profile, self._bus)
            self._bridge = self._stack.enter_context(bridge)
        except can_bridge.SpecError as error:
            raise UsageError(str(error)) from error
        except can_bridge.BridgeError as error:
            raise BusError(str(error)) from error
        self._opened_s = time.monotonic()
        self._ready = False

    def close(self) -> None:
        """Close the bus."""
        self._stack.close()
        self._bridge = None

    @property
    def id(self) -> str:
        """The vehicle's id."""
        return self._files.profile.id

    @property
    def signals(self) -> Mapping[str, Signal]:
        """All paths of the profile, derived ones included."""
        return self._files.signals

    @property
    def telltales(self) -> tuple[Telltale, ...]:
        """The lamps of the profile."""
        return self._files.telltales

    @property
    def driver_side(self) -> str:
        """On which side the driver sits."""
        return self._files.driver_side

    @property
    def tyre_size(self) -> str:
        """The size of the fitted wheels."""
        return self._files.tyre_size

    def read(self, path: str) -> Reading:
        """The present reading in the assistant's own words.

        Right after the start it waits a while for every cyclic message; one that does not come in
        that time is no error: its signals stay unknown.
        """
        if self._bridge is None:
            raise BusError("The vehicle bus is not open.")
        if not self._ready:
            left = self._opened_s + self._ready_timeout_s - time.monotonic()
            self._bridge.wait_ready(max(0.0, left))
            self._ready = True
        reading = self._bridge.read(path)
        if isinstance(reading, can_bridge.Known):
            return Known(reading.value, reading.unit, reading.age_s, reading.sources)
        return Unknown(Reason(reading.reason.value))
