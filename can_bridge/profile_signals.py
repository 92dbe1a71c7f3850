"""can_bridge: signals.toml and the DBC messages in, signals, telltales and frames out."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from types import MappingProxyType

from cantools.database.can import Message, Signal

from can_bridge.dbc import (
    DbcMessages,
    bit_field,
    frame_key,
    has_number_type,
    nearest_signal,
    page_of,
    signal_of,
)
from can_bridge.profile_frames import CYCLES, MINIMUM_S, FrameReader, read_timeout
from can_bridge.profile_polled import PolledReader
from can_bridge.profile_scaling import (
    Scaling,
    read_range,
    read_scaling,
    refuse_unusable,
    scaling_of,
)
from can_bridge.spec import BitField, FrameSpec, Page, SignalSource, SignalSpec, TelltaleSpec
from can_bridge.toml_table import ANY, Range, TomlTable
from can_bridge.vss_path import refuse_no_path, refuse_no_word

KINDS = ("number", "bool", "enum")
COLOURS = ("red", "amber", "green", "blue", "white")
TELLTALE_PATH = "Vehicle.Cabin.Cluster.Telltale."
_RAW = re.compile(r"0|-?[1-9][0-9]{0,19}")
_NO_VALUE = ("sna", "signal_not_available", "not_available", "invalid")


class SignalReader:
    """Reads one signals.toml against the messages of the DBC files."""

    def __init__(self, table: TomlTable, messages: DbcMessages) -> None:
        """`table` is the top of signals.toml."""
        self._table = table
        self._dbc = messages
        self.polled = PolledReader(table)
        self._paths: dict[tuple[str, str], str] = {}

    def read_signals(self) -> tuple[dict[str, SignalSpec], dict[str, SignalSource]]:
        """[signals]: what each path means, and where its bits are."""
        specs: dict[str, SignalSpec] = {}
        sources: dict[str, SignalSource] = {}
        table = self._table.table("signals")
        for path in table:
            refuse_no_path(table, path)
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
            refuse_no_word(table, key)
            row = table.table(key)
            path = TELLTALE_PATH + key
            if path in specs:
                row.fail(f"{path} is already in [signals]; remove one of them")
            specs[path], sources[path] = self._signal(path, row, "enum")
            telltales.append(
                TelltaleSpec(
                    id=key,
                    path=path,
                    name=row.label("name"),
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
        refuse_unusable(row, key, signal)
        return signal

    def _signal(self, path: str, row: TomlTable, kind: str) -> tuple[SignalSpec, SignalSource]:
        message = self._message(row, row.text("message"), "message")
        signal = self._dbc_signal(row, message, "signal")
        field = bit_field(signal, message.length)
        raws = ANY if field.is_float else (field.lowest, field.highest)
        invalid = frozenset(row.distinct_integers("invalid", (), raws))
        self._refuse_unlisted(signal, invalid, row, raws)
        choices = _choices(signal, invalid, row, kind)
        if kind == "enum" and not choices:
            row.fail(f"the DBC has no VAL_ table for {signal.name}; add one", "kind")
        low, high, scaling = None, None, scaling_of(signal)
        if kind == "number":
            low, high, scaling = _number(row, signal, field)
        spec = SignalSpec(
            path=path,
            unit=row.text("unit", "") or None,
            kind=kind,
            description=signal.comment or "",
            values=tuple(dict.fromkeys(v for v in choices.values() if isinstance(v, str))),
            low=low,
            high=high,
        )
        source = SignalSource(
            frame=frame_key(message),
            field=field,
            factor=scaling.factor,
            offset=scaling.offset,
            invalid=invalid,
            choices=MappingProxyType(choices),
            limit_s=read_timeout(row),
            page=_page(message, signal, row),
        )
        self._paths.setdefault((message.name, signal.name), path)
        return spec, source

    @staticmethod
    def _refuse_unlisted(
        signal: Signal, invalid: frozenset[int], row: TomlTable, raws: Range
    ) -> None:
        for raw, name in (signal.choices or {}).items():
            can_be = raws[0] <= raw <= raws[1]
            if can_be and _word(str(name)) in _NO_VALUE and raw not in invalid:
                row.fail(
                    f"the DBC calls the raw value {raw} of {signal.name} '{name}'; add it",
                    "invalid",
                )

    def read_frames(self, sources: Mapping[str, SignalSource]) -> dict[int, FrameSpec]:
        """[freshness] and [messages]: the frames that carry a mapped signal."""
        freshness = self._table.table("freshness", required=False)
        cycles = freshness.number("cycles", 5.0, CYCLES)
        minimum_s = freshness.number("minimum_s", 0.5, MINIMUM_S)
        freshness.finish()
        table = self._table.table("messages", required=False)
        for name in table:
            self._message(table, name, name)
        frames = self.polled.frames(cycles, minimum_s)
        wanted = {source.frame for source in sources.values()}
        for message in self._dbc.messages.values():
            row = table.table(message.name, required=False)
            frame = self._frame(message, row, cycles, minimum_s)
            row.finish()
            if frame.key in wanted:
                frames[frame.key] = frame
        return frames

    def read_frame(self, message: Message) -> FrameSpec:
        """The frame of one message, whether or not it carries a mapped signal."""
        table = self._table.table("messages", required=False)
        return self._frame(message, table.table(message.name, required=False), 1.0, 1.0)

    def _frame(
        self, message: Message, row: TomlTable, cycles: float, minimum_s: float
    ) -> FrameSpec:
        def reading_of(signal: Signal) -> str | None:
            return self._paths.get((message.name, signal.name))

        return FrameReader(message, row, cycles, minimum_s, reading_of).read()

    def protection_signals(self, message: Message) -> frozenset[str]:
        """Names of the counter and the checksum of a message."""
        row = self._table.table("messages", required=False).table(message.name, required=False)
        return frozenset(row.text(key, "") for key in ("counter", "checksum")) - {""}


def _page(message: Message, signal: Signal, row: TomlTable) -> Page | None:
    try:
        return page_of(message, signal)
    except ValueError as error:
        row.fail(f"{error}; correct the DBC, or map another signal", "signal")


def _number(
    row: TomlTable, signal: Signal, field: BitField
) -> tuple[float | None, float | None, Scaling]:
    """Range and scaling, which may be those of another unit than the DBC's."""
    own, whole = read_scaling(row, scaling_of(signal))
    reach = None if field.is_float else whole.span(field.lowest, field.highest)
    interval = read_range(row, reach)
    if interval is not None:
        return *interval, whole
    low, high = _declared(signal)
    if low is None or high is None:
        return None, None, whole
    return *own.span(low, high), whole


def _choices(
    signal: Signal, invalid: frozenset[int], row: TomlTable, kind: str
) -> dict[int, str | bool]:
    """Raw value -> word of an enum (`words`, else the DBC's) or truth of a bool (`off`, `on`)."""
    if kind == "bool":
        off, on = _raws(row, "off", 0, signal), _raws(row, "on", 1, signal)
        if set(off) & set(on):
            row.fail("a raw value is both in 'on' and in 'off'; correct the lists", "on")
        for key, raws in (("off", off), ("on", on)):
            if set(raws) <= invalid:
                row.fail(f"every raw value of '{key}' is in 'invalid' too; correct it", "invalid")
        return {**dict.fromkeys(off, False), **dict.fromkeys(on, True)}
    if kind != "enum":
        return {}
    own = row.table("words", required=False)
    words = {_raw(own, key, signal): own.label(key) for key in own}
    named: Mapping[int, object] = words or signal.choices or {}
    return {raw: _word(str(name)) for raw, name in named.items() if raw not in invalid}


def _raws(row: TomlTable, key: str, default: int, signal: Signal) -> tuple[int, ...]:
    """`on` or `off`: raw values that there can be, one at least."""
    low, high = _limits(signal)
    raws = row.distinct_integers(key, (default,), (low, high))
    if not raws:
        row.fail("expected at least one raw value; add one", key)
    if not low <= raws[0] <= high:  # the default
        row.fail(f"{signal.name} has only the raw values {low} to {high}; say which is meant", key)
    return raws


def _raw(table: TomlTable, key: str, signal: Signal) -> int:
    low, high = _limits(signal)
    if not _RAW.fullmatch(key) or not low <= int(key) <= high:
        table.fail(
            f"expected a raw value from {low} to {high} before the word, found '{key}'; correct it",
            key,
        )
    return int(key)


def _limits(signal: Signal) -> tuple[int, int]:
    """The lowest and the highest raw value."""
    bits = signal.length - signal.is_signed
    return -(1 << bits) if signal.is_signed else 0, (1 << bits) - 1


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
    if low is None or high is None or low > high or not math.isfinite(high - low):
        return None, None
    return float(low), float(high)
