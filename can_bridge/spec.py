"""can_bridge: what a vehicle's files say, as frozen values; made by `profile`, read by all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from can_bridge.checksum import ALGORITHMS
from can_bridge.readings import Value

EXTENDED = 1 << 31
"""Set in a frame key when the identifier has 29 bits."""

POLLED = 1 << 30
"""Set in the key of what is asked for and not a frame of the bus: the rest is a PID of OBD-II."""


BITRATES = (10_000, 1_000_000)
"""Lowest and highest bit rate of a bus, in bit/s."""

FLOAT_BITS = (32, 64)
"""Widths of floating-point numbers that a DBC knows."""


@dataclass(frozen=True, slots=True)
class SignalSpec:
    """A signal as the rest of Auriga sees it."""

    path: str
    """COVESA VSS name, or a private one in its style."""
    unit: str | None
    kind: str
    """`number`, `bool`, `enum` (lower-case words) or `text` (derived only)."""
    description: str = ""
    values: tuple[str, ...] = ()
    """Of an enum: every word it can have."""
    low: float | None = None
    high: float | None = None
    derived: bool = False
    labels: tuple[str, ...] = ()
    """Of a text: what it can list, in this order and with commas between."""


@dataclass(frozen=True, slots=True)
class TelltaleSpec:
    """A warning or indicator lamp of the cluster."""

    id: str
    path: str
    name: str
    colour: str
    section: str
    """Section of the owner's manual."""


@dataclass(frozen=True, slots=True)
class BitField:
    """Where a raw value lies in a frame."""

    big_endian: bool
    shift: int
    """Right shift of the whole frame, read as one number in this byte order."""
    bits: int
    signed: bool
    is_float: bool = False
    """Whether the bits are an IEEE 754 number; the raw value is those bits as a whole number."""

    def extract(self, data: bytes) -> int:
        """The raw value."""
        number = int.from_bytes(data, "big" if self.big_endian else "little")
        raw = number >> self.shift & (1 << self.bits) - 1
        negative = self.signed and not self.is_float
        return raw - (1 << self.bits) if negative and raw >> self.bits - 1 else raw

    def insert(self, data: bytes, raw: int) -> bytes:
        """The frame with this raw value in its place; ValueError when it does not fit."""
        if not self.lowest <= raw <= self.highest:
            raise ValueError(raw)
        order: Literal["big", "little"] = "big" if self.big_endian else "little"
        mask = (1 << self.bits) - 1
        number = int.from_bytes(data, order) & ~(mask << self.shift)
        return (number | (raw & mask) << self.shift).to_bytes(len(data), order)

    @property
    def lowest(self) -> int:
        """The smallest raw value."""
        return -(1 << self.bits - 1) if self.signed else 0

    @property
    def highest(self) -> int:
        """The largest raw value."""
        return (1 << self.bits - self.signed) - 1


@dataclass(frozen=True, slots=True)
class Page:
    """The frames of a multiplexed message that carry a signal: all these selectors say so.

    A selector may itself lie on a page of another one; that one comes first.
    """

    selectors: tuple[tuple[BitField, frozenset[int]], ...]
    """Where each selector lies, and the raw values with which it says so."""

    def holds(self, data: bytes) -> bool:
        """Whether the frame, of the right length, is one of them."""
        return all(field.extract(data) in values for field, values in self.selectors)


@dataclass(frozen=True, slots=True)
class Protection:
    """How a frame proves that it is intact and new."""

    counter: BitField | None
    max_step: int
    """The counter may grow by this much from frame to frame, since frames can be lost."""
    checksum_byte: int | None
    algorithm: str
    data_ids: tuple[int, ...]

    def checksum_is_right(self, data: bytes, counter: int) -> bool:
        """Whether the checksum fits the rest of the frame; True when there is none."""
        position = self.checksum_byte
        if position is None:
            return True
        return self.checksum(data, position, counter) == data[position]

    def checksum(self, data: bytes, position: int, counter: int) -> int:
        """What the checksum of the frame should be."""
        body = data[:position] + data[position + 1 :]
        return ALGORITHMS[self.algorithm][0](body, self.data_ids, counter)


@dataclass(frozen=True, slots=True)
class FrameSpec:
    """A frame that carries signals of the table."""

    key: int
    """Identifier, with EXTENDED set for 29 bits."""
    name: str
    length: int
    cycle_s: float | None
    """None when it is not sent periodically."""
    limit_s: float
    """Its signals are stale after this time, but for those that have a limit of their own."""
    protection: Protection | None
    page_limit_s: float | None = None
    """The same for the signals on a page of a multiplexed message, which come more rarely."""

    def limit_of(self, source: SignalSource) -> float:
        """After how many seconds a signal of this frame is stale."""
        if source.limit_s is not None:
            return source.limit_s
        if source.page is not None and self.page_limit_s is not None:
            return self.page_limit_s
        return self.limit_s


@dataclass(frozen=True, slots=True)
class SignalSource:
    """How the value of a signal is read from its frame."""

    frame: int
    """Key of the FrameSpec."""
    field: BitField
    factor: float
    offset: float
    invalid: frozenset[int]
    """Raw values that say: not available."""
    choices: Mapping[int, str | bool]
    """Raw value -> word of an enum, truth of a bool, or name of what is no value of a number."""
    limit_s: float | None = None
    """Stale after this time; None for the limit of its frame."""
    page: Page | None = None
    """Of a multiplexed signal: which frames carry it; None if all do."""


@dataclass(frozen=True, slots=True)
class DerivedSource:
    """How a derived signal is computed from others."""

    rule: str
    inputs: tuple[str, ...]
    labels: tuple[str, ...]
    """What to call each input in a list."""
    limits: tuple[float, ...] = ()
    """Below this an input is low."""
    distance_km: float = 0.0
    """Of a consumption: over the last so many km."""
    tank: bool = False
    """Of a consumption: the second input is what is left, not what was used."""


@dataclass(frozen=True, slots=True)
class PlausibleSpec:
    """A signal must agree with others; where it does not for a while, it is not believed."""

    path: str
    near: tuple[str, ...]
    """What it is compared with: the mean of those of them that are known."""
    scale: float
    """Unit of the signal per unit of the others."""
    absolute: float
    relative: float
    """It may differ by `absolute` plus `relative` times the mean, both in its own unit."""
    hold_s: float
    """So long it may disagree, since the messages do not come at the same moment."""


@dataclass(frozen=True, slots=True)
class TyrePlacard:
    """Cold pressures of one tyre size under one load."""

    tyre: str
    load: str
    front_bar: float
    rear_bar: float


@dataclass(frozen=True, slots=True)
class Tyres:
    """The tyres that are fitted, and the placard of the door frame."""

    fitted: str
    load: str
    low_fraction: float
    placard: tuple[TyrePlacard, ...]

    def current(self) -> TyrePlacard:
        """The row of the placard that holds for the fitted tyres; KeyError if there is none."""
        for row in self.placard:
            if (row.tyre, row.load) == (self.fitted, self.load):
                return row
        raise KeyError(self.fitted)


@dataclass(frozen=True, slots=True)
class Interlock:
    """A condition on the vehicle that must be known to hold when a command is sent."""

    path: str
    reason: str
    """What to say when it does not hold: `the car is moving`."""
    low: float | None = None
    """Of a number: it holds from here on, both ends included."""
    high: float | None = None
    values: tuple[Value, ...] = ()
    """Of a word or a truth: it holds for these."""
    for_low: float | None = None
    """It guards only requests from here on; None: all."""
    for_high: float | None = None
    for_values: tuple[Value, ...] = ()
    """It guards only requests of these words or truths; empty: all."""


@dataclass(frozen=True, slots=True)
class CommandFrame:
    """A frame that may be sent, with a value of `no request` in each of its fields."""

    key: int
    name: str
    blank: bytes
    protection: Protection | None
    interval_s: float
    """No two frames are sent faster than this."""
    per_minute: int
    """No more frames than this are sent in any 60 s."""
    bus: int = 0
    """The number of the bus that it is sent on."""


@dataclass(frozen=True, slots=True)
class CommandSpec:
    """Something that may be asked of the car, and all that must be true of it."""

    path: str
    """What it sets; the path of a signal, or a private one when it sets several."""
    kind: str
    """`number`, `bool` or `enum`."""
    unit: str | None
    description: str
    frame: CommandFrame
    field: BitField
    factor: float
    offset: float
    choices: Mapping[Value, int]
    """Of an enum or bool: the values that may be asked for -> raw value."""
    low: float
    high: float
    """Limits of a number."""
    confirm: tuple[str, ...]
    """The readings that must all come to equal the value; never carried by `frame` itself."""
    tolerance: float
    deadline_s: float
    """After this nothing is sent any more, and the command has failed."""
    sends: int
    """At most so many frames within the deadline."""
    interlocks: tuple[Interlock, ...]
    patience_s: float
    """Once the car has not told its state for so long, it is not waited for any more."""


@dataclass(frozen=True, slots=True)
class EcuSpec:
    """A control unit that answers diagnostic requests."""

    id: str
    name: str
    request: int
    """Key of the frames that ask it."""
    response: int
    """Key of the frames that it answers with."""
    obd: bool
    """Whether it answers the OBD-II modes too."""
    bus: int = 0
    """The number of the bus that it is asked on."""


@dataclass(frozen=True, slots=True)
class DiagnosticsSpec:
    """Whom to ask, and where the answers come."""

    functional: int | None
    """Key of the request that every OBD-II unit hears; None when the car has none."""
    ecus: tuple[EcuSpec, ...]

    @property
    def requests(self) -> Mapping[int, frozenset[int]]:
        """Key of a frame that may be sent to ask -> the buses that it is sent on.

        The functional request goes to every bus that a unit which hears it is on.
        """
        routes = {ecu.request: frozenset((ecu.bus,)) for ecu in self.ecus}
        if self.functional is not None:
            heard = frozenset(ecu.bus for ecu in self.ecus if ecu.obd)
            routes[self.functional] = heard or frozenset((0,))
        return routes

    @property
    def responses(self) -> frozenset[int]:
        """Keys of the frames that answer."""
        return frozenset(ecu.response for ecu in self.ecus)


@dataclass(frozen=True, slots=True)
class VehicleProfile:
    """Everything that the files of one vehicle say."""

    id: str
    name: str
    spoken_name: str
    region: Mapping[str, str]
    units: Mapping[str, str]
    bitrate: int
    tyres: Tyres | None
    signals: Mapping[str, SignalSpec] = field(default_factory=dict)
    """path -> signal, derived ones included."""
    telltales: tuple[TelltaleSpec, ...] = ()
    frames: Mapping[int, FrameSpec] = field(default_factory=dict)
    """key -> frame that carries at least one signal."""
    sources: Mapping[str, SignalSource] = field(default_factory=dict)
    derived: Mapping[str, DerivedSource] = field(default_factory=dict)
    polls: Mapping[int, float] = field(default_factory=lambda: MappingProxyType({}))
    """PID of OBD-II mode 01 -> how often it is asked for, in seconds."""
    diagnostics: DiagnosticsSpec | None = None
    commands: Mapping[str, CommandSpec] = field(default_factory=dict)
    """path -> command; with none, nothing can be asked of the car."""
    plausible: tuple[PlausibleSpec, ...] = ()
    buses: tuple[str, ...] = ()
    """What the buses are called, in the order of their numbers; none if the vehicle has one."""
