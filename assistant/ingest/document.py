"""Ingest: the vocabulary between a file and its passages: blocks in reading order.

Every reader (PDF, HTML, Markdown, plain text) makes these; `passages.py` makes passages of them.
A page is the printed label, "" where the file has none.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Heading:
    """A title; level 1 is a chapter."""

    level: int
    text: str
    page: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: str
    page: str = ""


@dataclass(frozen=True, slots=True)
class Items:
    """A list; an ordered one is read as the steps of a procedure."""

    items: tuple[str, ...]
    ordered: bool
    page: str = ""
    start: int = 1  # the number that the first step has in print
    lead: str = ""  # the sentence that introduces it


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells under column headings; `heads` is empty where there are none."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    page: str = ""
    guessed: bool = False  # nothing but their place says that `heads` are headings


@dataclass(frozen=True, slots=True)
class Box:
    """Text that is set apart; it begins with its label ("Warning: …") where it has one."""

    text: str
    page: str = ""


Block = Heading | Paragraph | Items | Table | Box


@dataclass(frozen=True, slots=True)
class Document:
    """One file as blocks, and what its owner should know about how it was read."""

    blocks: tuple[Block, ...]
    remarks: tuple[str, ...] = field(default=())
