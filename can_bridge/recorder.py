"""can_bridge: python-can's messages in, a recording in the format of the file's name out."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import can

from can_bridge.candump import writable
from can_bridge.errors import RecordingError
from can_bridge.recording import FORMATS

_WRITERS: dict[str, Callable[..., Any]] = {
    ".log": can.CanutilsLogWriter,
    ".asc": can.ASCWriter,
    ".blf": can.BLFWriter,
    ".csv": can.CSVWriter,
}
_KEEPING_KINDS = tuple(suffix for suffix in FORMATS if suffix != ".asc")
"""The formats that say of an error frame which errors it tells of."""


class Recorder:
    """Writes a recording; python-can's writers know the formats."""

    def __init__(self, file: Path, overwrite: bool = False) -> None:
        """Nothing is written yet."""
        self.file = file
        self._overwrite = overwrite
        self._writer: Any = None
        self._broken = False
        self.count = 0
        """Frames written."""
        self._kindless = 0

    def __enter__(self) -> Self:
        """Create the file; RecordingError if that cannot be done."""
        file = self.file
        suffix = file.suffix.lower()
        if suffix not in FORMATS:
            raise RecordingError(
                f"{file} ends in '{suffix}', which is no format of recordings; end it in one of "
                f"{', '.join(FORMATS)}"
            )
        if os.path.isdir(file):  # noqa: PTH112 (no error where this user may not look)
            raise RecordingError(f"{file} is a folder; name a file in it")
        if os.path.exists(file) and not self._overwrite:  # noqa: PTH110
            raise RecordingError(f"{file} is already there; name another file, or add --force")
        try:
            self._writer = _mf4_writer(file) if suffix == ".mf4" else _WRITERS[suffix](str(file))
        except OSError as error:
            raise RecordingError(
                f"{file} cannot be written ({error.strerror}); name another file"
            ) from error
        return self

    def __exit__(self, *_: object) -> None:
        """Write what is left, and close the file; RecordingError when the disk takes no more."""
        try:
            self._writer.stop()
        except OSError as error:
            with contextlib.suppress(OSError):
                self._writer.file.close()
            if not self._broken:  # else it was said already
                raise self._full(error) from error

    @property
    def is_begun(self) -> bool:
        """Whether there is a file."""
        return self._writer is not None

    @property
    def summary(self) -> str:
        """How many frames are in which file; of those that a full disk has, nobody knows more."""
        most = "at most " if self._broken else ""
        said = f"{most}{self.count} frame{'' if self.count == 1 else 's'} in {self.file}"
        if not self._kindless:
            return said
        frames = (
            "1 error frame was" if self._kindless == 1 else f"{self._kindless} error frames were"
        )
        return (
            f"{said}; {frames} written without the kind, which ASC cannot hold, so that no bus-off is "
            f"decoded from one; record to {', '.join(_KEEPING_KINDS)} to keep it"
        )

    def _full(self, error: OSError) -> RecordingError:
        self._broken = True
        return RecordingError(
            f"{self.file} cannot be written any further ({error.strerror}); make room on the disk"
        )

    def write(self, message: can.Message) -> None:
        """Add a frame; RecordingError when the disk takes no more."""
        suffix = self.file.suffix.lower()
        try:
            self._writer(writable(message) if suffix == ".log" else message)
        except OSError as error:
            raise self._full(error) from error
        self.count += 1
        if message.is_error_frame and message.arbitration_id and suffix not in _KEEPING_KINDS:
            self._kindless += 1


def _mf4_writer(file: Path) -> Any:
    try:
        from can.io.mf4 import MF4Writer  # noqa: PLC0415  asammdf is an extra

        return MF4Writer(str(file))
    except (ImportError, NotImplementedError) as error:
        raise RecordingError(
            f"{file} would be an MF4 recording, for which a package is missing; install the extra "
            f"with: pip install 'auriga[mf4]'"
        ) from error
