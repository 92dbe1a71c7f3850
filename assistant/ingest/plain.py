"""Ingest: the plain text of an owner's manual comes in, blocks go out.

Headings are lines of their own that are underlined, numbered ("3.2 Tyres") or in capitals; a form
feed begins a page, whose label is the number that stands alone in its first or last line.
"""

import re
from collections.abc import Iterator, Sequence

from assistant.ingest.cleaning import join_lines, printed
from assistant.ingest.document import Block, Box, Document, Heading, Items, Paragraph, Table
from assistant.ingest.joining import joined
from assistant.ingest.labels import page_labels
from assistant.ingest.markers import BULLET, STEP, label_of

UNDERLINES = {"=": 1, "-": 2, "~": 3, "^": 4}
UNDERLINE = re.compile(r"^([=\-~^])\1{2,}$")
NUMBERED = re.compile(r"^(\d+(?:\.\d+)*)\.?\s+(?=[A-Z])\S")
CELLS = re.compile(r"\s{2,}|\t+|\s*\|\s*")
MAX_WORDS = 12
MIN_ROWS = 2
SENTENCE_END = (".", ";", ",", ":")


def plain_document(text: str) -> Document:
    """The blocks of a plain text."""
    pages = [page.splitlines() for page in text.split("\f")]
    margins = [[line.strip() for line in (*page[:1], *page[-1:])] for page in pages]
    labels = page_labels(margins, [""] * len(pages)) if len(pages) > 1 else [""]
    blocks: list[Block] = []
    for page, label in zip(pages, labels, strict=True):
        own = [line for line in page if not label or line.strip(" -–") != label]
        blocks += _page(own, label)
    return Document(tuple(joined(blocks, frozenset())))


def _page(lines: Sequence[str], label: str) -> Iterator[Block]:
    index = 0
    while index < len(lines):
        if not lines[index].strip():
            index += 1
            continue
        level = _level(lines, index)
        if level is not None:
            yield Heading(level, printed(lines[index]), label)
            underlined = index + 1 < len(lines) and UNDERLINE.match(lines[index + 1].strip())
            index += 2 if underlined else 1
            continue
        last = index + 1
        while last < len(lines) and lines[last].strip() and _level(lines, last) is None:
            last += 1
        yield from _paragraph(lines[index:last], label)
        index = last


def _level(lines: Sequence[str], index: int) -> int | None:
    """The level of a heading; None for other lines."""
    line = lines[index].strip()
    if index + 1 < len(lines) and (under := UNDERLINE.match(lines[index + 1].strip())):
        return UNDERLINES[under.group(1)] if line and not UNDERLINE.match(line) else None
    alone = not (index and lines[index - 1].strip()) and not (
        index + 1 < len(lines) and lines[index + 1].strip()
    )
    words = len(line.split())
    if not alone or not 0 < words <= MAX_WORDS or line.endswith(SENTENCE_END):
        return None
    if label_of(line) is not None:
        return None
    number = NUMBERED.match(line)
    if number is not None:
        return number.group(1).count(".") + 1
    letters = [character for character in line if character.isalpha()]
    return 1 if len(letters) > 1 and all(letter.isupper() for letter in letters) else None


def _paragraph(lines: Sequence[str], label: str) -> Iterator[Block]:
    table = _table(lines, label)
    if table is not None:
        yield table
        return
    pieces: list[list[str]] = []
    for line in lines:
        text = printed(line)
        if not pieces or BULLET.match(text) or STEP.match(text) or label_of(text):
            pieces.append([text])
        else:
            pieces[-1].append(text)
    held: list[Items] = []
    for piece in pieces:
        text = join_lines(piece)
        step, bullet = STEP.match(text), BULLET.match(text)
        if step or bullet:
            item = text[(step or bullet).end() :]  # type: ignore[union-attr]
            start = int(step.group(1)) if step else 1
            held.append(Items((item,), step is not None, label, start))
            continue
        yield from joined(held, frozenset())
        held = []
        found = label_of(text)
        yield Box(f"{found[0]}: {found[1]}", label) if found else Paragraph(text, label)
    yield from joined(held, frozenset())


def _table(lines: Sequence[str], label: str) -> Table | None:
    """Lines that are all parted into as many cells by wide gaps, tabs or bars."""
    rows = [tuple(printed(cell) for cell in CELLS.split(line.strip(" |\t"))) for line in lines]
    rows = [row for row in rows if not all(set(cell) <= set("-=+ ") for cell in row)]
    if len(rows) < MIN_ROWS or len({len(row) for row in rows}) != 1 or len(rows[0]) < MIN_ROWS:
        return None
    figures = [any(c.isdigit() for c in "".join(row[1:])) for row in rows]
    headed = len(rows) > MIN_ROWS - 1 and not figures[0] and any(figures[1:])
    return Table(rows[0] if headed else (), tuple(rows[1:] if headed else rows), label)
