"""Stop: SIGINT, SIGTERM and SIGHUP come in, a KeyboardInterrupt that cannot be lost goes out.

Python discards what is raised in a weak reference's callback, in `__del__` or in a callback from C,
and some libraries catch whatever comes. So the signal is remembered, and as long as the main thread
neither passes the KeyboardInterrupt up nor tidies up because of it, it is raised once more.

Imports next to nothing, since until the handler stands Python ends with a traceback.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
ALWAYS = signal.SIGTERM  # handled even where the parent had us ignore it
INTERRUPTED = 130
AGAIN_S = 0.5  # how often it is looked whether the exception was lost
SAME_S = 0.3  # `timeout` sends two at once, which must not cut the tidying up short
SENTENCE = b"\nauriga: interrupted.\n"


class Stop:
    """The handler of these signals; of one process, for all its life.

    The first signal raises KeyboardInterrupt in the main thread, a later one ends the process at
    once with exit code 130.
    """

    def __init__(self) -> None:
        """None came yet; the first one waits for `release`."""
        self._came_s: float | None = None
        self._raised: KeyboardInterrupt | None = None
        self._held = True
        self._over = False
        self._said = False

    @property
    def came(self) -> bool:
        """Whether there was a signal."""
        return self._came_s is not None

    def install(self) -> None:
        """Handle them from now on; one that the parent had us ignore stays ignored, but for SIGTERM.

        A shell has us ignore SIGINT in the background, and `nohup` the SIGHUP of a closed terminal.
        """
        for number in SIGNALS:
            if number == ALWAYS or signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._on_signal)
        signal.signal(signal.SIGALRM, self._on_alarm)
        sys.unraisablehook = _report

    def release(self) -> None:
        """Raise KeyboardInterrupt for a signal that came before, and from now on at once.

        Some libraries take whatever happens while they are imported for a part of theirs that is
        missing, and go on without it: the signal waits until they are imported.
        """
        self._held = False
        if self.came:
            self._interrupt()

    def finish(self) -> None:
        """Raise nothing any more: what is left is the interpreter's end, and a signal ends that."""
        self._over = True
        signal.setitimer(signal.ITIMER_REAL, 0)

    def say(self) -> None:
        """Say once that the command was interrupted; may be called in a signal handler."""
        if not self._said:
            self._said = True
            try:
                os.write(sys.stderr.fileno(), SENTENCE)
            except (OSError, ValueError):  # nobody reads it
                pass

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if self._came_s is None:
            self._came_s = now
            if self._over:
                self._end_now()
            elif not self._held:
                self._interrupt()
        elif now - self._came_s >= SAME_S:
            self._end_now()

    def _on_alarm(self, number: int, frame: FrameType | None) -> None:
        """Raise it again, unless it is on its way: then the tidying up is not disturbed."""
        if not self._over and not self._on_its_way():
            self._interrupt()

    def _on_its_way(self) -> bool:
        """Whether the exception is being handled, by itself or by what was raised meanwhile.

        `finally`, `__exit__` and `except` all run with the exception as the current one.
        """
        seen: list[BaseException] = []
        error = sys.exception()
        while error is not None and error is not self._raised and error not in seen:
            seen.append(error)
            error = error.__context__
        return error is not None and error is self._raised

    def _interrupt(self) -> None:
        self._raised = KeyboardInterrupt()
        signal.setitimer(signal.ITIMER_REAL, AGAIN_S, AGAIN_S)
        raise self._raised

    def _end_now(self) -> None:
        self.say()
        os._exit(INTERRUPTED)


def _report(discarded: sys.UnraisableHookArgs) -> None:
    """Report what Python discards, but for a KeyboardInterrupt: that comes again."""
    if not isinstance(discarded.exc_value, KeyboardInterrupt):
        sys.__unraisablehook__(discarded)
