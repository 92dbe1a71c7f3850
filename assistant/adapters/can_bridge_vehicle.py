"""Adapter: a vehicle's folder and a bus come in, readings of the car go out, through can_bridge."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import can_bridge
from assistant.adapters.can_bridge_files import VehicleFiles
from assistant.errors import BusError, UsageError
from assistant.events import (
    Known,
    Reading,
    Reason,
    Telltale,
    TroubleCode,
    TroubleCodes,
    Unknown,
)
from assistant.ports import Signal

if TYPE_CHECKING:
    from can_bridge.diagnostics import CodeSurvey, Diagnostics, StoredCode

SURVEY_S = 3.0  # after that no further control unit is asked for its trouble codes


class CanBridgeVehicle:
    """The `Vehicle` port over can_bridge; receives only, but to ask for trouble codes.

    A car whose values must be asked for (OBD-II) is asked all the time.
    """

    def __init__(self, folder: Path, bus: str, ready_timeout_s: float) -> None:
        self._files = VehicleFiles(folder)
        self._bus = bus
        self._ready_timeout_s = ready_timeout_s
        self._bridge: can_bridge.Bridge | None = None
        self._diagnostics: Diagnostics | None = None  # where the car is asked all the time
        self._stack = ExitStack()
        self._opened_s = 0.0
        self._ready = False

    def open(self) -> None:
        """Load the profile and open the bus."""
        profile = self._files.profile
        try:
            self._bridge = self._stack.enter_context(self._opened(profile))
        except can_bridge.SpecError as error:
            raise UsageError(str(error)) from error
        except can_bridge.BridgeError as error:
            raise BusError(str(error)) from error
        self._opened_s = time.monotonic()
        self._ready = False

    def _opened(self, profile: can_bridge.VehicleProfile) -> can_bridge.Bridge:
        if not profile.polls:
            return can_bridge.open_bridge(profile, self._bus)
        from can_bridge.vehicle import open_polled  # noqa: PLC0415  loads the diagnostics

        bridge, self._diagnostics = open_polled(profile, self._bus)
        return bridge

    def close(self) -> None:
        """Close the bus."""
        self._stack.close()
        self._bridge = self._diagnostics = None

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

    def trouble_codes(self) -> TroubleCodes:
        """What the control units have stored.

        They are asked for over a bus of can_bridge's own; the one here is listened to only.
        """
        if self._bridge is None:
            raise BusError("The vehicle bus is not open.")
        profile = self._files.profile
        if profile.diagnostics is None:
            return TroubleCodes(asked=False)
        from can_bridge.diagnostics import survey_codes  # noqa: PLC0415  loads its libraries
        from can_bridge.vehicle import ask_codes  # noqa: PLC0415  as well

        if self._diagnostics is not None:
            return _told(survey_codes(self._diagnostics, SURVEY_S))
        try:
            return _told(ask_codes(profile, self._bus, SURVEY_S))
        except can_bridge.BridgeError as error:
            raise BusError(str(error)) from error


def _told(survey: CodeSurvey) -> TroubleCodes:
    codes = tuple(map(_code, survey.codes))
    return TroubleCodes(tuple(dict.fromkeys(codes)), tuple(ecu.name for ecu in survey.unread))


def _code(stored: StoredCode) -> TroubleCode:
    """A code in the assistant's own words."""
    trouble = stored.trouble
    status = "confirmed" if stored.confirmed else "pending"
    return TroubleCode(trouble.code, trouble.text or "", trouble.structure, status)
