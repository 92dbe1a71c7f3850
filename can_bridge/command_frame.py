"""can_bridge: a command and a value in, the bytes of the frame that asks for it out; pure."""

from __future__ import annotations

import math

from can_bridge.readings import Value
from can_bridge.spec import CommandSpec

_DECIMALS = 6
_FLOAT32 = 1e-6  # relative; what a client of that type cannot tell apart


def raw_value(command: CommandSpec, value: Value) -> int | None:
    """The raw value that asks for `value`; None when it is of another kind or not allowed.

    A number is rounded to the nearest step of its field.  Whatever is no Value at all, such as bytes,
    is of another kind too.
    """
    if command.kind == "number":
        if not isinstance(value, int | float) or isinstance(value, bool):
            return None
        if not command.low <= value <= command.high:  # nor is NaN, nor what is beyond any float
            return None
        return round((value - command.offset) / command.factor)
    kind = bool if command.kind == "bool" else str
    return command.choices.get(value) if isinstance(value, kind) else None


def asked_value(command: CommandSpec, value: Value) -> Value:
    """What the car is really asked for: a number on the nearest step, else the value itself."""
    raw = raw_value(command, value)
    if command.kind != "number" or raw is None:
        return value
    return round(raw * command.factor + command.offset, _DECIMALS)


def is_on_a_step(command: CommandSpec, value: Value) -> bool:
    """Whether the car can be asked for exactly this; also where it may not be asked at all."""
    asked = asked_value(command, value)
    if raw_value(command, value) is None or isinstance(asked, str) or isinstance(value, str):
        return True
    return math.isclose(asked, value, rel_tol=_FLOAT32, abs_tol=10.0**-_DECIMALS)


def build_frame(command: CommandSpec, raw: int, counter: int) -> bytes:
    """The frame that asks for one raw value and for nothing else; ValueError if it does not fit."""
    frame = command.frame
    data = command.field.insert(frame.blank, raw)
    protection = frame.protection
    if protection is None:
        return data
    number = 0
    if protection.counter is not None:
        number = counter % (1 << protection.counter.bits)
        data = protection.counter.insert(data, number)
    position = protection.checksum_byte
    if position is None:
        return data
    checksum = protection.checksum(data, position, number)
    return data[:position] + bytes((checksum,)) + data[position + 1 :]
