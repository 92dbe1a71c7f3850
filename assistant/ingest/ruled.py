"""Ingest: the drawn lines of a page come in, the tables and the boxes that they frame go out."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.ingest.pages import Line, Page, Rect, Span, lines_of

THIN_PT = 2.5
MIN_WIDTH = 40.0
TOUCH_PT = 3.5
SAME_X_PT = 6.0
SAME_Y_PT = 3.0
MAX_BAND = 330.0  # height of a row
MIN_LEVELS = 3  # horizontal rules of a table
SHORT_BAND = 30.0
LINE_EM = 1.35
HEAD_EM = 1.7  # from the headings' baseline to the first rule
BOX_WIDTH = 90.0
PAGE_SHARE = 0.75  # a larger rectangle is the page's background


@dataclass(frozen=True, slots=True)
class Zone:
    """A ruled table: where its rows part, where its columns part (if drawn), and its text."""

    levels: tuple[float, ...]  # y
    edges: tuple[float, ...]  # x, without the outer ones
    x0: float
    x1: float
    spans: tuple[Span, ...]


def zones_of(page: Page, spans: Sequence[Span]) -> list[Zone]:
    """The ruled tables of a page."""
    found: list[Zone] = []
    left = list(spans)
    for x0, x1, every in _groups(_horizontals(page)):
        for levels in _tables(left, (x0, x1), every, page):
            levels = _head_above(left, (x0, x1), levels, page)  # noqa: PLW2901
            inside = _inside(left, (x0, x1), levels)
            edges = _verticals(page, x0, x1, levels)
            found.append(Zone(tuple(levels), edges, x0, x1, tuple(inside)))
            gone = {id(span) for span in inside}
            left = [span for span in left if id(span) not in gone]
    return found


def _inside(
    spans: Sequence[Span], sides: tuple[float, float], levels: Sequence[float]
) -> list[Span]:
    x0, x1 = sides
    return [
        s
        for s in spans
        if x0 - TOUCH_PT <= (s.x0 + s.x1) / 2 <= x1 + TOUCH_PT
        and levels[0] < s.y - 0.3 * s.style.size
        and s.y < levels[-1] + 1.0
    ]


def _tables(
    spans: Sequence[Span], sides: tuple[float, float], levels: Sequence[float], page: Page
) -> list[list[float]]:
    """The stretches of rules that are tables: bands of several cells, one title among them.

    Boxes and other tables of the same width stand above and below with rules of their own.
    """
    bands = list(itertools.pairwise(levels))
    rows = [lines_of(_inside(spans, sides, band), page.index) for band in bands]
    several = [_is_row(lines) for lines in rows]
    for number in range(1, len(bands) - 1):
        flanked = several[number - 1] and several[number + 1] and _short(bands[number])
        if not several[number] and len(rows[number]) == 1 and flanked:
            # A title over a group of rows looks like them; the heading of another table does not.
            own, above = rows[number][0].style, rows[number - 1][0].style
            several[number] = own.size == above.size
    out: list[list[float]] = []
    start = 0
    while start < len(bands):
        end = start
        while end < len(bands) and several[end]:
            end += 1
        if end - start >= MIN_LEVELS - 1:
            out.append(list(levels[start : end + 1]))
        start = end + 1
    return out


def _is_row(lines: Sequence[Line]) -> bool:
    """Whether lines between two rules are cells next to each other."""
    several = [len(line.cells) > 1 for line in lines]
    if not any(several) or 2 * sum(several) < len(several):
        return bool(several) and several[0]
    # Above the cells stands nothing but more of the same: a heading is no part of the row.
    first = lines[several.index(True)].style
    before = (line.style for line in lines[: several.index(True)])
    return all(style.bold == first.bold and style.size == first.size for style in before)


def _head_above(
    spans: Sequence[Span], sides: tuple[float, float], levels: list[float], page: Page
) -> list[float]:
    """The levels with one more above headings that stand over the first rule."""
    above = [s for s in spans if sides[0] - 1 <= s.x0 and s.x1 <= sides[1] + 1 and s.y < levels[0]]
    inside = lines_of(_inside(spans, sides, levels), page.index)
    if not inside or inside[0].style.bold:
        return levels
    top, several = levels[0], False
    for line in reversed(lines_of(above, page.index)):
        alike = abs(line.style.size - inside[0].style.size) < 0.12 * inside[0].style.size
        # Over the headings themselves stand only their own upper lines.
        close = top - line.y <= (LINE_EM if several else HEAD_EM) * line.style.size
        if not alike or not close or not line.style.bold:
            break
        top = line.y
        several = several or len(line.cells) > 1
    return [top - 1.0 * inside[0].style.size, *levels] if several else levels


def _short(band: tuple[float, float]) -> bool:
    return band[1] - band[0] < SHORT_BAND


def boxes_of(page: Page) -> list[Rect]:
    """The rectangles that can frame text, the smallest first; four lines count as one."""
    area = page.width * page.height
    framed = [r for r in page.rects if _frames(r, area)]
    levels = _horizontals(page)
    for top, bottom in itertools.pairwise(levels):
        # A box that is drawn as lines: two horizontals of one width with uprights at both ends.
        if abs(top.x0 - bottom.x0) < TOUCH_PT and abs(top.x1 - bottom.x1) < TOUCH_PT:
            box = Rect(top.x0, top.y0, top.x1, bottom.y0)
            if _frames(box, area) and _has_sides(page, box):
                framed.append(box)
    return sorted(framed, key=lambda r: (r.x1 - r.x0) * (r.y1 - r.y0))


def _frames(rect: Rect, area: float) -> bool:
    wide, high = rect.x1 - rect.x0, rect.y1 - rect.y0
    return wide >= BOX_WIDTH and high > 12.0 and wide * high < PAGE_SHARE * area  # noqa: PLR2004


def _has_sides(page: Page, box: Rect) -> bool:
    sides = [
        r
        for r in page.rects
        if r.x1 - r.x0 <= THIN_PT and r.y0 <= box.y0 + TOUCH_PT and r.y1 >= box.y1 - TOUCH_PT
    ]
    return all(any(abs(r.x0 - x) < TOUCH_PT for r in sides) for x in (box.x0, box.x1))


def _horizontals(page: Page) -> list[Rect]:
    """Horizontal rules and the upper and lower edges of rectangles; touching ones are one."""
    flat = []
    for rect in page.rects:
        if rect.y1 - rect.y0 <= THIN_PT:
            flat.append(Rect(rect.x0, (rect.y0 + rect.y1) / 2, rect.x1, (rect.y0 + rect.y1) / 2))
        elif rect.x1 - rect.x0 > THIN_PT:
            flat.append(Rect(rect.x0, rect.y0, rect.x1, rect.y0))
            flat.append(Rect(rect.x0, rect.y1, rect.x1, rect.y1))
    merged: list[Rect] = []
    for rule in sorted(flat, key=lambda r: (round(r.y0 / SAME_Y_PT), r.x0)):
        last = merged[-1] if merged else None
        level = last is not None and abs(last.y0 - rule.y0) <= SAME_Y_PT
        if last and level and last.x0 - TOUCH_PT <= rule.x0 <= last.x1 + TOUCH_PT:
            merged[-1] = Rect(last.x0, last.y0, max(last.x1, rule.x1), last.y0)
        else:
            merged.append(rule)
    return sorted((r for r in merged if r.x1 - r.x0 >= MIN_WIDTH), key=lambda r: r.y0)


def _groups(rules: Sequence[Rect]) -> list[tuple[float, float, list[float]]]:
    """Rules of one width above each other: (left, right, their heights)."""
    groups: list[tuple[float, float, list[float]]] = []
    for rule in rules:
        for x0, x1, levels in groups:
            same = abs(x0 - rule.x0) < SAME_X_PT and abs(x1 - rule.x1) < SAME_X_PT
            if same and rule.y0 - levels[-1] <= MAX_BAND:
                if rule.y0 - levels[-1] > SAME_Y_PT:
                    levels.append(rule.y0)
                break
        else:
            groups.append((rule.x0, rule.x1, [rule.y0]))
    return [group for group in groups if len(group[2]) >= MIN_LEVELS]


def _verticals(page: Page, x0: float, x1: float, levels: Sequence[float]) -> tuple[float, ...]:
    """Where vertical rules part the columns: each must run along half of the table."""
    top, bottom = levels[0], levels[-1]
    length: dict[int, float] = {}
    for rect in page.rects:
        xs = (rect.x0,) if rect.x1 - rect.x0 <= THIN_PT else (rect.x0, rect.x1)
        high = min(rect.y1, bottom) - max(rect.y0, top)
        for x in xs:
            if high > 4.0 and x0 + TOUCH_PT < x < x1 - TOUCH_PT:  # noqa: PLR2004
                key = round(x / TOUCH_PT)
                length[key] = length.get(key, 0.0) + high
    found = sorted(key * TOUCH_PT for key, high in length.items() if high >= (bottom - top) / 2)
    out: list[float] = []
    for x in found:
        if not out or x - out[-1] > 2 * TOUCH_PT:
            out.append(x)
    return tuple(out)
