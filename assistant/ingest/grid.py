"""Ingest: lines of cells come in, the columns that they share and the rows they make go out."""

import itertools
from collections import Counter
from collections.abc import Sequence

from assistant.ingest.cleaning import join_lines
from assistant.ingest.pages import Cell, Line, Span, Word

Columns = tuple[tuple[float, float], ...]  # (left, right) of each, from left to right

CHANNEL_PT = 3.0  # of white between two columns, at least
IN_PLACE = 0.7  # of the lines must fit the columns
MIN_PARTED = 3
NARROW_EM = 0.4
FAR = 1.25  # times the least distance of lines: another row
LARGE_GAPS = 0.15
FULL = 0.8  # of the lines that follow closely: each is a row of its own


def columns_of(lines: Sequence[Line]) -> Columns:
    """The columns that lines of several cells share; empty where they share none."""
    counts = Counter(len(line.cells) for line in lines if len(line.cells) > 1)
    if not counts:
        return ()
    usual = max(counts, key=lambda count: (counts[count], count))
    extents = sorted(
        (cell.x0, cell.x1) for line in lines if len(line.cells) >= usual for cell in line.cells
    )
    merged: list[list[float]] = []
    for left, right in extents:
        if merged and left <= merged[-1][1] + CHANNEL_PT:
            merged[-1][1] = max(merged[-1][1], right)
        else:
            merged.append([left, right])
    columns = tuple((left, right) for left, right in merged)
    if len(columns) < 2 or not _fit(lines, columns):  # noqa: PLR2004
        return ()
    return tuple(part for column in columns for part in _parted(column, lines))


def edges_of(columns: Columns) -> list[float]:
    """Where to part the words of neighbouring columns: in the middle between them."""
    return [(left[1] + right[0]) / 2 for left, right in itertools.pairwise(columns)]


def _parted(column: tuple[float, float], lines: Sequence[Line]) -> Columns:
    """A column that is two, so close that their cells run into each other.

    Words of nearly all of its lines begin at one place there, or end at one, with white before it
    that no word crosses; what is left of it is filled in nearly all lines too.
    """
    left, right = column
    rows = [
        words
        for line in lines
        if (
            words := [
                w for s in line.spans for w in s.words if left - 1 <= w.x0 and w.x1 <= right + 1
            ]
        )
    ]
    several = [words for words in rows if len(words) > 1]
    if len(several) < MIN_PARTED or len(several) < IN_PLACE * len(rows):
        return (column,)
    em = lines[0].style.size
    for start in sorted({round(word.x0, 1) for words in several for word in words[1:]}):
        gaps = [_gap(words, start) for words in rows]
        open_ = [gap for gap in gaps if gap is not None]
        if len(open_) >= IN_PLACE * len(rows) and None not in gaps and min(open_) >= NARROW_EM * em:
            begun = [w.x0 for words in rows for w in words if w.x0 >= start - 1.0]
            firsts = [
                min(w.x0 for w in words if w.x0 >= start - 1.0)
                for words in rows
                if words[-1].x0 >= start - 1.0
            ]
            lefts = [words for words in rows if words[0].x1 <= start]
            aligned = sum(abs(first - start) <= 1.0 for first in firsts)
            if begun and aligned >= IN_PLACE * len(rows) and len(lefts) >= IN_PLACE * len(rows):
                end = max(w.x1 for words in rows for w in words if w.x1 <= start)
                return ((left, end), *_parted((start, right), lines))
    return (column,)


def _gap(words: Sequence[Word], start: float) -> float | None:
    """The white left of a place in a row of words; None where a word crosses it."""
    gap = 99.0
    for word in words:
        if word.x1 <= start:
            gap = min(gap, start - word.x1)
        elif word.x0 < start - 1.0:
            return None
    return gap


def place(columns: Columns, left: float, right: float) -> int:
    """The column that something from `left` to `right` is in: the one it overlaps most."""
    return max(
        range(len(columns)),
        key=lambda number: min(right, columns[number][1]) - max(left, columns[number][0]),
    )


def cells_by_column(line: Line, columns: Columns) -> list[str]:
    """The texts of a line by column, "" where one has none."""
    out = [""] * len(columns)
    for cell in line.cells:
        number = place(columns, cell.x0, cell.x1)
        out[number] = f"{out[number]} {cell.text}".strip()
    return out


def rows_of(lines: Sequence[Line], columns: Columns) -> list[list[Line]]:
    """The lines of each row; a row may be of several lines where a cell is."""
    rows: list[list[Line]] = []
    steps = [after.y - before.y for before, after in itertools.pairwise(lines)]
    near = min(steps, default=0.0)
    far = [step for step in steps if step >= FAR * near]
    spaced = len(far) >= max(2, LARGE_GAPS * len(steps)) and not _all_full(lines, columns, near)
    for number, line in enumerate(lines):
        texts = cells_by_column(line, columns)
        filled = sum(map(bool, texts))
        step = steps[number - 1] if number else 0.0
        if not rows:
            rows.append([line])
        elif spaced:
            rows[-1 if step < FAR * near else len(rows) :] = (
                [[*rows[-1], line]] if step < FAR * near else [[line]]
            )
        elif not texts[0] or (filled == 1 and len(columns) > 2):  # noqa: PLR2004
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def _all_full(lines: Sequence[Line], columns: Columns, near: float) -> bool:
    """Whether lines that follow closely fill all columns: rows in groups, not wrapped cells."""
    close = [
        after for before, after in itertools.pairwise(lines) if after.y - before.y < FAR * near
    ]
    full = sum(all(cells_by_column(line, columns)) for line in close)
    return bool(close) and full >= FULL * len(close)


def row_texts(row: Sequence[Line], columns: Columns) -> tuple[str, ...]:
    """The text of each cell of a row."""
    parts: list[list[str]] = [[] for _ in columns]
    for line in row:
        for number, text in enumerate(cells_by_column(line, columns)):
            if text:
                parts[number].append(text)
    return tuple(join_lines(texts) for texts in parts)


def split_at(spans: Sequence[Span], edges: Sequence[float]) -> list[Span]:
    """The spans, divided where a vertical rule stands between two of their words."""
    out: list[Span] = []
    for span in spans:
        words = list(span.words)
        for edge in edges:
            before = [word for word in words if (word.x0 + word.x1) / 2 < edge]
            if before and len(before) < len(words):
                out.append(Span(tuple(before), span.y, span.style))
                words = words[len(before) :]
        out.append(Span(tuple(words), span.y, span.style))
    return out


def header_rows(rows: Sequence[Sequence[Line]], texts: Sequence[tuple[str, ...]]) -> int:
    """How many of the first rows are headings of the columns: 0, 1 or a few bold ones."""
    bold = 0
    while bold < len(rows) and all(line.style.bold for line in rows[bold]):
        bold += 1
    if 0 < bold < len(rows):
        return bold
    if len(rows) < 2:  # noqa: PLR2004
        return 0
    columns = len(texts[0])
    for number in range(1, columns):
        below = [row[number] for row in texts[1:] if row[number]]
        figures = sum(_has_digit(text) for text in below)
        if below and figures > len(below) / 2 and not _has_digit(texts[0][number]):
            return 1
    return 1 if columns > 2 and all(texts[0]) else 0  # noqa: PLR2004


def _has_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)


def _fit(lines: Sequence[Line], columns: Columns) -> bool:
    several = [line for line in lines if len(line.cells) > 1]
    fitting = sum(len({_column(columns, cell) for cell in line.cells}) > 1 for line in several)
    return fitting >= IN_PLACE * len(several)


def _column(columns: Columns, cell: Cell) -> int:
    return place(columns, cell.x0, cell.x1)
