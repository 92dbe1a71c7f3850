"""Diagnostics: OBD-II (SAE J1979, ISO 15031-5) requests, and what their answers say; no bus here."""

from __future__ import annotations

from dataclasses import dataclass

from can_bridge.diagnostics.trouble_code import StoredCode, name_code
from can_bridge.diagnostics.uds import clean_text
from can_bridge.errors import DiagnosticError
from can_bridge.obd_pids import PIDS

MONITOR_STATUS = 0x01
VIN, CALIBRATIONS, ECU_NAME = 0x02, 0x04, 0x0A
_CURRENT, _CODES, _INFORMATION = 0x01, 0x03, 0x09
_BLOCK = 0x20  # each support map tells of the next 32
_LAST_BLOCK = 0xE0
_CODE_BYTES, _CALIBRATION_BYTES = 2, 16
_LAMP_BIT, _COUNT_BITS = 0x80, 0x7F
_DECIMALS = 3


@dataclass(frozen=True, slots=True)
class ObdValue:
    """A current value of mode 01, as one control unit tells it."""

    ecu: str
    pid: int
    name: str
    value: float
    unit: str


@dataclass(frozen=True, slots=True)
class MonitorStatus:
    """What PID 01 says first: the engine lamp, and how many codes are confirmed."""

    ecu: str
    lamp_on: bool
    codes: int


def read_current(pid: int) -> bytes:
    """The request for one current value."""
    return bytes((_CURRENT, pid))


def read_codes() -> bytes:
    """The request for the confirmed codes."""
    return bytes((_CODES,))


def read_information(item: int) -> bytes:
    """The request for one item of vehicle information."""
    return bytes((_INFORMATION, item))


def supported(first: int, answer: bytes) -> frozenset[int]:
    """Which of the 32 numbers after `first` a support map names (`answer` without its echo)."""
    bits = int.from_bytes(answer[1:5].ljust(4, b"\x00"), "big")
    return frozenset(first + 1 + bit for bit in range(32) if bits >> 31 - bit & 1)


def next_block(first: int, numbers: frozenset[int]) -> int | None:
    """The next support map, if this one says that it is there."""
    following = first + _BLOCK
    return following if following in numbers and following <= _LAST_BLOCK else None


def current_bytes(pid: int, answer: bytes) -> bytes | None:
    """The bytes after the echo, as many as the table says; None when there are too few."""
    length = PIDS[pid].length
    data = answer[1 : 1 + length]
    return data if len(data) == length else None


def current_value(ecu: str, pid: int, answer: bytes) -> ObdValue | None:
    """The value in the answer to `read_current`; None when the answer is too short."""
    row = PIDS[pid]
    data = current_bytes(pid, answer)
    if data is None:
        return None
    raw = int.from_bytes(data[row.first : row.first + row.count], "big")
    return ObdValue(ecu, pid, row.name, round(raw * row.factor + row.offset, _DECIMALS), row.unit)


def monitor_status(ecu: str, answer: bytes) -> MonitorStatus | None:
    """The answer to PID 01; None when it is too short."""
    if len(answer) < 1 + 4:
        return None
    return MonitorStatus(ecu, bool(answer[1] & _LAMP_BIT), answer[1] & _COUNT_BITS)


def stored_codes(ecu: str, answer: bytes) -> tuple[StoredCode, ...]:
    """The codes in the answer to `read_codes`; DiagnosticError when it contradicts itself."""
    count = answer[0] if answer else 0
    data = answer[1:]
    if len(data) < count * _CODE_BYTES:
        raise DiagnosticError(
            f"{ecu} announced {count} codes and sent {len(data) // _CODE_BYTES}; they are not used, "
            f"ask again"
        )
    numbers = [
        int.from_bytes(data[at : at + _CODE_BYTES], "big")
        for at in range(0, count * _CODE_BYTES, _CODE_BYTES)
    ]
    return tuple(StoredCode(ecu, name_code(number), None) for number in numbers if number)


def information_texts(item: int, answer: bytes) -> tuple[str, ...]:
    """The texts in the answer to `read_information`, empty ones left out."""
    body = answer[2:]  # the item, and how many there are
    size = _CALIBRATION_BYTES if item == CALIBRATIONS else max(1, len(body))
    parts = [clean_text(body[at : at + size]) for at in range(0, len(body), size)]
    return tuple(part for part in parts if part)
