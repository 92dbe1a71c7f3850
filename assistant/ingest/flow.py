"""Ingest: the lines and tables of one region of a page come in, blocks go out.

A line begins a new piece of text where the distance, the look, the indentation, a marker or a
frame says so; pieces are then read as paragraphs, items of a list, or the text of a box.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median

from assistant.ingest.cleaning import join_lines
from assistant.ingest.document import Block, Box, Heading, Items, Paragraph, Table
from assistant.ingest.headings import MAX_LINES, Looks
from assistant.ingest.markers import BULLET, LETTER, STEP, is_item, label_of
from assistant.ingest.pages import Line, Rect
from assistant.ingest.tables import aligned_tables

FAR = 1.3  # times the usual distance of lines: a new paragraph
SHORT = 0.72  # of the region's width: the last line of a paragraph
INDENT_EM = 0.8
NEAR_PT = 4.0
HEADING_STEP_EM = 1.7


@dataclass(frozen=True, slots=True)
class Placed:
    """A ruled table and where it begins."""

    table: Table
    y: float


@dataclass(frozen=True, slots=True)
class Setting:
    """What is known of the page and the document around a region."""

    looks: Looks
    label: str  # of the page
    frames: tuple[Rect, ...]  # the smallest first
    compounds: frozenset[str]
    leading: float  # the usual distance of baselines, in em


@dataclass(slots=True)
class _Piece:
    lines: list[Line]
    frame: Rect | None
    text: str = ""
    block: Block | None = None  # a heading or a table, which is no piece of text


@dataclass(slots=True)
class _Open:
    """A list that may go on."""

    ordered: bool
    start: int
    indent: float  # where the text of its items begins
    items: list[str] = field(default_factory=list)


def blocks_of(lines: Sequence[Line], tables: Sequence[Placed], setting: Setting) -> list[Block]:
    """The blocks of a region from top to bottom."""
    out: list[Block] = []
    rest = list(lines)
    for table in sorted(tables, key=lambda placed: placed.y):
        above = [line for line in rest if line.y < table.y]
        out += _blocks(above, setting)
        out.append(table.table)
        rest = rest[len(above) :]
    return out + _blocks(rest, setting)


def usual_leading(regions: Sequence[Sequence[Line]]) -> float:
    """The commonest distance from baseline to baseline, in em."""
    steps: dict[float, int] = {}
    for lines in regions:
        width = max((line.x1 for line in lines), default=0.0) - min(
            (line.x0 for line in lines), default=0.0
        )
        for before, after in itertools.pairwise(lines):
            # A full line and the next: rows of a table and paragraphs stand wider apart.
            full = len(before.cells) == 1 and before.x1 - before.x0 > SHORT * width
            if full and before.style.size == after.style.size > 0:
                em = round((after.y - before.y) / after.style.size, 1)
                steps[em] = steps.get(em, 0) + 1
    usual = {em: count for em, count in steps.items() if 0.9 <= em <= 2.2}  # noqa: PLR2004
    return max(usual, key=lambda em: usual[em], default=1.2)


def _blocks(lines: Sequence[Line], setting: Setting) -> list[Block]:
    if not lines:
        return []
    pieces = _pieces(lines, setting)
    for piece in pieces:
        piece.text = join_lines((line.text for line in piece.lines), setting.compounds)
    return list(_read(pieces, setting))


# --- lines to pieces -----------------------------------------------------------------------


def _pieces(lines: Sequence[Line], setting: Setting) -> list[_Piece]:
    frames = [_frame(line, setting.frames) for line in lines]
    runs = {run.first: run for run in aligned_tables(lines, setting.label, setting.looks.large)}
    right = max(line.x1 for line in lines)
    left = min(line.x0 for line in lines)
    pieces: list[_Piece] = []
    index = 0
    while index < len(lines):
        line = lines[index]
        run = runs.get(index)
        heading = None if run else _heading(lines, index, setting)
        if run is not None and label_of(line.text) is None:
            pieces.append(_Piece([], frames[index], block=run.table))
            index = run.last
        elif heading is not None and not _labelled(pieces, frames[index]):
            count, block = heading
            pieces.append(_Piece([], None, block=block))
            index += count
        else:
            piece = pieces[-1] if pieces and pieces[-1].lines else None
            if piece is None or _begins(piece, line, frames[index], (left, right), setting):
                pieces.append(_Piece([line], frames[index]))
            else:
                piece.lines.append(line)
            index += 1
    return pieces


def _frame(line: Line, frames: Sequence[Rect]) -> Rect | None:
    middle = line.y - 0.3 * line.style.size
    for frame in frames:
        if frame.x0 <= line.x0 + 1 and line.x1 - 1 <= frame.x1 and frame.y0 < middle < frame.y1:
            return frame
    return None


def _labelled(pieces: Sequence[_Piece], frame: Rect | None) -> bool:
    """Whether a frame is that of a box: nothing in it is a heading of the manual."""
    return frame is not None and any(
        piece.lines and _same_box(piece.frame, frame) and label_of(piece.lines[0].text)
        for piece in pieces
    )


def _heading(lines: Sequence[Line], first: int, setting: Setting) -> tuple[int, Heading] | None:
    """The heading that begins at a line, and how many lines it takes."""
    group = [lines[first]]
    for line in lines[first + 1 : first + MAX_LINES]:
        near = line.y - group[-1].y <= HEADING_STEP_EM * max(line.style.size, group[-1].style.size)
        alike = line.style == group[-1].style or setting.looks.begins_title(group[0])
        if not near or not alike or is_item(line):
            break
        group.append(line)
    looks = setting.looks
    for count in range(len(group), 0, -1):
        part = group[:count]
        known = looks.titles.get(part[0].page, {})
        text = join_lines((line.text for line in part), setting.compounds)
        if _key(text) in known and looks.stands_out(part[0]):
            return count, Heading(known[_key(text)], text, setting.label)
    alike_lines = [line for line in group if line.style == group[0].style]
    level = looks.level(alike_lines)
    if level is None:
        return None
    text = join_lines((line.text for line in alike_lines), setting.compounds)
    return len(alike_lines), Heading(level, text, setting.label)


def _key(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _begins(
    piece: _Piece, line: Line, frame: Rect | None, sides: tuple[float, float], setting: Setting
) -> bool:
    """Whether a line begins a new piece rather than goes on with the last."""
    before = piece.lines[-1]
    em = max(line.style.size, before.style.size)
    if frame != piece.frame or is_item(line) or _is_label(line):
        return True
    if line.y - before.y > FAR * setting.leading * em or line.y < before.y:
        return True
    if abs(line.style.size - before.style.size) > 0.15 * em:
        return True
    if before.style.bold != line.style.bold and _ends(before, sides):
        return True
    first = piece.lines[0]
    if is_item(first):
        return line.x0 < first.x0 + 1.0 and _ends(before, sides)
    starts = line.x0 - max(before.x0, first.x0 if len(piece.lines) > 1 else before.x0)
    if starts > INDENT_EM * em and before.text.endswith((".", "!", "?", ":")):
        return True
    return before.text.endswith((".", "!", "?", ":")) and _ends(before, sides)


def _ends(line: Line, sides: tuple[float, float]) -> bool:
    left, right = sides
    return line.x1 - left < SHORT * (right - left)


def _is_label(line: Line) -> bool:
    """Whether a line begins with the label of a box: by a colon, by capitals or by its look."""
    found = label_of(line.text)
    if found is not None:
        name = line.text[: len(line.text) - len(found[1])]
        return (
            ":" in name or name.strip().isupper() or line.spans[0].style.bold or line.style.accent
        )
    return line.spans[0].style.bold and label_of(line.spans[0].text) is not None


# --- pieces to blocks ----------------------------------------------------------------------


def _read(pieces: Sequence[_Piece], setting: Setting) -> Iterator[Block]:
    index = 0
    while index < len(pieces):
        piece = pieces[index]
        if piece.block is not None:
            yield piece.block
            index += 1
        elif _is_label(piece.lines[0]):
            last = _box_end(pieces, index)
            yield _box(pieces[index:last], setting.label)
            index = last
        elif _opens_list(piece):
            index, items = _list(pieces, index, setting.label)
            yield items
        else:
            yield Paragraph(piece.text, setting.label)
            index += 1


def _box_end(pieces: Sequence[_Piece], first: int) -> int:
    """Up to which piece the box that begins at `first` goes."""
    head = pieces[first]
    last = first + 1
    if head.frame is not None:
        while last < len(pieces) and _same_box(head.frame, pieces[last].frame):
            last += 1
        if last > first + 1:
            return last
    bare = label_of(head.text) in {(label, "") for label in _labels(head)}
    if bare and last < len(pieces) and pieces[last].lines and not _is_label(pieces[last].lines[0]):
        last += 1
    if pieces[last - 1].text.endswith(":") or (
        last > first + 1 and is_item(pieces[last - 1].lines[0])
    ):
        while last < len(pieces) and pieces[last].lines and is_item(pieces[last].lines[0]):
            last += 1
    return last


def _labels(piece: _Piece) -> tuple[str, ...]:
    found = label_of(piece.text)
    return (found[0],) if found else ()


def _same_box(first: Rect | None, other: Rect | None) -> bool:
    """Whether two frames are one box: the same, or a bar with the label on top of the other."""
    if first is None or other is None:
        return False
    same_sides = abs(first.x0 - other.x0) < NEAR_PT and abs(first.x1 - other.x1) < NEAR_PT
    return first == other or (same_sides and -NEAR_PT < other.y0 - first.y1 < NEAR_PT)


def _box(pieces: Sequence[_Piece], page: str) -> Box:
    texts = []
    for piece in pieces:
        if isinstance(piece.block, Heading):
            texts.append(piece.block.text)
        elif isinstance(piece.block, Table):
            texts += ["; ".join(filter(None, row)) for row in piece.block.rows]
        else:
            texts.append(BULLET.sub("", piece.text))
    text = " ".join(texts)
    found = label_of(text)
    if found is None:  # the label is told from the text by its look alone
        found = label_of(pieces[0].lines[0].spans[0].text)
        assert found is not None
        found = found[0], text[len(pieces[0].lines[0].spans[0].text) :].strip()
    label, rest = found
    return Box(f"{label}: {rest}" if rest else label, page)


def _opens_list(piece: _Piece) -> bool:
    letter = LETTER.match(piece.text)
    if letter is not None and not STEP.match(piece.text):
        return letter.group(1) == "a"
    return is_item(piece.lines[0])


def _list(pieces: Sequence[_Piece], first: int, page: str) -> tuple[int, Items]:
    """The list that begins at a piece, and the index of the piece behind it."""
    step = STEP.match(pieces[first].text)
    start = int(step.group(1)) if step else 1
    found = _Open(step is not None, start, _indent(pieces[first]))
    index = first
    while index < len(pieces):
        piece = pieces[index]
        if piece.block is not None or piece.frame != pieces[first].frame:
            break
        if not _takes(found, piece):
            break
        index += 1
    return index, Items(tuple(found.items), found.ordered, page, start)


def _takes(found: _Open, piece: _Piece) -> bool:
    """Add a piece to a list where it belongs to it."""
    number = STEP.match(piece.text)
    if number is not None and found.ordered:
        if int(number.group(1)) != found.start + len(found.items):
            return False
        found.items.append(piece.text[number.end() :])
        return True
    marker = BULLET.match(piece.text) or LETTER.match(piece.text)
    if marker is not None and number is None:
        nested = found.ordered and bool(found.items)
        if nested and _indent(piece) > found.indent:
            found.items[-1] += f" {piece.text[marker.end() :]}"
            return True
        if found.ordered:
            return False
        found.items.append(piece.text[marker.end() :])
        return True
    belongs = (
        found.items
        and number is None
        and not _is_label(piece.lines[0])
        and piece.lines[0].x0 >= found.indent - 2.0
    )
    if belongs:
        found.items[-1] += f" {piece.text}"
    return bool(belongs)


def _indent(piece: _Piece) -> float:
    """Where the text of an item begins, behind its marker."""
    words = [word for span in piece.lines[0].spans for word in span.words]
    own = words[1].x0 if len(words) > 1 else words[0].x1
    under = [line.x0 for line in piece.lines[1:]]
    return max(own - 1.0, median(under)) if under else own
