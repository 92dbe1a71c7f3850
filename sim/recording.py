"""sim: frames in, a recording of them out (candump .log, .asc, .blf, .csv, .trc), no bus."""

from __future__ import annotations

import contextlib
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import can

from sim.errors import RecordingError, SpecError

ZERO_S = 1_767_225_600.0
"""Time stamp of the start: 2026-01-01 00:00 UTC, so that a recording is always the same."""
ENDINGS = (".log", ".asc", ".blf", ".csv", ".trc")


class Recording:
    """Takes the frames of a runner in place of a bus; a context manager."""

    def __init__(self, file: Path) -> None:
        """SpecError if there is no such kind of recording, RecordingError if it cannot be made."""
        if file.suffix not in ENDINGS:
            raise SpecError(f"'{file}' is no kind of recording; end it in {', '.join(ENDINGS)}")
        self._file = file
        self._broken = False
        self._count = 0
        try:
            self._writer: Any = can.Logger(file)
            if isinstance(self._writer, can.ASCWriter):
                _date(self._writer)
        except OSError as error:
            raise RecordingError(
                f"{file} cannot be written ({error.strerror}); name another file"
            ) from error

    def __enter__(self) -> Recording:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._writer.stop()
        except OSError as problem:
            with contextlib.suppress(OSError):
                self._writer.file.close()
            if not self._broken:  # else it was said already
                raise self._full(problem) from problem

    @property
    def summary(self) -> str:
        """How many frames are in which file."""
        return f"{self._count} frames are in {self._file}"

    def _full(self, error: OSError) -> RecordingError:
        self._broken = True
        return RecordingError(
            f"{self._file} cannot be written any further ({error.strerror}); make room on the disk; "
            f"at most {self.summary}"
        )

    def send(self, msg: can.Message) -> None:
        """Write a frame down; RecordingError when the disk takes no more."""
        msg.timestamp += ZERO_S
        try:
            self._writer.on_message_received(msg)
        except OSError as error:
            raise self._full(error) from error
        self._count += 1

    def recv(self, timeout: float | None) -> can.Message | None:
        """Nothing is ever received."""
        return None


def _date(writer: can.ASCWriter) -> None:
    """Begin the file anew with the date of the start, where python-can puts today's."""
    start = datetime.fromtimestamp(ZERO_S)  # such files have local time
    writer.file.seek(0)
    writer.file.truncate()
    writer.file.write(f"date {start:%a %b %d %H:%M:%S.000 %Y}\n")
    writer.file.write("base hex  timestamps absolute\ninternal events logged\n")
