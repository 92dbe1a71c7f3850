"""What is remembered of a conversation, as a value."""

from dataclasses import FrozenInstanceError

import pytest

from assistant.events import Answer, By, ManualEvidence, Move, Outcome, Request, RequestKind
from assistant.memory import EMPTY, FORGET_S, STEPS_FORGET_S, TURNS, Memory

STEPS = ("Park.", "Wait.", "Look.")
STOP = Request(RequestKind.SMALLTALK, "stop", "stop")
QUOTE = ManualEvidence("14.2", "Oil", "180", "1. Park.\n2. Wait.\n3. Look.")


def question(
    text: str, kind: RequestKind = RequestKind.MANUAL, *, follows: bool = False
) -> Request:
    return Request(kind, "fact", text, follows=follows)


def move(kind: Move) -> Request:
    return Request(RequestKind.MANUAL, kind, kind, move=kind)


def answer(text: str = "Yes.", step: int = 0, outcome: Outcome = Outcome.ANSWERED) -> Answer:
    steps = STEPS if step else ()
    return Answer(outcome, By.QUOTE, text, (QUOTE,), steps=steps, step=step)


def asked(*texts: str) -> Memory:
    memory = EMPTY
    for text in texts:
        memory = memory.after(question(text), answer(text), 0.0)
    return memory


def test_a_memory_is_never_changed() -> None:
    first = asked("a")
    second = first.after(question("b"), answer(), 1.0)
    assert [turn.request.text for turn in first.turns] == ["a"]
    assert [turn.request.text for turn in second.turns] == ["a", "b"]
    assert Memory() == EMPTY
    with pytest.raises(FrozenInstanceError):
        first.at_s = 2.0  # type: ignore[misc]


def test_only_the_last_questions_are_kept() -> None:
    texts = [str(number) for number in range(TURNS + 3)]
    assert [turn.request.text for turn in asked(*texts).turns] == texts[3:]


def test_it_is_forgotten_after_a_while_without_a_turn() -> None:
    memory = asked("a")
    assert memory.at(FORGET_S) is memory
    assert memory.at(FORGET_S + 1) == EMPTY


def test_steps_under_way_are_remembered_longer() -> None:
    memory = EMPTY.after(question("how"), answer(step=1), 0.0)
    assert memory.at(STEPS_FORGET_S) is memory
    assert memory.at(STEPS_FORGET_S + 1) == EMPTY


def test_a_move_is_remembered_with_its_procedure_and_takes_no_place() -> None:
    memory = EMPTY.after(question("how"), answer(step=1), 0.0)
    for number in range(2, 10):
        memory = memory.after(move(Move.NEXT), answer(step=min(number, 3)), 0.0)
    assert len(memory.turns) == 1
    assert memory.procedure is not None
    assert memory.procedure.step == 3
    assert memory.procedure.request.text == "how"


def test_a_question_in_between_does_not_end_a_procedure() -> None:
    memory = EMPTY.after(question("how"), answer(step=1), 0.0).after(question("b"), answer(), 0.0)
    assert memory.procedure is not None
    memory = memory.after(move(Move.NEXT), answer(step=2), 0.0)
    assert memory.question is memory.procedure


def test_stop_ends_the_steps_and_leaves_what_was_said_last() -> None:
    memory = EMPTY.after(question("how"), answer("Park.", step=1), 0.0).after(STOP, answer(), 0.0)
    assert memory.procedure is None
    assert memory.last_answer is not None
    assert memory.last_answer.text == "Park."


def test_repeating_changes_nothing() -> None:
    memory = asked("a")
    again = memory.after(move(Move.REPEAT), answer("a"), 0.0)
    assert again == memory


def test_small_talk_is_said_last_and_is_no_question() -> None:
    thanks = Request(RequestKind.SMALLTALK, "thanks", "thanks")
    memory = asked("a").after(thanks, answer("You're welcome."), 0.0)
    assert memory.question is not None
    assert memory.question.request.text == "a"
    assert memory.last_answer is not None
    assert memory.last_answer.text == "You're welcome."


def test_a_follow_up_that_led_nowhere_is_no_base_for_another() -> None:
    refused = answer(outcome=Outcome.REFUSED)
    memory = asked("a").after(question("a in winter", follows=True), refused, 0.0)
    assert memory.base is not None
    assert memory.base.request.text == "a"
    memory = EMPTY.after(question("a"), refused, 0.0)
    assert memory.base is memory.question


def test_refused_words_without_a_question_are_no_base_for_a_follow_up() -> None:
    words = Request(RequestKind.MANUAL, "fragment", "and release it")
    memory = asked("a").after(words, answer(outcome=Outcome.REFUSED), 0.0)
    assert memory.base is not None
    assert memory.base.request.text == "a"
    assert asked("a").after(words, answer(), 0.0).base != memory.base


def test_what_was_quoted_adds_up() -> None:
    memory = asked("a").after(move(Move.MORE), answer(), 0.0)
    assert memory.question is not None
    assert memory.question.told == (QUOTE.quote, QUOTE.quote)
