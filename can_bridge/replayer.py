"""can_bridge: a recording's messages in, the times at which each is due on the bus out; pure.

Sending is the caller's: replaying is a tool of the bench, and no part of the bridge.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import can

_LONGEST_GAP_S = 3600.0  # a jump of a recorder's clock, not a pause of the car


def due_times(
    messages: Iterable[can.Message], speed: float | None
) -> Iterator[tuple[float, can.Message]]:
    """(seconds after the first frame, frame); all 0 when `speed` is None, as fast as possible.

    Error frames are left out, since no bus takes them.  Times never go back, and a gap of more than
    an hour is taken as none.
    """
    due_s, last_s = 0.0, None
    for message in messages:
        if message.is_error_frame:
            continue
        if speed is not None and last_s is not None:
            step_s = message.timestamp - last_s
            due_s += step_s / speed if 0.0 < step_s < _LONGEST_GAP_S else 0.0
        last_s = message.timestamp
        yield due_s, message
