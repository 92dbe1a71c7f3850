"""sim: the bytes of a frame in, the checksum byte that an ECU would put into it out.

Written from the AUTOSAR and SAE definitions, bit by bit, and only then turned into tables.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

Seal = Callable[[Sequence[int], Sequence[int], int], int]
"""(the bytes without the checksum, data IDs, counter) -> the checksum."""


def _remainders(generator: int) -> list[int]:
    table = [0] * 256
    for value in range(1, 256):
        register = value
        for _ in range(8):
            register <<= 1
            if register & 0x100:
                register ^= 0x100 | generator
        table[value] = register
    return table


_SAE = _remainders(0x1D)
_H2F = _remainders(0x2F)


def _divide(table: list[int], register: int, content: Sequence[int]) -> int:
    for octet in content:
        register = table[register ^ octet]
    return register


def seal_xor(content: Sequence[int], ids: Sequence[int], counter: int) -> int:
    """Exclusive or of all bytes."""
    result = 0
    for octet in content:
        result ^= octet
    return result


def seal_sum(content: Sequence[int], ids: Sequence[int], counter: int) -> int:
    """Sum of all bytes, modulo 256."""
    return sum(content) % 256


def seal_j1850(content: Sequence[int], ids: Sequence[int], counter: int) -> int:
    """CRC-8 of SAE J1850: generator 0x1D, start 0xFF, inverted."""
    return 0xFF - _divide(_SAE, 0xFF, content)


def seal_h2f(content: Sequence[int], ids: Sequence[int], counter: int) -> int:
    """CRC-8 of AUTOSAR: generator 0x2F, start 0xFF, inverted."""
    return 0xFF - _divide(_H2F, 0xFF, content)


def seal_profile1(content: Sequence[int], ids: Sequence[int], counter: int) -> int:
    """AUTOSAR E2E profile 1: data ID, low byte first, then the content; generator 0x1D."""
    start = _divide(_SAE, 0, (ids[0] % 256, ids[0] // 256))
    return _divide(_SAE, start, content)


def seal_profile2(content: Sequence[int], ids: Sequence[int], counter: int) -> int:
    """AUTOSAR E2E profile 2: the content, then the data ID of this counter; generator 0x2F."""
    return 0xFF - _divide(_H2F, _divide(_H2F, 0xFF, content), (ids[counter % 16],))


SEALS: dict[str, Seal] = {
    "XOR8": seal_xor,
    "SUM8": seal_sum,
    "CRC8_SAE_J1850": seal_j1850,
    "CRC8_AUTOSAR": seal_h2f,
    "CRC8_AUTOSAR_P1": seal_profile1,
    "CRC8_AUTOSAR_P2": seal_profile2,
}
"""Value of the DBC attribute E2EChecksum -> function."""
