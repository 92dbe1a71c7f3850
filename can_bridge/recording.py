"""can_bridge: a file of recorded frames in, python-can's messages out, one by one.

Formats by the name's ending, read by python-can: candump -L (.log), Vector's ASC (.asc) and BLF (.blf),
python-can's CSV (.csv), and MF4 (.mf4) with the extra `mf4`.  A recording that was cut off (power lost,
disk full) ends where it was cut, with a warning; one that is broken in the middle is an error that
names the line, or the offset in a binary file.
"""

from __future__ import annotations

import codecs
import math
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, BinaryIO, Self, cast

import can

from can_bridge.candump import error_frame
from can_bridge.errors import RecordingError, first_line, unreadable
from can_bridge.mf4 import mf4_messages
from can_bridge.spec import EXTENDED

FORMATS = (".log", ".asc", ".blf", ".csv", ".mf4")
_CSV_HEADER = "timestamp,arbitration_id,extended,remote,error,dlc,data"
_MAX_CLASSIC_BYTES = 8
_BLF = b"LOGG"
_SHORTEST_OBJECT = 16
_SCREEN_OF_CANDUMP = re.compile(r"\s*(\([\d.: -]+\)\s+)?\S+\s+([RT]X\s.*)?[0-9A-F]{3,8}\s+\[\d+\]")


_BEGINS_WITH_TIME = re.compile(r"\s*\d")
"""As the line of a frame does in ASC, whose reader passes over what it does not know."""


class Recording:
    """An open recording; iterate over it once."""

    def __init__(self, file: Path, warn: Callable[[str], None]) -> None:
        """Nothing is open yet; `warn` is told in one sentence of what could not be read."""
        self.file = file
        self._warn = warn
        self._stream: IO[Any] | None = None
        self._bytes = 0

    def __enter__(self) -> Self:
        """Open the file; RecordingError if that cannot be done."""
        file = self.file
        suffix = file.suffix.lower()
        if os.path.isdir(file):  # noqa: PTH112 (no error where this user may not look)
            raise RecordingError(f"{file} is a folder; name a recording, a file in it")
        if suffix not in FORMATS:
            raise RecordingError(
                f"{file} ends in '{suffix}', which is no format of recordings; expected one of "
                f"{', '.join(FORMATS)}"
            )
        try:
            self._stream = file.open("rb")
            self._bytes = file.stat().st_size
        except OSError as error:
            raise RecordingError(unreadable(file, error)) from error
        if self._bytes == 0:
            self._stream.close()
            raise RecordingError(f"{file} is empty; name a recording with at least one frame")
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        if self._stream is not None:
            self._stream.close()

    def fraction(self) -> float:
        """How much of the file was read, 0 to 1."""
        if self._stream is None or self._stream.closed or not self._bytes:
            return 1.0
        return min(1.0, self._stream.tell() / self._bytes)

    def messages(self) -> Iterator[can.Message]:
        """Every frame in the order of the file, with the file's times in seconds."""
        assert self._stream is not None, "enter the recording first"
        suffix = self.file.suffix.lower()
        if suffix == ".blf":
            found = self._blf()
        elif suffix == ".mf4":
            found = mf4_messages(self.file)
        else:
            found = self._text(suffix)
        count = 0
        for message in found:
            count += 1
            yield message
        if not count:
            raise RecordingError(
                f"{self.file} holds no frame that can be read; expected a recording of the format "
                f"that its ending {suffix} names"
            )

    def _text(self, suffix: str) -> Iterator[can.Message]:
        assert self._stream is not None
        lines = _Lines(self._stream)
        readers = {".log": can.CanutilsLogReader, ".asc": can.ASCReader, ".csv": can.CSVReader}
        if suffix == ".csv":
            self._check_csv(lines)
        messages = iter(readers[suffix](lines))
        lengths: dict[tuple[int, bool], int] = {}
        taken = 0
        while True:
            try:
                message = next(messages)
                if suffix == ".log":
                    message = error_frame(lines.last) or message
                _check(message, lines, suffix)
            except StopIteration:
                if lines.cut and _BEGINS_WITH_TIME.match(lines.last) and lines.number != taken:
                    self._broken_line(lines, ValueError("the line is cut off"))
                return
            except Exception as error:  # noqa: BLE001  whatever a line makes of the reader
                self._broken_line(lines, error)
                return
            length, kind = len(message.data), (message.arbitration_id, message.is_error_frame)
            if lines.cut and lengths.get(kind, length) != length:
                self._broken_line(lines, ValueError("the line is cut off"))
                return
            lengths[kind], taken = length, lines.number
            yield message

    def _check_csv(self, lines: _Lines) -> None:
        first = _printable(lines.peek().strip())
        if first != _CSV_HEADER:
            raise RecordingError(
                f"{self.file}, line 1: expected the header '{_CSV_HEADER}' of python-can's CSV, "
                f"found '{first[:60]}'; write it with 'record'"
            )

    def _broken_line(self, lines: _Lines, error: Exception) -> None:
        """Warn if the file ends in the middle of that line, else raise."""
        place = f"{self.file}, line {lines.number}"
        shown = _printable(lines.last.strip())
        shown = f"{shown[:60]}…" if len(shown) > 60 else shown  # noqa: PLR2004
        if lines.cut:
            self._warn(f"{place}: the recording is cut off here ('{shown}'); read up to this line")
            return
        if _SCREEN_OF_CANDUMP.match(lines.last):
            raise RecordingError(
                f"{place}: '{shown}' is what candump shows on the screen; expected its log format: "
                f"record with 'candump -L' or 'record'"
            ) from error
        raise RecordingError(
            f"{place}: '{shown}' is no frame of this format ({first_line(error)}); correct or remove "
            f"the line"
        ) from error

    def _blf(self) -> Iterator[can.Message]:
        stream = self._stream
        assert stream is not None
        count = 0
        reader: _CheckedBlf | None = None
        try:
            reader = _CheckedBlf(cast("BinaryIO", stream))
            for message in reader:
                count += 1
                yield message
        except Exception as error:  # whatever the bytes make of python-can's reader
            place = f"{self.file}, offset {0 if stream.closed else stream.tell()}"
            is_at_end = stream.closed or stream.tell() >= self._bytes
            if count and is_at_end:
                self._warn(f"{place}: the recording is cut off here, after {count} frames")
                return
            if is_at_end and self._begins_as_blf():
                raise RecordingError(
                    f"{place}: the recording is cut off here, before its first frame; record it again"
                ) from error
            raise RecordingError(
                f"{place}, after {count} frames: this is no part of a BLF recording "
                f"({first_line(error)}); record it again, or convert what can be read"
            ) from error
        if reader.file_size > self._bytes or reader.is_cut():
            self._warn(
                f"{self.file}, offset {self._bytes}: the recording is cut off here, after {count} "
                f"frames"
            )

    def _begins_as_blf(self) -> bool:
        with self.file.open("rb") as stream:
            return _BLF.startswith(stream.read(len(_BLF)))


class _Lines:
    """A text file for python-can's readers that knows which line it is at; without blank lines."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._ahead = 0
        self._next = b""
        self._read_ahead()
        self.last = ""
        self.number = 0
        self.cut = False
        """Whether the file ends in this line, which has no end."""

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        if not self._next:
            raise StopIteration
        line, self.number = self._next, self._ahead
        self._read_ahead()
        self.cut = not line.endswith(b"\n")
        self.last = line.decode("utf-8", "replace")
        return self.last

    def _read_ahead(self) -> None:
        while True:
            self._next = self._stream.readline()
            self._ahead += 1
            if self._ahead == 1:
                self._next = self._next.removeprefix(codecs.BOM_UTF8)
            if not self._next.isspace():
                return

    def peek(self) -> str:
        """The next line, which stays the next."""
        return self._next.decode("utf-8", "replace")

    # What python-can's readers ask of a file beside its lines.
    closed = False

    def read(self, _size: int = -1) -> str:
        return ""

    def close(self) -> None:
        pass


class _CheckedBlf(can.BLFReader):
    """python-can's reader never ends on an object whose size is 0, so sizes are looked at first."""

    def _parse_container(self, data: bytes) -> Iterator[can.Message]:
        whole, at = self._tail + data, 0
        while (at := whole.find(b"LOBJ", at, at + 8)) >= 0 and at + _SHORTEST_OBJECT <= len(whole):
            size = int.from_bytes(whole[at + 8 : at + 12], "little")
            if size < _SHORTEST_OBJECT:
                raise can.io.blf.BLFParseError(f"an object of {size} bytes")
            at += size
        yield from super()._parse_container(data)

    def is_cut(self) -> bool:
        """Whether an object began that does not end."""
        return b"LOBJ" in self._tail


def _printable(text: str) -> str:
    """Without what a terminal would obey."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)


def _check(message: can.Message, lines: _Lines, suffix: str) -> None:
    """ValueError for what python-can's readers take and cannot be a frame."""
    if not math.isfinite(message.timestamp):
        raise ValueError("its time is no number")
    if message.is_error_frame or message.is_remote_frame:
        return
    limit = 0x1FFF_FFFF if message.is_extended_id else 0x7FF
    if not 0 <= message.arbitration_id <= limit:
        raise ValueError("its identifier is too large")
    if suffix == ".log":
        digits = lines.last.split()[2].partition("#")[2]
        digits = digits[2:] if digits.startswith("#") else digits
        if len(digits) % 2:
            raise ValueError("half a byte")
    if message.dlc != len(message.data):
        raise ValueError(f"{len(message.data)} bytes of {message.dlc}")
    if len(message.data) > _MAX_CLASSIC_BYTES:
        message.is_fd = True  # CSV does not say so


def frame_key(message: can.Message) -> int:
    """The identifier, with EXTENDED set for 29 bits."""
    return message.arbitration_id | (EXTENDED if message.is_extended_id else 0)
