"""Adapter: a vehicle's folder and a broker come in, readings of the car go out, by `kuksa.val.v2`.

The folder says what the car has; the broker says the values.  A broker keeps the last value for
ever, so that its age is judged here, by the limits of the folder: what is old is stale, never said.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.adapters.can_bridge_files import VehicleFiles
from assistant.adapters.kuksa_address import broker_address
from assistant.errors import BusError, UsageError
from assistant.events import (
    Known,
    Reading,
    Reason,
    Telltale,
    TroubleCodes,
    Unknown,
    Value,
)
from assistant.ports import Signal
from can_bridge import SignalSpec, VehicleProfile

if TYPE_CHECKING:
    from assistant.adapters.kuksa_broker import KuksaBroker, Point

LOG = logging.getLogger(__name__)
ON_THE_WAY_S = 1.0  # a value may be older than on the bus by the time that the broker adds
LIMIT_S = 5.0  # of what no frame of the folder carries
AHEAD_S = 1.0  # so far a broker's clock may be ahead of ours
UNITS = {"celsius": "°C", "percent": "%", "degree": "degrees", "m/s^2": "m/s^2"}
"""VSS's name of a unit -> ours, where they differ."""


class KuksaVehicle:
    """The `Vehicle` port over a broker; reads only."""

    def __init__(
        self, folder: Path, spec: str, ready_timeout_s: float, token_file: str = ""
    ) -> None:
        self._files = VehicleFiles(folder)
        self._spec = spec
        self._ready_timeout_s = ready_timeout_s
        self._token_file = token_file
        self._broker: KuksaBroker | None = None
        self._limits: Mapping[str, float] = {}
        self._told: set[str] = set()

    def open(self) -> None:
        """Load the profile and connect."""
        from assistant.adapters.kuksa_broker import KuksaBroker  # noqa: PLC0415  loads gRPC

        profile = self._files.profile
        self._limits = {path: _limit_s(profile, path) for path in profile.signals}
        broker = KuksaBroker(broker_address(self._spec).target, _token(self._token_file))
        broker.open(self._ready_timeout_s)
        self._broker = broker

    def close(self) -> None:
        """Disconnect."""
        if self._broker is not None:
            self._broker.close()
        self._broker = None

    @property
    def id(self) -> str:
        """The vehicle's id."""
        return self._files.profile.id

    @property
    def signals(self) -> Mapping[str, Signal]:
        """All paths of the folder, whether the broker has them or not."""
        return self._files.signals

    @property
    def telltales(self) -> tuple[Telltale, ...]:
        """The lamps of the folder."""
        return self._files.telltales

    @property
    def driver_side(self) -> str:
        """On which side the driver sits."""
        return self._files.driver_side

    @property
    def tyre_size(self) -> str:
        """The size of the fitted wheels."""
        return self._files.tyre_size

    def trouble_codes(self) -> TroubleCodes:
        """None: a broker passes no requests on to control units."""
        return TroubleCodes(asked=False)

    def read(self, path: str) -> Reading:
        """What the broker says, if it is fresh, in the folder's unit and possible."""
        spec = self._files.profile.signals[path]
        if self._broker is None:
            raise BusError("The vehicle bus is not open.")
        points = self._broker.points()
        if points is None:
            return Unknown(Reason.BUS_OFF)
        point = points.get(path)
        if point is None or point.value is None or point.at_s is None:
            return Unknown(Reason.NOT_AVAILABLE)
        if not self._same_unit(spec, point):
            return Unknown(Reason.NOT_AVAILABLE)
        age_s = time.time() - point.at_s
        if age_s > self._limits[path]:
            return Unknown(Reason.STALE)
        if age_s < -AHEAD_S:
            return Unknown(Reason.IMPLAUSIBLE)
        if not _possible(spec, point.value):
            return Unknown(Reason.OUT_OF_RANGE)
        derived = self._files.profile.derived.get(path)
        sources = derived.inputs if derived is not None else ()
        return Known(point.value, spec.unit, max(age_s, 0.0), sources)

    def _same_unit(self, spec: SignalSpec, point: Point) -> bool:
        """A value in another unit is no value: it would be said with the wrong one."""
        if UNITS.get(point.unit, point.unit) == (spec.unit or ""):
            return True
        if spec.path not in self._told:
            self._told.add(spec.path)
            LOG.warning(
                "%s is left out: the broker has it in '%s', the vehicle's folder in '%s'.",
                spec.path,
                point.unit,
                spec.unit or "",
            )
        return False


def _limit_s(profile: VehicleProfile, path: str) -> float:
    """How old a value may be: as on the bus, and as the slowest input of a derived one."""
    source = profile.sources.get(path)
    if source is not None:
        return profile.frames[source.frame].limit_s + ON_THE_WAY_S
    derived = profile.derived.get(path)
    if derived is None or not derived.inputs:
        return LIMIT_S
    return max(_limit_s(profile, name) for name in derived.inputs)


def _possible(spec: SignalSpec, value: Value) -> bool:
    match spec.kind:
        case "bool":
            return isinstance(value, bool)
        case "enum":
            return value in spec.values
        case "text":
            return isinstance(value, str)
    if isinstance(value, bool | str):
        return False
    low = spec.low if spec.low is not None else float("-inf")
    high = spec.high if spec.high is not None else float("inf")
    return low <= value <= high


def _token(file: str) -> str | None:
    if not file:
        return None
    try:
        return Path(file).read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"The token file {file}, which vehicle_bus.token_file names, cannot be read ({error})."
        ) from error
