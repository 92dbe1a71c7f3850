"""The vectors of a manual: computed once for every text, kept when the manual is built anew."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant.adapters.sqlite_manual_file import build, built_from
from assistant.adapters.sqlite_vectors import add_vectors, load_vectors, made_by, maker
from assistant.errors import EmbedderError, ManualError
from assistant.events import Passage, Vectors
from tests.fakes import FakeEmbedder
from tests.turns import JACK, MANUAL, STEPS

MORE = Passage("9.9", "More", "99", "Something else.", chapter="9 Else")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "m.sqlite"
    build(path, MANUAL, "one")
    return path


def rows(path: Path, table: str) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def built(path: Path, passages: Sequence[Passage]) -> FakeEmbedder:
    """Build anew and add vectors; the embedder knows what it was asked for."""
    build(path, passages, "two")
    embedder = FakeEmbedder()
    add_vectors(path, embedder)
    return embedder


def test_every_passage_gets_a_vector_with_its_title(path: Path) -> None:
    embedder = FakeEmbedder()
    assert add_vectors(path, embedder) == len(MANUAL)
    assert rows(path, "embedded") == len(MANUAL)
    titled = {text.partition(". ")[0] for text in embedder.embedded}
    assert {passage.title for passage in MANUAL} <= titled
    assert (embedder.opened, embedder.is_open) == (1, False)


def test_what_is_there_is_not_computed_again_nor_the_embedder_opened(path: Path) -> None:
    add_vectors(path, FakeEmbedder())
    embedder = FakeEmbedder()
    assert add_vectors(path, embedder) == 0
    assert embedder.opened == 0


def test_another_embedder_computes_all_and_its_vectors_take_the_place(path: Path) -> None:
    add_vectors(path, FakeEmbedder())
    before = rows(path, "vector")
    assert add_vectors(path, FakeEmbedder(name="other")) == len(MANUAL)
    assert rows(path, "vector") == before
    with closing(sqlite3.connect(path)) as connection:
        assert made_by(connection) == maker(FakeEmbedder(name="other"))


def test_unchanged_passages_keep_their_vectors_when_the_manual_is_built_anew(path: Path) -> None:
    add_vectors(path, FakeEmbedder())
    embedder = built(path, (*MANUAL, MORE))
    assert embedder.embedded == ["More. Something else.", "Something else."]
    assert rows(path, "embedded") == len(MANUAL) + 1


def test_a_changed_title_is_another_text(path: Path) -> None:
    add_vectors(path, FakeEmbedder())
    changed = tuple(replace(p, title="Jacks") if p == JACK else p for p in MANUAL)
    embedded = built(path, changed).embedded
    assert embedded == [f"Jacks. {JACK.text}", JACK.text]


def test_vectors_of_passages_that_are_gone_go_too(path: Path) -> None:
    add_vectors(path, FakeEmbedder())
    built(path, (JACK, STEPS))
    assert rows(path, "embedded") == 2
    assert rows(path, "vector") == 2


def test_a_passage_that_comes_twice_is_computed_once(path: Path) -> None:
    embedder = built(path, (JACK, JACK))
    assert embedder.embedded == [f"{JACK.title}. {JACK.text}", JACK.text]
    assert rows(path, "embedded") == 2


def test_vectors_of_a_damaged_manual_are_not_taken_over(path: Path) -> None:
    add_vectors(path, FakeEmbedder())
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE vector SET vector = zeroblob(length(vector))")
    with pytest.raises(ManualError, match="damaged"):
        add_vectors(path, FakeEmbedder(name="other"))
    embedder = built(path, MANUAL)
    assert len(set(embedder.embedded)) >= len(MANUAL)
    assert add_vectors(path, embedder) == 0


def test_a_manual_that_was_built_meanwhile_stays(path: Path) -> None:
    class Slow(FakeEmbedder):
        def embed(self, texts: Sequence[str]) -> Vectors:
            if not self.embedded:
                build(path, (MORE,), "another")
            return super().embed(texts)

    add_vectors(path, Slow())
    assert built_from(path) == "another"
    assert rows(path, "passage") == 1
    assert not list(path.parent.glob("*.part"))


def test_how_far_it_is_is_told(path: Path) -> None:
    told: list[tuple[int, int]] = []
    add_vectors(path, FakeEmbedder(), lambda done, total: told.append((done, total)))
    assert told == [(done, len(MANUAL)) for done in range(1, len(MANUAL) + 1)]


def test_an_embedder_that_fails_leaves_the_manual_as_it_was(path: Path) -> None:
    embedder = FakeEmbedder(error=EmbedderError("the library failed"))
    with pytest.raises(EmbedderError):
        add_vectors(path, embedder)
    assert not embedder.is_open
    assert rows(path, "embedded") == 0
    assert add_vectors(path, FakeEmbedder()) == len(MANUAL)


def test_a_file_that_is_no_manual_is_named(tmp_path: Path) -> None:
    path = tmp_path / "text.sqlite"
    path.write_text("no database")
    with pytest.raises(ManualError, match=r"text\.sqlite"):
        add_vectors(path, FakeEmbedder())


def test_a_long_passage_is_found_by_its_end_and_a_section_as_a_whole(path: Path) -> None:
    long = Passage("1.1", "Long", "1", "filler " * 80 + "zebra", chapter="1 One")
    beside = replace(long, text="Nothing of it.")
    elsewhere = replace(beside, section="2.1")
    embedder = built(path, (long, beside, elsewhere))
    assert sum("zebra" in text for text in embedder.embedded if len(text.split()) <= 63) == 1
    embedder.open()
    with closing(sqlite3.connect(path)) as connection:
        vectors = load_vectors(connection, embedder.traits.dimensions)
    assert vectors is not None
    near = vectors.nearness(embedder.embed(["zebra"])[0])
    assert near.cosine.shape == near.meaning.shape == (3,)
    assert int(np.argmax(near.cosine)) == 0
    assert near.cosine[1] == pytest.approx(near.cosine[2], abs=1e-3)
    assert near.meaning[1] > 2 * near.meaning[2]
