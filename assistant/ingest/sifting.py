"""Ingest: the blocks of a document come in; those that hold what a manual may say go out.

Left out is what speaks to an assistant (`addressing`), claims how the car is now (`present`), or is
written for machines. The remarks say how much that was and where, so that its owner can look.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from assistant.ingest.addressing import is_addressed, is_markup
from assistant.ingest.appearance import is_scrambled
from assistant.ingest.document import Block, Box, Document, Heading, Items, Paragraph, Table
from assistant.ingest.present import is_claim

PART = re.compile(r"(?<=[.!?;])\s+")
NUMBERED = re.compile(r"^(\d+(?:\.\d+)*)\b")
UNTITLED = "Untitled"  # stands for a heading that is left out
# What such a column says holds while a lamp is lit or a message is shown.
OF_A_SIGN = re.compile(
    r"lamp|light|symbol|message|display|meaning|status|state|colour|color|sign", re.IGNORECASE
)
LAMP_STATE = re.compile(
    r"^[^.:]{0,40}\b(?:red|amber|yellow|orange|green|blue|white|lit|flash\w*|on|off)\b[^.:]{0,20}[:–-]",
    re.IGNORECASE,
)
SHOWN = 60  # characters of the first one


def sifted(document: Document) -> Document:
    """The same document without them."""
    sieve = _Sieve()
    blocks = tuple(sieve.blocks(document.blocks))
    return Document(blocks, (*document.remarks, *sieve.remarks()))


@dataclass(slots=True)
class _Sieve:
    """Keeps what may stay, and counts the rest."""

    addressed: list[tuple[str, str]] = field(default_factory=list)  # page, text
    claims: list[tuple[str, str]] = field(default_factory=list)
    scrambled: list[tuple[str, str]] = field(default_factory=list)
    closed: int = 0  # the level of the addressed heading above, 0 for none
    chat: bool = False  # marks of a chat stand above, in the same section

    def blocks(self, blocks: Sequence[Block]) -> Iterator[Block]:
        """The blocks that may stay."""
        for block in blocks:
            if isinstance(block, Heading):
                yield from self._heading(block)
            elif self.closed or self.chat:
                self.addressed.append((block.page, ""))
            else:
                yield from self._kept(block)

    def remarks(self) -> list[str]:
        """A sentence for every reason."""
        reasons = (
            (self.addressed, "words to an assistant instead of the driver"),
            (self.claims, "claims of how the car is now"),
            (self.scrambled, "what only a machine can read"),
        )
        return [_remark(found, what) for found, what in reasons if found]

    def _heading(self, heading: Heading) -> Iterator[Heading]:
        """A heading; what stands under an addressed one is addressed, too."""
        self.chat = False
        if self.closed and heading.level > self.closed:
            return
        self.closed = 0
        if self._is_addressed(heading.text, heading.page):
            self.closed = heading.level
        elif self._drops(heading.text, heading.page):
            number = NUMBERED.match(heading.text)
            yield replace(heading, text=f"{number.group(1)} {UNTITLED}" if number else UNTITLED)
        else:
            yield heading

    def _kept(self, block: Block) -> Iterator[Block]:
        match block:
            case Paragraph() | Box():
                text = self._text(block.text, block.page)
                if text:
                    yield replace(block, text=text)
            case Items():
                yield from self._items(block)
            case Table():
                yield from self._table(block)
            case Heading():
                yield block

    def _text(self, text: str, page: str) -> str:
        """A paragraph without its claims, or nothing of one that is addressed."""
        if self._is_addressed(text, page):
            return ""
        parts = PART.split(text)
        return " ".join(part for part in parts if not self._drops(part, page))

    def _items(self, block: Items) -> Iterator[Items]:
        if block.lead and not self._text(block.lead, block.page):
            self.addressed += [(block.page, item) for item in block.items]
            return
        before = len(self.addressed)
        kept = tuple(text for item in block.items if (text := self._text(item, block.page)))
        # Points of a list belong together; each step is looked at by itself.
        if kept and (block.ordered or len(self.addressed) == before):
            yield replace(block, items=kept)

    def _table(self, table: Table) -> Iterator[Table]:
        if any(self._drops(head, table.page) for head in table.heads):
            return
        of_a_sign = any(OF_A_SIGN.search(head) for head in table.heads)
        rows = tuple(row for row in table.rows if not self._drops_row(row, table.page, of_a_sign))
        if rows or not table.rows:
            yield replace(table, rows=rows)

    def _drops_row(self, row: Sequence[str], page: str, of_a_sign: bool) -> bool:
        if self._is_addressed(" ".join(row), page):
            return True
        return not of_a_sign and any(
            self._drops(part, page) for cell in row for part in PART.split(cell)
        )

    def _drops(self, text: str, page: str) -> bool:
        if self._is_addressed(text, page):
            return True
        if is_claim(text) and not LAMP_STATE.match(text):
            self.claims.append((page, text))
        elif is_scrambled(text):
            self.scrambled.append((page, text))
        else:
            return False
        return True

    def _is_addressed(self, text: str, page: str) -> bool:
        if not is_addressed(text):
            return False
        self.chat = self.chat or is_markup(text)
        self.addressed.append((page, text))
        return True


def _remark(found: Sequence[tuple[str, str]], what: str) -> str:
    page, text = found[0]
    short = text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
    where = f" on page {page}" if page else ""
    number = "1 text" if len(found) == 1 else f"{len(found)} texts"
    return f"{number} left out because of {what}; the first{where}: “{short}”"
