"""Ingest: lines of a page come in, those of a table of contents or of an index go out.

They repeat every title and every keyword, so that as passages they would win every search.
"""

import re
from collections.abc import Sequence

from assistant.ingest.headings import key_of
from assistant.ingest.pages import Line

LEADERS = re.compile(r"(?:\.\s?){3,}\s*\S{0,6}$|…+\s*\S{0,6}$|_{4,}\s*\S{0,6}$")
PAGE_AT_END = re.compile(r"(?:^|[\s.,…])(?:[A-Z]?\d{1,4}(?:[-–]\d{1,4})?|[ivxl]{1,6})$")
INDEX_ENTRY = re.compile(r"(?:,|\s)\s*\d{1,4}(?:[-–]\d{1,4})?(?:,\s*\d{1,4}(?:[-–]\d{1,4})?)*$")
TITLES = frozenset(
    map(key_of, (
        "contents", "table of contents", "index", "alphabetical index", "keyword index",
        "general index", "subject index", "list of figures", "list of tables", "concept index",
        "function index", "variable index",
    ))
)  # fmt: skip
LISTED = 0.5  # of a page's lines
MIN_LINES = 5
RUN = 4


def is_listing(lines: Sequence[Line], *, titled: bool) -> bool:
    """Whether a page is one of contents or index; `titled`: it stands under such a title."""
    texts = [line.text for line in lines]
    if len(texts) < MIN_LINES:
        return titled and any(PAGE_AT_END.search(text) for text in texts)
    leaders = sum(bool(LEADERS.search(text)) for text in texts)
    if leaders >= LISTED * len(texts):
        return True
    ends = sum(bool(PAGE_AT_END.search(text)) for text in texts)
    commas = sum(bool(re.search(r",\s*\d{1,4}$", text)) for text in texts)
    if commas >= LISTED * len(texts):
        return True
    return titled and ends >= 0.35 * len(texts)


def has_listing_title(lines: Sequence[Line]) -> bool:
    """Whether one of the first lines is the title of a listing."""
    return any(key_of(line.text) in TITLES for line in lines[:4])


def without_leaders(lines: Sequence[Line]) -> list[Line]:
    """The lines without runs of entries with dot leaders (a chapter's own small contents)."""
    out: list[Line] = []
    run: list[Line] = []
    for line in lines:
        match = LEADERS.search(line.text)
        if match and PAGE_AT_END.search(line.text):
            run.append(line)
            continue
        out += run if len(run) < RUN else []
        run = []
        out.append(line)
    return out + (run if len(run) < RUN else [])
