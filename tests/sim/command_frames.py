"""Command frames as the assistant's side makes them: packed by cantools, sealed by can_bridge."""

from __future__ import annotations

from can_bridge.checksum import ALGORITHMS
from sim.vehicle_files import load_vehicle

COMMANDS = {message.name: message for message in load_vehicle("aster").commands}
NO_REQUEST = {8: 255, 2: 3}
"""Bits of a field -> the raw value that asks for nothing."""


def command(name: str, counter: int, **requests: float | str) -> bytes:
    """A valid frame; fields that are not given ask for nothing."""
    message = COMMANDS[name]
    values: dict[str, float | str] = {f"{name}_Crc": 0, f"{name}_Cnt": counter}
    for signal in message.signals:
        if signal.name not in values:
            raw = NO_REQUEST[signal.length]
            values[signal.name] = raw * float(signal.scale) + float(signal.offset)
    body = message.encode(values | requests, strict=False)
    checksum = ALGORITHMS["crc8_sae_j1850"][0](body[1:], (), counter)
    return bytes((checksum,)) + body[1:]
