"""Adapter: the vectors of a manual's passages and of their pieces, kept in its SQLite file.

They are computed once the passages are built, by `add_vectors`, and kept under a hash of what they
were computed from, so that a manual that is built anew computes those of changed passages only.
"""

import hashlib
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assistant.adapters.sqlite_seal import is_whole, rewriting
from assistant.errors import ManualError
from assistant.events import Passage, PassageKind, Vectors
from assistant.lookup.windows import windows
from assistant.pieces import FORM, pieces_of, without_references
from assistant.ports import Embedder

SCHEMA = """
CREATE TABLE IF NOT EXISTS vector (
    key BLOB NOT NULL, window INTEGER NOT NULL, vector BLOB NOT NULL, PRIMARY KEY (key, window)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS piece (
    key BLOB NOT NULL, number INTEGER NOT NULL, vector BLOB NOT NULL, PRIMARY KEY (key, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS embedded (passage INTEGER PRIMARY KEY, key BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS example_vector (key BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS example (key BLOB NOT NULL, passage INTEGER, piece INTEGER);
"""
KEY_BYTES = 16
STORED = np.float16  # rounds a cosine by less than 0.001
SECTION_SHARE = 0.5  # what the vector of the section counts beside the passage's own
LOADED = """
SELECT passage.id, passage.chapter || char(10) || passage.section, vector
FROM embedded JOIN passage ON passage.id = embedded.passage JOIN vector USING (key)
ORDER BY passage.id, window
"""
# Of vectors that a damaged file holds, the length tells.
COUNTED = """
SELECT (SELECT count(*) FROM passage), count(DISTINCT passage)
FROM embedded JOIN vector USING (key) WHERE length(vector) = ?
"""
SOUND = """
SELECT key FROM vector GROUP BY key
HAVING min(length(vector)) = :size AND max(length(vector)) = :size
EXCEPT SELECT key FROM piece WHERE length(vector) != :size
"""
OF_PIECES = """
SELECT passage, vector FROM embedded JOIN piece USING (key)
WHERE passage IN ({}) AND length(vector) = ? ORDER BY passage, number
"""

Progress = Callable[[int, int], None]
"""Is told how many texts have their vectors, and how many need them."""


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near every passage of a manual is to a question; one row each, in their order."""

    cosine: Vectors  # float32 [passages], of the nearest window
    meaning: Vectors  # float32 [passages], that and the section's as a whole


@dataclass(frozen=True, slots=True)
class PassageVectors:
    """The vectors of all passages of a manual."""

    orders: npt.NDArray[np.int64]  # [passages], ascending
    row_of: Mapping[int, int]  # a passage's order -> its row here
    windows: Vectors  # float32 [windows, dimensions], each of length 1
    starts: npt.NDArray[np.int64]  # [passages], the first window of each
    sections: Vectors  # float32 [sections, dimensions], each of length 1
    section_of: npt.NDArray[np.int64]  # [passages], a row of `sections`

    def nearness(self, question: Vectors) -> Nearness:
        """Compare with a question's vector, float32 [dimensions], of length 1."""
        cosine = np.maximum.reduceat(_products(self.windows, question), self.starts)
        section = _products(self.sections, question)[self.section_of]
        meaning = (cosine + SECTION_SHARE * section) / (1 + SECTION_SHARE)
        return Nearness(cosine, meaning)


def add_vectors(
    path: Path, embedder: Embedder, progress: Progress = lambda _done, _total: None
) -> int:
    """Give every passage of a built manual its vectors; return of how many they were computed.

    The embedder is opened where it is needed. Raises ManualError, DiskFullError, or the embedder's
    own ModelError and EmbedderError.
    """
    if _has_vectors(path, embedder):
        return 0
    embedder.open()
    try:
        with rewriting(path, what="vectors of the manual") as connection:
            return _complete(connection, embedder, progress)
    finally:
        embedder.close()


def _has_vectors(path: Path, embedder: Embedder) -> bool:
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as held:
            return made_by(held) == maker(embedder) and _whole(held, embedder)
    except sqlite3.Error as error:
        raise ManualError(f"The manual {path} cannot be read: {error}.") from error


def maker(embedder: Embedder) -> str:
    """What made vectors: the embedder, and how passages were parted into pieces."""
    return f"{embedder.traits.name}, pieces {FORM}"


def made_by(connection: sqlite3.Connection) -> str:
    """The maker of the vectors of a manual, "" where it has none."""
    row = connection.execute("SELECT value FROM manual WHERE key = 'embedder'").fetchone()
    return str(row[0]) if row else ""


def carry_vectors(connection: sqlite3.Connection, old: Path) -> None:
    """Take the vectors of an older build over into a new one; none where they cannot be read."""
    connection.executescript(SCHEMA)
    try:
        if not is_whole(old):
            return
        with closing(sqlite3.connect(f"{old.absolute().as_uri()}?mode=ro", uri=True)) as before:
            rows = before.execute("SELECT key, window, vector FROM vector").fetchall()
            pieces = before.execute("SELECT key, number, vector FROM piece").fetchall()
            examples = before.execute("SELECT key, vector FROM example_vector").fetchall()
    except (OSError, sqlite3.Error):
        return  # there is none, or it is of an older form: they are computed again
    connection.executemany("INSERT INTO vector VALUES (?, ?, ?)", rows)
    connection.executemany("INSERT INTO piece VALUES (?, ?, ?)", pieces)
    connection.executemany("INSERT INTO example_vector VALUES (?, ?)", examples)


def load_vectors(connection: sqlite3.Connection, dimensions: int) -> PassageVectors | None:
    """All vectors of a manual as matrices; None where it has none. Raises ValueError if damaged."""
    rows = connection.execute(LOADED).fetchall()
    if not rows:
        return None
    raw = np.frombuffer(b"".join(row[2] for row in rows), STORED)
    matrix = _unit(raw.reshape(len(rows), dimensions).astype(np.float32))
    orders, starts = np.unique([row[0] for row in rows], return_index=True)
    _, section_of = np.unique([row[1] for row in rows], return_inverse=True)
    sections = np.zeros((section_of.max() + 1, dimensions), np.float32)
    np.add.at(sections, section_of, matrix)
    return PassageVectors(
        orders=orders,
        row_of={order: row for row, order in enumerate(orders.tolist())},
        windows=matrix,
        starts=starts,
        sections=_unit(sections),
        section_of=section_of[starts],
    )


def nearness_of_pieces(
    connection: sqlite3.Connection, orders: Sequence[int], question: Vectors
) -> dict[int, list[float]]:
    """How near the pieces of some passages are to a question: a passage's order -> cosines."""
    marks = ", ".join("?" * len(orders))
    size = question.size * STORED().itemsize
    rows = connection.execute(OF_PIECES.format(marks), (*orders, size)).fetchall()
    if not rows:
        return {}
    raw = np.frombuffer(b"".join(row[1] for row in rows), STORED)
    cosines = _products(raw.reshape(len(rows), question.size).astype(np.float32), question)
    near: dict[int, list[float]] = {}
    for (order, _), cosine in zip(rows, cosines.tolist(), strict=True):
        near.setdefault(order, []).append(cosine)
    return near


def _whole(connection: sqlite3.Connection, embedder: Embedder) -> bool:
    size = embedder.traits.dimensions * STORED().itemsize
    passages, embedded = connection.execute(COUNTED, (size,)).fetchone()
    return bool(passages == embedded)


def _complete(connection: sqlite3.Connection, embedder: Embedder, progress: Progress) -> int:
    connection.executescript(SCHEMA)
    rows = connection.execute("SELECT id, title, heading, kind, text FROM passage").fetchall()
    keys = {row[0]: _key(maker(embedder), row[1:]) for row in rows}
    size = {"size": embedder.traits.dimensions * STORED().itemsize}
    there = {row[0] for row in connection.execute(SOUND, size)}
    missing = {keys[row[0]]: row[1:] for row in rows if keys[row[0]] not in there}
    made, pieces = [], []
    for done, (key, (title, heading, kind, text)) in enumerate(missing.items(), 1):
        made += _rows(key, windows(title, heading, text, embedder), embedder)
        parts = pieces_of(Passage("", title, "", text, PassageKind(kind), heading=heading))
        pieces += _rows(key, [without_references(part.text) for part in parts], embedder)
        progress(done, len(missing))
    with connection:
        connection.executemany("INSERT OR REPLACE INTO vector VALUES (?, ?, ?)", made)
        connection.executemany("INSERT OR REPLACE INTO piece VALUES (?, ?, ?)", pieces)
        connection.execute("DELETE FROM embedded")
        connection.executemany("INSERT INTO embedded VALUES (?, ?)", keys.items())
        connection.execute("DELETE FROM vector WHERE key NOT IN (SELECT key FROM embedded)")
        connection.execute("DELETE FROM piece WHERE key NOT IN (SELECT key FROM embedded)")
        about = ("embedder", maker(embedder))
        connection.execute("INSERT OR REPLACE INTO manual VALUES (?, ?)", about)
    return len(missing)


def _rows(key: bytes, texts: list[str], embedder: Embedder) -> list[tuple[bytes, int, bytes]]:
    vectors = embedder.embed(texts)
    return [(key, number, row.astype(STORED).tobytes()) for number, row in enumerate(vectors)]


def _key(made: str, parts: tuple[str, ...]) -> bytes:
    return hashlib.sha256("\0".join((made, *parts)).encode()).digest()[:KEY_BYTES]


def _products(matrix: Vectors, vector: Vectors) -> Vectors:
    # Not `@`: its threads wait for one another, and longer than this takes on cores that are busy.
    products: Vectors = np.einsum("ij,j->i", matrix, vector)
    return products


def _unit(matrix: Vectors) -> Vectors:
    """The rows, each of length 1."""
    length = np.linalg.norm(matrix, axis=1, keepdims=True)
    unit: Vectors = np.divide(matrix, length, out=np.zeros_like(matrix), where=length > 0)
    return unit
