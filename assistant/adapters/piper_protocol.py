"""Adapter room: the frames between the voice's client and the Piper process, bytes in and out.

A frame is a JSON object on one line and, where its `bytes` is above 0, that many bytes of 16-bit
mono PCM after it. The client sends `{"say": text, "id": n}` and `{"cancel": n}`. The process
answers first `{"ready": rate}` or `{"error": sentence}`, then for each request any number of
`{"id": n, "rate": hz, "bytes": b}` and one `{"id": n, "end": true}` or
`{"id": n, "error": sentence}`.
"""

import json
from dataclasses import dataclass, field
from typing import Any

MAX_HEADER = 64 * 1024  # bytes; the longest text that can be asked for is shorter
MAX_PAYLOAD = 32 * 1024  # bytes of PCM in a frame: 0.74 s at 22,050 Hz


class ProtocolError(Exception):
    """The other side sent something that is not a frame."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One message: what it says, and the sound that it carries."""

    header: dict[str, Any] = field(default_factory=dict)
    payload: bytes = b""


def encode(header: dict[str, Any], payload: bytes = b"") -> bytes:
    """The bytes of a frame; `bytes` is added to the header."""
    line = json.dumps({**header, "bytes": len(payload)} if payload else header)
    return line.encode() + b"\n" + payload


class FrameBuffer:
    """Cuts a stream of bytes into frames; holds at most one unfinished frame."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._header: dict[str, Any] | None = None

    def add(self, data: bytes) -> None:
        """Append what was received."""
        self._bytes += data

    def next(self) -> Frame | None:
        """The next whole frame, None while it is unfinished; raises ProtocolError."""
        if self._header is None:
            end = self._bytes.find(b"\n")
            if end < 0:
                if len(self._bytes) > MAX_HEADER:
                    raise ProtocolError("a header line is too long")
                return None
            self._header = _header(bytes(self._bytes[:end]))
            del self._bytes[: end + 1]
        size = self._header.get("bytes", 0)
        if not isinstance(size, int) or not 0 <= size <= MAX_PAYLOAD:
            raise ProtocolError("a frame is too big")
        if len(self._bytes) < size:
            return None
        frame = Frame(self._header, bytes(self._bytes[:size]))
        del self._bytes[:size]
        self._header = None
        return frame


def _header(line: bytes) -> dict[str, Any]:
    try:
        header = json.loads(line)
    except ValueError as error:
        raise ProtocolError("a header is not JSON") from error
    if not isinstance(header, dict):
        raise ProtocolError("a header is not an object")
    return header
