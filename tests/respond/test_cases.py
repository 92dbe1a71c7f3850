"""Which parts of a manual are of another case or another matter than a question."""

import pytest

from assistant.events import Hits, Passage, PassageKind
from assistant.respond.asked import Part, Question, things_of
from assistant.respond.cases import other_case
from assistant.respond.choosing import question_of
from assistant.respond.matters import other_matter
from tests import aster
from tests.turns import LEXICON


def asked(text: str) -> Question:
    request = aster.interpreter().interpret(text)
    return question_of(text, request.name, Hits((), LEXICON.terms(text)))


def part(text: str, title: str = "Title") -> Part:
    steps = text.startswith("1. ")
    kind = PassageKind.PROCEDURE if steps else PassageKind.TEXT
    return Part(Passage("1.1", title, "1", text, kind), kind, text, opens=False)


@pytest.mark.parametrize(
    ("question", "text", "other"),
    [
        ("how fast with all wheels down", "With the front wheels raised: 50 km/h.", True),
        ("how fast with the front wheels raised", "With the front wheels raised: 50 km/h.", False),
        ("what should the coolant temperature be", "The lamp comes on at 118 °C.", True),
        ("what should the coolant temperature be", "It is between 85 °C and 105 °C.", False),
        ("can I drive 60 with snow chains", "Snow chains fit 17-inch tyres.", True),
        ("can I drive 60 with snow chains", "Drive at up to 50 km/h.", False),
        ("can I swap a 10 amp fuse for a 15", "Never use a stronger fuse.", False),
        ("can I swap a 10 amp fuse for a 15", "The fuses are behind the glove box.", True),
        ("which cable comes off first", "Never touch orange cables.", True),
        ("which cable comes off first", "Take the black cable off first.", False),
        ("which nut comes off first", "Take the black cable off first.", True),
        ("can I put a child seat in the front", "It fits the rear seats.", True),
        ("can I put a rear-facing seat in the front", "Not in the front, facing back.", False),
        ("can I tow it with all wheels on the ground", "Not with the rear wheels raised.", True),
        ("where is it written", "It is written in these places:", True),
    ],
)
def test_another_condition_figure_place_or_order(question: str, text: str, *, other: bool) -> None:
    assert other_case(asked(question), part(text)) is other


@pytest.mark.parametrize(
    ("question", "text", "other"),
    [
        ("what do I do if the brakes overheat", "1. Stop.\n2. Let the engine cool.", True),
        ("what do I do if the engine overheats", "1. Stop.\n2. Let the engine cool down.", True),
        ("the wipers don't move", "Move the wipers with the lever.", True),
        ("the wipers don't move", "If the wipers do not move, check the fuse.", False),
        ("what is the orange light on the roof", "Touch a lamp in the roof.", True),
        ("what is the orange light on the roof", "An amber lamp on the roof flashes.", False),
        ("how long does it have to cool down", "Use the cooling for 10 minutes.", True),
        ("why is the engine running", "Do not let the engine run in a garage.", True),
        ("why is the engine running", "It runs because the battery is cold.", False),
        ("does it have heated rear seats", "The front seats have heating.", True),
        ("does it have heated front seats", "The front seats have heating.", False),
        ("can I tow a trailer", "Do not lift the car by the towing eye.", True),
        ("can I lift the car by the towing eye", "Do not lift the car by the eye.", False),
        ("may a child sit on my lap", "Never hold a child on your lap.", False),
        ("can my phone be the key", "Do not keep the key near a phone, a pad or a card.", True),
        ("is towing allowed with a spare", "Snow chains are not allowed on the spare.", True),
        ("can I push start it", "The Aster cannot be started by pushing.", False),
        ("where does the baby seat go", "Child seats must not be used in the middle.", True),
    ],
)
def test_another_thing_or_the_same_in_good_order(question: str, text: str, *, other: bool) -> None:
    assert other_matter(asked(question), part(text)) is other


def test_steps_for_an_event_are_of_all_that_was_asked() -> None:
    cool = part("1. Stop.\n2. Let the engine cool down.", "Overheating")
    assert not other_matter(asked("what do I do if the engine overheats"), cool)
    assert other_matter(asked("clutch overheating what do I do"), cool)


@pytest.mark.parametrize(
    ("question", "things"),
    [
        ("how do I zero the trip meter", [["trip", "meter"]]),
        ("what do I do if the brakes overheat", [["brakes"]]),
        ("can I replace a 10 amp fuse", [["fuse"]]),
        ("how fast may I go on the motorway", []),
        ("what does the manual say of fire", []),
    ],
)
def test_the_things_of_a_question(question: str, things: list[list[str]]) -> None:
    found = [[term.words[0] for term in run] for run in things_of(asked(question))]
    assert found == things
