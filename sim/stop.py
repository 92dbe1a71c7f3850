"""sim: SIGINT, SIGTERM and SIGHUP in, an end in good order out."""

from __future__ import annotations

import signal
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_PATIENCE = 3  # `timeout` sends two at once, which must not cut the tidying up short


class Stopped(BaseException):
    """One of SIGNALS came; no `Exception`, since libraries catch those and go on.

    Its text, if any, is the sentence to end with.
    """


class Stop:
    """The handler of SIGNALS: the first raises Stopped, the third ends the process at once."""

    def __init__(self) -> None:
        """None came yet."""
        self._came = 0
        self._number = signal.SIGINT

    def install(self) -> None:
        """Handle them from now on, those too that were held back by `hold`.

        The SIGHUP of a closed terminal stays ignored where the parent had us ignore it, as `nohup`
        does.
        """
        for number in SIGNALS:
            if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)

    def check(self) -> None:
        """Raise Stopped if a signal came whose exception somebody has swallowed."""
        if self._came:
            raise Stopped

    @property
    def exit_code(self) -> int:
        """As a shell has it of what was ended by the signal that came."""
        return 128 + self._number

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """A signal came."""
        self._came += 1
        self._number = signal.Signals(number)
        if self._came == 1:
            raise Stopped
        if self._came >= _PATIENCE:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)


def hold() -> None:
    """Let them wait until `install`.

    Some libraries take whatever happens while they are imported for a part of theirs that is
    missing, and go on without it.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
