"""Ingest: the pages of a PDF come in, the same without running heads and feet go out.

A running head or foot stands at the same height on many pages and says the same, but for numbers,
on several of them. What changes there with every chapter is one too, where most of that height's
lines are.
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
BAND_SHARE = 0.25  # of the pages, for a height to be one of running text
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
        gone = [e.line for e in found if (e.band, e.said) in running or e.band in running]
        spans = {id(span) for line in gone for span in line.spans}
        bodies.append(replace(page, spans=tuple(s for s in page.spans if id(s) not in spans)))
        margins.append([line.text for line in gone])
    return bodies, margins


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


def _running(edges: list[_Edge], pages: int) -> set[tuple[int, str] | int]:
    """What is running: single texts in their bands, and whole bands."""
    texts = Counter((edge.band, edge.said) for edge in edges)
    needed = max(REPEATS, min(MIN_PAGES, pages // 3))
    repeated = {key for key, times in texts.items() if times >= needed}
    running: set[tuple[int, str] | int] = set(repeated)
    bands: dict[int, list[str]] = defaultdict(list)
    for edge in edges:
        bands[edge.band].append(edge.said)
    for band, said in bands.items():
        fixed = sum((band, text) in repeated for text in said)
        if len(said) >= BAND_SHARE * pages and fixed >= MOSTLY * len(said):
            running.add(band)
    return running


def _number_alone(page: Page) -> list[str]:
    return [e.line.text for e in _edges(page) if e.line.text.strip("-– ").isdecimal()]
