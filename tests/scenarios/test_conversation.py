"""A conversation with the real command: steps, follow-ups, and what a line of a batch may know."""

from pathlib import Path
from typing import Any

import pytest

from tests.command import Auriga
from tests.scenarios.evidence import unfounded
from tests.turns import REPLIES

NOTHING = REPLIES.refuse["nothing_to_go_on_with"]
LINES = (
    "how do I open the bonnet",
    "next",
    "what was that",
    "what is the front left tyre pressure",
    "and the rear right?",
    "done",
    "ok",
    "next",
    "what page is that",
    "stop",
    "next",
    "what is the torque of the wheel nuts",
    "and the spark plugs?",
    "and on the moon?",
)


@pytest.fixture
def batch(tmp_path: Path) -> Path:
    path = tmp_path / "conversation.txt"
    path.write_text("\n".join(LINES), encoding="utf-8")
    return path


def test_the_lines_of_a_kept_batch_are_one_conversation(quick: Auriga, batch: Path) -> None:
    result = quick("ask", "--batch", batch, "--keep", "--scenario", "parked", "--json")
    assert (result.code, result.error) == (0, "")
    turns: list[dict[str, Any]] = result.turns
    texts = [turn["answer"]["text"] for turn in turns]
    first = turns[0]
    assert texts[0].startswith("1. Pull the bonnet lever")
    assert first["answer"]["spoken"].startswith("Warning: The cooling fan can start by itself")
    assert "There are four steps. First: Pull the bonnet lever" in first["answer"]["spoken"]
    assert "3. Lift the bonnet." in first["evidence"][0]["quote"]
    assert first["evidence"][1]["quote"].startswith("Warning:")
    assert texts[1].startswith("Step 2: Reach under")
    assert turns[1]["request"] == {
        "kind": "manual",
        "name": "next",
        "slots": {"section": "2.11", "steps": "4"},
    }
    assert texts[2] == texts[1]
    assert "front left" in texts[3]
    assert "rear right" in texts[4]
    assert turns[4]["request"]["slots"]["question"] == "what is the rear right tyre pressure"
    assert texts[5] == "Back to Bonnet. Step 3: Lift the bonnet."
    assert texts[6].startswith("Last step: Take the bonnet stay")
    assert texts[7] == REPLIES.say["no_next_step"]
    assert texts[8] == "Section 2.11, Bonnet, page 11."
    assert texts[10] == NOTHING
    assert "120 Nm" in texts[11]
    assert "22 Nm" in texts[12]
    assert "120" not in texts[12]
    assert texts[13] == REPLIES.refuse["not_in_manual"]
    assert turns[13]["request"]["slots"]["question"].endswith("spark plugs on the moon")
    for turn in turns:
        if turn["request"]["name"] != "page":
            assert unfounded(turn) == []


def test_the_lines_of_a_batch_know_nothing_of_one_another(quick: Auriga, batch: Path) -> None:
    result = quick("ask", "--batch", batch, "--scenario", "parked", "--json")
    assert (result.code, result.error) == (0, "")
    texts = [turn["answer"]["text"] for turn in result.turns]
    assert texts[1] == NOTHING
    assert all("Nm" not in text for text in texts[12:])
