"""Adapter: a question comes in, passages of the manual go out of one SQLite file.

They are found by words (FTS5, BM25) and, where there is an embedder, by meaning as well.

The file is built from the passages by `build`, as a whole and under a temporary name, so that a
manual is never half there. `fingerprint` names the sources it was built from; each source is kept
with its SHA-256, so that its passages can be taken over unread when the others change.
"""

import contextlib
import json
import math
import os
import re
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from assistant.adapters.sqlite_vectors import (
    PassageVectors,
    carry_vectors,
    load_vectors,
    made_by,
    maker,
    nearness_of_pieces,
)
from assistant.errors import DiskFullError, ManualError, is_full
from assistant.events import Hits, Passage, PassageKind, Piece, Term, Vectors
from assistant.ingest.passages import told_apart
from assistant.lookup.fusion import Worth, fuse
from assistant.pieces import pieces_of
from assistant.ports import Embedder

SCHEMA = """
CREATE TABLE manual (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE passage (
    id INTEGER PRIMARY KEY, section TEXT NOT NULL, title TEXT NOT NULL, page TEXT NOT NULL,
    kind TEXT NOT NULL, chapter TEXT NOT NULL, heading TEXT NOT NULL, text TEXT NOT NULL,
    cells TEXT NOT NULL, path TEXT NOT NULL, source TEXT NOT NULL, own_section TEXT NOT NULL);
CREATE INDEX passage_section ON passage (section);
CREATE INDEX passage_page ON passage (page);
CREATE TABLE source (
    name TEXT NOT NULL, sha256 TEXT NOT NULL, parser TEXT NOT NULL, remarks TEXT NOT NULL);
CREATE VIRTUAL TABLE words USING fts5 (
    title, heading, chapter, text, content='', tokenize="porter unicode61 remove_diacritics 2");
"""
FORMAT = "5"
CANDIDATES = 48  # how many passages words hand on, and as many meaning
COLUMNS = "id, section, title, page, kind, chapter, heading, text, cells, path, source"
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
OWN = """
SELECT own_section, title, page, kind, chapter, heading, text, cells, path FROM passage
WHERE source = ? ORDER BY id
"""
# The weights of title, heading, chapter and text for BM25: a section's title says what it is about.
RANKED = """
SELECT rowid, -bm25(words, 3.0, 2.0, 0.5, 1.0) AS best FROM words
WHERE words MATCH ? ORDER BY best DESC LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class Source:
    """A file that a manual was built from; `parser` is the version of what read it."""

    name: str
    sha256: str
    parser: str
    remarks: tuple[str, ...] = ()


class SqliteManual:
    """The `Manual` port over one SQLite file, opened read only."""

    def __init__(self, path: Path, embedder: Embedder | None = None) -> None:
        self._path = path
        self._embedder = embedder
        self._vectors: PassageVectors | None = None
        self._connection: sqlite3.Connection | None = None
        self._asked: tuple[str, Vectors | None] = "", None
        self._count = 0

    def open(self) -> None:
        """Open the file and the embedder; raise ManualError when it is not a built manual."""
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
        self._vectors = None
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
            if question and self._vectors is not None:
                found, cosines = self._by_meaning(question, found, holders, weighed)
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
            return Hits(tuple(passages), weighed)
        except sqlite3.Error as error:
            raise ManualError(f"{self._path} cannot be searched: {error}.") from error

    def compared(self, passages: Sequence[Passage], question: str) -> tuple[Passage, ...]:
        """The same passages with their pieces, and how near each is in meaning to the question."""
        if self._vectors is None:
            return tuple(replace(passage, pieces=pieces_of(passage)) for passage in passages)
        asked = self._vector_of(question)
        cosine, rows = self._vectors.nearness(asked).cosine, self._vectors.row_of
        try:
            near = nearness_of_pieces(
                self._open_connection, [passage.order for passage in passages], asked
            )
        except sqlite3.Error as error:
            raise ManualError(f"{self._path} cannot be read: {error}.") from error
        return tuple(
            replace(
                passage,
                cosine=float(cosine[rows[passage.order]]),
                pieces=_with_cosines(pieces_of(passage), near.get(passage.order, [])),
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
            return tuple(replace(_passage(row), coverage=1.0) for row in rows)
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
        self._vectors = load_vectors(connection, self._embedder.traits.dimensions)
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
        vectors, near = self._vectors, self._vectors.nearness(self._vector_of(question))
        nearest = vectors.orders[np.argsort(-near.meaning)[:CANDIDATES]].tolist()
        rows = {order: vectors.row_of[order] for order in (*by_words, *nearest)}
        worths = {
            order: Worth(
                by_words.get(order, 0.0),
                _coverage(order, terms, holders),
                float(near.meaning[row]),
            )
            for order, row in rows.items()
        }
        return fuse(worths), {order: float(near.cosine[row]) for order, row in rows.items()}

    def _vector_of(self, question: str) -> Vectors:
        """The vector of a question; of the last one it is kept."""
        text, vector = self._asked
        if text != question or vector is None:
            assert self._embedder is not None
            vector = self._embedder.embed([question])[0]
            self._asked = question, vector
        return vector

    def _passage_at(self, order: int) -> Passage:
        return _passage(self._open_connection.execute(AT, (order,)).fetchone())

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


def build(
    path: Path, passages: Iterable[Passage], fingerprint: str, sources: Sequence[Source] = ()
) -> int:
    """Write a manual file and return how many passages it holds.

    `passages` name their source; their sections are as the source has them, and those that two
    sources share are told apart here.

    Raises ManualError when there is no passage, DiskFullError when there is no room.
    """
    # Another process may build the same manual at this moment, so the name is our own.
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        connection = sqlite3.connect(part)
        try:
            count = _fill(connection, passages, fingerprint, sources)
            carry_vectors(connection, path)
            connection.commit()
        finally:
            connection.close()
        if not count:
            raise ManualError("The manual holds no text under any heading; nothing was built.")
        part.replace(path)
    except (OSError, sqlite3.Error) as error:
        raise _not_built(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink()
    return count


def _not_built(path: Path, error: OSError | sqlite3.Error) -> ManualError | DiskFullError:
    """Why a manual was not built, and what helps."""
    reason = error.strerror if isinstance(error, OSError) else str(error)
    code = getattr(error, "sqlite_errorcode", None)
    if code == sqlite3.SQLITE_FULL or (isinstance(error, OSError) and is_full(error)):
        return DiskFullError(f"The manual {path} cannot be written ({reason}); free some space.")
    if code == sqlite3.SQLITE_IOERR_WRITE:  # a quota or a limit may be what cut the write short
        return DiskFullError(
            f"The manual {path} cannot be written ({reason}); free some space or check the disk."
        )
    return ManualError(
        f"The manual {path} cannot be written ({reason}); make its folder writable, or name "
        "another one in models.folder or XDG_DATA_HOME."
    )


def built_from(path: Path) -> str:
    """The fingerprint of the sources of a manual file, "" where it is none or is damaged."""
    if not path.is_file():
        return ""
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        try:
            rows = dict(connection.execute("SELECT key, value FROM manual"))
            whole = connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
        finally:
            connection.close()
    except sqlite3.Error:
        return ""
    return str(rows.get("fingerprint", "")) if whole and rows.get("format") == FORMAT else ""


def kept_sources(path: Path) -> dict[Source, tuple[Passage, ...]]:
    """What a manual file holds of each of its sources; empty where it is none or is damaged.

    A source's sections are as the source itself has them.
    """
    if not built_from(path):
        return {}
    try:
        with contextlib.closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        ) as connection:
            found = {}
            for name, sha256, parser, remarks in connection.execute(
                "SELECT name, sha256, parser, remarks FROM source"
            ).fetchall():
                key = Source(name, sha256, parser, tuple(json.loads(remarks)))
                rows = connection.execute(OWN, (source_key(key),))
                found[key] = tuple(_passage((0, *row, name)) for row in rows)
            return found
    except (sqlite3.Error, ValueError, TypeError):
        return {}


def source_key(source: Source) -> str:
    """What names a source in its passages: two files may have one name."""
    return f"{source.name}#{source.sha256[:12]}"


def _fill(
    connection: sqlite3.Connection,
    passages: Iterable[Passage],
    fingerprint: str,
    sources: Sequence[Source],
) -> int:
    count = 0
    connection.executescript(SCHEMA)
    given = list(passages)
    for count, (passage, own) in enumerate(zip(told_apart(given), given, strict=True), 1):
        connection.execute(
            "INSERT INTO passage VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                count,
                passage.section,
                passage.title,
                passage.page,
                passage.kind.value,
                passage.chapter,
                passage.heading,
                passage.text,
                json.dumps(passage.row),
                json.dumps(passage.path),
                passage.source,
                own.section,
            ),
        )
        connection.execute(
            "INSERT INTO words (rowid, title, heading, chapter, text) VALUES (?, ?, ?, ?, ?)",
            (count, passage.title, passage.heading, passage.chapter, passage.text),
        )
    connection.executemany(
        "INSERT INTO source VALUES (?, ?, ?, ?)",
        ((s.name, s.sha256, s.parser, json.dumps(s.remarks)) for s in sources),
    )
    about = {"format": FORMAT, "fingerprint": fingerprint}
    connection.executemany("INSERT INTO manual VALUES (?, ?)", about.items())
    connection.commit()
    return count


def _with_cosines(pieces: tuple[Piece, ...], cosines: Sequence[float]) -> tuple[Piece, ...]:
    """The pieces with their cosines; as they are where those of a damaged file do not fit."""
    if len(pieces) != len(cosines):
        return pieces
    return tuple(replace(p, cosine=cosine) for p, cosine in zip(pieces, cosines, strict=True))


def _coverage(order: int, terms: tuple[Term, ...], holders: list[set[int]]) -> float:
    """The share of the question's weight that a passage holds, 0 to 1."""
    held = zip(terms, holders, strict=True)
    return sum(t.weight for t, rowids in held if order in rowids) / sum(t.weight for t in terms)


def _match(term: Term) -> str:
    """The term as an FTS5 expression; quoted, so that no word is taken for an operator."""
    words = (re.sub(r'["\x00]', " ", word) for word in term.words)
    return "(" + " OR ".join(f'"{word}"' for word in words) + ")"


def _passage(row: tuple[object, ...]) -> Passage:
    order, section, title, page, kind, chapter, heading, text, cells, path, source = map(str, row)
    return Passage(
        section=section,
        title=title,
        page=page,
        text=text,
        kind=PassageKind(kind),
        chapter=chapter,
        heading=heading,
        row=tuple((head, cell) for head, cell in json.loads(cells)),
        order=int(order),
        path=tuple(json.loads(path)),
        source=source.partition("#")[0],
    )
