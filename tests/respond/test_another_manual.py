"""A car with a manual that its profile does not know: its lamps have no sections of their own there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.adapters.sqlite_manual import SqliteManual
from assistant.adapters.sqlite_manual_file import build
from assistant.cancel import CancelToken
from assistant.events import Answer, ManualEvidence, Outcome, Reading, SignalEvidence
from assistant.ingest.markdown import read_markdown
from assistant.lookup.facts import Lookup
from assistant.lookup.lamp_sections import NOWHERE, is_about
from tests import aster
from tests.turns import LEXICON, SETTINGS, Build, known

LUMO = Path(__file__).resolve().parents[2] / "bench" / "manuals" / "lumo.md"
BATTERY_LAMP = "Vehicle__Cabin__Cluster__Telltale__Charging12V"


@pytest.fixture(scope="module")
def lumo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteManual]:
    path = tmp_path_factory.mktemp("manual") / "lumo.sqlite"
    build(path, tuple(read_markdown(LUMO.read_text(encoding="utf-8"))), "test")
    opened = SqliteManual(path)
    opened.open()
    yield opened
    opened.close()


def ask(manual: SqliteManual, question: str, **readings: Reading) -> Answer:
    request = aster.interpreter().interpret(question)
    lookup = Lookup(aster.car(**readings), manual, LEXICON, SETTINGS.lookup.passages)
    return Build().responder.respond(request, lookup.facts(request), CancelToken())


def test_each_lamp_is_explained_where_its_own_manual_does() -> None:
    for lamp in aster.profile().telltales:
        section = [one for one in aster.passages() if one.section == lamp.section]
        assert is_about(section, lamp.name), lamp.name


def test_no_lamp_is_explained_by_a_section_about_something_else(lumo: SqliteManual) -> None:
    placed = Lookup(aster.car(), lumo, LEXICON, SETTINGS.lookup.passages).telltales
    assert {lamp.section for lamp in placed} == {NOWHERE}


def test_a_section_that_speaks_of_the_thing_alone_is_not_about_its_lamp(
    lumo: SqliteManual,
) -> None:
    spare = [one for one in lumo.section("2.1") if "key" in one.text]
    assert spare
    assert not is_about(spare, "Seat belt")


@pytest.mark.parametrize(
    "question",
    [
        "there's a red battery symbol with a plus and a minus, what do I do",
        "what does the red battery light mean",
        "is the airbag light serious",
    ],
)
def test_nothing_of_another_section_is_said_of_a_lamp(lumo: SqliteManual, question: str) -> None:
    answer = ask(lumo, question, **{BATTERY_LAMP: known("off")})
    quoted = {one.section for one in answer.evidence if isinstance(one, ManualEvidence)}
    assert quoted <= {"4.1", "4.2", "4.3", "4.4", "4.5"}


def test_that_a_lamp_is_lit_is_said_in_any_case(lumo: SqliteManual) -> None:
    answer = ask(lumo, "what does the red battery light mean", **{BATTERY_LAMP: known("on")})
    assert answer.outcome is Outcome.ANSWERED
    assert answer.text.startswith("Lit: 12-volt charging system, red.")
    assert "lightning" not in answer.text  # the row of another lamp
    assert any(isinstance(one, SignalEvidence) for one in answer.evidence)
