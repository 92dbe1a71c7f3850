"""can_bridge: a command, the readings and the time in, whether it may be sent and what came of it
out; pure: no bus, no thread, no clock of its own.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from can_bridge.command_frame import asked_value, is_on_a_step, raw_value
from can_bridge.errors import shown
from can_bridge.readings import Known, Reading, Reason, Unknown, Value
from can_bridge.spec import CommandFrame, CommandSpec, Interlock

Read = Callable[[str], Reading]
"""path -> its reading now."""
_MINUTE_S = 60.0


class Result(StrEnum):
    """How a command ended."""

    CONFIRMED = "confirmed"
    """The car reports the value that was asked for."""
    REFUSED = "refused"
    """Nothing was sent."""
    FAILED = "failed"
    """Something was sent, or tried, and the car did not report the value in time."""


class Cause(StrEnum):
    """Why it ended so."""

    REPORTED = "reported"
    ALREADY = "already"
    """The car reported the value before anything was sent, and nothing was."""
    NOT_LISTED = "not_listed"
    BAD_VALUE = "bad_value"
    STATE_UNKNOWN = "state_unknown"
    """The car does not report the state now, so that its success could not be told."""
    INTERLOCK = "interlock"
    BUSY = "busy"
    TOO_SOON = "too_soon"
    TIMEOUT = "timeout"
    BUS_OFF = "bus_off"
    CLOSED = "closed"
    NO_LEDGER = "no_ledger"
    """It is not known how often the message was sent, or could not be noted."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a command."""

    path: str
    requested: Value
    result: Result
    cause: Cause
    text: str
    """One sentence."""
    sends: int = 0
    """How many frames were sent."""


def refuse(path: str, value: Value, cause: Cause, text: str) -> Outcome:
    """An outcome of a command that was not sent."""
    return Outcome(path, value, Result.REFUSED, cause, f"{text}; nothing was sent")


def decide(command: CommandSpec, value: Value, read: Read) -> Outcome | None:
    """Whether a command may be sent now: None if it may, else what it ends with at once.

    A state that is reached already is confirmed without a frame, whatever the interlocks say.
    """
    if raw_value(command, value) is None:
        return refuse(command.path, value, Cause.BAD_VALUE, _bad_value(command, value))
    unknown = _unknown_state(command, read)
    if unknown is not None:
        path, reason = unknown
        text = f"{path} is unknown ({reason.value}), so that the car could not confirm it"
        return refuse(command.path, value, Cause.STATE_UNKNOWN, text)
    if reports(command, value, read):
        text = f"{command.path} is {_shown(command, value)} already; nothing was sent"
        return Outcome(command.path, value, Result.CONFIRMED, Cause.ALREADY, text)
    problem = unmet(command, value, read)
    return None if problem is None else refuse(command.path, value, Cause.INTERLOCK, problem)


def reports(
    command: CommandSpec, value: Value, read: Read, now: float = 0.0, after: float | None = None
) -> bool:
    """Whether the car reports the value, in frames that came later than `after`."""
    target = asked_value(command, value)
    for path in command.confirm:
        reading = read(path)
        if not isinstance(reading, Known) or not _equal(command, reading.value, target):
            return False
        if after is not None and now - reading.age_s <= after:
            return False
    return True


def unmet(command: CommandSpec, value: Value, read: Read) -> str | None:
    """Why an interlock does not hold; None when all hold.  What is unknown never holds."""
    for interlock in command.interlocks:
        if not _guards(interlock, value):
            continue
        reading = read(interlock.path)
        if isinstance(reading, Unknown):
            return f"{interlock.path} is unknown ({reading.reason.value})"
        if not _holds(interlock, reading.value):
            unit = f" {reading.unit}" if reading.unit else ""
            return f"{interlock.reason} ({interlock.path} is {_plain(reading.value)}{unit})"
    return None


def _guards(interlock: Interlock, value: Value) -> bool:
    if interlock.for_low is not None and interlock.for_high is not None:
        return isinstance(value, float | int) and interlock.for_low <= value <= interlock.for_high
    return not interlock.for_values or value in interlock.for_values


def _holds(interlock: Interlock, value: Value) -> bool:
    if interlock.low is not None and interlock.high is not None:
        is_number = isinstance(value, float | int) and not isinstance(value, bool)
        return is_number and interlock.low <= float(value) <= interlock.high
    return value in interlock.values


def _unknown_state(command: CommandSpec, read: Read) -> tuple[str, Reason] | None:
    for path in command.confirm:
        reading = read(path)
        if isinstance(reading, Unknown):
            return path, reading.reason
    return None


def _equal(command: CommandSpec, value: Value, target: Value) -> bool:
    if command.kind != "number":
        return value == target
    if isinstance(value, str) or isinstance(target, str):
        return False
    return abs(value - target) <= command.tolerance


def _bad_value(command: CommandSpec, value: Value) -> str:
    if command.kind == "number":
        unit = f" {command.unit}" if command.unit else ""
        expected = f"a number from {command.low:g} to {command.high:g}{unit}"
    else:
        expected = "one of " + ", ".join(_plain(choice) for choice in command.choices)
    return f"expected {expected} for {command.path}, found {shown(value)}"


def _shown(command: CommandSpec, value: Value) -> str:
    """What the car is asked for, and what was requested if that is between two steps."""
    unit = f" {command.unit}" if command.unit else ""
    asked = _plain(asked_value(command, value)) + unit
    return asked if is_on_a_step(command, value) else f"{asked} (the step nearest to {value:g})"


def _plain(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else f"{value:g}"


class Pace:
    """How often frames of one message may be sent."""

    def __init__(self, frame: CommandFrame, sent: Iterable[float] = ()) -> None:
        """`sent`: when frames were sent before, the latest last."""
        self._interval_s = frame.interval_s
        self._sent: deque[float] = deque(sent, maxlen=frame.per_minute)

    def allows(self, now: float) -> bool:
        """Whether a frame may be sent now."""
        if self._sent and now - self._sent[-1] < self._interval_s:
            return False
        return not (self._is_full and now - self._sent[0] < _MINUTE_S)

    def allows_within(self, now: float, seconds: float) -> bool:
        """Whether a frame may be sent some time in the next seconds."""
        return not self._is_full or self._sent[0] + _MINUTE_S < now + seconds

    @property
    def _is_full(self) -> bool:
        return len(self._sent) == self._sent.maxlen

    def note(self, now: float) -> None:
        """A frame is sent now."""
        self._sent.append(now)


class Attempt:
    """One command under way.  `step` says what to do; the owner tells `sending` and `sent`."""

    def __init__(self, command: CommandSpec, value: Value, pace: Pace, now: float) -> None:
        """It begins now; `decide` has let it pass."""
        self._begun = now
        self._unknown_since: float | None = None
        self.command = command
        self.value = value
        self.deadline = now + command.deadline_s
        self.sends = 0
        self._pace = pace
        self._sent_at: float | None = None

    def step(self, now: float, read: Read) -> Outcome | bool:
        """What to do now: True means send a frame, False wait, an Outcome that it has ended."""
        after = self._sent_at
        if after is not None and reports(self.command, self.value, read, now, after):
            text = f"{self.command.path} is now {_shown(self.command, self.value)}"
            return self._end(Result.CONFIRMED, Cause.REPORTED, text)
        unknown = _unknown_state(self.command, read)
        if unknown is None:
            self._unknown_since = None
        elif self._unknown_since is None:
            self._unknown_since = now
        elif now - self._unknown_since > self.command.patience_s:
            return self._unseen(*unknown, now)
        if now >= self.deadline:
            return self._late(read)
        if self.sends >= self.command.sends or not self._pace.allows(now):
            return False
        return unmet(self.command, self.value, read) is None

    def may_send(self, now: float) -> bool:
        """Whether a frame may still go out at this time."""
        return now < self.deadline and self._pace.allows(now)

    def sending(self, now: float) -> None:
        """A frame goes out at this time."""
        self._pace.note(now)

    def sent(self, now: float) -> None:
        """A frame went out at this time; only readings that came later count."""
        self.sends += 1
        self._sent_at = now

    def _late(self, read: Read) -> Outcome:
        command = self.command
        seconds = f"{command.deadline_s:g} s"
        unknown = _unknown_state(command, read)
        if unknown is not None:
            return self._unseen(*unknown, self.deadline)
        problem = unmet(command, self.value, read)
        if self.sends == 0:
            text = f"no frame of {command.frame.name} could be sent within {seconds}"
            if problem is None:
                return self._end(Result.FAILED, Cause.TOO_SOON, text)
            return self._end(Result.FAILED, Cause.INTERLOCK, f"{text}, and {problem}")
        text = (
            f"the car did not report {command.path} as {_shown(command, self.value)} in {seconds}"
        )
        if problem is None:
            return self._end(Result.FAILED, Cause.TIMEOUT, text)
        return self._end(Result.FAILED, Cause.INTERLOCK, f"{text}, and {problem}")

    def _unseen(self, path: str, reason: Reason, now: float) -> Outcome:
        """The car does not say any more what it did."""
        seconds = f"{now - self._begun:.1f} s"
        if reason is Reason.BUS_OFF:
            text = f"the bus was lost within {seconds} after {self.command.path} was asked for"
            cause = Cause.BUS_OFF
        else:
            text = f"{path} is not reported any more ({reason.value}), {seconds} after the request"
            cause = Cause.STATE_UNKNOWN
        if self.sends == 0:
            return refuse(self.command.path, self.value, cause, text)
        return self._end(Result.FAILED, cause, f"{text}; whether it changed is not known")

    def fail(self, cause: Cause, text: str) -> Outcome:
        """It ends for a reason outside the car."""
        return self._end(Result.FAILED, cause, text)

    def _end(self, result: Result, cause: Cause, text: str) -> Outcome:
        if result is Result.FAILED and self.sends == 0 and cause is not Cause.BUS_OFF:
            return refuse(self.command.path, self.value, cause, text)
        return Outcome(self.command.path, self.value, result, cause, text, self.sends)
