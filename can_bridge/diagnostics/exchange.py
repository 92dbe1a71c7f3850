"""Diagnostics: a request in, the answers of one or of every control unit out, within a deadline.

Runs in the caller's thread; frames come from a bounded queue that the bridge fills, so that nothing
here can hold up the readings.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from can_bridge.diagnostics.answers import Channel
from can_bridge.diagnostics.outlet import Outlet, Send
from can_bridge.diagnostics.refusals import refusal
from can_bridge.errors import DiagnosticError, RefusedError, SilenceError
from can_bridge.frame_source import Frame
from can_bridge.spec import DiagnosticsSpec, EcuSpec

Tell = Callable[[DiagnosticError], None]
"""Takes a problem that does not end what is done."""
_TICK_S = 0.05
_POSITIVE, _NEGATIVE, _PENDING = 0x40, 0x7F, 0x78
_ECHO_BYTES = {0x01: 1, 0x09: 1, 0x19: 1, 0x22: 2}
"""Of an answer: how many bytes repeat the request, after the service."""


class FrameInbox(Protocol):
    """A bounded queue of the frames that answer; a full one loses its oldest."""

    def get(self, timeout_s: float) -> Frame | None:
        """The next frame, or None when the time is up."""

    def clear(self) -> None:
        """Forget what waits."""

    def close(self) -> None:
        """Take no more frames."""


@dataclass(frozen=True, slots=True)
class Timing:
    """How long is waited.  ISO 14229-2 gives a unit 50 ms; a bench on a busy host needs more."""

    answer_s: float = 1.0
    """For the answer of one unit."""
    pending_s: float = 5.0
    """After a unit has said that its answer takes longer (0x78)."""
    gap_s: float = 1.0
    """Between two frames of one answer."""
    window_s: float = 0.5
    """For the next answer to a request that every unit hears."""
    total_s: float = 10.0
    """For a request whatever happens."""


class Exchange:
    """Asks one request at a time; a second caller waits its turn, within its own deadline."""

    def __init__(
        self,
        spec: DiagnosticsSpec,
        inbox: FrameInbox,
        send: Send,
        timing: Timing | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`inbox` gives the frames of `spec.responses`; `send` puts a frame on the bus."""
        self._spec = spec
        self._inbox = inbox
        self._timing = timing or Timing()
        self._clock = clock
        self._lock = threading.Lock()
        self._outlet = Outlet(send)
        gap_s = self._timing.gap_s
        self._channels = {
            ecu.response: Channel(ecu.request, ecu.response, self._outlet.send, gap_s)
            for ecu in spec.ecus
        }
        self._names = {ecu.response: ecu.id for ecu in spec.ecus}

    def ask(self, request: bytes, ecu: EcuSpec) -> bytes:
        """The positive answer of one unit, without its service byte.

        Raises DiagnosticError when it refuses, does not answer in time or answers in pieces that
        do not fit, and TransmitError when the bus does not take the request.
        """
        with self._turn(request):
            self._channels[ecu.response].ask(request)
            waiting = _Waiting(request, {ecu.response}, self._timing.answer_s)
            return self._collect(waiting)[ecu.response]

    def ask_all(
        self, request: bytes, ecus: Iterable[EcuSpec], tell: Tell = lambda _problem: None
    ) -> dict[str, bytes]:
        """The answers to a request that every OBD-II unit hears: unit id -> answer.

        Ends when each of `ecus` has answered, or when no more answers come.  A unit that refuses,
        is silent or answers brokenly is not in the result; `tell` is told of the broken ones.
        """
        functional = self._spec.functional
        if functional is None:
            return {}
        with self._turn(request):
            first = self._spec.ecus[0].response
            Channel(functional, first, self._outlet.send, self._timing.gap_s).ask(request)
            keys = {ecu.response for ecu in ecus}
            waiting = _Waiting(request, keys, self._timing.window_s, tell)
            answers = self._collect(waiting)
        return {self._names[key]: answer for key, answer in answers.items()}

    def _turn(self, request: bytes) -> _Turn:
        if not request:
            raise DiagnosticError("an empty request cannot be sent; nothing was sent")
        self._outlet.begin()
        return _Turn(self._lock, self._timing.total_s, self._begin)

    def _begin(self) -> None:
        self._inbox.clear()
        for channel in self._channels.values():
            channel.begin()

    def _collect(self, waiting: _Waiting) -> dict[int, bytes]:
        end = self._clock() + self._timing.total_s
        until = min(end, self._clock() + waiting.patience_s)
        while waiting.keys and (now := self._clock()) < until:
            frame = self._inbox.get(min(_TICK_S, until - now))
            key = frame.key if frame is not None else 0
            if frame is not None and key in waiting.keys:
                answers = self._channels[key].feed(key, frame.data)
                begun = frame.data[:1] >= b"\x10"  # more of this answer follows
                if begun:
                    until = max(until, min(end, self._clock() + self._timing.gap_s))
                for answer in answers:
                    until = self._take(waiting, key, answer, until, end)
            self._give_up_lost(waiting)
        if waiting.tell is None and waiting.keys:
            raise SilenceError(self._silence(waiting), heard=waiting.asked_to_wait)
        return waiting.answers

    def _take(self, waiting: _Waiting, key: int, answer: bytes, until: float, end: float) -> float:
        """Sort an answer in; returns how long to wait for the next."""
        if answer[:1] == bytes((_NEGATIVE,)) and answer[1:2] == waiting.request[:1]:
            code = answer[2] if len(answer) > 2 else 0  # noqa: PLR2004
            if code == _PENDING:
                waiting.asked_to_wait = True
                return min(end, self._clock() + self._timing.pending_s)
            if waiting.tell is None:
                raise RefusedError(refusal(self._names[key], waiting.request, code), code=code)
            # To a broadcast nobody should refuse (ISO 14229-1), so this is a late word on another.
        elif waiting.fits(answer) and key in waiting.keys:
            waiting.keys.discard(key)
            waiting.answers[key] = answer[1:]
        return until

    def _give_up_lost(self, waiting: _Waiting) -> None:
        for key in tuple(waiting.keys):
            self._channels[key].poll()
            lost = self._channels[key].lost
            if lost is None:
                continue
            problem = DiagnosticError(
                f"{self._names[key]} was asked for {waiting.request.hex(' ')}, but {lost}; ask again"
            )
            if waiting.tell is None:
                raise problem
            waiting.tell(problem)
            waiting.keys.discard(key)

    def _silence(self, waiting: _Waiting) -> str:
        name = self._names[next(iter(waiting.keys))]
        if waiting.asked_to_wait:
            return (
                f"{name} asked for more time again and again and gave no answer within "
                f"{self._timing.total_s:g} s; ask again later"
            )
        return (
            f"{name} did not answer within {waiting.patience_s:g} s; check that the ignition is on "
            f"and the identifiers of [diagnostics] are right"
        )


class _Turn:
    """One request at a time: waits for its turn, bounded."""

    def __init__(self, lock: threading.Lock, limit_s: float, begin: Callable[[], None]) -> None:
        self._lock = lock
        self._limit_s = limit_s
        self._begin = begin

    def __enter__(self) -> None:
        if not self._lock.acquire(timeout=self._limit_s):
            raise DiagnosticError(
                f"another diagnostic request is still running after {self._limit_s:g} s; ask again"
            )
        self._begin()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


class _Waiting:
    """What one request still waits for."""

    def __init__(
        self, request: bytes, keys: set[int], patience_s: float, tell: Tell | None = None
    ) -> None:
        self.request = request
        self.keys = keys
        self.patience_s = patience_s
        self.tell = tell
        """Takes what is wrong with the answer of one unit of many; None: it is an error."""
        self.answers: dict[int, bytes] = {}
        self.asked_to_wait = False

    def fits(self, answer: bytes) -> bool:
        """Whether it answers this request, and not an earlier one that came late."""
        count = 1 + _ECHO_BYTES.get(self.request[0], 0)
        expected = bytes((self.request[0] | _POSITIVE,)) + self.request[1:count]
        return answer[:count] == expected
