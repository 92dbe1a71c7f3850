"""Respond: a request and its facts come in, a verified answer goes out."""

from dataclasses import dataclass, replace

from assistant.cancel import CancelToken
from assistant.events import Answer, By, Facts, Hits, Move, Outcome, Request, RequestKind
from assistant.memory import EMPTY, Memory
from assistant.respond.codes import answer_codes, with_codes
from assistant.respond.conversions import REGIONS, in_units, readings_of, with_units
from assistant.respond.features import asked_of
from assistant.respond.following import is_about_what_was_added
from assistant.respond.gauges import answer_gauge
from assistant.respond.joined import with_bound, with_reading
from assistant.respond.lamp_conditions import of_another_case, with_condition
from assistant.respond.lamps import STATE, answer_lamps
from assistant.respond.lamps_first import answer_lamps_first, followed_by, with_demands, with_stops
from assistant.respond.likeliest import Likely, answer_likeliest
from assistant.respond.manual import answer_manual
from assistant.respond.moves import answer_move
from assistant.respond.phrase import Phrasing
from assistant.respond.replies import Replies
from assistant.respond.siblings import without_neighbours
from assistant.respond.todo import with_what_to_do
from assistant.respond.undescribed import with_state
from assistant.respond.verify import grounded, sayable

TROUBLE_CODES = "trouble_codes"  # the interpreter's name for a question about them
ALIKE = 0.66  # a cosine of questions that ask for the same
# Of a place only the labels of its evidence are said, and what is repeated was checked before.
AS_IT_IS = frozenset({Move.PAGE, Move.REPEAT})


@dataclass(frozen=True, slots=True)
class Responder:
    """How answers are made."""

    replies: Replies
    min_coverage: float  # below it the manual is held not to answer
    max_words: int
    likely: Likely  # how the manual is asked where the rules find no answer
    phrasing: Phrasing | None  # None: quotations only
    units: str = "car"  # the region of `conversions.REGIONS` whose units are said

    def respond(
        self, request: Request, facts: Facts, cancel: CancelToken, memory: Memory = EMPTY
    ) -> Answer:
        """An answer in which every number is in the evidence; else a refusal."""
        if request.move is not None:
            answer = answer_move(request, facts, memory, self.replies, self.max_words)
            checked = request.move in AS_IT_IS or grounded(answer)
            return answer if checked and sayable(answer) else self._refusal()
        answer = self._answer(request, facts, cancel)
        if not sayable(answer):
            # What the car itself reports may still be said.
            hits = replace(facts.hits, passages=(), further=())
            answer = self._answer(request, replace(facts, hits=hits, of_lamps=None), cancel)
        answer = with_units(answer, self._units(request))
        if request.kind is RequestKind.VEHICLE and answer.by is By.TEMPLATE:
            answer = replace(answer, text=self.replies.spelled(answer.text, self.units))
        beside = request.follows and not is_about_what_was_added(request, answer, facts, memory)
        if beside or not grounded(answer):
            answer = self._refusal()
        return with_stops(answer, request, facts, self.replies)

    def _refusal(self) -> Answer:
        return Answer(Outcome.REFUSED, By.TEMPLATE, self.replies.refuse["not_in_manual"])

    def _answer(self, request: Request, facts: Facts, cancel: CancelToken) -> Answer:
        decided = answer_lamps_first(request, facts, self.replies, self.max_words)
        if decided is not None and request.kind is RequestKind.VEHICLE:
            return followed_by(decided, self._reported(request, facts), self.replies, self.units)
        if decided is not None:
            return decided
        match request.kind:
            case RequestKind.VEHICLE if request.doubtful and _asked_of_manual(facts):
                return self._from_manual(replace(request, name="fact"), facts, cancel)
            case RequestKind.VEHICLE:
                answer = self._reported(request, facts)
                answer = with_bound(answer, request, facts, self.replies, self.likely)
                return with_demands(answer, facts, self.replies)
            case RequestKind.WARNING if request.name == TROUBLE_CODES:
                return answer_codes(request, facts, self.replies, self.max_words)
            case RequestKind.WARNING if facts.undescribed:
                return self._of_undescribed(request, facts, cancel)
            case RequestKind.WARNING:
                answer = answer_lamps(request, facts, self.replies, self.max_words)
                return with_codes(answer, facts, self.replies)
            case RequestKind.MANUAL:
                return self._from_manual(request, facts, cancel)
            case RequestKind.SMALLTALK:
                text = self.replies.talk[request.name]
                return Answer(Outcome.ANSWERED, By.TEMPLATE, text)
            case _:
                text = self.replies.refuse[request.name]
                return Answer(Outcome.REFUSED, By.TEMPLATE, text)

    def _of_undescribed(self, request: Request, facts: Facts, cancel: CancelToken) -> Answer:
        """How a lamp is, and what the manual says on the question wherever it says it."""
        state = answer_lamps(request, replace(facts, hits=Hits()), self.replies, self.max_words)
        if request.slots["ask"] in STATE:
            return state
        asked = replace(request, kind=RequestKind.MANUAL, name=request.slots["ask"])
        said = self._from_manual(asked, facts, cancel)
        return with_state(said, state, facts, self.replies)

    def _reported(self, request: Request, facts: Facts) -> Answer:
        """What gauges show, in the units that the driver wants."""
        wanted = in_units(facts, self._units(request))
        answer = answer_gauge(request, wanted, self.replies)
        return replace(answer, evidence=(*answer.evidence, *readings_of(facts, wanted)))

    def _units(self, request: Request) -> tuple[str, ...]:
        return (*request.units, *REGIONS[self.units])

    def _from_manual(self, request: Request, facts: Facts, cancel: CancelToken) -> Answer:
        facts = replace(facts, hits=without_neighbours(facts.hits))
        answer = answer_manual(request, facts, self.replies, self.min_coverage, self.max_words)
        if answer.outcome is Outcome.REFUSED and not facts.hits.no_manual:
            answer = answer_likeliest(request, facts, self.replies, self.likely)
        answer = with_what_to_do(answer, request, facts)
        joined = with_reading(answer, request, facts, self.replies, self.likely)
        if of_another_case(joined, request, facts):
            return self._refusal()
        conditional = with_condition(answer, facts, self.replies)
        if conditional != answer:
            return conditional
        if self.phrasing is None or answer.outcome is not Outcome.ANSWERED or joined != answer:
            return joined
        phrased = self.phrasing.phrase(request.text, answer, cancel)
        # The model's sentence passed its own check; the common gate decides between the two.
        return phrased if grounded(phrased) else answer


def _asked_of_manual(facts: Facts) -> bool:
    """Whether a driver's question is much like an example that the manual answers."""
    every = (*facts.hits.passages, *facts.hits.further)
    return max(map(asked_of, every), default=0.0) > ALIKE
