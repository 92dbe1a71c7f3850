"""Ingest: the vocabulary of a PDF's page: words where they stand, rules, the outline.

Lengths are points (1/72 inch); x grows to the right and y downwards from the upper left corner of
the page as it is shown. `y` of text is its baseline.
"""

from collections.abc import Iterable
from dataclasses import dataclass

CELL_EM = 1.0  # a wider gap parts cells
WORD_EM = 0.18  # a wider gap parts words


@dataclass(frozen=True, slots=True)
class Style:
    """How text looks, as far as it tells headings from running text."""

    size: float  # of the font, in points, rounded to halves
    bold: bool = False
    accent: bool = False  # not in the colour of the running text


@dataclass(frozen=True, slots=True)
class Word:
    """A word and its extent."""

    text: str
    x0: float
    x1: float


@dataclass(frozen=True, slots=True)
class Span:
    """Words of one look next to each other on one baseline, at most about an em apart."""

    words: tuple[Word, ...]
    y: float
    style: Style

    @property
    def text(self) -> str:
        """The words with single spaces."""
        return " ".join(word.text for word in self.words)

    @property
    def x0(self) -> float:
        """The left end."""
        return self.words[0].x0

    @property
    def x1(self) -> float:
        """The right end."""
        return self.words[-1].x1


@dataclass(frozen=True, slots=True)
class Rect:
    """A drawn rectangle or line; a horizontal line has next to no height."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class Page:
    """One page; `label` is what the file's own page labels say, "" where it has none."""

    index: int
    width: float
    height: float
    label: str
    spans: tuple[Span, ...]
    rects: tuple[Rect, ...] = ()
    pictured: float = 0.0  # share of the page that pictures cover, about


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """A bookmark; level 1 is the outermost."""

    level: int
    title: str
    page: int  # index


@dataclass(frozen=True, slots=True)
class Pdf:
    """What a PDF shows as text."""

    pages: tuple[Page, ...]
    outline: tuple[OutlineEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """Spans of a line that belong together."""

    spans: tuple[Span, ...]

    @property
    def text(self) -> str:
        """The words with single spaces."""
        return joined(self.spans)

    @property
    def x0(self) -> float:
        """The left end."""
        return self.spans[0].x0

    @property
    def x1(self) -> float:
        """The right end."""
        return max(span.x1 for span in self.spans)


@dataclass(frozen=True, slots=True)
class Line:
    """Spans on one baseline of one column."""

    spans: tuple[Span, ...]
    page: int  # index

    @property
    def text(self) -> str:
        """The words with single spaces."""
        return joined(self.spans)

    @property
    def x0(self) -> float:
        """The left end."""
        return self.spans[0].x0

    @property
    def x1(self) -> float:
        """The right end."""
        return max(span.x1 for span in self.spans)

    @property
    def cells(self) -> tuple["Cell", ...]:
        """What stands apart from each other on the line, by more than about an em."""
        groups: list[list[Span]] = []
        for span in self.spans:
            em = max(span.style.size, 1.0)
            if groups and span.x0 - groups[-1][-1].x1 <= CELL_EM * em:
                groups[-1].append(span)
            else:
                groups.append([span])
        return tuple(Cell(tuple(group)) for group in groups)

    @property
    def y(self) -> float:
        """The baseline of the largest text."""
        return max(self.spans, key=lambda span: span.style.size).y

    @property
    def style(self) -> Style:
        """The look of most of it; bold only where all of it is."""
        widest = max(self.spans, key=lambda span: span.x1 - span.x0)
        bold = all(span.style.bold for span in self.spans)
        return Style(widest.style.size, bold, widest.style.accent)


def joined(spans: Iterable[Span]) -> str:
    """The text of neighbouring spans; a change of look inside a word makes no space."""
    out = ""
    end = 0.0
    for span in spans:
        apart = out and span.x0 - end > WORD_EM * span.style.size
        out += f" {span.text}" if apart else span.text
        end = span.x1
    return out


def lines_of(spans: Iterable[Span], page: int) -> list[Line]:
    """The lines of spans that stand in one column, from top to bottom."""
    rows: list[list[Span]] = []
    for span in sorted(spans, key=lambda span: (span.y, span.x0)):
        if rows and _on_line(rows[-1], span):
            rows[-1].append(span)
        else:
            rows.append([span])
    return [Line(tuple(sorted(row, key=lambda span: span.x0)), page) for row in rows]


def _on_line(row: list[Span], span: Span) -> bool:
    base = max(row, key=lambda other: other.style.size)
    large, small = max(base.style.size, span.style.size), min(base.style.size, span.style.size)
    apart = abs(base.y - span.y)
    if apart <= 0.25 * large:
        return True
    # Raised or lowered small print belongs to the line that it touches.
    gap = min(max(span.x0 - o.x1, o.x0 - span.x1) for o in row)
    return small < 0.8 * large and apart <= 0.55 * large and gap < 0.3 * large
