"""Answers from the manual: a quotation, rows or steps, or a refusal."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.adapters.no_manual import NoManual
from assistant.cancel import CancelToken
from assistant.events import (
    Answer,
    By,
    Facts,
    Hits,
    ManualEvidence,
    Outcome,
    Passage,
    PassageKind,
    Request,
    RequestKind,
    Term,
)
from assistant.pieces import leans, sentences, steps, without_references
from assistant.respond.tables import row_sentence
from assistant.respond.verify import grounded
from tests import aster
from tests.fakes import ScriptedLanguageModel
from tests.turns import JACK, LEXICON, REPLIES, Build

PROCEDURE = Passage(
    section="14.2",
    title="Checking the oil level",
    page="180",
    text="Proceed as follows:\n1. Park on level ground, see 8.1 Parking.\n2. Wait 5 minutes.\n"
    "3. Pull out the dipstick and wipe it with a clean cloth.\n4. Push it in and pull it out "
    "again.\n5. Read the level between the two marks on the dipstick.",
    kind=PassageKind.PROCEDURE,
    order=5,
    score=1.0,
)


def ask(
    question: str, *passages: Passage, ask_for: str = "fact", model: str | None = None
) -> Answer:
    terms = tuple(Term(term.words, 1.0) for term in LEXICON.terms(question))
    request = Request(RequestKind.MANUAL, ask_for, question)
    build = Build(model=ScriptedLanguageModel(model) if model is not None else None)
    return build.responder.respond(request, Facts(hits=Hits(passages, terms)), CancelToken())


def row(section: str, order: int, **cells: str) -> Passage:
    pairs = tuple((head.replace("_", " "), cell) for head, cell in cells.items())
    text = "; ".join(f"{head}: {cell}" for head, cell in pairs)
    return Passage(
        section, "Tyre pressures", "166", text, PassageKind.TABLE, row=pairs, order=order, score=1.0
    )


# --- a sentence --------------------------------------------------------------------------------


def test_the_sentence_that_holds_the_words_is_quoted_with_its_page() -> None:
    answer = ask("Where is the jack?", JACK, ask_for="where")
    assert (answer.outcome, answer.by, answer.text) == (Outcome.ANSWERED, By.QUOTE, JACK.text)
    assert answer.evidence == (ManualEvidence("15.4", "Changing a wheel", "203", JACK.text),)


def test_a_reference_is_not_said_and_stays_in_the_evidence() -> None:
    text = "The jack lies under the floor, see 15.3 Warning triangle."
    answer = ask("Where is the jack?", Passage("15.4", "Wheel", "203", text, order=1))
    assert answer.text == "The jack lies under the floor."
    (evidence,) = answer.evidence
    assert isinstance(evidence, ManualEvidence)
    assert evidence.quote == text


def test_a_sentence_that_leans_on_the_one_before_is_not_quoted_alone() -> None:
    text = "The jack lies under the floor. It must not carry persons."
    answer = ask("May the jack carry persons?", Passage("15.4", "Wheel", "203", text, order=1))
    assert "jack" in answer.text
    assert "must not carry persons" in answer.text


@pytest.mark.parametrize(
    "question", ["Where is the flux capacitor?", "How do I launch the ejector seat?", "zeppelin"]
)
def test_what_is_not_there_is_refused_without_evidence(question: str) -> None:
    answer = ask(question, JACK, PROCEDURE)
    assert answer == Answer(Outcome.REFUSED, By.TEMPLATE, REPLIES.refuse["not_in_manual"])


def test_no_passage_at_all_is_refused() -> None:
    assert ask("Where is the jack?").outcome is Outcome.REFUSED


# --- how a thing is done -----------------------------------------------------------------------


def key(text: str) -> Passage:
    return Passage("2.6", "The emergency key", "9", text, order=1, score=1.0)


def test_steps_for_the_opposite_give_way_to_the_sentence_that_tells() -> None:
    unlock = Passage(
        "2.6", "The emergency key", "9",
        "1. Push the catch on the key.\n2. Put the blade of the emergency key into the lock.\n"
        "3. Turn it to unlock the door.\n4. Keep the key.", PassageKind.PROCEDURE, order=1, score=2.0,
    )  # fmt: skip
    lock = key("To lock the door with the emergency key, turn it towards the rear.")
    answer = ask("How do I lock the door with the emergency key?", unlock, lock, ask_for="how_to")
    assert answer.text == lock.text


@pytest.mark.parametrize(
    "text",
    [
        "The emergency key locks the door in winter.",
        "Pull the handle of the door with the emergency key twice to open it when it is locked.",
    ],
)
def test_a_sentence_that_does_not_tell_how_or_tells_the_opposite_is_no_answer(text: str) -> None:
    question = "How do I lock the door with the emergency key?"
    assert ask(question, key(text), ask_for="how_to").outcome is Outcome.REFUSED
    assert ask("What does the emergency key do?", key(text)).outcome is Outcome.ANSWERED


def test_what_a_sentence_only_speaks_of_is_answered_with_the_instruction_after_it() -> None:
    passage = key("The key light works above 40 km/h. Press the button on the stalk for it.")
    answer = ask("How do I use the key light?", passage, ask_for="how_to")
    assert answer.text == passage.text


@pytest.mark.parametrize("asked", ["remove the tow bar", "close the tow bar"])
def test_steps_that_do_a_thing_do_not_undo_it(asked: str) -> None:
    fit = Passage(
        "12.4", "Tow bar", "101", "1. Take the cover off.\n2. Push the tow bar in.",
        PassageKind.PROCEDURE, order=1, score=2.0,
    )  # fmt: skip
    assert ask("How do I fit the tow bar?", fit, ask_for="how_to").outcome is Outcome.ANSWERED
    assert ask(f"How do I {asked}?", fit, ask_for="how_to").outcome is Outcome.REFUSED


def test_a_row_for_a_thing_that_is_on_is_no_answer_for_one_that_is_off() -> None:
    active = row("5.13", 1, Seat="Front seat, airbag on", Use="yes")
    off = row("5.13", 2, Seat="Front seat, airbag off", Use="no, switch it on")
    answer = ask("Is a child seat allowed on the front seat with the airbag off?", active, off)
    assert "airbag off" in answer.text
    assert "airbag on" not in answer.text


def test_a_condition_without_a_consequence_is_no_answer() -> None:
    passage = key("Call us:\n- If the key freezes.")
    assert ask("The key freezes?", key("If the key freezes.")).outcome is Outcome.REFUSED
    assert ask("The key freezes?", passage).outcome is Outcome.ANSWERED


def test_a_table_of_lamps_says_nothing_of_a_car_whose_lamp_was_not_asked_for() -> None:
    lamp = row("1.5", 1, Colour="Red", Lamp="Brake system", Meaning="Brake fluid too low")
    assert ask("What about the brake fluid?", lamp).outcome is Outcome.REFUSED
    assert ask("Which lamp shows the brake fluid?", lamp).outcome is Outcome.ANSWERED


# --- no manual ---------------------------------------------------------------------------------


def test_without_a_manual_that_is_said() -> None:
    request = Request(RequestKind.MANUAL, "where", "Where is the jack?")
    facts = Facts(hits=NoManual().search(LEXICON.terms("jack"), 5))
    answer = Build().responder.respond(request, facts, CancelToken())
    assert (answer.outcome, answer.text) == (Outcome.REFUSED, REPLIES.refuse["no_manual"])


# --- steps -------------------------------------------------------------------------------------


def test_all_steps_are_shown_and_the_first_is_spoken_with_how_many_there_are() -> None:
    answer = ask("How do I check the oil level?", PROCEDURE, ask_for="how_to")
    assert answer.outcome is Outcome.ANSWERED
    assert answer.by is By.QUOTE
    assert answer.text.startswith("1. Park on level ground. 2. Wait 5 minutes. 3. Pull out")
    assert answer.text.endswith("the dipstick.")
    assert answer.short == "There are 5 steps. First: Park on level ground."
    assert (len(answer.steps), answer.step) == (5, 1)
    assert answer.steps[0] == "Park on level ground."
    assert grounded(answer)


def test_warnings_of_the_section_are_said_with_the_first_step_and_are_evidence() -> None:
    hot = Passage(
        "14.2", "Checking the oil level", "181", "Warning: The engine is hot.", PassageKind.WARNING
    )
    other = replace(hot, section="14.3", text="Warning: Oil burns.")
    terms = tuple(Term(term.words, 1.0) for term in LEXICON.terms("check oil level"))
    request = Request(RequestKind.MANUAL, "how_to", "How do I check the oil level?")
    facts = Facts(hits=Hits((PROCEDURE,), terms, warnings=(hot, other)))
    answer = Build().responder.respond(request, facts, CancelToken())
    assert answer.short.startswith("Warning: The engine is hot. There are 5 steps. First: Park")
    assert answer.text.startswith("1. Park on level ground.")
    assert [e.quote for e in answer.evidence if isinstance(e, ManualEvidence)] == [
        PROCEDURE.text,
        hot.text,
    ]


def test_a_single_step_is_said_without_a_count() -> None:
    alone = replace(PROCEDURE, text="1. Check the oil level with the dipstick.")
    answer = ask("How do I check the oil level?", alone, ask_for="how_to")
    assert answer.short == "Check the oil level with the dipstick."
    assert answer.step == 0


def test_the_model_does_not_touch_a_procedure() -> None:
    answer = ask("How do I check the oil level?", PROCEDURE, ask_for="how_to", model="Wait.")
    assert answer.by is By.QUOTE
    assert answer == ask("How do I check the oil level?", PROCEDURE, ask_for="how_to")


def test_what_is_spoken_is_checked_as_what_is_shown() -> None:
    evidence = (ManualEvidence("14.2", "Oil", "180", "Wait 5 minutes."),)
    shown = Answer(Outcome.ANSWERED, By.QUOTE, "Wait 5 minutes.", evidence)
    assert grounded(shown)
    spoken = Answer(Outcome.ANSWERED, By.QUOTE, "Wait 5 minutes.", evidence, "Wait 6 minutes.")
    assert not grounded(spoken)


# --- rows --------------------------------------------------------------------------------------

FULL = row(
    "11.3",
    1,
    Tyre_size="215/60 R17",
    Load="Full load",
    **{"Front (bar)": "2.6", "Rear (bar)": "2.9"},
)


def say(passage: Passage, question: str = "") -> str:
    terms = tuple(Term(term.words, 1.0) for term in LEXICON.terms(question))
    return row_sentence(passage.row, terms, None)


def test_a_row_is_said_with_its_conditions_and_units() -> None:
    assert say(FULL) == "215/60 R17, full load: front 2.6 bar, rear 2.9 bar."


def test_of_a_row_the_figure_that_was_asked_for_is_said() -> None:
    assert say(FULL, "the rear pressure") == "215/60 R17, full load: rear 2.9 bar."


@pytest.mark.parametrize(
    "cells",
    [
        {"Fitted": "yes"},
        {"Fitted": "yes", "Optional": "no"},
        {"A": "-", "B": "–"},
        {"A": ""},
        {"A (bar)": "2.4"},
        {"Unit": "bar"},
        {"Value": "2.4", "Unit": "bar"},
        {"A": "1", "B": "2", "C": "3", "D": "4"},
    ],
    ids=str,
)
def test_any_row_can_be_said(cells: dict[str, str]) -> None:
    assert say(row("1", 1, **cells)).endswith(".")


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["A", "Unit", "Value", "Front (bar)", "", "()", "x (y)"]),
            st.sampled_from(["yes", "-", "2.4", "", "about 5", "R17", "3 h 5 min", "no", "½"]),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_no_number_of_a_row_is_invented(cells: list[tuple[str, str]]) -> None:
    sentence = row_sentence(tuple(cells), (), None)
    source = " ".join(f"{head} {cell}" for head, cell in cells)
    assert set(re.findall(r"\d+", sentence)) <= set(re.findall(r"\d+", source))


def test_every_row_of_the_aster_manual_can_be_said() -> None:
    for passage in aster.passages():
        if passage.row:
            evidence = ManualEvidence(passage.section, passage.title, passage.page, passage.text)
            said = Answer(Outcome.ANSWERED, By.TABLE, say(passage), (evidence,))
            assert grounded(said), said.text


def test_no_more_rows_are_said_than_anybody_can_listen_to() -> None:
    rows = [row("11.3", n, Tyre=f"R1{n}", **{"Front (bar)": f"2.{n}"}) for n in range(1, 9)]
    answer = ask("What is the front tyre pressure?", *rows)
    assert answer.by is By.TABLE
    assert len(answer.evidence) <= 2


# --- quoting -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two!", ["One.", "Two!"]),
        ("Use 2.4 bar. Then stop.", ["Use 2.4 bar.", "Then stop."]),
        ("Warning: Hot. Do not touch.", ["Hot.", "Do not touch."]),
        ("You need:\n- a pump\n- the cap", ["You need: a pump", "You need: the cap"]),
        ("", []),
    ],
)
def test_a_paragraph_is_cut_into_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_steps_come_without_their_numbers() -> None:
    assert steps("Do this:\n1. Stop.\n2. Wait 1. minute.") == ["Stop.", "Wait 1. minute."]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Check it, see 11.3 Tyre pressures.", "Check it."),
        ("Check it, see section 4.", "Check it."),
        ("Check it.", "Check it."),
        ("You see 3 lamps.", "You see 3 lamps."),
    ],
)
def test_references_are_for_readers(text: str, expected: str) -> None:
    assert without_references(text) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [("It is hot.", True), ("This helps.", True), ("Otherwise stop.", True), ("Items are.", False)],
)
def test_a_sentence_may_lean_on_another(sentence: str, expected: bool) -> None:
    assert leans(sentence) is expected


@given(st.text(max_size=200))
def test_any_text_can_be_cut_and_no_word_is_added(text: str) -> None:
    source = set(text.split())
    for sentence in sentences(text):
        if "\n" not in text:
            assert set(sentence.split()) <= source
    steps(text)
    without_references(text)
