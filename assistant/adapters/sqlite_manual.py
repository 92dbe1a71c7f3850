"""Adapter: a question comes in, passages of the manual go out of one SQLite file.

They are found by words (FTS5, BM25) and, where there is an embedder, by meaning as well.
"""

import math
import re
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from assistant.adapters.sqlite_examples import Asked, ExampleVectors, load_examples
from assistant.adapters.sqlite_manual_file import COLUMNS, passage_of
from assistant.adapters.sqlite_seal import require_whole
from assistant.adapters.sqlite_vectors import (
    PassageVectors,
    load_vectors,
    made_by,
    maker,
    nearness_of_pieces,
)
from assistant.errors import ManualError
from assistant.events import Hits, Passage, Piece, Term, Vectors
from assistant.lookup.fusion import Worth, fuse
from assistant.pieces import pieces_of
from assistant.ports import Embedder

CANDIDATES = 48  # how many passages words hand on, and as many meaning
SECTION = f"SELECT {COLUMNS} FROM passage WHERE section = ? ORDER BY id"  # noqa: S608  constants
PAGE = f"SELECT {COLUMNS} FROM passage WHERE page = ? COLLATE NOCASE ORDER BY id"  # noqa: S608
AT = f"SELECT {COLUMNS} FROM passage WHERE id = ?"  # noqa: S608
# A section by its id, by its title, or by a heading above it.
NAMED = f"""
SELECT {COLUMNS} FROM passage
WHERE section = :name COLLATE NOCASE OR title = :name COLLATE NOCASE
OR chapter = :name COLLATE NOCASE OR chapter LIKE :numbered ESCAPE '\\'
OR heading = :name COLLATE NOCASE OR section LIKE :below ESCAPE '\\' ORDER BY id
"""  # noqa: S608
# The weights of title, heading, chapter and text for BM25: a section's title says what it is about.
RANKED = """
SELECT rowid, -bm25(words, 3.0, 2.0, 0.5, 1.0) AS best FROM words
WHERE words MATCH ? ORDER BY best DESC LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class _Question:
    """A question that was compared."""

    text: str
    vector: Vectors
    asked: Asked


class SqliteManual:
    """The `Manual` port over one SQLite file, opened read only."""

    def __init__(self, path: Path, embedder: Embedder | None = None) -> None:
        self._path = path
        self._embedder = embedder
        self._vectors: PassageVectors | None = None
        self._examples: ExampleVectors | None = None
        self._connection: sqlite3.Connection | None = None
        self._question: _Question | None = None
        self._count = 0

    def open(self) -> None:
        """Open the file and the embedder; raise ManualError when it is not a built manual, or is
        damaged: what it holds is quoted.
        """
        require_whole(self._path)
        try:
            # Turns run on worker threads; the runtime lets only one turn look up at a time.
            self._connection = sqlite3.connect(
                f"{self._path.absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False
            )
            self._count = self._connection.execute("SELECT count(*) FROM passage").fetchone()[0]
            self._open_vectors(self._connection)
        except (sqlite3.Error, ValueError) as error:
            self.close()
            raise ManualError(
                f"{self._path} is not a built manual ({error}); run `auriga manual build`."
            ) from error

    def close(self) -> None:
        """Close the file and the embedder."""
        if self._embedder is not None:
            self._embedder.close()
        self._vectors = self._examples = None
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @property
    def by_meaning(self) -> bool:
        """Whether an open manual has vectors that its embedder can be asked about."""
        return self._vectors is not None

    def search(self, terms: tuple[Term, ...], limit: int, question: str = "") -> Hits:
        """Rank by words: BM25 times the share of the question's weight that the passage covers.

        With the question and an embedder, by that and by the meaning of passage and section.
        """
        try:
            weighed, holders = self._weigh(terms)
            if not any(term.weight for term in weighed):
                return Hits((), weighed)
            found = self._by_words(weighed, holders)
            cosines: dict[int, float] = {}
            unanswered = 0.0
            if question and self._vectors is not None:
                found, cosines = self._by_meaning(question, found, holders, weighed)
                unanswered = self._vector_of(question).asked.unanswered
            best = sorted(found, key=lambda order: -found[order])[:limit]
            passages = (
                replace(
                    self._passage_at(order),
                    coverage=_coverage(order, weighed, holders),
                    score=found[order],
                    cosine=cosines.get(order, 0.0),
                )
                for order in best
            )
            examples = self._examples is not None
            return Hits(tuple(passages), weighed, examples=examples, unanswered=unanswered)
        except sqlite3.Error as error:
            raise ManualError(f"{self._path} cannot be searched: {error}.") from error

    def compared(self, passages: Sequence[Passage], question: str) -> tuple[Passage, ...]:
        """The same passages with their pieces, and how near each is in meaning to the question."""
        if self._vectors is None:
            return tuple(replace(passage, pieces=pieces_of(passage)) for passage in passages)
        asked = self._vector_of(question)
        cosine, rows = self._vectors.nearness(asked.vector).cosine, self._vectors.row_of
        try:
            near = nearness_of_pieces(
                self._open_connection, [passage.order for passage in passages], asked.vector
            )
        except sqlite3.Error as error:
            raise ManualError(f"{self._path} cannot be read: {error}.") from error
        return tuple(
            replace(
                passage,
                cosine=float(cosine[rows[passage.order]]),
                pieces=_compared(
                    pieces_of(passage),
                    near.get(passage.order, []),
                    asked.asked.pieces.get(passage.order, {}),
                ),
            )
            for passage in passages
        )

    def section(self, section: str) -> tuple[Passage, ...]:
        """All passages of a section in their order."""
        return self._some(SECTION, (section,))

    def page(self, label: str) -> tuple[Passage, ...]:
        """All passages that begin on a page, by its printed label."""
        return self._some(PAGE, (label,)) if label else ()

    def named(self, name: str) -> tuple[Passage, ...]:
        """All passages of a section and of those below it, by number or by title."""
        plain = re.sub(r"([%_\\])", r"\\\1", name)
        names = {"name": name, "numbered": f"{plain} %", "below": f"{plain}.%"}
        return self._some(NAMED, names)

    def pages(self) -> tuple[str, ...]:
        """The labels of all pages that a passage begins on, in their order."""
        rows = self._open_connection.execute(
            "SELECT page FROM passage WHERE page != '' GROUP BY page ORDER BY min(id)"
        )
        return tuple(str(row[0]) for row in rows)

    def _some(self, query: str, values: tuple[str, ...] | dict[str, str]) -> tuple[Passage, ...]:
        try:
            rows = self._open_connection.execute(query, values)
            return tuple(replace(passage_of(row), coverage=1.0) for row in rows)
        except sqlite3.Error as error:
            raise ManualError(f"{self._path} cannot be read: {error}.") from error

    @property
    def _open_connection(self) -> sqlite3.Connection:
        if self._connection is None:
            raise ManualError(f"The manual {self._path} is not open.")
        return self._connection

    def _open_vectors(self, connection: sqlite3.Connection) -> None:
        """Load the vectors, unless they are another embedder's or there are none."""
        if self._embedder is None or made_by(connection) != maker(self._embedder):
            return
        dimensions = self._embedder.traits.dimensions
        self._vectors = load_vectors(connection, dimensions)
        self._examples = load_examples(connection, dimensions)
        if self._vectors is not None:
            self._embedder.open()

    def _by_words(self, terms: tuple[Term, ...], holders: list[set[int]]) -> dict[int, float]:
        """What passages are worth by words: their order in the manual, and their score."""
        query = " OR ".join(_match(term) for term in terms)
        rows = self._open_connection.execute(RANKED, (query, CANDIDATES))
        return {order: best * _coverage(order, terms, holders) ** 2 for order, best in rows}

    def _by_meaning(
        self,
        question: str,
        by_words: dict[int, float],
        holders: list[set[int]],
        terms: tuple[Term, ...],
    ) -> tuple[dict[int, float], dict[int, float]]:
        """What those by words and those nearest in meaning are worth, and all their cosines."""
        assert self._vectors is not None
        vectors, asked = self._vectors, self._vector_of(question)
        near = vectors.nearness(asked.vector)
        nearest = vectors.orders[np.argsort(-near.meaning)[:CANDIDATES]].tolist()
        told = {order: max(pieces.values()) for order, pieces in asked.asked.pieces.items()}
        likeliest = sorted(told, key=lambda order: -told[order])[:CANDIDATES]
        rows = {order: vectors.row_of[order] for order in (*by_words, *nearest, *likeliest)}
        worths = {
            order: Worth(
                by_words.get(order, 0.0),
                _coverage(order, terms, holders),
                float(near.meaning[row]),
                told.get(order, 0.0),
            )
            for order, row in rows.items()
        }
        return fuse(worths), {order: float(near.cosine[row]) for order, row in rows.items()}

    def _vector_of(self, question: str) -> "_Question":
        """What is known of a question; of the last one it is kept."""
        if self._question is None or self._question.text != question:
            assert self._embedder is not None
            vector = self._embedder.embed([question])[0]
            asked = self._examples.nearness(vector) if self._examples else Asked({}, 0.0)
            self._question = _Question(question, vector, asked)
        return self._question

    def _passage_at(self, order: int) -> Passage:
        return passage_of(self._open_connection.execute(AT, (order,)).fetchone())

    def _weigh(self, terms: tuple[Term, ...]) -> tuple[tuple[Term, ...], list[set[int]]]:
        """Give each term its inverse document frequency and the passages that hold it."""
        weighed, holders = [], []
        for term in terms:
            rows = self._open_connection.execute(
                "SELECT rowid FROM words WHERE words MATCH ?", (_match(term),)
            )
            rowids = {row[0] for row in rows}
            weight = math.log(1 + (self._count - len(rowids) + 0.5) / (len(rowids) + 0.5))
            weighed.append(Term(term.words, weight))
            holders.append(rowids)
        return tuple(weighed), holders


def _compared(
    pieces: tuple[Piece, ...], cosines: Sequence[float], asked: Mapping[int, float]
) -> tuple[Piece, ...]:
    """The pieces with their cosines; as they are where those of a damaged file do not fit."""
    if len(pieces) != len(cosines):
        return pieces
    return tuple(
        replace(piece, cosine=cosine, asked=asked.get(number, 0.0))
        for number, (piece, cosine) in enumerate(zip(pieces, cosines, strict=True))
    )


def _coverage(order: int, terms: tuple[Term, ...], holders: list[set[int]]) -> float:
    """The share of the question's weight that a passage holds, 0 to 1."""
    held = zip(terms, holders, strict=True)
    return sum(t.weight for t, rowids in held if order in rowids) / sum(t.weight for t in terms)


def _match(term: Term) -> str:
    """The term as an FTS5 expression; quoted, so that no word is taken for an operator."""
    words = (re.sub(r'["\x00]', " ", word) for word in term.words)
    return "(" + " OR ".join(f'"{word}"' for word in words) + ")"
