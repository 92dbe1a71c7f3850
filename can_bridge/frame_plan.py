"""can_bridge: what the files say of one frame in, what decodes its bytes out, ready made.

Worked out once, when the profile is loaded, so that a frame that comes costs as little as possible.
"""

from __future__ import annotations

import contextlib
import math
import struct
import sys
from collections.abc import Callable
from fractions import Fraction
from typing import Literal

from can_bridge.readings import Known, Reading, Reason, Unknown
from can_bridge.spec import SignalSource, SignalSpec

Decoder = Callable[[int], Reading]
"""The bits of a field -> its reading when the frame came."""

UNKNOWN = {reason: Unknown(reason) for reason in Reason}
"""One object for each reason, so that `is` tells whether a reading has changed."""

_REMEMBERED = 2048
_FLOATS = {32: "<f", 64: "<d"}


class FieldPlan:
    """Where one signal lies in its frame, and what its bits mean."""

    __slots__ = ("mask", "path", "readings", "shift")

    def __init__(self, spec: SignalSpec, source: SignalSource) -> None:
        """`mask` selects the bits in the whole frame, read as one number."""
        self.path = spec.path
        self.shift = source.field.shift
        self.mask = ((1 << source.field.bits) - 1) << self.shift
        self.readings = Readings(spec, source)


class Readings(dict[int, Reading]):
    """The bits of a signal, shifted to the right end -> its reading when the frame came.

    Each is worked out when it is first asked for, and so many are remembered: most signals go back
    and forth between few values.
    """

    def __init__(self, spec: SignalSpec, source: SignalSource) -> None:
        """Nothing is remembered yet."""
        super().__init__()
        self._decode = decoder(spec, source)

    def __missing__(self, bits: int) -> Reading:
        """Called for bits that are not remembered."""
        if len(self) >= _REMEMBERED:
            self.clear()
        reading = self[bits] = self._decode(bits)
        return reading


def byte_order(source: SignalSource) -> Literal["little", "big"]:
    """How the frame is read as one number."""
    return "big" if source.field.big_endian else "little"


def decoder(spec: SignalSpec, source: SignalSource) -> Decoder:
    """What makes readings of a signal's bits."""
    if source.field.is_float:
        return _float_of(spec, source)
    number = _number_of(spec, source) if spec.kind == "number" else _word_of(spec, source)
    sign = 1 << source.field.bits - 1 if source.field.signed else 0
    invalid = source.invalid

    def decode(bits: int) -> Reading:
        raw = (bits ^ sign) - sign
        return UNKNOWN[Reason.NOT_AVAILABLE] if raw in invalid else number(raw)

    return decode


def _number_of(spec: SignalSpec, source: SignalSource) -> Decoder:
    # Decimal fractions, not binary ones: 29 times 0.01 is 0.29, and not 0.29000000000000004.
    factor, offset = Fraction(str(source.factor)), Fraction(str(source.offset))
    divisor = factor.denominator * offset.denominator
    times, plus = int(factor * divisor), int(offset * divisor)
    low = float("-inf") if spec.low is None else spec.low
    high = float("inf") if spec.high is None else spec.high
    unit = spec.unit
    named: dict[int, Reading] = {raw: Known(v, None, 0.0) for raw, v in source.choices.items()}

    def number(raw: int) -> Reading:
        if raw in named:
            return named[raw]
        value = (raw * times + plus) / divisor
        return Known(value, unit, 0.0) if low <= value <= high else UNKNOWN[Reason.OUT_OF_RANGE]

    return number


def _float_of(spec: SignalSpec, source: SignalSource) -> Decoder:
    low = -sys.float_info.max if spec.low is None else spec.low
    high = sys.float_info.max if spec.high is None else spec.high
    factor, offset, invalid, unit = source.factor, source.offset, source.invalid, spec.unit
    number_of = float_reader(source.field.bits)

    def decode(bits: int) -> Reading:
        number = number_of(bits)
        if number != number or number in invalid:  # noqa: PLR0124  what is no number is not itself
            return UNKNOWN[Reason.NOT_AVAILABLE]
        value = number * factor + offset
        return Known(value, unit, 0.0) if low <= value <= high else UNKNOWN[Reason.OUT_OF_RANGE]

    return decode


def float_reader(bits: int) -> Callable[[int], float]:
    """What makes the number of the bits of an IEEE 754 field; KeyError unless 32 or 64.

    Of 32 bits it is the shortest decimal fraction that has these bits: 0.1, and not
    0.10000000149011612.
    """
    form = struct.Struct(_FLOATS[bits])
    size = bits // 8

    def number_of(raw: int) -> float:
        packed = raw.to_bytes(size, "little")
        (number,) = form.unpack(packed)
        if size < 8 and math.isfinite(number):  # noqa: PLR2004
            for digits in (3, 6, 7, 8):
                short = float(f"{number:.{digits}g}")
                with contextlib.suppress(OverflowError):  # rounded up beyond the largest number
                    if form.pack(short) == packed:
                        return short
        return float(number)

    return number_of


def _word_of(spec: SignalSpec, source: SignalSource) -> Decoder:
    values: dict[int, bool | str] = dict(source.choices) or {0: False, 1: True}
    known = {value: Known(value, spec.unit, 0.0) for value in values.values()}
    readings: dict[int, Reading] = {raw: known[value] for raw, value in values.items()}
    return lambda raw: readings.get(raw, UNKNOWN[Reason.OUT_OF_RANGE])
