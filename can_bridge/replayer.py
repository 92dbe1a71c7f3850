"""can_bridge: a recording in, what of it can be sent and when each frame is due on the bus out; pure.

Sending is the caller's: replaying is a tool of the bench, and no part of the bridge.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import can

_LONGEST_GAP_S = 3600.0  # a jump of a recorder's clock, not a pause of the car


@dataclass(slots=True)
class Tally:
    """What has become of the frames of a recording."""

    sent: int = 0
    error_frames: int = 0
    """Left out: a controller tells by them how it fares itself, so that none can be sent."""

    @property
    def summary(self) -> str:
        """In one sentence."""
        said = f"{_counted(self.sent, 'frame')} sent"
        if not self.error_frames:
            return said
        return (
            f"{said}; {_counted(self.error_frames, 'error frame')} left out, since only a bus's own "
            f"controller makes them"
        )


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def sendable(messages: Iterable[can.Message], tally: Tally) -> Iterator[can.Message]:
    """All but the error frames, which are counted."""
    for message in messages:
        if message.is_error_frame:
            tally.error_frames += 1
        else:
            yield message


def due_times(
    messages: Iterable[can.Message], speed: float | None
) -> Iterator[tuple[float, can.Message]]:
    """(seconds after the first frame, frame); all 0 when `speed` is None, as fast as possible.

    Times never go back, and a gap of more than an hour is taken as none.
    """
    due_s, last_s = 0.0, None
    for message in messages:
        if speed is not None and last_s is not None:
            step_s = message.timestamp - last_s
            due_s += step_s / speed if 0.0 < step_s < _LONGEST_GAP_S else 0.0
        last_s = message.timestamp
        yield due_s, message
