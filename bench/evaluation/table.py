"""Evaluation: a report comes in, what a terminal shows of it goes out."""

from collections.abc import Iterator
from typing import Any

from bench.evaluation.report import COMMON

LABELS = {
    "right": "right, of answerable",
    "wrong": "wrong, of answerable",
    "refused": "refused, of answerable",
    "unanswerable_refused": "refused, of unanswerable (recall)",
    "refusal_precision": "unanswerable, of refused (precision)",
    "passage_top1": "right passage first",
    "passage_top5": "right passage among five",
    "citation_precision": "right, of citations",
    "citation_right": "answered with a right citation",
    "phrasings_right": "all phrasings right",
    "wrong_numbers": "wrong number said, of answered",
}
AT_MOST = frozenset({"refused", "wrong_numbers"})
CATEGORY_RATES = ("right", "wrong", "refused", "unanswerable_refused", "passage_top1")
WIDTH = 38
COLUMN = 24


def lines(report: dict[str, Any]) -> Iterator[str]:
    """The report as lines of text."""
    about = report["about"]
    yield (
        f"{about['vehicle']}, {about['input']}; manual: {about['manual']}; "
        f"model: {about['model'] or 'none'}; threads: {about['threads']}; {about['took_s']} s"
    )
    for note in about["notes"]:
        yield f"note: {note}"
    results = report["results"]
    for result in results:
        if result["system"] == results[0]["system"] and result["questions"] != COMMON:
            yield ""
            yield from _result(result, report["targets"])
    yield from _comparison([result for result in results if result["questions"] == COMMON])


def _comparison(results: list[dict[str, Any]]) -> Iterator[str]:
    """Several systems side by side, on the questions that all of them were asked."""
    if not results:
        return
    yield ""
    yield f"compared on the questions asked of every system: {results[0]['counts']['questions']}"
    yield f"  {'':<{WIDTH}}" + "".join(f"{result['system']:>{COLUMN}}" for result in results)
    for key, label in LABELS.items():
        cells = [_short(result["rates"][key]) for result in results]
        yield f"  {label:<{WIDTH}}" + "".join(f"{cell:>{COLUMN}}" for cell in cells)
    times = [result["first_clause_ms"]["median"] for result in results]
    yield f"  {'first clause ready, median ms':<{WIDTH}}" + "".join(
        f"{t:>{COLUMN}g}" for t in times
    )


def _short(rate: dict[str, Any]) -> str:
    return f"{rate['count']} of {rate['of']}" if rate["of"] else "-"


def _result(result: dict[str, Any], targets: dict[str, float]) -> Iterator[str]:
    counts = result["counts"]
    yield (
        f"{result['system']} on {result['questions']}; questions {counts['questions']}, "
        f"answerable {counts['answerable']}, about the live car {counts['live']}, "
        f"follow-ups {counts['follow_ups']}"
    )
    for key, label in LABELS.items():
        rate = result["rates"][key]
        if rate["of"]:
            yield f"  {label:<{WIDTH}}{_rate(rate)}{_target(key, targets)}"
    causes = ", ".join(f"{name} {n}" for name, n in result["wrong_number_causes"].items() if n)
    if causes:
        yield f"  {'':<{WIDTH}}{causes}"
    yield from _spreads(result, targets)
    yield from _by_answer(result["by_answer_by"])
    yield from _by_category(result["by_category"])
    asked = ", ".join(f"{name or 'failed'} {n}" for name, n in result["by_request"].items())
    yield f"  understood as: {asked}"


def _spreads(result: dict[str, Any], targets: dict[str, float]) -> Iterator[str]:
    for key, label in (
        ("words", "words of an answer"),
        ("seconds", "seconds of an answer (2.5 words/s)"),
        ("first_clause_ms", "first clause ready, ms"),
    ):
        spread = result[key]
        if spread is not None:
            target = f"   target {targets[key]:g}" if key in targets else ""
            text = f"median {spread['median']:g}, 95th percentile {spread['p95']:g}"
            yield f"  {label:<{WIDTH}}{text}{target}"
    if result["word_error_rate"] is not None:
        yield f"  {'word error rate of the recognizer':<{WIDTH}}{100 * result['word_error_rate']:.1f} %"


def _by_answer(groups: dict[str, Any]) -> Iterator[str]:
    if groups:
        yield f"  {'answered by':<16}{'answers':>9}{'share':>8}   {'right of them':<44}first clause, ms"
    for name, group in groups.items():
        share = group["share"]
        yield (
            f"    {name or '-':<14}{share['count']:>9}{_percent(share['share']):>8}   "
            f"{_rate(group['right']):<44}{group['first_clause_ms']['median']:g}"
        )


def _by_category(groups: dict[str, Any]) -> Iterator[str]:
    yield (
        f"  {'category':<16}{'questions':>9}{'right':>8}{'wrong':>8}{'refused':>9}"
        f"{'unanswerable refused':>22}{'passage first':>15}"
    )
    for name, group in groups.items():
        shares = [_percent(group["rates"][key]["share"]) for key in CATEGORY_RATES]
        yield (
            f"    {name[:14]:<14}{group['questions']:>9}{shares[0]:>8}{shares[1]:>8}{shares[2]:>9}"
            f"{shares[3]:>22}{shares[4]:>15}"
        )


def _rate(rate: dict[str, Any]) -> str:
    if not rate["of"]:
        return "-"
    interval = f"[{_percent(rate['low'])} to {_percent(rate['high'])}]"
    return f"{rate['count']:>4} of {rate['of']:<4}{_percent(rate['share']):>7} {interval}"


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f} %"


def _target(key: str, targets: dict[str, float]) -> str:
    if key not in targets:
        return ""
    return f"   target {'≤' if key in AT_MOST else '≥'} {100 * targets[key]:.0f} %"
