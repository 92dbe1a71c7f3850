"""sim: physical values of one message in, the bytes of its frames out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from cantools.database.can import Message, Signal

from sim.checksums import SEALS
from sim.errors import ScenarioError, VehicleFileError

Physical = float | bool | str | None
"""A number in the DBC's unit, a state of its VAL_ table, or None: not available."""

NOT_AVAILABLE = "SNA"  # the name that VAL_ gives the raw value for it


@dataclass(frozen=True, slots=True)
class _Slot:
    """One signal: from a physical value to bits at their place."""

    big_endian: bool
    shift: int
    mask: int
    factor: float
    offset: float
    low: float
    high: float
    not_available: int
    states: dict[str, int]
    signed: bool

    def bits(self, value: Physical) -> int:
        if value is None:
            raw = self.not_available
        elif isinstance(value, str):
            raw = self.states[value]
        else:
            inside = min(max(float(value), self.low), self.high)
            raw = round((inside - self.offset) / self.factor)
        return self.place(raw)

    def place(self, raw: int) -> int:
        return (raw & self.mask) << self.shift

    def beyond(self) -> int | None:
        """A raw value without a name that means more than `high`, or else less than `low`."""
        bottom, top = (-(self.mask >> 1) - 1, self.mask >> 1) if self.signed else (0, self.mask)
        edges = [round((limit - self.offset) / self.factor) for limit in (self.high, self.low)]
        near = [edge + step for edge in edges for step in (1, -1)]
        free = [
            raw
            for raw in (top - 1, top, bottom + 1, bottom, *near)
            if bottom <= raw <= top and raw not in self.states.values()
        ]
        values = {raw: raw * self.factor + self.offset for raw in free}
        above = [raw for raw in free if values[raw] > self.high]
        below = [raw for raw in free if values[raw] < self.low]
        return next(iter(above + below), None)


def _slot(signal: Signal, length: int) -> _Slot:
    big_endian = signal.byte_order == "big_endian"
    shift = int(signal.start)
    if big_endian:
        byte, bit = divmod(int(signal.start), 8)
        shift = (length - 1 - byte) * 8 + bit - (signal.length - 1)
    states = {str(name): raw for raw, name in (signal.choices or {}).items()}
    lowest = -(1 << signal.length - 1) if signal.is_signed else 0
    limits = [lowest * signal.scale + signal.offset]
    limits.append((lowest + (1 << signal.length) - 1) * signal.scale + signal.offset)
    low = min(limits) if signal.minimum is None else float(signal.minimum)
    high = max(limits) if signal.maximum is None else float(signal.maximum)
    return _Slot(
        big_endian=big_endian,
        shift=shift,
        mask=(1 << signal.length) - 1,
        factor=float(signal.scale),
        offset=float(signal.offset),
        low=low,
        high=high,
        not_available=states.get(NOT_AVAILABLE, round((low - signal.offset) / signal.scale)),
        states=states,
        signed=bool(signal.is_signed),
    )


class FrameBuilder:
    """Builds the frames of one message; encodes again only what has changed."""

    def __init__(self, message: Message) -> None:
        """Everything that does not depend on values is worked out here."""
        self.name = message.name
        self.identifier = int(message.frame_id)
        self.extended = bool(message.is_extended_frame)
        self.length = int(message.length)
        self.cycle_s = (message.cycle_time or 0) / 1000
        self.sender = message.senders[0] if message.senders else ""
        attributes = message.dbc.attributes if message.dbc else {}
        self.delay_s = _attribute(attributes, "GenMsgStartDelayTime", 0) / 1000
        slots = {signal.name: _slot(signal, self.length) for signal in message.signals}
        self._counter_slot = slots.pop(f"{message.name}_Cnt", None)
        self._checksum_slot = slots.pop(f"{message.name}_Crc", None)
        self._slots = slots
        algorithm = str(_text(attributes, "E2EChecksum"))
        if self._checksum_slot is not None and algorithm not in SEALS:
            raise VehicleFileError(
                f"the message {message.name} has a checksum, but its attribute E2EChecksum is "
                f"'{algorithm}'; expected one of {', '.join(SEALS)}"
            )
        self._seal = SEALS.get(algorithm)
        self._checksum_at = self._byte_of_checksum()
        self._ids = [int(number) for number in _text(attributes, "E2EDataIds").split()]
        self._values: Mapping[str, Physical] | None = None
        self._encoded: dict[str, int] = {}
        self._body = 0

    @property
    def signals(self) -> Sequence[str]:
        """Names of the signals that carry values."""
        return tuple(self._slots)

    @property
    def counter_modulus(self) -> int:
        """The rolling counter goes from 0 to one less than this."""
        return 1 if self._counter_slot is None else self._counter_slot.mask + 1

    @property
    def has_checksum(self) -> bool:
        """Whether its frames are sealed."""
        return self._checksum_at is not None

    def build(
        self, values: Mapping[str, Physical], counter: int, raw: Mapping[str, int] | None = None
    ) -> bytes:
        """The bytes of a frame; a signal without a value is sent as not available.

        `raw` puts raw values in the place of what `values` says.
        """
        if raw:
            self._values = None
            self._encode(values)
            for name, number in raw.items():
                self._encoded[name] = self._in_frame(self._slots[name], number)
            self._body = _union(self._encoded.values())
            self._values = None
        elif values != self._values:
            self._encode(values)
            self._values = dict(values)
        body = self._body
        if self._counter_slot is not None:
            body |= self._in_frame(self._counter_slot, counter)
        return self._sealed(body.to_bytes(self.length, "little"), counter)

    def _encode(self, values: Mapping[str, Physical]) -> None:
        known = self._values
        for name, slot in self._slots.items():
            value = values.get(name)
            if known is None or known.get(name) != value or name not in self._encoded:
                bits = slot.bits(value)
                self._encoded[name] = self._turned(bits) if slot.big_endian else bits
        self._body = _union(self._encoded.values())

    def _in_frame(self, slot: _Slot, raw: int) -> int:
        bits = slot.place(raw)
        return self._turned(bits) if slot.big_endian else bits

    def _turned(self, bits: int) -> int:
        """From the number of a big-endian frame to that of the same bytes, little-endian."""
        return int.from_bytes(bits.to_bytes(self.length, "big"), "little")

    def _sealed(self, frame: bytes, counter: int) -> bytes:
        place = self._checksum_at
        if place is None or self._seal is None:
            return frame
        checksum = self._seal(frame[:place] + frame[place + 1 :], self._ids, counter)
        return frame[:place] + bytes((checksum,)) + frame[place + 1 :]

    def limits(self, signal: str) -> tuple[float, float]:
        """The least and the greatest physical value of a signal."""
        slot = self._slots[signal]
        return slot.low, slot.high

    def check_raw(self, signal: str, raw: int) -> None:
        """Raise a ScenarioError if the bits of a signal cannot hold a raw value."""
        most = self._slots[signal].mask
        if not 0 <= raw <= most:
            raise ScenarioError(
                f"the raw value {raw} does not fit the {most.bit_length()} bits of {signal} of "
                f"{self.name}; give one from 0 to {most}"
            )

    def may_lack(self, signal: str) -> bool:
        """Whether a signal has a raw value for `not available`."""
        return NOT_AVAILABLE in self._slots[signal].states

    def number_of(self, signal: str, value: Physical) -> float | None:
        """The physical value of a state or a number; None if it is not available."""
        slot = self._slots[signal]
        if isinstance(value, str):
            return slot.states[value] * slot.factor + slot.offset
        return None if value is None else float(value)

    def raw_beyond(self, signal: str) -> int:
        """A raw value outside of a signal's range that is not `not available` either."""
        slot = self._slots[signal]
        raw = slot.beyond()
        if raw is None:
            raise ScenarioError(
                f"every raw value of {signal} of {self.name} has a meaning, so none is out of range; "
                "choose another signal"
            )
        return raw

    def counter_in(self, frame: bytes) -> int:
        """The counter that a received frame of the right length carries."""
        slot = self._counter_slot
        if slot is None:
            return 0
        order: Literal["big", "little"] = "big" if slot.big_endian else "little"
        return int.from_bytes(frame, order) >> slot.shift & slot.mask

    def resealed(self, frame: bytes) -> bytes:
        """The same frame with the checksum that fits it."""
        return self._sealed(frame, self.counter_in(frame))

    def damaged(self, frame: bytes) -> bytes:
        """The same frame with a checksum that does not fit.

        One that is unprotected, or too short for a checksum, stays as it is.
        """
        place = self._checksum_at
        if place is None or place >= len(frame):
            return frame
        return frame[:place] + bytes((frame[place] ^ 0x5A,)) + frame[place + 1 :]

    def _byte_of_checksum(self) -> int | None:
        if self._checksum_slot is None:
            return None
        return self._in_frame(self._checksum_slot, 0xFF).to_bytes(self.length, "little").index(0xFF)


def _union(parts: Iterable[int]) -> int:
    body = 0
    for part in parts:
        body |= part
    return body


def _attribute(attributes: Mapping[str, object], name: str, default: int) -> int:
    value = getattr(attributes.get(name), "value", default)
    return int(value)


def _text(attributes: Mapping[str, object], name: str) -> str:
    return str(getattr(attributes.get(name), "value", ""))
