"""Lookup: the Markdown of a manual comes in, the same text with its page marks goes out.

A printed manual has fixed page labels; Markdown has none. This build step lays the text out on
pages of a fixed size and writes `<!-- page 12 -->` where each begins: Roman labels for the front
matter, Arabic ones from the first numbered chapter on. Running it again changes nothing.
"""

import math
import re
from collections.abc import Iterable

from assistant.ingest.markdown import PAGE_MARK

LINES_PER_PAGE = 40
WORDS_PER_LINE = 11
HEADING_LINES = 3
NUMBERED_CHAPTER = re.compile(r"^# [1-9]")
ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


def paginate(files: Iterable[str]) -> list[str]:
    """Return the files' texts, in the given order, with page marks; old marks are replaced."""
    pages: list[str] = []
    number, front = 0, True
    for text in files:
        body = "\n".join(line for line in text.split("\n") if not PAGE_MARK.fullmatch(line.strip()))
        if front and NUMBERED_CHAPTER.match(body.lstrip()):
            number, front = 0, False
        marked, number = _lay_out(_blocks(body), number, roman=front)
        pages.append(marked)
    return pages


def _lay_out(blocks: list[str], number: int, *, roman: bool) -> tuple[str, int]:
    out: list[str] = []
    used = LINES_PER_PAGE  # so that a chapter begins on a new page
    for block in blocks:
        lines = _lines(block)
        # A heading is never the last thing on a page: it takes three lines of text along.
        needed = lines + HEADING_LINES if block.startswith("#") else lines
        if used > 0 and used + min(needed, LINES_PER_PAGE) > LINES_PER_PAGE:
            number += 1
            used = 0
            out.append(f"<!-- page {_roman(number) if roman else number} -->")
        out.append(block)
        used += lines
    return "\n\n".join(out) + "\n", number


def _blocks(text: str) -> list[str]:
    return [block.strip("\n") for block in re.split(r"\n\s*\n", text) if block.strip()]


def _lines(block: str) -> int:
    if block.startswith("#"):
        return HEADING_LINES
    lines = (max(1, math.ceil(len(line.split()) / WORDS_PER_LINE)) for line in block.split("\n"))
    return sum(lines) + 1


def _roman(number: int) -> str:
    out = ""
    for value, letters in ROMAN:
        while number >= value:
            out += letters
            number -= value
    return out
