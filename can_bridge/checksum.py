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

from fastcrc.crc8 import autosar, gsm_a, sae_j1850

Checksum = Callable[[bytes, tuple[int, ...], int], int]
"""(the frame without its checksum byte, data IDs, counter) -> the checksum."""

ONE_ID, MANY_IDS = 1, 16
LARGEST_ID: Mapping[int, int] = MappingProxyType({0: 0, ONE_ID: 0xFFFF, MANY_IDS: 0xFF})
"""How many data IDs an algorithm takes -> the largest that one can be."""


def _xor8(body: bytes, _ids: tuple[int, ...], _counter: int) -> int:
    return reduce(xor, body, 0)


def _sum8(body: bytes, _ids: tuple[int, ...], _counter: int) -> int:
    return sum(body) & 0xFF


def _j1850(body: bytes, _ids: tuple[int, ...], _counter: int) -> int:
    return sae_j1850(body)


def _autosar(body: bytes, _ids: tuple[int, ...], _counter: int) -> int:
    return autosar(body)


def _autosar_p1(body: bytes, ids: tuple[int, ...], _counter: int) -> int:
    # CRC-8/GSM-A has the polynomial 0x1D too, and neither a start value nor a final inversion.
    return gsm_a((ids[0] & 0xFFFF).to_bytes(2, "little") + body)


def _autosar_p2(body: bytes, ids: tuple[int, ...], counter: int) -> int:
    return autosar(body + bytes((ids[counter % MANY_IDS] & 0xFF,)))


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
