"""sim: a UDS request to one ECU in, its response out (ISO 14229-1)."""

from __future__ import annotations

from sim.diagnostics.unit import (
    REJECT_CONDITIONS,
    REJECT_LENGTH,
    REJECT_RANGE,
    REJECT_SERVICE,
    REJECT_SUBFUNCTION,
    Unit,
    negative,
)
from sim.trouble import STATUS_BITS

_SESSION, _CLEAR, _READ_CODES, _READ_DATA, _TESTER_PRESENT = 0x10, 0x14, 0x19, 0x22, 0x3E
_BY_MASK, _SUPPORTED = 0x02, 0x0A
_LENGTHS = {_BY_MASK: 3, _SUPPORTED: 2}
_QUIET = 0x80  # suppress the positive response
_SESSIONS = (0x01, 0x03)
_TIMINGS = bytes.fromhex("003201F4")  # 50 ms, 5 s

IDENTIFIERS = {
    0xF190: "vin",
    0xF18C: "serial",
    0xF187: "part",
    0xF195: "software",
    0xF197: "system",
}
"""Data identifier -> what it holds."""


def answer(request: bytes, unit: Unit) -> bytes | None:
    """The response; None where the tester asked for none."""
    service = request[0]
    if service in {_SESSION, _TESTER_PRESENT}:
        return _session(request)
    if service == _READ_DATA:
        return _data(request, unit)
    if service == _READ_CODES:
        return _codes(request, unit)
    if service == _CLEAR:
        return negative(service, REJECT_CONDITIONS)
    return negative(service, REJECT_SERVICE)


def _session(request: bytes) -> bytes | None:
    service = request[0]
    if len(request) != 2:  # noqa: PLR2004
        return negative(service, REJECT_LENGTH)
    sub = request[1] & ~_QUIET
    if sub not in (_SESSIONS if service == _SESSION else (0,)):
        return negative(service, REJECT_SUBFUNCTION)
    if request[1] & _QUIET:
        return None
    return bytes((service + 0x40, sub)) + (_TIMINGS if service == _SESSION else b"")


def _data(request: bytes, unit: Unit) -> bytes:
    if len(request) < 3 or len(request) % 2 == 0:  # noqa: PLR2004
        return negative(_READ_DATA, REJECT_LENGTH)
    response = bytes((_READ_DATA + 0x40,))
    known = False
    for at in range(1, len(request), 2):
        identifier = int.from_bytes(request[at : at + 2], "big")
        if identifier in IDENTIFIERS:
            known = True
            response += request[at : at + 2] + unit.text(IDENTIFIERS[identifier])
    return response if known else negative(_READ_DATA, REJECT_RANGE)


def _codes(request: bytes, unit: Unit) -> bytes:
    sub = request[1] & ~_QUIET if len(request) > 1 else 0
    if sub not in _LENGTHS:
        return negative(_READ_CODES, REJECT_SUBFUNCTION if sub else REJECT_LENGTH)
    if len(request) != _LENGTHS[sub]:
        return negative(_READ_CODES, REJECT_LENGTH)
    response = bytes((_READ_CODES + 0x40, sub, STATUS_BITS))
    for trouble, status in unit.memory.of(unit.address.ecu).items():
        if sub == _SUPPORTED or status & request[2] & STATUS_BITS:
            response += trouble.number.to_bytes(3, "big") + bytes((status,))
    return response
