"""Adapter: a vehicle's example questions, kept with their vectors in its manual's SQLite file.

Each is tied to the pieces of the manual that answer it. A vector is kept under a hash of what it was
computed from, so that only new questions are computed.
"""

import hashlib
import logging
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assistant.adapters.sqlite_manual_file import COLUMNS, passage_of
from assistant.adapters.sqlite_seal import rewriting
from assistant.adapters.sqlite_vectors import STORED, Progress, maker
from assistant.errors import ManualError
from assistant.events import Passage, Vectors
from assistant.examples import Example, Quotation, pieces_meant, read_examples
from assistant.ports import Embedder

OF_SECTION = f"SELECT {COLUMNS} FROM passage WHERE section = ? ORDER BY id"  # noqa: S608  constants
VECTORS = "SELECT key, vector FROM example_vector WHERE length(vector) = ?"
ANSWERS = "SELECT key, passage, piece FROM example"
LOG = logging.getLogger(__name__)
KEY_BYTES = 16
BATCH = 64
"""How many questions are embedded before progress is told."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How near a question is to the examples."""

    pieces: Mapping[int, Mapping[int, float]]  # a passage's order -> piece's number -> best cosine
    unanswered: float  # to the nearest question that the manual does not answer


@dataclass(frozen=True, slots=True)
class ExampleVectors:
    """The vectors of all examples of a manual."""

    vectors: Vectors  # float32 [examples, dimensions], each of length 1
    answers: tuple[tuple[int, int, int], ...]  # row here, passage's order, piece's number
    unanswered: npt.NDArray[np.int64]  # rows of the examples that nothing answers

    def nearness(self, question: Vectors) -> Asked:
        """Compare with a question's vector, float32 [dimensions], of length 1."""
        cosines = self.vectors @ question
        pieces: dict[int, dict[int, float]] = {}
        for row, order, number in self.answers:
            of_passage = pieces.setdefault(order, {})
            of_passage[number] = max(float(cosines[row]), of_passage.get(number, 0.0))
        beyond = cosines[self.unanswered]
        return Asked(pieces, float(beyond.max()) if beyond.size else 0.0)


def add_examples(
    path: Path,
    questions: Path,
    embedder: Embedder,
    progress: Progress = lambda _done, _total: None,
) -> int:
    """Tie the examples of a file, which need not be there, to a built manual's pieces; return of how many vectors were computed.

    The embedder is opened where it is needed. Raises ManualError naming a line of the file that is
    wrong, DiskFullError, or the embedder's own ModelError and EmbedderError.
    """
    about = _fingerprint(questions, embedder)
    if _made_of(path) == about:
        return 0
    examples = read_examples(questions)
    with rewriting(path, what="example questions of the manual") as connection:
        tied = _tied(connection, examples, embedder)
        there = {row[0] for row in connection.execute("SELECT key FROM example_vector")}
        missing = {
            key: example.question
            for example in examples
            if (key := _key(example, embedder)) not in there
        }
        made = list(_embedded(missing, embedder, progress)) if missing else []
        connection.executemany("INSERT OR REPLACE INTO example_vector VALUES (?, ?)", made)
        connection.execute("DELETE FROM example")
        connection.executemany("INSERT INTO example VALUES (?, ?, ?)", tied)
        connection.execute("DELETE FROM example_vector WHERE key NOT IN (SELECT key FROM example)")
        connection.execute("INSERT OR REPLACE INTO manual VALUES (?, ?)", ("examples", about))
        return len(made)


def load_examples(connection: sqlite3.Connection, dimensions: int) -> ExampleVectors | None:
    """All examples of a manual; None where it has none."""
    known = "SELECT 1 FROM sqlite_master WHERE name = 'example'"
    if connection.execute(known).fetchone() is None:
        return None
    held = connection.execute(VECTORS, (dimensions * STORED().itemsize,)).fetchall()
    at = {key: row for row, (key, _) in enumerate(held)}
    tied = [row for row in connection.execute(ANSWERS).fetchall() if row[0] in at]
    if not tied:
        return None
    raw = np.frombuffer(b"".join(vector for _, vector in held), STORED)
    matrix = raw.reshape(len(held), dimensions).astype(np.float32)
    answers = tuple((at[key], order, piece) for key, order, piece in tied if order)
    beyond = np.array([at[key] for key, order, _ in tied if not order], np.int64)
    return ExampleVectors(matrix, answers, beyond)


def _made_of(path: Path) -> str:
    """The fingerprint of the examples of a built manual, "" where it has none."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as held:
            row = held.execute("SELECT value FROM manual WHERE key = 'examples'").fetchone()
    except sqlite3.Error as error:
        raise ManualError(f"The manual {path} cannot be read: {error}.") from error
    return str(row[0]) if row else ""


def _tied(
    connection: sqlite3.Connection, examples: Sequence[Example], embedder: Embedder
) -> list[tuple[bytes, int | None, int | None]]:
    """Each example with each piece that answers it, or with none.

    A quotation that the manual does not hold is left out, and said: the car starts all the same. Where
    most are not there the examples are another manual's, and what that one lacks this one may have.
    """
    tied: list[tuple[bytes, int | None, int | None]] = []
    found, lost = 0, list[Quotation]()
    sections: dict[str, list[Passage]] = {}
    for example in examples:
        key = _key(example, embedder)
        if not example.answers:
            tied.append((key, None, None))
        for answer in example.answers:
            if answer.section not in sections:
                rows = connection.execute(OF_SECTION, (answer.section,)).fetchall()
                sections[answer.section] = [passage_of(row) for row in rows]
            meant = pieces_meant(sections[answer.section], answer.text)
            tied += [(key, order, number) for order, number in meant]
            found += bool(meant)
            lost += [] if meant else [answer]
    if lost:
        LOG.warning(
            "%d of %d quotations of the example questions are not in the manual and do not count; the "
            'first is "%s" of section %s',
            len(lost), len(lost) + found, lost[0].text, lost[0].section,
        )  # fmt: skip
    return tied if found >= len(lost) else []


def _embedded(
    questions: Mapping[bytes, str], embedder: Embedder, progress: Progress
) -> Iterator[tuple[bytes, bytes]]:
    embedder.open()
    try:
        keys = list(questions)
        for start in range(0, len(keys), BATCH):
            batch = keys[start : start + BATCH]
            vectors = embedder.embed([questions[key] for key in batch])
            for key, vector in zip(batch, vectors, strict=True):
                yield key, vector.astype(STORED).tobytes()
            progress(start + len(batch), len(keys))
    finally:
        embedder.close()


def _key(example: Example, embedder: Embedder) -> bytes:
    text = f"{embedder.traits.name}\n{example.question}"
    return hashlib.sha256(text.encode()).digest()[:KEY_BYTES]


def _fingerprint(questions: Path, embedder: Embedder) -> str:
    """What examples were made of; "" where there is no file."""
    try:
        held = questions.read_bytes()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise ManualError(f"The questions {questions} cannot be read: {error.strerror}.") from error
    return hashlib.sha256(maker(embedder).encode() + held).hexdigest()
