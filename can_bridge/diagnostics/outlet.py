"""Diagnostics: a frame of ISO-TP in, the same frame on the bus if it only reads; else a refusal.

This is the floor under every diagnostic request: whatever the code above asks for, only what is in
`READING` leaves.  Clearing codes (0x14, mode 04), writing, security access, routines and resets
have no form here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from can_bridge.errors import DiagnosticError

Send = Callable[[int, bytes], None]
"""(frame key, data) -> on the bus."""

_SINGLE_FRAME, _FLOW_CONTROL = 0, 3  # ISO 15765-2, high nibble of the first byte
_FRAME_BYTES = 8
_MOST_FRAMES = 128  # an answer of 4,095 bytes takes 74 flow controls


def _of_length(length: int) -> Callable[[bytes], bool]:
    return lambda payload: len(payload) == length


def _reads_codes(payload: bytes) -> bool:
    """By status mask (02 and the mask), or the supported ones (0A)."""
    return (payload[1:2] == b"\x02" and len(payload) == 3) or payload[1:] == b"\x0a"  # noqa: PLR2004


READING: Mapping[int, Callable[[bytes], bool]] = MappingProxyType(
    {
        0x01: _of_length(2),  # OBD-II: one current value
        0x03: _of_length(1),  # OBD-II: confirmed codes
        0x09: _of_length(2),  # OBD-II: one item of vehicle information
        0x19: _reads_codes,  # UDS ReadDTCInformation
        0x22: _of_length(3),  # UDS ReadDataByIdentifier, one identifier
    }
)
"""Service -> whether a request of it has the one form that is sent."""


def only_reads(payload: bytes) -> bool:
    """Whether a request is one of those that read."""
    is_of_form = READING.get(payload[0]) if payload else None
    return is_of_form is not None and is_of_form(payload)


class Outlet:
    """Lets reading requests and flow control through; counts, so that a peer cannot make us flood."""

    def __init__(self, send: Send) -> None:
        """`send` puts a frame on the bus."""
        self._send = send
        self._left = _MOST_FRAMES

    def begin(self) -> None:
        """A new request begins: the count starts again."""
        self._left = _MOST_FRAMES

    def send(self, key: int, data: bytes) -> None:
        """Send a frame; DiagnosticError when it does anything but read."""
        self._refuse_other(data)
        if self._left == 0:
            raise DiagnosticError(
                f"an answer made us send {_MOST_FRAMES} frames, more than any needs; the request "
                f"was given up, look for a control unit that floods the bus"
            )
        self._left -= 1
        self._send(key, data)

    @staticmethod
    def _refuse_other(data: bytes) -> None:
        kind = data[0] >> 4 if data and len(data) <= _FRAME_BYTES else -1
        if kind == _FLOW_CONTROL:
            return
        payload = data[1 : 1 + (data[0] & 0xF)] if kind == _SINGLE_FRAME else b""
        if not only_reads(payload):
            service = f"the service {payload[0]:#04x}" if payload else "a request of many frames"
            raise DiagnosticError(
                f"{service} is not offered in this form: only requests that read are sent; nothing "
                f"was sent"
            )
