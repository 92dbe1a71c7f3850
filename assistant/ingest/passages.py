"""Ingest: the blocks of a document come in, passages that can be found and quoted go out.

A passage's chapter is the outermost heading above it and its section the second; where a section
is too long to be looked through as a whole, a deeper heading takes its place.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from assistant.events import Passage, PassageKind
from assistant.ingest.document import Block, Box, Document, Heading, Items, Paragraph, Table
from assistant.ingest.headings import key_of
from assistant.ingest.listings import TITLES

SECTION_NUMBER = re.compile(r"^(\d+(?:\.\d+)*)[.)]?\s+(.*)$")
WARNING = re.compile(r"^(warning|caution|danger|attention|notice)\b", re.IGNORECASE)
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9“\"(])")
# A named figure as "Fuel tank: 45 litres" or "Turning circle ..... about 11.2 m" is.
SPECIFICATION = re.compile(
    r"^(?P<name>[^.:;]{2,70}?)\s*(?::|\.{3,}|…)\s*"
    r"(?P<value>(?:about |up to |at least |at most )?[-−+±≤≥<>]?\d[^.;:]{0,40})\.?$"
)
SECTION_WORDS = 1500  # a longer section is parted at its deeper headings
TEXT_WORDS = 120  # a longer paragraph is parted between sentences
LIST_WORDS = 200
STEPS_WORDS = 400
SEPARATOR = " › "


@dataclass(slots=True)
class _Node:
    """A heading with what is under it."""

    text: str
    level: int
    above: "_Node | None"
    words: int = 0  # of everything below it
    parted: bool = field(default=False)  # has headings below it

    @property
    def path(self) -> "tuple[_Node, ...]":
        """From the outermost heading to this one."""
        return (*(self.above.path if self.above else ()), self)


def passages_of(document: Document) -> list[Passage]:
    """The passages of one file in their order; sections that share a name are told apart."""
    return told_apart(
        [
            passage
            for node, block in _placed(document.blocks)
            if node is None or not any(key_of(above.text) in TITLES for above in node.path)
            for passage in _passages(node, block)
        ]
    )


def told_apart(passages: Sequence[Passage]) -> list[Passage]:
    """The same, where two sections of one id lie under different titles: each with its path."""
    paths: dict[str, set[tuple[str, ...]]] = {}
    for passage in passages:
        paths.setdefault(passage.section, set()).add(_own_path(passage))
    out = []
    for passage in passages:
        own = _own_path(passage)
        shared = len(paths[passage.section]) > 1
        out.append(replace(passage, section=SEPARATOR.join(own)) if shared and own else passage)
    return out


def _own_path(passage: Passage) -> tuple[str, ...]:
    """The headings down to the section's own."""
    names = passage.path
    for depth, name in enumerate(names, 1):
        number = SECTION_NUMBER.match(name)
        if passage.title in {name, number.group(2) if number else name} and depth > 1:
            return names[:depth]
    return names[:1]


def _placed(blocks: Sequence[Block]) -> list[tuple[_Node | None, Block]]:
    """Each block under its heading, introductions joined to their lists."""
    out: list[tuple[_Node | None, Block]] = []
    node: _Node | None = None
    for block in _with_leads(blocks):
        if isinstance(block, Heading):
            while node is not None and node.level >= block.level:
                node = node.above
            if node is not None:
                node.parted = True
            node = _Node(block.text, block.level, node)
            continue
        words = _count(block)
        for above in node.path if node else ():
            above.words += words
        out.append((node, block))
    return out


def _with_leads(blocks: Sequence[Block]) -> Iterator[Block]:
    """A paragraph that ends with a colon becomes the first line of the list behind it."""
    skip = False
    for index, block in enumerate(blocks):
        if skip:
            skip = False
            continue
        after = blocks[index + 1] if index + 1 < len(blocks) else None
        if isinstance(block, Paragraph) and block.text.endswith(":") and isinstance(after, Items):
            yield replace(after, lead=block.text)
            skip = True
        else:
            yield block


def _count(block: Block) -> int:
    match block:
        case Items(items=items):
            return sum(len(item.split()) for item in items)
        case Table(rows=rows):
            return sum(len(cell.split()) for row in rows for cell in row)
        case _:
            return len(block.text.split())


# --- where a passage is --------------------------------------------------------------------


def _frame(node: _Node | None, page: str) -> Passage:
    """A passage without text, in its place."""
    if node is None:
        return Passage(section=f"page {page}" if page else "", title="", page=page, text="")
    path = node.path
    depth = min(1, len(path) - 1)
    while depth < len(path) - 1 and path[depth].words > SECTION_WORDS:
        depth += 1
    own = path[depth]
    number = SECTION_NUMBER.match(own.text) if depth else None
    return Passage(
        section=number.group(1) if number else own.text,
        title=number.group(2) if number else own.text,
        page=page,
        text="",
        chapter=path[0].text,
        heading=path[-1].text if len(path) - 1 > depth else "",
        path=tuple(above.text for above in path),
    )


# --- what it says --------------------------------------------------------------------------


def _passages(node: _Node | None, block: Block) -> Iterator[Passage]:
    frame = _frame(node, block.page)
    match block:
        case Paragraph(text=text):
            yield from _texts(frame, text)
        case Box(text=text):
            warns = WARNING.match(text) is not None
            yield replace(frame, text=text, kind=PassageKind.WARNING if warns else PassageKind.TEXT)
        case Items(ordered=True):
            yield from _steps(frame, block)
        case Items():
            yield from _bullets(frame, block)
        case Table():
            yield from _rows(frame, block)
        case Heading():  # has become the frame
            pass


def _texts(frame: Passage, text: str) -> Iterator[Passage]:
    found = SPECIFICATION.match(text)
    if found is not None:
        row = ((found["name"].strip(), found["value"].strip()),)
        yield replace(frame, text=text, kind=PassageKind.SPECIFICATION, row=row)
        return
    for part in _grouped(SENTENCE.split(text), TEXT_WORDS, " "):
        yield replace(frame, text=part)


def _steps(frame: Passage, block: Items) -> Iterator[Passage]:
    steps = [f"{number}. {item}" for number, item in enumerate(block.items, block.start)]
    for part in _grouped(steps, STEPS_WORDS, "\n"):
        text = f"{block.lead}\n{part}".strip()
        yield replace(frame, text=text, kind=PassageKind.PROCEDURE)


def _bullets(frame: Passage, block: Items) -> Iterator[Passage]:
    figures = [SPECIFICATION.match(item) for item in block.items]
    if all(figures):
        for item in block.items:
            yield from _texts(frame, item)
        return
    for part in _grouped([f"- {item}" for item in block.items], LIST_WORDS, "\n"):
        yield replace(frame, text=f"{block.lead}\n{part}".strip())


def _rows(frame: Passage, block: Table) -> Iterator[Passage]:
    for cells in block.rows:
        heads = block.heads or ("",) * len(cells)
        row = tuple((head, cell) for head, cell in zip(heads, cells, strict=False) if cell)
        text = "; ".join(f"{head}: {cell}" if head else cell for head, cell in row)
        if text:
            yield replace(frame, text=text, kind=PassageKind.TABLE, row=row)


def _grouped(parts: Sequence[str], words: int, between: str) -> Iterator[str]:
    """The parts joined to texts of about so many words, none of them divided."""
    held: list[str] = []
    count = 0
    for part in parts:
        size = len(part.split())
        if held and count + size > words:
            yield between.join(held)
            held, count = [], 0
        held.append(part)
        count += size
    if held:
        yield between.join(held)
