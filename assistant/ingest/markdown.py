"""Ingest: the Markdown of an owner's manual comes in, blocks with their page labels go out.

What the text must look like is what Markdown already says: `#` a chapter, `##` a section (its
leading number is its id), deeper headings inside it, tables with a header row, ordered lists as
procedures, block quotes that begin with **Warning:** or **Caution:** as warnings, and
`<!-- page 212 -->` where a printed page begins.
"""

import itertools
import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from assistant.events import Passage
from assistant.ingest.addressing import is_markup
from assistant.ingest.cleaning import printed
from assistant.ingest.document import Block, Box, Document, Heading, Items, Paragraph, Table
from assistant.ingest.hidden import hides, is_white
from assistant.ingest.labels import is_label
from assistant.ingest.passages import passages_of
from assistant.ingest.sifting import sifted

TAG = re.compile(r"<(/?)([A-Za-z][\w-]*)([^>]*)>")
STYLE = re.compile(r"style\s*=\s*[\"']?([^\"'>]*)", re.IGNORECASE)
HIDDEN = re.compile(r"\s(?:hidden|aria-hidden\s*=\s*[\"']?true)\b", re.IGNORECASE)
PAGE_MARK = re.compile(r"<!--\s*page\s+(\S+)\s*-->")


def read_markdown(text: str) -> Iterator[Passage]:
    """Yield the passages of one Markdown file in their order."""
    yield from passages_of(sifted(markdown_document(text)))


def markdown_document(text: str) -> Document:
    """The blocks of one Markdown file."""
    return Document(tuple(_blocks(text)))


def _blocks(text: str) -> Iterator[Block]:
    # The parser would make a sign of its own out of NUL.
    tokens = MarkdownIt("commonmark").enable("table").parse(text.replace("\0", ""))
    page = ""
    index = 0
    while index < len(tokens):
        token = tokens[index]
        end = _closing(tokens, index)
        if token.type == "html_block" and (mark := PAGE_MARK.search(token.content)):
            page = mark.group(1) if is_label(mark.group(1)) else ""
        elif token.type == "heading_open":
            yield Heading(int(token.tag[1]), _plain(tokens[index + 1]), page)
        else:
            block = _block(tokens[index : end + 1], page)
            if block is not None:
                yield block
        index = end + 1


def _block(tokens: Sequence[Token], page: str) -> Block | None:
    texts = [_plain(token) for token in tokens if token.type == "inline"]
    match tokens[0].type:
        case "paragraph_open":
            return Paragraph(texts[0], page) if texts[0] else None
        case "blockquote_open":
            return Box(" ".join(texts), page) if texts else None
        case "ordered_list_open" | "bullet_list_open" as kind:
            return Items(tuple(texts), kind == "ordered_list_open", page) if texts else None
        case "table_open":
            return _table(tokens, page)
        case _:
            return None


def _table(tokens: Sequence[Token], page: str) -> Table:
    heads: list[str] = []
    rows: list[tuple[str, ...]] = []
    cells: list[str] = []
    for before, token in itertools.pairwise(tokens):
        if token.type == "inline":
            (heads if before.type == "th_open" else cells).append(_plain(token))
        elif token.type == "tr_close" and cells:
            rows.append(tuple(cells))
            cells = []
    return Table(tuple(heads), tuple(rows), page)


def _closing(tokens: Sequence[Token], index: int) -> int:
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
    """The text of an inline token without its marks and without what a browser would not show."""
    parts = []
    unseen = ""  # the element that is hidden, until it ends
    for child in token.children or []:
        if child.type == "html_inline":
            unseen = _unseen(child.content, unseen)
            # What tells a model who speaks is kept, so that the text is known for what it is.
            parts.append(child.content if is_markup(child.content) else "")
        elif unseen:
            continue
        elif child.type in {"softbreak", "hardbreak"}:
            parts.append(" ")
        elif child.type in {"text", "code_inline"}:
            parts.append(child.content)
    return printed("".join(parts))


def _unseen(tag: str, unseen: str) -> str:
    """The hidden element that the text behind a tag lies in, "" where it can be seen."""
    found = TAG.match(tag)
    if found is None:
        return unseen
    closes, name, attributes = found.group(1), found.group(2).lower(), found.group(3)
    if unseen:
        return "" if closes and name == unseen else unseen
    styles = " ".join(STYLE.findall(attributes))
    return name if HIDDEN.search(attributes) or hides(styles) or is_white(styles) else ""
