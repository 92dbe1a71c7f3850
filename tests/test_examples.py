"""What drivers ask: read from a vehicle's file, tied to the pieces of its manual that answer."""

import json
from pathlib import Path

import pytest

from assistant.errors import ManualError
from assistant.events import Passage, PassageKind
from assistant.examples import LONGEST, Example, Quotation, pieces_meant, read_examples
from tests import aster

ROW = Passage(
    "17.9", "Fluids", "144", "Fluid: coolant; Amount: 6.2 l", PassageKind.TABLE, order=4,
    row=(("Fluid", "coolant"), ("Amount", "6.2 l")),
)  # fmt: skip
TEXT = Passage("17.9", "Fluids", "144", "The coolant is pink. Water is clear.", order=5)


def written(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    return path


def test_a_line_is_a_question_with_its_answers(tmp_path: Path) -> None:
    line = {"question": "how pink", "answers": [{"section": "17.9", "quote": "Pink."}]}
    path = written(tmp_path, json.dumps(line), "", '{"question": "how loud", "answers": []}')
    assert read_examples(path) == (
        Example("how pink", (Quotation("17.9", "Pink."),)),
        Example("how loud", ()),
    )


def test_a_vehicle_need_not_have_any(tmp_path: Path) -> None:
    assert read_examples(tmp_path / "questions.jsonl") == ()


@pytest.mark.parametrize(
    "line",
    [
        "what is it",
        "[]",
        "null",
        '{"question": "what"}',
        '{"question": 3, "answers": []}',
        '{"question": " ", "answers": []}',
        '{"question": "what", "answers": 3}',
        '{"question": "what", "answers": [{"section": "1"}]}',
        '{"question": "what", "answers": [{"section": 1, "quote": "It is."}]}',
        json.dumps({"question": "a" * (LONGEST + 1), "answers": []}),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str) -> None:
    path = written(tmp_path, '{"question": "how loud", "answers": []}', line)
    with pytest.raises(ManualError, match=r"questions\.jsonl, line 2"):
        read_examples(path)


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ManualError, match="cannot be read"):
        read_examples(path)


def test_a_quotation_means_its_sentence_or_its_row() -> None:
    assert pieces_meant((ROW, TEXT), "The coolant is **pink**.") == [(5, 0)]
    assert pieces_meant((ROW, TEXT), "| coolant | 6.2 l |") == [(4, 0)]
    assert pieces_meant((ROW, TEXT), "| coolant | 6.3 l |") == []


def test_every_example_of_the_aster_is_answered_by_its_manual() -> None:
    sections: dict[str, list[Passage]] = {}
    for passage in aster.passages():
        sections.setdefault(passage.section, []).append(passage)
    for example in read_examples(aster.FOLDER / "questions.jsonl"):
        for answer in example.answers:
            assert pieces_meant(sections[answer.section], answer.text), example.question
