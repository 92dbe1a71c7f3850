"""can_bridge: DBC files in, their messages and the place of each signal's bits out.

The only file that uses cantools, and only to read: values are extracted by `spec.BitField`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import cantools
from cantools.database.can import Database, Message, Signal

from can_bridge.errors import ProfileError
from can_bridge.spec import EXTENDED, BitField


@dataclass(frozen=True, slots=True)
class DbcMessages:
    """Every message of a vehicle's DBC files, by name."""

    messages: dict[str, Message]
    files: dict[str, Path]

    def message(self, name: str) -> Message | None:
        """The message, or None."""
        return self.messages.get(name)

    def nearest(self, name: str) -> str:
        """A hint for a name that is not there."""
        near = difflib.get_close_matches(name, self.messages, 1)
        return f"did you mean '{near[0]}'" if near else "correct the name or the DBC"


def load_dbc_files(folder: Path, names: Iterable[str]) -> DbcMessages:
    """Read the DBC files; ProfileError for a syntax error or two messages in each other's way."""
    messages: dict[str, Message] = {}
    files: dict[str, Path] = {}
    keys: dict[int, str] = {}
    for name in names:
        for message in _load(folder / name).messages:
            key = frame_key(message)
            taken = keys.setdefault(key, message.name)
            if message.name in messages or taken != message.name:
                raise ProfileError(
                    f"{folder / name}: the message {message.name} ({message.frame_id:#x}) is "
                    f"already in {files[taken]} as {taken}; remove one of them"
                )
            messages[message.name] = message
            files[message.name] = folder / name
    return DbcMessages(messages, files)


def _load(file: Path) -> Database:
    try:
        database = cantools.database.load_file(file, database_format="dbc")
    except OSError as error:
        raise ProfileError(f"{file} cannot be read ({error.strerror}); add the file") from error
    except (cantools.Error, ValueError, KeyError, TypeError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise ProfileError(f"{file} is no valid DBC: {reason.rstrip('.')}; correct it") from error
    assert isinstance(database, Database)
    return database


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
    return BitField(big_endian, shift, signal.length, signal.is_signed)
