"""Checksums: the vectors of AUTOSAR's "Specification of CRC Routines", and the simulator's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from can_bridge.checksum import ALGORITHMS
from sim.checksums import SEALS

VECTORS = [
    # data, CRC-8 SAE J1850, CRC-8 AUTOSAR (0x2F)
    ("00000000", 0x59, 0x12),
    ("F20183", 0x37, 0xC2),
    ("0FAA0055", 0x79, 0xC6),
    ("00FF5511", 0xB8, 0x77),
    ("332255AABBCCDDEEFF", 0xCB, 0x11),
    ("926B55", 0x8C, 0x33),
    ("FFFFFFFF", 0x74, 0x6C),
    ("313233343536373839", 0x4B, 0xDF),
]


def compute(algorithm: str, data: bytes, ids: tuple[int, ...] = (), counter: int = 0) -> int:
    return ALGORITHMS[algorithm][0](data, ids, counter)


@pytest.mark.parametrize(("data", "j1850", "autosar"), VECTORS)
def test_published_vectors(data: str, j1850: int, autosar: int) -> None:
    assert compute("crc8_sae_j1850", bytes.fromhex(data)) == j1850
    assert compute("crc8_autosar", bytes.fromhex(data)) == autosar


def test_plain_ones() -> None:
    assert compute("xor8", b"\x0f\xf0\x01") == 0xFE
    assert compute("sum8", b"\xff\x02\x03") == 0x04


def test_profile_1_takes_the_data_id_low_byte_first() -> None:
    # an ID of zero leaves the register at its start value, zero
    with_id = compute("crc8_autosar_p1", b"\x01\x02", (0x1234,))
    assert with_id == compute("crc8_autosar_p1", b"\x34\x12\x01\x02", (0,))


def test_profile_2_takes_the_data_id_of_the_counter() -> None:
    ids = tuple(range(100, 116))
    results = {compute("crc8_autosar_p2", b"\x01\x02", ids, counter) for counter in range(16)}
    assert len(results) == 16
    assert compute("crc8_autosar_p2", b"\x01", ids, 3) == compute("crc8_autosar", b"\x01\x67")


@given(
    st.sampled_from(sorted(ALGORITHMS)),
    st.binary(min_size=1, max_size=63),
    st.lists(st.integers(0, 255), min_size=16, max_size=16),
    st.integers(0, 15),
)
def test_the_simulator_computes_the_same(
    algorithm: str, data: bytes, ids: list[int], counter: int
) -> None:
    assert SEALS[algorithm.upper()](data, ids, counter) == compute(
        algorithm, data, tuple(ids), counter
    )
