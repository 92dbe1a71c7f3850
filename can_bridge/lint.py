"""can_bridge: the folder of a vehicle in, everything that is wrong or doubtful in its files out.

What is wrong is what `load_profile` refuses; the rest loads, and may still not be what was meant.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cantools.database.can import Message

from can_bridge.dbc import DbcMessages, frame_key, load_dbc_files, signal_of
from can_bridge.drafting.units import unit_of
from can_bridge.errors import ProfileError
from can_bridge.profile import load_profile
from can_bridge.spec import (
    POLLED,
    CommandSpec,
    FrameSpec,
    SignalSource,
    SignalSpec,
    VehicleProfile,
)
from can_bridge.toml_lines import key_lines

_PATH = re.compile(r"Vehicle(\.[A-Z][A-Za-z0-9]*)+")
_TRUTH = re.compile(r"(Is|Has|Are|Any)[A-Z0-9]\w*")
_GUARD = re.compile(
    r"(?i)(?:^|[^a-z])(cnt|ctr|counter|alive|rolling|crc|checksum|chksum|chk)(?:$|[^a-z])"
)
_PLACE = re.compile(r"(?P<file>.+?\.(?:toml|dbc))(?:, line (?P<line>\d+))?:? ")
_MANY = 8
_FEW = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong or doubtful."""

    level: str
    """`error` or `warning`."""
    file: str
    line: int | None
    text: str

    def __str__(self) -> str:
        """`signals.toml, line 8: warning: …`"""
        place = f"{self.file}, line {self.line}" if self.line else self.file
        return f"{place}: {self.level}: {self.text}"


def lint(folder: Path) -> list[Finding]:
    """Look at every file; an error ends it, since nothing after it can be read."""
    try:
        profile = load_profile(folder)
        vehicle = tomllib.loads((folder / "vehicle.toml").read_text(encoding="utf-8-sig"))
        bus = vehicle["bus"]
        messages = load_dbc_files(folder, bus["dbc"], bool(bus.get("repair")))
    except ProfileError as error:
        return [_error(str(error))]
    return list(_Lint(folder, profile, messages).findings())


def _error(sentence: str) -> Finding:
    found = _PLACE.match(sentence)
    if found is None:
        return Finding("error", "", None, sentence)
    line = int(found["line"]) if found["line"] else None
    return Finding("error", found["file"], line, sentence[found.end() :])


class _Lint:
    """The doubtful of one vehicle."""

    def __init__(self, folder: Path, profile: VehicleProfile, dbc: DbcMessages) -> None:
        self._file = folder / "signals.toml"
        self._text = self._file.read_text(encoding="utf-8-sig")
        self._table = tomllib.loads(self._text)
        self._vehicle = folder / "vehicle.toml"
        self._commands = folder / "commands.toml"
        self._profile = profile
        self._dbc = dbc

    def findings(self) -> Iterator[Finding]:
        """Everything, in the order of the files."""
        yield from map(_repaired, self._dbc.warnings)
        yield from self._sides()
        for path, spec in self._profile.signals.items():
            yield from self._naming(path, spec)
            source = self._profile.sources.get(path)
            if source is not None and spec.kind == "number":
                yield from self._unit(path, spec)
                yield from self._number(path, spec, source)
        for key, frame in self._profile.frames.items():
            if not key & POLLED:
                yield from self._frame(frame)
        yield from self._unused()
        for command in self._profile.commands.values():
            yield from self._own_interlocks(command)

    def _warn(self, key: str, text: str) -> Finding:
        return Finding("warning", str(self._file), self._line(key), text)

    def _line(self, key: str) -> int | None:
        bare = key.rsplit(".", 1)[-1] if key.startswith("Vehicle.Cabin.Cluster.Telltale.") else key
        pattern = re.compile(rf"""^\s*(\[.*)?["']?{re.escape(bare)}["']?\s*[\]=]""")
        for number, line in enumerate(self._text.splitlines(), 1):
            if pattern.match(line):
                return number
        return None

    def _sides(self) -> Iterator[Finding]:
        sided = any(
            ".DriverSide" in path or ".PassengerSide" in path for path in self._profile.signals
        )
        if sided and "driver_position" not in self._profile.region:
            text = "paths say DriverSide, and [region] has no driver_position; add it"
            yield Finding("warning", str(self._vehicle), None, text)

    def _naming(self, path: str, spec: SignalSpec) -> Iterator[Finding]:
        if not _PATH.fullmatch(path):
            yield self._warn(
                path, f"'{path}' is not named as VSS does, such as Vehicle.Body.Hood.IsOpen"
            )
        elif (
            spec.kind == "bool"
            and not _TRUTH.fullmatch(path.rsplit(".", 1)[-1])
            and not spec.derived
        ):
            yield self._warn(path, f"'{path}' is a bool, and VSS would begin its last word with Is")

    def _unit(self, path: str, spec: SignalSpec) -> Iterator[Finding]:
        """Another unit than the DBC's, and nothing said of how the value gets there."""
        row = self._table["signals"][path]
        if spec.unit is None or "pid" in row or "scale" in row or "shift" in row:
            return
        signal = signal_of(self._dbc.messages[row["message"]], row["signal"])
        stated = (signal and signal.unit) or ""
        meant, found = unit_of(spec.unit), unit_of(stated)
        if meant is not None and found is not None and meant != found:
            yield self._warn(
                path,
                f"'{path}' is in {spec.unit}, and the DBC gives {row['signal']} in {stated}; convert "
                f"it by 'scale' and 'shift' (scale = 1 if the DBC is wrong), or correct the unit",
            )

    def _number(self, path: str, spec: SignalSpec, source: SignalSource) -> Iterator[Finding]:
        if spec.unit is None and not _counts(spec, source):
            yield self._warn(path, f"'{path}' is a number without a unit; add 'unit'")
        if spec.low is None or spec.high is None:
            yield self._warn(path, f"'{path}' has no range, in the file or the DBC; add 'range'")
            return
        low, high = sorted(raw * source.factor + source.offset for raw in _raw_limits(source))
        if spec.high < low or spec.low > high:
            yield self._warn(
                path,
                f"the range of '{path}' by the DBC, {spec.low:g} to {spec.high:g}, holds none of the "
                f"values that its bits can have, {low:g} to {high:g}; give a 'range'",
            )

    def _frame(self, frame: FrameSpec) -> Iterator[Finding]:
        row = self._table.get("messages", {}).get(frame.name, {})
        message = self._dbc.messages[frame.name]
        if frame.cycle_s is None and "timeout_s" not in row:
            yield self._warn(
                frame.name,
                f"the message {frame.name} has no cycle time; its signals are stale after "
                f"{frame.limit_s:g} s: give 'cycle_s', or 'timeout_s' if it is not periodic",
            )
        elif frame.cycle_s is not None and frame.limit_s < 2 * frame.cycle_s:
            yield self._warn(
                frame.name,
                f"the signals of {frame.name} are stale after {frame.limit_s:g} s, less than two of "
                f"its cycles; give a longer 'timeout_s'",
            )
        guards = [signal.name for signal in message.signals if _GUARD.search(signal.name)]
        if frame.protection is None and guards:
            yield self._warn(
                frame.name,
                f"the message {frame.name} has {' and '.join(guards[:2])}, which [messages] does not "
                f"use; frozen or damaged frames are not noticed",
            )
        elif frame.protection is not None and frame.protection.counter is None:
            yield self._warn(
                frame.name,
                f"the message {frame.name} has a checksum and no counter; a frozen frame is not "
                f"noticed",
            )

    def _unused(self) -> Iterator[Finding]:
        for name in self._table.get("messages", {}):
            if not self._carries(self._dbc.messages[name]):
                yield self._warn(
                    name, f"no signal is taken from the message {name}; the row does nothing"
                )
        left = [m.name for m in self._dbc.messages.values() if not self._carries(m)]
        if left:
            shown = ", ".join(left[:_MANY]) + (
                f" and {len(left) - _MANY} more" if len(left) > _MANY else ""
            )
            text = f"{len(left)} messages of the DBC carry no signal that is taken: {shown}"
            yield Finding("warning", str(self._vehicle), None, text)

    def _own_interlocks(self, command: CommandSpec) -> Iterator[Finding]:
        """Those that look at what the command itself changes."""
        for interlock in command.interlocks:
            derived = self._profile.derived.get(interlock.path)
            looked_at = {interlock.path, *(derived.inputs if derived else ())}
            if looked_at.isdisjoint((command.path, *command.confirm)):
                continue
            lines = key_lines(self._commands.read_text(encoding="utf-8-sig"))
            yield Finding(
                "warning",
                str(self._commands),
                lines.get(("commands", command.path, "interlocks")),
                f"an interlock of '{command.path}' looks at '{interlock.path}', which the command "
                f"itself changes, so that it may end as soon as the car obeys; look at another reading",
            )

    def _carries(self, message: Message) -> bool:
        key = frame_key(message)
        sent = (command.frame.key for command in self._profile.commands.values())
        return key in self._profile.frames or key in sent


def _counts(spec: SignalSpec, source: SignalSource) -> bool:
    """Whether it is a gear or a level, which has no unit."""
    if spec.low is None or spec.high is None:
        return False
    return source.factor == 1 and spec.high - spec.low <= _FEW


def _raw_limits(source: SignalSource) -> tuple[float, float]:
    if source.field.is_float:
        return float("-inf"), float("inf")
    bits = source.field.bits
    return (-(1 << bits - 1), (1 << bits - 1) - 1) if source.field.signed else (0, (1 << bits) - 1)


def _repaired(sentence: str) -> Finding:
    found = _error(sentence)
    return Finding("warning", found.file, found.line, f"{found.text}")
