"""Adapter room: keeps what native libraries print themselves off the terminal.

PortAudio and ALSA write lines of their own to file descriptor 2 when a device is missing. The user
gets one sentence from us instead, so the descriptor points nowhere while such a call runs.
"""

import ctypes
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()  # the descriptor is one for the whole process

_ALSA_HANDLER = ctypes.CFUNCTYPE(
    None, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p
)
_say_nothing = _ALSA_HANDLER(lambda *_: None)  # kept here: ALSA keeps only its address


def quiet_alsa() -> None:
    """Keep ALSA from reporting underruns and missing devices for the rest of the process.

    PortAudio reports what matters in its own results; without ALSA there is nothing to do.
    """
    try:
        ctypes.CDLL("libasound.so.2").snd_lib_error_set_handler(_say_nothing)
    except (OSError, AttributeError):
        return


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
