"""Respond: what the manual says and what the car reports come in, one answer with both goes out.

"Is it cold enough for winter tyres?" needs the figure of the manual and the temperature now. The
two are joined where a sentence of the manual bounds that very reading, and compared where it does
so with a single figure of the same unit.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.events import (
    Answer,
    Facts,
    Gauge,
    Known,
    ManualEvidence,
    Outcome,
    PassageKind,
    Reason,
    Request,
    RequestKind,
    Term,
)
from assistant.pieces import leans, without_references
from assistant.respond.bounds import compared
from assistant.respond.gauges import answer_gauge
from assistant.respond.likeliest import Likely, quotation
from assistant.respond.replies import Replies
from assistant.respond.weighing import Candidate, weighed
from assistant.respond.wordings import has, stems_of

NORMAL = re.compile(r"\bnormal\b")  # bounds a reading in general
MOST = 0.5  # of the heaviest word's weight
BEHIND = 5.0  # a bound that is worth that much less than the best piece is another thing's


def with_reading(
    answer: Answer, request: Request, facts: Facts, replies: Replies, likely: Likely
) -> Answer:
    """An answer from the manual with the reading that its sentence bounds, if there is one."""
    gauges = [gauge for gauge in request.beside if _to_be_told(gauge, facts)]
    if answer.outcome is Outcome.REFUSED and gauges and not facts.hits.no_manual:
        bound = _bound(request, gauges, facts, likely)
        if bound is not None:
            answer = quotation(bound)
    if answer.outcome is not Outcome.ANSWERED or answer.steps:
        return answer
    quote = " ".join(e.quote for e in answer.evidence if isinstance(e, ManualEvidence))
    # The cells of a table hold its units in their headings alone; as they are said they have them.
    gauge = next((g for g in gauges if _bounds(g, quote) or _bounds(g, answer.text)), None)
    if gauge is None:
        return answer
    reading = answer_gauge(_about(request, gauge), facts, replies)
    text = _compared(reading.text, gauge, facts, quote, replies)
    evidence = (*answer.evidence, *reading.evidence)
    return replace(answer, text=f"{answer.text} {text}", evidence=evidence)


def with_bound(
    answer: Answer, request: Request, facts: Facts, replies: Replies, likely: Likely
) -> Answer:
    """A reading with the sentence of the manual that bounds it, where one is about the question."""
    if answer.outcome is not Outcome.ANSWERED or not request.beside:
        return answer
    found = _bound(request, request.beside, facts, likely)
    if found is None:
        return answer
    quote = without_references(found.text)
    text = f"{_compared(answer.text, request.beside[0], facts, quote, replies)} {quote}"
    if len(text.split()) > likely.max_words:
        return answer
    evidence = (*answer.evidence, *quotation(found).evidence)
    return replace(answer, text=text, evidence=evidence)


def _bound(
    request: Request, gauges: Sequence[Gauge], facts: Facts, likely: Likely
) -> Candidate | None:
    """The likeliest sentence that bounds one of the gauges' readings.

    It names what else was asked about: of a trailer another speed is good than of snow chains.
    """
    asked = replace(request, kind=RequestKind.MANUAL, name="should")
    candidates = weighed(asked, facts.hits, likely.choosing).candidates
    for candidate in candidates:
        if candidates[0].worth - candidate.worth > BEHIND:
            return None
        gauge = next((gauge for gauge in gauges if _bounds(gauge, candidate.text)), None)
        alone = candidate.kind is PassageKind.TEXT and not leans(candidate.text)
        if gauge and alone and _names(candidate, gauge, facts):
            return candidate
    return None


def _names(candidate: Candidate, gauge: Gauge, facts: Facts) -> bool:
    """Whether a sentence holds what says most of the question, beside the gauge itself."""
    if NORMAL.search(candidate.text):
        return True
    own = stems_of(gauge.called)
    others = [term for term in facts.hits.terms if not (has(term, own) or _cues(gauge, term))]
    # The heaviest words may be the driver's own, which stand nowhere in a manual.
    most = max((term.weight for term in others), default=0.0)
    said = stems_of(f"{candidate.text} {candidate.passage.title}")
    return any(has(term, said) for term in others if term.weight >= MOST * most)


def _cues(gauge: Gauge, term: Term) -> bool:
    return gauge.cue is not None and any(gauge.cue.search(word) for word in term.words)


def _bounds(gauge: Gauge, text: str) -> bool:
    return gauge.bounds is not None and gauge.bounds.search(text) is not None


def _about(request: Request, gauge: Gauge) -> Request:
    paths = tuple(path.path for path in gauge.paths)
    return replace(request, kind=RequestKind.VEHICLE, gauge=gauge, paths=paths)


def _to_be_told(gauge: Gauge, facts: Facts) -> bool:
    """Whether the car reports it, or did until now: that it has stopped is worth saying."""
    of_gauge = {path.path for path in gauge.paths}
    readings = [reading for path, reading in facts.readings if path in of_gauge]
    return any(isinstance(r, Known) or r.reason is Reason.STALE for r in readings)


def _compared(text: str, gauge: Gauge, facts: Facts, quote: str, replies: Replies) -> str:
    """The reading's sentence, and how it compares with the only figure that bounds it."""
    of_gauge = {path.path for path in gauge.paths}
    readings = [reading for path, reading in facts.readings if path in of_gauge]
    if len(readings) != 1 or not isinstance(readings[0], Known):
        return text
    comparison = compared(readings[0], gauge.digits, quote)
    if comparison is None:
        return text
    said = replies.say[comparison.name].format(figure=comparison.figure)
    reading = re.sub(r"\.$", "", text)
    return replies.say["reading_compared"].format(reading=reading, compared=said)
