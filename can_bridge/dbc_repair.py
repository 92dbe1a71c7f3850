"""can_bridge: the text of a DBC file as it is in the wild in, a text that every reader takes out.

What is kept: messages, signals, their value names, comments, multiplexing, floating-point types and
cycle times.  What cannot be read is left out, and every repair is a warning that names its line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from can_bridge.dbc_lines import (
    NO_MESSAGE,
    Message,
    Signal,
    read_comment,
    read_cycle_time,
    read_message,
    read_mux_ranges,
    read_node_names,
    read_signal,
    read_table,
    read_value_type,
    read_values,
)
from can_bridge.dbc_statements import Splitter, Statement


@dataclass(frozen=True, slots=True)
class RepairedDbc:
    """A text without the defects of the file, and what was repaired."""

    text: str
    warnings: tuple[str, ...]
    """`line 9: …`, in the order of the lines."""
    lines: Mapping[str, int]
    """Name of a message, and of each signal as `Message.Signal` -> its line in the file."""


def repair_dbc(text: str, unreadable: frozenset[str] = frozenset()) -> RepairedDbc:
    """Read a DBC leniently and write it down anew; without what `unreadable` names.

    That is messages, and signals as `Message.Signal`.
    """
    repair = _Repair()
    splitter = Splitter(text.removeprefix("\ufeff"))
    for statement in splitter.statements():
        repair.take(statement)
    repair.end()
    warnings = sorted([*splitter.warnings, *repair.warnings])
    for message in [m for m in repair.messages.values() if m.name in unreadable]:
        del repair.messages[message.key]
    lines = {}
    for message in repair.messages.values():
        lines[message.name] = message.line
        for signal in list(message.signals.values()):
            lines[f"{message.name}.{signal.name}"] = signal.line
            if f"{message.name}.{signal.name}" in unreadable:
                del message.signals[signal.name]
    return RepairedDbc(
        _written(list(repair.messages.values())),
        tuple(f"line {line}: {problem}" for line, problem in warnings),
        lines,
    )


@dataclass
class _Repair:
    messages: dict[int, Message] = field(default_factory=dict)
    warnings: list[tuple[int, str]] = field(default_factory=list)
    tables: dict[str, dict[int, str]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    current: Message | None = None
    skipped: set[int] = field(default_factory=set)
    default_cycle_ms: int = 0

    def warn(self, statement: Statement, problem: str) -> None:
        self.warnings.append((statement.line, problem))

    def take(self, statement: Statement) -> None:
        """Use one statement, or warn."""
        reader = _READERS.get(statement.keyword)
        if reader is not None and statement.text != statement.keyword:
            reader(self, statement)

    def message(self, statement: Statement) -> None:
        """BO_"""
        self.current = None
        found = read_message(statement, self.warn)
        if found is None:
            return
        if found.key == NO_MESSAGE:
            self.skipped.add(found.key)
            return
        if not 0 < found.length <= 64:  # noqa: PLR2004
            self.skipped.add(found.key)
            self.warn(
                statement,
                f"the message {found.name} has the length {found.length}, expected 1 to 64 bytes; "
                f"left out",
            )
            return
        if found.key in self.messages:
            other = self.messages[found.key]
            self.warn(
                statement,
                f"the message {found.name} has the identifier of {other.name} (line {other.line}); "
                f"the second is left out",
            )
            return
        if found.name in self.names:
            new = f"{found.name}_{found.key & 0x1FFFFFFF:X}"
            self.warn(statement, f"a second message is called {found.name}; renamed {new}")
            found.name = new
        self.names.add(found.name)
        self.messages[found.key] = self.current = found

    def signal(self, statement: Statement) -> None:
        """SG_"""
        if self.current is None:
            return  # of a message that was left out, which was said
        found = read_signal(statement, self.warn)
        if found is None:
            return
        message = self.current
        if found.name in message.signals:
            self.warn(
                statement,
                f"{message.name} has a second signal {found.name}; the second is left out",
            )
        elif not found.fits(message.length):
            self.warn(
                statement,
                f"the signal {found.name} lies outside the {message.length} bytes of "
                f"{message.name}; left out",
            )
        else:
            message.signals[found.name] = found

    def _owner(self, statement: Statement, key: int, what: str) -> Message | None:
        message = self.messages.get(key)
        if message is None and key not in self.skipped:
            self.warn(statement, f"{what} of an absent message ({key & 0x1FFFFFFF}); left out")
        return message

    def _signal_of(self, statement: Statement, key: int, name: str, what: str) -> Signal | None:
        message = self._owner(statement, key, what)
        if message is None:
            return None
        signal = message.signals.get(name)
        if signal is None:
            self.warn(statement, f"{what} of an absent signal ({name} of {message.name}); left out")
        return signal

    def values(self, statement: Statement) -> None:
        """VAL_"""
        found = read_values(statement, self.warn, self.tables)
        if found is None:
            return
        signal = self._signal_of(statement, found.key, found.signal, "values")
        if signal is not None:
            signal.values |= {raw: text for raw, text in found.values.items() if text}

    def table(self, statement: Statement) -> None:
        """VAL_TABLE_"""
        name, values = read_table(statement)
        if name:
            self.tables[name] = values

    def comment(self, statement: Statement) -> None:
        """CM_"""
        found = read_comment(statement, self.warn)
        if found is None:
            return
        if not found.signal:
            message = self._owner(statement, found.key, "a comment")
            if message is not None:
                message.comment = found.text
            return
        signal = self._signal_of(statement, found.key, found.signal, "a comment")
        if signal is not None:
            signal.comment = found.text

    def attribute(self, statement: Statement) -> None:
        """BA_"""
        found = read_cycle_time(statement, self.warn)
        if found is None:
            return
        message = self._owner(statement, found[0], "a cycle time")
        if message is not None:
            message.cycle_ms = found[1]

    def value_type(self, statement: Statement) -> None:
        """SIG_VALTYPE_"""
        found = read_value_type(statement, self.warn)
        if found is None:
            return
        signal = self._signal_of(statement, found[0], found[1], "a number type")
        bits = {1: 32, 2: 64}.get(found[2])
        if signal is not None and bits == signal.bits:
            signal.float_type = found[2]
        elif signal is not None and bits is not None:
            self.warn(
                statement,
                f"{signal.name} has {signal.bits} bits, and a floating-point number of this type "
                f"{bits}; read as a whole number",
            )

    def mux_ranges(self, statement: Statement) -> None:
        """SG_MUL_VAL_"""
        found = read_mux_ranges(statement)
        if found is None:
            return
        signal = self._signal_of(statement, found.key, found.signal, "multiplexer values")
        if signal is not None:
            signal.mux_ranges = (found.multiplexer, found.ranges)

    def end(self) -> None:
        """Look at what only whole messages show."""
        for message in self.messages.values():
            for line, problem in message.repair():
                self.warnings.append((line, problem))


_READERS: Mapping[str, Callable[[_Repair, Statement], None]] = {
    "BO_": _Repair.message,
    "SG_": _Repair.signal,
    "VAL_": _Repair.values,
    "VAL_TABLE_": _Repair.table,
    "CM_": _Repair.comment,
    "BA_": _Repair.attribute,
    "SIG_VALTYPE_": _Repair.value_type,
    "SG_MUL_VAL_": _Repair.mux_ranges,
}


def _written(messages: list[Message]) -> str:
    nodes = sorted({m.sender for m in messages} | {r for m in messages for r in m.receivers()})
    parts = ['VERSION ""', "", "NS_ :", "", "BS_:", "", f"BU_: {' '.join(read_node_names(nodes))}"]
    parts += ["", *(message.written() for message in messages)]
    parts += [line for message in messages for line in message.written_comments()]
    if any(message.cycle_ms for message in messages):
        parts.append('BA_DEF_ BO_ "GenMsgCycleTime" INT 0 3600000;')
        parts.append('BA_DEF_DEF_ "GenMsgCycleTime" 0;')
        parts += [m.written_cycle() for m in messages if m.cycle_ms]
    parts += [line for message in messages for line in message.written_values()]
    return "\n".join(parts) + "\n"
