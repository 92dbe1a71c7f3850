"""Ingest: ruled zones and runs of aligned lines come in, tables go out."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from assistant.ingest.document import Table
from assistant.ingest.grid import (
    Columns,
    cells_by_column,
    columns_of,
    edges_of,
    header_rows,
    place,
    row_texts,
    rows_of,
    split_at,
)
from assistant.ingest.markers import is_item
from assistant.ingest.pages import Line, lines_of
from assistant.ingest.ruled import Zone

MAX_STEP_EM = 3.2  # from baseline to baseline inside a table without rules
NEAR_EM = 1.45  # from a row to its next line of text
MIN_ROWS = 2
SAME_PT = 2.0
WIDER = 1.2
FEW_BANDS = 2  # so few rules part head and body only, not every row


@dataclass(frozen=True, slots=True)
class Run:
    """Lines from `first` up to `last` (excluded) that make a table."""

    first: int
    last: int
    table: Table
    columns: Columns


def ruled_table(zone: Zone, page: int, label: str) -> tuple[Table, Columns] | None:
    """The table of a zone; None where it has no two columns."""
    lines = lines_of(split_at(zone.spans, zone.edges), page)
    if zone.edges:
        bounds = [zone.x0, *zone.edges, zone.x1]
        columns: Columns = tuple(itertools.pairwise(bounds))
    else:
        columns = columns_of(lines)
        lines = lines_of(split_at(zone.spans, edges_of(columns)), page)
    if len(columns) < 2:  # noqa: PLR2004
        return None
    bands = [
        [line for line in lines if top < line.y <= bottom + 1.0]
        for top, bottom in itertools.pairwise(zone.levels)
    ]
    bands = [band for band in bands if band]
    if len(bands) <= FEW_BANDS:
        head, *others = bands
        rows = [head, *(row for band in others for row in rows_of(band, columns))]
    else:
        rows = bands
    texts = [row_texts(row, columns) for row in rows]
    heads = max(header_rows(rows, texts), 1 if len(bands) <= FEW_BANDS else 0)
    return _table(texts, heads, label, guessed=not _bold(rows[0])), columns


def aligned_tables(
    lines: Sequence[Line], label: str, is_heading: Callable[[Line], bool]
) -> list[Run]:
    """The tables without rules among the lines of a region."""
    out: list[Run] = []
    index = 0
    while index < len(lines):
        last = _reach(lines, index, is_heading)
        run = _as_table(lines, index, last, label) if last - index >= MIN_ROWS else None
        if run is None:
            index += 1
        else:
            out.append(run)
            index = run.last
    return out


def _reach(lines: Sequence[Line], first: int, is_heading: Callable[[Line], bool]) -> int:
    """Up to where lines may belong to a table that begins at `first`."""
    if len(lines[first].cells) < 2 or is_heading(lines[first]):  # noqa: PLR2004
        return first
    last = first + 1
    while last < len(lines):
        line, before = lines[last], lines[last - 1]
        em = max(line.style.size, 1.0)
        step = line.y - before.y
        several = len(line.cells) > 1
        if is_heading(line) or step > (MAX_STEP_EM if several else NEAR_EM) * em:
            break
        if not several and is_item(line):
            break
        last += 1
    while last > first and not _ends_row(lines, first, last - 1):
        last -= 1
    return last


def _ends_row(lines: Sequence[Line], first: int, index: int) -> bool:
    """Whether a line can be the last of a table: it has cells, or goes on in one of them."""
    line = lines[index]
    if len(line.cells) > 1:
        return True
    above = [other for other in lines[first:index] if len(other.cells) > 1]
    if any(abs(cell.x0 - line.x0) < SAME_PT for other in above for cell in other.cells[1:]):
        return True
    # In the first column it is the rest of a cell only where rows stand wider apart than lines.
    steps = [after.y - before.y for before, after in itertools.pairwise(above)]
    own = line.y - lines[index - 1].y
    below = any(abs(other.cells[0].x0 - line.x0) < SAME_PT for other in above)
    return below and bool(steps) and own * WIDER < min(max(steps), median(steps) * 2)


def _as_table(lines: Sequence[Line], first: int, last: int, label: str) -> Run | None:
    part = lines[first:last]
    columns = columns_of(part)
    part = [Line(tuple(split_at(line.spans, edges_of(columns))), line.page) for line in part]
    if not columns or not _single_lines_fit(part, columns):
        return None
    rows = rows_of(part, columns)
    texts = [row_texts(row, columns) for row in rows]
    full = sum(sum(map(bool, row)) > 1 for row in texts)
    if full < MIN_ROWS or full < len(texts) / 2:
        return None
    table = _table(texts, header_rows(rows, texts), label, guessed=not _bold(rows[0]))
    return Run(first, last, table, columns) if table.rows else None


def _single_lines_fit(lines: Sequence[Line], columns: Columns) -> bool:
    """A line across all columns is running text between two tables, not a part of one."""
    for line in lines:
        if len(line.cells) > 1:
            continue
        column = columns[place(columns, line.x0, line.x1)]
        if line.x1 > column[1] + line.style.size * 2 and column is not columns[-1]:
            return False
        if column is columns[-1] and line.x0 < column[0] - line.style.size * 2:
            return False
    return any(len(cells_by_column(line, columns)) > 1 for line in lines)


def _bold(row: Sequence[Line]) -> bool:
    return all(line.style.bold for line in row)


def _table(texts: Sequence[tuple[str, ...]], heads: int, label: str, *, guessed: bool) -> Table:
    parts = zip(*texts[:heads], strict=True) if heads else ()
    names = tuple(" ".join(part for part in column if part) for column in parts)
    rows = tuple(row for row in texts[heads:] if any(row))
    return Table(names, rows, label, guessed=guessed and bool(names))
