"""Lookup: the Markdown of an owner's manual comes in, passages with their page labels go out.

What the text must look like is what Markdown already says: `#` a chapter, `##` a section (its
leading number is its id), deeper headings inside it, tables with a header row, ordered lists as
procedures, block quotes that begin with **Warning:** or **Caution:** as warnings, and
`<!-- page 212 -->` where a printed page begins.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

from assistant.events import Passage, PassageKind

PAGE_MARK = re.compile(r"<!--\s*page\s+(\S+)\s*-->")
SECTION_NUMBER = re.compile(r"^(\d+(?:\.\d+)*)[.)]?\s+(.*)$")
WARNING = re.compile(r"^(warning|caution|danger)\b", re.IGNORECASE)


@dataclass(slots=True)
class _Place:
    """Where in the manual the parser is."""

    chapter: str = ""
    section: str = ""
    title: str = ""
    heading: str = ""
    page: str = ""
    lead: str = ""  # a paragraph that ends with a colon and introduces the list below it


def read_markdown(text: str) -> Iterator[Passage]:
    """Yield the passages of one Markdown file in their order."""
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    place = _Place()
    index = 0
    while index < len(tokens):
        token = tokens[index]
        end = _closing(tokens, index)
        if token.type == "html_block" and (mark := PAGE_MARK.search(token.content)):
            place.page = mark.group(1)
        elif token.type == "heading_open":
            _enter(place, token.tag, _plain(tokens[index + 1]))
        else:
            yield from _block(place, tokens[index : end + 1])
        index = end + 1


def _block(place: _Place, tokens: list[Token]) -> Iterator[Passage]:
    kind = tokens[0].type
    if kind == "paragraph_open":
        text = _plain(tokens[1])
        place.lead = text if text.endswith(":") else ""
        if not place.lead:
            yield _passage(place, text, PassageKind.TEXT)
    elif kind == "blockquote_open":
        text = " ".join(_plain(token) for token in tokens if token.type == "inline")
        warns = WARNING.match(text) is not None
        yield _passage(place, text, PassageKind.WARNING if warns else PassageKind.TEXT)
    elif kind in {"ordered_list_open", "bullet_list_open"}:
        items = [_plain(token) for token in tokens if token.type == "inline"]
        if kind == "ordered_list_open":
            steps = "\n".join(f"{number}. {item}" for number, item in enumerate(items, 1))
            yield _passage(place, f"{place.lead}\n{steps}".strip(), PassageKind.PROCEDURE)
        else:
            listed = "\n".join(f"- {item}" for item in items)
            yield _passage(place, f"{place.lead}\n{listed}".strip(), PassageKind.TEXT)
        place.lead = ""
    elif kind == "table_open":
        yield from _rows(place, tokens)


def _rows(place: _Place, tokens: list[Token]) -> Iterator[Passage]:
    heads: list[str] = []
    cells: list[str] = []
    for before, token in itertools.pairwise(tokens):
        if token.type != "inline":
            if token.type == "tr_close" and cells:
                row = tuple(zip(heads, cells, strict=False))
                text = "; ".join(f"{head}: {cell}" for head, cell in row)
                yield _passage(place, text, PassageKind.TABLE, row)
                cells = []
            continue
        (heads if before.type == "th_open" else cells).append(_plain(token))


def _enter(place: _Place, tag: str, text: str) -> None:
    place.lead = ""
    if tag == "h1":
        place.chapter, place.section, place.title, place.heading = text, "", text, ""
    elif tag == "h2":
        number = SECTION_NUMBER.match(text)
        place.section = number.group(1) if number else text
        place.title = number.group(2) if number else text
        place.heading = ""
    else:
        place.heading = text


def _passage(
    place: _Place, text: str, kind: PassageKind, row: tuple[tuple[str, str], ...] = ()
) -> Passage:
    return Passage(
        section=place.section or place.chapter,
        title=place.title,
        page=place.page,
        text=text,
        kind=kind,
        chapter=place.chapter,
        heading=place.heading,
        row=row,
    )


def _closing(tokens: list[Token], index: int) -> int:
    """The index of the token that closes the block opened at `index`."""
    opening = tokens[index]
    if opening.nesting != 1:
        return index
    for end in range(index + 1, len(tokens)):
        token = tokens[end]
        if token.nesting == -1 and token.level == opening.level:
            return end
    return len(tokens) - 1


def _plain(token: Token) -> str:
    """The text of an inline token without its marks."""
    parts = []
    for child in token.children or []:
        if child.type in {"softbreak", "hardbreak"}:
            parts.append(" ")
        elif child.type in {"text", "code_inline"}:
            parts.append(child.content)
    return " ".join("".join(parts).split())
