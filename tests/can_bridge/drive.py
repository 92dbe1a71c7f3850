"""A drive on the DBC of any car: given signals follow given values, all others are noise."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from pathlib import Path

import can
from cantools.database.can import Message, Signal

from can_bridge.dbc import bit_field, read_wild_dbc
from can_bridge.recorder import Recorder

START_S = 1_700_000_000.0
Truth = Callable[[float], float]
"""Seconds -> the physical value in the DBC's unit, or the raw value of an enumeration."""


def speed_kmh(at_s: float) -> float:
    return 60 + 50 * math.sin(at_s / 4)


class Drive:
    """Frames of the messages that carry a truth, and of some others."""

    def __init__(
        self, dbc: str, truths: Mapping[str, Truth], others: int = 8, seed: int = 3
    ) -> None:
        self._rng = random.Random(seed)
        self._truths = dict(truths)
        messages = read_wild_dbc(dbc).messages
        named = {name.split(".")[0] for name in truths}
        assert named <= {m.name for m in messages}, named - {m.name for m in messages}
        rest = [m for m in messages if m.name not in named]
        self.messages = [m for m in messages if m.name in named]
        self.messages += self._rng.sample(rest, min(others, len(rest)))
        for name in truths:
            message = next(m for m in messages if m.name == name.split(".")[0])
            assert any(s.name == name.split(".")[1] for s in message.signals), name

    def record(self, file: Path, seconds: float = 20.0, period_s: float = 0.1) -> Path:
        """Write the drive as a recording."""
        with Recorder(file) as recorder:
            for step in range(int(seconds / period_s)):
                at_s = step * period_s
                for place, message in enumerate(self.messages):
                    recorder.write(self._frame(message, at_s + place * 1e-4))
        return file

    def _frame(self, message: Message, at_s: float) -> can.Message:
        little = big = 0
        for signal in message.signals:
            if signal.is_float or signal.multiplexer_ids:
                continue
            raw = self._raw(message, signal, at_s)
            field = bit_field(signal, message.length)
            mask = (1 << field.bits) - 1
            if field.big_endian:
                big = big & ~(mask << field.shift) | (raw & mask) << field.shift
            else:
                little = little & ~(mask << field.shift) | (raw & mask) << field.shift
        data = bytes(
            a | b
            for a, b in zip(
                little.to_bytes(message.length, "little"),
                big.to_bytes(message.length, "big"),
                strict=True,
            )
        )
        return can.Message(
            arbitration_id=message.frame_id,
            is_extended_id=message.is_extended_frame,
            is_fd=message.length > 8,
            data=data,
            timestamp=START_S + at_s,
            channel=0,
        )

    def _raw(self, message: Message, signal: Signal, at_s: float) -> int:
        truth = self._truths.get(f"{message.name}.{signal.name}")
        if truth is None:
            return self._rng.randrange(1 << signal.length)
        value = truth(at_s)
        if signal.choices:
            return int(value)
        return round((value - float(signal.offset)) / float(signal.scale))
