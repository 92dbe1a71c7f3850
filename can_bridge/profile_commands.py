"""can_bridge: commands.toml and the DBC messages in, what may be asked of the car out.

Whatever is not in this file cannot be sent.  A command that contradicts the DBC, has no interlock
path that the car reports, or would be confirmed by the message that it sends itself, is an error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from cantools.database.can import Message, Signal

from can_bridge.dbc import DbcMessages, bit_field, frame_key, nearest_signal, signal_of
from can_bridge.profile_buses import bus_number
from can_bridge.profile_interlocks import Asked, InterlockReader
from can_bridge.profile_scaling import refuse_unusable
from can_bridge.profile_signals import KINDS, SignalReader, words_of
from can_bridge.readings import Value
from can_bridge.spec import (
    BitField,
    CommandFrame,
    CommandSpec,
    FrameSpec,
    SignalSource,
    SignalSpec,
)
from can_bridge.toml_table import Range, TomlTable
from can_bridge.vss_path import refuse_no_path

_NO_REQUEST = "no_request"
_MAX_FRAME_BYTES = 8
_SENDS, _DEADLINE_S, _INTERVAL_S, _PER_MINUTE = 3, 5.0, 0.3, 30
_OF_SENDS: Range = (1, 10)
_OF_DEADLINE_S: Range = (0.1, 60)
_OF_INTERVAL_S: Range = (0.05, 60)
_OF_PER_MINUTE: Range = (1, 1_200)
_LOOSEST = (
    0.25  # of the limits: with more, most of what may be asked for would seem to be there already
)


class CommandReader:
    """Reads one commands.toml."""

    def __init__(
        self,
        table: TomlTable,
        messages: DbcMessages,
        frames: SignalReader,
        signals: Mapping[str, SignalSpec],
        sources: Mapping[str, SignalSource],
    ) -> None:
        """`frames` knows the counters and checksums; `signals` and `sources` are the readings."""
        self._table = table
        self._dbc = messages
        self._reader = frames
        self._signals = signals
        self._sources = sources
        self._interlocks = InterlockReader(table.table("interlocks", required=False), signals)
        self._path_of: dict[tuple[str, str], str] = {}
        self._buses: Sequence[str] = ()
        self._frames: Mapping[int, FrameSpec] = {}

    def read(self, frames: Mapping[int, FrameSpec], buses: Sequence[str]) -> dict[str, CommandSpec]:
        """Every command, by its path; ProfileError for one that cannot be trusted.

        `frames` carry the readings, on these buses.
        """
        self._buses = buses
        self._frames = frames
        rates = self._table.table("messages", required=False)
        rows = self._table.table("commands", required=False)
        asking: dict[str, CommandFrame] = {}
        commands: dict[str, CommandSpec] = {}
        for path in rows:
            refuse_no_path(rows, path)
            row = rows.table(path)
            name = row.text("message")
            message = self._dbc.message(name)
            if message is None:
                row.fail(f"no DBC has the message '{name}'; {self._dbc.nearest(name)}", "message")
            if name not in asking:
                asking[name] = self._frame(message, row, rates.table(name, required=False))
            commands[path] = self._command(path, row, message, asking[name])
            row.finish()
        for name in rates:
            if name not in asking:
                rates.fail("no command sends this message; remove the row", name)
        self._interlocks.finish()
        self._table.finish()
        return commands

    def _frame(self, message: Message, row: TomlTable, rate: TomlTable) -> CommandFrame:
        key = frame_key(message)
        if any(source.frame == key for source in self._sources.values()):
            row.fail(f"the car itself sends {message.name}; it cannot be a command", "message")
        if not 0 < message.length <= _MAX_FRAME_BYTES:
            row.fail(f"the message {message.name} has no usable length; correct the DBC", "message")
        frame = self._reader.read_frame(message)
        interval_s = rate.number("interval_s", _INTERVAL_S, _OF_INTERVAL_S)
        per_minute = rate.integer("per_minute", _PER_MINUTE, _OF_PER_MINUTE)
        bus = bus_number(rate, self._buses)
        rate.finish()
        return CommandFrame(
            key=key,
            name=message.name,
            blank=self._blank(message, row),
            protection=frame.protection,
            interval_s=interval_s,
            per_minute=per_minute,
            bus=bus,
        )

    def _blank(self, message: Message, row: TomlTable) -> bytes:
        """The frame that asks for nothing: `no request` in each field, zero elsewhere."""
        own = self._reader.protection_signals(message)
        data = bytes(message.length)
        for signal in message.signals:
            if signal.name in own:
                continue
            raw = _no_request(signal)
            if raw is None or signal.multiplexer_ids or signal.is_float:
                row.fail(
                    f"the DBC gives {signal.name} no value 'NoRequest', so that nothing else of "
                    f"{message.name} could be sent without it; add one to its VAL_ table",
                    "message",
                )
            data = bit_field(signal, message.length).insert(data, raw)
        return data

    def _command(
        self, path: str, row: TomlTable, message: Message, frame: CommandFrame
    ) -> CommandSpec:
        signal = self._signal(path, row, message)
        field = bit_field(signal, message.length)
        confirm = self._confirm(path, row, frame)
        spec = self._signals[confirm[0]]
        kind = row.word("kind", KINDS, spec.kind)
        if any(self._signals[name].kind != kind for name in confirm):
            row.fail(f"the command is a {kind}, and a reading of `confirm` is not; correct it")
        choices: dict[Value, int] = {}
        limits, tolerance = (0.0, 0.0), 0.0
        if kind == "number":
            limits = self._limits(row, signal, field, confirm)
            tolerance = _tolerance(row, limits, abs(float(signal.scale)))
            asked = Asked(kind, limits)
        else:
            named = self._named(row, kind, signal)
            choices = self._choices(row, kind, named, confirm)
            asked = Asked(kind, values=choices, known=named)
        return CommandSpec(
            path=path,
            kind=kind,
            unit=spec.unit,
            description=row.text("description", spec.description),
            frame=frame,
            field=field,
            factor=float(signal.scale),
            offset=float(signal.offset),
            choices=MappingProxyType(choices),
            low=limits[0],
            high=limits[1],
            confirm=confirm,
            tolerance=tolerance,
            deadline_s=row.number("deadline_s", _DEADLINE_S, _OF_DEADLINE_S),
            sends=row.integer("sends", _SENDS, _OF_SENDS),
            interlocks=self._interlocks.read(row, asked),
            patience_s=max(self._limit_s(name) for name in confirm),
        )

    def _limit_s(self, path: str) -> float:
        """After how many seconds without a frame a reading is unknown."""
        source = self._sources[path]
        return self._frames[source.frame].limit_of(source)

    def _signal(self, path: str, row: TomlTable, message: Message) -> Signal:
        name = row.text("signal")
        signal = signal_of(message, name)
        if signal is None:
            hint = nearest_signal(message, name)
            row.fail(f"the message {message.name} has no signal '{name}'; {hint}", "signal")
        if name in self._reader.protection_signals(message):
            row.fail(
                f"{name} is the counter or the checksum of {message.name}; correct it", "signal"
            )
        refuse_unusable(row, "signal", signal)
        # Whatever one of them forbids could be asked for by the other.
        other = self._path_of.setdefault((message.name, name), path)
        if other != path:
            row.fail(f"{name} of {message.name} is what '{other}' sends; remove one", "signal")
        return signal

    def _confirm(self, path: str, row: TomlTable, frame: CommandFrame) -> tuple[str, ...]:
        """The readings that confirm it."""
        confirm = row.names("confirm", (path,))
        if not confirm:
            row.fail("expected at least one reading; add one", "confirm")
        for name in confirm:
            source = self._sources.get(name)
            if source is None:
                row.fail(f"'{name}' is no reading that a message carries; correct it", "confirm")
            if source.frame == frame.key:
                row.fail(
                    f"'{name}' is in {frame.name}, which we send ourselves; correct it", "confirm"
                )
        if path in self._signals and path not in confirm:
            row.fail(f"add '{path}' itself, which the car reports", "confirm")
        return confirm

    def _limits(
        self, row: TomlTable, signal: Signal, field: BitField, confirm: tuple[str, ...]
    ) -> Range:
        limits = row.interval("limits")
        if limits is None:
            row.fail(
                "expected the limits of the value, lower first, found none; add them", "limits"
            )
        low, high = signal.minimum, signal.maximum
        if low is None or high is None or limits[0] < low or limits[1] > high:
            row.fail(f"the DBC allows {signal.name} {low} to {high}; correct the limits", "limits")
        raws = sorted(round((limit - signal.offset) / signal.scale) for limit in limits)
        if raws[0] < field.lowest or raws[1] > field.highest:
            row.fail(
                f"{signal.name} has {field.bits} bits, which are too few for them; correct the "
                f"limits, or the DBC",
                "limits",
            )
        idle = _no_request(signal)
        if idle is not None and raws[0] <= idle <= raws[1]:
            row.fail(
                f"the raw value {idle} of {signal.name} lies in them, which asks for nothing; "
                f"correct the limits",
                "limits",
            )
        for name in confirm:
            spec = self._signals[name]
            if spec.low is None or spec.high is None:
                continue
            if limits[0] < spec.low or limits[1] > spec.high:
                row.fail(
                    f"the car reports '{name}' only from {spec.low:g} to {spec.high:g}; correct the "
                    f"limits",
                    "limits",
                )
        return limits

    def _named(self, row: TomlTable, kind: str, signal: Signal) -> dict[Value, int]:
        """Everything that the field can ask for."""
        raws: dict[Value, int] = {word: raw for raw, word in words_of(signal).items()}
        raws.pop(_NO_REQUEST, None)
        if kind == "enum":
            return raws
        if not {0, 1} <= set(raws.values()):
            row.fail(f"the DBC does not say what 0 and 1 of {signal.name} mean; add a VAL_")
        return {False: 0, True: 1}

    def _choices(
        self, row: TomlTable, kind: str, named: dict[Value, int], confirm: tuple[str, ...]
    ) -> dict[Value, int]:
        """The values that may be asked for: all that DBC and readings share, unless listed."""
        known = [set(self._signals[name].values) for name in confirm]
        allowed = row.values("values", tuple(named))  # type: ignore[arg-type]
        if not allowed:
            row.fail("expected at least one value; add one", "values")
        for value in allowed:
            if value not in named or (kind == "enum" and not all(value in k for k in known)):
                row.fail(
                    f"the command cannot ask for {value!r}, or the car does not report it; choose from "
                    f"{', '.join(map(str, named))}",
                    "values",
                )
        return {value: named[value] for value in allowed}


def _tolerance(row: TomlTable, limits: Range, step: float) -> float:
    """By how much a reading may differ from what was asked for; half a step of the field."""
    loosest = max(step, (limits[1] - limits[0]) * _LOOSEST)
    return row.number("tolerance", step / 2, (0, loosest))


def _no_request(signal: Signal) -> int | None:
    for raw, word in words_of(signal).items():
        if word == _NO_REQUEST:
            return raw
    return None
