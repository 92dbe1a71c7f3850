"""Drafting: the frames of one message come in, its counter and checksum go out, if they are certain.

Every field that could be one is tried on every frame; whatever fails once is none.  The checksum
algorithms are those of `can_bridge.checksum`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cantools.database.can import Message, Signal

from can_bridge.checksum import ALGORITHMS, MANY_IDS, ONE_ID
from can_bridge.dbc import bit_field
from can_bridge.drafting.words import words_of
from can_bridge.spec import BitField

_ENOUGH_FRAMES = 50
_ENOUGH_VALUES = 16  # different checksums, so that it is no coincidence
_MOST_STEP = 3
_FEW_LOST = 0.02


@dataclass
class _Counter:
    signal: Signal
    place: BitField
    last: int | None = None
    steps: int = 0
    wide: int = 0
    wraps: int = 0
    wrong: bool = False

    def take(self, data: bytes) -> None:
        value = self.place.extract(data)
        if self.last is not None:
            step = (value - self.last) % (1 << self.place.bits)
            self.wrong |= not 1 <= step <= _MOST_STEP
            self.steps += 1
            self.wide += step > 1
            self.wraps += value < self.last
        self.last = value

    def certain(self) -> bool:
        named = "counter" in words_of(self.signal.name)
        enough = self.steps >= _ENOUGH_FRAMES and self.wraps >= (1 if named else 3)
        few_lost = self.wide - self.wraps <= _FEW_LOST * self.steps
        return not self.wrong and enough and few_lost


@dataclass
class _Checksum:
    signal: Signal
    byte: int
    algorithms: set[str]
    ids: dict[str, int] = field(default_factory=dict)
    values: set[int] = field(default_factory=set)
    frames: int = 0

    def take(self, data: bytes) -> None:
        body = data[: self.byte] + data[self.byte + 1 :]
        self.values.add(data[self.byte])
        self.frames += 1
        for name in tuple(self.algorithms):
            function, count = ALGORITHMS[name]
            if count == ONE_ID and name not in self.ids:
                self._solve(name, body, data[self.byte])
            ids = (self.ids[name],) if name in self.ids else ()
            if (count == ONE_ID and not ids) or function(body, ids, 0) != data[self.byte]:
                self.algorithms.discard(name)

    def _solve(self, name: str, body: bytes, expected: int) -> None:
        """The one data ID below 256 with which the first frame is right; others act like one."""
        function = ALGORITHMS[name][0]
        for data_id in range(256):
            if function(body, (data_id,), 0) == expected:
                self.ids[name] = data_id
                return

    def certain(self) -> str:
        """The algorithm, or "".

        For one length a data ID only adds a constant, so that CRC with a data ID also fits whatever
        CRC of the same polynomial without one does: the simpler one is taken.
        """
        if self.frames < _ENOUGH_FRAMES or len(self.values) < _ENOUGH_VALUES:
            return ""
        simple = {name for name in self.algorithms if name not in self.ids} or self.algorithms
        return next(iter(simple)) if len(simple) == 1 else ""


class ProtectionFinder:
    """Tries every field of one message."""

    def __init__(self, message: Message) -> None:
        """Nothing is tried yet."""
        plain = [s for s in message.signals if not (s.multiplexer_ids or s.is_signed or s.is_float)]
        self._counters = [
            _Counter(s, bit_field(s, message.length))
            for s in plain
            if 2 <= s.length <= 8  # noqa: PLR2004
        ]
        simple = {name for name, (_, count) in ALGORITHMS.items() if count < MANY_IDS}
        self._checksums = [
            _Checksum(s, byte, set(simple))
            for s in plain
            if (byte := _whole_byte(s, message.length)) is not None
        ]

    def take(self, data: bytes) -> None:
        """Try a frame."""
        for counter in self._counters:
            counter.take(data)
        self._counters = [counter for counter in self._counters if not counter.wrong]
        for checksum in self._checksums:
            checksum.take(data)
        self._checksums = [checksum for checksum in self._checksums if checksum.algorithms]

    def row(self) -> dict[str, object]:
        """The row of [messages]; empty if nothing is certain."""
        row: dict[str, object] = {}
        counters = [counter for counter in self._counters if counter.certain()]
        if len(counters) == 1:
            row["counter"] = counters[0].signal.name
        checksums = [checksum for checksum in self._checksums if checksum.certain()]
        if len(checksums) == 1:
            algorithm = checksums[0].certain()
            row |= {"checksum": checksums[0].signal.name, "algorithm": algorithm}
            if algorithm in checksums[0].ids:
                row["data_ids"] = [checksums[0].ids[algorithm]]
        return row


def _whole_byte(signal: Signal, length: int) -> int | None:
    if signal.length != 8:  # noqa: PLR2004
        return None
    place = bit_field(signal, length)
    first = length * 8 - place.shift - 8 if place.big_endian else place.shift
    return first // 8 if first % 8 == 0 else None
