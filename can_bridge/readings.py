"""can_bridge: what leaves this room, a value that is known now or the reason why it is not."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

Value = float | bool | str


class Reason(StrEnum):
    """Why a signal has no value now."""

    NEVER_SEEN = "never_seen"
    """No frame that carries it came since the bus was opened."""
    STALE = "stale"
    """It was known, and its frames stopped for longer than their limit."""
    NOT_AVAILABLE = "not_available"
    """The control unit itself says that it has no value."""
    OUT_OF_RANGE = "out_of_range"
    """The value cannot occur."""
    BAD_CHECKSUM = "bad_checksum"
    """The frames come, damaged."""
    BAD_COUNTER = "bad_counter"
    """The frames come, repeated or out of order."""
    IMPLAUSIBLE = "implausible"
    """The frames come in another form than the DBC's, or contradict other signals."""
    INPUT_UNKNOWN = "input_unknown"
    """A derived signal lacks one of its inputs."""
    BUS_OFF = "bus_off"
    """The bus itself is gone."""


@dataclass(frozen=True, slots=True)
class Known:
    """A value that the car reported within its limit of freshness."""

    value: Value
    unit: str | None
    age_s: float
    """Since the frame was received; of a derived one, the age of its oldest input."""
    sources: tuple[str, ...] = ()
    """The paths that a derived value was computed from."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """No value, and why."""

    reason: Reason


Reading = Known | Unknown
