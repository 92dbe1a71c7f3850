"""sim: standard streams that are closed or full in, streams that every command can use out.

Where standard output takes no more, OutputError says so in a sentence; what cannot be said on
standard error is lost, since there is nobody left to tell.  A stream that was closed is one into
nothing, so that no file opened later is mistaken for it.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from typing import TextIO

from sim.errors import OutputError

_IN, _OUT, _ERROR = range(3)


class _Told(io.FileIO):
    """Standard output."""

    def write(self, data: object) -> int:
        """FileIO's, with a sentence."""
        try:
            return super().write(data)  # type: ignore[arg-type]
        except BrokenPipeError:  # whoever read it has seen enough
            raise
        except OSError as error:
            raise OutputError(
                f"standard output cannot be written ({error.strerror}); make room on the disk, or "
                f"send it elsewhere"
            ) from error


class _Lost(io.FileIO):
    """Standard error."""

    def write(self, data: object) -> int:
        """FileIO's; whatever it cannot take is gone."""
        with contextlib.suppress(OSError):
            return super().write(data)  # type: ignore[arg-type]
        return len(memoryview(data))  # type: ignore[arg-type]


def guard() -> None:
    """Make the standard streams such; before any file is opened, which could take their place."""
    for number in (_IN, _OUT, _ERROR):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free: this one
    sys.stdin = sys.stdin or open(_IN, closefd=False)  # noqa: SIM115
    sys.stdout = _text(_Told(_OUT, "w", closefd=False), sys.stdout)
    sys.stderr = _text(_Lost(_ERROR, "w", closefd=False), sys.stderr)


def _text(raw: io.FileIO, like: TextIO | None) -> io.TextIOWrapper:
    buffer = io.BufferedWriter(raw)
    if not isinstance(like, io.TextIOWrapper):  # it was closed
        return io.TextIOWrapper(buffer, encoding="utf-8", errors="replace")
    return io.TextIOWrapper(
        buffer,
        encoding=like.encoding,
        errors=like.errors,
        line_buffering=like.line_buffering,
        write_through=like.write_through,
    )


def settle() -> None:
    """Write what waits; what cannot be written is not tried again when Python ends."""
    try:
        sys.stdout.flush()
    except (OSError, OutputError):
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, sys.stdout.fileno())
        os.close(silent)
