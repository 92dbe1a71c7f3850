"""`auriga eval manual` from the command line to its files, on a small vehicle with a small manual."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.can_bridge.conftest import DBC, SIGNALS, VEHICLE
from tests.commands.conftest import Run

MANUAL = """# 1 Your Toy
## 1.1 Engine oil
<!-- page 5 -->
The engine holds 4.1 litres of oil.
## 1.2 Jack
<!-- page 6 -->
The jack is under the luggage compartment floor.
"""
ROWS: list[dict[str, Any]] = [
    {"id": "oil", "question": "How much oil does the engine hold?", "category": "number",
     "answerable": True, "pages": ["5"], "facts": [["4\\.1"]], "forbidden": [], "gold": ""},
    {"id": "jack", "question": "Where is the jack?", "category": "place", "answerable": True,
     "sections": ["1.2"], "pages": [], "facts": [["luggage"]], "forbidden": [], "gold": ""},
    {"id": "wrong", "question": "Where's the jack?", "category": "place", "answerable": True,
     "sections": ["1.2"], "facts": [["glove box"]], "follows": "jack"},
    {"id": "none", "question": "Which bulb is in the fog lamp?", "category": "none",
     "answerable": False},
    {"id": "live", "question": "How fast am I going?", "category": "live", "answerable": True,
     "live": True, "state": {"Vehicle.Speed": 88}, "facts": [["88"]]},
]  # fmt: skip


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    """The folder of a vehicle with a manual."""
    folder = tmp_path / "toy"
    (folder / "manual").mkdir(parents=True)
    for name, text in (
        ("vehicle.toml", VEHICLE),
        ("signals.toml", SIGNALS),
        ("toy.dbc", DBC),
        ("manual/1.md", MANUAL),
    ):
        (folder / name).write_text(text)
    return folder


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_questions_are_asked_counted_and_written(run: Run, toy: Path, tmp_path: Path) -> None:
    first = write(tmp_path / "first.jsonl", ROWS[:3])
    second = write(tmp_path / "second.jsonl", ROWS[3:])
    out = tmp_path / "out"
    ran = run("eval", "manual", "--vehicle", toy, "--no-model", "--json",
              "--questions", first, second, "--out", out)  # fmt: skip
    assert (ran.code, ran.error) == (0, "")
    report = json.loads(ran.out)
    assert report == json.loads((out / "report.json").read_text())
    assert [r["questions"] for r in report["results"]] == ["first.jsonl", "second.jsonl", "all"]
    whole = report["results"][-1]
    rates = {name: (rate["count"], rate["of"]) for name, rate in whole["rates"].items()}
    assert (rates["right"], rates["wrong"], rates["refused"]) == ((3, 4), (1, 4), (0, 4))
    assert rates["unanswerable_refused"] == (1, 1)
    assert rates["passage_top1"] == rates["citation_right"] == (3, 3)
    assert rates["wrong_numbers"] == (0, 4)
    assert whole["counts"] == {"questions": 5, "answerable": 4, "live": 1, "follow_ups": 1}
    assert (report["about"]["model"], report["about"]["input"]) == (None, "text")
    answers = [json.loads(line) for line in (out / "answers.jsonl").read_text().splitlines()]
    assert [answer["id"] for answer in answers] == [row["id"] for row in ROWS]
    assert answers[2]["verdict"] == "wrong" and answers[2]["why"] == ["no match for glove box"]


def test_another_manual_takes_the_place_of_the_vehicles_own(
    run: Run, toy: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.md"
    other.write_text(MANUAL.replace("4.1", "5.2"))
    asked = write(tmp_path / "q.jsonl", ROWS[:1])
    words = ("eval", "manual", "--vehicle", toy, "--no-model", "--questions", asked)
    ran = run(*words, "--manual", other)
    assert ran.code == 0 and "mismatch 1" in ran.out and str(other) in ran.out
    assert "mismatch" not in run(*words).out


def test_without_the_model_on_this_machine_it_is_left_out(
    run: Run, toy: Path, tmp_path: Path
) -> None:
    ran = run("eval", "manual", "--vehicle", toy, "--questions", write(tmp_path / "q", ROWS[:1]))
    assert ran.code == 0
    assert "note: without the model, smollm2-135m-instruct is not installed" in ran.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "required"),
        (("manual", "--questions", "nowhere.jsonl"), "nowhere.jsonl cannot be read"),
        (("manual", "--vehicle", "obd2"), "give --questions FILE"),
        (("manual", "--manual", "x.md"), "give --questions FILE"),
        (("manual", "--baselines", "0"), "0 is no number from 1 on"),
        (("requests",), "requests"),
        (("hearing",), "hearing"),
    ],
)
def test_wrong_words_are_one_sentence(run: Run, words: tuple[str, ...], said: str) -> None:
    ran = run("eval", *words)
    assert ran.code == 2
    assert said in ran.sentence


def test_a_wrong_question_is_named_before_any_is_asked(run: Run, toy: Path, tmp_path: Path) -> None:
    state = {**ROWS[4], "state": {"Vehicle.Engine": 1}}
    asked = write(tmp_path / "q.jsonl", [ROWS[0], state])
    ran = run("eval", "manual", "--vehicle", toy, "--no-model", "--questions", asked)
    assert (ran.code, ran.out) == (2, "")
    assert "q.jsonl, line 2: the vehicle has no signal 'Vehicle.Engine'" in ran.sentence


def test_baselines_without_the_model_are_refused(run: Run, toy: Path, tmp_path: Path) -> None:
    asked = write(tmp_path / "q.jsonl", ROWS[:1])
    ran = run("eval", "manual", "--vehicle", toy, "--baselines", "--questions", asked, "--no-model")
    assert ran.code == 2 and "--baselines needs the language model" in ran.sentence
