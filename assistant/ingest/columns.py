"""Ingest: the spans of a page come in, its stretches of text in reading order go out.

Columns are told from tables by what stands in them: the lines of a column mostly fill it and go on
from one to the next, the cells of a table do not. A gutter that many pages have needs no such proof on the others. What
crosses the gutter (a heading, a wide table) parts the columns above it from those below.
"""

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from assistant.ingest.pages import Line, Span, lines_of

GUTTER_PT = 4.0
ALIGNED_PT = 2.5
MIN_STARTS = 3  # spans that begin where a column does
MIN_LINES = 8  # on each side
THIRD = 0.55  # of the page's width: what is left beside one of three columns
OUTDENT_PT = 20.0
WHITE_EM = 0.3
HOLE = 8  # times the usual distance: a table or a picture stands there
ROWS = 0.75  # of the gaps of the side that has fewer: the other has them too
RUNNING = 0.35
FILL = 0.62  # of a column's width, by its middling line
KNOWN_PT = 6.0
MIN_WIDTH = 90.0  # of a column
FEW_PAGES = 3  # of a leaflet one page is proof
CANDIDATES = 16  # places tried for a gutter


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of text in one column, read from top to bottom."""

    spans: tuple[Span, ...]
    x0: float
    x1: float


def regions(spans: Sequence[Span], gutters: frozenset[float] = frozenset()) -> list[Region]:
    """The regions of a page in reading order; `gutters` are those that other pages have."""
    if not spans:
        return []
    x0, x1 = min(s.x0 for s in spans), max(s.x1 for s in spans)
    split = _best_split(spans, x0, x1, gutters)
    return _parted(spans, split, gutters) if split else [Region(tuple(spans), x0, x1)]


def _parted(spans: Sequence[Span], split: float, gutters: frozenset[float]) -> list[Region]:
    """The regions on both sides of a gutter; a third column needs a gutter that pages share."""
    out: list[Region] = []
    for crossing, band in _bands(spans, split):
        if crossing:
            out.append(_plain(band))
            continue
        left = [s for s in band if s.x1 <= split]
        right = [s for s in band if s.x0 >= split - ALIGNED_PT]
        for side in (left, right):
            if side:
                x0, x1 = min(s.x0 for s in side), max(s.x1 for s in side)
                inner = _best_split(side, x0, x1, gutters, known_only=True)
                out += _parted(side, inner, gutters) if inner else [_plain(side)]
    return out


def common_gutters(pages: Sequence[Sequence[Span]]) -> frozenset[float]:
    """Where the gutters of many pages are."""
    found: Counter[int] = Counter()
    for spans in pages:
        if spans:
            x0, x1 = min(s.x0 for s in spans), max(s.x1 for s in spans)
            for split in _splits(spans, x0, x1):
                found[round(split / KNOWN_PT)] += 1
    needed = max(2, 0.15 * len(pages)) if len(pages) > FEW_PAGES else 1
    return frozenset(place * KNOWN_PT for place, times in found.items() if times >= needed)


def _splits(spans: Sequence[Span], x0: float, x1: float) -> list[float]:
    """The gutters of a page by itself; of three columns both."""
    split = _best_split(spans, x0, x1, frozenset())
    if split is None:
        return []
    out = [split]
    for side in ([s for s in spans if s.x1 <= split], [s for s in spans if s.x0 >= split]):
        low, high = min((s.x0 for s in side), default=0.0), max((s.x1 for s in side), default=0.0)
        if high - low > THIRD * (x1 - x0):
            inner = _best_split(side, low, high, frozenset())
            out += [inner] if inner else []
    return out


def _plain(spans: Sequence[Span]) -> Region:
    return Region(tuple(spans), min(s.x0 for s in spans), max(s.x1 for s in spans))


def _best_split(
    spans: Sequence[Span],
    x0: float,
    x1: float,
    gutters: frozenset[float],
    *,
    known_only: bool = False,
) -> float | None:
    """Where the right one of two columns begins, None where there are none."""
    starts = Counter(round(span.x0) for span in spans)
    candidates: list[tuple[bool, int, float]] = []
    for found in starts:
        start: float = found
        begun = sum(starts.get(found + shift, 0) for shift in (-2, -1, 0, 1, 2))
        inside = x0 + MIN_WIDTH < start < x1 - MIN_WIDTH
        start = _column_start(spans, start)
        known = any(abs(start - ALIGNED_PT - gutter) <= KNOWN_PT for gutter in gutters)
        if inside and (known or (begun >= MIN_STARTS and not known_only)):
            candidates.append((known, begun, -start))
    for known, _, start in sorted(candidates, reverse=True)[:CANDIDATES]:
        split = -start - ALIGNED_PT
        if _are_columns(spans, split, (x0, x1), known=known):
            return split
    return None


def _column_start(spans: Sequence[Span], start: float) -> float:
    """Where the column begins of which most spans begin at `start`: some begin before (headings)."""
    ends = [s.x1 for s in spans if s.x0 < start - OUTDENT_PT and s.x1 < start - 1.0]
    left = max(ends, default=start)
    return min((s.x0 for s in spans if left + GUTTER_PT < s.x0 <= start), default=start)


def _are_columns(
    spans: Sequence[Span], split: float, extent: tuple[float, float], *, known: bool
) -> bool:
    left: list[Line] = []
    right: list[Line] = []
    for crossing, band in _bands(spans, split):
        if crossing:
            continue
        left += lines_of([s for s in band if s.x1 <= split], 0)
        right += lines_of([s for s in band if s.x0 >= split], 0)
    if len(right) < (1 if known else MIN_LINES) or len(left) < (1 if known else MIN_LINES):
        return False
    if known:
        return True
    wide_left = max(line.x1 for line in left) - extent[0]
    wide_right = extent[1] - split
    filled_left = median(line.x1 - line.x0 for line in left) / max(wide_left, 1.0)
    filled_right = median(line.x1 - line.x0 for line in right) / max(wide_right, 1.0)
    if _in_rows(left, right):
        return False
    crossed = sum(s.x0 < split < s.x1 for s in spans)
    return (
        _runs_on(left)
        and _runs_on(right)
        and filled_left >= FILL
        and filled_right >= FILL
        and crossed <= 0.5 * (len(left) + len(right))
        and wide_left >= MIN_WIDTH
    )


def _in_rows(left: Sequence[Line], right: Sequence[Line]) -> bool:
    """Whether what stands on both sides parts at the same heights, as the rows of a table do."""
    size = median(line.style.size for line in (*left, *right))
    steps = sorted(
        step
        for side in (left, right)
        for before, after in itertools.pairwise(side)
        if (step := after.y - before.y) > 0.8 * size
    )
    usual = steps[len(steps) // 4] if steps else 1.2 * size
    white = usual + WHITE_EM * size
    ours, theirs = (_gaps(side, white, HOLE * usual) for side in (left, right))
    shared = sum(
        any(min(end, other_end) - max(start, other) >= 0.8 * white for other, other_end in theirs)
        for start, end in ours
    )
    return shared >= ROWS * max(min(len(ours), len(theirs)), 1)


def _gaps(lines: Sequence[Line], least: float, most: float) -> list[tuple[float, float]]:
    """Where the lines of a side stand wider apart than usual; what is wider yet is a hole."""
    pairs = itertools.pairwise(lines)
    return [(a.y, b.y) for a, b in pairs if least <= b.y - a.y <= most]


def _runs_on(lines: Sequence[Line]) -> bool:
    """Whether lines are running text: many begin in the middle of a sentence, few cells do."""
    return sum(line.text[:1].islower() for line in lines) >= RUNNING * len(lines)


def _bands(spans: Sequence[Span], split: float) -> list[tuple[bool, list[Span]]]:
    """From top to bottom: what crosses the gutter by itself, and what stands beside it."""
    out: list[tuple[bool, list[Span]]] = []
    for line in lines_of(spans, 0):
        crosses = any(
            span.x0 < split - ALIGNED_PT and span.x1 > split - GUTTER_PT for span in line.spans
        )
        if out and out[-1][0] == crosses:
            out[-1][1].extend(line.spans)
        else:
            out.append((crosses, list(line.spans)))
    return out
