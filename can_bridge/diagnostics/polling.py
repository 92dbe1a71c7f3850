"""Diagnostics: values of OBD-II mode 01 that a vehicle's signals.toml names are asked for, and handed to the
readings as if they were frames; in a thread of its own.

A value that the car does not support is told once and not asked for again; one that stops coming
turns stale within its limit, like every signal.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Protocol

from can_bridge.errors import BridgeError, DiagnosticError, SilenceError
from can_bridge.spec import POLLED

_SILENT_AGAIN = 3  # units that stay silent so often are looked for anew
_PAUSE_S = 2.0  # between two looks for units while none answers, or the bus is gone

Feed = Callable[[int, bytes | None], None]
"""(POLLED | pid, bytes of the answer, or None when the car has no such value)."""


class Asker(Protocol):
    """The part of `Diagnostics` that polling needs."""

    def supported_pids(self) -> dict[str, frozenset[int]]:
        """Which values each unit supports."""

    def current(self, ecu: str, pid: int) -> bytes | None:
        """The bytes of one value; None when the answer is too short."""


class Schedule:
    """Which value to ask for next; pure, the time is passed in.

    The most overdue one goes first, measured in its own period, so that with more to ask for than
    the bus can answer every value comes round.
    """

    def __init__(self, periods_s: Mapping[int, float], now: float) -> None:
        """Everything is due now."""
        self._periods_s = dict(periods_s)
        self._due = dict.fromkeys(periods_s, now)

    def next(self, now: float) -> tuple[int, float] | None:
        """(PID, how long to wait for its time); None when there is nothing to ask for."""
        if not self._due:
            return None
        overdue = {pid: now - due for pid, due in self._due.items() if due <= now}
        if overdue:
            return max(overdue, key=lambda pid: overdue[pid] / self._periods_s[pid]), 0.0
        pid = min(self._due, key=lambda pid: self._due[pid])
        return pid, self._due[pid] - now

    def asked(self, pid: int, now: float) -> None:
        """It was asked for now."""
        self._due[pid] = now + self._periods_s[pid]


class Poller:
    """Asks for the values in turn until it is closed."""

    def __init__(self, asker: Asker, periods_s: Mapping[int, float], feed: Feed) -> None:
        """`periods_s` is `VehicleProfile.polls`."""
        self._asker = asker
        self._periods_s = periods_s
        self._feed = feed
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="can_bridge polling", daemon=True)

    def start(self) -> None:
        """Begin to ask."""
        self._thread.start()

    def close(self) -> None:
        """End; waits for the answer that is under way, which is bounded."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                units = self._find_units()
                if units:
                    self._poll(units)
            except (
                BridgeError
            ):  # silence, or a bus that is gone: the readings turn stale by themselves
                pass
            self._stop.wait(_PAUSE_S)

    def _find_units(self) -> dict[int, str]:
        """PID -> the first unit that supports it; tells of those that none does."""
        supported = self._asker.supported_pids()
        if not supported:
            return {}
        units: dict[int, str] = {}
        for pid in self._periods_s:
            owner = next((ecu for ecu, pids in supported.items() if pid in pids), None)
            if owner is None:
                self._feed(POLLED | pid, None)
            else:
                units[pid] = owner
        return units

    def _poll(self, units: Mapping[int, str]) -> None:
        periods_s = {pid: self._periods_s[pid] for pid in units}
        schedule = Schedule(periods_s, time.monotonic())
        silent = 0
        while not self._stop.is_set() and silent < _SILENT_AGAIN:
            following = schedule.next(time.monotonic())
            if following is None:
                return
            pid, wait_s = following
            if self._stop.wait(wait_s):
                return
            schedule.asked(pid, time.monotonic())
            try:
                data = self._asker.current(units[pid], pid)
            except SilenceError:
                silent += 1
                continue
            except DiagnosticError:  # it refuses just now: the value turns stale
                continue
            silent = 0
            if data is not None:
                self._feed(POLLED | pid, data)
