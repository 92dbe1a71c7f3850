"""Figures with their units and single letters, as a question names them and a text has them."""

import pytest

from assistant.respond.figures import asked_figures, asked_keys, lacks_key, limits, of_other_units


@pytest.mark.parametrize(
    ("question", "text", "other"),
    [
        ("at 50 kilowatts", "3.7 kW; 3 h 50 min", True),
        ("at 3.7 kW", "3.7 kW; 3 h 50 min", False),
        ("may I drive at 250", "water up to 250 mm deep", True),
        ("may I drive at 250", "the Aster weighs more", False),
        ("the 12 volt battery", "The 12-volt battery is on the right.", False),
        ("a 12 volt socket", "12 V; 10 A", False),
        ("18 inch wheels", "18-inch wheels", False),
        ("1250 kg", "up to 1,250 kg", False),
    ],
)
def test_a_figure_counts_with_its_unit(question: str, text: str, *, other: bool) -> None:
    assert of_other_units(asked_figures(question), text) is other


@pytest.mark.parametrize(
    ("question", "keys"),
    [
        ("what speed does V stand for", {"V"}),
        ("what does b do on the selector", {"B"}),
        ("can I use a 10 A fuse", set()),
        ("I've got a question, what's an a/c", set()),
        ("how many amps is fuse F49", set()),
    ],
)
def test_a_single_letter_is_a_key(question: str, keys: set[str]) -> None:
    assert asked_keys(question) == keys


def test_a_key_stands_by_itself() -> None:
    assert lacks_key(frozenset("V"), "Mark: H; Vehicle; 98V")
    assert not lacks_key(frozenset("V"), "The letter V stands for 240 km/h.")


def test_a_limit_is_of_the_same_unit() -> None:
    question = "may it weigh 1500 kg"
    assert limits(asked_figures(question), question, "up to 1,250 kg")
    assert not limits(asked_figures(question), question, "up to 1,250 km")
    assert not limits(asked_figures(question), question, "it weighs 1,250 kg")
