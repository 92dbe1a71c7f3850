"""can_bridge: signals.toml and the DBC messages in, signals, telltales and frames out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from cantools.database.can import Message, Signal

from can_bridge.checksum import ALGORITHMS
from can_bridge.dbc import (
    DbcMessages,
    bit_field,
    frame_key,
    has_number_type,
    nearest_signal,
    page_count,
    page_of,
    signal_of,
)
from can_bridge.dbc import cycle_s as stated_cycle_s
from can_bridge.profile_polled import PolledReader
from can_bridge.spec import FrameSpec, Page, Protection, SignalSource, SignalSpec, TelltaleSpec
from can_bridge.toml_table import TomlTable

KINDS = ("number", "bool", "enum")
COLOURS = ("red", "amber", "green", "blue", "white")
TELLTALE_PATH = "Vehicle.Cabin.Cluster.Telltale."
_MAX_FRAME_BYTES = 64
_NO_VALUE = ("sna", "signal_not_available", "not_available", "invalid")


class SignalReader:
    """Reads one signals.toml against the messages of the DBC files."""

    def __init__(self, table: TomlTable, messages: DbcMessages) -> None:
        """`table` is the top of signals.toml."""
        self._table = table
        self._dbc = messages
        self.polled = PolledReader(table)

    def read_signals(self) -> tuple[dict[str, SignalSpec], dict[str, SignalSource]]:
        """[signals]: what each path means, and where its bits are."""
        specs: dict[str, SignalSpec] = {}
        sources: dict[str, SignalSource] = {}
        table = self._table.table("signals")
        for path in table:
            row = table.table(path)
            if "pid" in row:
                specs[path], sources[path] = self.polled.read(path, row)
            else:
                kind = row.word("kind", KINDS, "number")
                specs[path], sources[path] = self._signal(path, row, kind)
            row.finish()
        return specs, sources

    def read_telltales(
        self, specs: dict[str, SignalSpec], sources: dict[str, SignalSource]
    ) -> tuple[TelltaleSpec, ...]:
        """[telltales]: the lamps; each is added to the signals as well."""
        telltales = []
        table = self._table.table("telltales", required=False)
        for key in table:
            row = table.table(key)
            path = TELLTALE_PATH + key
            specs[path], sources[path] = self._signal(path, row, "enum")
            telltales.append(
                TelltaleSpec(
                    id=key,
                    path=path,
                    name=row.text("name"),
                    colour=row.word("colour", COLOURS),
                    section=row.text("section"),
                )
            )
            row.finish()
        return tuple(telltales)

    def _message(self, row: TomlTable, name: str, key: str) -> Message:
        message = self._dbc.message(name)
        if message is None:
            row.fail(f"no DBC has the message '{name}'; {self._dbc.nearest(name)}", key)
        return message

    def _dbc_signal(self, row: TomlTable, message: Message, key: str) -> Signal:
        name = row.text(key)
        signal = signal_of(message, name)
        if signal is None:
            hint = nearest_signal(message, name)
            row.fail(f"the message {message.name} has no signal '{name}'; {hint}", key)
        if signal.is_float and row.text("kind", "number") != "number":
            row.fail(f"{name} is a floating-point number, which is no word or truth", "kind")
        if not has_number_type(signal):
            row.fail(
                f"{name} is a floating-point number of {signal.length} bits, and there are those of "
                f"32 and of 64; correct the DBC",
                key,
            )
        return signal

    def _signal(self, path: str, row: TomlTable, kind: str) -> tuple[SignalSpec, SignalSource]:
        message = self._message(row, row.text("message"), "message")
        signal = self._dbc_signal(row, message, "signal")
        invalid = frozenset(row.integers("invalid", ()))
        interval = row.interval("range")
        self._refuse_unlisted(signal, invalid, row)
        choices = _choices(signal, invalid, row, kind)
        if kind == "enum" and not choices:
            row.fail(f"the DBC has no VAL_ table for {signal.name}; add one", "kind")
        low, high = interval or _declared(signal)
        factor, offset = float(signal.scale), float(signal.offset)
        if kind == "number":  # of another unit than the DBC's: value * scale + shift
            scale, shift = row.number("scale", 1.0), row.number("shift", 0.0)
            factor, offset = factor * scale, offset * scale + shift
            if interval is None and low is not None and high is not None:
                low, high = sorted((low * scale + shift, high * scale + shift))
        spec = SignalSpec(
            path=path,
            unit=row.text("unit", "") or None,
            kind=kind,
            description=signal.comment or "",
            values=tuple(dict.fromkeys(v for v in choices.values() if isinstance(v, str))),
            low=low if kind == "number" else None,
            high=high if kind == "number" else None,
        )
        source = SignalSource(
            frame=frame_key(message),
            field=bit_field(signal, message.length),
            factor=factor,
            offset=offset,
            invalid=invalid,
            choices=MappingProxyType(choices),
            limit_s=_limit_s(row) if "timeout_s" in row else None,
            page=_page(message, signal, row),
        )
        return spec, source

    @staticmethod
    def _refuse_unlisted(signal: Signal, invalid: frozenset[int], row: TomlTable) -> None:
        for raw, name in (signal.choices or {}).items():
            if _word(str(name)) in _NO_VALUE and raw not in invalid:
                row.fail(
                    f"the DBC calls the raw value {raw} of {signal.name} '{name}'; add it",
                    "invalid",
                )

    def read_frames(self, sources: Mapping[str, SignalSource]) -> dict[int, FrameSpec]:
        """[freshness] and [messages]: the frames that carry a mapped signal."""
        freshness = self._table.table("freshness", required=False)
        cycles = freshness.number("cycles", 5.0)
        minimum_s = freshness.number("minimum_s", 0.5)
        freshness.finish()
        table = self._table.table("messages", required=False)
        for name in table:
            self._message(table, name, name)
        frames = self.polled.frames(cycles, minimum_s)
        wanted = {source.frame for source in sources.values()}
        for message in self._dbc.messages.values():
            row = table.table(message.name, required=False)
            frame = _Frame(message, row, cycles, minimum_s).read()
            row.finish()
            if frame.key in wanted:
                frames[frame.key] = frame
        return frames

    def read_frame(self, message: Message) -> FrameSpec:
        """The frame of one message, whether or not it carries a mapped signal."""
        table = self._table.table("messages", required=False)
        return _Frame(message, table.table(message.name, required=False), 1.0, 1.0).read()

    def protection_signals(self, message: Message) -> frozenset[str]:
        """Names of the counter and the checksum of a message."""
        row = self._table.table("messages", required=False).table(message.name, required=False)
        return frozenset(row.text(key, "") for key in ("counter", "checksum")) - {""}


class _Frame:
    """Reads one row of [messages]."""

    def __init__(self, message: Message, row: TomlTable, cycles: float, minimum_s: float) -> None:
        self._message = message
        self._row = row
        self._cycles = row.number("cycles", cycles)
        self._minimum_s = minimum_s

    def read(self) -> FrameSpec:
        message = self._message
        if not 0 < message.length <= _MAX_FRAME_BYTES:
            self._row.fail(f"the message {message.name} has no usable length; correct the DBC")
        cycle_s = stated_cycle_s(message)
        if "cycle_s" in self._row:
            cycle_s = self._row.number("cycle_s")
        if cycle_s is not None and cycle_s <= 0:
            self._row.fail("expected a cycle time above 0 s; correct it", "cycle_s")
        if "timeout_s" in self._row:
            limit_s = _limit_s(self._row)
        elif cycle_s is not None:
            limit_s = max(self._minimum_s, cycle_s * self._cycles)
        else:
            limit_s = self._minimum_s
        if limit_s <= 0:
            self._row.fail("expected a limit above 0 s; correct it", "cycles")
        return FrameSpec(
            key=frame_key(message),
            name=message.name,
            length=message.length,
            cycle_s=cycle_s,
            limit_s=limit_s,
            protection=self._protection(),
            page_limit_s=self._page_limit_s(limit_s),
        )

    def _page_limit_s(self, limit_s: float) -> float | None:
        """Of a multiplexed message: its pages take turns, unless a row says how often each comes."""
        count = page_count(self._message)
        if "page_cycle_s" not in self._row:
            return limit_s * count if count > 1 else None
        cycle_s = self._row.number("page_cycle_s")
        if cycle_s <= 0 or not any(signal.multiplexer_ids for signal in self._message.signals):
            self._row.fail(
                "expected a cycle time above 0 s, of a multiplexed message; correct it",
                "page_cycle_s",
            )
        return max(self._minimum_s, cycle_s * self._cycles)

    def _protection(self) -> Protection | None:
        row = self._row
        if "counter" not in row and "checksum" not in row:
            return None
        counter = None
        if "counter" in row:
            counter = bit_field(self._field("counter"), self._message.length)
        algorithm, position = "", None
        data_ids: tuple[int, ...] = ()
        if "checksum" in row:
            algorithm, position, data_ids = self._checksum()
        return Protection(counter, row.integer("max_step", 3), position, algorithm, data_ids)

    def _field(self, key: str) -> Signal:
        name = self._row.text(key)
        signal = signal_of(self._message, name)
        if signal is None:
            hint = nearest_signal(self._message, name)
            self._row.fail(f"the message {self._message.name} has no signal '{name}'; {hint}", key)
        return signal

    def _checksum(self) -> tuple[str, int, tuple[int, ...]]:
        row = self._row
        field = bit_field(self._field("checksum"), self._message.length)
        first_bit = field.shift
        if field.big_endian:
            first_bit = self._message.length * 8 - field.shift - field.bits
        if field.bits != 8 or first_bit % 8:  # noqa: PLR2004
            row.fail("expected a checksum that is one whole byte; correct the DBC", "checksum")
        algorithm = row.word("algorithm", tuple(ALGORITHMS))
        data_ids = row.integers("data_ids", ())
        expected = ALGORITHMS[algorithm][1]
        if len(data_ids) != expected:
            row.fail(
                f"{algorithm} takes {expected} data IDs, found {len(data_ids)}; correct the list",
                "data_ids",
            )
        return algorithm, first_bit // 8, data_ids


def _page(message: Message, signal: Signal, row: TomlTable) -> Page | None:
    try:
        return page_of(message, signal)
    except ValueError as error:
        row.fail(f"{error}; correct the DBC, or map another signal", "signal")


def _limit_s(row: TomlTable) -> float:
    limit_s = row.number("timeout_s")
    if limit_s <= 0:
        row.fail("expected a limit above 0 s; correct it", "timeout_s")
    return limit_s


def _choices(
    signal: Signal, invalid: frozenset[int], row: TomlTable, kind: str
) -> dict[int, str | bool]:
    """Raw value -> word of an enum (`words`, else the DBC's) or truth of a bool (`off`, `on`)."""
    if kind == "bool":
        off, on = row.integers("off", (0,)), row.integers("on", (1,))
        if set(off) & set(on):
            row.fail("a raw value is both in 'on' and in 'off'; correct the lists", "on")
        return {**dict.fromkeys(off, False), **dict.fromkeys(on, True)}
    if kind != "enum":
        return {}
    own = row.table("words", required=False)
    words = {_raw(own, key): own.text(key) for key in own}
    named: Mapping[int, object] = words or signal.choices or {}
    return {raw: _word(str(name)) for raw, name in named.items() if raw not in invalid}


def _raw(table: TomlTable, key: str) -> int:
    try:
        return int(key)
    except ValueError:
        table.fail(
            f"expected a raw value such as 3 before the word, found '{key}'; correct it", key
        )


def words_of(signal: Signal) -> dict[int, str]:
    """The DBC's own words for raw values, in lower case."""
    named: Mapping[int, object] = signal.choices or {}
    return {raw: _word(str(name)) for raw, name in named.items()}


def _word(name: str) -> str:
    """`RainSensor`, `rain sensor` and `RAIN_SENSOR` are all rain_sensor."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.strip())
    return re.sub(r"\W+", "_", spaced).lower()


def _declared(signal: Signal) -> tuple[float, float] | tuple[None, None]:
    """The DBC's limits; none where it states none, or the higher one first."""
    low, high = signal.minimum, signal.maximum
    if low is None or high is None or low > high:
        return None, None
    return float(low), float(high)
