"""can_bridge: DBC files in, their messages and the place of each signal's bits out.

The only file that uses cantools, and only to read: values are extracted by `spec.BitField`.
A vehicle's own DBC must be right; one from elsewhere is repaired (see `dbc_repair`).
"""

from __future__ import annotations

import difflib
import importlib
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cantools
from cantools.database.can import Database, Message, Signal

from can_bridge.dbc_repair import repair_dbc
from can_bridge.dbc_syntax import END, explain
from can_bridge.errors import ProfileError, unreadable
from can_bridge.spec import EXTENDED, FLOAT_BITS, BitField, Page

_PACKAGE = "opendbc:"
_GENERATED = "_generated"
_BEGINS_MESSAGE = re.compile(r"\s*BO_\s+\d+\s+(\w+)")
_MULTIPLEXED = re.compile(r"\s*SG_\s+(\w+)\s+m\d+M?\s*:")
_MOST_BYTES = 64
_MOST_PAGES = 16  # a selector with a range of values names more than it ever has
_LOAD_ERRORS = (cantools.Error, ValueError, KeyError, TypeError, AttributeError, IndexError)


@dataclass(frozen=True, slots=True)
class DbcMessages:
    """Every message of a vehicle's DBC files, by name."""

    messages: dict[str, Message]
    files: dict[str, Path]
    warnings: tuple[str, ...] = ()
    """What was repaired or left out, each with file and line."""

    def message(self, name: str) -> Message | None:
        """The message, or None."""
        return self.messages.get(name)

    def nearest(self, name: str) -> str:
        """A hint for a name that is not there."""
        near = difflib.get_close_matches(name, self.messages, 1)
        return f"did you mean '{near[0]}'" if near else "correct the name or the DBC"


@dataclass(frozen=True, slots=True)
class WildDbc:
    """A DBC as it came, made readable."""

    messages: tuple[Message, ...]
    text: str
    """The file's own text if nothing was wrong with it, else the repaired one."""
    warnings: tuple[str, ...]


def load_dbc_files(folder: Path, names: Iterable[str], repair: bool = False) -> DbcMessages:
    """Read the DBC files; ProfileError for a syntax error or two messages in each other's way.

    With `repair` a file is read as leniently as one of the opendbc package always is.
    """
    messages: dict[str, Message] = {}
    files: dict[str, Path] = {}
    keys: dict[int, str] = {}
    warnings: list[str] = []
    for name in names:
        file = Path(name) if name.startswith(_PACKAGE) else folder / name
        if repair or name.startswith(_PACKAGE):
            wild = read_wild_dbc(name if name.startswith(_PACKAGE) else file)
            found = wild.messages
            warnings += wild.warnings
        else:
            found = tuple(_load(file).messages)
        for message in found:
            key = frame_key(message)
            taken = keys.setdefault(key, message.name)
            if message.name in messages or taken != message.name:
                raise ProfileError(
                    f"{file}: the message {message.name} ({message.frame_id:#x}) is "
                    f"already in {files[taken]} as {taken}; remove one of them"
                )
            messages[message.name] = message
            files[message.name] = file
    return DbcMessages(messages, files, tuple(warnings))


def _load(file: Path) -> Database:
    text, _ = _text_of(file)
    try:
        database = _parse(text)
    except _LOAD_ERRORS as error:
        line, problem = explain(text, error)
        raise ProfileError(
            f"{file}{f', line {line}' if line else ''}: this is no valid DBC: {problem}; correct it, "
            f"or let it be repaired by 'repair = true' under [bus]"
        ) from error
    for line, message, signal in _unselected(text, database.messages):
        raise ProfileError(
            f"{file}, line {line}: {signal} is multiplexed, and nothing says in which frames of "
            f"{message} it is; mark one signal of the message as its multiplexer, M"
        )
    return database


def _unselected(text: str, messages: list[Message]) -> Iterator[tuple[int, str, str]]:
    """(line, message, signal) of what is marked as multiplexed and cantools takes as plain."""
    plain = {
        (message.name, signal.name)
        for message in messages
        for signal in message.signals
        if not signal.multiplexer_ids
    }
    owner = ""
    for number, line in enumerate(text.splitlines(), 1):
        if found := _BEGINS_MESSAGE.match(line):
            owner = found[1]
        elif (found := _MULTIPLEXED.match(line)) and (owner, found[1]) in plain:
            yield number, owner, found[1]


def _parse(text: str, strict: bool = True) -> Database:
    database = cantools.database.load_string(text + END, database_format="dbc", strict=strict)
    assert isinstance(database, Database)
    return database


def read_wild_dbc(file: Path | str) -> WildDbc:
    """Read a DBC as it is in the wild; ProfileError only if no message is left."""
    text, warnings = _text_of(file)
    try:
        database = _parse(text)
        if _usable(database.messages) and not any(_unselected(text, database.messages)):
            return WildDbc(tuple(database.messages), text, tuple(f"{file}{w}" for w in warnings))
    except _LOAD_ERRORS:
        pass
    repaired = repair_dbc(text)
    unreadable: dict[str, str] = {}
    lines = repaired.lines
    while found := _unreadable(repaired.text):
        if found.keys() <= unreadable.keys():
            raise ProfileError(f"{file} cannot be repaired: {', '.join(found)}; correct it")
        unreadable |= found
        warnings += [
            f", line {lines[name]}: {name} cannot be read ({why}); left out"
            for name, why in found.items()
        ]
        repaired = repair_dbc(text, frozenset(unreadable))
    warnings += [f", {warning}" for warning in repaired.warnings]
    if not repaired.lines:
        raise ProfileError(f"{file} holds no message that can be read; expected a DBC file")
    database = _parse(repaired.text, strict=False)
    return WildDbc(tuple(database.messages), repaired.text, tuple(f"{file}{w}" for w in warnings))


def _usable(messages: list[Message]) -> bool:
    """Whether nothing is in them that cantools lets pass and that cannot be decoded."""
    names = {message.name for message in messages}
    keys = {frame_key(message) for message in messages}
    if not messages or len(names) < len(messages) or len(keys) < len(messages):
        return False
    return all(
        0 < message.length <= _MOST_BYTES
        and all(_decodable(message, signal) for signal in message.signals)
        for message in messages
    )


def _decodable(message: Message, signal: Signal) -> bool:
    try:
        page_of(message, signal)
    except ValueError:
        return False
    finite = math.isfinite(signal.scale) and math.isfinite(signal.offset)
    return signal.scale != 0 and finite and has_number_type(signal)


def has_number_type(signal: Signal) -> bool:
    """Whether it is a whole number, or a floating-point number of a width that there is."""
    return not signal.is_float or signal.length in FLOAT_BITS


def _unreadable(text: str) -> dict[str, str]:
    """Messages that stop cantools even so, and signals that cannot be decoded -> why."""
    try:
        database = _parse(text, strict=False)
    except _LOAD_ERRORS:
        pass
    else:
        return {
            f"{message.name}.{signal.name}": "its multiplexing or its type of number is not clear"
            for message in database.messages
            for signal in message.signals
            if not _decodable(message, signal)
        }
    found = {}
    for part in text.split("\nBO_ ")[1:]:
        key, name = part.split(":")[0].split()
        body = part.split("\n\n")[0]
        rest = [line for line in text.splitlines() if f" {key} " in line and line[:3] != "BO_"]
        alone = "\n".join([f"BO_ {body}", "", *(r for r in rest if not r.startswith("BA_"))])
        try:
            _parse(alone, strict=False)
        except _LOAD_ERRORS as error:
            found[name] = explain(alone, error)[1]
    return found


def _text_of(file: Path | str) -> tuple[str, list[str]]:
    """The text of a file, or of a DBC that the opendbc package ships, and warnings without a name."""
    if str(file).startswith(_PACKAGE):
        return _packaged(str(file).removeprefix(_PACKAGE)), []
    try:
        data = Path(file).read_bytes()
    except OSError as error:
        raise ProfileError(unreadable(file, error)) from error
    except ValueError as error:  # a zero byte
        raise ProfileError(f"{str(file)!r} is no name of a file; correct it") from error
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n"), []
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        warning = f", line {line}: this is no UTF-8 text; read as Windows-1252"
        return data.decode("cp1252", "replace").replace("\r\n", "\n"), [warning]


def _packaged(name: str) -> str:
    try:
        package = importlib.import_module("opendbc")
    except ImportError as error:
        raise ProfileError(
            f"the DBC {name} comes with the package opendbc, which is not installed; install the "
            f"extra with: pip install 'auriga[pacifica]'"
        ) from error
    stem = name.removesuffix(".dbc")
    file = Path(str(package.DBC_PATH)) / f"{stem}.dbc"
    if file.is_file():
        return file.read_text(encoding="utf-8", errors="replace")
    texts = package.get_generated_dbcs() if stem.endswith(_GENERATED) else {}
    if stem not in texts:
        raise ProfileError(
            f"the installed package opendbc has no DBC '{name}'; install version 0.3 of it, or "
            f"correct the name"
        )
    return str(texts[stem])


def frame_key(message: Message) -> int:
    """The identifier, with EXTENDED set for 29 bits."""
    return int(message.frame_id) | (EXTENDED if message.is_extended_frame else 0)


def signal_of(message: Message, name: str) -> Signal | None:
    """The signal of that name, or None."""
    return next((signal for signal in message.signals if signal.name == name), None)


def nearest_signal(message: Message, name: str) -> str:
    """A hint for a name that is not there."""
    near = difflib.get_close_matches(name, [signal.name for signal in message.signals], 1)
    return f"did you mean '{near[0]}'" if near else "correct the name or the DBC"


def bit_field(signal: Signal, message_length: int) -> BitField:
    """Where the signal lies in a frame of that many bytes."""
    big_endian = signal.byte_order == "big_endian"
    if big_endian:  # a DBC gives the place of the most significant bit
        first = signal.start // 8 * 8 + 7 - signal.start % 8
        shift = message_length * 8 - first - signal.length
    else:
        shift = signal.start
    return BitField(
        big_endian, shift, signal.length, signal.is_signed, is_float=bool(signal.is_float)
    )


def page_of(message: Message, signal: Signal) -> Page | None:
    """Which frames carry a multiplexed signal, None if all do; ValueError if nothing says so."""
    selectors: list[tuple[BitField, frozenset[int]]] = []
    met = {signal.name}
    while signal.multiplexer_ids:
        selector = signal_of(message, signal.multiplexer_signal or "")
        if selector is None or selector.name in met or selector.is_float:
            raise ValueError(f"nothing says in which frames of {message.name} {signal.name} is")
        met.add(selector.name)
        field = bit_field(selector, message.length)
        selectors.insert(0, (field, frozenset(signal.multiplexer_ids)))
        signal = selector
    return Page(tuple(selectors)) if selectors else None


def cycle_s(message: Message) -> float | None:
    """How often the DBC says that it is sent; None if it does not, or says no number."""
    milliseconds: object = message.cycle_time
    if not isinstance(milliseconds, int | float) or milliseconds <= 0:
        return None
    return milliseconds / 1000


def page_count(message: Message) -> int:
    """How many kinds of frames take turns in a multiplexed message; 1 in any other."""
    pages = {
        (signal.multiplexer_signal, number)
        for signal in message.signals
        for number in signal.multiplexer_ids or ()
    }
    return min(max(1, len(pages)), _MOST_PAGES)
