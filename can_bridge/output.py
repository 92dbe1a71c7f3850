"""can_bridge: standard streams that are closed or full in, streams that every command can use out.

Where standard output takes no more, OutputError says so in a sentence; what cannot be said on
standard error is lost, since there is nobody left to tell.  A stream that was closed is one into
nothing, so that no file opened later is mistaken for it.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterator
from typing import Any, TextIO

from can_bridge.errors import OutputError

_IN, _OUT, _ERROR = range(3)


class _Told(io.TextIOWrapper):
    """Standard output.

    The layers below are C's: one written in Python could be left by a signal after it has written
    and before it has said so, and would write the same again.
    """

    def write(self, text: str) -> int:
        """TextIOWrapper's, with a sentence."""
        with _sentence():
            return super().write(text)

    def flush(self) -> None:
        """TextIOWrapper's, with a sentence."""
        with _sentence():
            super().flush()


@contextlib.contextmanager
def _sentence() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:  # whoever read it has seen enough
        raise
    except OSError as error:
        raise OutputError(
            f"standard output cannot be written ({error.strerror}); make room on the disk, or "
            f"send it elsewhere"
        ) from error


class _Lost(io.TextIOWrapper):
    """Standard error."""

    def write(self, text: str) -> int:
        """TextIOWrapper's; whatever it cannot take is gone."""
        with contextlib.suppress(OSError):
            return super().write(text)
        return len(text)

    def flush(self) -> None:
        """TextIOWrapper's; whatever it cannot take is gone."""
        with contextlib.suppress(OSError):
            super().flush()


def guard() -> None:
    """Make the standard streams such; before any file is opened, which could take their place."""
    for number in (_IN, _OUT, _ERROR):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free: this one
    sys.stdin = sys.stdin or open(_IN, closefd=False)  # noqa: SIM115
    sys.stdout = _Told(open(_OUT, "wb", closefd=False), **_like(sys.stdout))  # noqa: SIM115
    sys.stderr = _Lost(open(_ERROR, "wb", closefd=False), **_like(sys.stderr))  # noqa: SIM115


def _like(stream: TextIO | None) -> dict[str, Any]:
    """How Python has set a stream up."""
    if not isinstance(stream, io.TextIOWrapper):  # it was closed
        return {"encoding": "utf-8", "errors": "replace"}
    return {
        "encoding": stream.encoding,
        "errors": stream.errors,
        "line_buffering": stream.line_buffering,
        "write_through": stream.write_through,
    }


def settle() -> None:
    """Write what waits; what cannot be written is not tried again when Python ends."""
    try:
        sys.stdout.flush()
    except (OSError, OutputError):
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, sys.stdout.fileno())
        os.close(silent)
