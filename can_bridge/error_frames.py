"""can_bridge: the error frames of a bus in, how its controller fares out; pure.

The identifier of an error frame is a set of error classes and its data says more, as in Linux'
linux/can/error.h, which python-can's other drivers follow.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

_CONTROLLER, _BUS_OFF, _RESTARTED = 0x04, 0x40, 0x100  # error classes
_WARNING, _PASSIVE, _ACTIVE = 0x04 | 0x08, 0x10 | 0x20, 0x40  # of the controller, in data[1]
_IN_A_ROW = 16  # each failure counts 8, and at 128 a controller is "error passive"


class ControllerState(StrEnum):
    """How the controller of a bus says that it fares (ISO 11898-1, fault confinement)."""

    ACTIVE = "error_active"
    """It takes part; so it begins."""
    WARNING = "error_warning"
    PASSIVE = "error_passive"
    """It has counted so many errors that it may not disturb others; it still receives."""
    OFF = "bus_off"


@dataclass(frozen=True, slots=True)
class BusHealth:
    """What the error frames of one bus have told."""

    error_frames: int = 0
    state: ControllerState = ControllerState.ACTIVE


class ErrorFrames:
    """Counts the error frames of one bus."""

    def __init__(self, sees_all: bool = True) -> None:
        """None yet; without `sees_all` so many in a row prove nothing."""
        self.health = BusHealth()
        self._told = ControllerState.ACTIVE
        """By the frames since the bus was opened, which `health` says from the first of them on."""
        self._in_a_row = 0
        self.sees_all = sees_all
        """Whether `data_came` is told of every data frame."""

    def see(self, all_frames: bool) -> None:
        """The bus was opened again: what it told before holds no more; the rest as `count_anew`."""
        self._told = ControllerState.ACTIVE
        self.count_anew(all_frames)

    def count_anew(self, all_frames: bool) -> None:
        """Say whether every data frame is told of from now on; a row is counted anew."""
        self.sees_all = all_frames
        self._in_a_row = 0

    @property
    def is_row_long(self) -> bool:
        """Whether so many came in a row that it is a bus-off if no data frame lay between them."""
        return self._in_a_row >= _IN_A_ROW

    def take(self, identifier: int, data: bytes) -> bool:
        """An error frame came; whether nothing of this bus can be relied on now.

        That is so at a bus-off, and after so many in a row that no data frame comes through.
        """
        self._in_a_row += 1
        state = self._state(identifier, data)
        if self.is_row_long and self.sees_all:
            state = ControllerState.OFF
        if state is ControllerState.OFF:
            self._in_a_row = 0
        self._told = state
        self.health = BusHealth(self.health.error_frames + 1, state)
        return state is ControllerState.OFF

    def data_came(self) -> None:
        """A data frame came: the bus is not off."""
        self._in_a_row = 0
        if self._told is ControllerState.OFF:
            self._told = ControllerState.ACTIVE
        if self.health.state is not self._told:
            self.health = BusHealth(self.health.error_frames, self._told)

    def _state(self, identifier: int, data: bytes) -> ControllerState:
        if identifier & _BUS_OFF:
            return ControllerState.OFF
        if identifier & _RESTARTED:
            return ControllerState.ACTIVE
        detail = data[1] if identifier & _CONTROLLER and len(data) > 1 else 0
        if detail & _PASSIVE:
            return ControllerState.PASSIVE
        if detail & _WARNING:
            return ControllerState.WARNING
        return ControllerState.ACTIVE if detail & _ACTIVE else self._told
