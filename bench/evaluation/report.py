"""Evaluation: scored questions come in, the report that docs/evaluation.md describes goes out."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from bench.evaluation.baselines import ALONE
from bench.evaluation.rates import rate, share_of, spread
from bench.evaluation.scoring import NOT_ANSWERED, WORDS_PER_S, Scored, Verdict
from bench.evaluation.speech import word_errors

SCHEMA = 1
ALL = "all"
COMMON = "asked of every system"
SPEECH = "speech"
TARGETS = {
    "right": 0.90,
    "passage_top1": 0.88,
    "passage_top5": 0.97,
    "unanswerable_refused": 0.92,
    "refused": 0.06,  # at most
    "wrong_numbers": 0.0,  # at most
    "citation_right": 0.97,
    "first_clause_ms": 500,  # at most, median
}
CAUSES = ("ungrounded", "mismatch", "unanswerable")
FIRST = 5
PHRASINGS = 2  # a group of one says nothing of phrasings


def report_of(scored: Sequence[Scored], about: dict[str, Any]) -> dict[str, Any]:
    """Every system on every set of questions, and on all of them where there are several."""
    results: list[dict[str, Any]] = []
    spoken = about["input"] == SPEECH
    for system in dict.fromkeys(one.system for one in scored):
        own = [one for one in scored if one.system == system]
        sets = dict.fromkeys(one.question.set_name for one in own)
        for name in sets:
            mine = [one for one in own if one.question.set_name == name]
            results.append({"system": system, "questions": name, **_result(mine, spoken)})
        if len(sets) > 1:
            results.append({"system": system, "questions": ALL, **_result(own, spoken)})
    for system, common in _common(scored).items():
        results.append({"system": system, "questions": COMMON, **_result(common, spoken)})
    return {"schema": SCHEMA, "about": about, "targets": TARGETS, "results": results}


def answer_line(one: Scored) -> dict[str, Any]:
    """One line of answers.jsonl."""
    question, attempt = one.question, one.attempt
    return {
        "system": one.system,
        "questions": question.set_name,
        "id": question.id,
        "question": question.text,
        "heard": attempt.heard,
        "category": question.category,
        "answerable": question.answerable,
        "live": question.live,
        "group": question.group,
        "follows": question.follows,
        "request": attempt.kind,
        "outcome": attempt.outcome.value,
        "by": attempt.by,
        "text": attempt.text,
        "spoken": attempt.spoken,
        "evidence": list(attempt.evidence),
        "passages": [{"section": section, "page": page} for section, page in attempt.passages],
        "verdict": one.verdict.value,
        "why": list(one.why),
        "passage_rank": one.rank,
        "wrong_numbers": list(one.wrong_numbers),
        "first_clause_ms": round(1000 * attempt.took_s),
        "gold": question.gold,
    }


def _common(scored: Sequence[Scored]) -> dict[str, list[Scored]]:
    """By system, what all of several systems were asked; a baseline may see a sample only."""
    systems: dict[str, list[Scored]] = defaultdict(list)
    for one in scored:
        systems[one.system].append(one)
    if len(systems) == 1:
        return {}
    places = [{one.question.place for one in own} for own in systems.values()]
    shared = set.intersection(*places)
    return {
        system: [one for one in own if one.question.place in shared]
        for system, own in systems.items()
    }


def _result(scored: Sequence[Scored], spoken: bool) -> dict[str, Any]:
    answered = [one for one in scored if one.attempt.answered]
    return {
        "counts": _counts(scored),
        "rates": _rates(scored),
        "wrong_number_causes": {
            cause: sum(cause in one.wrong_numbers for one in scored) for cause in CAUSES
        },
        "words": spread([one.attempt.words for one in answered]),
        "seconds": spread([one.attempt.words / WORDS_PER_S for one in answered]),
        "first_clause_ms": spread([1000 * one.attempt.took_s for one in scored]),
        "word_error_rate": _word_error_rate(scored) if spoken else None,
        "by_category": _grouped(scored, lambda one: one.question.category, _category),
        "by_answer_by": _grouped(
            answered, lambda one: one.attempt.by, lambda group: _by(group, len(answered))
        ),
        "by_request": dict(Counter(one.attempt.kind for one in scored).most_common()),
    }


def _counts(scored: Sequence[Scored]) -> dict[str, int]:
    return {
        "questions": len(scored),
        "answerable": sum(one.question.answerable for one in scored),
        "live": sum(one.question.live for one in scored),
        "follow_ups": sum(bool(one.question.follows) for one in scored),
    }


def _rates(scored: Sequence[Scored]) -> dict[str, Any]:
    answerable = [one for one in scored if one.question.answerable]
    answered = [one for one in scored if one.attempt.answered]
    refused = [one for one in scored if one.attempt.outcome in NOT_ANSWERED]
    # What never looks into the manual is not asked what it found there.
    placed = [one for one in answerable if one.places_known and one.system != ALONE]
    citing = [one for one in placed if one.attempt.answered]
    groups = _phrasings(scored)
    return {
        "right": _of_verdict(answerable, Verdict.RIGHT),
        "wrong": _of_verdict(answerable, Verdict.WRONG),
        "refused": _of_verdict(answerable, Verdict.REFUSED),
        "unanswerable_refused": share_of(
            one.verdict is Verdict.RIGHT for one in scored if not one.question.answerable
        ),
        "refusal_precision": share_of(not one.question.answerable for one in refused),
        "passage_top1": share_of(one.rank == 1 for one in placed),
        "passage_top5": share_of(one.rank is not None and one.rank <= FIRST for one in placed),
        "citation_precision": share_of(right for one in citing for right in one.cited),
        "citation_right": share_of(any(one.cited) for one in citing),
        "phrasings_right": share_of(
            all(one.verdict is Verdict.RIGHT for one in group) for group in groups
        ),
        "wrong_numbers": share_of(bool(one.wrong_numbers) for one in answered),
    }


def _of_verdict(scored: Iterable[Scored], verdict: Verdict) -> dict[str, Any]:
    return share_of(one.verdict is verdict for one in scored)


def _phrasings(scored: Iterable[Scored]) -> list[list[Scored]]:
    groups: dict[tuple[str, str], list[Scored]] = defaultdict(list)
    for one in scored:
        if one.question.group:
            groups[one.question.set_name, one.question.group].append(one)
    return [group for group in groups.values() if len(group) >= PHRASINGS]


def _category(group: Sequence[Scored]) -> dict[str, Any]:
    return {"questions": len(group), "rates": _rates(group)}


def _by(group: Sequence[Scored], answered: int) -> dict[str, Any]:
    """What one kind of answer is worth; an answer to what cannot be answered is a wrong one."""
    return {
        "share": rate(len(group), answered),
        "right": _of_verdict(group, Verdict.RIGHT),
        "wrong_numbers": share_of(bool(one.wrong_numbers) for one in group),
        "first_clause_ms": spread([1000 * one.attempt.took_s for one in group]),
    }


def _grouped(
    scored: Iterable[Scored],
    key: Callable[[Scored], str],
    summary: Callable[[Sequence[Scored]], dict[str, Any]],
) -> dict[str, Any]:
    groups: dict[str, list[Scored]] = defaultdict(list)
    for one in scored:
        groups[key(one)].append(one)
    return {name: summary(group) for name, group in sorted(groups.items())}


def _word_error_rate(scored: Iterable[Scored]) -> float:
    """Over all words of the questions."""
    counted = [word_errors(one.question.text, one.attempt.heard) for one in scored]
    return round(sum(e for e, _ in counted) / max(1, sum(n for _, n in counted)), 4)
