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
_WITHOUT_KIND, _WITHOUT_ERRORS = ".asc", ".trc"
_ERROR_FLAG = 0x2000_0000  # of an identifier, in linux/can.h


class Recording:
    """Takes the frames of a runner in place of a bus; a context manager."""

    def __init__(self, file: Path) -> None:
        """SpecError if there is no such kind of recording, RecordingError if it cannot be made."""
        if file.suffix not in ENDINGS:
            raise SpecError(f"'{file}' is no kind of recording; end it in {', '.join(ENDINGS)}")
        self._file = file
        self._broken = False
        self._count = 0
        self._lost = 0
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

    @property
    def loss(self) -> str:
        """What the format could not hold, in one sentence; empty if it holds everything."""
        if not self._lost:
            return ""
        frames = "1 error frame was" if self._lost == 1 else f"{self._lost} error frames were"
        if self._file.suffix == _WITHOUT_ERRORS:
            lost = f"{frames} left out, which TRC cannot hold"
        else:
            lost = f"{frames} written without the kind, which ASC cannot hold"
        return f"{lost}; write a .log, .blf or .csv to keep it"

    def _full(self, error: OSError) -> RecordingError:
        self._broken = True
        return RecordingError(
            f"{self._file} cannot be written any further ({error.strerror}); make room on the disk; "
            f"at most {self.summary}"
        )

    def send(self, msg: can.Message) -> None:
        """Write a frame down; RecordingError when the disk takes no more."""
        msg.timestamp += ZERO_S
        if msg.is_error_frame:
            self._lost += self._file.suffix in (_WITHOUT_KIND, _WITHOUT_ERRORS)
            if self._file.suffix == _WITHOUT_ERRORS:
                return
            if self._file.suffix == ".log":
                msg = _flagged(msg)
        try:
            self._writer.on_message_received(msg)
        except OSError as error:
            raise self._full(error) from error
        self._count += 1

    def recv(self, timeout: float | None) -> can.Message | None:
        """Nothing is ever received."""
        return None


def _flagged(msg: can.Message) -> can.Message:
    """As candump writes an error frame, for python-can's writer, which would not say its kind."""
    return can.Message(
        timestamp=msg.timestamp,
        arbitration_id=_ERROR_FLAG | msg.arbitration_id,
        data=msg.data,
        is_rx=msg.is_rx,
        channel=msg.channel,
    )


def _date(writer: can.ASCWriter) -> None:
    """Begin the file anew with the date of the start, where python-can puts today's."""
    start = datetime.fromtimestamp(ZERO_S)  # such files have local time
    writer.file.seek(0)
    writer.file.truncate()
    writer.file.write(f"date {start:%a %b %d %H:%M:%S.000 %Y}\n")
    writer.file.write("base hex  timestamps absolute\ninternal events logged\n")
