"""Diagnostics: frames of one control unit in, its whole answers out (ISO-TP, by can-isotp)."""

from __future__ import annotations

import logging
from collections import deque

import isotp

from can_bridge.diagnostics.outlet import Send
from can_bridge.spec import EXTENDED

_LONGEST = 4095  # bytes of an answer; ISO 15765-2 without its escape
_BLOCK = 8  # frames that a unit may send before it waits for us: our queue is bounded
_PADDING = 0x00
_LOGGER = "can_bridge.isotp"
logging.getLogger(_LOGGER).addHandler(logging.NullHandler())
logging.getLogger(_LOGGER).propagate = False  # can-isotp logs what it also reports


class Channel:
    """ISO-TP between us and one control unit; owns no thread and never waits."""

    def __init__(self, request: int, response: int, send: Send, gap_s: float) -> None:
        """Keys of the two frames; a pause of `gap_s` inside an answer ends it."""
        self.lost: str | None = None
        """Why an answer that had begun was given up."""
        self._request = request
        self._send = send
        self._waiting: deque[isotp.CanMessage] = deque()
        self._layer = isotp.TransportLayerLogic(
            rxfn=self._next,
            txfn=self._put,
            address=_address(request, response),
            error_handler=self._note,
            params={
                "tx_padding": _PADDING,
                "blocksize": _BLOCK,
                "stmin": 0,
                "max_frame_size": _LONGEST,
                "rx_consecutive_frame_timeout": round(gap_s * 1000),
                "logger_name": _LOGGER,
                "wait_func": lambda _s: None,
            },
        )

    def begin(self) -> None:
        """Forget what is left of earlier answers."""
        self._layer.reset()
        self._waiting.clear()
        self.lost = None

    def ask(self, payload: bytes) -> None:
        """Send a request; DiagnosticError when it does not only read."""
        self._layer.send(payload)
        self._layer.process(do_rx=False)
        self._layer.stop_sending()  # a request of many frames was refused; wait for nothing

    def feed(self, key: int, data: bytes) -> list[bytes]:
        """Take a frame of the unit; returns the answers that it completes."""
        identifier, extended = key & ~EXTENDED, bool(key & EXTENDED)
        self._waiting.append(isotp.CanMessage(identifier, data=data, extended_id=extended))
        return self.poll()

    def poll(self) -> list[bytes]:
        """Let time pass: an answer that stopped is given up, and `lost` says so."""
        self._layer.process(rx_timeout=0.0)
        answers = []
        while (answer := self._layer.recv()) is not None:
            answers.append(bytes(answer))
        return answers

    def _next(self, _timeout_s: float) -> isotp.CanMessage | None:
        return self._waiting.popleft() if self._waiting else None

    def _put(self, message: isotp.CanMessage) -> None:
        key = message.arbitration_id | (EXTENDED if message.is_extended_id else 0)
        self._send(key, bytes(message.data))

    def _note(self, error: Exception) -> None:
        if isinstance(error, isotp.WrongSequenceNumberError):
            self.lost = "frames of its answer were lost or came in the wrong order"
        elif isinstance(error, isotp.ConsecutiveFrameTimeoutError):
            self.lost = "its answer stopped in the middle"
        elif isinstance(error, isotp.FrameTooLongError):
            self.lost = f"it announced an answer of more than {_LONGEST} bytes"


def _address(request: int, response: int) -> isotp.Address:
    mode = isotp.AddressingMode
    return isotp.Address(
        mode.Normal_29bits if request & EXTENDED else mode.Normal_11bits,
        txid=request & ~EXTENDED,
        rxid=response & ~EXTENDED,
    )
