"""The example questions of a vehicle in its manual: computed once, tied anew when either changes."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from assistant.adapters.sqlite_examples import add_examples, load_examples
from assistant.adapters.sqlite_manual import SqliteManual
from assistant.adapters.sqlite_manual_file import build
from assistant.adapters.sqlite_vectors import add_vectors
from assistant.events import Term
from tests.fakes import FakeEmbedder
from tests.turns import MANUAL

JACK = {"question": "what lifts my car", "answers": [
    {"section": "15.4", "quote": "The jack lies in the tray under the luggage compartment floor, "
     "beside the towing eye and the wheel wrench."}]}  # fmt: skip
LEVEL = {
    "question": "where do i put it to check",
    "answers": [{"section": "14.2", "quote": "Park on level ground."}],
}
BEYOND = {"question": "how loud is the horn", "answers": []}


@pytest.fixture
def manual(tmp_path: Path) -> Path:
    path = tmp_path / "m.sqlite"
    build(path, MANUAL, "one")
    add_vectors(path, FakeEmbedder())
    return path


def examples(tmp_path: Path, *rows: object) -> Path:
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    return path


def opened(path: Path) -> SqliteManual:
    manual = SqliteManual(path, FakeEmbedder())
    manual.open()
    return manual


def test_a_question_alike_is_found_in_words_that_the_manual_lacks(
    manual: Path, tmp_path: Path
) -> None:
    add_examples(manual, examples(tmp_path, JACK, LEVEL, BEYOND), FakeEmbedder())
    with closing(opened(manual)) as found:
        hits = found.search((Term(("jack",)),), 5, "what lifts my car please")
        assert hits.examples
        jack = found.compared(hits.passages, "what lifts my car please")[0]
    assert jack.section == "15.4"
    assert jack.pieces[0].asked > 0.8


def test_the_first_step_of_a_procedure_means_all_of_it_too(manual: Path, tmp_path: Path) -> None:
    add_examples(manual, examples(tmp_path, LEVEL), FakeEmbedder())
    with closing(opened(manual)) as found:
        steps = found.compared(found.section("14.2"), LEVEL["question"])[0]  # type: ignore[arg-type]
    assert [round(piece.asked, 2) for piece in steps.pieces] == [1.0, 1.0, 0.0, 0.0]


def test_how_near_the_questions_are_that_nothing_answers(manual: Path, tmp_path: Path) -> None:
    add_examples(manual, examples(tmp_path, JACK, BEYOND), FakeEmbedder())
    with closing(opened(manual)) as found:
        near = found.search((Term(("jack",)),), 5, "how loud is the horn").unanswered
        far = found.search((Term(("jack",)),), 5, "where is the jack").unanswered
    assert near > 0.99 > far


def test_a_vector_is_computed_once(manual: Path, tmp_path: Path) -> None:
    embedder = FakeEmbedder()
    assert add_examples(manual, examples(tmp_path, JACK), embedder) == 1
    assert add_examples(manual, examples(tmp_path, JACK), embedder) == 0
    assert add_examples(manual, examples(tmp_path, JACK, BEYOND), embedder) == 1
    assert embedder.embedded == [JACK["question"], BEYOND["question"]]


def test_vectors_outlive_a_new_build(manual: Path, tmp_path: Path) -> None:
    path = examples(tmp_path, JACK)
    add_examples(manual, path, FakeEmbedder())
    build(manual, MANUAL, "two")
    embedder = FakeEmbedder()
    add_vectors(manual, embedder)
    embedder.embedded.clear()
    add_examples(manual, path, embedder)
    assert embedder.embedded == []
    with closing(sqlite3.connect(manual)) as connection:
        assert load_examples(connection, 64) is not None


def test_examples_that_are_taken_away_are_forgotten(manual: Path, tmp_path: Path) -> None:
    path = examples(tmp_path, JACK)
    add_examples(manual, path, FakeEmbedder())
    path.unlink()
    add_examples(manual, path, FakeEmbedder())
    with closing(opened(manual)) as found:
        assert not found.search((Term(("jack",)),), 5, "what lifts my car").examples


def test_a_quotation_that_the_manual_lacks_is_left_out_and_named(
    manual: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = {"question": "why", "answers": [{"section": "15.4", "quote": "There is no jack here."}]}
    add_examples(manual, examples(tmp_path, wrong, JACK), FakeEmbedder())
    assert 'There is no jack here." of section 15.4' in caplog.text
    with closing(opened(manual)) as found:
        assert found.search((Term(("jack",)),), 5, "what lifts my car").examples


def test_the_examples_of_another_manual_do_not_count(manual: Path, tmp_path: Path) -> None:
    wrong = {"question": "why", "answers": [{"section": "1.1", "quote": "It is another car."}]}
    add_examples(manual, examples(tmp_path, wrong, BEYOND), FakeEmbedder())
    with closing(opened(manual)) as found:
        assert not found.search((Term(("jack",)),), 5, "how loud is the horn").examples


def test_a_manual_without_examples_is_searched_as_before(manual: Path) -> None:
    with closing(opened(manual)) as found:
        hits = found.search((Term(("jack",)),), 5, "where is the jack")
    assert not hits.examples
    assert hits.unanswered == 0.0
