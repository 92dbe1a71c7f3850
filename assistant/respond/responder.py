"""Respond: a request and its facts come in, a verified answer goes out."""

from dataclasses import dataclass, replace

from assistant.cancel import CancelToken
from assistant.events import Answer, By, Facts, Outcome, Request, RequestKind
from assistant.respond.gauges import answer_gauge
from assistant.respond.lamps import answer_lamps
from assistant.respond.manual import answer_manual
from assistant.respond.phrase import Phrasing
from assistant.respond.replies import Replies
from assistant.respond.verify import grounded, sayable


@dataclass(frozen=True, slots=True)
class Responder:
    """How answers are made."""

    replies: Replies
    min_coverage: float  # below it the manual is held not to answer
    max_words: int
    phrasing: Phrasing | None  # None: quotations only

    def respond(self, request: Request, facts: Facts, cancel: CancelToken) -> Answer:
        """An answer in which every number is in the evidence; else a refusal."""
        answer = self._answer(request, facts, cancel)
        if not sayable(answer):
            # What the car itself reports may still be said.
            without = replace(facts, hits=replace(facts.hits, passages=()))
            answer = self._answer(request, without, cancel)
        if grounded(answer):
            return answer
        return Answer(Outcome.REFUSED, By.TEMPLATE, self.replies.refuse["not_in_manual"])

    def _answer(self, request: Request, facts: Facts, cancel: CancelToken) -> Answer:
        match request.kind:
            case RequestKind.VEHICLE:
                return answer_gauge(request, facts, self.replies)
            case RequestKind.WARNING:
                return answer_lamps(request, facts, self.replies, self.max_words)
            case RequestKind.MANUAL:
                return self._from_manual(request, facts, cancel)
            case RequestKind.SMALLTALK:
                text = self.replies.talk[request.name]
                return Answer(Outcome.ANSWERED, By.TEMPLATE, text)
            case _:
                text = self.replies.refuse[request.name]
                return Answer(Outcome.REFUSED, By.TEMPLATE, text)

    def _from_manual(self, request: Request, facts: Facts, cancel: CancelToken) -> Answer:
        answer = answer_manual(request, facts, self.replies, self.min_coverage, self.max_words)
        if self.phrasing is None or answer.outcome is not Outcome.ANSWERED:
            return answer
        phrased = self.phrasing.phrase(request.text, answer, cancel)
        # The model's sentence passed its own check; the common gate decides between the two.
        return phrased if grounded(phrased) else answer
