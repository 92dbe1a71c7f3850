"""In many drivers' words every gauge is asked for, and no gauge for what no signal tells."""

import tomllib
from pathlib import Path

import pytest

from assistant.errors import SettingsError
from assistant.events import RequestKind
from assistant.interpret.gauges import load_unreported
from tests import aster

WORDINGS = tomllib.loads(Path(__file__).with_name("gauge_wordings.toml").read_text("utf-8"))
FEWEST = 4  # wordings of each gauge


@pytest.mark.parametrize("gauge", WORDINGS)
def test_a_gauge_is_known_in_many_wordings(gauge: str) -> None:
    requests = [aster.interpreter().interpret(text) for text in WORDINGS[gauge]]
    others = {one.text: (one.kind, one.name) for one in requests if one.name != gauge}
    assert not others


def test_every_gauge_of_the_aster_is_asked_for_in_several_wordings() -> None:
    names = {named.gauge.name for named in aster.interpreter().gauges}
    assert names == WORDINGS.keys()
    assert min(len(texts) for texts in WORDINGS.values()) >= FEWEST


@pytest.mark.parametrize(
    "text",
    [
        "How hard am I pressing the accelerator?",
        "How far down is the gas pedal?",
        "How heavy is my trailer?",
        "How much does our caravan weigh?",
        "What is the trailer's tyre pressure?",
        "What's the spare pressure right now?",
        "How far is the car in front?",
        "How close is the lorry ahead?",
        "Is the key in the car?",
        "Is the glovebox locked?",
        "Is my tyre tread ok?",
        "Is the rear brake pad worn?",
        "Are the wiper blades worn?",
        "How much oil is in the gearbox right now?",
        "How many charge cycles has the battery had?",
        "How many times has the battery been charged?",
        "What is the charging current set to?",
        "How much pressure is missing?",
        "What year was it built?",
    ],
)
def test_what_no_signal_tells_is_no_gauge_next_to_it(text: str) -> None:
    request = aster.interpreter().interpret(text)
    assert (request.kind, request.name) == (RequestKind.UNKNOWN, "not_reported")


@pytest.mark.parametrize(
    "text",
    [
        "How heavy may my trailer be?",
        "How far should I stay behind the car in front?",
        "What pressure does the spare wheel need?",
        "How much oil does the gearbox take?",
        "How do I set the charging current?",
        "How much charge do I need for electric mode?",
        "How full must the tank at least be?",
        "How does lane keeping work?",
        "Does lane keeping work at night?",
        "Do the brake lights come on when I let go of the pedal?",
        "Will lane keeping cope with road works?",
        "Which way do I connect the jump leads?",
        "What's the number of the emergency services?",
        "When does the heated steering wheel turn off?",
        "Does it park by itself?",
        "Which way up does the coin cell go?",
        "Is the lowest charge limit 50%?",
        "Can lane keeping be switched off?",
    ],
)
def test_what_holds_in_general_is_for_the_manual(text: str) -> None:
    assert aster.interpreter().interpret(text).kind is RequestKind.MANUAL


def test_a_file_of_gauges_that_is_wrong_is_named_for_what_no_signal_tells(tmp_path: Path) -> None:
    (tmp_path / "gauges.toml").write_text('[[unreported]]\nlive = ["@nothing"]\n', "utf-8")
    with pytest.raises(SettingsError, match=r"gauges\.toml"):
        load_unreported(tmp_path)
