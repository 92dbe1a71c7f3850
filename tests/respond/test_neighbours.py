"""What stands next to what was asked for is not said, and what goes with it elsewhere is."""

from collections.abc import Iterator

import pytest

from assistant.adapters.sqlite_manual import SqliteManual
from assistant.adapters.sqlite_manual_file import build as build_manual
from assistant.cancel import CancelToken
from assistant.events import Answer, Facts, Hits, ManualEvidence, PassageKind, Term
from assistant.lexicon import stem
from assistant.lookup.facts import Lookup
from assistant.respond.manual import from_procedure
from assistant.respond.siblings import without_neighbours
from assistant.respond.tables import row_sentence
from tests import aster
from tests.turns import LEXICON, REPLIES, SETTINGS, Build

AIRBAG = "seat with an active airbag in front of it"


@pytest.fixture(scope="module")
def manual(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteManual]:
    path = tmp_path_factory.mktemp("manual") / "aster.sqlite"
    build_manual(path, aster.passages(), "test")
    opened = SqliteManual(path)
    opened.open()
    yield opened
    opened.close()


def facts(manual: SqliteManual, question: str) -> Facts:
    lookup = Lookup(aster.car(), manual, LEXICON, SETTINGS.lookup.passages)
    return lookup.facts(aster.interpreter().interpret(question))


def cites(answer: Answer) -> bool:
    quotes = (one.quote for one in answer.evidence if isinstance(one, ManualEvidence))
    return any(AIRBAG in " ".join(quote.split()) for quote in quotes)


@pytest.mark.parametrize(
    ("question", "warned"),
    [
        ("How do I put a baby seat in the front?", True),
        ("How do I fit an infant seat on the passenger seat?", True),
        ("How do I fasten my baby's seat next to me?", True),
        ("How do I fit a child seat?", True),
        ("How do I fit a child seat in the back?", False),
    ],
)
def test_steps_come_after_what_another_section_warns_of(
    manual: SqliteManual, question: str, warned: bool
) -> None:
    steps = next(one for one in manual.section("5.14") if one.kind is PassageKind.PROCEDURE)
    answer = from_procedure(steps, facts(manual, question), REPLIES)
    assert [AIRBAG in text for text in (answer.text, answer.short)] == [warned, warned]
    assert cites(answer) == warned


def test_steps_are_not_warned_of_another_thing(manual: SqliteManual) -> None:
    steps = next(one for one in manual.section("15.9") if one.kind is PassageKind.PROCEDURE)
    found = facts(manual, "How do I fit a baby seat in the front?")
    assert AIRBAG not in from_procedure(steps, found, REPLIES).text


def _terms(*words: str) -> tuple[Term, ...]:
    return tuple(Term((word,)) for word in words)


@pytest.mark.parametrize(
    ("words", "kept", "gone"),
    [
        (("battery", "coolant"), "battery and power electronics", "engine"),
        (("engine", "coolant"), "engine", "battery and power electronics"),
    ],
)
def test_the_row_of_the_thing_that_was_named_is_left(
    manual: SqliteManual, words: tuple[str, ...], kept: str, gone: str
) -> None:
    rows = tuple(one for one in manual.section("1.3") if one.row)
    left = [one.row[0][1] for one in without_neighbours(Hits(rows, _terms(*words))).passages]
    assert f"Coolant tank, {kept}" in left
    assert f"Coolant tank, {gone}" not in left


def test_without_a_name_every_row_is_left(manual: SqliteManual) -> None:
    rows = tuple(one for one in manual.section("1.3") if one.row)
    tanks = [one for one in rows if "coolant tank" in one.row[0][1].lower()]
    left = without_neighbours(Hits(rows, _terms(stem("coolant"))))
    assert set(tanks) <= set(left.passages)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            (),
            "Lane keeping: 60 to 180 km/h; can be switched off: yes, on again after each start.",
        ),
        (("blind", "spot"), "Blind spot warning: from 15 km/h."),
        (("switched",), "Blind spot warning: from 15 km/h; can be switched off: yes."),
    ],
)
def test_a_yes_is_said_with_what_it_answers(words: tuple[str, ...], expected: str) -> None:
    name = "Blind spot warning" if words else "Lane keeping"
    row = next(one.row for one in aster.passages() if one.row and one.row[0][1] == name)
    assert row_sentence(row, _terms(*words), None) == expected


def test_conditions_that_the_row_before_shares_are_said_once() -> None:
    rows = [one.row for one in aster.passages() if one.row and one.row[0][1] == "215/60 R17 96H"]
    few, full = rows[:2]
    assert row_sentence(few, (), None).startswith("215/60 R17 96H, up to 3 people: front 2.4 bar")
    assert row_sentence(full, (), None, few).startswith("Full load: front 2.6 bar")


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("The sealant got in my eye", "Rinse with plenty of water and see a doctor."),
        ("Someone swallowed the key battery", "see a doctor at once."),
        ("Can I drive 120 with a trailer?", "Drive no faster than 100 km/h with a trailer."),
        ("Can I drive 100 with the spare?", "temporary spare wheel is 80 km/h."),
        ("Can I use coolant of another colour?", "Never mix it with coolant of another colour."),
        ("What's the maximum total weight?", "Maximum permitted weight: 2,190 kg."),
    ],
)
def test_what_was_plainly_asked_is_answered(
    manual: SqliteManual, question: str, expected: str
) -> None:
    request, build = aster.interpreter().interpret(question), Build(vehicle=aster.car())
    answer = build.responder.respond(request, facts(manual, question), CancelToken())
    assert answer.text.endswith(expected)


def test_the_coolant_of_the_battery_is_not_topped_up_like_that_of_the_engine(
    manual: SqliteManual,
) -> None:
    question = "Can I top up the battery coolant myself?"
    request, build = aster.interpreter().interpret(question), Build(vehicle=aster.car())
    answer = build.responder.respond(request, facts(manual, question), CancelToken())
    assert "owner may top up" not in answer.text
