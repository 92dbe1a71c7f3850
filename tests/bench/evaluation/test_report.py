"""Shares, their intervals, and the report that other programs read."""

import json
from pathlib import Path
from typing import Any

import pytest

from bench.evaluation.baselines import ALONE
from bench.evaluation.picture import draw
from bench.evaluation.rates import rate, spread, wilson
from bench.evaluation.report import COMMON, answer_line, report_of
from bench.evaluation.scoring import Scored, score
from bench.evaluation.table import lines
from tests.bench.evaluation.cases import attempt, question, quote

ABOUT = {
    "machine": {"date": "2026-01-01"}, "vehicle": "toy", "manual": "m.md", "model": None,
    "threads": 1, "input": "text", "notes": ["a note"], "took_s": 1.0,
}  # fmt: skip
RATES = {
    "right", "wrong", "refused", "unanswerable_refused", "refusal_precision", "passage_top1",
    "passage_top5", "citation_precision", "citation_right", "phrasings_right", "wrong_numbers",
}  # fmt: skip
RESULT = {
    "system", "questions", "counts", "rates", "wrong_number_causes", "words", "seconds",
    "first_clause_ms", "word_error_rate", "by_category", "by_answer_by", "by_request",
}  # fmt: skip
RIGHT = attempt("4.1 litres", passages=(("14.2", "180"),))
WRONG = attempt("5.3 litres", by="table", passages=(("1", "1"), ("14.2", "180")),
                evidence=(quote("5.3", "1", "1"), quote("x")))  # fmt: skip


def asked(**changes: Any) -> Any:
    return question(("4\\.1",), sections=("14.2",), **changes)


def a_run() -> list[Scored]:
    other = Path("other.jsonl")
    return [
        score("auriga", asked(group="g"), RIGHT),
        score("auriga", asked(group="g", line=2), RIGHT),
        score("auriga", asked(group="h", line=3), RIGHT),
        score("auriga", asked(group="h", line=4, category="oil"), WRONG),
        score("auriga", asked(group="alone", line=5), attempt()),
        score("auriga", question(category="none", line=6), attempt()),
        score("auriga", question(category="none", file=other), attempt("It is 7 litres.")),
        score(ALONE, asked(), attempt("4.1 litres", by="model", evidence=())),
    ]


def result_of(report: dict[str, Any], system: str, questions: str) -> dict[str, Any]:
    (found,) = [
        result
        for result in report["results"]
        if (result["system"], result["questions"]) == (system, questions)
    ]
    return dict(found)


# From the formula's own worked tables: 0 of 10, 5 of 10, 10 of 10.
@pytest.mark.parametrize(
    ("count", "low", "high"), [(0, 0.0, 0.2775), (5, 0.2366, 0.7634), (10, 0.7225, 1.0)]
)
def test_the_interval_is_wilsons(count: int, low: float, high: float) -> None:
    assert wilson(count, 10) == pytest.approx((low, high), abs=1e-4)


def test_the_share_of_nothing_is_unknown() -> None:
    assert rate(0, 0) == {"count": 0, "of": 0, "share": None, "low": None, "high": None}
    assert spread([]) is None


def test_every_set_is_reported_apart_and_all_together() -> None:
    report = report_of(a_run(), ABOUT)
    named = [(result["system"], result["questions"]) for result in report["results"]]
    assert named == [
        ("auriga", "set.jsonl"), ("auriga", "other.jsonl"), ("auriga", "all"), (ALONE, "set.jsonl"),
        ("auriga", COMMON), (ALONE, COMMON),
    ]  # fmt: skip
    assert result_of(report, "auriga", "all")["counts"]["questions"] == 7


def test_systems_are_compared_on_what_all_were_asked() -> None:
    report = report_of(a_run(), ABOUT)
    for system in ("auriga", ALONE):
        assert result_of(report, system, COMMON)["counts"]["questions"] == 1
    shown = "\n".join(lines(report))
    assert "compared on the questions asked of every system: 1" in shown
    alone = report_of(a_run()[:-1], ABOUT)
    assert COMMON not in [result["questions"] for result in alone["results"]]


def test_the_rates_are_counted() -> None:
    rates = result_of(report_of(a_run(), ABOUT), "auriga", "all")["rates"]
    counted = {name: (value["count"], value["of"]) for name, value in rates.items()}
    assert counted == {
        "right": (3, 5),
        "wrong": (1, 5),
        "refused": (1, 5),
        "unanswerable_refused": (1, 2),
        "refusal_precision": (1, 2),
        "passage_top1": (3, 5),
        "passage_top5": (4, 5),
        "citation_precision": (4, 5),
        "citation_right": (4, 4),
        "phrasings_right": (1, 2),
        "wrong_numbers": (2, 5),
    }


def test_it_is_told_what_made_the_answers() -> None:
    result = result_of(report_of(a_run(), ABOUT), "auriga", "all")
    by = result["by_answer_by"]
    assert {name: (g["share"]["count"], g["right"]["count"]) for name, g in by.items()} == {
        "quote": (4, 3), "table": (1, 0),
    }  # fmt: skip
    assert result["wrong_number_causes"] == {"ungrounded": 0, "mismatch": 1, "unanswerable": 1}
    assert result["by_category"]["none"]["questions"] == 2


def test_who_sees_no_manual_is_not_asked_for_passages() -> None:
    rates = result_of(report_of(a_run(), ABOUT), ALONE, "set.jsonl")["rates"]
    assert rates["right"]["of"] == 1
    assert rates["passage_top1"]["of"] == rates["citation_right"]["of"] == 0


def test_the_report_has_the_documented_keys() -> None:
    report = json.loads(json.dumps(report_of(a_run(), ABOUT)))
    assert report.keys() == {"schema", "about", "targets", "results"}
    assert report["schema"] == 1
    for result in report["results"]:
        assert result.keys() == RESULT
        assert result["rates"].keys() == RATES
        assert all(
            r.keys() == {"count", "of", "share", "low", "high"} for r in result["rates"].values()
        )
        assert result["first_clause_ms"].keys() == {"median", "p95"}
    documented = Path("docs/evaluation.md").read_text(encoding="utf-8")
    for key in (*RESULT, *RATES, *answer_line(a_run()[0])):
        assert f"`{key}`" in documented


def test_how_well_was_heard_is_told_where_it_was_spoken() -> None:
    heard = attempt("4.1 litres", heard="how much soil")
    spoken = report_of([score("auriga", asked(), heard)], {**ABOUT, "input": "speech"})
    assert spoken["results"][0]["word_error_rate"] == pytest.approx(1 / 3, abs=1e-4)
    typed = report_of([score("auriga", asked(), heard)], ABOUT)
    assert typed["results"][0]["word_error_rate"] is None


def test_the_table_names_systems_sets_and_shares() -> None:
    text = "\n".join(lines(report_of(a_run(), ABOUT)))
    assert "note: a note" in text
    assert "auriga on other.jsonl; questions 1, answerable 0" in text
    words = " ".join(text.split())
    assert "right, of answerable 3 of 5 60.0 % [23.1 % to 88.2 %] target ≥ 90 %" in words
    assert "mismatch 1, unanswerable 1" in text


def test_a_picture_is_drawn(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    draw(report_of(a_run(), ABOUT), tmp_path / "report.png")
    assert (tmp_path / "report.png").read_bytes().startswith(b"\x89PNG")
