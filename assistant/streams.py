"""Streams: standard streams that are closed or full come in, ones that every command can use go out.

Imports nothing that Python has not loaded already.
"""

import contextlib
import io
import os
import sys
from typing import TextIO

ERROR = 2


class Lossy(io.TextIOWrapper):
    """A standard error: what it cannot take is lost, since there is nobody left to tell.

    The layers below are C's: one written in Python could be left by a signal after it has written
    and before it has said so, and would write the same again.
    """

    def write(self, text: str) -> int:
        """TextIOWrapper's; whatever it cannot take is gone."""
        with contextlib.suppress(OSError):
            return super().write(text)
        return len(text)

    def flush(self) -> None:
        """TextIOWrapper's; whatever it cannot take is gone."""
        with contextlib.suppress(OSError):
            super().flush()


def open_standard_streams() -> None:
    """A stream that was closed before we started goes nowhere, and a full standard error too.

    Without this, Python has no `sys.stdout`, and the next file that is opened takes its number.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free: this one
            stream = open(number, "r" if number == 0 else "w", closefd=False)  # noqa: SIM115
            setattr(sys, name, stream)
    sys.stderr = lossy(ERROR, sys.stderr)


def lossy(descriptor: int, like: TextIO) -> Lossy:
    """A standard error on a descriptor, which stays open after it; set up like another one."""
    return Lossy(
        open(descriptor, "wb", closefd=False),
        encoding=like.encoding,
        errors=like.errors,
        line_buffering=True,
    )


def drop_output() -> None:
    """Let what is still to be printed go nowhere, or the interpreter's end would fail on it."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def settle_output() -> None:
    """Write what waits; what cannot be written is not tried again when Python ends."""
    try:
        sys.stdout.flush()
    except OSError:
        drop_output()
