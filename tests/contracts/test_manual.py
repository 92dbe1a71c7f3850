"""What every Manual does, on the fake and on SQLite."""

import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.adapters.sqlite_manual import SqliteManual
from assistant.adapters.sqlite_manual_file import build
from assistant.adapters.sqlite_vectors import add_vectors
from assistant.errors import EmbedderError, ManualError
from assistant.events import Passage, PassageKind, Term
from assistant.ports import Manual
from tests.fakes import FakeEmbedder, FakeManual
from tests.turns import JACK, MANUAL, STEPS

ROW = Passage(
    "11.3", "Tyre pressures", "166", "Front: 2.4; Rear: 2.3", PassageKind.TABLE, "11 Wheels",
    "With a load", (("Front", "2.4"), ("Rear", "2.3")), 4,
)  # fmt: skip
PASSAGES = (*MANUAL, ROW)


def terms(*words: str) -> tuple[Term, ...]:
    return tuple(Term((word,)) for word in words)


class ManualContract:
    """Override `manual`: an open one that holds PASSAGES."""

    def test_it_finds_the_passage_that_holds_the_words(self, manual: Manual) -> None:
        assert manual.search(terms("jack", "wrench"), 5).passages[0].text == JACK.text

    def test_a_passage_comes_back_as_it_was(self, manual: Manual) -> None:
        (found,) = manual.section("11.3")
        for name in ("section", "title", "page", "text", "kind", "chapter", "heading", "row"):
            assert getattr(found, name) == getattr(ROW, name)

    def test_any_of_the_words_of_a_term_will_do(self, manual: Manual) -> None:
        (hit, *_) = manual.search((Term(("wobble", "dipstick")),), 5).passages
        assert hit.section == STEPS.section

    def test_no_more_than_asked_for_are_found(self, manual: Manual) -> None:
        assert len(manual.search(terms("the", "jack", "engine", "rear"), 2).passages) == 2

    def test_words_that_are_not_there_find_nothing(self, manual: Manual) -> None:
        assert manual.search(terms("zeppelin"), 5).passages == ()

    def test_no_words_find_nothing(self, manual: Manual) -> None:
        assert manual.search((), 5).passages == ()

    def test_every_term_comes_back_with_its_weight(self, manual: Manual) -> None:
        hits = manual.search(terms("jack", "zeppelin"), 5)
        assert [term.words for term in hits.terms] == [("jack",), ("zeppelin",)]
        assert all(term.weight > 0 for term in hits.terms)

    def test_a_section_comes_in_its_order(self, manual: Manual) -> None:
        assert [passage.section for passage in manual.section("15.4")] == ["15.4"]
        assert manual.section("99.9") == ()

    @pytest.mark.parametrize(
        "word", ['"', "jack AND", "*", "NEAR(", "jack OR 1=1", "'", "-", "^", "x\x00y", "col:x", ""]
    )
    def test_no_word_is_an_operator(self, manual: Manual, word: str) -> None:
        manual.search(terms(word), 5)
        manual.section(word)

    def test_it_may_be_searched_from_another_thread(self, manual: Manual) -> None:
        found: list[int] = []
        thread = threading.Thread(
            target=lambda: found.append(len(manual.search(terms("jack"), 5).passages))
        )
        thread.start()
        thread.join()
        assert found == [1]

    def test_passages_are_compared_piece_by_piece(self, manual: Manual) -> None:
        (given,) = manual.section("11.3")
        (found,) = manual.compared((given,), "how hard are the rear tyres")
        assert replace(found, pieces=(), cosine=0.0) == replace(given, cosine=0.0)
        assert [(piece.text, piece.kind) for piece in found.pieces] == [(ROW.text, ROW.kind)]
        assert all(-1.001 <= piece.cosine <= 1.001 for piece in found.pieces)

    def test_nothing_is_compared_with_anything(self, manual: Manual) -> None:
        assert manual.compared((), "how hard are the rear tyres") == ()

    def test_the_question_itself_may_be_given(self, manual: Manual) -> None:
        hits = manual.search(terms("jack", "wrench"), 5, "Where are the jack and the wrench?")
        assert hits.passages[0].text == JACK.text
        assert manual.search((), 5, "What is it?").passages == ()

    def test_it_may_be_closed_twice(self, manual: Manual) -> None:
        manual.close()
        manual.close()


class TestFakeManual(ManualContract):
    @pytest.fixture
    def manual(self) -> FakeManual:
        manual = FakeManual(PASSAGES)
        manual.open()
        return manual


class TestSqliteManual(ManualContract):
    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        path = tmp_path / "manual.sqlite"
        assert build(path, PASSAGES, "mine") == len(PASSAGES)
        return path

    @pytest.fixture
    def manual(self, path: Path) -> Iterator[SqliteManual]:
        manual = SqliteManual(path)
        manual.open()
        yield manual
        manual.close()

    def test_the_share_of_the_question_is_told(self, manual: SqliteManual) -> None:
        hit = manual.search(terms("jack", "wrench", "zeppelin"), 5).passages[0]
        assert 0 < hit.coverage < 1
        assert manual.search(terms("jack", "wrench"), 5).passages[0].coverage == 1.0

    def test_a_rarer_word_weighs_more(self, manual: SqliteManual) -> None:
        rare, common = manual.search(terms("jack", "the"), 5).terms
        assert rare.weight > common.weight

    def test_better_passages_come_first(self, manual: SqliteManual) -> None:
        scores = [p.score for p in manual.search(terms("jack", "the", "engine"), 9).passages]
        assert scores == sorted(scores, reverse=True)

    def test_it_is_opened_for_reading_only(self, path: Path) -> None:
        before = path.read_bytes()
        manual = SqliteManual(path)
        manual.open()
        manual.search(terms("jack"), 5)
        manual.close()
        assert path.read_bytes() == before

    def test_a_closed_manual_cannot_be_searched(self, manual: SqliteManual) -> None:
        manual.close()
        with pytest.raises(ManualError, match="not open"):
            manual.search(terms("jack"), 5)
        with pytest.raises(ManualError, match="not open"):
            manual.section("1")

    def test_it_can_be_opened_again(self, manual: SqliteManual) -> None:
        manual.close()
        manual.open()
        manual.open()
        assert manual.search(terms("jack"), 5).passages

    @pytest.mark.parametrize("content", [None, b"", b"text", b"SQLite format 3\x00" + b"\x01" * 99])
    def test_a_file_that_is_no_manual_is_named(self, tmp_path: Path, content: bytes | None) -> None:
        path = tmp_path / "other.sqlite"
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(ManualError, match="auriga manual build"):
            SqliteManual(path).open()

    def test_a_changed_byte_is_an_error_wherever_it_is(self, path: Path) -> None:
        whole = path.read_bytes()
        for place in range(0, len(whole), 211):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
            with pytest.raises(ManualError, match="damaged"):
                SqliteManual(path).open()

    def test_a_file_that_breaks_off_is_an_error(self, path: Path) -> None:
        whole = path.read_bytes()
        path.write_bytes(whole[:-1])
        with pytest.raises(ManualError, match="damaged"):
            SqliteManual(path).open()

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    @given(st.lists(st.text(max_size=12), max_size=5))
    def test_any_words_can_be_searched(self, manual: SqliteManual, words: list[str]) -> None:
        for passage in manual.search(terms(*words), 5).passages:
            assert 0 <= passage.coverage <= 1.0 + 1e-9


class TestSqliteManualByMeaning(ManualContract):
    @pytest.fixture
    def embedder(self) -> FakeEmbedder:
        return FakeEmbedder(same={"crank": "wrench", "lifter": "jack"})

    @pytest.fixture
    def path(self, tmp_path: Path, embedder: FakeEmbedder) -> Path:
        path = tmp_path / "manual.sqlite"
        build(path, PASSAGES, "mine")
        assert add_vectors(path, embedder) == len(PASSAGES)
        return path

    @pytest.fixture
    def manual(self, path: Path, embedder: FakeEmbedder) -> Iterator[SqliteManual]:
        manual = SqliteManual(path, embedder)
        manual.open()
        yield manual
        manual.close()
        assert not embedder.is_open

    def test_what_only_means_the_same_is_found(self, manual: SqliteManual) -> None:
        asked = terms("lifter", "crank")
        assert manual.search(asked, 5).passages == ()
        found = manual.search(asked, 5, "the lifter and the crank").passages[0]
        assert found.text == JACK.text
        assert found.coverage == 0.0
        assert found.cosine > 0.3

    def test_meaning_adds_to_words(self, manual: SqliteManual) -> None:
        first, *rest = manual.search(terms("jack", "the"), 9, "the jack").passages
        assert first.text == JACK.text
        assert first.coverage == 1.0
        assert first.score > max(passage.score for passage in rest)
        scores = [passage.score for passage in rest]
        assert scores == sorted(scores, reverse=True)

    def test_the_coverage_of_what_meaning_found_is_told(self, manual: SqliteManual) -> None:
        hits = manual.search(terms("engine", "lifter"), 9, "the lifter of the engine")
        weights = {term.words[0]: term.weight for term in hits.terms}
        held = weights["engine"] / (weights["engine"] + weights["lifter"])
        for passage in hits.passages:
            holds = "engine" in f"{passage.title} {passage.heading} {passage.text}".lower()
            assert passage.coverage == pytest.approx(held if holds else 0.0)

    def test_vectors_of_another_embedder_are_not_compared_with(self, path: Path) -> None:
        other = FakeEmbedder(name="other")
        manual = SqliteManual(path, other)
        manual.open()
        assert not manual.by_meaning
        assert manual.search(terms("jack"), 5, "the jack").passages[0].cosine == 0.0
        assert other.opened == 0
        manual.close()

    def test_a_manual_without_vectors_is_searched_by_words(
        self, tmp_path: Path, embedder: FakeEmbedder
    ) -> None:
        path = tmp_path / "plain.sqlite"
        build(path, PASSAGES, "mine")
        manual = SqliteManual(path, embedder)
        manual.open()
        assert not manual.by_meaning
        assert manual.search(terms("jack"), 5, "the jack").passages[0].text == JACK.text
        manual.close()

    def test_an_embedder_that_fails_is_an_error_of_the_turn(
        self, manual: SqliteManual, embedder: FakeEmbedder
    ) -> None:
        embedder.error = EmbedderError("the library failed")
        with pytest.raises(EmbedderError):
            manual.search(terms("jack"), 5, "the jack")

    def test_damaged_vectors_are_named(self, path: Path, embedder: FakeEmbedder) -> None:
        with sqlite3.connect(path) as connection:
            connection.execute("UPDATE vector SET vector = zeroblob(length(vector))")
        connection.close()
        manual = SqliteManual(path, embedder)
        with pytest.raises(ManualError, match="auriga manual build"):
            manual.open()
