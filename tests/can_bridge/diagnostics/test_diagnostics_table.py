"""[diagnostics] of vehicle.toml."""

from __future__ import annotations

from typing import Any

import pytest

from can_bridge import ProfileError, load_profile
from can_bridge.spec import EXTENDED

TABLE = """
[diagnostics]
functional = 0x7DF
[[diagnostics.ecu]]
id = "ECM"
name = "engine control"
request = 0x7E0
response = 0x7E8
obd = true
[[diagnostics.ecu]]
id = "FAR"
request = 0x18DA10F1
response = 0x18DAF110
[tyres]
"""


def test_control_units_are_read_with_11_and_29_bits(toy_folder: Any) -> None:
    spec = load_profile(toy_folder(vehicle=("[tyres]", TABLE))).diagnostics
    assert spec is not None
    assert spec.functional == 0x7DF
    assert set(spec.requests) == {0x7DF, 0x7E0, 0x18DA10F1 | EXTENDED}
    assert spec.responses == {0x7E8, 0x18DAF110 | EXTENDED}
    assert [(ecu.id, ecu.name, ecu.obd) for ecu in spec.ecus] == [
        ("ECM", "engine control", True),
        ("FAR", "FAR", False),
    ]


def test_a_vehicle_without_the_table_has_no_diagnostics(toy: Any) -> None:
    assert toy.diagnostics is None


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("request = 0x18DA10F1", "request = 0x7E0", "0x7e0 of FAR is used twice"),
        ("request = 0x18DA10F1", "request = 0x7DF", "0x7df of FAR is used twice"),
        ("request = 0x18DA10F1", "request = 0x18DAF110", "is used twice"),
        ("request = 0x18DA10F1", "request = 0x100", "the car itself sends Motion; it cannot be"),
        ("functional = 0x7DF", "functional = 0x101", "the car itself sends Slow; it cannot be"),
        ("request = 0x18DA10F1", "request = 0x3FFFFFFF", "0 to 0x1FFFFFFF"),
        ('id = "FAR"', 'id = "ECM"', "ECM is there twice"),
        ("obd = true", "obd = 1", "expected true or false"),
        ("obd = true", "odb = true", "did you mean 'obd'"),
    ],
)
def test_what_cannot_be_is_one_sentence(toy_folder: Any, old: str, new: str, sentence: str) -> None:
    assert old in TABLE
    with pytest.raises(ProfileError) as caught:
        load_profile(toy_folder(vehicle=("[tyres]", TABLE.replace(old, new))))
    assert sentence in str(caught.value)
