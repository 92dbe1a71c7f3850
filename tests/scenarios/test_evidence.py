"""The check of the answers can itself fail."""

from typing import Any

import pytest

from tests.scenarios.evidence import unfounded


def turn(text: str, **evidence: Any) -> dict[str, Any]:
    return {"answer": {"text": text}, "evidence": [evidence] if evidence else []}


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("88 km/h.", {"value": 88.04}),
        ("1.8 bar.", {"value": 1.75}),
        ("-6 °C.", {"value": -5.5}),
        ("0 °C.", {"value": -0.4}),
        ("3 h 41 min.", {"value": 221.0, "unit": "min"}),
        ("12.6 V at the 12-volt battery.", {"value": 12.6}),
        ("8,600 km.", {"value": 8600.0}),
        ("Use 2.4 bar.", {"quote": "Use 2.4 bar."}),
        ("None.", {}),
    ],
)
def test_what_is_founded_passes(text: str, evidence: dict[str, Any]) -> None:
    assert unfounded(turn(text, **evidence)) == []


@pytest.mark.parametrize(
    ("text", "evidence", "numbers"),
    [
        ("89 km/h.", {"value": 88.0}, ["89"]),
        ("88 km/h.", {}, ["88"]),
        ("12 V.", {"value": 12.6}, ["12"]),
        ("2.5 bar.", {"quote": "Use 2.4 bar."}, ["2.5"]),
        ("8 °C.", {"value": -8.0}, ["8"]),
        ("1 door.", {"value": True}, ["1"]),
    ],
)
def test_what_is_unfounded_does_not(
    text: str, evidence: dict[str, Any], numbers: list[str]
) -> None:
    assert unfounded(turn(text, **evidence)) == numbers
