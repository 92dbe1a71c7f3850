"""Adapter: a vehicle's folder comes in, what its files say in the assistant's words goes out."""

from collections.abc import Mapping
from pathlib import Path

import can_bridge
from assistant.errors import VehicleProfileError
from assistant.events import Telltale
from assistant.ports import Signal


class VehicleFiles:
    """The files of one vehicle, read when they are first needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._profile: can_bridge.VehicleProfile | None = None

    @property
    def profile(self) -> can_bridge.VehicleProfile:
        """All that they say; raises VehicleProfileError."""
        if self._profile is None:
            try:
                self._profile = can_bridge.load_profile(self._folder)
            except can_bridge.ProfileError as error:
                raise VehicleProfileError(str(error)) from error
        return self._profile

    @property
    def signals(self) -> Mapping[str, Signal]:
        """All paths of the profile, derived ones included."""
        return {path: Signal(path, spec.unit) for path, spec in self.profile.signals.items()}

    @property
    def telltales(self) -> tuple[Telltale, ...]:
        """The lamps of the profile."""
        return tuple(
            Telltale(lamp.id, lamp.path, lamp.name, lamp.colour, lamp.section)
            for lamp in self.profile.telltales
        )

    @property
    def driver_side(self) -> str:
        """On which side the driver sits."""
        return self.profile.region.get("driver_position", "left")

    @property
    def tyre_size(self) -> str:
        """The fitted tyres, "" where the profile does not say."""
        return self.profile.tyres.fitted if self.profile.tyres else ""
