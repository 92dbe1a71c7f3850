"""Benchmarks: a manual's blocks come in, PDFs of it in several layouts go out, with the printed
label of the page that each block begins on.

The layouts differ in what makes reading a PDF hard: columns, numbers in headings, outline, page
labels, rules of tables, how warnings are set off, fonts.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_JUSTIFY, TA_LEFT
from reportlab.lib.pagesizes import A4, A5
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)  # fmt: skip
from reportlab.platypus.tableofcontents import TableOfContents

from assistant.ingest.document import Block, Box, Heading, Items
from assistant.ingest.document import Paragraph as Text
from assistant.ingest.document import Table as Rows
from assistant.ingest.labels import roman

NUMBER = re.compile(r"^\d+(?:\.\d+)*\s+")


@dataclass(frozen=True, slots=True)
class Layout:
    """How a manual is printed."""

    name: str
    columns: int = 1
    numbered: bool = True
    outline: bool = True
    labels: bool = True  # the file says its page labels
    front: bool = True  # pages with Roman numbers before page 1: title, contents
    rules: str = "grid"  # of tables: grid, lines, shaded, none
    boxes: str = "frame"  # of warnings: frame, bar, label
    font: str = "Helvetica"
    size: float = 9.5
    heads: bool = True  # running heads and feet
    justified: bool = False
    repeat_heads: bool = True  # of a table that goes on overleaf


LAYOUTS = (
    Layout("plain"),
    Layout("two-columns", columns=2, size=8.5, rules="lines", boxes="bar", justified=True),
    Layout("unnumbered", numbered=False, outline=False, labels=False, rules="shaded"),
    Layout(
        "bare", numbered=False, outline=False, labels=False, rules="none", boxes="label",
        font="Times", size=10, columns=2,
    ),
    Layout("no-outline", outline=False, rules="lines", boxes="label", font="Vera", size=8.5),
    Layout(
        "open-tables", outline=False, labels=False, rules="none", boxes="frame", font="Times",
        size=11, justified=True, repeat_heads=False,
    ),
    Layout("no-heads", heads=False, front=False, rules="grid", boxes="bar", font="Vera"),
    Layout("two-columns-ruled", columns=2, numbered=False, rules="grid", boxes="frame", size=9),
)  # fmt: skip
FONTS = {
    "Helvetica": ("Helvetica", "Helvetica-Bold"),
    "Times": ("Times-Roman", "Times-Bold"),
    "Vera": ("Vera", "VeraBd"),
}


def unnumbered(blocks: Sequence[Block]) -> list[Block]:
    """The same manual with headings that have no numbers."""
    return [
        replace(block, text=NUMBER.sub("", block.text)) if isinstance(block, Heading) else block
        for block in blocks
    ]


def write(blocks: Sequence[Block], layout: Layout, path: Path) -> list[Block]:
    """Print the manual, and return its blocks with the labels of the pages they begin on."""
    for name in FONTS["Vera"]:
        pdfmetrics.registerFont(TTFont(name, f"{name}.ttf"))
    given = list(blocks) if layout.numbered else unnumbered(blocks)
    printed = _Printed(path, layout)
    printed.multiBuild(list(_story(given, layout, printed)))
    return [
        replace(block, page=printed.label(printed.pages[number]))
        for number, block in enumerate(given)
    ]


class _Mark(Flowable):  # type: ignore[misc]
    """Takes no room; notes the page on which it is drawn (reportlab has no types)."""

    keepWithNext = 1  # reportlab's name

    def __init__(self, number: int, pages: dict[int, int]) -> None:
        super().__init__()
        self._number, self._pages = number, pages

    def wrap(self, *_: float) -> tuple[float, float]:
        """No size."""
        return 0, 0

    def draw(self) -> None:
        """Note the page."""
        self._pages[self._number] = self.canv.getPageNumber()


class _Printed(BaseDocTemplate):  # type: ignore[misc]
    """A document with running heads, page labels and an outline, as the layout has them."""

    def __init__(self, path: Path, layout: Layout) -> None:
        size = A4 if layout.columns > 1 else A5
        super().__init__(str(path), pagesize=size, invariant=1, title="The manual")
        self.layout = layout
        self.pages: dict[int, int] = {}
        self._chapter = ""
        self.front = 0  # pages before the first chapter
        width, height = size
        side, gap = 18 * mm, 7 * mm
        column = (width - 2 * side - gap * (layout.columns - 1)) / layout.columns
        frames = [
            Frame(side + number * (column + gap), 20 * mm, column, height - 42 * mm, 0, 0, 0, 0)
            for number in range(layout.columns)
        ]
        self.column = column
        self.addPageTemplates([
            PageTemplate("front", [Frame(side, 20 * mm, width - 2 * side, height - 42 * mm)], onPage=self._margins),
            PageTemplate("text", frames, onPageEnd=self._margins),
        ])  # fmt: skip

    def label(self, page: int) -> str:
        """The printed label of a page, counted from 1 in the file."""
        return roman(page) if page <= self.front else str(page - self.front)

    def beforeDocument(self) -> None:  # reportlab's name
        """Begin again: the contents take some runs until their pages are right."""
        self._chapter = ""

    def afterFlowable(self, flowable: Flowable) -> None:  # reportlab's name
        """Enter headings into the outline and the table of contents."""
        level = getattr(flowable, "level", None)
        if level is None:
            return
        text, page = flowable.getPlainText(), self.page
        if level == 1:
            if not self._chapter:
                self.front = page - 1
            self._chapter = text
        if level <= 2:  # noqa: PLR2004
            self.notify("TOCEntry", (level - 1, escape(text), page))
        if self.layout.outline:
            key = f"h{self.seq.nextf('h')}-{page}"
            self.canv.bookmarkPage(key)
            self.canv.addOutlineEntry(text, key, level - 1)

    def _margins(self, canvas: Any, _: object) -> None:
        page = canvas.getPageNumber()
        if self.layout.labels:
            style = "ROMAN_LOWER" if page <= self.front else "ARABIC"
            if page in {1, self.front + 1}:
                canvas.addPageLabel(page - 1, style=style, start=1)
        if not self.layout.heads or page == 1:
            return
        width, height = self.pagesize
        canvas.saveState()
        canvas.setFont(FONTS[self.layout.font][0], 8)
        canvas.drawString(18 * mm, height - 13 * mm, "The Aster")
        canvas.drawRightString(width - 18 * mm, height - 13 * mm, self._chapter)
        place = canvas.drawString if page % 2 == 0 else canvas.drawRightString
        place(18 * mm if page % 2 == 0 else width - 18 * mm, 10 * mm, self.label(page))
        canvas.restoreState()


def _story(blocks: Sequence[Block], layout: Layout, printed: _Printed) -> Iterator[Flowable]:
    styles = _styles(layout)
    if layout.front:
        yield Paragraph("Owner's manual", styles["h1"])
        yield PageBreak()
        contents = TableOfContents(dotsMinLevel=0, formatter=printed.label)
        contents.levelStyles = [styles["text"], styles["text"]]
        yield contents
        yield CondPageBreak(0)
    for number, block in enumerate(blocks):
        if isinstance(block, Heading) and block.level == 1:
            yield NextPageTemplate("text")
            if number or layout.front:
                yield PageBreak()
        yield _Mark(number, printed.pages)
        yield from _flowables(block, layout, styles, printed.column)


def _styles(layout: Layout) -> dict[str, ParagraphStyle]:
    normal, bold = FONTS[layout.font]
    size = layout.size
    alignment = TA_JUSTIFY if layout.justified else TA_LEFT
    text = ParagraphStyle(
        "text", fontName=normal, fontSize=size, leading=size * 1.2, spaceAfter=size * 0.6,
        alignment=alignment,
    )  # fmt: skip
    out = {"text": text, "bold": ParagraphStyle("bold", text, fontName=bold, alignment=TA_LEFT)}
    out["cell"] = ParagraphStyle("cell", text, spaceAfter=0, alignment=TA_LEFT)
    out["head"] = ParagraphStyle("head", out["cell"], fontName=bold)
    out["label"] = ParagraphStyle("label", out["bold"], spaceAfter=size * 0.2, keepWithNext=1)
    for level, larger in ((1, 2.0), (2, 1.4), (3, 1.15), (4, 1.0)):
        out[f"h{level}"] = ParagraphStyle(
            f"h{level}", fontName=bold, fontSize=size * larger, leading=size * larger * 1.2,
            spaceBefore=size, spaceAfter=size * 0.5, keepWithNext=1,
        )  # fmt: skip
    return out


def _flowables(
    block: Block, layout: Layout, styles: dict[str, ParagraphStyle], width: float
) -> Iterator[Flowable]:
    match block:
        case Heading(level=level, text=text):
            heading = Paragraph(escape(text), styles[f"h{min(level, 4)}"])
            heading.level = level
            yield heading
        case Text(text=text):
            yield Paragraph(escape(text), styles["text"])
        case Items(items=items, ordered=ordered):
            for number, item in enumerate(items, 1):
                marker = f"{number}." if ordered else "•"
                style = ParagraphStyle(
                    "item", styles["text"], leftIndent=14, bulletIndent=2,
                    spaceAfter=layout.size * 0.2,
                )  # fmt: skip
                yield Paragraph(escape(item), style, bulletText=marker)
            yield Spacer(1, layout.size * 0.4)
        case Rows():
            yield _table(block, layout, styles, width)
            yield Spacer(1, layout.size)
        case Box(text=text):
            yield from _box(text, layout, styles, width)


def _table(
    block: Rows, layout: Layout, styles: dict[str, ParagraphStyle], width: float
) -> Flowable:
    size = layout.size
    while sum(_least(block, layout, size)) > width:  # a wide table is set smaller
        size -= 0.5
    head = ParagraphStyle("small", styles["head"], fontSize=size, leading=size * 1.2)
    cell = ParagraphStyle("small", styles["cell"], fontSize=size, leading=size * 1.2)
    cells = [[Paragraph(escape(text), head) for text in block.heads]]
    cells += [[Paragraph(escape(text), cell) for text in row] for row in block.rows]
    share = _widths(block, _least(block, layout, size), width)
    style: list[tuple[Any, ...]] = [("VALIGN", (0, 0), (-1, -1), "TOP")]
    if layout.rules == "grid":
        style.append(("GRID", (0, 0), (-1, -1), 0.5, colors.black))
    elif layout.rules == "lines":
        style += [
            ("LINEBELOW", (0, 0), (-1, -1), 0.5, colors.grey),
            ("LINEABOVE", (0, 0), (-1, 0), 1, colors.black),
        ]
    elif layout.rules == "shaded":
        style += [("ROWBACKGROUNDS", (0, 1), (-1, -1), (colors.whitesmoke, colors.lightgrey))]
    return Table(
        cells, share, repeatRows=1 if layout.repeat_heads else 0, style=style, hAlign="LEFT"
    )


def _least(block: Rows, layout: Layout, size: float) -> list[float]:
    """The width that the longest word of each column needs."""
    normal, bold = FONTS[layout.font]
    out = []
    for head, *cells in zip(block.heads, *block.rows, strict=True):
        words = [(word, bold) for word in head.split()]
        words += [(word, normal) for cell in cells for word in cell.split()]
        out.append(14 + max(pdfmetrics.stringWidth(word, font, size) for word, font in words))
    return out


def _widths(block: Rows, least: Sequence[float], width: float) -> list[float]:
    """Widths of columns: what each needs, and of the rest a share by the length of its texts."""
    wanted = [max(map(len, column)) for column in zip(block.heads, *block.rows, strict=True)]
    left = width - sum(least)
    return [low + left * want / sum(wanted) for low, want in zip(least, wanted, strict=True)]


def _box(
    text: str, layout: Layout, styles: dict[str, ParagraphStyle], width: float
) -> Iterator[Flowable]:
    label, _, rest = text.partition(": ")
    if layout.boxes == "label":
        yield Paragraph(escape(label.upper()), styles["label"])
        yield Paragraph(escape(rest), styles["text"])
        return
    cells = [
        [Paragraph(escape(label.upper()), styles["head"])],
        [Paragraph(escape(rest), styles["cell"])],
    ]
    style: list[tuple[Any, ...]] = [("BOX", (0, 0), (-1, -1), 0.8, colors.black)]
    if layout.boxes == "bar":
        style = [
            ("BACKGROUND", (0, 0), (-1, 0), colors.orange),
            ("BACKGROUND", (0, 1), (-1, -1), colors.cornsilk),
        ]
    yield Table(cells, [width], style=style, hAlign="LEFT")
    yield Spacer(1, layout.size * 0.6)


def chained(files: Sequence[Sequence[Block]]) -> list[Block]:
    """The blocks of all files of a manual as one."""
    return list(itertools.chain.from_iterable(files))
