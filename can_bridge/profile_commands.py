"""can_bridge: commands.toml and the DBC messages in, what may be asked of the car out.

Whatever is not in this file cannot be sent.  A command that contradicts the DBC, has no interlock
path that the car reports, or would be confirmed by the message that it sends itself, is an error.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from cantools.database.can import Message, Signal

from can_bridge.dbc import DbcMessages, bit_field, frame_key, nearest_signal, signal_of
from can_bridge.profile_buses import bus_number
from can_bridge.profile_signals import KINDS, SignalReader, words_of
from can_bridge.readings import Value
from can_bridge.spec import CommandFrame, CommandSpec, Interlock, SignalSource, SignalSpec
from can_bridge.toml_table import TomlTable

_NO_REQUEST = "no_request"
_MAX_FRAME_BYTES = 8
_SENDS, _DEADLINE_S, _INTERVAL_S, _PER_MINUTE = 3, 5.0, 0.3, 30
_MOST_SENDS, _LONGEST_S, _SHORTEST_S = 10, 60.0, 0.05


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
        self._interlocks = table.table("interlocks", required=False)
        self._unused = set(self._interlocks)
        self._buses: Sequence[str] = ()

    def read(self, buses: Sequence[str] = ()) -> dict[str, CommandSpec]:
        """Every command, by its path; ProfileError for one that cannot be trusted."""
        self._buses = buses
        rates = self._table.table("messages", required=False)
        rows = self._table.table("commands", required=False)
        frames: dict[str, CommandFrame] = {}
        commands: dict[str, CommandSpec] = {}
        for path in rows:
            row = rows.table(path)
            name = row.text("message")
            message = self._dbc.message(name)
            if message is None:
                row.fail(f"no DBC has the message '{name}'; {self._dbc.nearest(name)}", "message")
            if name not in frames:
                frames[name] = self._frame(message, row, rates.table(name, required=False))
            commands[path] = self._command(path, row, message, frames[name])
            row.finish()
        for name in rates:
            if name not in frames:
                rates.fail("no command sends this message; remove the row", name)
        for name in sorted(self._unused):
            self._interlocks.fail("no command has this interlock; remove it", name)
        self._table.finish()
        return commands

    def _frame(self, message: Message, row: TomlTable, rate: TomlTable) -> CommandFrame:
        key = frame_key(message)
        if any(source.frame == key for source in self._sources.values()):
            row.fail(f"the car itself sends {message.name}; it cannot be a command", "message")
        if not 0 < message.length <= _MAX_FRAME_BYTES:
            row.fail(f"the message {message.name} has no usable length; correct the DBC", "message")
        frame = self._reader.read_frame(message)
        interval_s = rate.number("interval_s", _INTERVAL_S)
        per_minute = rate.integer("per_minute", _PER_MINUTE)
        if interval_s < _SHORTEST_S or per_minute < 1:
            rate.fail(f"expected at least {_SHORTEST_S} s and 1 a minute; correct the rate")
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
        signal = self._signal(row, message)
        confirm = row.texts("confirm", (path,))
        for name in confirm:
            self._check_confirmation(row, name, frame)
        spec = self._signals[confirm[0]]
        kind = row.word("kind", KINDS, spec.kind)
        if any(self._signals[name].kind != kind for name in confirm):
            row.fail(f"the command is a {kind}, and a reading of `confirm` is not; correct it")
        if path in self._signals and path not in confirm:
            row.fail(f"add '{path}' itself, which the car reports", "confirm")
        choices = {} if kind == "number" else self._choices(row, kind, signal, confirm)
        low, high = self._limits(row, signal) if kind == "number" else (0.0, 0.0)
        deadline_s, sends = row.number("deadline_s", _DEADLINE_S), row.integer("sends", _SENDS)
        if not 0 < deadline_s <= _LONGEST_S or not 1 <= sends <= _MOST_SENDS:
            row.fail(f"expected a deadline up to {_LONGEST_S:g} s and 1 to {_MOST_SENDS} sends")
        return CommandSpec(
            path=path,
            kind=kind,
            unit=spec.unit,
            description=row.text("description", spec.description),
            frame=frame,
            field=bit_field(signal, message.length),
            factor=float(signal.scale),
            offset=float(signal.offset),
            choices=MappingProxyType(choices),
            low=low,
            high=high,
            confirm=confirm,
            tolerance=row.number("tolerance", float(signal.scale) / 2),
            deadline_s=deadline_s,
            sends=sends,
            interlocks=tuple(self._interlock(row, name, kind) for name in row.texts("interlocks")),
        )

    def _signal(self, row: TomlTable, message: Message) -> Signal:
        name = row.text("signal")
        signal = signal_of(message, name)
        if signal is None:
            hint = nearest_signal(message, name)
            row.fail(f"the message {message.name} has no signal '{name}'; {hint}", "signal")
        if name in self._reader.protection_signals(message):
            row.fail(
                f"{name} is the counter or the checksum of {message.name}; correct it", "signal"
            )
        return signal

    def _check_confirmation(self, row: TomlTable, name: str, frame: CommandFrame) -> None:
        source = self._sources.get(name)
        if source is None:
            row.fail(f"'{name}' is no reading that a message carries; correct it", "confirm")
        if source.frame == frame.key:
            row.fail(f"'{name}' is in {frame.name}, which we send ourselves; correct it", "confirm")

    def _limits(self, row: TomlTable, signal: Signal) -> tuple[float, float]:
        limits = row.interval("limits")
        if limits is None:
            row.fail(
                "expected the limits of the value, lower first, found none; add them", "limits"
            )
        low, high = signal.minimum, signal.maximum
        if low is None or high is None or limits[0] < low or limits[1] > high:
            row.fail(f"the DBC allows {signal.name} {low} to {high}; correct the limits", "limits")
        if not all(map(math.isfinite, limits)):
            row.fail("expected limits that are finite; correct them", "limits")
        return limits

    def _choices(
        self, row: TomlTable, kind: str, signal: Signal, confirm: tuple[str, ...]
    ) -> dict[Value, int]:
        """The values that may be asked for: all that DBC and readings share, unless listed."""
        raws = {word: raw for raw, word in words_of(signal).items()}
        raws.pop(_NO_REQUEST, None)
        named: dict[Value, int] = {}
        if kind == "enum":
            named.update(raws)
        else:
            named.update({False: 0, True: 1})
            if not {0, 1} <= set(raws.values()):
                row.fail(f"the DBC does not say what 0 and 1 of {signal.name} mean; add a VAL_")
        known = set(self._signals[confirm[0]].values)
        for value in row.values("values", tuple(named)):  # type: ignore[arg-type]
            if value not in named or (kind == "enum" and value not in known):
                row.fail(
                    f"{signal.name} cannot ask for {value!r}, or the car does not report it; "
                    f"choose from {', '.join(map(str, named))}",
                    "values",
                )
        allowed = row.values("values", tuple(named))  # type: ignore[arg-type]
        return {value: named[value] for value in allowed}

    def _interlock(self, command: TomlTable, name: str, kind: str) -> Interlock:
        if name not in self._interlocks:
            known = ", ".join(self._interlocks) or "none"
            command.fail(f"there is no interlock '{name}'; choose from {known}", "interlocks")
        self._unused.discard(name)
        row = self._interlocks.table(name)
        path = row.text("path")
        spec = self._signals.get(path)
        if spec is None:
            row.fail(f"the car has no signal '{path}'; correct the interlock", "path")
        low = row.number("low", -math.inf)
        high = row.number("high", math.inf)
        values = row.values("is", ())
        guards = row.interval("for") if kind == "number" else None
        words = () if kind == "number" else row.values("for", ())
        is_number = spec.kind == "number"
        if is_number == bool(values) or (is_number and low == -math.inf and high == math.inf):
            row.fail(
                f"'{path}' is a {spec.kind}: give the interlock `low` or `high` for a number, or "
                f"`is` with the values for which it holds"
            )
        if spec.kind == "enum" and not set(values) <= set(spec.values):
            row.fail(
                f"'{path}' is never one of {values}; choose from {', '.join(spec.values)}", "is"
            )
        interlock = Interlock(
            path=path,
            reason=row.text("reason"),
            low=low if is_number else None,
            high=high if is_number else None,
            values=values,
            for_low=guards[0] if guards else None,
            for_high=guards[1] if guards else None,
            for_values=words,
        )
        row.finish()
        return interlock


def _no_request(signal: Signal) -> int | None:
    for raw, word in words_of(signal).items():
        if word == _NO_REQUEST:
            return raw
    return None
