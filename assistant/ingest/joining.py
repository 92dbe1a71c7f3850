"""Ingest: the blocks of one region after another come in, blocks that columns and pages cut in two
go out as one.
"""

from collections.abc import Iterable
from dataclasses import replace

from assistant.ingest.cleaning import join_lines
from assistant.ingest.document import Block, Box, Items, Paragraph, Table
from assistant.ingest.markers import label_of

ENDS = (".", "!", "?", ":", ";")
BETWEEN = 3  # blocks that may stand between two steps of one procedure


def joined(blocks: Iterable[Block], compounds: frozenset[str]) -> list[Block]:
    """The same blocks, those that go on joined to those that they go on from."""
    out: list[Block] = []
    for block in blocks:
        last = out[-1] if out else None
        if isinstance(block, Paragraph) and isinstance(last, Box) and _is_bare(last):
            # The label of a warning stands alone at the foot of a page.
            out[-1] = replace(last, text=f"{last.text}: {block.text}", page=block.page)
            continue
        if isinstance(block, Paragraph) and _goes_on(block.text):
            if isinstance(last, Paragraph) and not last.text.endswith(ENDS):
                out[-1] = replace(last, text=join_lines([last.text, block.text], compounds))
                continue
            if isinstance(last, Items) and not last.items[-1].endswith(ENDS):
                item = join_lines([last.items[-1], block.text], compounds)
                out[-1] = replace(last, items=(*last.items[:-1], item))
                continue
        if isinstance(block, Items) and (place := _list_before(out, block)) is not None:
            former = out[place]
            assert isinstance(former, Items)
            out[place] = replace(former, items=former.items + block.items)
            continue
        out.append(_under_heads(last, block) if isinstance(block, Table) else block)
    return out


def _is_bare(box: Box) -> bool:
    found = label_of(box.text)
    return found is not None and not found[1]


def _goes_on(text: str) -> bool:
    return text[:1].islower()


def _list_before(out: list[Block], block: Items) -> int | None:
    """The list that a list goes on with: the steps count on, warnings may stand between."""
    for back, former in enumerate(reversed(out)):
        if isinstance(former, Items):
            if not block.ordered:
                return len(out) - 1 if back == 0 and not former.ordered else None
            follows = former.ordered and former.start + len(former.items) == block.start
            return len(out) - 1 - back if follows and block.start > 1 else None
        if back >= BETWEEN or not isinstance(former, Paragraph | Box):
            return None
    return None


def _under_heads(last: Block | None, block: Table) -> Table:
    """A table that goes on overleaf keeps its headings, whether they are repeated or not."""
    if not isinstance(last, Table) or not last.heads or block.heads == last.heads:
        return block
    width = len(block.heads) or (len(block.rows[0]) if block.rows else 0)
    if width != len(last.heads):
        return block
    if block.heads:
        if not block.guessed:
            return block
        return replace(block, heads=last.heads, rows=(block.heads, *block.rows))
    return replace(block, heads=last.heads)
