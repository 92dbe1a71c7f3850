"""What is said to "next", "tell me more" and the like, and to follow-ups that lead nowhere."""

import pytest

from assistant.cancel import CancelToken
from assistant.events import (
    Answer,
    By,
    Facts,
    Hits,
    ManualEvidence,
    Move,
    Outcome,
    Passage,
    PassageKind,
    Request,
    RequestKind,
    Term,
)
from assistant.memory import EMPTY, Memory
from assistant.respond.verify import grounded
from tests.turns import REPLIES, Build

LINES = "1. Park on level ground, see 8.1 Parking.\n2. Wait 5 minutes.\n3. Pull out the dipstick."
PROCEDURE = ManualEvidence("14.2", "Checking the oil", "180", LINES)
WARNING = ManualEvidence("14.2", "Checking the oil", "181", "Warning: The engine is hot.")
STEPS = ("Park on level ground.", "Wait 5 minutes.", "Pull out the dipstick.")
ASKED = Request(RequestKind.MANUAL, "how_to", "how do I check the oil")
FIRST = Answer(
    Outcome.ANSWERED,
    By.QUOTE,
    "1. Park on level ground. 2. Wait 5 minutes. 3. Pull out the dipstick.",
    (PROCEDURE, WARNING),
    "Warning: The engine is hot. There are 3 steps. First: Park on level ground.",
    STEPS,
    1,
)
BEGUN = EMPTY.after(ASKED, FIRST, 0.0)


def respond(move: Move, memory: Memory, *passages: Passage) -> tuple[Answer, Memory]:
    request = Request(RequestKind.MANUAL, move, move, move=move)
    facts = Facts(hits=Hits(passages))
    answer = Build().responder.respond(request, facts, CancelToken(), memory)
    return answer, memory.after(request, answer, 0.0)


def said(*moves: Move) -> list[str]:
    memory, texts = BEGUN, []
    for move in moves:
        answer, memory = respond(move, memory)
        texts.append(answer.short or answer.text)
    return texts


def test_steps_are_said_one_at_a_time_and_the_last_is_called_so() -> None:
    assert said(Move.NEXT, Move.NEXT, Move.NEXT, Move.NEXT) == [
        "Step 2: Wait 5 minutes.",
        "Last step: Pull out the dipstick.",
        "That was the last step.",
        "That was the last step.",
    ]


def test_back_goes_a_step_back_and_not_before_the_first() -> None:
    assert said(Move.NEXT, Move.BACK, Move.BACK, Move.NEXT) == [
        "Step 2: Wait 5 minutes.",
        "Step 1: Park on level ground.",
        "There is no step before that. Step 1: Park on level ground.",
        "Step 2: Wait 5 minutes.",
    ]


def test_from_the_beginning_the_warnings_are_said_again() -> None:
    assert said(Move.NEXT, Move.FIRST, Move.NEXT)[1:] == [FIRST.short, "Step 2: Wait 5 minutes."]


def test_the_same_step_can_be_gone_back_to() -> None:
    assert said(Move.HERE, Move.NEXT, Move.HERE, Move.NEXT) == [
        FIRST.short,
        "Step 2: Wait 5 minutes.",
        "Step 2: Wait 5 minutes.",
        "Last step: Pull out the dipstick.",
    ]


def test_after_another_question_the_steps_are_named() -> None:
    other = Request(RequestKind.MANUAL, "fact", "what is the jack")
    memory = BEGUN.after(other, Answer(Outcome.ANSWERED, By.QUOTE, "A tool."), 0.0)
    answer, memory = respond(Move.NEXT, memory)
    assert answer.text == "Back to Checking the oil. Step 2: Wait 5 minutes."
    assert grounded(answer)
    assert respond(Move.NEXT, memory)[0].text == "Last step: Pull out the dipstick."


def test_a_step_cites_its_own_line() -> None:
    answer, _ = respond(Move.NEXT, BEGUN)
    (cited,) = answer.evidence
    assert isinstance(cited, ManualEvidence)
    assert (cited.section, cited.page, cited.quote) == ("14.2", "180", "2. Wait 5 minutes.")
    assert grounded(answer)


def test_what_was_said_last_is_said_again_word_by_word() -> None:
    answer, memory = respond(Move.NEXT, BEGUN)
    assert respond(Move.REPEAT, memory)[0] == answer
    assert respond(Move.REPEAT, BEGUN)[0] == FIRST


def test_the_page_is_that_of_what_was_said_last() -> None:
    answer, memory = respond(Move.PAGE, BEGUN)
    assert answer.text == "Section 14.2, Checking the oil, page 180."
    assert answer.evidence == (PROCEDURE,)
    assert respond(Move.REPEAT, memory)[0] == answer


def test_a_section_without_a_page_label_is_told_without_one() -> None:
    quote = ManualEvidence("2", "Care", "", "Wash it.")
    memory = EMPTY.after(ASKED, Answer(Outcome.ANSWERED, By.QUOTE, "Wash it.", (quote,)), 0.0)
    assert respond(Move.PAGE, memory)[0].text == "Section 2, Care."


# --- more ------------------------------------------------------------------------------------


def passage(text: str, order: int, kind: PassageKind = PassageKind.TEXT) -> Passage:
    return Passage("5.1", "Seats", "40", text, kind, order=order)


SECTION = (
    passage("Sit upright. Adjust the belt. Keep your feet down.", 1),
    passage("Fold the seat as is described in 5.2. Lock it again.", 2),
    passage("Warning: Never lean forward.", 3, PassageKind.WARNING),
)


def quoted(text: str) -> Memory:
    quote = ManualEvidence("5.1", "Seats", "40", text)
    return EMPTY.after(ASKED, Answer(Outcome.ANSWERED, By.QUOTE, text, (quote,)), 0.0)


def test_more_is_the_rest_of_the_section_two_sentences_at_a_time() -> None:
    memory, texts = quoted("Adjust the belt."), []
    for _ in range(4):
        answer, memory = respond(Move.MORE, memory, *SECTION)
        texts.append(answer.text)
        assert [e.quote for e in answer.evidence if isinstance(e, ManualEvidence)] == [
            sentence for sentence in SENTENCES if sentence in answer.text
        ]
    assert texts == [
        "Keep your feet down. Lock it again.",
        "Never lean forward. Sit upright.",
        REPLIES.say["all_told"],
        REPLIES.say["all_told"],
    ]


SENTENCES = ("Keep your feet down.", "Lock it again.", "Never lean forward.", "Sit upright.")


def test_a_long_sentence_is_told_alone() -> None:
    long = f"Sit {'very ' * 30}upright."
    answer, _ = respond(Move.MORE, quoted("Begin."), passage(f"{long} Lean back.", 1))
    assert answer.text == long


def test_rows_and_steps_of_the_section_are_told_too() -> None:
    row = Passage(
        "5.1", "Seats", "40", "Seat: Driver; Height (mm): 60", PassageKind.TABLE, order=1,
        row=(("Seat", "Driver"), ("Height (mm)", "60")),
    )  # fmt: skip
    steps = passage("1. Pull the lever.\n2. Let go.", 2, PassageKind.PROCEDURE)
    answer, memory = respond(Move.MORE, quoted("Begin."), row, steps)
    assert answer.text == "Driver: 60 mm. Pull the lever."
    assert respond(Move.MORE, memory, row, steps)[0].text == "Let go."


# --- follow-ups ------------------------------------------------------------------------------

JACK = Passage("15.8", "Wheel", "121", "The jack is under the floor.", order=1, score=1.0)
TERMS = (Term(("jack",), 3.0), Term(("winter",), 3.0), Term(("floor",), 9.0), Term(("bulb",), 1.0))


def follow_up(text: str, added: tuple[str, ...], before: str) -> Answer:
    request = Request(RequestKind.MANUAL, "where", text, follows=True, added=added)
    terms = tuple(term for term in TERMS if term.words[0] in text)
    facts = Facts(hits=Hits((JACK,), terms))
    return Build().responder.respond(request, facts, CancelToken(), quoted(before))


@pytest.mark.parametrize(
    ("text", "added", "before", "answered"),
    [
        ("where is the jack in winter", ("winter",), JACK.text, False),
        ("where is the jack in winter", ("winter",), "Something else.", False),
        ("where is the jack", (), JACK.text, False),
        ("where is the jack", (), "Something else.", True),
        ("where is the jack", ("jack",), JACK.text, True),
        ("why the jack", (), "Something else.", False),
        ("where is the floor of the jack", ("floor",), "Something else.", True),
        ("where is the floor of the bulb", ("floor",), "Something else.", False),
    ],
)
def test_a_follow_up_is_not_answered_by_the_answer_to_the_question_before(
    text: str, added: tuple[str, ...], before: str, answered: bool
) -> None:
    answer = follow_up(text, added, before)
    assert (answer.outcome is Outcome.ANSWERED) == answered
    if not answered:
        assert answer.text == REPLIES.refuse["not_in_manual"]
