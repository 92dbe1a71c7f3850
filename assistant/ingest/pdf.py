"""Ingest: the words of a PDF with their places come in, its blocks in reading order go out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.ingest.cleaning import compounds_of
from assistant.ingest.columns import Region, common_gutters, regions
from assistant.ingest.document import Block, Document
from assistant.ingest.flow import Placed, Setting, blocks_of, usual_leading
from assistant.ingest.headings import looks_of, without_title
from assistant.ingest.joining import joined
from assistant.ingest.labels import odd_labels, page_labels
from assistant.ingest.listings import has_listing_title, is_listing, without_leaders
from assistant.ingest.margins import without_margins
from assistant.ingest.markers import with_markers
from assistant.ingest.pages import Line, Page, Pdf, Span, Style, Word, lines_of
from assistant.ingest.ruled import Zone, boxes_of, zones_of
from assistant.ingest.tables import ruled_table

PICTURED = 0.3  # of the page: a picture where text should be
STAND_IN = "\ufffc"
LATE = 0.6  # of the pages: an index stands behind it, contents before


@dataclass(slots=True)
class _Sheet:
    """A page on its way to blocks."""

    page: Page
    label: str
    spans: list[Span]  # a ruled table is one span
    tables: dict[int, Placed]  # by the id of the span that stands for it
    stretches: list[tuple[list[Line], list[Placed]]]


def document_of(pdf: Pdf, progress: Callable[[int, int], None]) -> Document:
    """The blocks of a PDF; `progress` is told (pages done, pages).

    Returns no blocks where no page has text; `blank_pages` names those without.
    """
    bodies, margins = without_margins(pdf.pages)
    labels = page_labels(margins, [page.label for page in pdf.pages])
    sheets = [_sheet(page, label) for page, label in zip(bodies, labels, strict=True)]
    gutters = common_gutters([sheet.spans for sheet in sheets])
    for sheet in sheets:
        sheet.stretches = [_stretch(region, sheet) for region in regions(sheet.spans, gutters)]
    _drop_listings(sheets)
    every = [lines for sheet in sheets for lines, _ in sheet.stretches]
    compounds = compounds_of(line.text for lines in every for line in lines)
    looks = looks_of(every, without_title(pdf.outline))
    leading = usual_leading(every)
    blocks: list[Block] = []
    for number, sheet in enumerate(sheets, 1):
        progress(number, len(sheets))
        frames = tuple(boxes_of(sheet.page))
        setting = Setting(looks, sheet.label, frames, compounds, leading)
        for lines, tables in sheet.stretches:
            blocks += blocks_of(lines, tables, setting)
    return Document(tuple(joined(blocks, compounds)), tuple(odd_labels(labels)))


def pages_without_text(pdf: Pdf) -> list[int]:
    """The numbers (from 1) of pages that show a picture and no text; empty pages are meant so."""
    return [page.index + 1 for page in pdf.pages if not page.spans and page.pictured >= PICTURED]


def _sheet(page: Page, label: str) -> _Sheet:
    spans = with_markers(page.spans, page.index)
    tables: dict[int, Placed] = {}
    for zone in zones_of(page, spans):
        found = ruled_table(zone, page.index, label)
        if found is None:
            continue
        gone = {id(span) for span in zone.spans}
        spans = [span for span in spans if id(span) not in gone]
        stand_in = _stand_in(zone)
        spans.append(stand_in)
        tables[id(stand_in)] = Placed(found[0], stand_in.y)
    return _Sheet(page, label, spans, tables, [])


def _stand_in(zone: Zone) -> Span:
    top = min(span.y for span in zone.spans)
    return Span((Word(STAND_IN, zone.x0, zone.x1),), top, Style(0.5))


def _stretch(region: Region, sheet: _Sheet) -> tuple[list[Line], list[Placed]]:
    tables = [sheet.tables[id(span)] for span in region.spans if id(span) in sheet.tables]
    text = [span for span in region.spans if id(span) not in sheet.tables]
    return lines_of(text, sheet.page.index), tables


def _drop_listings(sheets: Sequence[_Sheet]) -> None:
    """Take the lines of tables of contents and of indexes away."""
    titled = False
    for number, sheet in enumerate(sheets):
        lines = [line for stretch, _ in sheet.stretches for line in stretch]
        if has_listing_title(lines):
            titled = True
        listing = is_listing(lines, titled=titled)
        titled = titled and (listing or not lines)
        place = number / max(len(sheets), 1)
        if listing and (titled or place < 1 - LATE or place > LATE):
            sheet.stretches = []
        else:
            sheet.stretches = [(without_leaders(ls), tables) for ls, tables in sheet.stretches]
