"""can_bridge: a frame's bytes in, the checksum that they should carry out.

Every algorithm leaves out the byte that holds the checksum.  CRC parameters: SAE J1850 and AUTOSAR
"Specification of CRC Routines" (CRC-8/SAE-J1850: 0x1D, CRC-8/AUTOSAR: 0x2F); the way a data ID goes
in is that of the AUTOSAR E2E profiles 1 and 2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from operator import xor
from types import MappingProxyType

Checksum = Callable[[bytes, tuple[int, ...], int], int]
"""(the frame without its checksum byte, data IDs, counter) -> the checksum."""

ONE_ID, MANY_IDS = 1, 16


def _table(polynomial: int) -> tuple[int, ...]:
    def entry(value: int) -> int:
        for _ in range(8):
            value = (value << 1) ^ (polynomial if value & 0x80 else 0)
        return value & 0xFF

    return tuple(entry(value) for value in range(256))


_TABLE_1D = _table(0x1D)
_TABLE_2F = _table(0x2F)


def _crc(table: tuple[int, ...], crc: int, data: bytes) -> int:
    for byte in data:
        crc = table[crc ^ byte]
    return crc


def _xor8(body: bytes, _ids: tuple[int, ...], _counter: int) -> int:
    return reduce(xor, body, 0)


def _sum8(body: bytes, _ids: tuple[int, ...], _counter: int) -> int:
    return sum(body) & 0xFF


def _j1850(body: bytes, _ids: tuple[int, ...], _counter: int) -> int:
    return _crc(_TABLE_1D, 0xFF, body) ^ 0xFF


def _autosar(body: bytes, _ids: tuple[int, ...], _counter: int) -> int:
    return _crc(_TABLE_2F, 0xFF, body) ^ 0xFF


def _autosar_p1(body: bytes, ids: tuple[int, ...], _counter: int) -> int:
    low, high = ids[0] & 0xFF, ids[0] >> 8 & 0xFF
    return _crc(_TABLE_1D, _TABLE_1D[_TABLE_1D[low] ^ high], body)


def _autosar_p2(body: bytes, ids: tuple[int, ...], counter: int) -> int:
    return _TABLE_2F[_crc(_TABLE_2F, 0xFF, body) ^ ids[counter % MANY_IDS] & 0xFF] ^ 0xFF


ALGORITHMS: Mapping[str, tuple[Checksum, int]] = MappingProxyType(
    {
        "xor8": (_xor8, 0),
        "sum8": (_sum8, 0),
        "crc8_sae_j1850": (_j1850, 0),
        "crc8_autosar": (_autosar, 0),
        "crc8_autosar_p1": (_autosar_p1, ONE_ID),
        "crc8_autosar_p2": (_autosar_p2, MANY_IDS),
    }
)
"""Name in signals.toml -> (function, how many data IDs it takes)."""
