"""What is looked up for a request: no more than it asks for."""

import pytest

from assistant.errors import BusError, ManualError
from assistant.events import (
    Facts,
    Known,
    Passage,
    PassageKind,
    Reason,
    Request,
    RequestKind,
    Unknown,
)
from assistant.lookup.facts import Lookup
from tests.fakes import FakeManual, FakeVehicle
from tests.turns import COOLANT, JACK, LAMP, LEXICON, MANUAL, SPEED, STEPS, known, small_car


def look_up(
    request: Request, vehicle: FakeVehicle | None = None, manual: FakeManual | None = None
) -> Facts:
    lookup = Lookup(vehicle or small_car(), manual or FakeManual(MANUAL), LEXICON, 12)
    return lookup.facts(request)


def lamp_request(*paths: str) -> Request:
    slots = {"lamp": LAMP.id, "ask": "meaning"}
    return Request(RequestKind.WARNING, "telltale", "the coolant lamp", slots, paths)


def question(text: str) -> Request:
    return Request(RequestKind.MANUAL, "fact", text)


def test_a_gauge_is_read_and_the_manual_is_not_opened() -> None:
    request = Request(RequestKind.VEHICLE, "speed", "", paths=(SPEED,))
    facts = look_up(request, manual=FakeManual(error=ManualError("closed")))
    assert facts == Facts(readings=((SPEED, known(88.0, "km/h")),))


@pytest.mark.parametrize("kind", [RequestKind.SMALLTALK, RequestKind.UNKNOWN, RequestKind.COMMAND])
def test_nothing_is_looked_up_for_what_needs_nothing(kind: RequestKind) -> None:
    facts = look_up(
        Request(kind, "x", "the jack"),
        FakeVehicle(error=BusError("closed")),
        FakeManual(error=ManualError("closed")),
    )
    assert facts == Facts()


def test_a_question_for_the_manual_brings_the_whole_section() -> None:
    more = Passage("15.4", "Changing a wheel", "204", "Tighten the wheel bolts.", order=9)
    facts = look_up(question("where is the wrench"), manual=FakeManual((*MANUAL, more)))
    assert facts.readings == ()
    assert more.text in {passage.text for passage in facts.hits.passages}
    assert STEPS.text not in {passage.text for passage in facts.hits.passages}


def test_no_passage_comes_twice() -> None:
    passages = look_up(question("where is the towing eye")).hits.passages
    assert len({passage.order for passage in passages}) == len(passages)


def test_the_section_of_a_lamp_is_worth_less_to_another_question() -> None:
    pages = (
        Passage("3.5", "Coolant", "41", "Coolant here.", order=1, score=1.0),
        Passage("14.3", "Checking the coolant", "181", "Coolant there.", order=2, score=0.9),
    )
    facts = look_up(question("how do I check the coolant"), manual=FakeManual(pages))
    assert facts.hits.passages[0].section == "14.3"


COOLANTS = (
    Passage(LAMP.section, "Coolant", "41", "Coolant here.", order=1, score=0.95),
    Passage("14.3", "Checking the coolant", "181", "Coolant there.", order=2, score=1.0),
)


def test_the_section_of_a_lit_lamp_is_worth_a_little_more() -> None:
    car = small_car()
    asked = question("how do I check the coolant")
    for state, first in (("off", "14.3"), ("on", LAMP.section), ("flashing", LAMP.section)):
        car.readings[LAMP.path] = known(state)
        facts = look_up(asked, car, FakeManual(COOLANTS))
        assert facts.hits.passages[0].section == first


def test_a_car_that_cannot_be_asked_keeps_no_question_from_the_manual() -> None:
    car = FakeVehicle(telltales=(LAMP,), error=BusError("gone"))
    facts = look_up(question("how do I check the coolant"), car, FakeManual(COOLANTS))
    assert facts.hits.passages[0].section == "14.3"


def test_the_manual_is_asked_with_the_question_as_it_was_said() -> None:
    manual = FakeManual(MANUAL)
    look_up(question("Where's the jack, please?"), manual=manual)
    assert manual.questions == ["Where's the jack, please?"]


def test_one_lamp_brings_its_section_whether_lit_or_not() -> None:
    facts = look_up(lamp_request(LAMP.path))
    assert facts.lamps == ()
    assert facts.hits.passages == (COOLANT,)


@pytest.mark.parametrize("state", ["on", "flashing"])
def test_a_lit_lamp_is_among_the_lamps(state: str) -> None:
    car = small_car()
    car.readings[LAMP.path] = known(state)
    assert look_up(lamp_request(LAMP.path), car).lamps == ((LAMP, state),)


def test_an_unknown_lamp_is_not_lit() -> None:
    car = small_car()
    car.readings[LAMP.path] = Unknown(Reason.STALE)
    assert look_up(lamp_request(LAMP.path), car).lamps == ()


def test_errors_of_the_car_and_of_the_manual_go_to_the_caller() -> None:
    with pytest.raises(BusError):
        look_up(lamp_request(LAMP.path), FakeVehicle(telltales=(LAMP,), error=BusError("gone")))
    with pytest.raises(ManualError):
        look_up(question("jack"), manual=FakeManual(error=ManualError("gone")))


def test_a_reading_is_handed_on_as_it_is() -> None:
    reading = Known(508.0, "km", 0.1, ("Vehicle.A", "Vehicle.B"))
    car = FakeVehicle({"Vehicle.Range": reading})
    request = Request(RequestKind.VEHICLE, "range", "", paths=("Vehicle.Range",))
    assert look_up(request, car).readings == (("Vehicle.Range", reading),)


def test_the_passage_about_the_jack_is_found() -> None:
    assert look_up(question("where is the jack")).hits.passages[0].text == JACK.text


def test_what_is_left_out_at_first_is_further_on() -> None:
    pages = (
        Passage("3.5", "Coolant", "41", "Coolant here.", order=1, score=1.0),
        Passage("14.3", "Checking the coolant", "181", "Coolant there.", order=2, score=0.9),
    )
    hits = look_up(question("how do I check the coolant"), manual=FakeManual(pages)).hits
    assert "41" not in {passage.page for passage in hits.passages}
    assert {passage.page for passage in hits.further} == {"41"}
    assert all(passage.pieces for passage in (*hits.passages, *hits.further))


DOORS = (
    Passage("3.5", "Coolant", "41", "Coolant here.", order=1, score=1.0),
    Passage("3.5", "Coolant", "41", "1. Stop.", PassageKind.PROCEDURE, order=2, score=0.9),
    Passage("14.3", "Checking the coolant", "181", "Coolant there.", order=3, score=0.8),
)


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("how do I fill in coolant", False),
        ("what do I do about the coolant", True),
        ("how do I get the coolant lamp to go out", True),
    ],
)
def test_the_steps_for_a_lamp_are_for_nothing_else(text: str, *, steps: bool) -> None:
    request = Request(RequestKind.MANUAL, "how_to", text)
    hits = look_up(request, manual=FakeManual(DOORS)).hits
    kinds = {passage.kind for passage in (*hits.passages, *hits.further)}
    assert (PassageKind.PROCEDURE in kinds) is steps


def test_of_a_lamp_elsewhere_the_sections_of_the_clusters_tell_nothing() -> None:
    request = Request(RequestKind.MANUAL, "fact", "the coolant light", {"lamp": "elsewhere"})
    hits = look_up(request, manual=FakeManual(DOORS)).hits
    assert {passage.section for passage in (*hits.passages, *hits.further)} == {"14.3"}


def test_a_gauge_is_told_though_the_manual_cannot_explain_what_is_lit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(_manual: FakeManual, _section: str) -> None:
        raise ManualError("closed")

    monkeypatch.setattr(FakeManual, "section", broken)
    request = Request(RequestKind.VEHICLE, "speed", "", paths=(SPEED,))
    car = small_car()
    car.readings[LAMP.path] = known("on")
    assert look_up(request, car) == Facts(readings=((SPEED, known(88.0, "km/h")),))
