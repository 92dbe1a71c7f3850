"""Adapter room: keeps what native libraries print themselves off the terminal.

PortAudio and ALSA write lines of their own to file descriptor 2 when a device is missing. The user
gets one sentence from us instead, so the descriptor points nowhere while such a call runs.
"""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from assistant.streams import lossy

_lock = threading.Lock()  # the descriptor is one for the whole process
_left = threading.Event()


def leave_thread() -> None:
    """Remember that a thread of a native library runs on and cannot be stopped."""
    _left.set()


def thread_was_left() -> bool:
    """Whether the process must end by `os._exit`.

    The thread would call into an interpreter that is being taken down, which is a crash.
    """
    return _left.is_set()


@contextmanager
def own_stderr() -> Iterator[None]:
    """Keep stderr for Python alone: native libraries write to nowhere meanwhile.

    PortAudio's threads report a lost device at any time, so a command that uses sound devices runs
    inside of this as a whole.
    """
    sys.stderr.flush()
    before = sys.stderr
    saved = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    sys.stderr = lossy(saved, before)
    try:
        yield
    finally:
        sys.stderr.flush()
        if not thread_was_left():  # which goes on to complain, without an end
            sys.stderr = before
            os.dup2(saved, 2)
            os.close(saved)


@contextmanager
def muted_stderr() -> Iterator[None]:
    """Send file descriptor 2 to nowhere for the duration; Python's own stderr too."""
    with _lock:
        sys.stderr.flush()
        saved = os.dup(2)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, 2)
            yield
        finally:
            os.dup2(saved, 2)
            os.close(saved)
            os.close(nowhere)
