"""What the manual says and what the car reports, in one answer with the evidence of both."""

from collections.abc import Iterator

import pytest

from assistant.adapters.sqlite_manual import SqliteManual
from assistant.adapters.sqlite_manual_file import build
from assistant.cancel import CancelToken
from assistant.events import (
    Answer,
    By,
    ManualEvidence,
    Outcome,
    Reading,
    Reason,
    SignalEvidence,
    Unknown,
)
from assistant.lookup.facts import Lookup
from tests import aster
from tests.turns import LEXICON, SETTINGS, Build, known

OUTSIDE = "Vehicle__Exterior__AirTemperature"
SPEED = "Vehicle__Speed"
ENGINE = "Vehicle__Powertrain__CombustionEngine__Speed"
COOLANT = "Vehicle__Powertrain__CombustionEngine__EngineCoolant__Temperature"
CHARGE = "Vehicle__Powertrain__TractionBattery__StateOfCharge__Displayed"


@pytest.fixture(scope="module")
def manual(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteManual]:
    path = tmp_path_factory.mktemp("manual") / "aster.sqlite"
    build(path, aster.passages(), "test")
    opened = SqliteManual(path)
    opened.open()
    yield opened
    opened.close()


def ask(manual: SqliteManual, question: str, **readings: Reading) -> Answer:
    request = aster.interpreter().interpret(question)
    lookup = Lookup(aster.car(**readings), manual, LEXICON, SETTINGS.lookup.passages)
    return Build().responder.respond(request, lookup.facts(request), CancelToken())


@pytest.mark.parametrize(
    ("question", "path", "reading", "quoted", "compared"),
    [
        ("Am I too quick with the snow chains on?", SPEED, known(58.0, "km/h"), "snow chains is 50 km/h",
         "58 km/h, that is more than 50 km/h."),
        ("Am I revving too high for a cold engine?", ENGINE, known(4600.0, "rpm"), "below 4,000 rpm",
         "that is not below 4,000 rpm."),
        ("Is the coolant temperature normal at the moment?", COOLANT, known(96.0, "°C"),
         "between 85 °C and 105 °C", "that is between 85 and 105 °C."),
    ],
)  # fmt: skip
def test_both_are_said_and_cited(
    manual: SqliteManual, question: str, path: str, reading: Reading, quoted: str, compared: str
) -> None:
    answer = ask(manual, question, **{path: reading})
    assert answer.outcome is Outcome.ANSWERED
    assert quoted in answer.text
    assert compared in answer.text
    assert any(isinstance(e, ManualEvidence) and quoted in e.quote for e in answer.evidence)
    assert any(
        isinstance(e, SignalEvidence) and e.path == path.replace("__", ".") for e in answer.evidence
    )


def test_a_row_and_readings_are_joined(manual: SqliteManual) -> None:
    wheels = [f"Row{row}__Wheel__{side}" for row in (1, 2) for side in ("Left", "Right")]
    paths = [f"Vehicle__Chassis__Axle__{wheel}__Tire__Pressure" for wheel in wheels]
    readings = {path: known(2.4, "bar") for path in paths}
    answer = ask(manual, "What pressure for up to 3 people, and what is it now?", **readings)
    assert answer.by is By.TABLE
    assert answer.text.endswith(
        "Front left 2.4, front right 2.4, rear left 2.4 and rear right 2.4 bar."
    )


def test_a_reading_that_has_stopped_is_called_so(manual: SqliteManual) -> None:
    stale = Unknown(Reason.STALE)
    answer = ask(manual, "Am I too quick with the snow chains on?", **{SPEED: stale})
    assert "50 km/h" in answer.text
    assert answer.text.endswith("the car has stopped reporting it.")


def test_a_reading_that_was_never_there_is_left_out(manual: SqliteManual) -> None:
    answer = ask(manual, "Am I too quick with the snow chains on?")
    assert answer.text == "The highest speed with snow chains is 50 km/h."


def test_a_bound_of_something_else_is_not_added(manual: SqliteManual) -> None:
    answer = ask(manual, "Is this speed all right?", **{SPEED: known(112.0, "km/h")})
    assert answer.text == "112 km/h."


def test_a_question_that_is_not_about_the_present_has_no_reading(manual: SqliteManual) -> None:
    answer = ask(manual, "How fast may I drive with snow chains?", **{SPEED: known(58.0, "km/h")})
    assert "58" not in answer.text
