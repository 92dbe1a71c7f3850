"""Ingest: the pages of a PDF come in, the same without running heads and feet go out.

A running head or foot stands at a height at which many pages have a line, and most of these lines
say the same as another, but for numbers. What changes there with every chapter is one too. The
headings of a table that goes on overleaf say the same as well, but at a height of running text.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.ingest.pages import Line, Page, lines_of

DIGITS = re.compile(r"\d+|\b[ivxlc]+\b")
HEAD, FOOT = 0.14, 0.86  # shares of the page's height above and below which they stand
LINES = 3  # outermost lines looked at
BAND_PT = 3.0
REPEATS = 2  # pages on which a text must stand to be a running one
MOSTLY = 0.6  # of a band's lines, for the rest of it to be running too
BAND_SHARE = 0.2  # of the pages, for a height to be one of running text
MIN_PAGES = 3


@dataclass(frozen=True, slots=True)
class _Edge:
    """A line near an end of its page, and what stands there on other pages too."""

    line: Line
    band: int
    said: str


def without_margins(pages: Sequence[Page]) -> tuple[list[Page], list[list[str]]]:
    """The pages' bodies, and for each page the texts of its head and foot."""
    if len(pages) < MIN_PAGES:
        return list(pages), [_number_alone(page) for page in pages]
    edges = [_edges(page) for page in pages]
    running = _running([edge for page in edges for edge in page], len(pages))
    bodies, margins = [], []
    for page, found in zip(pages, edges, strict=True):
        gone = [edge.line for edge in found if edge.band in running or _is_number(edge, found)]
        spans = {id(span) for line in gone for span in line.spans}
        bodies.append(replace(page, spans=tuple(s for s in page.spans if id(s) not in spans)))
        margins.append([line.text for line in gone])
    return bodies, margins


def _is_number(edge: _Edge, edges: Sequence[_Edge]) -> bool:
    """Whether a line is nothing but a number, outside of everything else on its page."""
    alone = edge.said.strip("-– ") == "#"
    return alone and (edge is edges[-1] or edge is edges[0])


def _edges(page: Page) -> list[_Edge]:
    lines = lines_of(page.spans, page.index)
    high = [line for line in lines if line.y < HEAD * page.height][:LINES]
    low = [line for line in lines if line.y > FOOT * page.height][-LINES:]
    return [_edge(line, page, foot=False) for line in high] + [
        _edge(line, page, foot=True) for line in low if line not in high
    ]


def _edge(line: Line, page: Page, *, foot: bool) -> _Edge:
    # Bands below zero count from the foot, so that pages of two heights share them.
    place = line.y - page.height if foot else line.y + BAND_PT
    band = round(place / BAND_PT)
    return _Edge(line, band if band else -1, DIGITS.sub("#", line.text.lower()))


def _running(edges: list[_Edge], pages: int) -> set[int]:
    """The bands of running heads and feet."""
    texts = Counter((edge.band, edge.said) for edge in edges)
    needed = max(REPEATS, min(MIN_PAGES, pages // 3))
    bands: dict[int, list[str]] = defaultdict(list)
    for edge in edges:
        bands[edge.band].append(edge.said)
    return {
        band
        for band, said in bands.items()
        if len(said) >= max(REPEATS, BAND_SHARE * pages)
        and sum(texts[(band, text)] >= needed for text in said) >= MOSTLY * len(said)
    }


def _number_alone(page: Page) -> list[str]:
    return [e.line.text for e in _edges(page) if e.line.text.strip("-– ").isdecimal()]
