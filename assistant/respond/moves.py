"""Respond: a move within a conversation and what is remembered come in, what to say goes out.

"Next", "back", "say that again", "tell me more" and "what page is that" ask nothing new of the
manual: they go on in the steps or in the section of an answer, or tell where it stands.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.events import (
    Answer,
    By,
    Facts,
    ManualEvidence,
    Move,
    Outcome,
    Passage,
    PassageKind,
    Request,
)
from assistant.memory import Memory, Turn
from assistant.pieces import POINTER, sentences, steps, without_references
from assistant.respond.replies import Replies
from assistant.respond.tables import row_sentence

AT_A_TIME = 2  # sentences of "tell me more"


def answer_move(
    request: Request, facts: Facts, memory: Memory, replies: Replies, max_words: int
) -> Answer:
    """What a move says; the request is only made where the memory holds what it needs."""
    assert memory.last_answer is not None
    assert memory.question is not None or request.move is Move.REPEAT
    match request.move:
        case Move.NEXT | Move.BACK | Move.HERE | Move.FIRST:
            assert memory.procedure is not None
            answer = _step(request.move, memory.procedure, replies)
            return _with_its_name(answer, memory, replies)
        case Move.MORE:
            assert memory.question is not None
            return _more(memory.question, facts, replies, max_words)
        case Move.PAGE:
            return _page(memory, replies)
        case _:
            return memory.last_answer


def _step(move: Move, turn: Turn, replies: Replies) -> Answer:
    count = len(turn.answer.steps)
    if move is Move.FIRST or (move is Move.HERE and turn.step == 1):
        return turn.answer  # with the warnings again
    if move is Move.NEXT and turn.step == count:
        return _said(replies.say["no_next_step"], turn, count)
    number = max(turn.step + {Move.NEXT: 1, Move.BACK: -1}.get(move, 0), 1)
    pattern = replies.say["last_step" if number == count else "next_step"]
    text = pattern.format(number=number, step=turn.answer.steps[number - 1])
    if move is Move.BACK and turn.step == 1:
        text = replies.say["no_step_before"].format(step=text)
    return _said(text, turn, number)


def _with_its_name(answer: Answer, memory: Memory, replies: Replies) -> Answer:
    """A step, after the name of its procedure where another question was asked in between."""
    turn = memory.procedure
    assert turn is not None
    if turn is memory.question or not turn.cited:
        return answer
    name = replies.say["back_to_steps"].format(title=turn.cited[0].title)
    short = f"{name} {answer.short}" if answer.short else ""
    return replace(answer, text=f"{name} {answer.text}", short=short)


def _said(text: str, turn: Turn, number: int) -> Answer:
    """The step of a procedure, with the line of the manual that it stands in."""
    return replace(
        turn.answer, text=text, short="", step=number, evidence=tuple(_line(turn, number))
    )


def _line(turn: Turn, number: int) -> Iterator[ManualEvidence]:
    for cited in turn.cited:
        lines = steps(cited.quote)
        if len(lines) == len(turn.answer.steps):
            yield replace(cited, quote=f"{number}. {lines[number - 1]}")
            return


def _page(memory: Memory, replies: Replies) -> Answer:
    """The section and the printed page of what was said last, else of what the question got."""
    assert memory.last_answer is not None
    assert memory.question is not None
    said = [e for e in memory.last_answer.evidence if isinstance(e, ManualEvidence)]
    place = (said or memory.question.cited)[0]
    pattern = replies.say["page" if place.page else "no_page_label"]
    text = pattern.format(section=place.section, title=place.title, page=place.page)
    return Answer(Outcome.ANSWERED, By.TEMPLATE, text, (place,))


def _more(turn: Turn, facts: Facts, replies: Replies, max_words: int) -> Answer:
    """The next sentences of the section that were not quoted yet, in its order."""
    every = list(_sayable(facts.hits.passages))
    told = [any(piece.quote in quote for quote in turn.told) for piece, _ in every]
    last = max((number for number, was in enumerate(told) if was), default=-1)
    order = [*range(last + 1, len(every)), *range(last + 1)]
    rest = [every[number] for number in order if not told[number]]
    chosen = _that_fit(rest, max_words)
    if not chosen:
        return Answer(Outcome.ANSWERED, By.TEMPLATE, replies.say["all_told"])
    text = " ".join(said for _, said in chosen)
    return Answer(Outcome.ANSWERED, By.QUOTE, text, tuple(piece for piece, _ in chosen))


def _that_fit(
    rest: Sequence[tuple[ManualEvidence, str]], max_words: int
) -> Sequence[tuple[ManualEvidence, str]]:
    """The first one, and as many more as may be said at a time."""
    count = 0
    for number, (_, said) in enumerate(rest[:AT_A_TIME]):
        count += len(said.split())
        if number and count > max_words:
            return rest[:number]
    return rest[:AT_A_TIME]


def _sayable(passages: Sequence[Passage]) -> Iterator[tuple[ManualEvidence, str]]:
    """What a section says, piece by piece: as it is quoted, and as it is said."""
    for passage in passages:
        for quote, said in _pieces(passage):
            yield ManualEvidence(passage.section, passage.title, passage.page, quote), said


def _pieces(passage: Passage) -> Iterator[tuple[str, str]]:
    if passage.kind is PassageKind.TABLE:
        yield passage.text, row_sentence(passage.row, (), None)
    elif passage.kind is PassageKind.PROCEDURE:
        yield from ((step, without_references(step)) for step in steps(passage.text))
    else:
        for sentence in sentences(passage.text):
            if not POINTER.search(sentence):
                yield sentence, without_references(sentence)
