"""Adapter: passages of a manual come in, one SQLite file goes out, and what it was made of.

The file is written by `build` as a whole and under a temporary name, so that a manual is never half
there, and sealed, so that damage shows. `fingerprint` names the sources it was built from; each source is kept with its SHA-256, so
that its passages can be taken over unread when the others change.
"""

import contextlib
import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.adapters.sqlite_seal import is_whole, writing
from assistant.adapters.sqlite_vectors import carry_vectors
from assistant.errors import ManualError
from assistant.events import Passage, PassageKind
from assistant.ingest.passages import told_apart

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
FORMAT = "6"
COLUMNS = "id, section, title, page, kind, chapter, heading, text, cells, path, source"
"""What `passage_of` reads."""
OWN = """
SELECT own_section, title, page, kind, chapter, heading, text, cells, path FROM passage
WHERE source = ? ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class Source:
    """A file that a manual was built from; `parser` is the version of what read it."""

    name: str
    sha256: str
    parser: str
    remarks: tuple[str, ...] = ()


def build(
    path: Path, passages: Iterable[Passage], fingerprint: str, sources: Sequence[Source] = ()
) -> int:
    """Write a manual file and return how many passages it holds.

    `passages` name their source; their sections are as the source has them, and those that two
    sources share are told apart here.

    Raises ManualError when there is no passage, DiskFullError when there is no room.
    """
    with writing(path) as connection:
        count = _fill(connection, passages, fingerprint, sources)
        if not count:
            raise ManualError("The manual holds no text under any heading; nothing was built.")
        carry_vectors(connection, path)
    return count


def built_from(path: Path) -> str:
    """The fingerprint of the sources of a manual file, "" where it is none or is damaged."""
    try:
        return said_to_be_from(path) if is_whole(path) and _about(path, "format") == FORMAT else ""
    except OSError:
        return ""


def said_to_be_from(path: Path) -> str:
    """The fingerprint that a manual file states, whole or not; "" where none can be read."""
    return _about(path, "fingerprint")


def _about(path: Path, key: str) -> str:
    if not path.is_file():
        return ""
    try:
        with contextlib.closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        ) as connection:
            found = connection.execute("SELECT value FROM manual WHERE key = ?", (key,)).fetchone()
    except sqlite3.Error:
        return ""
    return str(found[0]) if found else ""


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
                found[key] = tuple(passage_of((0, *row, name)) for row in rows)
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


def passage_of(row: tuple[object, ...]) -> Passage:
    """A passage from its columns, in the order of the table."""
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
