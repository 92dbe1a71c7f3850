"""Question files: what they may hold, and that a wrong line is named."""

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import UsageError
from bench.evaluation.questions import chain, load_questions

ROW = {
    "id": "a", "question": "How much oil?", "category": "number", "answerable": True,
    "pages": ["212"], "facts": [["4\\.1", "four point one"]], "forbidden": ["3\\.8"], "gold": "4.1.",
}  # fmt: skip


def write(path: Path, *rows: object) -> Path:
    lines = (row if isinstance(row, str) else json.dumps(row) for row in rows)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def row(**changes: Any) -> dict[str, Any]:
    return {key: value for key, value in {**ROW, **changes}.items() if value is not None}


def test_the_keys_of_the_design_are_all_that_a_file_needs(tmp_path: Path) -> None:
    (found,) = load_questions([write(tmp_path / "q.jsonl", ROW, "")])
    assert (found.id, found.text, found.category, found.answerable) == (
        "a", "How much oil?", "number", True,
    )  # fmt: skip
    assert found.pages == {"212"} and found.sections == frozenset()
    assert found.facts[0][1].search("FOUR POINT ONE litres")
    assert found.forbidden[0].search("3.8 l")
    assert not found.live and not found.group and not found.follows


def test_our_own_keys_are_read_and_others_left_alone(tmp_path: Path) -> None:
    own = row(sections=["14.2"], group="g1", live=True, state={"Vehicle.Speed": 50}, lit=["Lamp"],
              nearest=["14.1"], somebodys="key")  # fmt: skip
    (found,) = load_questions([write(tmp_path / "q.jsonl", own)])
    assert (found.sections, found.group, found.lit) == ({"14.2"}, "g1", ("Lamp",))
    assert found.live and found.state == {"Vehicle.Speed": 50}


@pytest.mark.parametrize("changes", [{"live": True}, {"lit": []}, {"state": {"Vehicle.X": True}}])
def test_a_question_with_a_state_or_lamps_is_about_the_live_car(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    (found,) = load_questions([write(tmp_path / "q.jsonl", row(**changes))])
    assert found.live


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("{", "no JSON"),
        ("[1]", "JSON object, found list"),
        (row(id=None), "`id` must be a text, found nothing"),
        (row(id=" "), "`id` must not be empty"),
        (row(question=7), "`question` must be a text, found 7"),
        (row(answerable=None), "`answerable` must be true or false"),
        (row(answerable="yes"), "`answerable` must be true or false, found 'yes'"),
        (row(facts=[]), "an answerable question needs `facts`"),
        (row(facts=["4.1"]), "each of `facts` must be a list"),
        (row(facts=[[]]), "each of `facts` must be a list"),
        (row(facts=[["("]]), "no regular expression"),
        (row(forbidden=["*"]), "no regular expression"),
        (row(forbidden="3.8"), "`forbidden` must be a list"),
        (row(pages=[212]), "`pages` must hold texts, found 212"),
        (row(live="yes"), "`live` must be true or false"),
        (row(state={"Vehicle.X": [1]}), "`state` must give a value"),
        (row(state=["Vehicle.X"]), "`state` must give a value"),
        (row(id="first"), "the id 'first' is that of line 1 too"),
        (row(follows="nobody"), "it follows 'nobody', which is in none of the files"),
        (row(follows="a"), "circle"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, wrong: object, said: str) -> None:
    file = write(tmp_path / "q.jsonl", row(id="first"), wrong)
    with pytest.raises(UsageError) as error:
        load_questions([file])
    assert str(error.value).startswith(f"{file}, line 2: ")
    assert said in str(error.value)


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe"])
def test_a_file_without_questions_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "q.jsonl"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UsageError, match=r"q\.jsonl"):
        load_questions([file])


def test_a_question_brings_those_that_it_follows(tmp_path: Path) -> None:
    first = write(tmp_path / "1.jsonl", row(id="a"), row(id="b", follows="a"))
    second = write(tmp_path / "2.jsonl", row(id="c", follows="b"), row(id="a"))
    questions = load_questions([second, first])
    asked = chain(questions[0], questions)
    assert [(q.set_name, q.id) for q in asked] == [
        ("1.jsonl", "a"), ("1.jsonl", "b"), ("2.jsonl", "c"),
    ]  # fmt: skip
