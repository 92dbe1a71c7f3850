"""How trouble codes are named."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from can_bridge.diagnostics import Owner, StoredCode, name_code, trouble_code

FILE = Path(trouble_code.__file__).with_name("trouble_codes.toml")


@pytest.mark.parametrize(
    ("number", "code", "structure"),
    [
        (0x0301, "P0301", "powertrain, generic, ignition or misfire"),
        (0x1234, "P1234", "powertrain, maker-specific"),
        (0x0A80, "P0A80", "powertrain, generic, hybrid drive"),
        (0x2A10, "P2A10", "powertrain, generic"),
        (0x3100, "P3100", "powertrain, maker-specific"),
        (0x3400, "P3400", "powertrain, generic"),
        (0x4750, "C0750", "chassis, generic"),
        (0x5750, "C1750", "chassis, maker-specific"),
        (0x8001, "B0001", "body, generic"),
        (0xA001, "B2001", "body, maker-specific"),
        (0xC100, "U0100", "network, generic"),
        (0xF000, "U3000", "network, reserved"),
    ],
)
def test_a_code_is_named_by_its_structure(number: int, code: str, structure: str) -> None:
    trouble = name_code(number)
    assert (trouble.code, trouble.structure) == (code, structure)


@given(st.integers(0, 0xFFFF))
def test_every_number_has_a_name_of_its_own(number: int) -> None:
    code = name_code(number).code
    assert int(code[1:], 16) | "PCBU".index(code[0]) << 14 == number


def test_status_bits_are_those_of_iso_14229() -> None:
    trouble = name_code(0x0301)
    for bit, name in ((0, "failed"), (2, "pending"), (3, "confirmed"), (7, "warning_lamp")):
        stored = StoredCode("ECM", trouble, 1 << bit)
        names = ("failed", "pending", "confirmed", "warning_lamp")
        assert [n for n in names if getattr(stored, n)] == [name]
    assert Owner.GENERIC is trouble.owner


def test_every_text_names_two_sources() -> None:
    codes = tomllib.loads(FILE.read_text(encoding="utf-8"))["codes"]
    for code, row in codes.items():
        assert set(row) == {"text", "sources"}, code
        hosts = {source.split("/")[0] for source in row["sources"]}
        assert len(hosts) >= 2, code
        assert name_code(_number(code)).text == row["text"]


def _number(code: str) -> int:
    return int(code[1:], 16) | "PCBU".index(code[0]) << 14
