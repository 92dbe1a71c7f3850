"""can_bridge: a frame and the identifiers that may be sent in, the frame on its bus out.

The only code here that sends (besides the Unix bus itself, which is a bus).  Only `gate` and
`diagnostics` may import it; import-linter holds that.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping

import can

from can_bridge.errors import TransmitError
from can_bridge.spec import EXTENDED

_SEND_S = 0.1  # how long a full transmit queue of the driver is waited for


class Transmitter:
    """Sends frames of the identifiers that it was made for, and no other; any thread may."""

    def __init__(
        self, bus: Callable[[int], can.BusABC | None], routes: Mapping[int, Collection[int]]
    ) -> None:
        """`bus` gives the bus of a number as it is now (`Bridge.sender`).

        `routes`: frame key -> the numbers of the buses that it is sent on.
        """
        self._bus = bus
        self._routes = {key: tuple(sorted(numbers)) for key, numbers in routes.items()}
        self._lock = threading.Lock()

    def send(self, key: int, data: bytes) -> None:
        """Send one frame; TransmitError when it is not allowed or no bus of it takes it."""
        identifier = key & ~EXTENDED
        if key not in self._routes:
            raise TransmitError(
                f"the frame {identifier:#x} is not one that this vehicle's files allow to be sent; "
                f"nothing was sent"
            )
        message = can.Message(
            arbitration_id=identifier, is_extended_id=bool(key & EXTENDED), data=data
        )
        problems = []
        for number in self._routes[key]:
            try:
                self._send_on(number, message)
            except TransmitError as error:
                problems.append(error)
        if len(problems) == len(self._routes[key]):
            raise problems[0]

    def _send_on(self, number: int, message: can.Message) -> None:
        bus = self._bus(number)
        if bus is None:
            raise TransmitError(
                "the bus is gone, or was opened to receive only; nothing was sent, ask again when "
                "it is back"
            )
        try:
            with self._lock:
                bus.send(message, timeout=_SEND_S)
        except (can.CanError, OSError) as error:
            raise TransmitError(
                f"the bus did not take the frame {message.arbitration_id:#x} ({error}); check the "
                f"bus"
            ) from error
