"""can_bridge: one statement of a DBC in, the message, signal or text that it states out; lenient.

Numbers and names are taken where the grammar wants them if that is unambiguous, else the statement is
left out with a warning.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from can_bridge.dbc_statements import Statement

EXTENDED_FLAG = 1 << 31
NO_MESSAGE = 0xC0000000
"""The pseudo-message that holds signals without a message."""
_STANDARD_MAX, _EXTENDED_MAX = 0x7FF, 0x1FFF_FFFF

Warn = Callable[[Statement, str], None]

_NUMBER = r"[-+]?(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)"
_MESSAGE = re.compile(
    r"BO_\s+(\w+)\s+(\S+?)\s*:?\s+(\d+)\b\s*(\S*)|BO_\s+(\w+)\s+(\S+?)\s*:\s*(\d+)\b\s*(\S*)"
)
_SIGNAL = re.compile(
    rf"SG_\s+(?P<name>[^\s:]+)\s*(?P<mux>[mM]\d*M?)?\s*:?\s*(?P<start>\d+)\s*\|\s*(?P<bits>\d+)\s*@?"
    rf"\s*(?P<order>[01])\s*(?P<sign>[-+]?)\s*"
    rf"(?:\(\s*(?P<factor>{_NUMBER})?\s*[,;]\s*(?P<offset>{_NUMBER})?\s*\))?\s*"
    rf"(?:\[\s*(?P<low>{_NUMBER})?\s*\|\s*(?P<high>{_NUMBER})?\s*\])?\s*"
    rf'(?:"(?P<unit>[^"]*)")?\s*(?P<receivers>.*)',
    re.DOTALL,
)
_VALUE = re.compile(r'([-+]?(?:0[xX][0-9a-fA-F]+|\d+))(?:\.0*)?\s*"((?:[^"\\]|\\.)*)"')
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"?', re.DOTALL)
_NODE = "Vector__XXX"


@dataclass
class Signal:
    """A signal as the file states it."""

    name: str
    line: int
    start: int
    bits: int
    big_endian: bool
    signed: bool
    factor: float
    offset: float
    low: float
    high: float
    unit: str
    mux: str
    receivers: tuple[str, ...]
    values: dict[int, str] = field(default_factory=dict)
    comment: str = ""
    float_type: int = 0
    mux_ranges: tuple[str, str] | None = None

    def places(self) -> range:
        """The bits that it occupies, counted from the first transmitted one of its byte order."""
        first = self.start // 8 * 8 + 7 - self.start % 8 if self.big_endian else self.start
        return range(first, first + self.bits)

    def fits(self, length: int) -> bool:
        """Whether it lies in a frame of that many bytes."""
        return self.bits > 0 and self.places().stop <= length * 8

    def bit_numbers(self) -> frozenset[int]:
        """The bits that it occupies, byte * 8 + place in the byte."""
        if not self.big_endian:
            return frozenset(self.places())
        return frozenset(place // 8 * 8 + 7 - place % 8 for place in self.places())

    def written(self) -> str:
        """The SG_ line."""
        mux = f" {self.mux}" if self.mux else ""
        order, sign = "0" if self.big_endian else "1", "-" if self.signed else "+"
        return (
            f" SG_ {self.name}{mux} : {self.start}|{self.bits}@{order}{sign} "
            f"({self.factor!r},{self.offset!r}) [{self.low!r}|{self.high!r}] "
            f'"{self.unit}" {",".join(self.receivers) or _NODE}'
        )


@dataclass
class Message:
    """A message as the file states it."""

    key: int
    """Identifier, with bit 31 set for 29 bits, as in a DBC."""
    name: str
    length: int
    sender: str
    line: int
    signals: dict[str, Signal] = field(default_factory=dict)
    comment: str = ""
    cycle_ms: int = 0

    def receivers(self) -> Iterator[str]:
        """Every node that a signal names."""
        for signal in self.signals.values():
            yield from signal.receivers

    def repair(self) -> Iterator[tuple[int, str]]:
        """Make the multiplexing whole; yields (line, warning), also of signals that overlap."""
        for signal in [s for s in self.signals.values() if s.mux == "m"]:
            signal.mux = "M"
            yield signal.line, f"the multiplexer {signal.name} is marked m; taken as M"
        switches = [s for s in self.signals.values() if s.mux == "M"]
        for second in switches[1:]:
            second.mux = ""
            yield (
                second.line,
                f"{self.name} has a second multiplexer {second.name}; it is read as a plain signal",
            )
        if not switches:
            for signal in [s for s in self.signals.values() if s.mux]:
                del self.signals[signal.name]
                yield (
                    signal.line,
                    f"{signal.name} is multiplexed, and {self.name} has no multiplexer; left out",
                )
        for signal in [s for s in self.signals.values() if not self._is_selected(s)]:
            del self.signals[signal.name]
            yield (
                signal.line,
                f"{signal.name} is multiplexed, and what says in which frames of {self.name} it is "
                f"cannot be read; left out",
            )
        yield from self._overlaps()

    def _is_selected(self, signal: Signal) -> bool:
        """Whether its multiplexer, and that one's, and so on, lead to one that every frame has."""
        met: set[str] = set()
        while signal.mux and signal.mux != "M":
            wanted = signal.mux_ranges[0] if signal.mux_ranges else ""
            above = self.signals.get(wanted) or next(
                (s for s in self.signals.values() if s.mux == "M"), None
            )
            if above is None or above.float_type or above.name in met or "M" not in above.mux:
                return False
            met.add(above.name)
            signal = above
        return True

    def _overlaps(self) -> Iterator[tuple[int, str]]:
        taken: dict[int, Signal] = {}
        for signal in self.signals.values():
            if signal.mux and signal.mux != "M":
                continue
            bits = signal.bit_numbers()
            other = next((taken[bit] for bit in bits if bit in taken), None)
            if other is not None:
                yield (
                    signal.line,
                    f"{signal.name} overlaps {other.name} (line {other.line}) in {self.name}; "
                    f"both are kept",
                )
            taken |= dict.fromkeys(bits, signal)

    def written(self) -> str:
        """BO_ with its SG_."""
        lines = [f"BO_ {self.key} {self.name}: {self.length} {self.sender}"]
        lines += [signal.written() for signal in self.signals.values()]
        return "\n".join(lines) + "\n"

    def written_comments(self) -> Iterator[str]:
        """CM_ lines."""
        if self.comment:
            yield f'CM_ BO_ {self.key} "{self.comment}";'
        for signal in self.signals.values():
            if signal.comment:
                yield f'CM_ SG_ {self.key} {signal.name} "{signal.comment}";'

    def written_cycle(self) -> str:
        """The BA_ line."""
        return f'BA_ "GenMsgCycleTime" BO_ {self.key} {self.cycle_ms};'

    def written_values(self) -> Iterator[str]:
        """VAL_, SIG_VALTYPE_ and SG_MUL_VAL_ lines."""
        for signal in self.signals.values():
            if signal.values:
                values = " ".join(f'{raw} "{text}"' for raw, text in signal.values.items())
                yield f"VAL_ {self.key} {signal.name} {values} ;"
            if signal.float_type:
                yield f"SIG_VALTYPE_ {self.key} {signal.name} : {signal.float_type};"
            if signal.mux_ranges and signal.mux_ranges[0] in self.signals:
                switch, ranges = signal.mux_ranges
                yield f"SG_MUL_VAL_ {self.key} {signal.name} {switch} {ranges};"


@dataclass(frozen=True, slots=True)
class Entry:
    """What a statement says of a message or of one of its signals."""

    key: int
    signal: str
    text: str = ""
    values: Mapping[int, str] = field(default_factory=dict)
    multiplexer: str = ""
    ranges: str = ""


def _name(statement: Statement, text: str, warn: Warn) -> str:
    name = re.sub(r"\W", "_", text, flags=re.ASCII)
    if name[:1].isdigit():
        name = f"_{name}"
    if name != text:
        warn(statement, f"'{text}' is no name that a DBC may have; renamed {name}")
    return name


def clean_name(text: str) -> str:
    """The name as `_name` writes it, without a warning (it was given where the name is defined)."""
    name = re.sub(r"\W", "_", text, flags=re.ASCII)
    return f"_{name}" if name[:1].isdigit() else name


def _identifier(statement: Statement, text: str, warn: Warn | None) -> int | None:
    try:
        value = int(text, 0) if text[:2].lower() == "0x" else int(text)
    except ValueError:
        if warn is not None:
            warn(statement, f"'{text}' is no identifier; left out")
        return None
    if value in (NO_MESSAGE, NO_MESSAGE & ~EXTENDED_FLAG) or 0 <= value <= _STANDARD_MAX:
        return NO_MESSAGE if value > _STANDARD_MAX else value
    plain = value & ~EXTENDED_FLAG
    if not 0 <= plain <= _EXTENDED_MAX or value < 0:
        if warn is not None:
            warn(statement, f"the identifier {text} has more than 29 bits; left out")
        return None
    if warn is not None and value == plain:
        warn(statement, f"the identifier {text} has more than 11 bits; it is taken as a 29-bit one")
    return plain | EXTENDED_FLAG


def read_message(statement: Statement, warn: Warn) -> Message | None:
    """BO_ id name: length sender"""
    found = _MESSAGE.match(statement.text)
    if found is None:
        warn(statement, f"this is no message: {_shown(statement)}; left out")
        return None
    groups = [group for group in found.groups() if group is not None]
    key = _identifier(statement, groups[0], warn)
    if key is None:
        return None
    sender = clean_name(groups[3]) if len(groups) > 3 and groups[3] else _NODE  # noqa: PLR2004
    if sender == _NODE and _NODE not in statement.text:
        warn(statement, f"the message {groups[1].rstrip(':')} names no sender, or breaks off")
    return Message(
        key, _name(statement, groups[1].rstrip(":"), warn), int(groups[2]), sender, statement.line
    )


def read_signal(statement: Statement, warn: Warn) -> Signal | None:
    """SG_ name mux : start|bits@order sign (factor,offset) [low|high] "unit" receivers"""
    found = _SIGNAL.match(statement.text)
    if found is None:
        warn(statement, f"this is no signal: {_shown(statement)}; left out")
        return None
    for part in ("sign", "factor", "offset"):  # a guess would be spoken as a fact about the car
        if not found[part]:
            warn(statement, f"the {part} of {found['name']} is missing; left out")
            return None
    factor, offset = _float(found["factor"], 0.0), _float(found["offset"], math.inf)
    if factor == 0 or not math.isfinite(offset):
        part = "factor" if factor == 0 else "offset"
        warn(statement, f"the {part} of {found['name']} is {found[part]}; left out")
        return None
    if re.search(r"[(,|\[][-+]?\.\d", found[0]):
        warn(statement, f"a number of {found['name']} begins with a point; a zero is put before it")
    receivers = [clean_name(name) for name in re.split(r"[,\s]+", found["receivers"]) if name]
    return Signal(
        name=_name(statement, found["name"], warn),
        line=statement.line,
        start=int(found["start"]),
        bits=int(found["bits"]),
        big_endian=found["order"] == "0",
        signed=found["sign"] == "-",
        factor=factor,
        offset=offset,
        low=_float(found["low"], 0.0),
        high=_float(found["high"], 0.0),
        unit=_text(found["unit"] or ""),
        mux=found["mux"] or "",
        receivers=tuple(dict.fromkeys(receivers)),
    )


def read_values(
    statement: Statement, warn: Warn, tables: Mapping[str, Mapping[int, str]]
) -> Entry | None:
    """VAL_ id signal 0 "text" 1 "text"; None for the values of an environment variable."""
    found = re.match(r"VAL_\s+(\w+)\s+([^\s\"]+)\s*(.*)", statement.text, re.DOTALL)
    if found is None or not found[1][:1].isdigit():
        return None
    key = _identifier(statement, found[1], None)
    values = _values(found[3]) or dict(tables.get(found[3].strip(), {}))
    if key is None or not values:
        warn(statement, f"these values cannot be read: {_shown(statement)}; left out")
        return None
    return Entry(key, clean_name(found[2]), values=values)


def read_table(statement: Statement) -> tuple[str, dict[int, str]]:
    """VAL_TABLE_ name 0 "text" …"""
    found = re.match(r"VAL_TABLE_\s+(\S+)\s*(.*)", statement.text, re.DOTALL)
    return (found[1], _values(found[2])) if found else ("", {})


def _values(text: str) -> dict[int, str]:
    return {
        int(raw, 0 if "x" in raw.lower() else 10): _text(name) for raw, name in _VALUE.findall(text)
    }


def read_comment(statement: Statement, warn: Warn) -> Entry | None:
    """CM_ BO_ id "text" or CM_ SG_ id signal "text"; None for others."""
    found = re.match(
        r"CM_\s+(BO_|SG_)?\s*(\d\w*)\s*([^\s\"]+)?\s*(\".*)?", statement.text, re.DOTALL
    )
    if found is None or (found[1] is None and found[3] is None and found[4] is None):
        return None
    if found[1] is None:
        warn(statement, "the comment does not say BO_ or SG_; taken by what it names")
    key = _identifier(statement, found[2], None)
    text = _STRING.match(found[4] or "")
    if key is None or text is None or (found[1] == "SG_" and not found[3]):
        warn(
            statement, f"this comment names no signal or has no text: {_shown(statement)}; left out"
        )
        return None
    return Entry(key, clean_name(found[3] or ""), _text(text[1], keep_lines=True))


def read_cycle_time(statement: Statement, warn: Warn) -> tuple[int, int] | None:
    """BA_ "GenMsgCycleTime" BO_ id milliseconds -> (id, milliseconds); None for others."""
    found = re.match(r'BA_\s+"?GenMsgCycleTime"?\s+BO_\s+(\w+)\s+(\S+)', statement.text)
    if found is None:
        return None
    key = _identifier(statement, found[1], None)
    milliseconds = _float(found[2].strip('"'), -1.0)
    if key is None or not 0 <= milliseconds <= 3_600_000:  # noqa: PLR2004
        warn(statement, f"this is no cycle time: {_shown(statement)}; left out")
        return None
    return key, round(milliseconds)


def read_value_type(statement: Statement, warn: Warn) -> tuple[int, str, int] | None:
    """SIG_VALTYPE_ id signal : 1 -> (id, signal, 1 for 32 bits or 2 for 64)."""
    found = re.match(r"SIG_VALTYPE_\s+(\d\w*)\s+([^\s:]+)\s*:?\s*([0-3])", statement.text)
    key = _identifier(statement, found[1], None) if found else None
    if found is None or key is None:
        warn(statement, f"this is no number type: {_shown(statement)}; left out")
        return None
    return key, clean_name(found[2]), int(found[3])


def read_mux_ranges(statement: Statement) -> Entry | None:
    """SG_MUL_VAL_ id signal multiplexer 0-3, 5-5"""
    found = re.match(
        r"SG_MUL_VAL_\s+(\d\w*)\s+(\S+)\s+(\S+)\s+(\d+\s*-\s*\d+(?:\s*,\s*\d+\s*-\s*\d+)*)",
        statement.text,
    )
    key = _identifier(statement, found[1], None) if found else None
    if found is None or key is None:
        return None
    ranges = re.sub(r"\s*,\s*", ", ", re.sub(r"\s*-\s*", "-", found[4]))
    return Entry(key, clean_name(found[2]), multiplexer=clean_name(found[3]), ranges=ranges)


def read_node_names(names: Iterable[str]) -> Iterator[str]:
    """The nodes of BU_, each once."""
    return (name for name in names if name and name != _NODE)


def _float(text: str | None, default: float) -> float:
    if text is None:
        return default
    try:
        value = float(int(text, 16)) if "x" in text.lower() else float(text)
    except ValueError:
        return default
    if not math.isfinite(value):
        return default
    return int(value) if value.is_integer() and abs(value) < 1e15 else value  # noqa: PLR2004


def _text(text: str, keep_lines: bool = False) -> str:
    plain = text.replace('\\"', "'").replace('"', "'").replace("\\", "/")
    return plain if keep_lines else " ".join(plain.split())


def _shown(statement: Statement) -> str:
    first = " ".join(statement.text.split())
    return f"'{first[:60]}…'" if len(first) > 60 else f"'{first}'"  # noqa: PLR2004
