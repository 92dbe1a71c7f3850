"""can_bridge: a row of [messages] and a DBC message in, the frame, its time limits and its protection out."""

from __future__ import annotations

import re
from collections.abc import Callable

from cantools.database.can import Message, Signal

from can_bridge.checksum import ALGORITHMS, LARGEST_ID, MANY_IDS
from can_bridge.dbc import bit_field, frame_key, nearest_signal, page_count, signal_of
from can_bridge.dbc import cycle_s as stated_cycle_s
from can_bridge.spec import BitField, FrameSpec, Protection
from can_bridge.toml_table import Range, TomlTable

LONGEST_S = 86_400.0
"""No value is believed for more than a day without a new frame."""
CYCLES: Range = (1, 1_000)
MINIMUM_S: Range = (0.01, 3_600)
_TIMEOUT_S: Range = (0.01, LONGEST_S)
_CYCLE_S: Range = (0.0001, LONGEST_S)
_COUNTER_BITS: Range = (2, 16)
_MAX_STEP = 3
_MAX_FRAME_BYTES = 64
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_SUM = frozenset({"crc", "checksum", "chksum", "chk"})
_COUNT = frozenset({"cnt", "ctr", "count", "counter", "alive", "rolling"})


def read_timeout(row: TomlTable) -> float | None:
    """`timeout_s` of a message or of a signal; None when it is not there."""
    return row.number("timeout_s", within=_TIMEOUT_S) if "timeout_s" in row else None


class FrameReader:
    """Reads one row of [messages]."""

    def __init__(
        self,
        message: Message,
        row: TomlTable,
        cycles: float,
        minimum_s: float,
        reading_of: Callable[[Signal], str | None],
    ) -> None:
        """`reading_of` gives the path of a signal of the message that is a reading."""
        self._message = message
        self._row = row
        self._cycles = row.number("cycles", cycles, CYCLES)
        self._minimum_s = minimum_s
        self._reading_of = reading_of

    def read(self) -> FrameSpec:
        """Everything that can be said of the frame."""
        message, row = self._message, self._row
        if not 0 < message.length <= _MAX_FRAME_BYTES:
            row.fail(f"the message {message.name} has no usable length; correct the DBC")
        cycle_s = stated_cycle_s(message)
        if "cycle_s" in row:
            cycle_s = row.number("cycle_s", within=_CYCLE_S)
        limit_s = read_timeout(row)
        if limit_s is None:
            limit_s = self._limit_s(cycle_s or 0.0)
        return FrameSpec(
            key=frame_key(message),
            name=message.name,
            length=message.length,
            cycle_s=cycle_s,
            limit_s=limit_s,
            protection=self._protection(),
            page_limit_s=self._page_limit_s(limit_s),
        )

    def _limit_s(self, cycle_s: float) -> float:
        return min(LONGEST_S, max(self._minimum_s, cycle_s * self._cycles))

    def _page_limit_s(self, limit_s: float) -> float | None:
        """Of a multiplexed message: its pages take turns, unless a row says how often each comes."""
        count = page_count(self._message)
        if "page_cycle_s" not in self._row:
            return min(LONGEST_S, limit_s * count) if count > 1 else None
        if not any(signal.multiplexer_ids for signal in self._message.signals):
            self._row.fail(
                f"{self._message.name} is not multiplexed and has no pages; remove it",
                "page_cycle_s",
            )
        return self._limit_s(self._row.number("page_cycle_s", within=_CYCLE_S))

    def _protection(self) -> Protection | None:
        row = self._row
        if "counter" not in row and "checksum" not in row:
            return None
        algorithm, position = "", None
        data_ids: tuple[int, ...] = ()
        counter = self._counter() if "counter" in row else None
        if "checksum" in row:
            algorithm, position, data_ids = self._checksum(counter)
        step = self._max_step(counter) if counter is not None else _MAX_STEP
        return Protection(counter, step, position, algorithm, data_ids)

    def _max_step(self, counter: BitField) -> int:
        return self._row.integer("max_step", _MAX_STEP, (1, counter.highest))

    def _counter(self) -> BitField:
        signal = self._field("counter")
        field = bit_field(signal, self._message.length)
        fewest, most = _COUNTER_BITS
        counts = signal.scale == 1 and not (signal.offset or signal.is_signed or signal.is_float)
        if not counts or not fewest <= field.bits <= most:
            self._row.fail(
                f"{signal.name} is no rolling counter, which has {fewest:g} to {most:g} bits, no sign, "
                f"the factor 1 and no offset; name another signal",
                "counter",
            )
        if _is_called(signal, _SUM, _COUNT):
            self._row.fail(
                f"{signal.name} is a checksum by its name and no counter; name another signal",
                "counter",
            )
        return field

    def _field(self, key: str) -> Signal:
        name = self._row.text(key)
        signal = signal_of(self._message, name)
        if signal is None:
            hint = nearest_signal(self._message, name)
            self._row.fail(f"the message {self._message.name} has no signal '{name}'; {hint}", key)
        if signal.multiplexer_ids:
            self._row.fail(f"{name} is not in every frame of its message; name another signal", key)
        path = self._reading_of(signal)
        if path is not None:
            self._row.fail(
                f"{name} is the reading {path} and cannot be the {key} too; correct one of them",
                key,
            )
        return signal

    def _checksum(self, counter: BitField | None) -> tuple[str, int, tuple[int, ...]]:
        row = self._row
        signal = self._field("checksum")
        field = bit_field(signal, self._message.length)
        first_bit = field.shift
        if field.big_endian:
            first_bit = self._message.length * 8 - field.shift - field.bits
        if field.bits != 8 or first_bit % 8:  # noqa: PLR2004
            row.fail("expected a checksum that is one whole byte; correct the DBC", "checksum")
        if counter is not None and self._bits(counter)[first_bit // 8]:
            row.fail(f"{signal.name} has bits of the counter; name another signal", "checksum")
        if _is_called(signal, _COUNT, _SUM):
            row.fail(
                f"{signal.name} is a counter by its name and no checksum; name another signal",
                "checksum",
            )
        algorithm = row.word("algorithm", tuple(ALGORITHMS))
        return algorithm, first_bit // 8, self._data_ids(algorithm, counter)

    def _data_ids(self, algorithm: str, counter: BitField | None) -> tuple[int, ...]:
        row = self._row
        expected = ALGORITHMS[algorithm][1]
        data_ids = row.integers("data_ids", (), (0, LARGEST_ID[expected]))
        if len(data_ids) != expected:
            row.fail(
                f"{algorithm} takes {expected} data IDs, found {len(data_ids)}; correct the list",
                "data_ids",
            )
        if expected == MANY_IDS and counter is None:
            row.fail(f"{algorithm} takes its data ID by the counter; add 'counter'", "algorithm")
        return data_ids

    def _bits(self, field: BitField) -> bytes:
        """A frame with all bits of the field set, and no other."""
        return field.insert(bytes(self._message.length), field.highest)


def _is_called(signal: Signal, words: frozenset[str], others: frozenset[str]) -> bool:
    """Whether the name has one of the words, and none of the others."""
    found = {word.lower() for word in _WORD.findall(signal.name)}
    return bool(found & words) and not found & others
