"""What each scenario says should be said, asked of the whole assistant."""

import re

import pytest

from assistant.settings import CONFIG
from sim.scenario import Expectation, load_scenario
from tests.command import Auriga

SCENARIOS = sorted(path.stem for path in (CONFIG / "scenarios").glob("*.toml"))


def moments() -> list[tuple[str, float, tuple[Expectation, ...]]]:
    """(scenario, seconds, what is expected then); each is one run of the command."""
    found: dict[tuple[str, float], list[Expectation]] = {}
    for name in SCENARIOS:
        for expectation in load_scenario(name).expectations:
            if expectation.ask:
                found.setdefault((name, expectation.at_s), []).append(expectation)
    return [(name, at_s, tuple(rows)) for (name, at_s), rows in found.items()]


@pytest.mark.slow
@pytest.mark.parametrize(("scenario", "at_s", "expected"), moments())
def test_what_should_be_said_is_said(
    quick: Auriga,
    tmp_path_factory: pytest.TempPathFactory,
    scenario: str,
    at_s: float,
    expected: tuple[Expectation, ...],
) -> None:
    questions = tmp_path_factory.mktemp("questions") / "asked.txt"
    questions.write_text("\n".join(expectation.ask for expectation in expected))
    moment = ("--scenario", scenario, "--at", str(at_s))
    result = quick("ask", "--batch", questions, *moment, "--json")
    assert (result.code, result.error) == (0, "")
    for expectation, turn in zip(expected, result.turns, strict=True):
        text = turn["answer"]["text"]
        assert re.search(expectation.answer, text), f"{expectation.ask} {text}"
        unknown = [piece["unknown"] for piece in turn["evidence"] if "unknown" in piece]
        if turn["answer"]["outcome"] == "refused":
            assert unknown
