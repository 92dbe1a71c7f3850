"""can_bridge: [interlocks] of commands.toml in, the conditions of one command out.

An interlock that could never be met, that is always met, or that guards nothing that may be asked for, is
an error: a slip in it would leave a command shut for ever, or open.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from can_bridge.readings import Value
from can_bridge.spec import Interlock, SignalSpec
from can_bridge.toml_table import Range, TomlTable


@dataclass(frozen=True, slots=True)
class Asked:
    """What may be asked for by a command."""

    kind: str
    limits: Range = (0.0, 0.0)
    """Of a number."""
    values: Collection[Value] = ()
    """Of a word or a truth."""
    known: Collection[Value] = ()
    """Everything that the field can say, be it allowed or not."""


class InterlockReader:
    """Reads [interlocks], each as often as a command names it."""

    def __init__(self, table: TomlTable, signals: Mapping[str, SignalSpec]) -> None:
        """`signals` are all that the car has, derived ones included."""
        self._table = table
        self._signals = signals
        self._unused = set(table)

    def read(self, command: TomlTable, asked: Asked) -> tuple[Interlock, ...]:
        """Those that the row of a command names."""
        return tuple(self._interlock(command, name, asked) for name in command.names("interlocks"))

    def finish(self) -> None:
        """ProfileError if no command has named one of them."""
        for name in sorted(self._unused):
            self._table.fail("no command has this interlock; remove it", name)

    def _interlock(self, command: TomlTable, name: str, asked: Asked) -> Interlock:
        if name not in self._table:
            known = ", ".join(self._table) or "none"
            command.fail(f"there is no interlock '{name}'; choose from {known}", "interlocks")
        self._unused.discard(name)
        row = self._table.table(name)
        path = row.text("path")
        spec = self._signals.get(path)
        if spec is None:
            row.fail(f"the car has no signal '{path}'; correct the interlock", "path")
        holds = _range(row, spec)
        guards = _guarded(row, asked) if asked.kind == "number" else None
        interlock = Interlock(
            path=path,
            reason=row.label("reason"),
            low=holds[0] if holds else None,
            high=holds[1] if holds else None,
            values=() if holds else _values(row, spec),
            for_low=guards[0] if guards else None,
            for_high=guards[1] if guards else None,
            for_values=() if asked.kind == "number" else _guarded_values(row, asked),
        )
        row.finish()
        return interlock


def _range(row: TomlTable, spec: SignalSpec) -> Range | None:
    """`low` and `high`, of a number; None for another signal."""
    bounded = "low" in row or "high" in row
    if bounded == ("is" in row) or bounded != (spec.kind == "number"):
        row.fail(
            f"'{spec.path}' is a {spec.kind}: give the interlock `low` or `high` for a number, or "
            f"`is` with the values for which it holds"
        )
    if not bounded:
        return None
    low, high = (row.number(key, end) for key, end in (("low", -math.inf), ("high", math.inf)))
    if low > high:
        row.fail(f"never holds, since low, {low:g}, is above high, {high:g}; correct it", "low")
    lowest = -math.inf if spec.low is None else spec.low
    highest = math.inf if spec.high is None else spec.high
    if low > highest or high < lowest:
        row.fail(
            f"never holds, since {_reach(spec)}; correct it", "low" if low > highest else "high"
        )
    if low <= lowest and high >= highest:
        row.fail(
            f"always holds, since {_reach(spec)}; correct it", "low" if "low" in row else "high"
        )
    return low, high


def _reach(spec: SignalSpec) -> str:
    """From where to where a number goes; both ends unknown: anywhere."""
    if spec.low is not None and spec.high is not None:
        return f"'{spec.path}' goes from {spec.low:g} to {spec.high:g}"
    if spec.low is not None:
        return f"'{spec.path}' is never below {spec.low:g}"
    if spec.high is not None:
        return f"'{spec.path}' is never above {spec.high:g}"
    return f"'{spec.path}' is any number"


def _values(row: TomlTable, spec: SignalSpec) -> tuple[Value, ...]:
    """`is`, of a word or a truth."""
    values = row.values("is")
    if not values:
        row.fail("never holds without a value; add one", "is")
    kind = bool if spec.kind == "bool" else str
    for value in values:
        if not isinstance(value, kind) or (spec.kind == "enum" and value not in spec.values):
            expected = ", ".join(spec.values) or ("true, false" if kind is bool else "texts")
            row.fail(f"'{spec.path}' is never {value!r}; choose from {expected}", "is")
        if spec.labels and value not in _listed(spec.labels, str(value)):
            row.fail(
                f"'{spec.path}' is never {value!r}; choose from '' and what lists, in this order, "
                f"with ', ' between: {', '.join(spec.labels)}",
                "is",
            )
    every = (True, False) if kind is bool else spec.values
    number_of_lists = 2 ** len(spec.labels)
    if (every and set(every) <= set(values)) or (spec.labels and len(values) == number_of_lists):
        row.fail(f"always holds, since '{spec.path}' is nothing else; remove a value", "is")
    return values


def _listed(labels: Iterable[str], text: str) -> set[str]:
    """What a list of some of the labels can be that the text begins with."""
    found = {""}
    for label in labels:
        longer = {f"{begun}, {label}" if begun else label for begun in found}
        found |= {begun for begun in longer if text.startswith(begun)}
    return found


def _guarded(row: TomlTable, asked: Asked) -> Range | None:
    """`for`, of a command that asks for a number."""
    guards = row.interval("for")
    low, high = asked.limits
    if guards is not None and (guards[1] < low or guards[0] > high):
        row.fail(
            f"guards nothing, since a command with this interlock asks for {low:g} to {high:g}; "
            f"correct it",
            "for",
        )
    return guards


def _guarded_values(row: TomlTable, asked: Asked) -> tuple[Value, ...]:
    """`for`, of a command that asks for a word or a truth."""
    if "for" not in row:
        return ()
    values = row.values("for")
    for value in values:
        if value not in asked.known:
            known = ", ".join(map(str, asked.known))
            row.fail(f"no command can ask for {value!r}; choose from {known}", "for")
    if not set(values) & set(asked.values):
        allowed = ", ".join(map(str, asked.values))
        row.fail(
            f"guards nothing, since a command with this interlock asks for one of {allowed}; "
            f"correct it",
            "for",
        )
    return values
