"""Trouble codes: which are stored, what the lamps ask for beside them, and what is not known."""

from dataclasses import replace

import pytest

from assistant.cancel import CancelToken
from assistant.contract import evidence_json
from assistant.errors import BusError
from assistant.events import (
    Answer,
    CodeEvidence,
    Outcome,
    RequestKind,
    TroubleCode,
    TroubleCodes,
)
from assistant.lookup.facts import Lookup
from assistant.respond.verify import grounded
from tests import aster
from tests.fakes import FakeManual, FakeVehicle
from tests.turns import LEXICON, Build, known

LAMPS = {lamp.id: lamp for lamp in aster.car().telltales}
MISFIRE = TroubleCode("P0301", "Misfire in cylinder 1", "powertrain, generic", "confirmed")
WEAK = TroubleCode("P0420", "The catalytic converter of bank 1 works too little", "", "pending")
UNNAMED = TroubleCode("C1501", "", "chassis, maker-specific", "confirmed")
STORED = "Which fault codes are stored?"
NONE = "No control unit that I can ask has stored a trouble code."


def car_with(codes: TroubleCodes, **lit: str) -> FakeVehicle:
    states = {lamp.path: known("off") for lamp in LAMPS.values()}
    states |= {LAMPS[name].path: known(state) for name, state in lit.items()}
    car = aster.car(**{path.replace(".", "__"): state for path, state in states.items()})
    return replace(car, codes=codes)


def ask(text: str, car: FakeVehicle) -> Answer:
    request = aster.interpreter().interpret(text)
    facts = Lookup(car, FakeManual(aster.passages()), LEXICON, 12).facts(request)
    answer = Build().responder.respond(request, facts, CancelToken())
    assert grounded(answer)
    return answer


@pytest.mark.parametrize(
    "text",
    [
        STORED,
        "Are there any fault codes?",
        "Any trouble codes?",
        "What error codes does the car have?",
        "Is there a code stored?",
        "read me the diagnostic codes",
        "What DTCs are set?",
        "Is it throwing any codes?",
    ],
)
def test_stored_codes_are_asked_for_in_many_words(text: str) -> None:
    request = aster.interpreter().interpret(text)
    assert (request.kind, request.name) == (RequestKind.WARNING, "trouble_codes")


@pytest.mark.parametrize(
    "text",
    [
        "How do I clear the fault codes?",
        "Where can I have the fault codes read?",
        "What is the code for the radio?",
        "Which paint code is on the door?",
        "Do I need a code to pair my phone?",
    ],
)
def test_other_codes_and_how_they_are_read_are_the_manuals(text: str) -> None:
    assert aster.interpreter().interpret(text).name != "trouble_codes"


@pytest.mark.parametrize(
    ("text", "code"),
    [("What does P0301 mean?", "P0301"), ("is fault code p 0420 stored", "P0420")],
)
def test_a_code_is_asked_for_by_its_name(text: str, code: str) -> None:
    assert aster.interpreter().interpret(text).slots["code"] == code


def test_a_stored_code_comes_with_what_its_lamp_asks_for() -> None:
    answer = ask(STORED, car_with(TroubleCodes((MISFIRE,)), CheckEngine="on"))
    assert answer.text.startswith("One trouble code is stored: P0301, misfire in cylinder 1. ")
    assert "drive on gently to a workshop" in answer.text
    assert evidence_json(answer.evidence[0]) == {
        "kind": "dtc",
        "code": "P0301",
        "status": "confirmed",
        "meaning": "Misfire in cylinder 1",
    }


def test_what_a_red_lamp_asks_for_comes_before_the_codes() -> None:
    answer = ask(STORED, car_with(TroubleCodes((MISFIRE,)), OilPressure="on"))
    assert answer.text.endswith("P0301, misfire in cylinder 1.")
    assert answer.text.index("engine") < answer.text.index("P0301")


def test_confirmed_codes_come_first_and_what_is_left_out_is_said() -> None:
    answer = ask(STORED, car_with(TroubleCodes((WEAK, UNNAMED, MISFIRE))))
    assert "C1501, chassis, maker-specific; P0301, misfire" in answer.text
    assert "That is not all." in answer.text and "P0420" not in answer.text


def test_a_pending_code_is_called_that() -> None:
    answer = ask(STORED, car_with(TroubleCodes((WEAK,))))
    assert "P0420, the catalytic converter" in answer.text
    assert "not confirmed yet" in answer.text


def test_none_is_said_only_where_every_unit_has_said_so() -> None:
    assert ask(STORED, car_with(TroubleCodes())).text.startswith(NONE)
    unread = ask(STORED, car_with(TroubleCodes(unread=("engine control", "airbags"))))
    assert unread.outcome is Outcome.REFUSED
    assert "not known: engine control and airbags" in unread.text
    some = ask(STORED, car_with(TroubleCodes((MISFIRE,), ("airbags",))))
    assert "P0301" in some.text and "not known: airbags" in some.text


def test_a_code_by_name_is_stored_or_not_or_not_known() -> None:
    named = "What does P0420 mean?"
    assert "P0420, the catalytic" in ask(named, car_with(TroubleCodes((MISFIRE, WEAK)))).text
    missing = ask(named, car_with(TroubleCodes((MISFIRE,))))
    assert missing.text == "No control unit that I can ask has stored P0420."
    assert missing.evidence == (CodeEvidence("P0420", "not_stored"),)
    assert ask(named, car_with(TroubleCodes((MISFIRE,), ("airbags",)))).outcome is Outcome.REFUSED


def test_a_car_that_cannot_be_asked_is_refused() -> None:
    answer = ask(STORED, car_with(TroubleCodes(asked=False)))
    assert (answer.outcome, answer.text) == (Outcome.REFUSED, "The car doesn't tell me that.")


def test_a_car_without_lamps_tells_its_codes_alone() -> None:
    car = replace(car_with(TroubleCodes((UNNAMED,))), telltales=())
    shapeless = replace(aster.interpreter(), telltales=())
    request = shapeless.interpret(STORED)
    facts = Lookup(car, FakeManual(()), LEXICON, 12).facts(request)
    answer = Build().responder.respond(request, facts, CancelToken())
    assert answer.text == "One trouble code is stored: C1501, chassis, maker-specific."


def test_why_a_lamp_is_lit_is_answered_with_the_stored_code() -> None:
    lit = car_with(TroubleCodes((MISFIRE,)), CheckEngine="flashing")
    answer = ask("Why is the engine lamp flashing?", lit)
    assert "P0301, misfire in cylinder 1" in answer.text
    off = car_with(TroubleCodes((MISFIRE,)))
    assert "P0301" not in ask("Why is the engine lamp on?", off).text
    assert "P0301" not in ask("What does the engine lamp mean?", lit).text


def test_why_a_lamp_is_lit_is_answered_without_codes_where_the_bus_is_gone() -> None:
    class Gone(FakeVehicle):
        """Its control units cannot be asked."""

        def trouble_codes(self) -> TroubleCodes:
            raise BusError("The vehicle bus is not open.")

    lit = car_with(TroubleCodes(), CheckEngine="on")
    gone = Gone(lit.readings, lit.telltales, lit.units, lit.driver_side, lit.tyre_size)
    gone.open()
    assert "gently to a workshop" in ask("Why is the engine lamp on?", gone).text
