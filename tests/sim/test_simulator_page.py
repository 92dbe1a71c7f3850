"""docs/simulator.md names what there is."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.car import DEFECTS
from sim.commands import REFUSALS
from sim.control import CONTROL_WORDS
from sim.inputs import KEYS
from sim.scenario import load_scenario
from sim.trouble import TROUBLES
from sim.vehicle_files import config_folder

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "simulator.md").read_text("utf-8")
SCENARIOS = sorted(path.stem for path in config_folder("scenarios").glob("*.toml"))
NAMED = {
    "scenario": [f"| `{name}` | {load_scenario(name).description} |" for name in SCENARIOS],
    "line of control": [word.says for word in CONTROL_WORDS.values()],
    "key": list(KEYS.values()),
    "refusal": [refusal.reason for refusal in REFUSALS],
    "trouble code": [f"| {trouble.code} |" for trouble in TROUBLES],
    "defect": [f"`{defect}`" for defect in DEFECTS if defect != "misfire"],
}


@pytest.mark.parametrize("kind", NAMED)
def test_the_page_names_every(kind: str) -> None:
    assert [text for text in NAMED[kind] if text not in PAGE] == []
