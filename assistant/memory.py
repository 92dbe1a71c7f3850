"""Memory: the last turns of a conversation, as a value that is never changed.

A turn gets the memory of the turns before it and changes nothing; when it has been said, whoever
ran it makes the next memory from its request and its answer. A turn that is thrown away leaves no
trace. Times are in seconds of any clock that only goes forward.
"""

from dataclasses import dataclass, replace

from assistant.events import Answer, ManualEvidence, Move, Outcome, Request, RequestKind

TURNS = 4  # questions that are remembered
FORGET_S = 300.0  # without a turn; then a new conversation begins
STEPS_FORGET_S = 1800.0  # the same while steps are under way: one of them may take long
QUESTIONS = frozenset({RequestKind.MANUAL, RequestKind.VEHICLE, RequestKind.WARNING})
STOP = "stop"  # the interpreter's name for the small talk that ends everything
FRAGMENT = "fragment"  # the interpreter's name for words without a question
STEPPING = frozenset({Move.NEXT, Move.BACK, Move.HERE, Move.FIRST})


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and what was said of it."""

    request: Request  # complete, also where the driver said only what differs from an earlier one
    answer: Answer
    step: int = 0  # which of the answer's steps was said last, from 1 on; 0 where none is to follow
    told: tuple[str, ...] = ()  # all that was quoted of the manual so far

    @property
    def cited(self) -> tuple[ManualEvidence, ...]:
        """What the answer quotes from the manual."""
        return tuple(e for e in self.answer.evidence if isinstance(e, ManualEvidence))

    @property
    def led_nowhere(self) -> bool:
        """Whether it is a follow-up, or words without a question, that was refused."""
        leads = self.request.follows or self.request.name == FRAGMENT
        return leads and self.answer.outcome is Outcome.REFUSED


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered; an empty one knows nothing."""

    turns: tuple[Turn, ...] = ()  # the questions, the latest one last
    last_request: Request | None = None  # of whatever was said last
    last_answer: Answer | None = None
    at_s: float = 0.0  # when that was

    @property
    def question(self) -> Turn | None:
        """The last question."""
        return self.turns[-1] if self.turns else None

    @property
    def base(self) -> Turn | None:
        """The question that a follow-up goes on from: not one that itself led nowhere."""
        return next((turn for turn in reversed(self.turns) if not turn.led_nowhere), None)

    @property
    def procedure(self) -> Turn | None:
        """The last procedure whose steps are under way; a question in between does not end it."""
        return next((turn for turn in reversed(self.turns) if turn.step), None)

    def at(self, now_s: float) -> "Memory":
        """What is still remembered at a time."""
        limit = STEPS_FORGET_S if self.procedure else FORGET_S
        return self if now_s - self.at_s <= limit else Memory()

    def after(self, request: Request, answer: Answer, now_s: float) -> "Memory":
        """The memory after a turn with this request and this answer."""
        if request.kind is RequestKind.SMALLTALK and request.name == STOP:
            over = tuple(replace(turn, step=0) for turn in self.turns)
            return replace(self, turns=over, at_s=now_s)
        turns = self._moved(request, answer)
        if request.move is None and request.kind in QUESTIONS:
            asked = Turn(request, answer, answer.step, _quotes(answer))
            earlier = tuple(turn for turn in self.turns if turn.request is not request)
            turns = (*earlier, asked)[-TURNS:]
        if request.move is Move.REPEAT:
            return replace(self, at_s=now_s)
        return Memory(turns, request, answer, now_s)

    def _moved(self, request: Request, answer: Answer) -> tuple[Turn, ...]:
        """The turns after a move; the one that it was about is the latest now."""
        turn = self.procedure if request.move in STEPPING else self.question
        if turn is None or request.move not in {*STEPPING, Move.MORE}:
            return self.turns
        step = answer.step if request.move in STEPPING else turn.step
        moved = replace(turn, step=step, told=(*turn.told, *_quotes(answer)))
        return (*(other for other in self.turns if other is not turn), moved)


def _quotes(answer: Answer) -> tuple[str, ...]:
    return tuple(e.quote for e in answer.evidence if isinstance(e, ManualEvidence))


EMPTY = Memory()
"""Where a conversation begins."""
