"""Evaluation: a question and what was answered come in, the verdict and its reasons go out; pure.

The rule is the design's: right is an answer whose outcome is `answered`, that matches every fact
and nothing forbidden, and that has at most 30 words (a procedure: each step).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from assistant.events import Outcome
from bench.evaluation.figures import asks_for_figure, figures_said, steps_of, unsupported
from bench.evaluation.questions import Pattern, Question

MAX_WORDS = 30
WORDS_PER_S = 2.5  # how fast an answer is taken to be spoken
NOT_ANSWERED = frozenset({Outcome.REFUSED, Outcome.CLARIFY})  # a question back says nothing yet


class Verdict(StrEnum):
    """What became of a question."""

    RIGHT = "right"  # of one that cannot be answered: refused
    WRONG = "wrong"
    REFUSED = "refused"  # though the manual answers it


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a system made of a question."""

    outcome: Outcome
    by: str  # of the contract: model, quote, table, template
    text: str
    spoken: str
    evidence: tuple[Mapping[str, Any], ...]  # as the contract writes it
    passages: tuple[tuple[str, str], ...]  # (section, page) of what was found, best first
    kind: str  # of the request: manual, vehicle, …
    heard: str
    took_s: float  # from the words to the answer, whose first clause can be spoken then

    @property
    def answered(self) -> bool:
        """Whether something was said in reply; a failed turn says nothing and refuses nothing."""
        return self.outcome not in NOT_ANSWERED and self.outcome is not Outcome.FAILED

    @property
    def words(self) -> int:
        """How long it is, as it is read aloud."""
        return len(self.spoken.split())

    @property
    def citations(self) -> list[Mapping[str, Any]]:
        """The pieces of the manual that it rests on."""
        return [piece for piece in self.evidence if piece["kind"] == "manual"]


@dataclass(frozen=True, slots=True)
class Scored:
    """A question, what was made of it, and what that is worth."""

    system: str
    question: Question
    attempt: Attempt
    verdict: Verdict
    why: tuple[str, ...]  # nothing for a right one
    rank: int | None  # place of the first right passage, from 1 on
    cited: tuple[bool, ...]  # of each citation, whether it is a right one
    wrong_numbers: tuple[str, ...]  # causes: ungrounded, mismatch, unanswerable

    @property
    def places_known(self) -> bool:
        """Whether the question says where the answer stands."""
        return bool(self.question.sections or self.question.pages)


def score(system: str, question: Question, attempt: Attempt) -> Scored:
    """Judge one attempt."""
    why = _faults(question, attempt)
    if attempt.outcome in NOT_ANSWERED:
        verdict = Verdict.REFUSED if question.answerable else Verdict.RIGHT
    else:
        verdict = Verdict.WRONG if why else Verdict.RIGHT
    ranks = (
        number
        for number, (section, page) in enumerate(attempt.passages, 1)
        if _is_right(question, section, page)
    )
    return Scored(
        system=system,
        question=question,
        attempt=attempt,
        verdict=verdict,
        why=tuple(why),
        rank=next(ranks, None),
        cited=tuple(
            _is_right(question, str(piece["section"]), str(piece["page"]))
            for piece in attempt.citations
        ),
        wrong_numbers=tuple(_wrong_numbers(question, attempt, verdict)),
    )


def _faults(question: Question, attempt: Attempt) -> list[str]:
    """What keeps an attempt from being right."""
    if attempt.outcome in NOT_ANSWERED:
        return [f"{attempt.outcome.value}, but it can be answered"] if question.answerable else []
    if not attempt.answered:
        return ["the turn failed"]
    if attempt.outcome is not Outcome.ANSWERED:
        return [f"the outcome is {attempt.outcome.value}"]
    if not question.answerable:
        return ["answered, but it cannot be"]
    faults = [f"no match for {_listed(fact)}" for fact in _missing(question, attempt)]
    faults += [f"forbidden: {pattern.pattern}" for pattern in _hit(question, attempt)]
    longest = max(len(step.split()) for step in steps_of(attempt.text))
    if longest > MAX_WORDS:
        faults.append(f"{longest} words")
    return faults


def _missing(question: Question, attempt: Attempt) -> list[tuple[Pattern, ...]]:
    return [fact for fact in question.facts if not any(_matches(p, attempt) for p in fact)]


def _hit(question: Question, attempt: Attempt) -> list[Pattern]:
    return [pattern for pattern in question.forbidden if _matches(pattern, attempt)]


def _matches(pattern: Pattern, attempt: Attempt) -> bool:
    """A fact may be met as it is written or as it is read aloud."""
    return any(pattern.search(text) is not None for text in (attempt.text, attempt.spoken))


def _listed(fact: Iterable[Pattern]) -> str:
    return " | ".join(pattern.pattern for pattern in fact)


def _is_right(question: Question, section: str, page: str) -> bool:
    """Whether a place is one of the right ones; a subsection is in its section."""
    inside = any(section == right or section.startswith(f"{right}.") for right in question.sections)
    return inside or page in question.pages


def _wrong_numbers(question: Question, attempt: Attempt, verdict: Verdict) -> list[str]:
    """Why a number that was said is wrong; nothing where none is.

    A system that cites nothing at all is not asked for evidence where its answer is right.
    """
    if not attempt.answered:
        return []
    causes = []
    excused = verdict is Verdict.RIGHT and not attempt.evidence
    if unsupported(attempt.text, attempt.evidence) and not excused:
        causes.append("ungrounded")
    if not figures_said(attempt.text):
        return causes
    if not question.answerable:
        causes.append("unanswerable")
    elif _misses_figure(question, attempt):
        causes.append("mismatch")
    return causes


def _misses_figure(question: Question, attempt: Attempt) -> bool:
    """Whether a figure was asked for, and another is said."""
    figures = [f for f in question.facts if asks_for_figure(p.pattern for p in f)]
    missing = _missing(question, attempt)
    return bool(figures) and (
        any(fact in missing for fact in figures) or bool(_hit(question, attempt))
    )
