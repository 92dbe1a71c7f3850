"""One turn's cancel token: set once, from any thread, and asked by every stage in between."""

import threading


class CancelToken:
    """Says whether the turn it belongs to is still wanted. Cancelling twice is harmless."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Make every stage of the turn stop at its next look."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        """Whether the turn is unwanted by now."""
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """Sleep for `seconds` or until cancelled; return whether it was cancelled."""
        return self._event.wait(seconds)
