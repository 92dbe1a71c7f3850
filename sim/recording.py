"""sim: frames in, a recording of them out (candump .log, .asc, .blf, .csv, .trc), no bus."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from types import TracebackType

import can

from sim.errors import SpecError

ZERO_S = 1_767_225_600.0
"""Time stamp of the start: 2026-01-01 00:00 UTC, so that a recording is always the same."""
ENDINGS = (".log", ".asc", ".blf", ".csv", ".trc")


class Recording:
    """Takes the frames of a runner in place of a bus; a context manager."""

    def __init__(self, file: Path) -> None:
        """SpecError if no recording of that kind can be written there."""
        if file.suffix not in ENDINGS:
            raise SpecError(f"'{file}' is no kind of recording; end it in {', '.join(ENDINGS)}")
        try:
            self._writer = can.Logger(file)
        except OSError as error:
            raise SpecError(f"{file} cannot be written: {error.strerror}") from error
        if isinstance(self._writer, can.ASCWriter):
            _date(self._writer)

    def __enter__(self) -> Recording:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._writer.stop()

    def send(self, msg: can.Message) -> None:
        """Write a frame down."""
        msg.timestamp += ZERO_S
        self._writer.on_message_received(msg)

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
