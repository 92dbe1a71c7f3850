"""`auriga ask`: which questions a file of them holds."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from assistant.commands.ask import Question, questions_of
from assistant.errors import UsageError


def asked(path: Path) -> list[Question]:
    return list(questions_of(argparse.Namespace(question=None, wav=None, batch=path, keep=False)))


def test_only_the_end_of_a_line_parts_questions(tmp_path: Path) -> None:
    path = tmp_path / "questions.txt"
    path.write_text("what about\fthe bonnet\u2028please\r\n\n  a.WAV \n", encoding="utf-8")
    assert asked(path) == [
        Question("what about\fthe bonnet\u2028please"),
        Question(wav=Path("a.WAV")),
    ]


def test_a_mark_of_the_encoding_is_no_part_of_a_question(tmp_path: Path) -> None:
    path = tmp_path / "questions.txt"
    path.write_text("q.wav\n", encoding="utf-8-sig")
    assert asked(path) == [Question(wav=Path("q.wav"))]


def test_a_file_that_is_no_text_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "questions.txt"
    path.write_bytes(b"how much \x97 fuel")
    with pytest.raises(UsageError, match=r"questions.txt are no UTF-8 text \(byte 9\); save"):
        asked(path)
